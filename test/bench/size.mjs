// What an import costs a page: bundled with everything it needs, minified, gzip -9; the embedded WebAssembly included.
// With `--modules`, also how much smaller the page would be without each module of the core.
import { SourceMap } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** What is imported, from which entry of `dist`, and what it may cost in bytes of gzip, beyond the core where it is not it. */
const IMPORTS = [
  ["*", "index", 12_000],
  ["{ memoryview }", "index", 6_000],
  ["{ Struct }", "index"],
  ["{ record }", "index"],
  ["*", "strided"],
  ["*", "interop", 8_000],
  ["*", "image", 25_000],
  ...["point", "blur", "filter", "geometry", "statistics", "composite"].map((family) => ["*", `image/${family}`]),
];

const gzip = (code) => gzipSync(code, { level: 9 }).length;

const fileOf = (entry) => JSON.stringify(fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url)));

async function bundle(names, entry) {
  // Any page has the core; what an entry costs is what it adds.
  const core = entry === "index" ? "" : `export * from ${fileOf("index")};\n`;
  const exported = core && names === "*" ? "* as more" : names;
  const page = {
    name: "page",
    resolveId: (id) => (id === "page.js" ? id : null),
    load: (id) => (id === "page.js" ? `${core}export ${exported} from ${fileOf(entry)};` : null),
  };
  const rolldownOptions = { input: "page.js", preserveEntrySignatures: "strict" };
  const { output } = await build({
    configFile: false,
    logLevel: "silent",
    plugins: [page],
    worker: { format: "es" },
    build: { write: false, minify: true, target: "es2022", sourcemap: "hidden", rolldownOptions },
  });
  return output.filter(({ type }) => type === "chunk");
}

/** A module by its folder and file; the copies that the build makes of one file for each item type count as one. */
const moduleName = (source) => `${basename(dirname(source))}/${basename(source).replace(/\d?\.ts_stamp_\w+/, "")}`;

/** The code of each module in a bundle's text, told apart by its source map. */
function byModule({ code, map }) {
  const sources = new SourceMap(JSON.parse(map.toString()));
  return code.split("\n").flatMap((line, y) => {
    const parts = [];
    for (let x = 0; x < line.length; x++) {
      const name = moduleName(sources.findEntry(y, x).originalSource ?? "");
      if (parts.at(-1)?.name !== name) parts.push({ name, code: "" });
      parts.at(-1).code += line[x];
    }
    return parts;
  });
}

async function printModules(names, entry) {
  const parts = (await bundle(names, entry)).flatMap(byModule);
  const text = (kept) => kept.map(({ code }) => code).join("");
  const all = gzip(text(parts));
  const rows = [...new Set(parts.map(({ name }) => name))].map((name) => ({
    name,
    minified: text(parts.filter((part) => part.name === name)).length,
    share: all - gzip(text(parts.filter((part) => part.name !== name))),
  }));
  console.log(`\nmodules of ${names} from ${entry}, and how much smaller the page is without each`);
  for (const { name, minified, share } of rows.sort((a, b) => b.share - a.share)) {
    console.log(
      `  ${name.padEnd(34)} ${String(minified).padStart(6)} bytes minified, ${String(share).padStart(6)} gzip`,
    );
  }
}

console.log("\nsize of what an import needs; of entries besides `linearview` what they add to all of it");
let core = 0;
for (const [names, entry, budget] of IMPORTS) {
  const title = `${names} from ${entry === "index" ? "linearview" : `linearview/${entry}`}`.padEnd(34);
  const chunks = await bundle(names, entry).catch((error) => {
    if (!String(error).includes("MISSING_EXPORT")) throw error;
    return undefined;
  });
  if (!chunks) {
    console.log(`  ${title} not there yet`);
    continue;
  }
  const code = chunks.map((chunk) => chunk.code).join("");
  const size = gzip(code) - (entry === "index" ? 0 : core);
  core ||= size;
  const verdict = budget ? `, budget ${budget}: ${size <= budget ? "met" : `${size - budget} too many`}` : "";
  console.log(`  ${title} ${code.length} bytes minified, ${size} gzip${verdict}`);
}
if (process.argv.includes("--modules")) await printModules("*", "index");
