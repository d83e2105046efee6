import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

/** The TypeScript blocks of the README, each as a module that checks its own `// →` lines; "ts node" loads a package. */
const PREFIX = "virtual:readme";

/** A block with every line `expression; // → value` turned into a check. */
function asModule(block: string): string {
  const lines = block.split("\n").map((line) => {
    const match = /^(\s*)(.*?);?\s*\/\/ → (.*)$/.exec(line);
    return match ? `${match[1]}check((${match[2]}), ${JSON.stringify(match[3])});` : line;
  });
  return `import { check } from ${JSON.stringify(`${PREFIX}/check`)};\n${lines.join("\n")}`;
}

/** `import { blocks, checks } from "virtual:readme"`, or "virtual:readme/node": the blocks as functions that run them. */
export function readmeBlocks(root: string): Plugin {
  const blocks = (fence: string): string[] => {
    const text = readFileSync(resolve(root, "README.md"), "utf8");
    return text.split(`\n\`\`\`${fence}\n`).slice(1).map((rest) => rest.slice(0, rest.indexOf("```"))); // prettier-ignore
  };
  return {
    name: "readme",
    resolveId: (id) => (id.startsWith(PREFIX) ? id : null),
    load(id) {
      if (id === `${PREFIX}/check`) {
        return "export const checks = []; export const check = (value, text) => void checks.push({ value, text });";
      }
      const [found, node, index] = new RegExp(`^${PREFIX}(/node)?(?:/(\\d+)\\.ts)?$`).exec(id) ?? [];
      if (found === undefined) return null;
      const all = blocks(node ? "ts node" : "ts");
      if (index !== undefined) return asModule(all[Number(index)]!);
      const imports = all.map((_, i) => `() => import("${id}/${i}.ts")`);
      return `export { checks } from "${PREFIX}/check";\nexport const blocks = [${imports.join(", ")}];`;
    },
  };
}

/** `import { base64 } from "virtual:fixture/modules/scene"`: a `.wasm` file of `test/fixtures`, in Node and in a browser. */
export function fixtures(root: string): Plugin {
  const prefix = "virtual:fixture/";
  return {
    name: "fixtures",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return null;
      const file = resolve(root, "test/fixtures", `${id.slice(prefix.length + 1)}.wasm`);
      return `export const base64 = ${JSON.stringify(readFileSync(file, "base64"))};`;
    },
  };
}

/**
 * `import { base64 } from "virtual:guest/objects/minimal"`: `test/fixtures/guests/objects.ts`, compiled with one of
 * AssemblyScript's runtimes and its functions exported.
 */
export function guests(root: string): Plugin {
  const prefix = "virtual:guest/";
  return {
    name: "guests",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith(`\0${prefix}`)) return null;
      const [name, runtime] = id.slice(prefix.length + 1).split("/");
      const { default: asc } = await import("assemblyscript/asc");
      let binary: Uint8Array | undefined;
      const entry = `test/fixtures/guests/${name}.ts`;
      const { error, stderr } = await asc.main(
        [
          entry,
          "--runtime",
          runtime!,
          "--exportRuntime",
          "-O",
          "--enable",
          "simd",
          "--use",
          "abort=",
          "-o",
          "out.wasm",
        ],
        {
          readFile: (file, base) => {
            const path = resolve(root, base, file);
            // A guest is compiled as anybody's module is, not as the kernels are.
            return existsSync(path) && !file.endsWith("asconfig.json") ? readFileSync(path, "utf8") : null;
          },
          writeFile: (file, contents) => {
            if (file === "out.wasm") binary = contents as Uint8Array;
          },
          listFiles: () => [],
        },
      );
      if (error || !binary) throw new Error(`asc ${entry}: ${error?.message ?? "no output"}\n${stderr.toString()}`);
      return `export const base64 = ${JSON.stringify(Buffer.from(binary).toString("base64"))};`;
    },
  };
}
