/// <reference types="vitest/config" />
import { existsSync, readFileSync } from "node:fs";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type Plugin } from "vite";
import { setLimits } from "./src/kernels/wasm/limits.ts";
import { browserEnv, chromiumArgs, findChromium } from "./test/browser.mjs";
import { fixtures, guests, readmeBlocks } from "./test/plugins.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const assembly = resolve(root, "assembly");

/** The folders of `assembly/` that are compiled alone, by the name the library imports them by. */
const MODULES: Record<string, string> = {
  heap: "assembly/heap/index.ts",
  strided: "assembly/strided/index.ts",
  "image/point": "assembly/image/point/index.ts",
  "image/blur": "assembly/image/blur/index.ts",
  "image/filter": "assembly/image/filter/index.ts",
  "image/geometry": "assembly/image/geometry/index.ts",
  "image/composite": "assembly/image/composite/index.ts",
  "image/statistics": "assembly/image/statistics/index.ts",
  kernels: "assembly/index.ts",
};

/** What is compiled, also for the workers of a page, which Vite bundles with plugins of their own. */
const cache = new Map<string, Promise<Uint8Array>>();

/** Compiles one module of `assembly/` in this process; a second compilation takes a tenth of the first. */
async function compile(name: string): Promise<Uint8Array> {
  const entry = MODULES[name];
  if (!entry) throw new Error(`virtual:wasm/${name} is none of ${Object.keys(MODULES).join(", ")}`);
  const { default: asc } = await import("assemblyscript/asc");
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [entry, "--config", "asconfig.json", "--target", name === "heap" ? name : "release", "--outFile", "out.wasm"],
    {
      readFile: (file, base) => {
        const path = resolve(root, base, file);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (file, contents) => {
        if (file === "out.wasm") binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`asc ${entry}: ${error?.message ?? "no output"}\n${stderr.toString()}`);
  return binary;
}

/**
 * `import { hex } from "virtual:wasm/strided"` embeds a compiled module; a library build also writes the files
 * that `package.json` exports; the development server reloads the page when a file of `assembly/` changes.
 */
function assemblyScript(files: boolean): Plugin {
  const prefix = "virtual:wasm/";
  const binaryOf = (name: string): Promise<Uint8Array> => {
    let binary = cache.get(name);
    if (!binary) cache.set(name, (binary = compile(name)));
    return binary;
  };
  return {
    name: "assemblyscript",
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith(`\0${prefix}`)) return null;
      const binary = await binaryOf(id.slice(prefix.length + 1));
      return `export const hex = ${JSON.stringify(Buffer.from(binary).toString("hex"))};`;
    },
    async generateBundle() {
      if (!files) return;
      for (const name of ["heap", "kernels"]) {
        for (const kind of ["unshared", "shared"] as const) {
          const fileName = kind === "shared" ? `${name}.shared.wasm` : `${name}.wasm`;
          this.emitFile({ type: "asset", fileName, source: setLimits((await binaryOf(name)).slice(), kind) });
        }
      }
    },
    configureServer(server) {
      server.watcher.add(assembly);
      server.watcher.on("change", (file) => {
        if (!file.startsWith(assembly + sep) || !file.endsWith(".ts")) return;
        cache.clear();
        for (const environment of Object.values(server.environments)) {
          for (const [id, module] of environment.moduleGraph.idToModuleMap) {
            if (id.startsWith(`\0${prefix}`)) environment.moduleGraph.invalidateModule(module);
          }
        }
        server.ws.send({ type: "full-reload" });
      });
    },
  };
}

/** Files that are loaded once per item type, so that each copy is a function of its own with type feedback of its own. */
const STAMPED: Record<string, string> = {
  native: resolve(root, "src/view/native.ts"),
  loops: resolve(root, "src/view/loops.ts"),
};

/**
 * What a typed array stores as it is; all else is looked at twice, as a bigint always is. Texts, because a function costs
 * as much again as the store, inlined or not.
 */
const FITS: Record<string, string> = {
  b: "(value << 24) >> 24 === value",
  B: "(value & 255) === value",
  h: "(value << 16) >> 16 === value",
  H: "(value & 65535) === value",
  i: "(value | 0) === value",
  I: "value >>> 0 === value",
  f: "Math.abs(value) < 3.4e38",
  d: "true",
};

/**
 * `import { Native1 } from "virtual:stamp/native/f"` is `src/view/native.ts` loaded anew for `f`. Engines keep type
 * feedback per function text, not per object: one class for all item types would be slow for each as soon as two are
 * in use, and generating code at run time is forbidden by many content security policies. `ITEM` stands for the type,
 * `FITS` for the test of a value.
 */
