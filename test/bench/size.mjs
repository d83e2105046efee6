// What each entry costs a page: bundled, minified, gzip -9; the embedded WebAssembly included.
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Name of the entry, and the budget in bytes of gzip. */
export const BUDGETS = { index: 14_000, image: 20_000, strided: 18_000 };

/** Bytes of an entry of `dist`, minified and compressed. */
export async function sizeOf(entry) {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log("\nsize of the entries, with everything they need");
  for (const [entry, budget] of Object.entries(BUDGETS)) {
    const { minified, gzip } = await sizeOf(entry);
    console.log(`  ${entry.padEnd(10)} ${minified} bytes minified, ${gzip} gzip, budget ${budget}`);
  }
}
