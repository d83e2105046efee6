import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { load } from "linearview/image/filter";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { bilateral, canny, gradients, magnitude, median, morphology, unsharp } from "./oracle/filter.ts";
import { correlate, type Pixels } from "./oracle/window.ts";
import { type Case, layouts, verify, WORLDS } from "./window-support.ts";

/** Integers are off by 1 where fixed point or a sum of f32 comes close to a tie. */
const CLOSE = { B: 1, H: 1, f: 3e-6 } as Record<string, number>;
const KERNELS: Record<string, number[][]> = {
  "a line": [[1, -2, 4]],
  "a column": [[0.25], [0.5], [0.125]],
  separable: [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
  any: [[0.1, 0.7, -0.3], [0.25, -1.5, 2], [0, 0.4, -0.2]],
  "wide and flat": [[1, 0, 0, 3, 0, 0, -1], [0, 2, 0, 0, 0, -3, 0], [0, 0, 0, 1, 0, 0, 0]],
  "one": [[3]],
  "zeros": [[0, 0, 0]],
  "large": Array.from({ length: 15 }, (_, y) => Array.from({ length: 15 }, (_, x) => ((x * 7 + y * 13) % 11) - 5)),
}; // prettier-ignore
const ELEMENTS: number[][][] = [
  [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
  [[0, 1, 0], [1, 1, 1], [0, 1, 0]],
  [[1, 1, 0], [0, 1, 0], [0, 0, 0]],
  [[1, 1, 1, 1, 1, 1, 1]],
  [[0, 0, 1]],
  Array.from({ length: 5 }, () => [1, 1, 1]),
]; // prettier-ignore

type Drawn = Case & { border: any; value: number; turn: number };

describe.each(Object.entries(WORLDS))("filters in memory that is %s", (world, make) => {
  const memory = make();
  const filter = load(memory);

  /** Runs an operation on many layouts; `draw` gives it, its definition, and what differs from an equal format. */
  const each = (
    count: number,
    draw: (drawn: Drawn) => {
      run: (source: MemoryView, target: MemoryView) => unknown;
      define: (pixels: Pixels) => Pixels;
      result?: string;
      tolerance?: number;
      channels?: number;
    },
  ): void => {
    // What kind of memory it is makes no difference to a kernel: a third of the cases shows that.
    for (const drawn of layouts(world === "own" ? count : count / 3)) {
      const { run, define, result = drawn.format!, ...rest } = draw(drawn);
      const inPlace = drawn.inPlace! && result === drawn.format;
      verify(memory, run, define, { ...drawn, result, inPlace, ...rest });
    }
    filter.release();
  };
  /** Formats of targets that may be signed, in turn. */
  const signed = (format: string, turn: number): string => ({ B: "Bhfi", H: "Hif", f: "f" })[format]!.charAt(turn % { B: 4, H: 3, f: 1 }[format]!); // prettier-ignore

  test("median: the middle item, exactly, for every layout, format, size and border", () => {
    each(63, ({ turn, border, value, size: [height] }) => {
      const size = [3, 5, 1, 7, 3, height < 9 ? 17 : 3][turn % 6]!;
      return {
        run: (s, t) => filter.median(s, t, { ...(size !== 3 && { size }), border, value }),
        define: (p) => median(p, size, border, value),
      };
    });
  });

  test("correlate: every kind of kernel, format of the target and border", () => {
    const kernels = Object.values(KERNELS);
    each(84, ({ format, turn, border, value }) => {
      const kernel = kernels[(turn * 5 + (turn >> 3)) % kernels.length]!;
      const scale = [1, 1 / 16, -0.3][turn % 3]!;
      const offset = (turn % 2) * (format === "f" ? 0.5 : 100.5);
      const reach = Math.max(1, kernel.flat().reduce((sum, weight) => sum + Math.abs(weight), 0) * Math.abs(scale));
      return {
        run: (s, t) => filter.correlate(s, t, { kernel, scale, offset, border, value }),
        define: (p) => correlate(p, kernel, border, value, scale, offset),
        result: signed(format!, turn >> 2),
        tolerance: signed(format!, turn >> 2) === "f" ? 1e-6 * reach : 1 + (format === "H" ? 1e-2 * reach : 0),
      };
    });
  });

  test("sobel and scharr: both targets, or one, of every format that is signed", () => {
    each(84, ({ format, turn, border, value, channels }) => {
      const [name, weights] = turn % 2 ? (["sobel", [1, 2]] as const) : (["scharr", [3, 10]] as const);
      const direction = (turn >> 1) % 3;
      const result = signed(format!, turn);
      return {
        run: (source, target) =>
          memory.scope(({ alloc }) => {
            if (direction === 2) {
              const other = alloc(result, [...source.shape.slice(0, 2), channels!]);
              filter[name](source, { y: other, x: target }, { border, value });
              target.assign(other);
            } else filter[name](source, direction ? { y: target } : { x: target }, { border, value });
          }),
        define: (p) => gradients(p, weights, border, value)[direction ? 1 : 0],
        result,
        tolerance: CLOSE[format!]! * (result === "f" ? 3e-6 * 32 : 0) + (format === "f" ? 1e-4 : 0),
      };
    });
  });

  test("sobelMagnitude and scharrMagnitude: both norms, clamped or as f", () => {
    each(63, ({ format, turn, border, value }) => {
      const [name, weights] = turn % 2 ? (["sobelMagnitude", [1, 2]] as const) : (["scharrMagnitude", [3, 10]] as const); // prettier-ignore
      const norm = (["L1", "L2"] as const)[(turn >> 1) % 2]!;
      const result = turn % 5 === 0 ? "f" : format!;
      return {
        run: (s, t) => filter[name](s, t, { norm, border, value }),
        define: (p) => magnitude(p, weights, norm, border, value),
        result,
        tolerance: result === "f" ? 3e-5 : result === "H" ? 1 : 0,
      };
    });
  });

  test("laplacian and emboss: by their kernels", () => {
    each(63, ({ format, turn, border, value }) => {
      const half = { B: 127.5, H: 32767.5, f: 0.5 }[format!]!;
      const [a, b] = [(2 * turn) % 3, 1 - (turn % 2) / 3];
      const cases = [
        [(s, t) => filter.laplacian(s, t, { border, value }), [[0, 1, 0], [1, -4, 1], [0, 1, 0]], 0, signed(format!, turn)],
        [(s, t) => filter.emboss(s, t, { border, value }), [[-1, 0, 0], [0, 0, 0], [0, 0, 1]], half, format],
        [(s, t) => filter.emboss(s, t, { angle: -22.5, depth: 2, border, value }), [[1, 0, 0], [1, 0, -1], [0, 0, -1]], half, format],
        [(s, t) => filter.emboss(s, t, { angle: 360, depth: b + a, border, value }), [[0, 0, 0], [a + b, 0, -a - b], [0, 0, 0]], half, format],
      ] as [(s: MemoryView, t: MemoryView) => unknown, number[][], number, string][]; // prettier-ignore
      const [run, kernel, offset, result] = cases[(turn >> 1) % 4]!;
      const define = (p: Pixels): Pixels => correlate(p, kernel, border, value, 1, offset);
      return { run, define, result, tolerance: result === "f" ? 1e-5 : 1 };
    });
  });

  test("unsharp: with and without a threshold", () => {
    each(63, ({ format, turn, border, value }) => {
      const sigma = turn % 2 ? { x: 1.5, y: 0.7 } : 1;
      const amount = [0.8, 2.5, -1][turn % 3]!;
      // A share of the range that no difference comes close to.
      const threshold = turn % 4 === 0 ? 0 : { B: 20.03, H: 5000.03, f: 0.08 }[format!]!;
      const options = { sigma, amount, ...(threshold > 0 && { threshold }), border, value };
      const pair = typeof sigma === "number" ? ([sigma, sigma] as const) : ([sigma.x, sigma.y] as const);
      return {
        run: (s, t) => filter.unsharp(s, t, options),
        define: (p) => unsharp(p, pair, amount, threshold, border, value),
        tolerance: CLOSE[format!]!,
      };
    });
  });

  test("bilateral: near in space and in color, over all channels", () => {
    each(42, ({ format, turn, border, value }) => {
      const color = [20, 60, 400][turn % 3]! * { B: 1, H: 257, f: 1 / 255 }[format!]!;
      const space = [1, 0.6, 1.4][turn % 3]!;
      const size = turn % 2 ? 5 : 2 * Math.round(2 * space) + 1;
      return {
        run: (s, t) => filter.bilateral(s, t, { sigmaSpace: space, sigmaColor: color, ...(turn % 2 && { size }), border, value }), // prettier-ignore
        define: (p) => bilateral(p, space, color, size, border, value),
        tolerance: { B: 1, H: 2, f: 2e-5 }[format!]!,
      };
    });
  });

  test("morphology: every kind and element; pixels outside are ignored", () => {
    const kinds = ["erode", "dilate", "open", "close", "gradient", "tophat", "blackhat"] as const;
    each(84, ({ format, turn }) => {
      const kind = kinds[turn % 7]!;
      const element = ELEMENTS[(turn + (turn >> 3)) % ELEMENTS.length]!;
      const reaches = !["[[0,0,1]]"].includes(JSON.stringify(element)) || format !== "f" || kind === "erode" || kind === "dilate"; // prettier-ignore
      const chosen = reaches ? element : ELEMENTS[0]!;
      return {
        run: (s, t) => filter.morphology(s, t, { kind, element: chosen }),
        define: (p) => morphology(p, kind, chosen, { B: 255, H: 65535, f: Infinity }[format!]!, format === "f" ? -Infinity : 0), // prettier-ignore
        tolerance: format === "f" && turn % 7 > 3 ? 1e-7 : 0,
      };
    });
  });

  test("canny: the same edges as by definition, on shapes and on noise", () => {
    for (const { turn, border, value, ...layout } of layouts(56) as Iterable<Drawn>) {
      const full = { B: 255, H: 65535, f: 1 }[layout.format!]!;
      const unit = full / 255;
      const [low, high] = [[40.3, 120.7], [0, 300.3], [200.1, 200.1]][turn % 3]!.map((v) => v! * unit) as [number, number]; // prettier-ignore
      const norm = turn % 2 ? "L1" : "L2";
      const sigma = layout.format === "f" ? 0 : [0, 1][turn % 2]!;
      // Steps of which f32 holds the squares exactly, so that equal lengths stay equal.
      const unitStep = { B: 8, H: 4096, f: 1 / 64 }[layout.format!]!;
      const step = (v: number): number => Math.floor(v / unitStep) * unitStep;
      verify(
        memory,
        (s, t) => filter.canny(s, t, { low, high, ...(sigma && { sigma }), norm, border, value: layout.format === "f" ? 0.25 : value }), // prettier-ignore
        (p) => canny(p, low, high, sigma, norm, border, value).map((row) => row.map(([edge]) => [edge! * full])),
        {
          ...layout,
          channels: 1,
          paint: (v, y, x) => step(turn % 2 ? v : ((x * 5 + y * 3) % 40 < 20 ? full * 0.9 : full * 0.1) + v * 0.05),
        },
      );
    }
    filter.release();
  });
});

test("median: large windows of bytes, and of equal, ascending and extreme items", () => {
  const memory = LinearMemory.create();
  const filter = load(memory);
  for (const size of [15, 17, 31]) {
    verify(memory, (s, t) => filter.median(s, t, { size }), (p) => median(p, size, "nearest", 0), { size: [5, 9], seed: size }); // prettier-ignore
  }
  const special = [NaN, Infinity, -Infinity, 0, -1, 1e-40, 3].map(Math.fround);
  const row = memory.alloc("f", [1, 7]).assign(memoryview(Float32Array.from(special)).reshape([1, 7]));
  filter.median(row, row, { size: 1 });
  expect(row.toList()).toEqual([special]);
  filter.median(row.slice([0, 1], [1, 4]), row.slice([0, 1], [1, 4]), { size: 3 });
  expect(row.slice([0, 1], [1, 4]).toList()).toEqual([[Infinity, 0, 0]]);
});

test("morphology: opening and closing again changes nothing, whatever the element", () => {
  const memory = LinearMemory.create();
  const filter = load(memory);
  const [once, twice] = [memory.alloc("B", [20, 30]), memory.alloc("B", [20, 30])];
  for (const element of ELEMENTS) {
    for (const kind of ["open", "close"] as const) {
      once.assign(memoryview(Uint8Array.from({ length: 600 }, (_, i) => (i * 7919) % 251)).reshape([20, 30]));
      filter.morphology(once, once, { kind, element });
      filter.morphology(once, twice, { kind, element });
      expect(twice.equals(once)).toBe(true);
    }
  }
});

test("sobel: in place on f, both targets at once", () => {
  const memory = LinearMemory.create();
  const filter = load(memory);
  const pixels = Array.from({ length: 6 }, (_, y) => Array.from({ length: 9 }, (_, x) => [((x * 3 + y * y) % 7) / 8]));
  for (const own of ["x", "y"] as const) {
    const source = memory.alloc("f", [6, 9]).assign(memoryview(Float32Array.from(pixels.flat(2))).reshape([6, 9]));
    const other = memory.alloc("f", [6, 9]);
    const targets = own === "x" ? { x: source, y: other } : { x: other, y: source };
    expect(filter.sobel(source, targets)).toBe(targets);
    const [x, y] = gradients(pixels, [1, 2], "nearest", 0).map((p) => p.map((row) => row.flat()));
    expect([targets.x.toList(), targets.y.toList()]).toEqual([x, y]);
  }
});

test("filters: nothing to do for an empty picture, and scratch is taken once", () => {
  const memory = LinearMemory.create();
  const filter = load(memory);
  const picture = memory.alloc("B", [16, 16]);
  const empty = picture.slice([0, 0]);
  filter.median(empty, empty);
  filter.sobel(empty, { x: memory.alloc("h", [0, 16]) });
  filter.canny(empty, empty, { low: 1, high: 2 });
  filter.canny(picture, picture, { low: 1, high: 2, sigma: 2 });
  const blocks = memory.stats();
  for (let i = 0; i < 5; i++) filter.canny(picture, picture, { low: 1, high: 2, sigma: 2 });
  expect(memory.stats()).toEqual(blocks);
  filter.release();
  expect(memory.stats().liveBlocks).toBe(blocks.liveBlocks - 1);
});

test("filters: what they refuse, before the first store", () => {
  const memory = LinearMemory.create();
  const f = load(memory);
  const p = memory.alloc("B", [8, 8]).fill(9);
  const rgb = memory.alloc("B", [8, 8, 3]).fill(9);
  const h = memory.alloc("h", [8, 8]).fill(9);
  const of = (format: string): MemoryView => memory.alloc(format, [8, 8]);
  const big = Array.from({ length: 17 }, () => [1]);
  const refused: [string, () => unknown, string][] = [
    ["an even median", () => f.median(p, p, { size: 2 }), "ERR_VALUE"],
    ["a median too large to count", () => f.median(p, p, { size: 257 }), "ERR_VALUE"],
    ["a median into another format", () => f.median(p, of("f")), "ERR_UNSUPPORTED"],
    ["a bilateral without sigmas", () => f.bilateral(p, p, {} as never), "ERR_VALUE"],
    ["a bilateral without one", () => f.bilateral(p, p, { sigmaSpace: 1 } as never), "ERR_VALUE"],
    ["a sigma of 0", () => f.bilateral(p, p, { sigmaSpace: 0, sigmaColor: 1 }), "ERR_VALUE"],
    ["no kernel", () => f.correlate(p, p, {} as never), "ERR_VALUE"],
    ["an even kernel", () => f.correlate(p, p, { kernel: [[1, 1]] }), "ERR_VALUE"],
    ["a ragged kernel", () => f.correlate(p, p, { kernel: [[1], [1, 1, 1], [1]] }), "ERR_VALUE"],
    ["a kernel of 17", () => f.correlate(p, p, { kernel: big }), "ERR_VALUE"],
    ["a kernel of NaN", () => f.correlate(p, p, { kernel: [[NaN]] }), "ERR_VALUE"],
    ["a kernel of text", () => f.correlate(p, p, { kernel: "box" as never }), "ERR_VALUE"],
    ["a target of d", () => f.correlate(p, of("d"), { kernel: [[1]] }), "ERR_UNSUPPORTED|ERR_FORMAT"],
    ["f into integers", () => f.correlate(of("f"), p, { kernel: [[1]] }), "ERR_UNSUPPORTED"],
    ["H into h", () => f.laplacian(of("H"), h), "ERR_UNSUPPORTED|ERR_FORMAT"],
    ["no target", () => f.sobel(p, {}), "ERR_VALUE"],
    ["another target", () => f.sobel(p, { z: h } as never), "ERR_VALUE"],
    ["one view for both targets", () => f.sobel(p, { x: h, y: h }), "ERR_LAYOUT"],
    ["a second target of another shape", () => f.sobel(p, { x: h, y: memory.alloc("h", [8, 9]) }), "ERR_LAYOUT"],
    ["an unknown norm", () => f.sobelMagnitude(p, p, { norm: "L3" as never }), "ERR_VALUE"],
    ["unsharp without an amount", () => f.unsharp(p, p, { sigma: 1 } as never), "ERR_VALUE"],
    ["unsharp without a sigma", () => f.unsharp(p, p, { amount: 1 } as never), "ERR_VALUE"],
    ["a threshold below 0", () => f.unsharp(p, p, { sigma: 1, amount: 1, threshold: -1 }), "ERR_VALUE"],
    ["an angle of NaN", () => f.emboss(p, p, { angle: NaN }), "ERR_VALUE"],
    ["canny of colors", () => f.canny(rgb, rgb, { low: 1, high: 2 }), "ERR_LAYOUT"],
    ["canny without thresholds", () => f.canny(p, p, { low: 1 } as never), "ERR_VALUE"],
    ["canny with low above high", () => f.canny(p, p, { low: 3, high: 2 }), "ERR_VALUE"],
    ["no element", () => f.erode(p, p, {} as never), "ERR_VALUE"],
    ["an element of 2", () => f.dilate(p, p, { element: [[2]] }), "ERR_VALUE"],
    ["an element of 0", () => f.dilate(p, p, { element: [[0]] }), "ERR_VALUE"],
    ["no kind", () => f.morphology(p, p, { element: [[1]] } as never), "ERR_VALUE"],
    ["an unknown kind", () => f.morphology(p, p, { kind: "thin" as never, element: [[1]] }), "ERR_VALUE"],
    ["a kind of erode", () => f.erode(p, p, { kind: "open", element: [[1]] } as never), "ERR_VALUE"],
  ];
  for (const [what, run, code] of refused) {
    let error: any;
    try { run(); } catch (caught) { error = caught; } // prettier-ignore
    expect(code.split("|"), `${what}: ${error}`).toContain(error?.code);
    for (const view of [p, rgb, h]) expect(view.toList().flat(2).every((item) => item === 9), what).toBe(true); // prettier-ignore
  }
  failure(() => f.canny(rgb, rgb, { low: 1, high: 2 }), "ERR_LAYOUT", "3 channels");
});
