import { LinearMemory, memoryview, MemoryViewError, type MemoryView } from "linearview";
import { loadStrided } from "linearview/strided";
import { describe, expect, test } from "vitest";
import { sumFloats } from "../../../src/kernels/reference/strided.ts";
import { failure } from "../support/failure.ts";
import { seeded } from "../support/random.ts";
import { firstDifference } from "./support.ts";

const PAGE = 65536;
const WORLDS: Record<string, () => LinearMemory> = {
  "own": () => LinearMemory.create({ initial: 4 * PAGE }), // prettier-ignore
  "shared": () => LinearMemory.create({ initial: 4 * PAGE, shared: true, maximum: 64 * PAGE }), // prettier-ignore
  "above 2 GiB": () => LinearMemory.create({ initial: 2 ** 31 + 4 * PAGE, base: 2 ** 31 + PAGE }),
};
const FORMATS = ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d", "e", ">h", ">I", ">f", ">q", "?", "F", "D", "c", "P", "3s"]; // prettier-ignore

/** Two views of different layouts on a block of [6, 7, 5] items. */
const LAYOUTS: Record<string, (v: MemoryView) => MemoryView> = {
  packed: (v) => v,
  "a crop": (v) => v.slice([1, 5], [2, 7]),
  reversed: (v) => v.flip(),
  transposed: (v) => v.transpose(),
  "every second, columns reversed": (v) => v.slice([null, null, 2], [null, null, -1]),
  "one column": (v) => v.slice("..., 3"),
  "an item": (v) => v.slice(1, 2, 3),
  "no items": (v) => v.slice([3, 3]),
  odd: (v) => memoryview(v.cast("B"), { byteOffset: 1, shape: [4, 5, 3], strides: [1 + 31 * v.itemsize, 1 + 5 * v.itemsize, v.itemsize], format: v.format }), // prettier-ignore
};

const noise = Uint8Array.from(
  { length: 32768 },
  (
    (random) => () =>
      random(256)
  )(seeded(9)),
);
const EDGES = [0, -0, NaN, Infinity, 0.5, -1.5, 127.5, 255.5, -129, 65535.5, 2 ** 31, -(2 ** 31), 2 ** 32 + 2 ** 10, 1e20, -7]; // prettier-ignore
const edges = Float64Array.from(
  { length: 4096 },
  (
    (random) => () =>
      EDGES[random(EDGES.length)]!
  )(seeded(8)),
);

/** Gives a view all kinds of bytes, or floats near the limits of integers. */
function scatter(view: MemoryView, random: (n: number) => number): void {
  const { nbytes, itemsize } = view;
  const at = random(4096 - nbytes / itemsize);
  const floats = ["f", "d"].includes(view.format);
  if (floats)
    view
      .cast("B")
      .cast(view.format)
      .assign(edges.subarray(at, at + nbytes / itemsize), { mode: "c" });
  else view.cast("B").assign(noise.subarray(at, at + nbytes));
}

