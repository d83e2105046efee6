import { memoryview } from "linearview";
import { load } from "linearview/image/statistics";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import * as oracle from "./oracle/statistics.ts";
import { MAX, noise, within } from "./picture-support.ts";
import { layouts, verify, WORLDS } from "./window-support.ts";

describe.each(Object.entries(WORLDS))("statistics in memory that is %s", (_, make) => {
  const memory = make();
  const image = load(memory);
  const rounds = _ === "own" ? 28 : 7;

  test("stats: of each channel, as defined, in every layout", () => {
    for (const { format, size, channels, source, seed } of layouts(rounds)) {
      memory.scope((scope) => {
        const { view, pixels } = noise(scope, format!, size, channels!, source, seed);
        const got = image.stats(view);
        expect(got.length).toBe(channels);
        got.forEach((one, c) => {
          const want = oracle.stats(oracle.channelOf(pixels, c).flat());
          expect([one.min, one.max]).toEqual([want.min, want.max]);
          if (format !== "f") expect(one.sum).toBe(want.sum);
          for (const key of ["sum", "mean", "std"] as const) expect(one[key]).toBeCloseTo(want[key], 6);
        });
      });
    }
  });

  test("histogram: counts each value of each channel, into a target of any strides", () => {
    for (const { size, channels, source, seed } of layouts(rounds >> 1, "B")) {
      memory.scope((scope) => {
        const { view, pixels } = noise(scope, "B", size, channels!, source, seed);
        const [target, outside] = within(scope, "I", channels === 1 ? [256] : [channels!, 256]);
        expect(image.histogram(view, target)).toBe(target);
        const want = pixels[0]![0]!.map((_, c) => oracle.histogram(oracle.channelOf(pixels, c).flat(), 256));
        expect(target.toList()).toEqual(channels === 1 ? want[0] : want);
        outside();
      });
    }
  });

  test("histogram: 65,536 counts of items of 16 bits", () => {
    memory.scope((scope) => {
      const { view, pixels } = noise(scope, "H", [7, 61], 3, "a crop", 5);
      const target = scope.alloc("I", [3, 65536]);
      image.histogram(view, target);
      for (let c = 0; c < 3; c++) {
        const want = oracle.histogram(oracle.channelOf(pixels, c).flat(), 65536);
        const counts = target.slice(c).typedArray();
        expect(counts.findIndex((count: number, value: number) => count !== want[value])).toBe(-1);
      }
    });
  });

  test("histogram: luma counts one row, each pixel within 1 of its real luma", () => {
    for (const standard of ["bt601", "bt709"] as const) {
      for (const channels of [3, 4]) {
        memory.scope((scope) => {
          const { view, pixels } = noise(scope, "B", [13, 21], channels, "a crop", channels);
          const [target, outside] = within(scope, "I", [256]);
          image.histogram(view, target, { luma: standard });
          outside();
          const got = (target.toList() as number[]).flatMap((count, value) => Array<number>(count).fill(value));
          const want = pixels.flat().map((pixel) => oracle.luma(pixel, standard)).sort((a, b) => a - b); // prettier-ignore
          expect(got.length).toBe(want.length);
          got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(0.51));
        });
      }
    }
  });

  test("integral: the sums above and to the left, u32 and f64, into a target of any strides", () => {
    for (const { format, size, source, seed } of layouts(rounds >> 1)) {
      memory.scope((scope) => {
        const { view, pixels } = noise(scope, format!, size, 1, source, seed);
        const want = oracle.integral(oracle.channelOf(pixels, 0));
        for (const result of format === "f" ? ["d"] : ["d", "I"]) {
          const [target, outside] = within(scope, result, [size[0] + 1, size[1] + 1]);
          expect(image.integral(view.slice("...", 0), target)).toBe(target);
          (target.toList() as number[][]).forEach((row, y) => row.forEach((sum, x) => expect(sum).toBeCloseTo(want[y]![x]!, 9))); // prettier-ignore
          outside();
        }
      });
    }
  });

  test("psnr: in decibels, of all channels, in every pair of layouts", () => {
    for (const { format, size, channels, source, target, seed } of layouts(rounds)) {
      memory.scope((scope) => {
        const a = noise(scope, format!, size, channels!, source, seed);
        const b = noise(scope, format!, size, channels!, target, seed! + 100);
        const want = oracle.psnr(a.pixels.flat(2), b.pixels.flat(2), MAX[format!]!);
        expect(image.psnr(a.view, b.view)).toBeCloseTo(want, 8);
        expect(image.psnr(a.view, a.view)).toBe(Infinity);
      });
    }
  });

  test("ssim: the mean of all windows and channels within 1e-4; exactly 1 of equal pictures", () => {
    for (const [turn, size] of ([[11, 11], [12, 23], [25, 14]] as const).entries()) {
      for (const format of _ === "own" ? ["B", "H", "f"] : ["BHf"[turn]!]) {
        memory.scope((scope) => {
          const channels = [1, 3, 4][turn]!;
          const a = noise(scope, format, size, channels, ["a crop", "reversed rows", "packed"][turn], turn + 1);
          const b = noise(scope, format, size, channels, ["packed", "mirrored", "a crop"][turn], turn + 9);
          // Alike, so that the covariance matters.
          if (turn > 0) b.view.assign(a.pixels.map((row, y) => row.map((pixel, x) => pixel.map((v, c) => (v + b.pixels[y]![x]![c]!) / 2).map(format === "f" ? Number : Math.floor))));
          const changed = b.view.toList() as number[][][];
          const each = Array.from({ length: channels }, (_, c) => oracle.ssim(oracle.channelOf(a.pixels, c), oracle.channelOf(changed, c), MAX[format]!));
          const want = each.reduce((sum, one) => sum + one, 0) / channels;
          expect(Math.abs(image.ssim(a.view, b.view) - want)).toBeLessThan(1e-4);
          expect(image.ssim(a.view, a.view)).toBe(1);
        });
      }
    }
  }); // prettier-ignore

  const byCounts = [
    ["equalize", (items: number[], max: number) => oracle.equalize(items, max)],
    ["autoLevels", (items: number[], max: number) => oracle.autoLevels(items, max, 0.1)],
  ] as const;
  test.each(byCounts)("%s: each colour as defined, alpha copied or not, in every layout, in place too", (name, define) => {
    for (const one of layouts(_ === "own" ? 28 : 4, "BH")) {
      const all = one.turn % 2 === 0;
      const changed = one.channels === 4 && !all ? 3 : one.channels!;
      const options = { channels: all ? "all" : "rgb", ...(name === "autoLevels" && { clip: 0.1 }) } as const;
      verify(
        memory,
        (source, target) => expect(image[name](source, target, options)).toBe(target),
        (pixels) => {
          const curves = pixels[0]![0]!.map((_, c) => c < changed ? define(oracle.channelOf(pixels, c).flat(), MAX[one.format!]!) : Number);
          return pixels.map((row) => row.map((pixel) => pixel.map((v, c) => curves[c]!(v))));
        },
        // What is a tie in real numbers may be none in float64.
        { ...one, tolerance: 1, paint: (v) => (one.format === "B" ? 60 + (v >> 2) : v) },
      );
    }
  }); // prettier-ignore

  test("clahe: as OpenCV's, for tiles that fit and that do not, also where they are larger than the picture", () => {
    for (const one of layouts(_ === "own" ? 28 : 4, "B")) {
      const tiles = ([[1, 1], [8, 8], [3, 2], [2, 5]] as const)[one.turn % 4]!;
      const clipLimit = [2, 0, 40, 3.5][(one.turn >> 1) % 4]!;
      verify(
        memory,
        (source, target) => image.clahe(source, target, { tiles, clipLimit }),
        (pixels) => {
          const planes = pixels[0]![0]!.map((_, c) => (c < 3 ? oracle.clahe(oracle.channelOf(pixels, c), tiles, clipLimit) : oracle.channelOf(pixels, c)));
          return pixels.map((row, y) => row.map((pixel, x) => pixel.map((_, c) => planes[c]![y]![x]!)));
        },
        { ...one, tolerance: 1 },
      );
    }
  }); // prettier-ignore

  test("components: labels by first appearance, areas and boxes, by 8 and by 4 neighbours", () => {
    for (const { size, source, seed, turn } of layouts(rounds)) {
      memory.scope((scope) => {
        const { view, pixels } = noise(scope, "B", size, 1, source, seed);
        const dense = [3, 2, 1][turn % 3]!;
        const items = pixels.map((row) => row.map(([v]) => (v! % 4 < dense ? v! | 1 : 0)));
        view.slice("...", 0).assign(items);
        for (const connectivity of [8, 4] as const) {
          const [target, outside] = within(scope, "i", [...size, 1]);
          const got = image.components(view, target, connectivity === 8 && turn % 2 ? {} : { connectivity });
          outside();
          const want = oracle.components(items, connectivity);
          expect(target.slice("...", 0).toList()).toEqual(want.labels);
          expect([got.count, got.areas.length, got.boxes.length]).toEqual([want.count, want.count + 1, want.count + 1]);
          for (let label = 0; label <= want.count; label++) {
            const places = want.labels.flatMap((row, y) => row.flatMap((one, x) => (one === label ? [[x, y] as const] : [])));
            expect(got.areas[label]).toBe(places.length);
            if (places.length === 0) {
              expect(got.boxes[label]).toEqual({ x: 0, y: 0, width: 0, height: 0 });
              continue;
            }
            const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
            const [x, y] = [Math.min(...xs), Math.min(...ys)];
            expect(got.boxes[label]).toEqual({ x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 });
          }
        }
      });
    }
  }); // prettier-ignore

  test("release: the scratch can be taken again", () => {
    memory.scope((scope) => {
      const { view } = noise(scope, "B", [5, 67], 4);
      const want = image.stats(view);
      image.release();
      expect(image.stats(view)).toEqual(want);
    });
  });
});

