// What each entry costs a page: bundled, minified, gzip -9; the embedded WebAssembly included.
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ENTRIES = ["index", "image", "strided"];

/** What the core may cost, in bytes of gzip. */
const CORE_BUDGET = 14_000;

/** Bytes of an entry of `dist`, minified and compressed. */
async function sizeOf(entry) {
  const input = fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: true,
      target: "es2022",
      rollupOptions: { input, preserveEntrySignatures: "strict" },
    },
  });
  const code = result.output.map((chunk) => chunk.code ?? "").join("");
  return { minified: code.length, gzip: gzipSync(code, { level: 9 }).length };
}

console.log("\nsize of the entries, with everything they need");
for (const entry of ENTRIES) {
  const { minified, gzip } = await sizeOf(entry);
  const budget = entry === "index" ? `, budget ${CORE_BUDGET}` : "";
  console.log(`  ${entry.padEnd(10)} ${minified} bytes minified, ${gzip} gzip${budget}`);
}
