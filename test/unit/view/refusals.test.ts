import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";

const PAGE = 65536;

describe("addresses", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });

  test("an address that an export returned as −2147483648 is 2147483648 everywhere", () => {
    const large = new WebAssembly.Memory({ initial: 32769 });
    const view = memoryview(large, { byteOffset: -2147483648, shape: 4 });
    expect(view.byteOffset).toBe(2147483648);
    view.set(3, 77);
    expect(new Uint8Array(large.buffer)[2147483651]).toBe(77);
    expect(memoryview(large, { byteOffset: 2147483648n, shape: 4 }).get(3)).toBe(77);
  });

  test("−16 in a memory of 64 KiB is not its last 16 bytes", () => {
    failure(() => memoryview(memory, { byteOffset: -16, shape: 16 }), "ERR_BOUNDS", 4294967280, PAGE);
  });

  test.each([NaN, 0.5, "8", null, 2 ** 53, 2n ** 64n, Infinity, undefined])("%s is no address", (byteOffset) => {
    failure(() => memoryview(memory, { byteOffset: byteOffset as never, shape: 1 }), "ERR_BOUNDS");
  });

  test("2^32 is past the end; the last 8 bytes of a 4 GiB memory are not", () => {
    const large = new WebAssembly.Memory({ initial: 65536 });
    const view = memoryview(large, { byteOffset: 2 ** 32 - 8, format: "q", shape: 1 });
    view.set(0, -2n);
    expect([view.get(0), view.cast("B").get(-1)]).toEqual([-2n, 255]);
    failure(
      () => memoryview(large, { byteOffset: 2 ** 32 - 7, format: "q", shape: 1 }),
      "ERR_BOUNDS",
      2 ** 32 + 1,
      2 ** 32,
    );
    failure(() => memoryview(large, { byteOffset: 2 ** 32, shape: 1 }), "ERR_BOUNDS", 2 ** 32);
  });

  test("offsets into a buffer are not addresses: a negative one is refused", () => {
    failure(() => memoryview(new Uint8Array(16), { byteOffset: -4, shape: 1 }), "ERR_BOUNDS", -4);
  });
});

describe("windows", () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i);
  const view = memoryview(bytes).slice([16, 48]);

  test.each([
    { shape: 33, strides: 1 },
    { shape: 5, strides: -1 },
    { byteOffset: -1, shape: 1, strides: 1 },
    { byteOffset: 31, shape: 2, strides: 1 },
    { shape: [2 ** 30, 4], strides: [2 ** 22, 1] },
    { shape: [3, 3], strides: [2 ** 52, 2 ** 52] },
    { byteOffset: 32, shape: 1, strides: 0 },
  ])("strided($shape, $strides): a view cannot reach its parent's other bytes", (window) => {
    failure(() => view.strided(window), "ERR_BOUNDS", 16, 48);
  });

  test("a window on a view stays inside it as well", () => {
    failure(() => memoryview(view, { byteOffset: 30, format: "I", shape: 1 }), "ERR_BOUNDS", 50, 48);
    expect(memoryview(view, { byteOffset: 28, format: "B", shape: 4 }).toList()).toEqual([44, 45, 46, 47]);
  });

  test("offsets into a view are numbers, and neither they nor the format may be there as undefined", () => {
    failure(() => memoryview(view, { byteOffset: 4n, shape: 1 }), "ERR_BOUNDS", "4n");
    failure(() => view.strided({ byteOffset: 4n, shape: 1, strides: 1 } as never), "ERR_BOUNDS", "4n");
    failure(() => view.strided({ byteOffset: undefined, shape: 1, strides: 1 } as never), "ERR_BOUNDS");
    failure(() => view.strided({ format: undefined, shape: 1, strides: 1 } as never), "ERR_FORMAT");
    failure(() => view.strided(5 as never), "ERR_VALUE", 5);
    expect(view.strided(Object.create({ byteOffset: 4 }, { shape: { value: 1 }, strides: { value: 1 } })).get(0)).toBe(
      16,
    );
  });

  test("what a caller changes or lies about afterwards is not seen", () => {
    const shape = [2, 2];
    const window = memoryview(bytes, { shape });
    shape[0] = 1000;
    expect(window.shape).toEqual([2, 2]);
    expect(() => ((window.shape as number[])[0] = 9)).toThrow(TypeError);
    let reads = 0;
    const lying = new Proxy([4], {
      get: (target, name) => (name === "0" ? [4, 1000][reads++] : Reflect.get(target, name)),
    });
    expect(memoryview(bytes, { shape: lying }).shape).toEqual([4]);
  });

  test("bad shapes, strides and options have their own classes", () => {
    failure(() => memoryview(bytes, { shape: [-1] }), "ERR_LAYOUT", -1);
    failure(() => memoryview(bytes, { shape: [2, 3], strides: [1] }), "ERR_LAYOUT", 1, 2);
    failure(() => memoryview(bytes, { shape: Array.from({ length: 65 }, () => 1) }), "ERR_LAYOUT", 65, 64);
    failure(() => memoryview(bytes, { format: undefined } as never), "ERR_FORMAT");
    failure(() => memoryview(bytes, { readonly: 1 } as never), "ERR_VALUE");
    failure(() => memoryview(bytes.subarray(0, 10), { format: "I" }), "ERR_LAYOUT", 10, 4);
    failure(() => memoryview(bytes, { format: "I", itemsize: 8 }), "ERR_FORMAT", 8, 4);
    failure(() => memoryview("text" as never), "ERR_UNSUPPORTED", "text");
    failure(() => memoryview(bytes, 5 as never), "ERR_VALUE", 5);
  });
});