test("components: a comb and a grid of corners", () => {
  const own = load(memory);
  const pictures = {
    comb: Array.from({ length: 20 }, (_, y) => Array.from({ length: 41 }, (_, x) => Number(x % 2 === 0 || y === 19))),
    corners: Array.from({ length: 20 }, (_, y) => Array.from({ length: 41 }, (_, x) => (x + y) % 2)),
  };
  memory.scope((scope) => {
    const [source, target] = [scope.alloc("B", [20, 41]), scope.alloc("i", [20, 41])];
    source.assign(pictures.comb);
    expect(own.components(source, target, { connectivity: 4 }).areas).toEqual([19 * 20, 20 * 41 - 19 * 20]);
    source.assign(pictures.corners);
    expect(own.components(source, target).count).toBe(1);
    expect(own.components(source, target, { connectivity: 4 }).count).toBe(410);
  });
});

const memory = WORLDS.own!();
const image = load(memory);

test("stats: one row longer than what is packed at a time; sums of any size are exact, and what does not vary has std 0", () => {
  memory.scope((scope) => {
    for (const [format, width, value] of [["B", 20_001, 255], ["H", 20_001, 65535], ["H", 9000, 60001], ["f", 9001, 0.1]] as const) {
      const view = scope.alloc(format, [3, width, 3]);
      view.fill(value);
      for (const one of image.stats(view)) {
        const held = format === "f" ? Math.fround(value) : value;
        expect(one.min).toBe(held);
        expect(one.max).toBe(held);
        expect(one.sum).toBeCloseTo(held * 3 * width, 6);
        expect(one.std).toBeLessThan(1e-9);
      }
    }
  });
}); // prettier-ignore

