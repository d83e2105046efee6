import { memoryview, type MemoryView } from "linearview";
import { type BlendMode, type CompositeOperator, load } from "linearview/image/composite";
import { describe, expect, test } from "vitest";
import { composite as scalar } from "../../../src/kernels/reference/composite.ts";
import { failure } from "../support/failure.ts";
import { seeded } from "../support/random.ts";
import * as oracle from "./oracle/composite.ts";
import { MAX, noise } from "./picture-support.ts";
import { CUTS, layouts, verify as verifyItems, WORLDS } from "./window-support.ts";

const OPERATORS = Object.keys(oracle.OPERATORS) as CompositeOperator[];
type Alpha = "straight" | "premultiplied";

interface Mix {
  format: string;
  /** Of the source, the backdrop and the target. */
  channels: readonly [number, number, number];
  layouts: readonly [string, string, string];
  alpha: Alpha;
  opacity: number;
  masked: boolean;
  inPlace: "source" | "backdrop" | undefined;
  size: readonly [number, number];
  seed: number;
}

/** What a pixel stands for. */
function layerOf(pixel: readonly number[], max: number, alpha: Alpha, weight = 1): oracle.Layer {
  const shares = pixel.map((v) => v / max);
  const own = pixel.length === 4 ? shares[3]! : 1;
  const color = shares.slice(0, pixel.length === 1 ? 1 : 3);
  const divisor = alpha === "straight" || own === 0 ? 1 : own;
  return { color: color.map((v) => v / divisor), alpha: own * weight };
}

const memory = WORLDS.own!();

/** Alphas that matter, and colours that premultiplied ones can have. */
function sensible(view: MemoryView, alpha: Alpha, seed: number): void {
  if (view.shape[2] !== 4) return;
  const random = seeded(seed);
  const max = MAX[view.format]!;
  view.assign(
    (view.toList() as number[][][]).map((row) =>
      row.map(([r, g, b, a]) => {
        const own = [0, max, a!, a!][random(4)]!;
        const fit = (v: number): number =>
          alpha === "straight" ? v : max === 1 ? v * own : Math.floor((v * own) / max);
        return [fit(r!), fit(g!), fit(b!), own];
      }),
    ),
  );
}

/** Runs an operation, compares with its definition, and looks at the bytes around the target. */
function verify(
  image: ReturnType<typeof load>,
  on: Pick<typeof memory, "scope">,
  run: (source: MemoryView, backdrop: MemoryView, target: MemoryView, mask?: MemoryView) => unknown,
  define: (source: oracle.Layer, backdrop: oracle.Layer) => number[],
  { format, channels, layouts, alpha, opacity, masked, inPlace, size, seed }: Mix,
): void {
  on.scope((scope) => {
    const max = MAX[format]!;
    const [s, b, other] = channels.map((count, i) => noise(scope, format, size, count, layouts[i]!, seed + i));
    const t = inPlace === "source" ? s! : inPlace === "backdrop" ? b! : other!;
    sensible(s!.view, alpha, seed);
    sensible(b!.view, alpha, seed + 7);
    const mask = masked ? noise(scope, ["B", "H", "f"][seed % 3]!, size, 1, "a crop", seed + 9).view : undefined;
    const weights = mask?.toList() as number[][][] | undefined;
    const [sources, backdrops] = [s!.view.toList(), b!.view.toList()] as [number[][][], number[][][]];
    const before = t.whole.toBytes();
    expect(run(s!.view, b!.view, t.view, mask)).toBe(t.view);
    const got = t.view.toList() as number[][][];
    got.forEach((row, y) => row.forEach((pixel, x) => {
      const weight = opacity * (weights ? weights[y]![x]![0]! / MAX[mask!.format]! : 1);
      const source = layerOf(sources[y]![x]!, max, alpha, weight);
      const backdrop = layerOf(backdrops[y]![x]!, max, alpha);
      const want = define(source, backdrop);
      const total = want.at(-1)!;
      const divisor = alpha === "straight" && pixel.length === 4 && total > 0 ? total : 1;
      pixel.forEach((v, c) => {
        const real = (c === 3 ? total : want[c]! / divisor) * max;
        const allowed = max === 1 ? 1e-5 : 0.5 + (max === 255 ? 1e-3 : 0.6);
        if (!(Math.abs(v - Math.min(Math.max(real, 0), max === 1 ? Infinity : max)) <= allowed)) {
          throw new Error(`seed ${seed}, '${format}' ${channels} ${layouts} ${alpha}: [${y}, ${x}, ${c}] is ${v}, not ${real}; of ${sources[y]![x]!} on ${backdrops[y]![x]!}, weight ${weight}`);
        }
      });
    }));
    CUTS[layouts[inPlace === "source" ? 0 : inPlace === "backdrop" ? 1 : 2]!]!
      .cut(memoryview(before, { format, shape: t.whole.shape }), ...size).assign(t.view);
    expect(t.whole.toBytes(), "bytes outside the target").toEqual(before);
  });
} // prettier-ignore