describe("items", () => {
  test.each([
    ["B", 256, "255"],
    ["B", -1, "0"],
    ["b", 128, "127"],
    ["H", 1.5, "1.5"],
    ["i", 2 ** 31, 2 ** 31 - 1],
    ["I", "1", "'1'"],
    ["B", true, "true"],
    ["B", null, "null"],
    ["d", 1n, "Number()"],
    ["f", 1e39, "1e+39"],
    ["e", 65520, "65520"],
    ["q", 5, "5n"],
    ["q", 2n ** 63n, "9223372036854775807n"],
    ["Q", -1n, "-1n"],
    ["?", 1, "true or false"],
    ["c", "ab", "'ab'"],
    ["c", "€", "Latin-1"],
    ["2s", "abc", "2 bytes"],
    ["F", [1, 2, 3], "[re, im]"],
    ["HH", [1], "2 values"],
  ] as const)("%s refuses %s, and says what it takes", (format, value, part) => {
    const bytes = new Uint8Array(32).fill(0xa5);
    const view: MemoryView = memoryview(bytes, { format, shape: 1 });
    failure(() => view.set(0, value), "ERR_VALUE", part);
    failure(() => view.fill(value), "ERR_VALUE", part);
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
  });

  test("indices: fractions, strings and a wrong number of them are out of bounds, with both numbers", () => {
    const view = memoryview(new Float32Array(6)).cast("B").cast("f", [2, 3]);
    failure(() => view.get(2, 0), "ERR_BOUNDS", 2, "dimension 0 of length 2");
    failure(() => view.get(0, -4), "ERR_BOUNDS", -4, "dimension 1 of length 3");
    failure(() => view.get(0.5, 0), "ERR_BOUNDS", 0.5);
    failure(() => view.get("0" as never, 0), "ERR_BOUNDS", "'0'");
    failure(() => view.get(NaN, 0), "ERR_BOUNDS");
    failure(() => (view as MemoryView).get(0), "ERR_BOUNDS", "1 index for 2 dimensions");
    failure(() => (view as MemoryView).get(0, 0, 0), "ERR_BOUNDS", "3 indices for 2 dimensions");
    failure(() => (view as MemoryView).set(0, 1), "ERR_BOUNDS", "1 index for 2 dimensions");
    const line = memoryview(new Uint8Array(4));
    for (const index of [1.5, NaN, 4, -5, 2 ** 32, 2 ** 32 + 1, "1", 1n, null, {}]) {
      failure(() => line.get(index as never), "ERR_BOUNDS");
      failure(() => line.set(index as never, 0), "ERR_BOUNDS");
    }
  });

  test("order of the checks: released, read-only, key, value", () => {
    const view = memoryview(new Uint8Array(4), { readonly: true });
    failure(() => view.set(99, 999), "ERR_READONLY");
    const writable = memoryview(new Uint8Array(4));
    failure(() => writable.set(99, 999), "ERR_BOUNDS");
    view.release();
    failure(() => view.set(99, 999), "ERR_RELEASED");
  });

  test("a value whose looks run code: what that did to the memory is respected", () => {
    const memory = LinearMemory.create();
    const view = memory.alloc("F", 2);
    const growing = new Proxy([1, 2], {
      get(target, name) {
        if (name === "0") memory.grow(PAGE);
        return Reflect.get(target, name);
      },
    });
    view.set(0, growing as never);
    expect(view.get(0)).toEqual([1, 2]);
    const freeing = new Proxy([3, 4], {
      get(target, name) {
        if (name === "1" && !view.released) memory.free(view);
        return Reflect.get(target, name);
      },
    });
    failure(() => view.set(1, freeing as never), "ERR_RELEASED");
    const next = memory.alloc("F", 2);
    expect(next.toList()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });
});

describe("read-only views", () => {
  const bytes = Uint8Array.from([1, 2, 3, 4]);
  const view = memoryview(bytes).toReadonly();
  const family: [string, MemoryView][] = [
    ["itself", view],
    ["a slice", view.slice([1, 3])],
    ["a cast", view.cast("H").cast("B")],
    ["a transpose", view.cast("B", [2, 2]).transpose().transpose().slice(0)],
    ["a strided window", view.strided({ shape: 2, strides: 2 })],
    ["a view of it", memoryview(view, { format: "B" })],
  ];

  test.each(family)("%s has no way to write", (_, one) => {
    for (const write of [
      () => one.set(0, 9),
      () => one.fill(9),
      () => one.assign([9]),
      () => one.typedArray(),
      () => one.dataView(),
    ]) {
      failure(write, "ERR_READONLY");
    }
    expect([...bytes]).toEqual([1, 2, 3, 4]);
    one.copy()[0] = 9;
    expect(bytes[0]).toBe(1);
  });
});

describe("assign", () => {
  const bytes = new Uint8Array(64).fill(0xa5);
  const view = memoryview(bytes, { shape: [4, 4] });
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const throwing = [1, 2, 3];
  Object.defineProperty(throwing, "2", { get: () => { throw new Error("mine"); } }); // prettier-ignore

  test.each([
    ["wrong at its last item", [1, 2, 3, 256], "ERR_VALUE"],
    [
      "ragged",
      [
        [1, 2, 3, 4],
        [1, 2],
      ],
      "ERR_LAYOUT",
    ],
    ["an item among lists", [[1, 2, 3, 4], 5], "ERR_LAYOUT"],
    ["cyclic", cyclic, "ERR_LAYOUT"],
    ["too deep", [[[1]]], "ERR_LAYOUT"],
    ["of another length", [1, 2, 3], "ERR_LAYOUT"],
    ["of another format", Float32Array.of(1), "ERR_FORMAT"],
    ["a string", "text", "ERR_VALUE"],
    ["nothing", undefined, "ERR_VALUE"],
  ])("a list that is %s is refused before the first byte changes", (_, source, code) => {
    failure(() => view.assign(source as never), code);
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
  });

  test("the caller's own error passes through, and nothing is written", () => {
    expect(() => view.assign(throwing)).toThrow("mine");
    expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
  });

  test("modes: wrap as in C, or clamp; another mode is refused", () => {
    const items = memoryview(new Uint8Array(4));
    expect(items.assign(Int16Array.of(-1, 256, 300, 7), { mode: "c" }).toList()).toEqual([255, 0, 44, 7]);
    expect(items.assign(Float32Array.of(-1.5, 256, NaN, 7.9), { mode: "saturate" }).toList()).toEqual([0, 255, 0, 7]);
    expect(items.assign([-1, 300, 1.9, true] as never, { mode: "saturate" }).toList()).toEqual([0, 255, 1, 1]);
    failure(() => items.assign([1], { mode: "wrap" } as never), "ERR_VALUE", "wrap");
    failure(() => items.assign([1], { modes: "c" } as never), "ERR_VALUE", "modes");
  });

  test("what loses nothing needs no mode", () => {
    expect(
      memoryview(new Float64Array(3))
        .assign(Uint8Array.of(1, 2, 3))
        .toList(),
    ).toEqual([1, 2, 3]);
    expect(memoryview(new BigInt64Array(2)).assign(Int32Array.of(-1, 2)).toList()).toEqual([-1n, 2n]);
    expect(memoryview(new Uint8Array(4), { format: ">H" }).assign(Uint16Array.of(1, 258)).toBytes()).toEqual(
      Uint8Array.of(0, 1, 1, 2),
    );
  });
});

describe("casts and bridges", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });

  test("cast: a size that does not fit has both numbers", () => {
    const view = memoryview(memory, { shape: 64 });
    failure(() => view.cast("f", [3, 5]), "ERR_LAYOUT", "'B' [64] to 'f' [3, 5]", 60, 64);
    failure(() => view.slice([0, 10]).cast("I"), "ERR_LAYOUT", 8, 10);
    failure(() => view.slice([0, 64, 2]).cast("H"), "ERR_LAYOUT", "C-contiguous");
    failure(() => view.cast("zz"), "ERR_FORMAT", "'zz'", "position 0");
  });

  test("typedArray: a misaligned or strided view is refused, its items are read all the same", () => {
    const odd = memoryview(memory, { byteOffset: 1, format: "I", shape: 3 });
    odd.set(2, 0xdeadbeef);
    expect(odd.get(2)).toBe(0xdeadbeef);
    failure(() => odd.typedArray(), "ERR_LAYOUT", 1, 4);
    failure(() => odd.slice([0, 3, 2]).typedArray(), "ERR_LAYOUT", "C order");
    failure(() => memoryview(memory, { format: ">I", shape: 3 }).typedArray(), "ERR_FORMAT", ">I");
    failure(() => odd.typedArray({ clamped: true }), "ERR_FORMAT", "'I'");
    failure(() => odd.typedArray({ clamp: true } as never), "ERR_VALUE", "clamp");
    expect(odd.copy()).toEqual(Uint32Array.of(0, 0, 0xdeadbeef));
    expect(odd.dataView().getUint32(8, true)).toBe(0xdeadbeef);
  });

  test("structuredClone: a view never ships the memory", () => {
    const view = memoryview(memory, { shape: 4 });
    expect(() => structuredClone(view)).toThrow();
    expect(() => structuredClone({ view: view.slice() })).toThrow();
    expect(() => structuredClone(LinearMemory.create().alloc("B", 4))).toThrow();
    expect(structuredClone(view.copy()).buffer.byteLength).toBe(4);
  });

  test("a detached buffer is noticed, with both numbers", () => {
    const buffer = new ArrayBuffer(16);
    const view = memoryview(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    failure(() => view.get(3), "ERR_BOUNDS", 4, 0);
    failure(() => view.set(3, 1), "ERR_BOUNDS", 4, 0);
    failure(() => view.toBytes(), "ERR_BOUNDS", 16, 0);
  });
});

describe("formats", () => {
  test.each([
    ["999999999B"],
    ["1e3B"],
    ["٣B"],
    ["__proto__"],
    ["B".repeat(1_000_000)],
    ["T{".repeat(20_000)],
    ["5"],
    [""],
    ["x"],
    ["0s"],
    ["<"],
    ["B\0"], // prettier-ignore
  ])("hostile text %#: an exact size or a refusal, at once", (format) => {
    const start = performance.now();
    let made = true;
    try {
      memoryview(new Uint8Array(8), { format });
    } catch (error) {
      expect((error as { code?: string }).code).toMatch(/^ERR_(FORMAT|LAYOUT)$/);
      expect(String(error).length).toBeLessThan(400);
      made = false;
    }
    expect(made).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

test("text of a large view is short, also when it is released", () => {
  const view = memoryview(new Float64Array(2 ** 19));
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  const texts = (): string[] => [
    String(view),
    JSON.stringify(view),
    (view as unknown as Record<symbol, () => string>)[inspect]!(),
  ];
  for (const text of texts()) expect(text.length).toBeLessThan(1000);
  expect(texts()[2]).toContain("0  0");
  view.release();
  for (const text of texts()) expect(text).toContain("released");
});
