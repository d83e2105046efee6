import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";

/** The least and the greatest item of each format, and values just beyond. */
const LIMITS: [format: string, kept: number[], refused: unknown[]][] = [
  ["b", [-128, 127, -0], [-129, 128, 0.5, NaN, 1n, "1", undefined]],
  ["B", [0, 255], [-1, 256, 254.5, Infinity, null, true]],
  ["h", [-32768, 32767], [-32769, 32768, -0.5]],
  ["H", [0, 65535], [-1, 65536, 2 ** 32]],
  ["i", [-(2 ** 31), 2 ** 31 - 1], [-(2 ** 31) - 1, 2 ** 31, 2 ** 32, 1e300]],
  ["I", [0, 2 ** 31, 2 ** 32 - 1], [-1, 2 ** 32, 2 ** 32 - 0.5]],
  ["f", [-0, 1.5, 3.4028234663852886e38, -Infinity, Infinity, NaN], [3.5e38, -1e39, 1n, "0"]],
  ["d", [-0, 5e-324, -Number.MAX_VALUE, Infinity, NaN], [1n, "0", new Date(0)]],
];

describe.each(LIMITS)("set: '%s' keeps what fits and refuses the rest", (format, kept, refused) => {
  const shapes = [[4], [2, 3], [2, 2, 2]];
  // Aligned views, and the same at an odd address and in the other byte order.
  const windows = shapes.flatMap((shape) => [0, 1].flatMap((byteOffset) => ["<", ">"].map((order) => ({ shape, byteOffset, format: order + format })))); // prettier-ignore

  test.each(windows)("$format $shape at $byteOffset", (window) => {
    const view: MemoryView = memoryview(new ArrayBuffer(80), window);
    const last = window.shape.map((length) => length - 1);
    const fromEnd = last.map(() => -1);
    for (const value of kept) {
      view.set(...last, value);
      const stored = /[fd]/.test(format) ? value : value + 0; // an integer has no -0
      expect(view.get(...last)).toBe(stored);
      expect(view.get(...fromEnd)).toBe(stored);
    }
    view.set(...fromEnd, 1);
    for (const value of refused) failure(() => view.set(...last, value), "ERR_VALUE");
    expect(view.get(...last)).toBe(1);
    expect(view.get(...last.map(() => 0))).toBe(0);
  });
});

test("set: looks at a value without running its code when it is no number", () => {
  const view: MemoryView = memoryview(new ArrayBuffer(8));
  const spy = { valueOf: (): never => expect.fail("ran"), toString: (): never => expect.fail("ran") };
  failure(() => view.set(0, spy), "ERR_VALUE");
});

test.each([[[4]], [[4, 4]], [[4, 4, 4]], [[4, 4, 2, 2]]])(
  "get and set of shape %j: whole numbers in range alone",
  (shape) => {
    const view: MemoryView = memoryview(new ArrayBuffer(64), { shape });
    const rest = shape.slice(1).map(() => 0);
    for (const index of [4, -5, 0.5, -0.5, -1e-20, NaN, Infinity, "0", null, undefined, 1n, [0]] as never[]) {
      failure(() => view.get(index, ...rest), "ERR_BOUNDS");
      failure(() => view.set(index, ...rest, 1), "ERR_BOUNDS");
      failure(() => view.get(...rest, index), "ERR_BOUNDS");
    }
    failure(() => view.get(...rest), "ERR_BOUNDS");
    failure(() => view.get(0, 0, ...rest), "ERR_BOUNDS");
    failure(() => view.toReadonly().set(0, ...rest, 1), "ERR_READONLY");
    expect(view.toBytes().every((byte) => byte === 0)).toBe(true);
  },
);

