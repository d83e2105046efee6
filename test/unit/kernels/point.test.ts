import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { load, type PointOperations } from "linearview/image/point";
import { describe, expect, test } from "vitest";
import { matrixFixed } from "../../../src/kernels/fixed-point.ts";
import type { PlainPicture } from "../../../src/kernels/reference/picture.ts";
import { matrix } from "../../../src/kernels/reference/point.ts";
import { failure } from "../support/failure.ts";
import { type Random, seeded } from "../support/random.ts";
import * as oracle from "./oracle/point.ts";

const PAGE = 65536;
const MAX: Record<string, number> = { B: 255, H: 65535, ">H": 65535, f: 1, ">f": 1 };

/** Memories that pictures live in. */
const WORLDS: Record<string, () => LinearMemory> = {
  "own": () => LinearMemory.create(), // prettier-ignore
  "shared": () => LinearMemory.create({ shared: true, maximum: 400 * PAGE }), // prettier-ignore
  "above 2 GiB": () => LinearMemory.create({ initial: 2 ** 31 + 4 * PAGE, base: 2 ** 31 + PAGE }),
};

/** Views on a crop of a larger picture. */
const VIEWS: Record<string, (picture: MemoryView) => MemoryView> = {
  "a crop": (picture) => picture.slice([2, 9], [3, 22]),
  "all of it": (picture) => picture,
  "reversed rows": (picture) => picture.slice([2, 9], [3, 22]).flip(0),
  "reversed columns": (picture) => picture.slice([2, 9], [3, 22]).flip(1),
  "a transpose": (picture) => picture.slice([2, 9], [3, 22]).transpose([1, 0, 2]),
  "every second pixel": (picture) => picture.slice([1, null, 2], [0, null, 2]),
  "one pixel": (picture) => picture.slice([5, 6], [7, 8]),
};

type Pixel = oracle.Pixel;
interface Definition {
  name: string;
  run: (image: PointOperations, source: MemoryView, target: MemoryView) => unknown;
  /** Shares of a pixel from shares. */
  define: (pixel: Pixel) => readonly number[];
  formats?: string[];
  channels?: number[];
  /** In units of bytes, of 16 bits, of shares. */
  tolerance?: [number, number, number];
}

const TABLE = Uint8Array.from({ length: 256 }, (_, i) => (i * 7 + 3) & 255);
const S_CURVE = [[0.1, 0], [0.3, 0.2], [0.35, 0.7], [0.8, 0.75], [0.9, 1]] as const; // prettier-ignore
const COLORS = [3, 4];
/** Fixed point is off by 1, and so are 16 bits in f32 near ties. */
const FIXED: [number, number, number] = [1, 1, 2e-6];
const rows = [[0.9, -0.2, 1.7, 0.1, 0.2], [-1, 0.5, 0.5, 0.2, 0.3], [0.1, 0.2, 0.3, -0.4, 0.1], [0.2, 0, 0, 0.7, 0.1]]; // prettier-ignore

