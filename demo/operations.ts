import type { MemoryView } from "linearview";
import type { ImageOperations } from "linearview/image";
import * as loops from "./loops.ts";

/** What a visitor sets: numbers, and words. */
export type Values = Record<string, number | string>;

export interface NumberOption {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}
export interface ChoiceOption {
  readonly label: string;
  readonly choices: readonly (number | string)[];
  readonly value: number | string;
}
export interface TextOption {
  readonly label: string;
  readonly value: string;
}
export type Option = NumberOption | ChoiceOption | TextOption;

/** What a step runs on. */
export interface Bench {
  readonly image: ImageOperations;
  /** The region of the picture, and the same region of the untouched original. */
  readonly region: MemoryView<number>;
  readonly original: MemoryView<number>;
}

/** Any operation of `ImageOperations`; which of them there are is looked at when the page runs. */
type Call = (...operands: unknown[]) => unknown;

/** How an operation is called on a region in place, and what a program would write for it. */
interface Way {
  run(bench: Bench, call: Call, options: readonly object[]): void;
  code(name: string, options: string): string;
}

export interface Operation {
  /** Its name among the rows, and that of the call unless `call` says otherwise. */
  readonly id: string;
  readonly label: string;
  readonly options?: Readonly<Record<string, Option>>;
  /** The options of the call, where they are not what the visitor sets. */
  readonly prepare?: (values: Values) => object | undefined;
  readonly call?: string;
  readonly way?: Way;
  /** The same in plain JavaScript, on packed RGBA. */
  readonly loop?: (values: Values) => loops.Loop;
}

// ---- options -------------------------------------------------------------------------------------------------------

const range = (label: string, min: number, max: number, step: number, value: number): NumberOption => ({
  label,
  min,
  max,
  step,
  value,
});
const choice = (label: string, choices: readonly (number | string)[], value = choices[0]!): ChoiceOption => ({
  label,
  choices,
  value,
});
const border = choice("Border", ["nearest", "reflect", "mirror"]);
const standard = choice("Weights", ["bt601", "bt709"]);

/** Numbers that have a name. */
const CURVES: Record<string, [number, number][]> = {
  "S curve": [[0, 0], [0.25, 0.15], [0.75, 0.85], [1, 1]], // prettier-ignore
  "lift shadows": [[0, 0.15], [0.4, 0.55], [1, 1]], // prettier-ignore
  solarize: [[0, 0], [0.5, 1], [1, 0]], // prettier-ignore
};
const MATRICES: Record<string, number[][]> = {
  warmer: [[1.1, 0, 0, 0, 0.03], [0, 1, 0, 0, 0], [0, 0, 0.85, 0, 0], [0, 0, 0, 1, 0]], // prettier-ignore
  cooler: [[0.85, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1.1, 0, 0.03], [0, 0, 0, 1, 0]], // prettier-ignore
  "red and cyan": [[1, 0, 0, 0, 0], [0, 0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0, 0], [0, 0, 0, 1, 0]], // prettier-ignore
};
const KERNELS: Record<string, number[][]> = {
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], // prettier-ignore
  outline: [[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]], // prettier-ignore
  "motion blur": Array.from({ length: 9 }, (_, y) => Array.from({ length: 9 }, (_, x) => (x === y ? 1 / 9 : 0))),
};
const COLORS: Record<string, number[]> = { teal: [31, 111, 120, 255], white: [255, 255, 255, 255], black: [0, 0, 0, 255] }; // prettier-ignore
const CHANNELS = ["red", "green", "blue"];
const BLENDS = ["multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn", "hard-light", "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity", "normal"]; // prettier-ignore

// ---- ways ----------------------------------------------------------------------------------------------------------

const IN_PLACE: Way = {
  run: ({ region }, call, options) => void call(region, region, ...options),
  code: (name, options) => `image.${name}(region, region${options});`,
};

