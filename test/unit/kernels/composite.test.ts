import { memoryview, type MemoryView } from "linearview";
import { type BlendMode, type CompositeOperator, load } from "linearview/image/composite";
import { describe, expect, test } from "vitest";
import { composite as scalar } from "../../../src/kernels/reference/composite.ts";
import { failure } from "../support/failure.ts";
import { seeded } from "../support/random.ts";
import * as oracle from "./oracle/composite.ts";
import { MAX, noise } from "./picture-support.ts";
import { CUTS, WORLDS } from "./window-support.ts";

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

const image = load(memory);

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