const DEFINITIONS: Definition[] = [
  { name: "invert", run: (i, s, t) => i.invert(s, t), define: oracle.each((v) => 1 - v) },
  { name: "invert all", run: (i, s, t) => i.invert(s, t, { channels: "all" }), define: oracle.each((v) => 1 - v, true) },
  { name: "brightnessContrast", run: (i, s, t) => i.brightnessContrast(s, t, { brightness: -0.1, contrast: 1.7 }), define: oracle.each((v) => (v - 0.5) * 1.7 + 0.5 - 0.1), tolerance: FIXED },
  { name: "gamma", run: (i, s, t) => i.gamma(s, t, { gamma: 2.2 }), define: oracle.each((v) => v ** 2.2) },
  { name: "gamma all", run: (i, s, t) => i.gamma(s, t, { gamma: 0.4, channels: "all" }), define: oracle.each((v) => v ** 0.4, true) },
  { name: "levels", run: (i, s, t) => i.levels(s, t, { black: 0.1, white: 0.83, gamma: 1.3, outBlack: 0.9, outWhite: 0.07 }), define: oracle.each((v) => oracle.levels(v, 0.1, 0.83, 1.3, 0.9, 0.07)) },
  { name: "levels, linear", run: (i, s, t) => i.levels(s, t, { black: 0.1, white: 0.83, channels: "all" }), define: oracle.each((v) => oracle.levels(v, 0.1, 0.83, 1, 0, 1), true) },
  { name: "lut", run: (i, s, t) => i.lut(s, t, { table: TABLE }), define: oracle.each((v) => TABLE[Math.round(v * 255)]! / 255), formats: ["B"] },
  { name: "curves", run: (i, s, t) => i.curves(s, t, { all: S_CURVE }), define: oracle.each((v) => oracle.curve(S_CURVE, v)) },
  { name: "curves of channels", run: (i, s, t) => i.curves(s, t, { all: S_CURVE, g: [[0, 1], [1, 0]], a: [[0.5, 0.25]] }), define: (p) => p.map((v, c) => [oracle.curve(S_CURVE, v), 1 - v, oracle.curve(S_CURVE, v), 0.25][c]!), channels: [4] },
  { name: "grayscale", run: (i, s, t) => i.grayscale(s, t, { weights: "bt709" }), define: (p) => oracle.each(() => oracle.luma(p, "bt709"))(p), channels: COLORS, tolerance: FIXED },
  { name: "saturation", run: (i, s, t) => i.saturation(s, t, { amount: 1.8 }), define: oracle.matrix(oracle.saturate(1.8)), channels: COLORS, tolerance: FIXED },
  { name: "hueRotate", run: (i, s, t) => i.hueRotate(s, t, { degrees: 130 }), define: oracle.matrix(oracle.hueRotate(130)), channels: COLORS, tolerance: FIXED },
  { name: "sepia", run: (i, s, t) => i.sepia(s, t, { amount: 0.6 }), define: oracle.matrix(oracle.sepia(0.6)), channels: COLORS, tolerance: FIXED },
  { name: "colorMatrix", run: (i, s, t) => i.colorMatrix(s, t, { matrix: rows }), define: oracle.matrix(rows), channels: COLORS, tolerance: FIXED },
  { name: "colorMatrix, steep", run: (i, s, t) => i.colorMatrix(s, t, { matrix: rows.map((row) => row.map((x) => x * 100)) }), define: oracle.matrix(rows.map((row) => row.map((x) => x * 100))), channels: COLORS, tolerance: [1, 1, 5e-5] },
  { name: "posterize", run: (i, s, t) => i.posterize(s, t, { levels: 5 }), define: oracle.each((v) => oracle.posterize(v, 5)) },
  { name: "srgbToLinear", run: (i, s, t) => i.srgbToLinear(s, t), define: oracle.each(oracle.decode) },
  { name: "linearToSrgb", run: (i, s, t) => i.linearToSrgb(s, t), define: oracle.each(oracle.encode) },
  { name: "convert", run: (i, s, t) => i.convert(s, t), define: (p) => p, formats: ["B", "H", "f", ">H", ">f"] },
  { name: "swizzle", run: (i, s, t) => i.swizzle(s, t, { order: "ba1r" }), define: ([r, , b, a]) => [b!, a!, 1, r!], channels: [4] },
  { name: "swizzle of RGB", run: (i, s, t) => i.swizzle(s, t, { order: [2, "0", 0] }), define: ([r, , b]) => [b!, 0, r!], channels: [3] },
  { name: "premultiply", run: (i, s, t) => i.premultiply(s, t), define: (p) => oracle.each((v) => v * p[3]!)(p), channels: [4] },
  { name: "unpremultiply", run: (i, s, t) => i.unpremultiply(s, t), define: (p) => oracle.each((v) => (p[3] === 0 ? 0 : v / p[3]!))(p), channels: [4], tolerance: [0, 1, 1e-3] },
  { name: "rgbToHsv", run: (i, s, t) => i.rgbToHsv(s, t), define: oracle.hsv, formats: ["f"], channels: COLORS, tolerance: [0, 0, 3e-4] },
  { name: "rgbToHsl", run: (i, s, t) => i.rgbToHsl(s, t), define: oracle.hsl, formats: ["f"], channels: COLORS, tolerance: [0, 0, 3e-4] },
  { name: "hsvToRgb", run: (i, s, t) => i.hsvToRgb(i.rgbToHsv(s, t), t), define: (p) => p, formats: ["f"], channels: COLORS },
  { name: "hslToRgb", run: (i, s, t) => i.hslToRgb(i.rgbToHsl(s, t), t), define: (p) => p, formats: ["f"], channels: COLORS },
  { name: "rgbToLab", run: (i, s, t) => i.rgbToLab(s, t), define: oracle.lab, formats: ["f"], channels: COLORS, tolerance: [0, 0, 3e-4] },
  { name: "labToRgb", run: (i, s, t) => i.labToRgb(i.rgbToLab(s, t), t), define: (p) => p, formats: ["f"], channels: COLORS, tolerance: [0, 0, 2e-5] },
  { name: "rgbToOklab", run: (i, s, t) => i.rgbToOklab(s, t), define: oracle.oklab, formats: ["f"], channels: COLORS, tolerance: [0, 0, 3e-6] },
  { name: "oklabToRgb", run: (i, s, t) => i.oklabToRgb(i.rgbToOklab(s, t), t), define: (p) => p, formats: ["f"], channels: COLORS, tolerance: [0, 0, 3e-5] },
  ...(["bt601", "bt709"] as const).flatMap((standard) => [false, true].map((limited): Definition => ({
    name: `rgbToYCbCr ${standard} ${limited ? "limited" : "full"}`,
    run: (i, s, t) => i.rgbToYCbCr(s, t, { matrix: standard, range: limited ? "limited" : "full" }),
    define: (p) => oracle.yCbCr(p, 255, standard, limited).map((v) => v / 255),
    formats: ["B"], channels: COLORS, tolerance: FIXED,
  }))),
]; // prettier-ignore