/** Kinds of pictures by turns. */
function* mixes(count: number): Generator<Mix> {
  const kinds = Object.keys(CUTS);
  const channels = [[4, 4, 4], [1, 1, 1], [4, 3, 3], [3, 4, 4], [4, 4, 3], [4, 3, 4]] as const; // prettier-ignore
  for (let turn = 0; turn < count; turn++) {
    const masked = turn % 4 === 3;
    const counts = channels[turn % 3 === 0 ? 0 : turn % channels.length]!;
    const packed = turn % 2 === 0;
    yield {
      format: "BHf"[(turn >> 1) % 3]!,
      channels: counts,
      layouts: packed ? ["packed", "a crop", "packed"] : [kinds[turn % 7]!, kinds[(turn * 3 + 1) % 7]!, kinds[(turn * 5 + 2) % 7]!],
      alpha: turn % 5 < 2 ? "premultiplied" : "straight",
      opacity: turn % 7 === 2 ? 0.3 : 1,
      masked,
      inPlace: counts[0] === counts[2] && turn % 4 === 1 ? "source" : counts[1] === counts[2] && turn % 4 === 2 ? "backdrop" : undefined,
      size: turn % 6 === 4 ? [2, 263] : [3, 1 + ((turn * 5) % 39)],
      seed: turn + 1,
    };
  }
} // prettier-ignore

describe.each(Object.entries(WORLDS))("compositing in memory that is %s", (world, make) => {
  const own = make();
  const image = load(own);
  const rounds = world === "own" ? 24 : 4;

  test.each(OPERATORS)(
    "composite: %s, as defined, on every layout, in place too, with mask and opacity",
    (operator) => {
      for (const mix of mixes(rounds)) {
        const { alpha, opacity } = mix;
        verify(image, own, (s, b, t, mask) => image.composite(s, b, t, { operator, alpha, opacity, ...(mask && { mask }) }), (s, b) => oracle.composite(operator, s, b), mix); // prettier-ignore
      }
    },
  );

  test.each(oracle.MODES as BlendMode[])("blend: %s, as defined, on every layout, in place too, with mask and opacity", (mode) => {
    for (const mix of mixes(rounds >> 1)) {
      const { alpha, opacity } = mix;
      if (oracle.isTogether(mode) && mix.channels[0] === 1) continue;
      verify(image, own, (s, b, t, mask) => image.blend(s, b, t, { mode, alpha, opacity, ...(mask && { mask }) }), (s, b) => oracle.blend(mode, s, b), mix); // prettier-ignore
    }
  }); // prettier-ignore
});

describe.each(Object.entries(WORLDS))("palettes in memory that is %s", (world, make) => {
  const own = make();
  const image = load(own);

  test.each(["ordered", "floyd-steinberg"] as const)("dither: %s, as defined, in every layout, in place too; alpha copied or not", (method) => {
    for (const one of layouts(world === "own" ? 28 : 6, "B")) {
      const levels = [2, 3, 8, 256][one.turn % 4]!;
      const all = one.turn % 3 === 0;
      verifyItems(
        own,
        (source, target) => image.dither(source, target, { levels, method, channels: all ? "all" : "rgb" }),
        (pixels) => {
          const planes = pixels[0]![0]!.map((_, c) => {
            const plane = pixels.map((row) => row.map((pixel) => pixel[c]!));
            return c < 3 || all ? oracle.dither(plane, levels, method) : plane;
          });
          return pixels.map((row, y) => row.map((pixel, x) => pixel.map((_, c) => planes[c]![y]![x]!)));
        },
        one,
      );
    }
  });

  test("quantize: indices into a palette of means, all of it in use where there are colours enough", () => {
    for (const channels of [3, 4]) {
      for (const colors of [2, 17, 256]) {
        own.scope((scope) => {
          const { view, pixels } = noise(scope, "B", [31, 47], channels, "reversed rows", colors + channels);
          const target = noise(scope, "B", [31, 47], 1, "a crop");
          const before = target.whole.toBytes();
          const { palette } = image.quantize(view, target.view, { colors });
          expect(palette.shape).toEqual([colors, 4]);
          const indices = target.view.toList() as number[][][];
          const groups = Array.from({ length: colors }, () => [] as number[][]);
          pixels.forEach((row, y) => row.forEach((pixel, x) => groups[indices[y]![x]![0]!]!.push(pixel)));
          groups.forEach((group, i) => {
            expect(group.length).toBeGreaterThan(0);
            const mean = group[0]!.map((_, c) => Math.floor(group.reduce((sum, pixel) => sum + pixel[c]!, 0) / group.length + 0.5));
            expect(palette.slice(i).toList()).toEqual(channels === 3 ? [...mean, 255] : mean);
          });
          CUTS["a crop"]!.cut(memoryview(before, { shape: target.whole.shape }), 31, 47).assign(target.view);
          expect(target.whole.toBytes(), "bytes outside the target").toEqual(before);
          own.free(palette);
        });
      }
    }
  });
}); // prettier-ignore

