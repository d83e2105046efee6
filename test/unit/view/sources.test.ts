import { LinearMemory, memoryview, MemoryViewError, type MemorySource, type MemoryView } from "linearview";
import { expect, test } from "vitest";

const EXPORT = Symbol.for("linearview.export");
const data = Uint8Array.from({ length: 32 }, (_, i) => i);

/** Every kind of source over the same 32 bytes, with the format it has by itself. */
const SOURCES: [name: string, source: MemorySource, format: string, length: number][] = [
  ["an ArrayBuffer", data.slice().buffer, "B", 32],
  ["a SharedArrayBuffer", shared(), "B", 32],
  ["a Uint8Array", data.slice(), "B", 32],
  ["a Uint8ClampedArray", new Uint8ClampedArray(data), "B", 32],
  ["an Int8Array", new Int8Array(data.slice().buffer), "b", 32],
  ["an Int16Array", new Int16Array(data.slice().buffer), "h", 16],
  ["a Uint16Array", new Uint16Array(data.slice().buffer), "H", 16],
  ["an Int32Array", new Int32Array(data.slice().buffer), "i", 8],
  ["a Uint32Array", new Uint32Array(data.slice().buffer), "I", 8],
  ["a BigInt64Array", new BigInt64Array(data.slice().buffer), "q", 4],
  ["a BigUint64Array", new BigUint64Array(data.slice().buffer), "Q", 4],
  ["a Float32Array", new Float32Array(data.slice().buffer), "f", 8],
  ["a Float64Array", new Float64Array(data.slice().buffer), "d", 4],
  ["a DataView", new DataView(data.slice().buffer), "B", 32],
  [
    "a function that returns the live buffer",
    (
      (buffer) => () =>
        buffer
    )(data.slice().buffer),
    "B",
    32,
  ],
  ["a view", memoryview(data.slice()), "B", 32],
  ["an exporter", { [EXPORT]: () => ({ source: data.slice() }) } as never, "B", 32],
  [
    "an exporter with a window",
    { [EXPORT]: () => ({ source: data.slice(), format: "H", shape: [16] }) } as never,
    "H",
    16,
  ],
];

function shared(): SharedArrayBuffer {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const buffer = new (memory.buffer.constructor as SharedArrayBufferConstructor)(32);
  new Uint8Array(buffer).set(data);
  return buffer;
}

test.each(SOURCES)("memoryview of %s: its own format, all of its bytes, no copy", (_, source, format, length) => {
  const view = memoryview(source) as MemoryView;
  expect([view.format, view.shape, view.byteOffset, view.readonly]).toEqual([format, [length], 0, false]);
  expect(view.toBytes()).toEqual(data);
  const bytes = memoryview(view, { format: "B" });
  bytes.set(5, 200);
  expect(view.toBytes()[5]).toBe(200);
  expect(memoryview(view, { byteOffset: 4, format: "H", shape: [2, 3], strides: [8, 2] }).get(0, 0)).toBe(
    4 + 256 * 200,
  );
});

test("memoryview of a memory: the owner of the bytes is the source, through every view", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = memoryview(memory, { byteOffset: 8, shape: [2, 4] });
  expect(view.slice(1).transpose().obj).toBe(memory);
  expect(view.buffer).toBe(memory.buffer);
  const own = LinearMemory.create();
  expect(own.alloc("B", 1).obj).toBe(own);
  expect(own.view().obj).toBe(own);
  expect(own.view({ byteOffset: 16, format: "d", shape: [2] }).nbytes).toBe(16);
});

test("memoryview of a subarray: offsets count from its first byte, and it is the limit", () => {
  const array = data.slice().subarray(7, 19);
  const view = memoryview(array, { byteOffset: 1, format: "H", shape: 5 });
  expect([view.byteOffset, view.get(0)]).toEqual([8, 8 + 256 * 9]);
  expect(() => memoryview(array, { byteOffset: 11, format: "H", shape: 1 })).toThrow(
    /spans bytes 18 to 20, the source has 7 to 19/,
  );
});

test("export protocol: read-only stays, and the lock is given back once, also when the window is refused", () => {
  let locks = 0;
  const exporter = {
    [EXPORT]() {
      locks++;
      return { source: data.slice(), byteOffset: 4, shape: [8], readonly: true, release: () => void locks-- };
    },
  } as never;
  const view = memoryview(exporter) as MemoryView;
  expect([view.readonly, view.length, locks]).toEqual([true, 8, 1]);
  view.slice([0, 2]).release();
  expect(locks).toBe(1);
  view.release();
  view.release();
  expect(locks).toBe(0);
  expect(() => memoryview(exporter, { byteOffset: 100, shape: 1 })).toThrow(/ERR|100|spans/);
  expect(locks).toBe(0);
});

test("export protocol: the lock is given back when what is exported cannot be viewed, through exporters of exporters", () => {
  const locks = new Set<string>();
  const exporter = (name: string, exported: object) => ({
    [EXPORT]() {
      locks.add(name);
      return { ...exported, release: () => void locks.delete(name) };
    },
  });
  const inner = exporter("inner", { source: data.slice() });
  for (const bad of [
    exporter("outer", { source: inner, shape: [100] }),
    exporter("outer", { source: 5 }),
    { [EXPORT]: () => null },
  ]) {
    expect(() => memoryview(bad as never)).toThrow(MemoryViewError);
    expect(locks.size).toBe(0);
  }
  const view = memoryview(exporter("outer", { source: inner, byteOffset: 4, shape: [2] }) as never) as MemoryView;
  expect([view.toList(), [...locks]]).toEqual([
    [4, 5],
    ["outer", "inner"],
  ]);
  view.release();
  expect(locks.size).toBe(0);
});

test("export protocol: a window of an allocated view ends with its block, and its hold is the block's", () => {
  const memory = LinearMemory.create();
  const block = memory.alloc("B", 64);
  const exporter = { [EXPORT]: () => ({ source: block, byteOffset: 8, shape: [4] }) };
  const windows = [exporter, { [EXPORT]: () => ({ source: exporter }) }, { [EXPORT]: () => ({ source: block }) }].map(
    (source) => memoryview(source as never) as MemoryView,
  );
  const letGo = windows[1]!.hold();
  expect(() => block.release()).toThrow(/1 hold/);
  letGo();
  block.release();
  for (const view of windows) expect(() => view.get(0)).toThrow(/was freed/);
});

test("a shared memory that grew elsewhere: a view of the new part is made, and an old view reads on", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 3, shared: true });
  const view = memoryview(memory, { byteOffset: 65528, format: "d", shape: 1 });
  view.set(0, 0.5);
  const old = memory.buffer;
  memory.grow(1);
  expect(old.byteLength).toBe(65536);
  const beyond = memoryview(memory, { byteOffset: 65536, format: "d", shape: 1 });
  beyond.set(0, 1.5);
  expect([view.get(0), beyond.get(0)]).toEqual([0.5, 1.5]);
});

test("iteration: growth between two items is not noticed", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = memoryview(memory, { format: "H", shape: 5 }).assign([1, 2, 3, 4, 5]);
  const seen: number[] = [];
  for (const item of view) {
    seen.push(item as number);
    memory.grow(0);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});