/** Fills a picture, and says what it then holds, as shares. */
function fill(picture: MemoryView, random: Random): void {
  const max = MAX[picture.format]!;
  const value = (): number => (random(8) === 0 ? random(2) * max : max === 1 ? random(4097) / 4096 : random(max + 1));
  picture.assign((picture.toList() as number[][][]).map((row) => row.map((pixel) => pixel.map(value))));
}
const sharesOf = (view: MemoryView): oracle.Pixels =>
  (view.toList() as number[][][]).map((row) => row.map((pixel) => pixel.map((v) => v / MAX[view.format]!)));

/** How far a result is from the definition, rounded once; both sides of a tie are right. */
function difference(got: number, share: number, format: string): number {
  const max = MAX[format]!;
  const real = share * max;
  if (max === 1) return Math.abs(got - real);
  const range = Math.min(Math.max(real, 0), max);
  return Math.max(0, Math.abs(got - range) - 0.5 - 1e-6 * (max / 255));
}

/** Runs an operation on a view of a picture: it does what is defined, and changes no other byte. */
function check(memory: LinearMemory, image: PointOperations, definition: Definition, format: string, channels: number, kind: string, inPlace: boolean, random: Random): void {
  memory.scope(({ alloc }) => {
    const [picture, other] = [alloc(format, [11, 24, channels]), alloc(format, [11, 24, channels])];
    fill(picture, random);
    fill(other, random);
    const view = VIEWS[kind]!;
    const [source, target] = [view(picture), view(inPlace ? picture : other)];
    const want = sharesOf(source).flatMap((row) => row.map(definition.define)).flat();
    const holder = inPlace ? picture : other;
    const before = holder.toBytes();
    definition.run(image, source, target);
    const got = target.toList().flat(2) as number[];
    const where = `${definition.name} of ${format} on ${kind}, ${channels} channels, in place: ${inPlace}`;
    const allowed = (definition.tolerance ?? [0, 1, 2e-6])["BHf".indexOf(format.at(-1)!)]!;
    const wrong = got.findIndex((value, i) => !(difference(value, want[i]!, format) <= (MAX[format] === 1 ? allowed * Math.max(1, Math.abs(want[i]!)) : allowed)));
    expect(wrong < 0 ? "" : `${got[wrong]} for ${want[wrong]! * MAX[format]!} at ${wrong}`, where).toBe("");
    view(memoryview(before, { format, shape: [11, 24, channels] })).assign(target);
    expect(holder.toBytes().findIndex((byte, i) => byte !== before[i]), `${where}: outside`).toBe(-1);
  });
} // prettier-ignore

