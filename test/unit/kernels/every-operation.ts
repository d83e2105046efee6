import { type LinearMemory, MemoryView } from "linearview";
import type { Border, ImageOperations } from "linearview/image";
import type { Random } from "../support/random.ts";

/*
 * Every operation of `loadImage` with arguments that exercise it, for tests of what holds for all of them.
 */

/** What arguments are made of: pictures with noise in them, as parts of larger ones. */
export interface Material {
  readonly height: number;
  readonly width: number;
  readonly format: string;
  readonly channels: number;
  readonly border: Border;
  /** Of the format, size and channels above, unless said. */
  picture(channels?: number, format?: string, height?: number, width?: number): MemoryView;
  /** A view that is no part of another. */
  items(format: string, shape: number[]): MemoryView;
}

interface Sample {
  formats: string;
  channels: readonly number[];
  args: (m: Material) => unknown[];
}

const ANY = [1, 3, 4];
const sample = (args: Sample["args"], formats = "B", channels: readonly number[] = ANY): Sample => ({ formats, channels, args }); // prettier-ignore
const two = (options: (m: Material) => object = () => ({}), formats = "B", channels = ANY): Sample =>
  sample((m) => [m.picture(), m.picture(), options(m)], formats, channels);
/** Takes no options. */
const plain = (formats = "B", channels = ANY): Sample => sample((m) => [m.picture(), m.picture()], formats, channels);
const SQUARE = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]; // prettier-ignore
const CROSS = [[0, 1, 0], [1, 1, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]]; // prettier-ignore
const signed = ({ format }: Material): string => (format === "B" ? "h" : "f");
const half = (length: number): number => Math.ceil(length / 2);

