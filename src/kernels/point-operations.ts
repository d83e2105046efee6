import type { MemoryView } from "../view/memory-view.ts";
import type { Rows } from "./colors.ts";
import type { Curve } from "./curves.ts";
import type { BorderOptions, ChannelOptions } from "./picture-options.ts";

export interface BrightnessContrastOptions extends ChannelOptions {
  /** Added, as a share of the full range; 0 changes nothing. */
  brightness?: number;
  /** Factor around the middle of the range; 1 changes nothing. */
  contrast?: number;
}

export interface GammaOptions extends ChannelOptions {
  /** The exponent, above 0; 1 changes nothing. */
  gamma: number;
}

/** Shares of the range. */
export interface LevelsOptions extends ChannelOptions {
  /** What becomes `outBlack` and `outWhite`; all beyond is clamped. */
  black?: number;
  white?: number;
  gamma?: number;
  outBlack?: number;
  outWhite?: number;
}

export interface LutOptions extends ChannelOptions {
  /** A typed array or a view, anywhere, of 256 items for `B` or 65,536 for `H`. */
  table: ArrayBufferView | MemoryView;
}

/** `all` holds for each colour that has no curve of its own. */
export interface CurvesOptions {
  all?: Curve;
  r?: Curve;
  g?: Curve;
  b?: Curve;
  a?: Curve;
}

export interface GrayscaleOptions {
  /** The weights of ITU-R BT.601 or BT.709, on the encoded values. */
  weights?: "bt601" | "bt709";
}

export interface ThresholdOptions {
  threshold: number;
  /** The end of the full range unless said. */
  above?: number;
  below?: number;
}

export interface AdaptiveMeanOptions extends BorderOptions {
  /** Odd, in pixels; one number for both directions or `{ x, y }`. */
  size: number | { x: number; y: number };
  /** In the units of the items; 0 unless said. */
  offset?: number;
}

export interface PosterizeOptions extends ChannelOptions {
  /** From 2 to 65,536. */
  levels: number;
}

export interface SwizzleOptions {
  /** Letters of "rgba01", or the same as a list of indices and of "0" and "1". */
  order: string | readonly (number | string)[];
}

export interface YCbCrOptions {
  matrix?: "bt601" | "bt709";
  /** `"limited"`: 16 to 235 and 16 to 240 of 255. */
  range?: "full" | "limited";
}

/** Gray views; chroma of full or half the width and height, rounded up. `cbcr` is [height, width, 2]. */
export type YCbCrPlanes = { y: MemoryView; cb: MemoryView; cr: MemoryView } | { y: MemoryView; cbcr: MemoryView };

type Operation<Options> = <T extends MemoryView>(source: MemoryView, target: T, options: Options) => T;
type OptionalOperation<Options> = <T extends MemoryView>(source: MemoryView, target: T, options?: Options) => T;
type PlainOperation = <T extends MemoryView>(source: MemoryView, target: T) => T;

/**
 * Point operations on pictures, `[height, width]` or `[height, width, channels]`, any strides. Alpha is copied unless
 * `channels: "all"` is said. Results are computed for the full range, and rounded and clamped once where items are integers.
 *
 * | formats        | operations                                                                                      |
 * | -------------- | ----------------------------------------------------------------------------------------------- |
 * | B H f, one for both | all but the following                                                                      |
 * | B H, one for both   | lut, otsu                                                                                  |
 * | B H f, any pair     | srgbToLinear, linearToSrgb; convert, in either byte order                                  |
 * | f              | rgbToHsv hsvToRgb rgbToHsl hslToRgb rgbToLab labToRgb rgbToOklab oklabToRgb                      |
 *
 * In place: all but adaptiveMean, split, merge, planes of YCbCr, and where the target has another format or shape.
 * Scratch, a few kB, comes from the memory's allocator for all but invert, and brightnessContrast and grayscale of `B`.
 *
 * Exactness: `B` is off by 1 at most in brightnessContrast, grayscale and where a matrix is applied, and otherwise the
 * definition in float64, rounded. `H` and `f` are computed in f32; powers, and what is made of them, are off by 2e-6 of
 * the full range at most, Lab by 3e-4.
 *
 * All throw LayoutError, FormatError, UnsupportedError, ReadonlyError or ValueError before the first store.
 */