function stamp(): Plugin {
  const prefix = "virtual:stamp/";
  return {
    name: "stamp",
    resolveId(id) {
      if (!id.startsWith(prefix)) return null;
      const [name, item] = id.slice(prefix.length).split("/");
      return `${STAMPED[name!]}?stamp=${encodeURIComponent(item!)}`;
    },
    transform(source, id) {
      const [, item] = id.split("?stamp=");
      if (item === undefined) return null;
      const code = decodeURIComponent(item);
      return {
        code: source.replaceAll(/\bITEM\b/g, JSON.stringify(code)).replaceAll(/\bFITS\b/g, `(${FITS[code] ?? false})`),
        map: null,
      };
    },
  };
}

/**
 * Leaves `new Worker(new URL("…/worker.ts", import.meta.url))` in the library as it is, but for the file's ending: Vite
 * would put a bundle in its place, which the bundlers of the library's users then do not find.
 */
function workerUrl(): Plugin {
  const stands = "__WORKER_URL__";
  return {
    name: "worker-url",
    enforce: "pre",
    transform: {
      filter: { id: /src[\\/]kernels[\\/]/, code: "../image/worker.ts" },
      handler: (code) => ({ code: code.replace('new URL("../image/worker.ts", import.meta.url)', stands), map: null }),
    },
    renderChunk: (code) => (code.includes(stands) ? { code: code.replace(stands, 'new URL("../image/worker.js", import.meta.url)'), map: null } : null),
  };
} // prettier-ignore

/** Cross-origin isolation, so that shared memory can be had in the demo and in the tests. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const executablePath = findChromium();
const launchOptions = { ...(executablePath && { executablePath }), env: browserEnv(), args: chromiumArgs };

/** Every public entry, by the path it is imported by. */
const entry = {
  index: "src/index.ts",
  image: "src/image.ts",
  "image/point": "src/image/point.ts",
  "image/blur": "src/image/blur.ts",
  "image/filter": "src/image/filter.ts",
  "image/geometry": "src/image/geometry.ts",
  "image/composite": "src/image/composite.ts",
  "image/statistics": "src/image/statistics.ts",
  "image/worker": "src/image/worker.ts",
  strided: "src/strided.ts",
  interop: "src/interop.ts",
  devtools: "src/devtools.ts",
};

export default defineConfig(({ mode, command }) => {
  const demo = mode === "demo";
  const library = command === "build" && !demo;
  // Random tests at length, see `test/unit/support/random.ts`: more than a million cases, others every time.
  if (mode === "long") {
    process.env.VITE_SCALE ??= "50";
    process.env.VITE_SEED ??= String(Date.now() % 1e9);
  }
  return {
    root: demo ? resolve(root, "demo") : root,
    base: "./",
    plugins: [
      assemblyScript(!demo),
      stamp(),
      readmeBlocks(root),
      fixtures(root),
      guests(root),
      ...(library ? [workerUrl()] : []),
    ],
    worker: { format: "es", plugins: () => [assemblyScript(false), stamp()] },
    resolve: {
      alias: [
        { find: /^linearview$/, replacement: resolve(root, "src/index.ts") },
        { find: /^linearview\/(.*)$/, replacement: resolve(root, "src/$1.ts") },
      ],
    },
    server: { headers },
    preview: { headers },
    build: demo
      ? { outDir: resolve(root, "dist-demo"), emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } }
      : {
          target: "es2022",
          sourcemap: true,
          minify: false,
          lib: { entry, formats: ["es"] },
          rolldownOptions: {
            output: { minify: "dce-only", preserveModules: true, preserveModulesRoot: resolve(root, "src") },
          },
        },
    test: {
      testTimeout: process.env.VITE_SCALE ? 7_200_000 : 60_000,
      projects: [
        {
          extends: true,
          test: {
            name: "node",
            environment: "node",
            include: ["test/unit/**/*.test.ts", "test/node/**/*.test.ts"],
            // As Node imports packages: a default export that is a thenable, as OpenCV's, is not looked into.
            deps: { interopDefault: false },
          },
        },
        {
          extends: true,
          test: {
            name: "chromium",
            include: ["test/unit/**/*.test.ts", "test/browser/**/*.test.ts"],
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              instances: [{ browser: "chromium" }],
              provider: playwright({ launchOptions }),
            },
          },
        },
      ],
    },
  };
});