describe("slice", () => {
  const bytes = Uint8Array.from({ length: 240 }, (_, i) => i);
  /** One key more takes the long way. */
  const longWay = (view: MemoryView, keys: unknown[]): MemoryView => view.slice(...(keys as []), "...");
  const parts = [[0, 3], [1, 5, 2], [2, 5, 3], [0, 0], [3, 1], [0, 9], [-2, 5], [1, 4, -1], [4, 1, -1], [], [1], [null, 3], [0, 5, null]]; // prettier-ignore

  test.each(["B", "H", "f", ">H"])("of '%s': equal parts by every notation", (format) => {
    const whole: MemoryView = memoryview(bytes, { format });
    const plane = whole.slice([0, 30]).reshape([5, 6]);
    for (const view of [plane.slice([], 2), plane, plane.transpose(), plane.flip(), plane.toReadonly()]) {
      for (const rows of parts) {
        const keys = view.ndim === 1 ? [[rows]] : [[rows], [1], [-1], ...parts.map((columns) => [rows, columns])];
        for (const key of keys as unknown[][]) {
          const [got, want] = [view.slice(...(key as [])) as MemoryView, longWay(view, key)];
          const facts = ({ shape, strides, byteOffset, length, readonly }: MemoryView): unknown => ({ shape, strides, byteOffset, length, readonly }); // prettier-ignore
          expect(facts(got), JSON.stringify(key)).toEqual(facts(want));
          expect(got.toList()).toEqual(want.toList());
          expect(Object.isFrozen(got.shape) && Object.isFrozen(got.strides)).toBe(true);
        }
      }
    }
  });

  test("reads every part of a key once", () => {
    let reads = 0;
    const key = Object.defineProperty([0, 4], 1, { get: () => (reads++ ? 1000 : 4) }) as [number, number];
    expect(memoryview(bytes).slice([0, 8]).slice(key).toList()).toEqual([0, 1, 2, 3]);
    expect(reads).toBe(1);
  });

  test("of a released or freed view throws", () => {
    const memory = LinearMemory.create();
    const view: MemoryView = memory.alloc("f", [8, 8]);
    const row: MemoryView = view.slice(1);
    const part: MemoryView = row.slice([0, 4]);
    part.release();
    for (const key of [[0, 2], 1, "0:2"]) failure(() => part.slice(key as 1), "ERR_RELEASED");
    expect(part.toString()).toContain("[4]");
    memory.free(view);
    for (const v of [view, row]) {
      for (const keys of [
        [[0, 2]],
        [1],
        [
          [0, 2],
          [0, 2],
        ],
      ]) {
        failure(() => v.slice(...(keys as [])), "ERR_RELEASED");
      }
      failure(() => v.length, "ERR_RELEASED");
    }
  });
});

describe.each(["B", "f", "q", ">h"])("iteration of '%s'", (format) => {
  const one = format === "q" ? 1n : 1;

  test("follows what is written, and a memory that grows in between", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const view: MemoryView = memoryview(memory, { format, shape: 3 });
    const items = view[Symbol.iterator]();
    expect(items[Symbol.iterator]()).toBe(items);
    expect(items.next().value).toEqual(one === 1n ? 0n : 0);
    memory.grow(1);
    view.set(1, one);
    expect(items.next()).toEqual({ done: false, value: one });
    expect([...items].length).toBe(1);
  });

  test("stays at its end, also when the view is released afterwards", () => {
    const view: MemoryView = memoryview(new ArrayBuffer(16), { format });
    const items = view[Symbol.iterator]();
    expect([...items].length).toBe(view.length);
    view.release();
    expect(items.next()).toEqual({ done: true, value: undefined });
  });

  test("throws when the view was released or its block freed", () => {
    const memory = LinearMemory.create();
    for (const end of [(view: MemoryView) => view.release(), (view: MemoryView) => memory.free(view)]) {
      for (const steps of [0, 1, 4]) {
        const view: MemoryView = memory.alloc(format, 4);
        const items = view[Symbol.iterator]();
        for (let i = 0; i < steps; i++) items.next();
        end(view);
        failure(() => items.next(), "ERR_RELEASED");
      }
    }
  });

  test("of more dimensions gives views of the rows", () => {
    const view: MemoryView = memoryview(new ArrayBuffer(48), { format, shape: [2, 3] });
    for (const row of view) row.set(2, one);
    expect(view.toList().map((row: unknown[]) => row[2])).toEqual([one, one]);
  });
});

test("get: a value among padding is read behind it, in either byte order", () => {
  const bytes = Uint8Array.of(9, 9, 1, 2, 9, 9, 3, 4);
  const big: MemoryView = memoryview(bytes, { format: ">2xH" });
  const little: MemoryView = memoryview(bytes, { format: "<2xH" });
  expect([big.get(0), big.get(-1), little.get(0), little.get(-1)]).toEqual([0x0102, 0x0304, 0x0201, 0x0403]);
});

test("get and set of a view of 0 dimensions take no index", () => {
  for (const window of [{ byteOffset: 4 }, { byteOffset: 1 }, { byteOffset: 1, format: ">f" }]) {
    const view: MemoryView = memoryview(new ArrayBuffer(8), { format: "f", shape: [], ...window });
    view.set(2.5);
    expect(view.get()).toBe(2.5);
    failure(() => view.get(0), "ERR_BOUNDS");
    failure(() => view.get(undefined as never), "ERR_BOUNDS");
    view.release();
    failure(() => view.get(), "ERR_RELEASED");
  }
});