describe.each(Object.entries(WORLDS))("point operations in memory that is %s", (world, make) => {
  const memory = make();
  const image = load(memory);

  test.each(DEFINITIONS.map((definition) => [definition.name, definition] as const))(
    "%s: as defined, on every view, in place too, and no other byte changes",
    (_, definition) => {
      const random = seeded(world.length + definition.name.length);
      const kinds = world === "own" ? Object.keys(VIEWS) : ["a crop"];
      for (const format of definition.formats ?? ["B", "H", "f"]) {
        for (const channels of definition.channels ?? [1, 3, 4]) {
          for (const kind of kinds) {
            for (const inPlace of [false, true]) {
              check(memory, image, definition, format, channels, kind, inPlace, random);
            }
          }
        }
      }
    },
  );

  test("between two formats: srgbToLinear, linearToSrgb and convert, each pair, and either byte order", () => {
    const random = seeded(3);
    const formats = ["B", "H", "f"];
    const swapped = [...formats, ">H", ">f"];
    for (const [name, define, known] of [
      ["srgbToLinear", oracle.each(oracle.decode), formats],
      ["linearToSrgb", oracle.each(oracle.encode), formats],
      ["convert", (p: Pixel) => p, swapped],
    ] as const) {
      for (const from of known) {
        for (const to of known) {
          memory.scope(({ alloc }) => {
            for (const channels of [1, 3, 4]) {
              const source = alloc(from, [3, 37, channels]);
              fill(source, random);
              const target = alloc(to, [3, 40, channels]).slice("...", [1, 38], [null]);
              image[name](source, target);
              const want = sharesOf(source).flatMap((row) => row.map(define)).flat(); // prettier-ignore
              const got = target.toList().flat(2) as number[];
              const allowed = MAX[to] === 1 ? 1e-6 : MAX[to] === 65535 ? 1 : MAX[from] === 255 ? 0 : 0.01;
              const worst = Math.max(...got.map((v, i) => difference(v, want[i]!, to)));
              expect(worst, `${name} ${from} to ${to}`).toBeLessThanOrEqual(allowed);
            }
          });
        }
      }
    }
  });

  test("threshold, otsu and adaptiveMean: as defined for B, H and f", () => {
    const random = seeded(17);
    for (const format of ["B", "H", "f"]) {
      memory.scope(({ alloc }) => {
        const max = MAX[format]!;
        const source = alloc(format, [7, 9]);
        source.assign(source.toList().map((row) => (row as number[]).map(() => (max === 1 ? random(256) / 255 : random(max + 1))))); // prettier-ignore
        const items = source.toList() as number[][];
        const target = alloc(format, [7, 9]);
        const [t, above, below] = max === 1 ? [0.4, 0.75, -1] : [max * 0.4, max - 1, 1];
        image.threshold(source, target, { threshold: t, above, below });
        expect(target.toList()).toEqual(items.map((row) => row.map((v) => (v > Math.fround(t) ? above : below))));
        for (const [border, sizes] of [["nearest", 3], ["reflect", { x: 5, y: 3 }], ["mirror", { x: 21, y: 17 }], ["constant", { x: 7, y: 1 }]] as const) {
          const [x, y] = typeof sizes === "number" ? [sizes, sizes] : [sizes.x, sizes.y];
          const value = max === 1 ? 0.3 : 77;
          const offset = max * 0.03;
          image.adaptiveMean(source, target, { size: sizes, border, value, offset });
          const means = oracle.means(items, x, y, border, value);
          const rounded = (v: number): number => (max === 1 ? v : Math.floor(v + 0.5));
          expect(target.toList(), `${format} ${border}`).toEqual(items.map((row, j) => row.map((v, i) => (v > rounded(means[j]![i]!) - offset ? max : 0))));
        } // prettier-ignore
        if (max === 1) return;
        const threshold = oracle.otsu(items.flat(), max);
        expect(image.otsu(source)).toBe(threshold);
        expect(image.otsu(source, target)).toBe(threshold);
        expect(target.toList()).toEqual(items.map((row) => row.map((v) => (v > threshold ? max : 0))));
      });
    }
  });

  test("split, merge and swizzle to other counts: items as they are, for every format", () => {
    const random = seeded(23);
    for (const format of ["B", "H", "f"]) {
      memory.scope(({ alloc }) => {
        for (const channels of [1, 3, 4]) {
          const picture = alloc(format, [5, 67, channels]);
          fill(picture, random);
          const planes = Array.from({ length: channels }, () => alloc(format, [5, 80]).slice("...", [7, 74]));
          expect(image.split(picture, planes)).toBe(planes);
          planes.forEach((plane, c) => expect(plane.equals(picture.slice("...", c))).toBe(true));
          const again = alloc(format, [5, 67, channels]).flip(0);
          image.merge(planes, again);
          expect(again.equals(picture)).toBe(true);
        }
        const [rgb, rgba, gray] = [alloc(format, [3, 19, 3]), alloc(format, [3, 19, 4]), alloc(format, [3, 19])];
        fill(rgb, random);
        image.swizzle(rgb, rgba, { order: "rgb1" });
        expect(rgba.slice("...", [0, 3]).equals(rgb)).toBe(true);
        expect(rgba.slice("...", 3).toList().flat().every((v) => v === MAX[format])).toBe(true); // prettier-ignore
        image.swizzle(rgba, rgb.flip(1), { order: "rgb" });
        expect(rgba.slice("...", [0, 3]).equals(rgb.flip(1))).toBe(true);
        image.swizzle(rgba, gray, { order: "g" });
        expect(gray.equals(rgba.slice("...", 1))).toBe(true);
        image.swizzle(gray, rgba, { order: [0, 0, 0, "1"] });
        expect(rgba.slice("...", 2).equals(gray)).toBe(true);
        expect(rgba.get(2, 18, 3)).toBe(MAX[format]);
      });
    }
  });

  test("grayscale: into a gray picture of the same format", () => {
    for (const format of ["B", "H", "f"]) {
      memory.scope(({ alloc }) => {
        const [picture, gray] = [alloc(format, [4, 33, 4]), alloc(format, [4, 33])];
        fill(picture, seeded(4));
        image.grayscale(picture, gray);
        const want = sharesOf(picture).flatMap((row) => row.map((pixel) => oracle.luma(pixel, "bt601")));
        gray.toList().flat().forEach((v, i) => expect(difference(v as number, want[i]!, format)).toBeLessThanOrEqual(format === "f" ? 2e-6 : 1)); // prettier-ignore
      });
    }
  });

  test.each(["B", "H", "f"])("planes of YCbCr, %s: 4:4:4, 4:2:2 and 4:2:0, odd sizes, padded rows, one view of both chromas", (format) => {
    const max = MAX[format]!;
    const near = max === 1 ? 2e-6 : 1;
    const random = seeded(31);
    for (const [height, width] of [[1, 1], [2, 2], [5, 7], [3, 300], [4, 514], [1, 67]] as const) {
      for (const [down, across] of [[1, 1], [1, 2], [2, 2]] as const) {
        for (const together of [false, true]) {
          memory.scope(({ alloc }) => {
            const options = { matrix: down === 2 ? "bt709" : "bt601", range: together ? "limited" : "full" } as const;
            const rgb = alloc(format, [height, width, 3 + (width % 2)]);
            fill(rgb, random);
            const [rows, columns] = [Math.ceil(height / down), Math.ceil(width / across)];
            const both = alloc(format, [rows, columns + 3, 2]).slice("...", [0, columns], [null]);
            const y = alloc(format, [height, width + 5]).slice("...", [2, width + 2]);
            const [cb, cr] = together ? [both.slice("..., 0"), both.slice("..., 1")] : [alloc(format, [rows, columns]), alloc(format, [rows, columns]).flip(0)];
            const planes = together ? { y, cbcr: both } : { y, cb, cr };
            expect(image.rgbToYCbCr(rgb, planes, options)).toBe(planes);
            const want = sharesOf(rgb).map((row) => row.map((pixel) => oracle.yCbCr(pixel, max, options.matrix, together)));
            const [luma, blue, red] = [y, cb!, cr!].map((view) => view.toList() as number[][]) as [number[][], number[][], number[][]];
            let worst = 0;
            const meet = (got: number, units: number): void => void (worst = Math.max(worst, difference(got, units / max, format)));
            luma.forEach((row, j) => row.forEach((v, i) => meet(v, want[j]![i]![0]!)));
            blue.forEach((row, j) =>
              row.forEach((v, i) => {
                const block = want.slice(j * down, j * down + down).flatMap((part) => part.slice(i * across, i * across + across));
                const mean = (c: number): number => block.reduce((sum, pixel) => sum + pixel[c]!, 0) / block.length;
                meet(v, mean(1));
                meet(red[j]![i]!, mean(2));
              }),
            );
            expect(worst).toBeLessThanOrEqual(near);
            // Back: what it gives is the colour that each pixel's own Y and its block's chroma stand for.
            const back = alloc(format, [height, width, 4]);
            image.yCbCrToRgb(planes, back, options);
            worst = 0;
            (back.toList() as number[][][]).forEach((row, j) =>
              row.forEach(([r, g, b, a], i) => {
                if (a !== max) throw new Error(`alpha is ${a}`);
                if ([r, g, b].some((v) => v! <= 0 || v! >= max)) return; // clamped
                const own = oracle.yCbCr([r! / max, g! / max, b! / max], max, options.matrix, together);
                const [m, n] = [Math.floor(j / down), Math.floor(i / across)];
                [luma[j]![i]!, blue[m]![n]!, red[m]![n]!].forEach((v, c) => (worst = Math.max(worst, Math.abs(v - own[c]!))));
              }),
            );
            expect(worst).toBeLessThanOrEqual(max === 1 ? 5e-6 : 1.01);
          });
        }
      }
    }
  }); // prettier-ignore

  test("after growth the operations go on, and scratch is given back", () => {
    const picture = memory.alloc("H", [2, 5, 4]).assign([1, 2, 3, 65535]);
    const before = memory.stats().liveBlocks;
    image.release();
    image.premultiply(picture, picture);
    memory.grow(PAGE);
    image.swizzle(picture, picture, { order: "bgra" });
    expect(picture.slice(1, 4).toList()).toEqual([3, 2, 1, 65535]);
    image.release();
    expect(memory.stats().liveBlocks).toBeLessThanOrEqual(before);
    memory.free(picture);
  });
});

