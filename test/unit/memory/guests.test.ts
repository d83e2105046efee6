import { type Allocator, LinearMemory, memoryview, type MemoryView } from "linearview";
import { expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { exportsOf, sceneModule, tableModule } from "./fixtures.ts";

const PAGE = 65536;

test("C: malloc and free of an instance are recognised; blocks are aligned, zeroed and all given back", () => {
  const instance = sceneModule();
  const scene = exportsOf(instance);
  const memory = LinearMemory.from(instance);
  expect(LinearMemory.from(instance.exports)).toBe(memory);
  const views = Array.from({ length: 20 }, (_, i) => memory.alloc("f", [i, 3], { align: 16 << (i % 5) }));
  views.forEach((view, i) => expect([view.byteOffset % (16 << (i % 5)), view.nbytes]).toEqual([0, i * 12]));
  expect(views.every((view) => view.toBytes().every((byte) => byte === 0))).toBe(true);
  expect(scene.heap_live_blocks()).toBe(20);
  memory[Symbol.dispose]();
  expect(scene.heap_live_blocks()).toBe(0);
});

test("C: growth inside the module, and inside a callback while it runs, leaves views right", () => {
  const seen: [phase: number, items: unknown][] = [];
  let memory: LinearMemory;
  const scene = exportsOf(
    sceneModule((pointer, bytes, phase) => {
      if (phase < 3) seen.push([phase, memory.view({ byteOffset: pointer, format: "I", shape: bytes / 4 }).toList()]);
      if (phase === 0) view.set(0, 42);
    }),
  );
  memory = LinearMemory.from(scene);
  const view = memory.alloc("d", 8).fill(1.5);
  scene.grow_pages(3);
  expect(view.toList()).toEqual(Array.from({ length: 8 }, () => 1.5));
  expect(scene.visit_growing(5)).toBe(10);
  expect(seen.map(([phase]) => phase)).toEqual([0, 1, 2]);
  expect(seen[1]![1]).toEqual([0, 1, 2, 3, 4]);
  expect([view.get(0), view.get(7)]).toEqual([42, 1.5]);
});

test("C: a module's own picture with a negative pitch is a view, both ways", () => {
  const scene = exportsOf(sceneModule());
  const picture = scene.image_new(7, 5, 3, 8, 1);
  const pitch = scene.image_pitch(picture) as number;
  expect(pitch).toBeLessThan(0);
  const view = memoryview(scene.memory, {
    byteOffset: scene.image_data(picture),
    shape: [5, 7, 3],
    strides: [pitch, 3, 1],
  });
  view.set(4, 6, 2, 99);
  expect(scene.image_get(picture, 6, 4, 2)).toBe(99);
  scene.image_invert_rect(picture, 0, 0, 7, 5);
  expect(view.get(4, 6, 2)).toBe(156);
  expect(scene.image_padding_intact(picture)).toBe(1);
});

test("Rust: an allocator that must be told size and alignment when it frees", () => {
  const table = exportsOf(tableModule());
  const sizes: number[] = [];
  const allocator: Allocator = {
    align: 16,
    alloc: (bytes) => table.mem_alloc(bytes, 16),
    free(address, bytes) {
      sizes.push(bytes);
      table.mem_free(address, bytes, 16);
    },
  };
  const memory = LinearMemory.from(table, { allocator });
  const view = memory.alloc("H", 100, { align: 64 });
  expect(view.byteOffset % 64).toBe(0);
  table.churn(20 * PAGE);
  view.fill(7);
  view.release();
  expect(sizes).toEqual([200 + 48]); // what was asked for: the bytes, and room to align them
  expect(table.mem_live()).toBe(0);
});

test("Emscripten: a Module that shows only HEAPU8, _malloc and _free", () => {
  const scene = exportsOf(sceneModule());
  const Module = {
    get HEAPU8() {
      return new Uint8Array(scene.memory.buffer);
    },
    _malloc: scene.malloc,
    _free: scene.free,
  };
  const memory = LinearMemory.from(Module);
  const view = memory.alloc("i", 4).fill(-5);
  scene.grow_pages(1);
  expect(view.toList()).toEqual([-5, -5, -5, -5]);
  expect(
    memoryview(() => Module.HEAPU8.buffer, { byteOffset: view.byteOffset, format: "i", shape: 4 }).equals(view),
  ).toBe(true);
  view.release();
  expect(scene.heap_live_blocks()).toBe(0);
});

test("a guest's memory grows only through its own allocator", () => {
  const scene = exportsOf(sceneModule());
  const memory = LinearMemory.from(scene);
  const before = scene.heap_grow_count();
  memory.grow(40 * PAGE);
  expect(scene.heap_grow_count()).toBeGreaterThan(before);
  expect(scene.heap_live_blocks()).toBe(0);
  const bare = LinearMemory.from(new WebAssembly.Memory({ initial: 1 }));
  failure(() => bare.grow(10), "ERR_UNSUPPORTED", "allocator");
  failure(() => bare.alloc("B", 1), "ERR_UNSUPPORTED", "LinearMemory.create({ memory })");
});

test("what is no module is refused, with what was found", () => {
  failure(() => LinearMemory.from({ add: () => 0, sub: () => 0 }), "ERR_UNSUPPORTED", "add, sub");
  failure(() => LinearMemory.from(null), "ERR_UNSUPPORTED", "null");
  failure(() => LinearMemory.from(7), "ERR_UNSUPPORTED", 7);
  const two = { a: new WebAssembly.Memory({ initial: 1 }), b: new WebAssembly.Memory({ initial: 1 }) };
  failure(() => LinearMemory.from(two), "ERR_UNSUPPORTED", "a, b");
  for (const allocator of [{ alloc: 1, free: 2 }, { alloc: () => 0 }, { alloc: () => 0, free: () => {}, align: 3 }]) {
    failure(() => LinearMemory.from(new WebAssembly.Memory({ initial: 1 }), { allocator } as never), "ERR_VALUE");
  }
});

/** A guest that answers what a test tells it to. */
function guest(answers: unknown[], align = 16) {
  const freed: number[] = [];
  const memory = LinearMemory.from(new WebAssembly.Memory({ initial: 2 }), {
    allocator: { align, alloc: () => answers.shift() as number, free: (address) => void freed.push(address) },
  });
  return { memory, freed };
}

test.each([
  ["0", 0, "no room for 64 bytes"],
  ["−1", -1, "4294967359"],
  ["past the end", 2 * PAGE, String(2 * PAGE)],
  ["straddling the end", 2 * PAGE - 16, String(2 * PAGE + 48)],
  ["NaN", NaN, "NaN"],
  ["a fraction", 1024.5, "1024.5"],
  ["a string", "1024", "'1024'"],
  ["undefined", undefined, "undefined"],
])("a guest's malloc that answers %s: refused with the answer, nothing recorded", (_, answer, text) => {
  const { memory, freed } = guest([1024, answer]);
  const live = memory.alloc("B", 64).fill(1);
  failure(() => memory.alloc("B", 64), "ERR_ALLOCATION", text);
  expect([memory.stats().liveBlocks, freed, live.get(63)]).toEqual([1, [], 1]);
});

test("a guest's malloc that answers a live block, or one that overlaps it: refused, and the owner keeps it", () => {
  const { memory, freed } = guest([1024, 1024, 1040, 1008, 4096]);
  const live = memory.alloc("B", 64).fill(1);
  for (let i = 0; i < 3; i++) failure(() => memory.alloc("B", 64), "ERR_ALLOCATION", "live block at 1024 of 64 bytes");
  expect([memory.stats().liveBlocks, freed, live.get(0)]).toEqual([1, [], 1]);
  expect(memory.alloc("B", 64).byteOffset).toBe(4096);
});

test("a guest's malloc that breaks its own alignment: refused, and handed back", () => {
  const { memory, freed } = guest([1028]);
  failure(() => memory.alloc("B", 64), "ERR_ALLOCATION", 1028, 16);
  expect(freed).toEqual([1028]);
  expect(memory.stats().liveBlocks).toBe(0);
});

test("a weak malloc: blocks are aligned all the same, and freed by the address it gave", () => {
  const { memory, freed } = guest([1001, 2002], 1);
  const views: MemoryView[] = [memory.alloc("d", 4), memory.alloc("d", 4, { align: 256 })];
  expect(views.map((view) => view.byteOffset)).toEqual([1008, 2048]);
  for (const view of views) view.release();
  expect(freed).toEqual([1001, 2002]);
});

test("a guest that traps: our error with the trap as cause, and the books unchanged", () => {
  const trap = new WebAssembly.RuntimeError("unreachable");
  let traps = false;
  const memory = LinearMemory.from(new WebAssembly.Memory({ initial: 1 }), {
    allocator: {
      align: 16,
      alloc() {
        if (traps) throw trap;
        return 1024;
      },
      free() {
        if (traps) throw trap;
      },
    },
  });
  const view = memory.alloc("B", 16).fill(3);
  traps = true;
  expect(failure(() => memory.alloc("B", 16), "ERR_ALLOCATION", "16 bytes").cause).toBe(trap);
  expect(failure(() => view.release(), "ERR_ALLOCATION", 1024).cause).toBe(trap);
  expect([memory.stats().liveBlocks, view.get(0)]).toEqual([1, 3]);
  traps = false;
  view.release();
  expect(memory.stats().liveBlocks).toBe(0);
});

test("a guest whose free frees the block once more: refused, and the block is freed once", () => {
  const seen: unknown[] = [];
  let frees = 0;
  const memory: LinearMemory = LinearMemory.from(new WebAssembly.Memory({ initial: 1 }), {
    allocator: {
      align: 16,
      alloc: () => 1024,
      free() {
        frees++;
        seen.push(failure(() => memory.free(1024), "ERR_EXPORTED", "block at 1024").name);
        expect(view.get(0)).toBe(9);
      },
    },
  });
  const view = memory.alloc("B", 16).fill(9);
  view.release();
  expect([frees, seen, memory.stats().liveBlocks, view.released]).toEqual([1, ["ExportedError"], 0, true]);
});

test("a guest is never asked for nothing, nor for more than 32 bits hold", () => {
  const asked: number[] = [];
  const memory = LinearMemory.from(new WebAssembly.Memory({ initial: 1 }), {
    allocator: { align: 8, alloc: (bytes) => (asked.push(bytes), bytes > 100 ? 0 : 1024 * asked.length), free() {} },
  });
  const views = [memory.alloc("B", 0), memory.alloc("d", [0, 3])];
  expect(asked).toEqual([9, 9]);
  memory.free(views[0]!);
  expect([views[0]!.released, views[1]!.released]).toEqual([true, false]);
  failure(() => memory.alloc("B", 2 ** 32 - 16, { align: 64 }), "ERR_ALLOCATION", 2 ** 32 - 16);
  failure(() => memory.alloc("B", 16, { align: 2 ** 31 }), "ERR_ALLOCATION", 16);
  expect(asked).toEqual([9, 9, 2 ** 31 + 8]);
});

test("a module is asked only for what it lists: what ends the program when it is read is left alone", () => {
  const scene = exportsOf(sceneModule());
  const Module = { HEAPU8: new Uint8Array(scene.memory.buffer), _malloc: scene.malloc, _free: scene.free };
  Object.defineProperty(Module, "wasmMemory", {
    get() {
      throw new Error("aborted: wasmMemory was not exported");
    },
  });
  const view = LinearMemory.from(Module).alloc("B", 4).fill(3);
  expect(new Uint8Array(scene.memory.buffer)[view.byteOffset]).toBe(3);
});

test("an instance of a class: methods are called on it", () => {
  class Guest {
    memory = new WebAssembly.Memory({ initial: 1 });
    next = 1024;
    malloc(bytes: number): number {
      return (this.next += Math.ceil(bytes / 8) * 8) - Math.ceil(bytes / 8) * 8;
    }
    free(): void {
      this.next = 0;
    }
  }
  const guest = new Guest();
  const memory = LinearMemory.from(guest);
  const view = memory.alloc("B", 100);
  expect(view.byteOffset).toBe(1024);
  view.release();
  expect(guest.next).toBe(0);
});