const image = load(memory);

test("quantize: a picture of few colours keeps them, with any dithering; what cannot be seen is one colour", () => {
  const colors = [[0, 0, 0, 255], [255, 255, 255, 255], [200, 16, 46, 255], [1, 80, 201, 128], [9, 9, 9, 0]];
  memory.scope((scope) => {
    const random = seeded(5);
    const pixels = Array.from({ length: 20 }, () => Array.from({ length: 33 }, () => random(5)));
    const source = scope.alloc("B", [20, 33, 4]);
    source.assign(pixels.map((row) => row.map((i) => colors[i]!)));
    const target = scope.alloc("B", [20, 33]);
    for (const dither of ["none", "floyd-steinberg"] as const) {
      const { palette } = image.quantize(source, target, { colors: 8, dither });
      const got = (target.toList() as number[][]).map((row) => row.map((i) => palette.slice(i).toList()));
      expect(got).toEqual(pixels.map((row) => row.map((i) => colors[i])));
      expect(new Set(palette.slice([5, 8]).toBytes())).toEqual(new Set([0]));
      memory.free(palette);
    }
  });
}); // prettier-ignore

test("quantize: half of the pixels are on either side of a cut", () => {
  memory.scope((scope) => {
    const source = scope.alloc("B", [4, 64, 3]);
    source.assign(Array.from({ length: 4 }, () => Array.from({ length: 64 }, (_, x) => [4 * x, 128, 128])));
    const target = scope.alloc("B", [4, 64]);
    memory.free(image.quantize(source, target, { colors: 4 }).palette);
    const counts = [0, 0, 0, 0];
    for (const index of target.toBytes()) counts[index]!++;
    expect(counts).toEqual([64, 64, 64, 64]);
  });
});

test.each(["none", "ordered", "floyd-steinberg"] as const)("quantize: dither %s is nearer to the mean of a ramp than bands, or is they", (dither) => {
  memory.scope((scope) => {
    const source = scope.alloc("B", [64, 64, 3]);
    source.assign(Array.from({ length: 64 }, () => Array.from({ length: 64 }, (_, x) => [64 + 2 * x, 64 + 2 * x, 64 + x])));
    const target = scope.alloc("B", [64, 64]);
    const { palette } = image.quantize(source, target, { colors: 4, dither });
    const wanted = source.slice("...", 0).toList() as number[][];
    const got = (target.toList() as number[][]).map((row) => row.map((i) => palette.get(i, 0) as number));
    // Means of blocks of 8 × 8.
    let error = 0;
    for (let y = 0; y < 64; y += 8) {
      for (let x = 16; x < 48; x += 8) {
        let sum = 0;
        for (let j = y; j < y + 8; j++) for (let i = x; i < x + 8; i++) sum += got[j]![i]! - wanted[j]![i]!;
        error = Math.max(error, Math.abs(sum / 64));
      }
    }
    if (dither === "none") expect(error).toBeGreaterThan(7);
    else expect(error).toBeLessThan(dither === "ordered" ? 12 : 6);
    memory.free(palette);
  });
}); // prettier-ignore

test("quantize and dither: what does not go together is refused, and no palette is left", () => {
  memory.scope((scope) => {
    const [rgb, gray] = [scope.alloc("B", [5, 7, 3]), scope.alloc("B", [5, 7])];
    const { liveBlocks } = memory.stats();
    failure(() => image.quantize(gray, gray), "ERR_LAYOUT");
    failure(() => image.quantize(rgb, rgb), "ERR_LAYOUT");
    failure(() => image.quantize(rgb, gray.slice([0, 3])), "ERR_LAYOUT", "[5, 7, 3]", "[3, 7]");
    failure(() => image.quantize(rgb, gray, { colors: 1 }), "ERR_VALUE", "colors", "2 to 256");
    failure(() => image.quantize(rgb, gray, { dither: "blue" as "none" }), "ERR_VALUE", "blue", "floyd-steinberg");
    failure(() => image.dither(rgb, rgb, { levels: 257 }), "ERR_VALUE", "levels", "2 to 256");
    failure(() => image.dither(rgb, rgb, { method: "none" as "ordered" }), "ERR_VALUE", "method");
    expect(memory.stats().liveBlocks).toBe(liveBlocks);
    const empty = scope.alloc("B", [0, 7]);
    const { palette } = image.quantize(rgb.slice([0, 0]), empty, { colors: 3 });
    expect(palette.toBytes()).toEqual(new Uint8Array(12));
    memory.free(palette);
  });
});

