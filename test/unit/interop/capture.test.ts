import { LinearMemory, UnsupportedError } from "linearview";
import { type Capture, type Captured, captureMemory } from "linearview/interop";
import { base64 as scene } from "virtual:fixture/modules/scene";
import { afterEach, expect, test } from "vitest";
import { failure } from "../support/failure.ts";

const SCENE = Uint8Array.from(atob(scene), (letter) => letter.charCodeAt(0));
const IMPORTS = { env: { on_block: () => {} } };

/** `(import "env" "memory" (memory 1)) (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))` */
const LOAD = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 2, 15, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d,
  0x6f, 0x72, 0x79, 2, 0, 1, 3, 2, 1, 0, 7, 8, 1, 4, 0x6c, 0x6f, 0x61, 0x64, 0, 0, 10, 9, 1, 7, 0, 0x20, 0, 0x2d, 0, 0,
  0x0b,
]); // prettier-ignore

const routes = () => [WebAssembly.instantiate, WebAssembly.instantiateStreaming, WebAssembly.Instance];
const ORIGINALS = routes();

/** Every test leaves WebAssembly as it found it. */
afterEach(() => expect(routes()).toEqual(ORIGINALS));

const response = () => new Response(SCENE, { headers: { "Content-Type": "application/wasm" } });
const module = new WebAssembly.Module(SCENE);

/** Node instantiates a parser of its own, some time after the first `Response`. */
const filter = ({ exports }: Captured): boolean => "heap_live_blocks" in exports || "load" in exports;

/** Every way to make an instance. */
const WAYS: [name: string, make: () => Promise<WebAssembly.Instance>][] = [
  ["instantiate, bytes", async () => (await WebAssembly.instantiate(SCENE, IMPORTS)).instance],
  ["instantiate, a module", () => WebAssembly.instantiate(module, IMPORTS)],
  ["instantiateStreaming", async () => (await WebAssembly.instantiateStreaming(response(), IMPORTS)).instance],
  ["new Instance", async () => new WebAssembly.Instance(module, IMPORTS)],
  ["Reflect.construct", async () => Reflect.construct(WebAssembly.Instance, [module, IMPORTS])],
  ["a subclass", async () => new (class Guest extends WebAssembly.Instance {})(module, IMPORTS)],
];

test.each(WAYS)("capture: %s is seen, and gives what it gives without", async (_, make) => {
  using capture = captureMemory({ filter });
  const instance = await make();
  expect(instance).toBeInstanceOf(WebAssembly.Instance);
  expect(capture.found).toHaveLength(1);
  const [found] = capture.found;
  expect([found!.instance === instance, found!.exports === instance.exports, found!.imports === IMPORTS]).toEqual([true, true, true]); // prettier-ignore
  expect(found!.memories).toEqual([{ name: "memory", memory: instance.exports.memory }]);
  expect(capture.memory).toBe(instance.exports.memory);
  expect(capture.exports).toBe(instance.exports);
  using view = LinearMemory.from(capture.target).alloc("I", 3).fill(7);
  expect((instance.exports.heap_live_blocks as () => number)()).toBe(1);
  expect([...new Uint32Array(capture.memory.buffer, view.byteOffset, 3)]).toEqual([7, 7, 7]);
});

test("capture: an imported memory is found by the names it is imported by, and can be viewed", async () => {
  using capture = captureMemory({ filter });
  const memory = new WebAssembly.Memory({ initial: 1 });
  let read = 0;
  const env = {
    get memory() {
      read++;
      return memory;
    },
    get other(): never {
      throw new Error("nobody asked for it");
    },
  };
  const { instance } = await WebAssembly.instantiate(LOAD, { env });
  expect(read).toBe(1);
  expect(capture.found[0]!.memories).toEqual([{ name: "env.memory", memory }]);
  const own = LinearMemory.from(capture.target);
  expect(own.memory).toBe(memory);
  expect(capture.target.exports).toBe(instance.exports);
  own.view({ byteOffset: 9, shape: 1 }).set(0, 42);
  expect((instance.exports.load as (at: number) => number)(9)).toBe(42);
});

