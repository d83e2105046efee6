import { LinearMemory } from "linearview";
import { load } from "linearview/image/blur";
import { describe, expect, test } from "vitest";
import type { Border } from "linearview/image";
import { failure } from "../support/failure.ts";
import { correlate, gaussian } from "./oracle/window.ts";
import { layouts, verify, WORLDS } from "./window-support.ts";

/** Integers are off by 1 where a sum of f32 comes close to a tie. */
const CLOSE = { B: 1, H: 1, f: 1e-6 } as Record<string, number>;

describe.each(Object.entries(WORLDS))("blurs in memory that is %s", (world, make) => {
  // What kind of memory it is makes no difference to a kernel: a third of the cases shows that.
  const cases = world === "own" ? 84 : 28;
  const memory = make();
  const blur = load(memory);

  test("gaussianBlur: exact by definition, for every layout, format, channel count and border", () => {
    const sigmas = [0.6, 1, 2.3, 0, 4] as const;
    for (const { border, value, turn, ...layout } of layouts(cases)) {
      const [x, y] = [sigmas[turn % 5]!, sigmas[(turn * 2 + 1) % 5]!];
      const options = { sigma: turn % 2 ? { x, y } : x, border: border as Border, value, ...(turn % 6 === 0 && { truncate: 2.5 }) }; // prettier-ignore
      verify(
        memory,
        (source, target) => blur.gaussianBlur(source, target, options),
        (pixels) => gaussian(pixels, [x, turn % 2 ? y : x], border, value, options.truncate),
        { ...layout, tolerance: CLOSE[layout.format!]! },
      );
    }
  });

  test("gaussianBlur: fast is within 2 of 255 of exact, for every layout, format, channel count and border", () => {
    const sigmas = [0.5, 1, 2.3, 6, 15] as const;
    for (const { border, value, turn, ...layout } of layouts(cases / 2)) {
      const sigma = { x: sigmas[turn % 5]!, y: sigmas[(turn * 2 + 1) % 5]! };
      const options = { sigma, border: border as Border, value, method: "fast" as const };
      verify(
        memory,
        (source, target) => blur.gaussianBlur(source, target, options),
        (pixels) => gaussian(pixels, [sigma.x, sigma.y], border, value),
        { ...layout, tolerance: layout.format === "B" ? 2 : layout.format === "H" ? 2 * 257 : 2 / 255 },
      );
    }
  });

  test("boxBlur: of H and f, for every layout, channel count and border", () => {
    for (const { border, value, turn, ...layout } of layouts(cases / 2, "Hf")) {
      const size = { x: [1, 3, 5, 9][turn % 4]!, y: [3, 1, 7, 5, 13][turn % 5]! };
      const share = 1 / (size.x * size.y);
      const kernel = Array.from({ length: size.y }, () => Array<number>(size.x).fill(share));
      verify(
        memory,
        (source, target) => blur.boxBlur(source, target, { size, border: border as Border, value }),
        (pixels) => correlate(pixels, kernel, border, value),
        { ...layout, tolerance: CLOSE[layout.format!]! },
      );
    }
    blur.release();
  });
});

test("gaussianBlur: fast stays within 2 of 255 of exact where it is worst: edges, lines and large sigmas", () => {
  const memory = LinearMemory.create();
  const blur = load(memory);
  const pictures = {
    edge: (y: number, x: number) => (x > 40 + y / 3 ? 255 : 0),
    dot: (y: number, x: number) => (x === 60 && y === 30 ? 255 : 0),
    stripes: (y: number, x: number) => ((x + y) % 16 < 8 ? 255 : 0),
    flat: () => 137,
  };
  const [source, fast, exact] = [memory.alloc("B", [61, 131]), memory.alloc("B", [61, 131]), memory.alloc("B", [61, 131])]; // prettier-ignore
  for (const [name, paint] of Object.entries(pictures)) {
    for (let y = 0; y < 61; y++) for (let x = 0; x < 131; x++) source.set(y, x, paint(y, x));
    for (const sigma of [0.5, 0.8, 1.5, 3, 7, 12, 40, 300]) {
      for (const border of ["nearest", "reflect", "mirror", "constant"] as const) {
        blur.gaussianBlur(source, fast, { sigma, method: "fast", border });
        blur.gaussianBlur(source, exact, { sigma, method: "exact", border });
        const [a, b] = [fast.toBytes(), exact.toBytes()];
        const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
        expect(worst, `${name}, sigma ${sigma}, ${border}`).toBeLessThanOrEqual(2);
      }
    }
  }
});

