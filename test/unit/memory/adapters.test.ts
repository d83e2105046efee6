import { base64 as bumpCode } from "virtual:guest/bump/stub";
import { base64 as objectsCode } from "virtual:guest/objects/incremental";
import { base64 as slicesCode } from "virtual:guest/slices/incremental";
import { type Adapter, adapters, LinearMemory } from "linearview";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { compile, type Exports, exportsOf, sceneModule, tableModule } from "./fixtures.ts";

const PAGE = 65536;

const guest = (code: string): Exports =>
  exportsOf(
    new WebAssembly.Instance(compile(code), { env: { memory: new WebAssembly.Memory({ initial: 1 }), abort() {} } }),
  );

/** Each module, the adapters that fit it, and how many bytes or blocks it says are out. */
const MODULES: Record<string, { load: () => Exports; fits: (keyof typeof adapters)[]; live?: (exports: Exports) => number }> = {
  "C (scene.wasm)": { load: () => exportsOf(sceneModule()), fits: ["malloc", "emscripten", "tinyGo"], live: (x) => x.heap_live_blocks() },
  "Rust (table.wasm)": { load: () => exportsOf(tableModule()), fits: ["rust", "component"], live: (x) => x.mem_live() },
  "AssemblyScript": { load: () => guest(objectsCode), fits: ["assemblyScript"] },
  "slices, as Zig's": { load: () => guest(slicesCode), fits: ["zig", "assemblyScript"], live: (x) => x.live() },
  "sbrk": { load: () => guest(bumpCode), fits: ["bump", "assemblyScript"], live: (x) => x.sbrk(0) },
}; // prettier-ignore

describe.each(Object.entries(MODULES))("%s", (_, { load, fits, live = () => 0 }) => {
  test("is recognised, and each adapter that fits it can be named; the others refuse it with what was found", () => {
    for (const [name, adapter] of Object.entries(adapters) as [keyof typeof adapters, Adapter][]) {
      const exports = load();
      if (!fits.includes(name)) {
        failure(() => adapter(exports), "ERR_UNSUPPORTED", `adapters.${name}`, Object.keys(exports)[1]!);
        continue;
      }
      const others = load();
      for (const memory of [
        LinearMemory.from(exports, { allocator: adapter }),
        LinearMemory.from(others.memory, { allocator: adapter(others) }),
      ]) {
        const view = memory.alloc("d", 3, { align: 64 }).fill(0.5);
        expect([view.byteOffset % 64, view.get(2), view.lifetime]).toEqual([0, 0.5, "owned"]);
        view.release();
      }
    }
    expect(LinearMemory.from(load()).alloc("B", 8).nbytes).toBe(8);
  });

  test("random blocks are aligned, zeroed and apart, survive growth, and are given back to the last", () => {
    const exports = load();
    const memory = LinearMemory.from(exports, { allocator: adapters[fits[0]!] });
    const before = live(exports);
    const views = Array.from({ length: 60 }, (_, i) => memory.alloc("H", [i % 7, 5], { align: 16 << (i % 4) }));
    views.forEach((view, i) => {
      expect([view.byteOffset % (16 << (i % 4)), view.toBytes().some((byte) => byte !== 0)]).toEqual([0, false]);
      view.fill(i);
    });
    const large = memory.alloc("B", 20 * PAGE); // the module grows
    views.forEach((view, i) => expect(view.toList().flat()).toEqual(Array(5 * (i % 7)).fill(i)));
    for (const i of [3, 1, 2, 59, 58]) views[i]!.release();
    large.release();
    memory[Symbol.dispose]();
    expect([live(exports), memory.stats().liveBlocks]).toEqual([before, 0]);
  });
});

test("AssemblyScript: a block is pinned through collections until it is freed, then its memory is had again", () => {
  const exports = guest(objectsCode);
  const memory = LinearMemory.from(exports);
  const view = memory.alloc("B", 4 * PAGE).fill(7);
  for (let i = 0; i < 200; i++) exports.__new(1024, 1);
  exports.__collect();
  expect(view.toBytes().every((byte) => byte === 7)).toBe(true);
  const address = view.byteOffset;
  view.release();
  for (let i = 0; i < 3; i++) exports.__collect();
  expect(memory.alloc("B", 4 * PAGE).byteOffset).toBe(address);
});

test("bump: blocks go back from the end, as far as all above them are free, and never over what the module took", () => {
  const exports = guest(bumpCode);
  const memory = LinearMemory.from(exports, { allocator: adapters.bump });
  const [a, b, c] = [100, 200, 300].map((bytes) => memory.alloc("B", bytes).fill(1));
  const start = exports.sbrk(0);
  b!.release();
  expect(exports.sbrk(0)).toBe(start);
  c!.release();
  expect(exports.sbrk(0)).toBeLessThan(start - 500);
  expect(exports.sum(a!.byteOffset, 100)).toBe(100);
  const theirs = exports.sbrk(64);
  a!.release();
  expect(exports.sbrk(0)).toBe(theirs + 64);
});