test("capture: none and several memories are refused with what was found; a filter tells them apart", async () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  using all = captureMemory({ filter });
  using one = captureMemory({ filter: ({ exports }) => "load" in exports });
  failure(() => all.memory, "ERR_UNSUPPORTED", "0 memories", "before the module is loaded");
  failure(() => LinearMemory.from(all), "ERR_UNSUPPORTED", "0 memories");
  await WebAssembly.instantiate(SCENE, IMPORTS);
  await WebAssembly.instantiate(LOAD, { env: { memory } });
  failure(() => all.exports, "ERR_UNSUPPORTED", "2 memories ['memory', 'env.memory']", "filter");
  expect([all.found.length, one.found.length]).toEqual([2, 1]);
  expect(one.memory).toBe(memory);
  // Two instances on one memory are one memory.
  await WebAssembly.instantiate(LOAD, { env: { memory } });
  expect([one.memory, one.exports]).toEqual([memory, one.found[0]!.exports]);
  failure(() => captureMemory({ filter: 1 } as never), "ERR_VALUE", "filter");
});

test("capture: failures are the engine's own, and nothing is captured", async () => {
  using capture = captureMemory({ filter });
  await expect(WebAssembly.instantiate(new Uint8Array(8), {})).rejects.toThrow(WebAssembly.CompileError);
  await expect(WebAssembly.instantiate(SCENE, { env: {} })).rejects.toThrow(WebAssembly.LinkError);
  expect(() => new WebAssembly.Instance(module, { env: {} })).toThrow(WebAssembly.LinkError);
  expect(() => (WebAssembly.Instance as unknown as () => void)()).toThrow(TypeError);
  expect(capture.found).toEqual([]);
});

test.each([
  ["the first first", [0, 1, 2]],
  ["the last first", [2, 1, 0]],
  ["in the middle first", [1, 0, 2]],
])("capture: several at once, stopped %s: each sees what is made until it stops", (_, order) => {
  const captures: Capture[] = [captureMemory({ filter }), captureMemory({ filter }), captureMemory({ filter })];
  order.forEach((i) => {
    expect(new WebAssembly.Instance(module, IMPORTS)).toBeInstanceOf(ORIGINALS[2]);
    captures[i]!.stop();
    captures[i]!.stop();
  });
  expect(routes()).toEqual(ORIGINALS);
  expect(new WebAssembly.Instance(module, IMPORTS)).toBeInstanceOf(ORIGINALS[2]);
  expect(order.map((i) => captures[i]!.found.length)).toEqual([1, 2, 3]);
});

test("capture: somebody who patched on top stays, and a capture after it sees each instance once", async () => {
  const first = captureMemory({ filter });
  const below = WebAssembly.instantiate;
  let calls = 0;
  const theirs = ((...values: [Uint8Array<ArrayBuffer>]) => (calls++, below(...values))) as typeof below;
  WebAssembly.instantiate = theirs;
  first.stop();
  expect([WebAssembly.instantiate === theirs, WebAssembly.Instance === ORIGINALS[2]]).toEqual([true, true]);
  const second = captureMemory({ filter });
  await WebAssembly.instantiate(SCENE, IMPORTS);
  second.stop();
  expect([calls, first.found.length, second.found.length]).toEqual([1, 0, 1]);
  expect(WebAssembly.instantiate).toBe(theirs);
  WebAssembly.instantiate = below;
  captureMemory().stop();
});

test("capture: nothing is left behind where the functions cannot be replaced", () => {
  const original = Object.getOwnPropertyDescriptor(WebAssembly, "Instance")!;
  Object.defineProperty(WebAssembly, "Instance", { ...original, writable: false });
  try {
    expect(() => captureMemory()).toThrow(UnsupportedError);
    expect(routes()).toEqual(ORIGINALS);
  } finally {
    Object.defineProperty(WebAssembly, "Instance", original);
  }
});

test("capture: the functions keep their names, lengths and properties", () => {
  const describe = () => ["instantiate", "instantiateStreaming", "Instance"].map((name) => {
    const { value, ...rest } = Object.getOwnPropertyDescriptor(WebAssembly, name)!;
    return [value.name, value.length, rest];
  }); // prettier-ignore
  const before = describe();
  using _capture = captureMemory({ filter });
  expect(describe()).toEqual(before);
});