/** Operations that would change alpha too: red, green and blue are a picture of their own, whose pixels lie 4 bytes apart. */
const ON_COLORS: Way = {
  run({ region }, call, options) {
    const colors = region.slice("..., :3");
    call(colors, colors, ...options);
  },
  code: (name, options) =>
    `const colors = region.slice("..., :3"); // without alpha\nimage.${name}(colors, colors${options});`,
};

/** Operations on gray pictures: each colour is one, a view of every fourth byte. */
const ON_EACH_COLOR: Way = {
  run({ region }, call, options) {
    for (let i = 0; i < 3; i++) {
      const color = region.slice(`..., ${i}`);
      call(color, color, ...options);
    }
  },
  code: (name, options) =>
    `for (const i of [0, 1, 2]) {\n  const color = region.slice(\`..., \${i}\`); // every fourth byte\n  image.${name}(color, color${options});\n}`,
};

const ON_ONE_COLOR: Way = {
  run({ region }, call, [options]) {
    const color = region.slice(`..., ${(options as { channel: number }).channel}`);
    call(color, color);
  },
  code: (name, options) =>
    `const color = region.slice("..., ${[...options].find((letter) => "012".includes(letter))}"); // every fourth byte\nimage.${name}(color, color);`,
};

const WITH_ORIGINAL: Way = {
  run: ({ region, original }, call, options) => void call(original, region, region, ...options),
  code: (name, options) => `image.${name}(original, region, region${options});`,
};

/** No kernel at all: a method of the view. */
const ASSIGN: Way = {
  run: ({ region }, _, [options]) => void region.assign((options as { color: number[] }).color),
  code: (_, options) => `region.assign(${options.slice(options.indexOf("["), options.indexOf("]") + 1)}); // one pixel, broadcast`,
}; // prettier-ignore

// ---- the table -----------------------------------------------------------------------------------------------------