export interface PointOperations {
  /** The end of the full range − v. */
  invert: OptionalOperation<ChannelOptions>;
  /** (v − max / 2) × contrast + max / 2 + brightness × max. */
  brightnessContrast: OptionalOperation<BrightnessContrastOptions>;
  /** max × (v / max)^gamma; of negative numbers as of positive ones. */
  gamma: Operation<GammaOptions>;
  /** ((v − black) / (white − black))^gamma, clamped, spread over outBlack to outWhite. */
  levels: OptionalOperation<LevelsOptions>;
  /** table[v]. */
  lut: Operation<LutOptions>;
  /** Monotone cubics through the points, level beyond them. Source: Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980). */
  curves: Operation<CurvesOptions>;
  /** Luma of an RGB or RGBA picture, into a gray target or one like the source (r = g = b, alpha copied). */
  grayscale: OptionalOperation<GrayscaleOptions>;
  /** As CSS `saturate()`: 0 is gray, 1 changes nothing. */
  saturation: Operation<{ amount: number }>;
  /** As CSS `hue-rotate()`. */
  hueRotate: Operation<{ degrees: number }>;
  /** As CSS `sepia()`: 1, the most, unless said. */
  sepia: OptionalOperation<{ amount?: number }>;
  /** Four rows of five, as SVG's feColorMatrix on straight alpha; the fifth column in shares of the range. */
  colorMatrix: Operation<{ matrix: Rows }>;
  /** v > threshold ? above : below. */
  threshold: Operation<ThresholdOptions>;
  /**
   * The smallest threshold of a gray picture that separates the two classes best; a target gets max above it, else 0.
   * Source: Otsu, IEEE Trans. Systems, Man, and Cybernetics 9 (1979).
   */
  otsu(source: MemoryView, target?: MemoryView): number;
  /** max where v > mean of size × size − offset, else 0; the mean is rounded but for `f`. */
  adaptiveMean: Operation<AdaptiveMeanOptions>;
  /** The nearest of `levels` equal steps, both ends included. */
  posterize: Operation<PosterizeOptions>;
  /** Channels in another order; the target has as many as the order. */
  swizzle: Operation<SwizzleOptions>;
  /** Each channel into a gray view of its own. */
  split<T extends readonly MemoryView[]>(source: MemoryView, targets: T): T;
  /** Gray views as the channels of one. */
  merge<T extends MemoryView>(sources: readonly MemoryView[], target: T): T;
  /** Colours × alpha. */
  premultiply: PlainOperation;
  /** Colours / alpha, 0 where alpha is 0. */
  unpremultiply: PlainOperation;
  /** The same pictures in another format or byte order. */
  convert: PlainOperation;
  /** Light of the sRGB encoding, and back; alpha is converted as it is. Source: IEC 61966-2-1. */
  srgbToLinear: PlainOperation;
  linearToSrgb: PlainOperation;
  /** Hue in degrees, below 360; the rest 0 to 1. */
  rgbToHsv: PlainOperation;
  hsvToRgb: PlainOperation;
  rgbToHsl: PlainOperation;
  hslToRgb: PlainOperation;
  /** CIE L*a*b* of sRGB, D65; L from 0 to 100. RGB of other colours is beyond 0 to 1. */
  rgbToLab: PlainOperation;
  labToRgb: PlainOperation;
  /** Oklab of sRGB; L from 0 to 1. */
  rgbToOklab: PlainOperation;
  oklabToRgb: PlainOperation;
  /** Into a picture like the source, or into planes, whose chroma is the mean of the pixels it stands for. */
  rgbToYCbCr<T extends MemoryView | YCbCrPlanes>(source: MemoryView, target: T, options?: YCbCrOptions): T;
  /** From a picture, or from planes, each chroma for all of its pixels; alpha is then the end of the range. */
  yCbCrToRgb<T extends MemoryView>(source: MemoryView | YCbCrPlanes, target: T, options?: YCbCrOptions): T;
  /** Gives tables and scratch back. */
  release(): void;
}