test("gaussianBlur: auto is exact up to sigma 10 and fast beyond", () => {
  const memory = LinearMemory.create();
  const blur = load(memory);
  const [source, a, b] = ["f", "f", "f"].map((format) => memory.alloc(format, [30, 40])) as [any, any, any];
  source.assign(0).set(15, 20, 1);
  for (const [sigma, method] of [[10, "exact"], [{ x: 1, y: 10.1 }, "fast"]] as const) {
    blur.gaussianBlur(source, a, { sigma });
    blur.gaussianBlur(source, b, { sigma, method });
    expect(a.equals(b)).toBe(true);
    blur.gaussianBlur(source, b, { sigma, method: method === "fast" ? "exact" : "fast" });
    expect(a.equals(b)).toBe(false);
  } // prettier-ignore
});

test("gaussianBlur: of one channel, of a flat picture, and without a pixel", () => {
  const memory = LinearMemory.create();
  const blur = load(memory);
  const picture = memory.alloc("B", [20, 20, 4]).assign([10, 20, 30, 40]);
  for (const method of ["exact", "fast"] as const) {
    blur.gaussianBlur(picture, picture, { sigma: 3, method, border: "mirror" });
    expect(picture.toBytes().every((byte, i) => byte === [10, 20, 30, 40][i % 4])).toBe(true);
  }
  picture.set(10, 10, 2, 255);
  const green = picture.slice("..., 1");
  blur.gaussianBlur(picture.slice("..., 2"), green, { sigma: 1 });
  expect([green.get(10, 10), green.get(0, 0), picture.get(10, 10, 2)]).toEqual([66, 30, 255]);
  blur.gaussianBlur(picture.slice([0, 0]), picture.slice([0, 0]), { sigma: 1 });
});

test("gaussianBlur: what it refuses, before the first store", () => {
  const memory = LinearMemory.create();
  const blur = load(memory);
  const picture = memory.alloc("B", [8, 8]).fill(9);
  const refused: [object, string][] = [
    [{}, "ERR_VALUE"],
    [{ sigma: -1 }, "ERR_VALUE"],
    [{ sigma: NaN }, "ERR_VALUE"],
    [{ sigma: { x: 1 } }, "ERR_VALUE"],
    [{ sigma: "2" }, "ERR_VALUE"],
    [{ sigma: 1, truncate: -1 }, "ERR_VALUE"],
    [{ sigma: 1, method: "slow" }, "ERR_VALUE"],
    [{ sigma: 1, radius: 2 }, "ERR_VALUE"],
    [{ sigma: 1, border: "constant", value: 256 }, "ERR_VALUE"],
  ];
  for (const [options, code] of refused) failure(() => blur.gaussianBlur(picture, picture, options as never), code);
  failure(() => blur.gaussianBlur(picture, memory.alloc("H", [8, 8]), { sigma: 1 }), "ERR_UNSUPPORTED");
  failure(() => blur.gaussianBlur(picture, memory.alloc("B", [8, 9]), { sigma: 1 }), "ERR_LAYOUT");
  failure(() => blur.gaussianBlur(memory.alloc("d", [8, 8]), picture, { sigma: 1 }), "ERR_FORMAT");
  expect(picture.toBytes().every((byte) => byte === 9)).toBe(true);
});
