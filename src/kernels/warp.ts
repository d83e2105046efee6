import { list, show, ValueError } from "../errors.ts";
import type { Loaded } from "./loaded.ts";
import { operands, type Picture } from "./picture.ts";
import { BORDERS, type BorderOptions, valuesOf } from "./picture-options.ts";

/*
 * How the host describes a picture that is looked at through a matrix to the kernel of assembly/image/geometry/warp.ts.
 */

export type Interpolation = "nearest" | "bilinear" | "bicubic";

export interface WarpOptions extends BorderOptions {
  /** Rows of numbers: from (x, y, 1) in the target, in pixels whose centres are at whole numbers, to the source. */
  matrix: readonly (readonly number[])[];
  /** `"bilinear"` unless said. */
  interpolation?: Interpolation;
}

export interface WarpExports {
  warp(job: number): void;
}

/**
 * Pixels in each direction, and their weights as cubics of the fraction between two of them: constants, slopes, …
 * Bicubic: R. Keys, "Cubic Convolution Interpolation for Digital Image Processing" (1981), equation 15 with a = −½.
 */
const WEIGHTS: Record<Interpolation, readonly [taps: number, ...coefficients: number[]]> = {
  nearest: [1, 1, 0, 0, 0],
  bilinear: [2, 1, 0, 0, 0, -1, 1, 0, 0],
  bicubic: [4, 0, 1, 0, 0, -0.5, 0, 0.5, 0, 1, -2.5, 2, -0.5, -0.5, 1.5, -1.5, 0.5],
};
export const INTERPOLATIONS = Object.keys(WEIGHTS);

const FORMATS = "BHf";
/** Bytes of a job, and where its parts are. */
const [PAIRS, VALUE, CUBICS, PLACES, ROOM, BYTES] = [80, 192, 208, 272, 288, 304] as const;

/** The numbers of a matrix of some rows of three. @throws ValueError */
export function matrixOf(matrix: unknown, rows: number, operation: string): number[] {
  const fits = Array.isArray(matrix) && matrix.length === rows && matrix.every((row) => Array.isArray(row) && row.length === 3); // prettier-ignore
  const numbers = fits ? (matrix as number[][]).flat() : [];
  if (fits && numbers.every(Number.isFinite)) return numbers;
  const problem = `the matrix is ${fits ? list(numbers) : show(matrix)}`;
  throw new ValueError(operation, problem, `pass ${rows} rows of 3 finite numbers`);
}

/**
 * Of bytes up to which column the first pixel of a window may be, so that what a vector of it reads is inside the row;
 * −1 where pixels do not fit a vector.
 */
function lastColumn({ width, channels, pixel, item }: Picture, taps: number): number {
  const read = taps === 1 ? 1 : 4 * taps;
  const reach = (channels - 1) * item;
  if (pixel < 1 || item < 0 || (taps - 1) * pixel + reach >= read) return taps === 1 ? width - 1 : -1;
  return Math.min(width - taps, Math.floor(((width - 1) * pixel + reach + 1 - read) / pixel));
}

/** Writes what a matrix of nine numbers makes of one picture into another, which may be of f32. */
export function warp(
  kernels: WarpExports,
  to: Picture,
  from: Picture,
  matrix: readonly number[],
  { interpolation = "bilinear", border = "constant", value }: Partial<WarpOptions>,
  loaded: Loaded,
  operation: string,
): void {
  const values = valuesOf(value, from, "the border value", operation);
  const [taps, ...coefficients] = WEIGHTS[interpolation];
  const { channels, pixel, item } = from;
  const bytes = from.format === "B" && to.format === "B";
  const job = loaded.scratch(BYTES, operation);
  const { source } = loaded;
  const formats = [from, to].map(({ format }) => FORMATS.indexOf(format));
  source.array(Int32Array).set([
    ...operands(to, from), to.height, to.width, from.height, from.width, channels,
    ...formats, BORDERS.indexOf(border), taps, job + ROOM,
  ], job / 4); // prettier-ignore
  // From where on a window is inside, and from where on no longer: its first pixel, but of 4 × 4 the second is rounded to.
  const before = taps === 4 ? 1 : 0;
  const high = bytes ? [lastColumn(from, taps) + 1 + before, from.height - taps + 1 + before] : [0, 0];
  const [a, b, c, d, e, f, ...divisor] = matrix;
  source.array(Float64Array).set([a!, d!, b!, e!, c!, f!, before, before, ...high, ...divisor], (job + PAIRS) / 8);
  const floats = source.array(Float32Array);
  floats.fill(0, (job + VALUE) / 4, (job + PLACES) / 4);
  floats.set(values, (job + VALUE) / 4);
  floats.set(coefficients, (job + CUBICS) / 4);
  // Channel by channel a pixel and the next, then the same of the two after them; 255 is no byte of the vector.
  const places = Array.from({ length: 16 }, (_, i) => {
    const channel = (i >> 1) & 3;
    return channel < channels ? (i & 1) * pixel + (i >> 3) * 2 * pixel + channel * item : 255;
  });
  source.array(Uint8Array).set(places, job + PLACES);
  kernels.warp(job);
}
