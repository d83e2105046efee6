import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";

const isShareable = typeof SharedArrayBuffer !== "undefined";
const INTEGERS = [..."bBhHiIlLnNPqQ"];
const MODIFY = {
  add: (a: bigint, b: bigint) => a + b,
  sub: (a: bigint, b: bigint) => a - b,
  and: (a: bigint, b: bigint) => a & b,
  or: (a: bigint, b: bigint) => a | b,
  xor: (a: bigint, b: bigint) => a ^ b,
  exchange: (_: bigint, b: bigint) => b,
} as const;

describe.each([false, ...(isShareable ? [true] : [])])("shared memory: %s", (shared) => {
  test.each(INTEGERS)("%s: every operation answers the old item and leaves the new one", (format) => {
    const view = LinearMemory.create({ shared }).alloc(format, [3, 4]) as MemoryView;
    const { atomics } = view;
    const big = view.get(0, 0) === 0n;
    const item = (n: number) => (big ? BigInt(n) : n);
    expect(atomics.store(-1, -2, item(100))).toBe(item(100));
    expect([atomics.load(2, 2), view.get(2, 2)]).toEqual([item(100), item(100)]);
    for (const [name, result] of Object.entries(MODIFY)) {
      view.set(2, 2, item(101));
      expect(atomics[name as keyof typeof MODIFY](2, -2, item(22)), name).toBe(item(101));
      expect(BigInt(view.get(2, 2)), name).toBe(result(101n, 22n));
    }
    view.set(2, 2, item(7));
    expect([atomics.compareExchange(2, 2, item(8), item(9)), view.get(2, 2)]).toEqual([item(7), item(7)]);
    expect([atomics.compareExchange(2, 2, item(7), item(9)), view.get(2, 2)]).toEqual([item(7), item(9)]);
    view.set(2, 2, item(0));
    expect(view.equals(view.copy().fill(item(0) as never))).toBe(false);
    expect(view.toList()).toEqual(Array.from({ length: 3 }, () => Array(4).fill(item(0))));
  });
});

test("results wrap as the platform's do; operands that do not fit are refused, and nothing is written", () => {
  const view = memoryview(new Uint8Array([250, 5]));
  expect([view.atomics.add(0, 10), view.get(0)]).toEqual([250, 4]);
  expect([view.atomics.sub(1, 6), view.get(1)]).toEqual([5, 255]);
  for (const value of [256, -1, 0.5, "1", 1n, undefined, { valueOf: () => 1 }]) {
    for (const name of ["store", "add", "sub", "and", "or", "xor", "exchange"] as const) {
      failure(() => view.atomics[name](0, value as never), "ERR_VALUE", `atomics.${name}`, "'B'");
    }
    failure(() => view.atomics.compareExchange(0, value as never, 1), "ERR_VALUE");
    failure(() => view.atomics.compareExchange(0, 4, value as never), "ERR_VALUE");
  }
  failure(() => memoryview(new BigInt64Array(1)).atomics.add(0, 1 as never), "ERR_VALUE", "bigint");
  expect(view.toList()).toEqual([4, 255]);
});

test("indices are those of get: strides, negative ones, none for a view without dimensions, and as many as dimensions", () => {
  const view = memoryview(
    Int32Array.from({ length: 12 }, (_, i) => i),
    { shape: [3, 4] },
  ) as MemoryView;
  expect(view.transpose().atomics.load(3, 2)).toBe(11);
  expect(view.slice("::-1, ::2").atomics.load(0, 1)).toBe(10);
  expect(view.slice(1, 2).atomics.add(5)).toBe(6);
  expect([view.get(1, 2), view.slice(1, 2).atomics.load()]).toEqual([11, 11]);
  const { atomics } = view;
  failure(() => atomics.load(1), "ERR_BOUNDS", "1 index", "2 dimensions");
  failure(() => atomics.load(1, 2, 3), "ERR_BOUNDS", "3 indices");
  failure(() => atomics.add(1, 2), "ERR_BOUNDS", "1 index");
  failure(() => (atomics.store as () => void)(), "ERR_BOUNDS", "0 indices");
  failure(() => atomics.load(3, 0), "ERR_BOUNDS", "dimension 0 of length 3");
  failure(() => atomics.add(0, 0.5, 1), "ERR_BOUNDS", "0.5");
  failure(() => atomics.notify(), "ERR_BOUNDS", "0 indices");
});

test("formats: integers in native order only, and what to do else", () => {
  const over = (format: string) => memoryview(new ArrayBuffer(16), { format, shape: 1 }).atomics as any;
  for (const format of ["f", "d", "e", "F", ">i", ">q", "!H", "?", "c", "8s", "2i", "T{I:a:}"]) {
    failure(() => over(format).load(0), "ERR_FORMAT", format, "b B h H i I q Q");
    failure(() => over(format).store(0, 1), "ERR_FORMAT", format);
  }
  for (const format of ["<i", "=q", "@h", ">B"]) expect(Number(over(format).load(0))).toBe(0);
  for (const format of ["b", "B", "h", "H", "I", "Q", "f", ">i"]) {
    for (const name of ["wait", "waitAsync", "notify"])
      failure(() => over(format)[name](0, 0), "ERR_FORMAT", format, "i q");
  }
});