const memory = LinearMemory.create();
const image = load(memory);

test("premultiply and unpremultiply: every pair of a colour and an alpha, rounded half up", () => {
  const pairs = memory.alloc("B", [256, 256, 4]);
  const bytes = pairs.typedArray() as Uint8Array;
  for (let i = 0; i < 65536; i++) bytes.set([i >> 8, 255 - (i >> 8), 3, i & 255], 4 * i);
  const target = memory.alloc("B", [256, 256, 4]);
  for (const [name, define] of [
    ["premultiply", (c: number, a: number) => Math.floor((c * a) / 255 + 0.5)],
    ["unpremultiply", (c: number, a: number) => (a === 0 ? 0 : Math.min(255, Math.floor((c * 255) / a + 0.5)))],
  ] as const) {
    image[name](pairs, target);
    const got = target.typedArray() as Uint8Array;
    for (let i = 0; i < 65536; i++) {
      const [c, a] = [i >> 8, i & 255];
      const want = [define(c, a), define(255 - c, a), define(3, a), a];
      if (want.some((v, k) => got[4 * i + k] !== v))
        throw new Error(`${name} of ${c}, ${a}: ${got.slice(4 * i, 4 * i + 4)}`);
    }
  }
});

test("every width from 1 to 67: vectors end where the row does, of 3 and 4 channels, packed and not", () => {
  const random = seeded(41);
  const packed = DEFINITIONS.filter(({ name }) => ["colorMatrix", "premultiply", "swizzle", "swizzle of RGB", "lut", "gamma"].includes(name));
  for (let width = 1; width <= 67; width++) {
    for (const definition of packed) {
      for (const channels of definition.channels ?? [1, 3, 4]) {
        memory.scope(({ alloc }) => {
          const format = (definition.formats ?? ["B", "H", "f"])[width % (definition.formats?.length ?? 3)]!;
          const whole = alloc(format, [3, width + (width % 3), channels]);
          fill(whole, random);
          const source = whole.slice([0, 2], [0, width]);
          const after = whole.slice(2).toBytes();
          const want = sharesOf(source).flatMap((row) => row.map(definition.define)).flat(); // prettier-ignore
          definition.run(image, source, source);
          const allowed = (definition.tolerance ?? [0, 1, 2e-6])["BHf".indexOf(format)]!;
          source.toList().flat(2).forEach((v, i) => {
            const wrong = difference(v as number, want[i]!, format);
            if (!(wrong <= allowed)) throw new Error(`${definition.name}, width ${width}, ${format}, ${channels}: ${String(v)} at ${i}`);
          }); // prettier-ignore
          expect(whole.slice(2).toBytes()).toEqual(after);
        });
      }
    }
  }
}); // prettier-ignore