/** What a call answers, or the code of the error that it throws. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof MemoryViewError) return error.code;
    throw error;
  }
}

describe.each(Object.entries(WORLDS))("strided operations in memory that is %s", (_, make) => {
  const memory = make();
  const strided = loadStrided(memory);

  test("convert: for every pair of formats and mode what assign gives, or its error and nothing written", () => {
    const random = seeded(1);
    let kind = 0;
    const kinds = Object.values(LAYOUTS);
    for (const from of FORMATS) {
      for (const to of FORMATS) {
        memory.scope(({ alloc }) => {
          const source = alloc(from, [6, 7, 5]);
          const [target, model] = [alloc(to, [6, 7, 5]), alloc(to, [6, 7, 5])];
          for (const mode of [undefined, "c", "saturate"] as const) {
            for (let turn = 0; turn < 2; turn++) {
              scatter(source, random);
              scatter(target, random);
              model.cast("B").assign(target.cast("B"));
              const [t, m] = [target, model].map(kinds[kind++ % kinds.length]!) as [MemoryView, MemoryView];
              // Of the same shape, by any of the layouts; or one row of it, or its last axis only.
              const whole = Object.values(LAYOUTS).map((layout) => layout(source)).filter(({ shape }) => String(shape) === String(t.shape)); // prettier-ignore
              const views = [...whole, source.strided({ shape: t.shape, strides: t.shape.map(() => 0) })];
              const s = views[random(views.length)]!;
              const want = outcome(() => m.assign(s, mode && { mode }) === m);
              const got = outcome(() => strided.convert(s, t, mode && { mode }) === t);
              const what = `${from} ${s} → ${to} ${t} ${mode}`;
              expect(got, what).toBe(want);
              expect(firstDifference(target.toBytes(), model.toBytes()), what).toBe(-1);
            }
          }
        });
      }
    }
  });

  test("convert: overlapping views are as if the source had been copied first, and in place is", () => {
    const random = seeded(2);
    for (const [from, to] of [["f", "i"], ["i", "f"], ["H", "B"], ["B", "H"], ["d", "f"], ["f", "f"], ["h", "H"]] as const) {
      for (const [s, t] of [[0, 0], [0, 8], [8, 0], [16, 4], [3, 16]] as const) {
        const block = memory.alloc("B", 256);
        scatter(block, random);
        const model = memoryview(block.toBytes().buffer);
        const views = (on: MemoryView): [MemoryView, MemoryView] => [
          on.strided({ byteOffset: s, shape: 13, strides: 8, format: from }),
          on.strided({ byteOffset: t, shape: 13, strides: 8, format: to }).slice([null, null, s === 3 ? -1 : 1]),
        ];
        const [a, b] = views(block);
        const [c, d] = views(model);
        strided.convert(a, b, { mode: "saturate" });
        d.assign(c, { mode: "saturate" });
        expect(firstDifference(block.toBytes(), model.toBytes()), `${from} ${s} → ${to} ${t}`).toBe(-1);
        block.release();
      }
    }
  }); // prettier-ignore

  test("equals: what the method answers, for every pair of formats, layouts, NaN, zeros, one difference", () => {
    const random = seeded(3);
    for (const from of FORMATS) {
      memory.scope(({ alloc }) => {
        const [a, b] = [alloc(from, [6, 7, 5]), alloc(from, [6, 7, 5])];
        for (const round of [0, 1, 2, 3]) {
          scatter(a, random);
          if (from === "f" || from === "d") a.assign(Array.from({ length: 5 }, (_, i) => i - 2));
          b.cast("B").assign(a.cast("B"));
          if (round === 1) b.cast("B").set(random(b.nbytes), 77);
          if (round === 2) b.transpose().assign(a.transpose());
          if (round === 3 && ["f", "d"].includes(from)) {
            a.set(5, 6, 2, 0);
            b.set(5, 6, 2, -0);
            if (random(2) === 0) [a, b].forEach((view) => view.set(3, 3, 3, NaN));
          }
          for (const layout of Object.values(LAYOUTS)) {
            const [x, y] = [layout(a), layout(b)];
            expect(strided.equals(x, y), `${from} ${x} round ${round}`).toBe(x.equals(y));
            expect(strided.equals(x, x)).toBe(x.equals(x));
          }
          expect(strided.equals(a, b.slice([1, null]))).toBe(false);
          // A packed view and one whose columns are packed: the same items in another order of addresses.
          const columns = alloc(from, [5, 7, 6]).transpose().assign(b);
          expect(strided.equals(a, columns)).toBe(a.equals(columns));
          expect(strided.equals(columns, a)).toBe(columns.equals(a));
          const other = alloc(FORMATS[random(FORMATS.length)]!, [6, 7, 5]);
          expect(strided.equals(a, other)).toBe(a.equals(other));
        }
      });
    }
  });

  test("swapBytes: each item's bytes reversed, complex parts alone, in place and apart; read in the other order", () => {
    const random = seeded(4);
    for (const format of ["b", "H", "e", "i", "f", "q", "d", "F", "D", ">h", ">d", "?"]) {
      memory.scope(({ alloc }) => {
        const [source, target] = [alloc(format, [6, 7, 5]), alloc(format, [6, 7, 5])];
        const part = "FD".includes(format) ? source.itemsize / 2 : source.itemsize;
        for (const layout of Object.values(LAYOUTS)) {
          scatter(source, random);
          scatter(target, random);
          const [s, t] = [layout(source), layout(target)];
          const want = s.toBytes();
          for (let at = 0; at < want.length; at += part) want.subarray(at, at + part).reverse();
          const model = memoryview(target.toBytes(), { format, shape: [6, 7, 5] });
          const expected = layout(model);
          expected.assign(memoryview(want, { format, shape: s.shape }));
          expect(strided.swapBytes(s, t)).toBe(t);
          expect(firstDifference(target.toBytes(), model.toBytes()), `${format} ${t}`).toBe(-1);
          strided.swapBytes(s, s);
          expect(firstDifference(s.toBytes(), want), format).toBe(-1);
        }
      });
    }
    const [little, big] = [memory.alloc("<H", 5).assign([1, 2, 3, 4, 500]), memory.alloc(">H", 5)];
    expect(strided.swapBytes(little, big).toList()).toEqual([1, 2, 3, 4, 500]);
  });

  test("sum: integers exactly, floats as the reference adds them, for every format and layout", () => {
    const random = seeded(5);
    for (const format of ["b", "B", "h", "H", "i", "I", "l", "N", "P", "q", "Q", ">h", ">I", ">q", "?"]) {
      const block = memory.alloc(format, [6, 7, 5]);
      scatter(block, random);
      for (const layout of Object.values(LAYOUTS)) {
        const view = layout(block);
        const items = view.shape.length > 0 ? (view.toList() as unknown[]).flat(9) : [view.get()];
        const want = (items as (number | bigint | boolean)[]).reduce<bigint>((sum, item) => sum + BigInt(item), 0n);
        expect(strided.sum(view), `${format} ${view}`).toBe(format.endsWith("q") || format === "Q" ? want : Number(want));
      }
      block.release();
    }
    for (const format of ["f", "d", "e", ">f", ">d"]) {
      const block = memory.alloc(format, [40, 50, 3]);
      const line = block.cast("B").cast(format);
      for (let i = 0; i < line.length; i++) line.set(i, random(60000) / 7 - 3000);
      const native = memory.alloc("d", [40, 50, 3]).assign(block);
      const data = (view: MemoryView): DataView => view.dataView();
      const whole = sumFloats({ data: data(native), offset: 0, strides: [0, 0, 8] }, [1, 1, 6000], 8, 0);
      for (const view of [block, block.transpose(), block.flip()]) expect(strided.sum(view), `${format} ${view}`).toBe(whole);
      const [crop, from] = [block.slice([3, 30], [2, 40, 2], 1), native.slice([3, 30], [2, 40, 2], 1)];
      const rows = sumFloats({ data: data(native), offset: from.byteOffset - native.byteOffset, strides: [0, 1200, 48] }, [1, 27, 19], 8, 0);
      expect(strided.sum(crop), format).toBe(rows);
      expect(strided.sum(crop.transpose()), format).toBe(rows);
      block.release();
      native.release();
    }
  }); // prettier-ignore

  test("sum: what repeats is counted as often, nothing is 0, beyond 2^53 the nearest number", () => {
    const one = memory.alloc("I", 1).fill(2 ** 32 - 1);
    const many = one.strided({ shape: [2 ** 20, 2 ** 20], strides: [0, 0] });
    expect(strided.sum(many)).toBe(Number((2n ** 32n - 1n) * 2n ** 40n));
    expect(strided.sum(one.slice([0, 0]))).toBe(0);
    expect(strided.sum(memory.alloc("q", [0, 3]))).toBe(0n);
    const wide = memory.alloc("q", 3).fill(-(2n ** 63n));
    expect(strided.sum(wide)).toBe(-3n * 2n ** 63n);
    const zeros = memory.alloc("d", 9).fill(-0);
    expect(Object.is(strided.sum(zeros), 0)).toBe(true);
  });

  test("after growth: the kernels and the views go on", () => {
    const [a, b] = [memory.alloc("B", [30, 40]).fill(7), memory.alloc("f", [30, 40])];
    memory.grow(PAGE);
    expect(strided.sum(strided.convert(a, b))).toBe(7 * 1200);
    memory.grow(PAGE);
    expect(strided.equals(b, b.transpose().transpose())).toBe(true);
    expect(strided.swapBytes(b, b).get(0, 0)).not.toBe(7);
  });
});

describe("refusals write nothing", () => {
  const memory = LinearMemory.create();
  const strided = loadStrided(memory);
  const view = (format: string, shape: number | number[]): MemoryView => memory.alloc(format, shape);
  const target = view("i", 8).fill(-9);
  const elsewhere = LinearMemory.create().alloc("i", 8);
  const gone = view("i", 8);
  gone.release();
  const text = (code: string, run: () => unknown): readonly [string, () => unknown] => [code, run];

  test.each(
    Object.entries({
      "convert that could lose values": text("ERR_FORMAT", () => strided.convert(view("f", 8), target)),
      "convert of text": text("ERR_FORMAT", () => strided.convert(view("c", 8), target, { mode: "c" })),
      "convert to another shape": text("ERR_LAYOUT", () => strided.convert(view("h", 7), target)),
      "convert to fewer dimensions": text("ERR_LAYOUT", () => strided.convert(view("h", [2, 8]), target)),
      "convert into a read-only view": text("ERR_READONLY", () => strided.convert(view("h", 8), target.toReadonly())),
      "convert in an unknown mode": text("ERR_VALUE", () => strided.convert(view("f", 8), target, { mode: "wrap" as never })),
      "convert with an unknown option": text("ERR_VALUE", () => strided.convert(view("f", 8), target, { clamp: true } as never)),
      "convert from another memory": text("ERR_VALUE", () => strided.convert(elsewhere, target)),
      "convert from a released view": text("ERR_RELEASED", () => strided.convert(gone, target)),
      "convert into items that repeat": text("ERR_LAYOUT", () => strided.convert(view("h", 4), target.strided({ shape: 4, strides: 0 }))),
      "swapBytes into another shape": text("ERR_LAYOUT", () => strided.swapBytes(view("i", 7), target)),
      "swapBytes of another size": text("ERR_FORMAT", () => strided.swapBytes(view("h", 8), target)),
      "swapBytes of complex into as many bytes": text("ERR_FORMAT", () => strided.swapBytes(view("F", 8), view("d", 8))),
      "swapBytes of bytes": text("ERR_FORMAT", () => strided.swapBytes(view("4s", 8), target)),
      "swapBytes with an overlap": text("ERR_LAYOUT", () => strided.swapBytes(target.slice([0, 4]), target.slice([1, 5]))),
      "swapBytes with itself reversed": text("ERR_LAYOUT", () => strided.swapBytes(target, target.flip())),
      "swapBytes into a read-only view": text("ERR_READONLY", () => strided.swapBytes(target, target.toReadonly())),
      "swapBytes from another memory": text("ERR_VALUE", () => strided.swapBytes(elsewhere, target)),
      "equals with another memory": text("ERR_VALUE", () => strided.equals(target, elsewhere)),
      "equals with no view": text("ERR_VALUE", () => strided.equals(target, [1] as never)),
      "equals with a released view": text("ERR_RELEASED", () => strided.equals(target, gone)),
      "sum of text": text("ERR_FORMAT", () => strided.sum(view("c", 8))),
      "sum of complex numbers": text("ERR_FORMAT", () => strided.sum(view("F", 8))),
      "sum in another memory": text("ERR_VALUE", () => strided.sum(elsewhere)),
    }),
  )("%s", (_, [code, run]) => {
    failure(run, code);
    expect(target.toList()).toEqual([-9, -9, -9, -9, -9, -9, -9, -9]);
  }); // prettier-ignore

  test("swapBytes: a read-only source, and one that repeats, may be read", () => {
    const one = memory.alloc("I", 1).fill(1);
    const many = one.strided({ shape: 3, strides: 0 }).toReadonly();
    expect(strided.swapBytes(many, memory.alloc("I", 3)).toList()).toEqual([2 ** 24, 2 ** 24, 2 ** 24]);
  });
});
