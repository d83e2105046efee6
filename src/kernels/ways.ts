import { product } from "../layout/shape.ts";
import { MemoryView } from "../view/memory-view.ts";
import { EXACT } from "./blur.ts";

/*
 * How an operation goes about a picture: what a plan may record, and how several threads share the work.
 */

/** `rows`: each alone. `window`: each from those around it. `whole`: all at once. `stepwise`: as numbers found say. */
type Kind = "rows" | "window" | "whole" | "stepwise";

export interface Way {
  readonly kind: Kind;
  /** Of a window, rows above and below. */
  readonly margin: number;
  /** Which argument is the target. */
  readonly target: number;
  /** A guess at the milliseconds that one thread takes. */
  readonly cost: number;
}

/** Nanoseconds per byte of the larger picture, on a common desktop; of a window, for one row and for each. */
const COSTS: Record<Kind, readonly (readonly [cost: number, names: string])[]> = {
  rows: [
    [0.03, "invert split merge swizzle flipX"],
    [0.15, "brightnessContrast grayscale lut composite"],
    [0.3, "gamma levels curves threshold posterize premultiply unpremultiply convert"],
    [0.4, "saturation hueRotate sepia colorMatrix rgbToYCbCr yCbCrToRgb blend"],
    [1, "srgbToLinear linearToSrgb rgbToHsv hsvToRgb rgbToHsl hslToRgb rgbToLab labToRgb rgbToOklab oklabToRgb"],
  ],
  window: [
    [0.1, "boxBlur morphology erode dilate"],
    [0.3, "gaussianBlur unsharp correlate sobel scharr sobelMagnitude scharrMagnitude laplacian emboss"],
    [1, "median adaptiveMean"],
    [8, "bilateral"],
  ],
  whole: [
    [0.2, "flipY transpose rotate"],
    [1, "resize affine perspective pyramid canny integral histogram dither"],
  ],
  stepwise: [],
};

const KINDS = /* @__PURE__ */ new Map<string, readonly [Kind, number]>(
  (Object.keys(COSTS) as Kind[]).flatMap((kind) =>
    COSTS[kind].flatMap(([cost, names]) => names.split(" ").map((name) => [name, [kind, cost]] as const)),
  ),
);

/** Whether the calls of kernels do not depend on what is in the pictures. */
export const isRecorded = (name: string): boolean => KINDS.has(name);

type Options = Readonly<Record<string, any>>;
/** Of what is a number, or one for each direction. */
const downwards = (size: unknown): number => (typeof size === "object" && size !== null ? (size as { y: number }).y : (size as number)); // prettier-ignore
const reach = (sigma: unknown, truncate = 4): number => Math.floor(truncate * downwards(sigma) + 0.5);
const around = ({ size = 3 }: Options): number => downwards(size) >> 1;
const rowsOf = (rows: readonly unknown[], times = 1): number => (rows.length >> 1) * times;

/** Rows above and below that a row depends on, by the options; one unless said. */
const MARGINS: Record<string, (options: Options) => number> = {
  // Waves run from end to end.
  gaussianBlur: ({ sigma, truncate, method = "auto" }) =>
    method === "exact" || (method === "auto" && Math.max(sigma.x ?? sigma, downwards(sigma)) <= EXACT)
      ? reach(sigma, truncate)
      : Infinity,
  unsharp: ({ sigma }) => reach(sigma),
  bilateral: ({ sigmaSpace, size = 2 * Math.round(2 * sigmaSpace) + 1 }) => downwards(size) >> 1,
  boxBlur: around,
  adaptiveMean: around,
  median: around,
  correlate: ({ kernel }) => rowsOf(kernel),
  erode: ({ element }) => rowsOf(element),
  dilate: ({ element }) => rowsOf(element),
  morphology: ({ element }) => rowsOf(element, 2),
};

/** How the operation of a name goes about these arguments, which have been checked. */
export function wayOf(name: string, args: readonly unknown[]): Way {
  const [kind, perByte] = KINDS.get(name) ?? (["stepwise", 1] as const);
  const target = name === "composite" || name === "blend" ? 2 : 1;
  const options = (args[target + 1] ?? {}) as Options;
  const margin = kind === "window" ? (MARGINS[name]?.(options) ?? 1) : 0;
  const bytes = Math.max(0, ...viewsIn(args).map((view) => product(view._layout.shape) * view._format.itemsize));
  const rows = Number.isFinite(margin) ? 1 + margin : 20;
  return {
    kind: Number.isFinite(margin) ? kind : "whole",
    margin,
    target,
    cost: (bytes * perByte * (kind === "window" ? rows : 1)) / 1e6,
  };
}

/** The views in arguments, in lists and options too. */
export function viewsIn(value: unknown): MemoryView[] {
  if (value instanceof MemoryView) return [value];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(viewsIn);
}