test.each(OPERATORS)("composite: %s of premultiplied bytes is the scalar reference bit for bit, for any bytes", (operator) => {
  const factors = { clear: [0, 0, 0, 0], copy: [1, 0, 0, 0], over: [1, 0, 1, -1], in: [0, 1, 0, 0], out: [1, -1, 0, 0], atop: [0, 1, 1, -1], dest: [0, 0, 1, 0], "dest-over": [1, -1, 1, 0], "dest-in": [0, 0, 0, 1], "dest-out": [0, 0, 1, -1], "dest-atop": [1, -1, 0, 1], xor: [1, -1, 1, -1], plus: [1, 0, 1, 0] } as const;
  for (let width = 1; width < 40; width++) {
    memory.scope((scope) => {
      const [s, b, t] = [1, 2, 3].map((seed) => noise(scope, "B", [2, width], 4, "a crop", seed * width));
      const plain = (view: MemoryView, bytes: Uint8Array) => ({ bytes, offset: 0, height: 2, width, channels: 4, row: 4 * width, pixel: 4, item: 1 });
      const want = plain(t!.view, new Uint8Array(8 * width));
      scalar(want, plain(s!.view, s!.view.toBytes()), plain(b!.view, b!.view.toBytes()), factors[operator]);
      image.composite(s!.view, b!.view, t!.view, { operator, alpha: "premultiplied" });
      expect(t!.view.toBytes()).toEqual(want.bytes);
    });
  }
}); // prettier-ignore

test("composite: straight over an opaque backdrop is rounded once, whatever the pixels", () => {
  memory.scope((scope) => {
    const [s, b, t] = [1, 2, 3].map((seed) => noise(scope, "B", [256, 259], 4, "packed", seed));
    b!.view.slice("...", 3).fill(255);
    image.composite(s!.view, b!.view, t!.view);
    const [source, backdrop, got] = [s!, b!, t!].map(({ view }) => view.toBytes()) as [Uint8Array, Uint8Array, Uint8Array];
    const wrong = got.findIndex((value, i) => {
      const alpha = source[i | 3]!;
      return value !== (i % 4 === 3 ? 255 : Math.floor((source[i]! * alpha + backdrop[i]! * (255 - alpha)) / 255 + 0.5));
    });
    expect(wrong).toBe(-1);
  });
}); // prettier-ignore

test("pictures, masks and options that do not go together are refused, and nothing is written", () => {
  memory.scope((scope) => {
    const make = (format: string, shape: number[]): MemoryView => scope.alloc(format, shape);
    const [a, b, t] = [make("B", [5, 7, 4]), make("B", [5, 7, 4]), make("B", [5, 7, 4])];
    const gray = make("B", [5, 7]);
    t.fill(9);
    failure(() => image.composite(a, gray, t), "ERR_LAYOUT", "image.composite", "4, 1, 4");
    failure(() => image.composite(a, b, t, { mask: a }), "ERR_LAYOUT", "the mask 4");
    failure(() => image.composite(a, b, t, { mask: gray.slice([0, 4]) }), "ERR_LAYOUT", "[4, 7]", "[5, 7, 4]");
    failure(() => image.composite(a, b.slice([], [1, null]), t), "ERR_LAYOUT", "[5, 6, 4]");
    failure(() => image.composite(a, make("f", [5, 7, 4]), t), "ERR_UNSUPPORTED", "backdrop", "'f'");
    failure(() => image.composite(a, b, t.toReadonly()), "ERR_READONLY");
    failure(() => image.composite(a, b, t, { operator: "under" as "over" }), "ERR_VALUE", "under", "dest-over");
    failure(() => image.composite(a, b, t, { opacity: 1.5 }), "ERR_VALUE", "1.5", "0 to 1");
    failure(() => image.blend(a, b, t, {} as { mode: "hue" }), "ERR_VALUE", "mode", "color-dodge");
    failure(() => image.blend(gray, gray, gray, { mode: "hue" }), "ERR_LAYOUT", "'hue'", "gray");
    failure(() => image.composite(t.flip(0), b, t), "ERR_LAYOUT", "overlap");
    failure(() => image.composite(a, b, t, { mask: t.slice("...", 0) }), "ERR_LAYOUT", "overlap");
    expect(new Set(t.toBytes())).toEqual(new Set([9]));
    const empty = make("B", [0, 7, 4]);
    expect(image.composite(empty, empty, empty)).toBe(empty);
  });
});