test("reads no byte beyond a picture, which may end where the memory does", () => {
  const bare = new WebAssembly.Memory({ initial: 5 });
  const allocator = { align: 16, alloc: () => PAGE, free: () => {} };
  const end = load(bare, { allocator });
  for (const definition of DEFINITIONS) {
    for (const format of definition.formats ?? ["B", "H", "f"]) {
      for (const channels of definition.channels ?? [1, 3, 4]) {
        for (let width = 1; width < 20; width++) {
          const size = { B: 1, H: 2, f: 4 }[format.at(-1) as "B"];
          const window = { format, shape: [1, width, channels], byteOffset: 5 * PAGE - width * channels * size };
          const view = memoryview(bare, window);
          definition.run(end, view, view);
          const wide = [width * (channels + 1) * size, (channels + 1) * size, size];
          const byteOffset = 5 * PAGE - wide[0]! + size;
          const strided = memoryview(bare, { ...window, byteOffset, strides: wide });
          definition.run(end, strided, strided);
        }
      }
    }
  }
});

test("lut: 65,536 items for H, of any typed array or view, and alpha as it is", () => {
  const picture = memory.alloc("H", [2, 9, 4]);
  fill(picture, seeded(2));
  const before = picture.toList() as number[][][];
  const table = Uint32Array.from({ length: 65536 }, (_, i) => 65535 - i);
  const target = memory.alloc("H", [2, 9, 4]);
  image.lut(picture, target, { table });
  const want = before.map((row) => row.map(([r, g, b, a]) => [65535 - r!, 65535 - g!, 65535 - b!, a]));
  expect(target.toList()).toEqual(want);
  image.lut(picture, picture, { table: memoryview(table), channels: "all" });
  expect(picture.toList()).toEqual(before.map((row) => row.map((pixel) => pixel.map((v) => 65535 - v))));
});