test("stats: far from 0 the deviation of floats is that of their differences; a NaN makes NaN, and no items too", () => {
  memory.scope((scope) => {
    const view = scope.alloc("f", [64, 65]);
    view.assign(memoryview(Float32Array.from({ length: 64 * 65 }, (_, i) => 1e6 + (i % 2))).reshape([64, 65]));
    expect(image.stats(view)[0]!.std).toBeCloseTo(0.5, 9);
    view.set(3, 3, NaN);
    const [{ min, max, sum, mean, std }] = image.stats(view) as [ReturnType<typeof image.stats>[0]];
    expect([min, max, sum, mean, std]).toEqual([NaN, NaN, NaN, NaN, NaN]);
    expect(image.stats(scope.alloc("B", [0, 5]))).toEqual([{ min: NaN, max: NaN, sum: 0, mean: NaN, std: NaN }]);
    expect(image.psnr(scope.alloc("B", [0, 5]), scope.alloc("B", [0, 5]))).toBe(Infinity);
  });
});

test("integral: differences of sums modulo 2^32 are the sums of rectangles", () => {
  memory.scope((scope) => {
    const source = scope.alloc("H", [300, 300]);
    source.fill(65535);
    const sums = image.integral(source, scope.alloc("I", [301, 301]));
    const at = (y: number, x: number): number => sums.get(y, x) as number;
    expect((at(300, 300) - at(299, 300) - at(300, 299) + at(299, 299)) >>> 0).toBe(65535);
    expect((at(300, 300) - at(200, 300) - at(300, 200) + at(200, 200)) >>> 0).toBe(65535 * 10_000);
  });
});