test("component: a block's memory stays the component's, our views end", () => {
  const exports = exportsOf(tableModule());
  const memory = LinearMemory.from(exports, { allocator: adapters.component });
  const view = memory.alloc("B", 32, { align: 64 });
  view.release();
  expect([exports.mem_live(), view.released, memory.stats().liveBlocks]).toEqual([1, true, 0]);
});

test("names: a module's own are taken, and refused when they are not functions of it", () => {
  const exports = exportsOf(tableModule());
  const names = { alloc: "mem_alloc", free: "mem_free" };
  using view = LinearMemory.from(exports, { allocator: adapters.zig(exports, names) }).alloc("B", 3);
  expect([view.nbytes, exports.mem_live()]).toEqual([3, 1]);
  failure(() => adapters.rust(exports, { ...names, free: "mem_drop" }), "ERR_UNSUPPORTED", "{ alloc, free }");
  failure(() => adapters.rust(exports, { alloc: 7 } as never), "ERR_VALUE", "alloc");
  failure(() => adapters.rust(exports, { align: 3 }), "ERR_VALUE", 3);
  failure(() => adapters.malloc(null), "ERR_UNSUPPORTED", "null");
});

test("half an allocator is none: alloc is refused with what the module has", () => {
  const { memory, malloc } = exportsOf(sceneModule());
  const found = LinearMemory.from({ memory, malloc, output_ptr: () => 0 });
  expect(found.view().nbytes).toBe(memory.buffer.byteLength);
  failure(() => found.alloc("B", 1), "ERR_UNSUPPORTED", "malloc", "{ allocator }");
});

test("a malloc that answers a promise is refused, and nothing is recorded", () => {
  const scene = exportsOf(sceneModule());
  const module = { memory: scene.memory, malloc: async (bytes: number) => scene.malloc(bytes), free: scene.free };
  const memory = LinearMemory.from(module);
  failure(() => memory.alloc("B", 8), "ERR_ALLOCATION", "no address");
  expect(memory.stats().liveBlocks).toBe(0);
});

test("memory is found by its kind, not its name, and in what loaders return", () => {
  const scene = exportsOf(sceneModule());
  const { memory, malloc, free } = scene;
  const targets: unknown[] = [
    { mem: memory, run() {}, resume() {}, getsp: () => 0 }, // Go
    { I: memory, e: malloc },
    { wasmMemory: () => memory, Table: () => 0 }, // parquet-wasm
    { _module: { HEAPU8: new Uint8Array(memory.buffer), wasmMemory: memory } },
    { wasm: { memory, alloc: malloc, dealloc: free } },
    { instance: { exports: scene }, module: {} },
    { memory, exports: { malloc, free } },
  ];
  for (const target of targets) expect(LinearMemory.from(target).memory).toBe(memory);
  const { heap, pixels } = { heap: memory, pixels: new WebAssembly.Memory({ initial: 1 }) };
  failure(() => LinearMemory.from({ heap, pixels }), "ERR_UNSUPPORTED", "2 memories", "heap, pixels");
});

test("a Module that shows its buffer alone has one LinearMemory; a dead HEAPU8 is refused", () => {
  const scene = exportsOf(sceneModule());
  const Module = { HEAPU8: new Uint8Array(scene.memory.buffer), _malloc: scene.malloc, _free: scene.free };
  const memory = LinearMemory.from(Module);
  expect(LinearMemory.from(Module)).toBe(memory);
  const view = memory.alloc("B", 4).fill(1);
  scene.grow_pages(1);
  failure(() => view.get(0), "ERR_BOUNDS", "the buffer has 0");
  failure(() => LinearMemory.from({ HEAPU8: Module.HEAPU8 }), "ERR_UNSUPPORTED", "HEAPU8", "detached");
  Module.HEAPU8 = new Uint8Array(scene.memory.buffer);
  expect(view.get(0)).toBe(1);
});

test("aligned_alloc is asked for what is aligned to more, and nothing is reserved for it", () => {
  const scene = exportsOf(sceneModule());
  const asked: number[][] = [];
  const module = {
    memory: scene.memory,
    malloc: scene.malloc,
    free: scene.free,
    aligned_alloc(align: number, bytes: number): number {
      asked.push([align, bytes]);
      return scene.malloc(bytes); // its blocks are aligned to 16
    },
  };
  const memory = LinearMemory.from(module);
  memory.alloc("B", 40).release();
  expect(asked).toEqual([[16, 48]]);
});

test("leaks: live blocks by address, and with sites where each was allocated", () => {
  const memory = LinearMemory.create({ sites: true });
  const kept = memory.alloc("H", 3);
  memory.alloc("B", 1).release();
  const [leak, ...others] = memory.leaks();
  expect([leak!.address, leak!.nbytes, others.length]).toEqual([kept.byteOffset, 6, 0]);
  expect(leak!.site).toContain("adapters.test");
  const plain = LinearMemory.create();
  const view = plain.alloc("B", 9);
  expect(plain.leaks()).toEqual([{ address: view.byteOffset, nbytes: 9 }]);
});