test("f: values beyond the full range and what is not a number go through, and are clamped as integers", () => {
  const source = memory.alloc("f", [1, 4]).assign([[-0.5, 1.5, Infinity, 0.25]]);
  expect(image.invert(source, memory.alloc("f", [1, 4])).toList()).toEqual([[1.5, -0.5, -Infinity, 0.75]]);
  source.typedArray().set([NaN], 3);
  expect(image.convert(source, memory.alloc("B", [1, 4])).toList()).toEqual([[0, 255, 255, 0]]);
  const negative = memory.alloc("f", [1, 1]).fill(-0.25);
  expect(image.gamma(negative, negative, { gamma: 2 }).get(0, 0)).toBeCloseTo(-0.0625, 6);
});

test("colorMatrix: of bytes the vectors compute what the scalar reference does, whatever the layout", () => {
  const random = seeded(53);
  for (const channels of COLORS) {
    for (const [kind, view] of Object.entries(VIEWS)) {
      const picture = memory.alloc("B", [11, 24, channels]);
      fill(picture, random);
      const model = picture.toBytes();
      const words = matrixFixed(rows)!;
      const source = view(memoryview(model, { shape: [11, 24, channels] }));
      const [height, width] = source.shape as readonly number[];
      const [row, pixel, item] = source.strides as readonly number[];
      const plain = {
        bytes: model,
        offset: source.byteOffset,
        height,
        width,
        channels,
        row,
        pixel,
        item,
      } as PlainPicture;
      matrix(plain, plain, words);
      image.colorMatrix(view(picture), view(picture), { matrix: rows });
      expect(picture.toBytes(), kind).toEqual(model);
      memory.free(picture);
    }
  }
});

test("matrixFixed: identity is exact, steep rows are left to floats", () => {
  const identity = [0, 1, 2, 3].map((i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 1 : 0)));
  expect(matrixFixed(identity)!.slice(-2)).toEqual([14, 1]);
  const picture = memory.alloc("B", [64, 1, 4]);
  fill(picture, seeded(6));
  const before = picture.toBytes();
  image.colorMatrix(picture, picture, { matrix: identity });
  expect(picture.toBytes()).toEqual(before);
  expect(matrixFixed(identity.map((row) => row.map((x) => x * 32)))).toBeUndefined();
});