test("results of other shapes or formats, unknown options and formats not offered are refused, and nothing is written", () => {
  memory.scope((scope) => {
    const { view } = noise(scope, "B", [5, 7], 3);
    const floats = scope.alloc("f", [5, 7]);
    const counts = scope.alloc("I", [3, 256]);
    counts.fill(9);
    failure(() => image.histogram(view, counts.slice(0)), "ERR_LAYOUT", "image.histogram", "[256]", "[3, 256]");
    failure(() => image.histogram(view, counts, { luma: "bt601" }), "ERR_LAYOUT", "[3, 256]");
    failure(() => image.histogram(view, counts, { luma: "bt2020" as "bt601" }), "ERR_VALUE", "bt2020");
    failure(() => image.histogram(view, counts, { weights: 1 } as object), "ERR_VALUE", "weights");
    failure(() => image.histogram(view, counts.cast("i")), "ERR_FORMAT", "'i'", "'I'");
    failure(() => image.histogram(floats, counts), "ERR_UNSUPPORTED", "'f'");
    failure(() => image.histogram(view.slice("...", 0), counts.slice(0), { luma: "bt601" }), "ERR_LAYOUT", "1 channel");
    failure(() => image.histogram(view, counts.toReadonly()), "ERR_READONLY");
    failure(() => image.integral(view, scope.alloc("I", [6, 8])), "ERR_LAYOUT", "3 channels");
    failure(() => image.integral(floats, scope.alloc("I", [6, 8])), "ERR_FORMAT", "'d'");
    failure(() => image.integral(floats, scope.alloc("d", [5, 7])), "ERR_LAYOUT", "[6, 8]");
    failure(() => image.psnr(view, floats), "ERR_UNSUPPORTED", "'f'", "'B'");
    failure(() => image.psnr(view, view.slice([0, 4])), "ERR_LAYOUT", "[5, 7, 3]", "[4, 7, 3]");
    failure(() => image.ssim(view, view), "ERR_LAYOUT", "[5, 7, 3]", "11 × 11");
    failure(() => image.clahe(view, view, { tiles: [0, 3] }), "ERR_VALUE", "tiles", "256");
    failure(() => image.clahe(view, view, { clipLimit: -1 }), "ERR_VALUE", "clipLimit");
    failure(() => image.autoLevels(view, view, { clip: 0.5 }), "ERR_VALUE", "clip", "below 0.5");
    failure(() => image.equalize(floats, floats), "ERR_UNSUPPORTED", "'f'");
    failure(() => image.components(view, scope.alloc("i", [5, 7])), "ERR_LAYOUT", "3 channels");
    failure(() => image.components(view.slice("...", 0), floats), "ERR_FORMAT", "'i'");
    failure(
      () => image.components(view.slice("...", 0), scope.alloc("i", [5, 7]), { connectivity: 6 as 8 }),
      "ERR_VALUE",
      "6",
    );
    failure(() => image.stats(scope.alloc("i", [5, 7])), "ERR_FORMAT", "'i'");
    failure(() => image.stats(memoryview(new Uint8Array(12)).reshape([3, 4])), "ERR_VALUE", "another memory");
    const bytes = scope.alloc("B", [1024]);
    failure(() => image.histogram(bytes.reshape([32, 32]), bytes.cast("I")), "ERR_LAYOUT", "overlap");
    expect((counts.toList() as number[][]).flat().every((count) => count === 9)).toBe(true);
  });
});
