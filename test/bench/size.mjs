// What an import costs a page: bundled with everything it needs, minified, gzip -9; the embedded WebAssembly included.
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** What is imported, from which entry of `dist`. */
const IMPORTS = [
  ["*", "index"],
  ["{ memoryview }", "index"],
  ["{ Struct }", "index"],
  ["*", "image"],
  ["*", "strided"],
];

/** What all of the core may cost, in bytes of gzip. */
const CORE_BUDGET = 14_000;

async function sizeOf(names, entry) {
  const file = fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url));
  const page = {
    name: "page",
    resolveId: (id) => (id === "page.js" ? id : null),
    load: (id) => (id === "page.js" ? `export ${names} from ${JSON.stringify(file)};` : null),
  };
  const rolldownOptions = { input: "page.js", preserveEntrySignatures: "strict" };
  const { output } = await build({
    configFile: false,
    logLevel: "silent",
    plugins: [page],
    build: { write: false, minify: true, target: "es2022", rolldownOptions },
  });
  const code = output.map((chunk) => chunk.code ?? "").join("");
  return { minified: code.length, gzip: gzipSync(code, { level: 9 }).length };
}

console.log("\nsize of what an import needs");
for (const [names, entry] of IMPORTS) {
  const { minified, gzip } = await sizeOf(names, entry);
  const budget = names === "*" && entry === "index" ? `, budget ${CORE_BUDGET}` : "";
  const from = entry === "index" ? "linearview" : `linearview/${entry}`;
  console.log(`  ${`${names} from ${from}`.padEnd(34)} ${minified} bytes minified, ${gzip} gzip${budget}`);
}