export const SAMPLES: Record<string, Sample[]> = {
  invert: [two(undefined, "BHf"), two(() => ({ channels: "all" }))],
  brightnessContrast: [two(() => ({ brightness: -0.1, contrast: 1.7 }), "BHf")],
  gamma: [two(() => ({ gamma: 2.2 }), "BHf")],
  levels: [two(() => ({ black: 0.1, white: 0.8, gamma: 0.7 }), "BHf")],
  lut: [two(({ format }) => ({ table: format === "B" ? Uint8Array.from({ length: 256 }, (_, i) => (i * 7) & 255) : Uint16Array.from({ length: 65536 }, (_, i) => (i * 13) & 65535) }), "BH")],
  curves: [two(() => ({ all: [[0, 0.1], [0.4, 0.7], [1, 0.9]] }), "BHf")],
  grayscale: [two(undefined, "BHf", [3, 4]), sample((m) => [m.picture(), m.picture(1), { weights: "bt709" }], "B", [3, 4])],
  saturation: [two(() => ({ amount: 0.3 }), "BHf", [3, 4])],
  hueRotate: [two(() => ({ degrees: 77 }), "Bf", [3, 4])],
  sepia: [two(() => ({ amount: 0.8 }), "B", [3, 4])],
  colorMatrix: [two(() => ({ matrix: [[0.5, 0.2, 0.1, 0.1, 0], [0.1, 0.6, 0, 0, 0.1], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]] }), "BHf", [3, 4])],
  threshold: [two(({ format }) => ({ threshold: format === "f" ? 0.5 : 100 }), "BHf")],
  otsu: [sample((m) => [m.picture(), m.picture()], "BH", [1]), sample((m) => [m.picture()], "B", [1])],
  adaptiveMean: [two(({ border }) => ({ size: { x: 5, y: 7 }, offset: 0.02, border }), "BHf")],
  posterize: [two(() => ({ levels: 5 }), "BHf")],
  swizzle: [two(() => ({ order: "bgra" }), "BHf", [4]), sample((m) => [m.picture(), m.picture(3), { order: [2, "1", 0] }], "B", [3, 4])],
  split: [sample((m) => [m.picture(), [m.picture(1), m.picture(1), m.picture(1)]], "BH", [3])],
  merge: [sample((m) => [[m.picture(1), m.picture(1), m.picture(1), m.picture(1)], m.picture()], "BH", [4])],
  premultiply: [plain("BHf", [4])],
  unpremultiply: [plain("BHf", [4])],
  convert: [sample((m) => [m.picture(), m.picture(m.channels, "f")], "BHf"), sample((m) => [m.picture(), m.picture(m.channels, ">H")], "BH")],
  srgbToLinear: [plain("BHf"), sample((m) => [m.picture(), m.picture(m.channels, "f")])],
  linearToSrgb: [plain("BHf")],
  ...Object.fromEntries(["rgbToHsv", "hsvToRgb", "rgbToHsl", "hslToRgb", "rgbToLab", "labToRgb", "rgbToOklab", "oklabToRgb"].map((name) => [name, [plain("f", [3, 4])]])),
  rgbToYCbCr: [
    two(() => ({ range: "limited" }), "BHf", [3, 4]),
    sample((m) => [m.picture(), { y: m.picture(1), cb: m.picture(1, "B", half(m.height), half(m.width)), cr: m.picture(1, "B", half(m.height), half(m.width)) }], "B", [3, 4]),
    sample((m) => [m.picture(), { y: m.picture(1), cb: m.picture(1, "B", m.height, half(m.width)), cr: m.picture(1, "B", m.height, half(m.width)) }], "B", [3]),
  ],
  yCbCrToRgb: [
    two(() => ({ matrix: "bt709" }), "BHf", [3, 4]),
    sample((m) => [{ y: m.picture(1), cbcr: m.picture(2, "B", half(m.height), half(m.width)) }, m.picture()], "B", [3, 4]),
  ],
  gaussianBlur: [
    two(({ border }) => ({ sigma: 1.3, border }), "BHf"),
    two(({ border }) => ({ sigma: { x: 0.8, y: 2 }, truncate: 3, border })),
    two(({ border }) => ({ sigma: 4, method: "fast", border }), "B", [4]),
    two(({ border }) => ({ sigma: 11, border }), "B", [1]),
  ],
  boxBlur: [two(({ border }) => ({ size: 5, border }), "BHf"), two(({ border }) => ({ size: { x: 3, y: 9 }, border }))],
  median: [two(({ border }) => ({ border }), "BHf"), two(({ border }) => ({ size: 5, border }), "B", [1, 4])],
  bilateral: [two(({ border, format }) => ({ sigmaSpace: 1.2, sigmaColor: format === "B" ? 30 : 0.2, border }), "Bf", [1, 3])],
  correlate: [two(({ border }) => ({ kernel: [[1, 2, 0], [0, 3, 1], [-1, 0, 1], [1, 1, 1], [0, 1, 0]], scale: 0.1, offset: 0.2, border }), "BHf")],
  unsharp: [two(({ border }) => ({ sigma: 1.5, amount: 0.7, threshold: 0.01, border }), "BHf")],
  ...Object.fromEntries(["sobel", "scharr"].map((name) => [name, [
    sample((m) => [m.picture(), { x: m.picture(m.channels, signed(m)), y: m.picture(m.channels, signed(m)) }, { border: m.border }], "Bf"),
    sample((m) => [m.picture(), { y: m.picture(m.channels, signed(m)) }], "B", [1]),
  ]])),
  sobelMagnitude: [two(({ border }) => ({ border }), "Bf"), sample((m) => [m.picture(), m.picture(m.channels, "f"), { norm: "L1", border: m.border }])],
  scharrMagnitude: [two(({ border }) => ({ border }), "Bf")],
  laplacian: [sample((m) => [m.picture(), m.picture(m.channels, signed(m)), { border: m.border }], "Bf")],
  emboss: [two(({ border }) => ({ angle: 100, depth: 2, border }), "BHf")],
  canny: [two(({ border }) => ({ low: 60, high: 150, sigma: 0.9, border }), "B", [1])],
  morphology: ["open", "close", "gradient", "tophat", "blackhat"].map((kind) => two(() => ({ kind, element: CROSS }), "B")),
  erode: [two(() => ({ element: SQUARE }), "BHf")],
  dilate: [two(() => ({ element: CROSS }), "BHf")],
  resize: ["nearest", "box", "bilinear", "bicubic", "mitchell", "lanczos3"].map((filter) =>
    sample((m) => [m.picture(), m.picture(m.channels, m.format, half(m.height), m.width + 3), { filter }], filter === "lanczos3" ? "BHf" : "B")),
  flipX: [plain("BHf")],
  flipY: [plain("BHf")],
  transpose: [sample((m) => [m.picture(), m.picture(m.channels, m.format, m.width, m.height)], "BHf")],
  rotate: [sample((m) => [m.picture(), m.picture(m.channels, m.format, m.width, m.height), { degrees: 90 }], "BHf"), two(() => ({ degrees: 180 }))],
  affine: [two(({ border }) => ({ matrix: [[0.9, 0.1, 1.5], [-0.1, 0.95, 2]], border }), "Bf")],
  perspective: [two(({ border }) => ({ matrix: [[0.9, 0.1, 1.5], [-0.1, 0.95, 2], [0.001, 0.002, 1]], border }), "B")],
  pyramid: [sample((m) => [m.picture(), [m.picture(m.channels, m.format, half(m.height), half(m.width)), m.picture(m.channels, m.format, half(half(m.height)), half(half(m.width)))]], "BHf")],
  stats: [sample((m) => [m.picture()], "BHf")],
  histogram: [sample((m) => [m.picture(), m.items("I", m.channels === 1 ? [256] : [m.channels, 256])]), sample((m) => [m.picture(), m.items("I", [256]), { luma: "bt601" }], "B", [3, 4])],
  equalize: [plain("B")],
  clahe: [two(() => ({ tiles: [3, 2] }), "B")],
  autoLevels: [two(() => ({ clip: 0.01 }), "B")],
  integral: [sample((m) => [m.picture(), m.items("d", [m.height + 1, m.width + 1])], "BHf", [1])],
  components: [sample((m) => [m.picture(), m.picture(1, "i")], "B", [1])],
  psnr: [sample((m) => [m.picture(), m.picture()], "BHf")],
  ssim: [sample((m) => [m.picture(1, "B", m.height + 11, m.width + 11), m.picture(1, "B", m.height + 11, m.width + 11)], "B", [1])],
  composite: [
    sample((m) => [m.picture(), m.picture(), m.picture(), {}], "Bf", [4]),
    sample((m) => [m.picture(), m.picture(), m.picture(), { operator: "xor", alpha: "premultiplied", opacity: 0.6, mask: m.picture(1, "B") }], "B", [4]),
  ],
  blend: ["multiply", "color-dodge", "luminosity"].map((mode) => sample((m) => [m.picture(), m.picture(), m.picture(), { mode, opacity: 0.7 }], "B", [4])),
  quantize: [sample((m) => [m.picture(), m.picture(1), { colors: 16 }], "B", [3, 4])],
  dither: ["floyd-steinberg", "ordered"].map((method) => two(() => ({ levels: 3, method }), "B", [1, 3])),
}; // prettier-ignore