describe("refusals, before the first store", () => {
  const rgba = memory.alloc("B", [4, 6, 4]).fill(9);
  const rgb = memory.alloc("B", [4, 6, 3]).fill(9);
  const gray = memory.alloc("B", [4, 6]).fill(9);
  const float = memory.alloc("f", [4, 6, 4]);
  const word = memory.alloc("H", [4, 6, 4]);
  const half = memory.alloc("B", [2, 3]);
  test.each([
    ["no gamma", () => image.gamma(rgba, rgba, {} as never), "ERR_VALUE"],
    ["no options at all", () => image.gamma(rgba, rgba, undefined as never), "ERR_VALUE"],
    ["a gamma of 0", () => image.gamma(rgba, rgba, { gamma: 0 }), "ERR_VALUE"],
    ["black that is white", () => image.levels(rgba, rgba, { black: 1 }), "ERR_VALUE"],
    ["a table of 255", () => image.lut(rgba, rgba, { table: new Uint8Array(255) }), "ERR_VALUE"],
    ["a table of fractions", () => image.lut(rgba, rgba, { table: new Float32Array(256).fill(0.5) }), "ERR_VALUE"],
    ["a table of 300", () => image.lut(rgba, rgba, { table: new Uint16Array(256).fill(300) }), "ERR_VALUE"],
    ["a table that is a list", () => image.lut(rgba, rgba, { table: [1] as never }), "ERR_VALUE"],
    ["a lut of f", () => image.lut(float, float, { table: TABLE }), "ERR_UNSUPPORTED"],
    ["points that descend", () => image.curves(rgba, rgba, { all: [[0.5, 0], [0.5, 1]] }), "ERR_VALUE"],
    ["points beyond 1", () => image.curves(rgba, rgba, { r: [[0, 2]] }), "ERR_VALUE"],
    ["no points", () => image.curves(rgba, rgba, { r: [] }), "ERR_VALUE"],
    ["a curve of no channel", () => image.curves(rgb, rgb, { a: [[0, 1]] }), "ERR_LAYOUT"],
    ["a curve for red of gray", () => image.curves(gray, gray, { r: [[0, 1]] }), "ERR_LAYOUT"],
    ["a matrix of 3 rows", () => image.colorMatrix(rgba, rgba, { matrix: rows.slice(1) }), "ERR_VALUE"],
    ["a matrix of gray", () => image.colorMatrix(gray, gray, { matrix: rows }), "ERR_LAYOUT"],
    ["a saturation below 0", () => image.saturation(rgba, rgba, { amount: -1 }), "ERR_VALUE"],
    ["degrees of text", () => image.hueRotate(rgba, rgba, { degrees: "90" as never }), "ERR_VALUE"],
    ["above that no byte holds", () => image.threshold(rgba, rgba, { threshold: 3, above: 256 }), "ERR_VALUE"],
    ["otsu of colours", () => image.otsu(rgba), "ERR_LAYOUT"],
    ["otsu of f", () => image.otsu(memory.alloc("f", [2, 2])), "ERR_UNSUPPORTED"],
    ["adaptiveMean in place", () => image.adaptiveMean(gray, gray, { size: 3 }), "ERR_LAYOUT"],
    ["adaptiveMean of no size", () => image.adaptiveMean(gray, memory.alloc("B", [4, 6]), {} as never), "ERR_VALUE"],
    ["one level", () => image.posterize(rgba, rgba, { levels: 1 }), "ERR_VALUE"],
    ["half a level", () => image.posterize(rgba, rgba, { levels: 2.5 }), "ERR_VALUE"],
    ["an order of no channel", () => image.swizzle(rgb, rgb, { order: "rga" }), "ERR_VALUE"],
    ["an order of letters", () => image.swizzle(rgb, rgb, { order: "xyz" }), "ERR_VALUE"],
    ["an index of 4", () => image.swizzle(rgba, rgba, { order: [0, 1, 2, 4] }), "ERR_VALUE"],
    ["an order too short", () => image.swizzle(rgba, rgba, { order: "rgb" }), "ERR_LAYOUT"],
    ["too few parts", () => image.split(rgba, [gray, half]), "ERR_LAYOUT"],
    ["parts of another size", () => image.split(memory.alloc("B", [4, 6, 1]), [half]), "ERR_LAYOUT"],
    ["parts that share bytes", () => image.split(rgb, [gray, gray, gray]), "ERR_LAYOUT"],
    ["no list of parts", () => image.merge(gray as never, rgb), "ERR_VALUE"],
    ["parts of another format", () => image.merge([float.slice("..., 0"), gray, gray], rgb), "ERR_UNSUPPORTED"],
    ["premultiply without alpha", () => image.premultiply(rgb, rgb), "ERR_LAYOUT"],
    ["two formats", () => image.gamma(rgba, word, { gamma: 2 }), "ERR_UNSUPPORTED"],
    ["big-endian", () => image.invert(memory.alloc(">H", [2, 2]), memory.alloc(">H", [2, 2])), "ERR_FORMAT"],
    ["hue of bytes", () => image.rgbToHsv(rgb, rgb), "ERR_UNSUPPORTED"],
    ["hue of gray", () => image.rgbToHsv(memory.alloc("f", [2, 2]), memory.alloc("f", [2, 2])), "ERR_LAYOUT"],
    ["chroma of a third", () => image.rgbToYCbCr(rgb, { y: gray, cb: memory.alloc("B", [2, 2]), cr: memory.alloc("B", [2, 2]) }), "ERR_LAYOUT"],
    ["chroma of two sizes", () => image.rgbToYCbCr(rgb, { y: gray, cb: half, cr: memory.alloc("B", [4, 6]) }), "ERR_LAYOUT"],
    ["no chroma", () => image.rgbToYCbCr(rgb, { y: gray } as never), "ERR_VALUE"],
    ["planes that share bytes", () => image.rgbToYCbCr(rgb, { y: gray, cb: half, cr: half }), "ERR_LAYOUT"],
    ["cbcr of three", () => image.yCbCrToRgb({ y: gray, cbcr: memory.alloc("B", [2, 3, 3]) }, rgb), "ERR_LAYOUT"],
    ["a range of text", () => image.rgbToYCbCr(rgb, rgb, { range: "tv" as never }), "ERR_VALUE"],
    ["a read-only plane", () => image.rgbToYCbCr(rgb, { y: gray.toReadonly(), cb: half, cr: memory.alloc("B", [2, 3]) }), "ERR_READONLY"],
  ] as const)("%s", (_, run, code) => {
    failure(run, code);
    for (const view of [rgba, rgb, gray]) expect(view.toBytes().every((byte) => byte === 9)).toBe(true);
  }); // prettier-ignore
});