/** Everything that makes sense on a region in place. What the loaded kernels do not have is not shown. */
export const OPERATIONS: Readonly<Record<string, readonly Operation[]>> = {
  Tone: [
    { id: "invert", label: "Invert", loop: loops.invert },
    {
      id: "brightnessContrast",
      label: "Brightness and contrast",
      options: { brightness: range("Brightness", -1, 1, 0.05, 0.1), contrast: range("Contrast", 0, 3, 0.1, 1.3) },
      loop: ({ brightness, contrast }) => loops.table((v) => (v - 127.5) * +contrast! + 127.5 + 255 * +brightness!),
    },
    {
      id: "gamma",
      label: "Gamma",
      options: { gamma: range("Gamma", 0.1, 5, 0.05, 0.6) },
      loop: ({ gamma }) => loops.table((v) => 255 * (v / 255) ** +gamma!),
    },
    {
      id: "levels",
      label: "Levels",
      options: {
        black: range("Black", 0, 1, 0.01, 0.1),
        white: range("White", 0, 1, 0.01, 0.9),
        gamma: range("Gamma", 0.1, 5, 0.05, 1),
      },
      loop: ({ black, white, gamma }) =>
        loops.table((v) => {
          const share = (v / 255 - +black!) / (+white! - +black!);
          return 255 * Math.min(Math.max(share, 0), 1) ** +gamma!;
        }),
    },
    {
      id: "curves",
      label: "Curve",
      options: { all: choice("Shape", Object.keys(CURVES)) },
      prepare: ({ all }) => ({ all: CURVES[all!] }),
    },
    {
      id: "posterize",
      label: "Posterize",
      options: { levels: range("Levels", 2, 16, 1, 4) },
      loop: ({ levels }) => loops.table((v) => (Math.floor((v / 255) * (+levels! - 1) + 0.5) * 255) / (+levels! - 1)),
    },
    {
      id: "threshold",
      label: "Threshold",
      options: { threshold: range("Threshold", 0, 255, 1, 128) },
      loop: ({ threshold }) => loops.table((v) => (v > +threshold! ? 255 : 0)),
    },
    { id: "otsu", label: "Threshold by Otsu", way: ON_EACH_COLOR },
    { id: "autoLevels", label: "Auto levels", options: { clip: range("Clip", 0, 0.1, 0.005, 0.005) } },
    { id: "equalize", label: "Equalize" },
    {
      id: "clahe",
      label: "Local contrast (CLAHE)",
      options: { tiles: range("Tiles", 1, 16, 1, 8), clipLimit: range("Clip limit", 1, 10, 0.5, 2) },
      prepare: ({ tiles, clipLimit }) => ({ tiles: [tiles, tiles], clipLimit }),
    },
    { id: "srgbToLinear", label: "sRGB to linear light" },
    { id: "linearToSrgb", label: "Linear light to sRGB" },
  ],
  Color: [
    { id: "grayscale", label: "Grayscale", options: { weights: standard }, loop: loops.grayscale },
    {
      id: "saturation",
      label: "Saturation",
      options: { amount: range("Amount", 0, 3, 0.1, 1.8) },
      loop: ({ amount }) => loops.matrix(loops.saturationRows(+amount!)),
    },
    {
      id: "hueRotate",
      label: "Hue",
      options: { degrees: range("Degrees", -180, 180, 1, 120) },
      loop: ({ degrees }) => loops.matrix(loops.hueRows(+degrees!)),
    },
    {
      id: "sepia",
      label: "Sepia",
      options: { amount: range("Amount", 0, 1, 0.05, 1) },
      loop: ({ amount }) => loops.matrix(loops.sepiaRows(+amount!)),
    },
    {
      id: "colorMatrix",
      label: "Color matrix",
      options: { matrix: choice("Matrix", Object.keys(MATRICES)) },
      prepare: ({ matrix }) => ({ matrix: MATRICES[matrix!] }),
    },
    { id: "swizzle", label: "Swap channels", options: { order: { label: "Order, of rgba01", value: "bgra" } } },
    {
      id: "channel",
      label: "Invert one channel",
      call: "invert",
      way: ON_ONE_COLOR,
      options: { channel: choice("Channel", CHANNELS) },
      prepare: ({ channel }) => ({ channel: CHANNELS.indexOf(channel as string) }),
    },
    {
      id: "rgbToYCbCr",
      label: "RGB to YCbCr",
      options: { matrix: standard, range: choice("Range", ["full", "limited"]) },
    },
    {
      id: "yCbCrToRgb",
      label: "YCbCr to RGB",
      options: { matrix: standard, range: choice("Range", ["full", "limited"]) },
    },
    { id: "premultiply", label: "Premultiply alpha" },
    { id: "unpremultiply", label: "Unpremultiply alpha" },
    {
      id: "fill",
      label: "Fill",
      way: ASSIGN,
      options: { color: choice("Color", Object.keys(COLORS)) },
      prepare: ({ color }) => ({ color: COLORS[color!] }),
      loop: ({ color }) => loops.fill(COLORS[color!]!),
    },
  ],
  "Blur and sharpen": [
    {
      id: "gaussianBlur",
      label: "Gaussian blur",
      options: { sigma: range("Sigma", 0.3, 60, 0.1, 4), border },
      loop: ({ sigma, border }) => loops.gaussianBlur(+sigma!, border as string),
    },
    {
      id: "boxBlur",
      label: "Box blur",
      options: { size: range("Size", 1, 63, 2, 15), border },
      loop: ({ size, border }) => loops.boxBlur(+size!, border as string),
    },
    { id: "median", label: "Median", options: { size: range("Size", 1, 15, 2, 5), border } },
    {
      id: "bilateral",
      label: "Bilateral",
      options: { sigmaSpace: range("Distance", 0.5, 6, 0.5, 2), sigmaColor: range("Color", 1, 100, 1, 30), border },
    },
    {
      id: "unsharp",
      label: "Unsharp mask",
      options: {
        sigma: range("Sigma", 0.3, 20, 0.1, 2),
        amount: range("Amount", 0, 5, 0.1, 1),
        threshold: range("Threshold", 0, 50, 1, 0),
        border,
      },
    },
    {
      id: "correlate",
      label: "Kernel",
      way: ON_COLORS,
      options: { kernel: choice("Kernel", Object.keys(KERNELS)), border },
      prepare: ({ kernel, border }) => ({ kernel: KERNELS[kernel!], border }),
    },
  ],
  "Edges and shapes": [
    {
      id: "sobelMagnitude",
      label: "Sobel edges",
      way: ON_COLORS,
      options: { norm: choice("Norm", ["L2", "L1"]), border },
    },
    {
      id: "scharrMagnitude",
      label: "Scharr edges",
      way: ON_COLORS,
      options: { norm: choice("Norm", ["L2", "L1"]), border },
    },
    {
      id: "canny",
      label: "Canny edges",
      way: ON_EACH_COLOR,
      options: {
        low: range("Low", 0, 500, 5, 50),
        high: range("High", 0, 1000, 5, 150),
        sigma: range("Sigma", 0, 5, 0.1, 1),
      },
    },
    {
      id: "emboss",
      label: "Emboss",
      way: ON_COLORS,
      options: { angle: range("Angle", -180, 180, 1, 135), depth: range("Depth", 0.1, 5, 0.1, 1), border },
    },
    {
      id: "morphology",
      label: "Morphology",
      way: ON_COLORS,
      options: {
        kind: choice("Kind", ["erode", "dilate", "open", "close", "gradient", "tophat", "blackhat"]),
        size: range("Size", 1, 15, 2, 5),
      },
      prepare: ({ kind, size }) => ({
        kind,
        element: Array.from({ length: +size! }, () => Array.from({ length: +size! }, () => 1)),
      }),
    },
  ],
  Geometry: [
    { id: "flipX", label: "Flip left and right", loop: loops.flipX },
    { id: "flipY", label: "Flip top and bottom", loop: loops.flipY },
    { id: "rotate", label: "Rotate", options: { degrees: choice("Degrees", [180, 90, 270]) } },
    { id: "transpose", label: "Transpose" },
  ],
  "Blend and dither": [
    {
      id: "blend",
      label: "Blend with the original",
      way: WITH_ORIGINAL,
      options: { mode: choice("Mode", BLENDS), opacity: range("Opacity", 0, 1, 0.05, 1) },
    },
    {
      id: "dither",
      label: "Dither",
      way: ON_COLORS,
      options: { levels: range("Levels", 2, 16, 1, 2), method: choice("Method", ["floyd-steinberg", "ordered"]) },
    },
  ],
};