/** Names of what works on pictures. */
export const namesOf = (image: object): (keyof ImageOperations)[] =>
  (Object.keys(image) as (keyof ImageOperations)[]).filter((name) => !/^(plan|release|from[A-Z].*|to[A-Z].*)$/.test(name)); // prettier-ignore

export interface Case {
  readonly sample: Sample;
  readonly format: string;
  readonly channels: number;
  readonly border: Border;
  readonly text: string;
}

const BORDERS: readonly Border[] = ["nearest", "reflect", "mirror", "constant"];

/** The cases of an operation; borders take turns. */
export function casesOf(name: string): Case[] {
  const samples = SAMPLES[name];
  if (!samples) throw new Error(`${name} has no sample in every-operation.ts: add one`);
  const cases = samples.flatMap((sample, i) =>
    [...sample.formats].flatMap((format) =>
      sample.channels.map((channels) => ({ sample, format, channels, text: `${name} ${i + 1}, '${format}', ${channels} channels` })),
    ),
  ); // prettier-ignore
  // Each border with each of the first cases, so that none is left out where there are few.
  const usesBorder = samples.some(({ args }) => args.toString().includes("border"));
  return usesBorder
    ? cases.flatMap((one) => BORDERS.map((border) => ({ ...one, border, text: `${one.text}, ${border}` })))
    : cases.map((one) => ({ ...one, border: "nearest" as const }));
}

export type Cut = "packed" | "crop" | "reversed";

/** A set of arguments, and the whole pictures that they are parts of. */
export interface Cast {
  readonly args: unknown[];
  readonly whole: MemoryView[];
  /** New noise in all of them. */
  fill(random: Random): void;
  bytes(): Uint8Array[];
  free(): void;
}

/** Arguments for a case, in a memory. */
export function castFor(memory: LinearMemory, one: Case, [height, width]: [number, number], cut: Cut): Cast {
  const whole: MemoryView[] = [];
  const items = (format: string, shape: number[]): MemoryView => {
    const view = memory.alloc(format, shape);
    whole.push(view);
    return view;
  };
  const material: Material = {
    ...one,
    height,
    width,
    items,
    picture(channels = one.channels, format = one.format, high = height, wide = width) {
      const rest = channels === 1 ? [] : [channels];
      if (cut === "packed") return items(format, [high, wide, ...rest]);
      const part = items(format, [high + 3, wide + 4, ...rest]).slice([1, high + 1], [2, wide + 2]);
      return cut === "crop" ? part : part.flip(0);
    },
  };
  const args = one.sample.args(material);
  return {
    args,
    whole,
    fill(random) {
      for (const view of whole) {
        if (view.format === "f") {
          view.cast("B").cast("f").assign(Float32Array.from({ length: view.nbytes / 4 }, () => random(1100) / 1000 - 0.05));
        } else view.cast("B").assign(Uint8Array.from({ length: view.nbytes }, () => (random(4) ? random(256) : 0)));
      }
    },
    bytes: () => whole.map((view) => view.toBytes()),
    free: () => whole.forEach((view) => memory.free(view)),
  };
} // prettier-ignore

/** The first byte that differs, told by its place; undefined when all are the same. */
export function difference(a: readonly Uint8Array[], b: readonly Uint8Array[]): string | undefined {
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k]!, b[k]!];
    for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return `view ${k}, byte ${i}: ${x[i]} and ${y[i]}`;
  }
  return undefined;
}

/** A result that two threads or two runs can be compared by; views as their items. */
export function plainOf(result: unknown, args: readonly unknown[]): unknown {
  const at = args.indexOf(result);
  if (at >= 0) return `argument ${at}`;
  if (result instanceof MemoryView) return result.toList();
  if (typeof result !== "object" || result === null) return result;
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, plainOf(value, [])]));
}