test("an unaligned item is refused, with the address and what it must be a multiple of", () => {
  const view = memoryview(new ArrayBuffer(32), { byteOffset: 2, format: "i", shape: 2, strides: 6 });
  failure(() => view.atomics.load(0), "ERR_LAYOUT", "at 2", "of 4");
  failure(() => view.atomics.add(0, 1), "ERR_LAYOUT", "at 2", "of 4");
  expect(view.atomics.load(1)).toBe(0);
});

test("a read-only view is only read", () => {
  const view = memoryview(new Int32Array([5]), { readonly: true });
  expect([view.atomics.load(0), view.atomics.notify(0)]).toEqual([5, 0]);
  for (const name of ["store", "add", "sub", "and", "or", "xor", "exchange"] as const) {
    failure(() => view.atomics[name](0, 1), "ERR_READONLY", name);
    failure(() => view.atomics[name](9, 1.5), "ERR_READONLY", name);
  }
  failure(() => view.atomics.compareExchange(0, 5, 6), "ERR_READONLY");
  expect(view.get(0)).toBe(5);
});

test("a released view and a freed block are refused, also by atomics taken before", () => {
  const memory = LinearMemory.create();
  const view = memory.alloc("i", 4);
  const part = view.slice([1]);
  const { atomics } = part;
  part.release();
  failure(() => part.atomics, "ERR_RELEASED");
  failure(() => atomics.load(0), "ERR_RELEASED");
  const others = view.atomics;
  view.release();
  for (const name of ["load", "store", "add", "wait", "notify"] as const) {
    failure(() => (others[name] as (...given: number[]) => unknown)(0, 1), "ERR_RELEASED", name);
  }
});

test("memory that grows under them changes nothing", () => {
  for (const shared of [false, ...(isShareable ? [true] : [])]) {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 9, shared });
    const view = memoryview(memory, { byteOffset: 65528, format: "i", shape: 2 });
    const { atomics } = view;
    atomics.store(1, 7);
    memory.grow(1);
    expect(atomics.add(1, 1)).toBe(7);
    memory.grow(1);
    expect([atomics.load(1), view.get(1)]).toEqual([8, 8]);
  }
});

test("waiting: memory that is not shared is refused, and says what to do", () => {
  const { atomics } = memoryview(new Int32Array(1));
  failure(() => atomics.wait(0, 0), "ERR_UNSUPPORTED", "wait", "shared: true");
  failure(() => atomics.waitAsync(0, 0), "ERR_UNSUPPORTED", "shared: true");
  expect([atomics.notify(0), atomics.notify(0, 5)]).toEqual([0, 0]);
});

test.runIf(isShareable)("waiting: values, timeouts and counts are checked", () => {
  const view = LinearMemory.create({ shared: true }).alloc("i", 4);
  const { atomics } = view;
  for (const timeout of [NaN, -1, "5", null, 5n]) {
    failure(() => atomics.wait(0, 0, timeout as never), "ERR_VALUE", "timeout");
    failure(() => atomics.waitAsync(0, 0, timeout as never), "ERR_VALUE", "timeout");
  }
  for (const count of [NaN, -1, 0.5, "5", null]) failure(() => atomics.notify(0, count as never), "ERR_VALUE", "count");
  failure(() => atomics.wait(0, 0.5), "ERR_VALUE", "0.5");
  expect([atomics.notify(0, undefined as never), atomics.notify(0, Infinity)]).toEqual([0, 0]);
});

test.runIf(isShareable && "waitAsync" in Atomics)(
  "waitAsync: answers at once, or when another is notified or the time is over",
  async () => {
    for (const format of ["i", "q"] as const) {
      const memory = LinearMemory.create({ shared: true });
      const view = memory.alloc(format, [2, 2]) as MemoryView;
      const item = (n: number) => (format === "q" ? BigInt(n) : n);
      expect(view.atomics.waitAsync(1, 1, item(5))).toEqual({ async: false, value: "not-equal" });
      const late = view.atomics.waitAsync(1, 1, item(0), 5);
      expect(late.async).toBe(true);
      expect(await late.value).toBe("timed-out");
      const waiting = view.atomics.waitAsync(1, 1, item(0));
      memory.grow(65536);
      expect(view.atomics.notify(1, 0)).toBe(0);
      expect(view.atomics.notify(1, 1, 0)).toBe(0);
      expect(view.atomics.notify(-1, -1)).toBe(1);
      expect(await waiting.value).toBe("ok");
    }
  },
);