const callsOf = (image: ImageOperations): Record<string, Call | undefined> =>
  image as unknown as Record<string, Call | undefined>;

/** The rows of the table that kernels have: each group with its operations. */
export const offered = (image: ImageOperations): [group: string, rows: readonly Operation[]][] =>
  Object.entries(OPERATIONS)
    .map(([group, rows]): [string, Operation[]] => [group, rows.filter((row) => row.way === ASSIGN || callsOf(image)[row.call ?? row.id])])
    .filter(([, rows]) => rows.length > 0); // prettier-ignore

/** Of one name. */
export const operationOf = (id: string): Operation =>
  Object.values(OPERATIONS)
    .flat()
    .find((row) => row.id === id)!;

/** The values that a new step has. */
export const defaultsOf = ({ options = {} }: Operation): Values =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));

/** Runs an operation in place. */
export function run(
  { id, call = id, options, prepare, way = IN_PLACE }: Operation,
  bench: Bench,
  values: Values,
): void {
  const calls = callsOf(bench.image);
  const passed = prepare ? prepare(values) : options && values;
  way.run(bench, (...operands) => calls[call]!(...operands), passed ? [passed] : []);
}

/** The lines that a program would write. */
export function codeOf({ id, call = id, options, prepare, way = IN_PLACE }: Operation, values: Values): string {
  const passed = prepare ? prepare(values) : options && values;
  const text = (value: unknown): string =>
    Array.isArray(value) ? `[${value.map(text).join(", ")}]` : typeof value === "number" ? String(Number(value.toFixed(4))) : JSON.stringify(value); // prettier-ignore
  const pairs = Object.entries(passed ?? {}).map(([name, value]) => `${name}: ${text(value)}`);
  return way.code(call, pairs.length > 0 ? `, { ${pairs.join(", ")} }` : "");
}
