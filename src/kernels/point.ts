import { hex } from "virtual:wasm/image/point";
import { LayoutError, list, show, ValueError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, type Check, checkOption, finite, object, oneOf, readOptions } from "../options.ts";
import { MemoryView } from "../view/memory-view.ts";
import {
  grayMatrix,
  hueMatrix,
  inverse,
  LAB,
  OKLAB,
  type Opponents,
  type Rows,
  saturationMatrix,
  sepiaMatrix,
  withAlpha,
  yCbCrMatrix,
} from "./colors.ts";
import { cubicPieces, otsuThreshold } from "./curves.ts";
import { brightnessFixed, GRAY_WEIGHTS, matrixFixed } from "./fixed-point.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap, checkTarget, checkView } from "./operands.ts";
import {
  checkSameSize,
  ITEMS,
  onPictures,
  type Operands,
  operands,
  type Picture,
  pictureOf,
  type PictureRules,
} from "./picture.ts";
import {
  BORDER_CHECKS,
  type BorderOptions,
  BORDERS,
  CHANNEL_CHECKS,
  type ChannelOptions,
  colorsOf,
  sizesOf,
  valuesOf,
} from "./picture-options.ts";
import {
  affine,
  ALPHA,
  constant,
  CURVE,
  decoding,
  encoding,
  fillTables,
  FROM_HUE,
  inTables,
  type Job,
  jobWords,
  MATRIX,
  type Plane,
  planesOf,
  POWER,
  power,
  ROUND,
  type Step,
  step,
  THRESHOLD,
  TO_HUE,
  writeJob,
} from "./point-steps.ts";
import { Embedded } from "./wasm/instantiate.ts";

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

/** Points [x, y] of a curve in shares of the range, x ascending. */
export type Curve = readonly (readonly [x: number, y: number])[];

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

type Size = [height: number, width: number];

interface Exports {
  invert_u8(...args: [...Operands, ...Size, channels: number, colors: number]): void;
  brightness_u8(...args: [...Operands, ...Size, channels: number, colors: number, factor: number, offset: number, shift: number]): void;
  grayscale_u8(...args: [...Operands, ...Size, sourceChannels: number, targetChannels: number, ...weights: readonly [number, number, number]]): void;
  pixels_u8(...args: [...Operands, ...Size, sourceChannels: number, targetChannels: number, operation: number, parameters: number, scratch: number]): void;
  lookup_items(...args: [...Operands, ...Size, channels: number, size: number, sourceSize: number, table: number, next: number]): void;
  copy_channel(...args: [target: number, row: number, pixel: number, source: number, row: number, pixel: number, ...Size, size: number]): void;
  planes_items(job: number): void;
  count_items(...args: [counts: number, source: number, row: number, pixel: number, ...Size, size: number]): void;
  adaptive_items(
    ...args: [
      target: number, row: number, pixel: number, source: number, row: number, pixel: number, ...Size, format: number,
      sizeX: number, sizeY: number, border: number, value: number, offset: number, columns: number,
    ]
  ): void;
} // prettier-ignore

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["invert_u8", "brightness_u8", "grayscale_u8", "pixels_u8", "lookup_items", "copy_channel", "planes_items", "count_items", "adaptive_items"]; // prettier-ignore

const ANY = "BHf";
const [MATRIX_U8, SHUFFLE_U8, PREMULTIPLY_U8] = [0, 1, 2];
/** Scratch of `pixels_u8`, and what its parameters take. */
const [STRIP, PARAMETERS] = [1024, 64];

const within =
  (low: number, high: number, what = `a number from ${low} to ${high}`): Check =>
  (value) =>
    !(typeof value === "number" && value >= low && value <= high) && what;
const positive = /* @__PURE__ */ within(Number.MIN_VALUE, Number.MAX_VALUE, "a number above 0");
const amount = /* @__PURE__ */ within(0, Number.MAX_VALUE, "a number from 0");
const standards = /* @__PURE__ */ oneOf(["bt601", "bt709"]);

/** Options, of which some must be there. */
function readAll<T extends object>(
  options: T | undefined,
  checks: { readonly [K in keyof T & string]-?: Check },
  needed: readonly (keyof T & string)[],
  operation: string,
): Partial<T> {
  const read = readOptions(options, checks, operation);
  for (const name of needed) checkOption(read[name], name, (value) => checks[name](value) || (value === undefined && "a value"), operation); // prettier-ignore
  return read;
}

/** @throws LayoutError unless a picture has one of so many channels. */
function needChannels({ channels }: Picture, counts: readonly number[], what: string, operation: string): void {
  if (counts.includes(channels)) return;
  throw new LayoutError(operation, `the ${what} has ${channels} channels`, `it needs ${counts.join(" or ")}`);
}

/** @internal The point operations of a memory that is loaded. */
export function pointOn(loaded: Loaded, operation: string): PointOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);

  const runJob = (job: Job, name: string): void => {
    const address = loaded.scratch(4 * jobWords(job.steps), name);
    writeJob(loaded.source.array(Int32Array), loaded.source.array(Float32Array), address / 4, job);
    kernels.planes_items(address);
  };

  /** Applies steps, by tables for bytes where they allow it. Channels that are missing count as the end of the range. */
  const runSteps = (from: Picture, to: Picture, steps: readonly Step[], name: string): void => {
    const { height, width, channels } = from;
    if (from.format === "B" && inTables(steps)) {
      const { size } = ITEMS[to.format];
      const address = loaded.scratch(channels * 256 * size, name);
      const bytes = loaded.source.array(Uint8Array);
      fillTables(bytes, loaded.source.data, address, steps, channels, to);
      kernels.lookup_items(...operands(to, from), height, width, channels, size, 1, address, 256 * size);
    } else {
      const full = constant(ITEMS[from.format].max);
      const planes = channels === 3 ? [...planesOf(from), full] : planesOf(from);
      runJob({ from: planes, to: planesOf(to), source: from, target: to, steps }, name);
    }
  };

  /** An operation of steps. */
  const withSteps =
    (name: string, stepsOf: (from: Picture, to: Picture) => readonly Step[], rules: PictureRules = { formats: ANY }) =>
    <T extends MemoryView>(source: MemoryView, target: T): T =>
      onPictures(source, target, loaded, name, (from, to) => runSteps(from, to, stepsOf(from, to), name), rules);

  /** Runs a kernel of bytes with up to 64 bytes of parameters. */
  const runPixels = (from: Picture, to: Picture, kernel: number, parameters: readonly number[], name: string): void => {
    const address = loaded.scratch(STRIP + PARAMETERS, name);
    loaded.source.array(Int32Array).set(parameters, address / 4);
    const size = [from.height, from.width, from.channels, to.channels] as const;
    kernels.pixels_u8(...operands(to, from), ...size, kernel, address, address + PARAMETERS);
  };

  /** Four rows of five; what is added is in shares of the range. */
  const runMatrix = (from: Picture, to: Picture, rows: Rows, name: string): void => {
    needChannels(from, [3, 4], "source", name);
    const fixed = from.format === "B" && matrixFixed(rows);
    if (fixed) {
      runPixels(from, to, MATRIX_U8, fixed, name);
      return;
    }
    const { max } = ITEMS[from.format];
    const parameters = rows.flatMap((row) => row.map((x, i) => (i === 4 ? x * max : x)));
    runSteps(from, to, [step(MATRIX, parameters)], name);
  };

  const withMatrix = <T extends MemoryView>(source: MemoryView, target: T, rows: Rows, name: string): T =>
    onPictures(source, target, loaded, name, (from, to) => runMatrix(from, to, rows, name), { formats: ANY });

  /** Between colours of `f`. */
  const withColors = (name: string, steps: readonly Step[]): PlainOperation =>
    withSteps(`image.${name}`, (from) => (needChannels(from, [3, 4], "source", `image.${name}`), steps), {
      formats: "f",
    });

  const withAlphaOf =
    (name: string, divides: number): PlainOperation =>
    (source, target) =>
      onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          needChannels(from, [4], "source", name);
          if (from.format === "B") runPixels(from, to, PREMULTIPLY_U8! + divides, [], name);
          else runSteps(from, to, [step(ALPHA, [ITEMS[from.format].max, divides])], name);
        },
        { formats: ANY },
      );

  /** Gray pictures of one format, each channel of a picture for one. */
  const copyChannels = (
    pairs: readonly (readonly [to: Plane, from: Plane])[],
    { height, width, format }: Picture,
  ): void => {
    for (const [[target, targetRow, targetPixel], [source, row, pixel]] of pairs) {
      kernels.copy_channel(target, targetRow, targetPixel, source, row, pixel, height, width, ITEMS[format].size);
    }
  };

  /** One picture and a gray one for each of its channels. */
  const parts = (whole: MemoryView, views: unknown, isTarget: boolean, name: string): [Picture, Picture[]] => {
    const check = (view: unknown, what: string, written: boolean): MemoryView =>
      written ? checkTarget(view, loaded, name) : checkView(view, what, loaded, name);
    const [one, many] = isTarget ? ["source", "targets"] : ["target", "sources"];
    const picture = pictureOf(check(whole, one, !isTarget), one, name, ANY);
    if (!Array.isArray(views) || views.length !== picture.channels) {
      const problem = `${many} is ${Array.isArray(views) ? `${views.length} views` : show(views)}`;
      throw new LayoutError(
        name,
        `${problem}, the ${one} has ${picture.channels} channels`,
        "pass one gray view for each",
      );
    }
    const checked = views.map((view) => check(view, many, isTarget));
    const pictures = checked.map((view, i) => {
      const part = pictureOf(view, many, name, picture.format);
      needChannels(part, [1], many, name);
      checkSameSize(whole, view, name);
      checkOverlap(whole, view, false, name);
      if (isTarget) for (const other of checked.slice(0, i)) checkOverlap(other, view, false, name);
      return part;
    });
    return [picture, pictures];
  };

  /** The planes of YCbCr beside an RGB picture: of Y, and of both chromas with their own size. */
  const yCbCrPlanes = (
    rgb: MemoryView,
    planes: YCbCrPlanes,
    written: boolean,
    name: string,
  ): [Picture, Picture, [Plane, Plane]] => {
    const { y, cb, cr, cbcr } = { cb: undefined, cr: undefined, cbcr: undefined, ...planes };
    const picture = pictureOf(rgb, "RGB picture", name, ANY);
    needChannels(picture, [3, 4], "RGB picture", name);
    const check = (view: unknown, what: string): MemoryView =>
      written ? checkTarget(view, loaded, name) : checkView(view, what, loaded, name);
    const views = [check(y, "y"), ...(cbcr === undefined ? [check(cb, "cb"), check(cr, "cr")] : [check(cbcr, "cbcr")])];
    views.forEach((view, i) => {
      checkOverlap(rgb, view, false, name);
      if (written) for (const other of views.slice(0, i)) checkOverlap(other, view, false, name);
    });
    const { shape } = views[1]!._layout;
    if (views.length === 2 && (shape.length !== 3 || shape[2] !== 2)) {
      throw new LayoutError(name, `cbcr has shape ${list(shape)}`, "pass [height, width, 2]");
    }
    const channels = views.length === 2 ? [views[0]!, views[1]!.slice("..., 0"), views[1]!.slice("..., 1")] : views;
    const [luma, blue, red] = channels.map((view) => pictureOf(view, "plane", name, picture.format)) as [
      Picture,
      Picture,
      Picture,
    ];
    for (const plane of [luma, blue, red]) needChannels(plane, [1], "plane", name);
    checkSameSize(rgb, channels[0]!, name);
    checkSameSize(channels[1]!, channels[2]!, name);
    const { height, width } = picture;
    const sizes = [height, width].map((length) => [length, Math.ceil(length / 2)]);
    if (!sizes[0]!.includes(blue.height) || !sizes[1]!.includes(blue.width)) {
      const problem = `chroma has ${blue.height} × ${blue.width} pixels for ${height} × ${width}`;
      throw new LayoutError(name, problem, "make height and width equal, or half of it, rounded up");
    }
    const kind = (blue.width < width ? 1 : 0) + (blue.height < height ? 2 : 0);
    const chroma = [blue, red].map(({ address, row, pixel }): Plane => [address, row, pixel, kind]) as [Plane, Plane];
    return [luma, blue, chroma];
  };

  const yCbCrOptions = (options: YCbCrOptions | undefined, format: unknown, name: string): Rows => {
    const checks = { matrix: standards, range: oneOf(["full", "limited"]) };
    const { matrix = "bt601", range } = readOptions(options, checks, name);
    return yCbCrMatrix(matrix, range === "limited", ITEMS[format as "B"]?.max ?? 1);
  };

  const opponents = ({ cones, opponents: rows, line: [limit, slope, start, root] }: Opponents): [Step[], Step[]] => {
    const matrix = (of: Rows): Step => step(MATRIX, withAlpha(of).flat());
    const roots = step(POWER, [limit, 1, 0, 1 / 3, 1, 0, slope, start]);
    const cubes = step(POWER, [root, 1, 0, 3, 1, 0, 1 / slope, -start / slope]);
    return [
      [decoding(1, 1, 3), matrix(cones), roots, matrix(rows)],
      [matrix(inverse(rows)), cubes, matrix(inverse(cones)), encoding(1, 1, 3)],
    ];
  };
  const [toLab, fromLab] = opponents(LAB);
  const [toOklab, fromOklab] = opponents(OKLAB);

  /** From one range to another: the colours by a step of their own, alpha as it is. */
  const between = (name: string, colors: typeof decoding): PlainOperation =>
    withSteps(
      `image.${name}`,
      (from, to) => {
        const [max, toMax] = [ITEMS[from.format].max, ITEMS[to.format].max];
        const count = colorsOf(from);
        return [colors(max, toMax, count), ...(max === toMax ? [] : [{ ...affine(toMax / max, 0, 1), first: count }])];
      },
      { formats: ANY, targets: ANY },
    );

  return {
    invert(source, target, options) {
      const name = "image.invert";
      const { channels } = readOptions(options, CHANNEL_CHECKS, name);
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          const changed = colorsOf(from, channels);
          if (from.format !== "B") runSteps(from, to, [affine(-1, ITEMS[from.format].max, changed)], name);
          else kernels.invert_u8(...operands(to, from), from.height, from.width, from.channels, changed);
        },
        { formats: ANY },
      );
    },
    brightnessContrast(source, target, options) {
      const name = "image.brightnessContrast";
      const checks = { brightness: finite, contrast: finite, ...CHANNEL_CHECKS };
      const { brightness = 0, contrast = 1, channels: chosen } = readOptions(options, checks, name);
      const { factor, offset, shift } = brightnessFixed(brightness, contrast);
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          const { height, width, channels } = from;
          const changed = colorsOf(from, chosen);
          const { max } = ITEMS[from.format];
          if (from.format !== "B") {
            runSteps(from, to, [affine(contrast, (max / 2) * (1 - contrast) + brightness * max, changed)], name);
          } else kernels.brightness_u8(...operands(to, from), height, width, channels, changed, factor, offset, shift);
        },
        { formats: ANY },
      );
    },
    gamma(source, target, options) {
      const name = "image.gamma";
      const read = readAll(options, { gamma: positive, ...CHANNEL_CHECKS }, ["gamma"], name);
      return withSteps(name, (from) => {
        const { max } = ITEMS[from.format];
        return [power(1 / max, read.gamma!, max, 0, colorsOf(from, read.channels))];
      })(source, target);
    },
    levels(source, target, options) {
      const name = "image.levels";
      const checks = { black: finite, white: finite, gamma: positive, outBlack: finite, outWhite: finite };
      const read = readOptions(options, { ...checks, ...CHANNEL_CHECKS }, name);
      const { black = 0, white = 1, gamma = 1, outBlack = 0, outWhite = 1 } = read;
      if (black === white) throw new ValueError(name, `black and white are ${black}`, "they differ");
      return withSteps(name, (from) => {
        const count = colorsOf(from, read.channels);
        const { max } = ITEMS[from.format];
        const scale = 1 / (white - black);
        const start = affine(scale / max, -black * scale, count, 0, 1);
        return [start, power(1, gamma, (outWhite - outBlack) * max, outBlack * max, count)];
      })(source, target);
    },
    lut(source, target, options) {
      const name = "image.lut";
      const { table, channels } = readAll(options, { table: anything, ...CHANNEL_CHECKS }, ["table"], name);
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to, inPlace) => {
          const { size, max } = ITEMS[from.format];
          const items = tableOf(table, max + 1, name);
          const changed = colorsOf(from, channels);
          const address = loaded.scratch((max + 1) * size * (size === 1 ? from.channels : 1), name);
          const args = [...operands(to, from), from.height, from.width] as const;
          const array = loaded.source.array<Uint8Array | Uint16Array>(size === 1 ? Uint8Array : Uint16Array);
          if (size === 1) {
            for (let channel = 0; channel < from.channels; channel++) {
              array.set(channel < changed ? items : items.map((_, value) => value), address + 256 * channel);
            }
            kernels.lookup_items(...args, from.channels, 1, 1, address, 256);
          } else {
            array.set(items, address / 2);
            kernels.lookup_items(...args, changed, 2, 2, address, 0);
            const [targets, sources] = [planesOf(to), planesOf(from)];
            if (!inPlace) copyChannels(targets.map((plane, i) => [plane, sources[i]!] as const).slice(changed), from);
          }
        },
        { formats: "BH" },
      );
    },
    curves(source, target, options) {
      const name = "image.curves";
      const checks = { all: anything, r: anything, g: anything, b: anything, a: anything };
      const read = readOptions(options, checks, name);
      const pieces = new Map(Object.entries(read).map(([key, points]) => [key, cubicPieces(points, key, name)]));
      return withSteps(name, ({ channels, format }) => {
        for (const [letter, channel] of [["r", 0], ["g", 1], ["b", 2], ["a", 3]] as const) {
          if (!pieces.has(letter) || (channels > 1 && channel < channels)) continue;
          throw new LayoutError(name, `a curve for ${letter}, the picture has ${channels} channels`, "leave it out, or use all");
        } // prettier-ignore
        const { max } = ITEMS[format];
        return Array.from({ length: channels }, (_, channel) => {
          const curve = pieces.get("rgba"[channel]!) ?? (channel < 3 ? pieces.get("all") : undefined);
          if (!curve) return [];
          const own = [affine(1 / max, 0, 1, 0, 1), step(CURVE, curve), affine(max, 0, 1)];
          return own.map((one) => ({ ...one, first: channel, count: 1 }));
        }).flat();
      })(source, target);
    },
    grayscale(source, target, options) {
      const name = "image.grayscale";
      const { weights = "bt601" } = readOptions(options, { weights: standards }, name);
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          if (from.channels === 1 || (to.channels !== 1 && to.channels !== from.channels)) {
            const problem = `the source has ${from.channels} channels, the target ${to.channels}`;
            throw new LayoutError(name, problem, "the source has 3 or 4, the target 1 or as many");
          }
          const size = [from.height, from.width, from.channels, to.channels] as const;
          if (from.format === "B") kernels.grayscale_u8(...operands(to, from), ...size, ...GRAY_WEIGHTS[weights]);
          else runMatrix(from, to, withAlpha(grayMatrix(weights)), name);
        },
        { formats: ANY, anyChannels: true },
      );
    },
    saturation(source, target, options) {
      const name = "image.saturation";
      return withMatrix(source, target, withAlpha(saturationMatrix(readAll(options, { amount }, ["amount"], name).amount!)), name); // prettier-ignore
    },
    hueRotate(source, target, options) {
      const name = "image.hueRotate";
      return withMatrix(source, target, withAlpha(hueMatrix(readAll(options, { degrees: finite }, ["degrees"], name).degrees!)), name); // prettier-ignore
    },
    sepia(source, target, options) {
      const name = "image.sepia";
      return withMatrix(source, target, withAlpha(sepiaMatrix(readOptions(options, { amount }, name).amount ?? 1)), name); // prettier-ignore
    },
    colorMatrix(source, target, options) {
      const name = "image.colorMatrix";
      const { matrix } = readAll(options, { matrix: anything }, ["matrix"], name);
      const rows = Array.isArray(matrix) ? matrix.map((row) => (Array.isArray(row) ? [...row] : [])) : [];
      if (rows.length !== 4 || !rows.every((row) => row.length === 5 && row.every(Number.isFinite))) {
        throw new ValueError(name, `matrix is ${show(matrix)} of other rows`, "pass 4 rows of 5 finite numbers");
      }
      return withMatrix(source, target, rows, name);
    },
    threshold(source, target, options) {
      const name = "image.threshold";
      const read = readAll(options, { threshold: finite, above: finite, below: finite }, ["threshold"], name);
      return withSteps(name, (from) => {
        const one = { ...from, channels: 1 };
        const [above] = valuesOf(read.above ?? ITEMS[from.format].max, one, "above", name);
        const [below] = valuesOf(read.below, one, "below", name);
        return [step(THRESHOLD, [read.threshold!, above!, below!], colorsOf(from))];
      })(source, target);
    },
    otsu(source, target) {
      const name = "image.otsu";
      const from = pictureOf(checkView(source, "source", loaded, name), "source", name, "BH");
      needChannels(from, [1], "source", name);
      const { size, max } = ITEMS[from.format];
      let threshold = 0;
      const find = (): void => {
        const address = loaded.scratch(4 * (max + 1), name);
        const counts = loaded.source
          .array(Uint32Array)
          .subarray(address / 4, address / 4 + max + 1)
          .fill(0);
        kernels.count_items(address, from.address, from.row, from.pixel, from.height, from.width, size);
        threshold = otsuThreshold(counts);
      };
      if (target === undefined) find();
      else {
        const run = (_: Picture, to: Picture): void => {
          find();
          runSteps(from, to, [step(THRESHOLD, [threshold, max, 0])], name);
        };
        onPictures(source, target, loaded, name, run, { formats: "BH" });
      }
      return threshold;
    },
    adaptiveMean(source, target, options) {
      const name = "image.adaptiveMean";
      const read = readAll(options, { size: anything, offset: finite, ...BORDER_CHECKS }, ["size"], name);
      const [sizeX, sizeY] = sizesOf(read.size, 2 ** 22, name);
      const border = BORDERS.indexOf(read.border ?? "nearest");
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          const { height, width, format } = from;
          const values = valuesOf(read.value, from, "the border value", name);
          const columns = loaded.scratch(8 * (width + sizeX), name);
          const [targets, changed] = [planesOf(to), colorsOf(from)];
          const pairs = planesOf(from).map((plane, i) => [targets[i]!, plane] as const);
          pairs.slice(0, changed).forEach(([[t, tRow, tPixel], [s, row, pixel]], i) => {
            const window = [ANY.indexOf(format), sizeX, sizeY, border, values[i]!, read.offset ?? 0, columns] as const;
            kernels.adaptive_items(t, tRow, tPixel, s, row, pixel, height, width, ...window);
          });
          copyChannels(pairs.slice(changed), from);
        },
        { formats: ANY, apart: true },
      );
    },
    posterize(source, target, options) {
      const name = "image.posterize";
      const whole: Check = (value) => within(2, 65536, "an integer from 2 to 65536")(Number.isInteger(value) && value);
      const read = readAll(options, { levels: whole, ...CHANNEL_CHECKS }, ["levels"], name);
      return withSteps(name, (from) => {
        const last = read.levels! - 1;
        const count = colorsOf(from, read.channels);
        const { max } = ITEMS[from.format];
        return [affine(last / max, 0, count, 0, last), step(ROUND, [], count), affine(max / last, 0, count)];
      })(source, target);
    },
    swizzle(source, target, options) {
      const name = "image.swizzle";
      const { order } = readAll(options, { order: anything }, ["order"], name);
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          const indices = orderOf(order, from, to, name);
          if (from.format === "B" && from.channels > 2 && to.channels > 2) {
            const four = [...indices, 3].slice(0, 4);
            const bytes = new Uint8Array(32);
            for (let i = 0; i < 16; i++) {
              const index = four[i % 4]!;
              bytes[i] = index < 4 ? (i & 12) + index : 255;
              bytes[16 + i] = index === 5 ? 255 : 0;
            }
            runPixels(from, to, SHUFFLE_U8!, [...new Int32Array(bytes.buffer)], name);
          } else {
            const planes = [
              ...planesOf(from),
              ...Array(4 - from.channels),
              constant(0),
              constant(ITEMS[from.format].max),
            ];
            runJob(
              { from: indices.map((i) => planes[i]!), to: planesOf(to), source: from, target: to, steps: [] },
              name,
            );
          }
        },
        { formats: ANY, anyChannels: true },
      );
    },
    split(source, targets) {
      const [picture, pictures] = parts(source, targets, true, "image.split");
      const planes = planesOf(picture);
      copyChannels(
        pictures.map((part, i) => [planesOf(part)[0]!, planes[i]!] as const),
        picture,
      );
      return targets;
    },
    merge(sources, target) {
      const [picture, pictures] = parts(target, sources, false, "image.merge");
      const planes = planesOf(picture);
      copyChannels(
        pictures.map((part, i) => [planes[i]!, planesOf(part)[0]!] as const),
        picture,
      );
      return target;
    },
    premultiply: withAlphaOf("image.premultiply", 0),
    unpremultiply: withAlphaOf("image.unpremultiply", 1),
    convert: withSteps(
      "image.convert",
      (from, to) => {
        const factor = ITEMS[to.format].max / ITEMS[from.format].max;
        return factor === 1 ? [] : [affine(factor, 0, from.channels)];
      },
      { formats: `${ANY}>`, targets: `${ANY}>` },
    ),
    srgbToLinear: between("srgbToLinear", decoding),
    linearToSrgb: between("linearToSrgb", encoding),
    rgbToHsv: withColors("rgbToHsv", [step(TO_HUE, [0])]),
    hsvToRgb: withColors("hsvToRgb", [step(FROM_HUE, [0])]),
    rgbToHsl: withColors("rgbToHsl", [step(TO_HUE, [1])]),
    hslToRgb: withColors("hslToRgb", [step(FROM_HUE, [1])]),
    rgbToLab: withColors("rgbToLab", toLab),
    labToRgb: withColors("labToRgb", fromLab),
    rgbToOklab: withColors("rgbToOklab", toOklab),
    oklabToRgb: withColors("oklabToRgb", fromOklab),
    rgbToYCbCr(source, target, options) {
      const name = "image.rgbToYCbCr";
      const view = checkView(source, "source", loaded, name);
      const rows = yCbCrOptions(options, view._format.code, name);
      if (target instanceof MemoryView) return withMatrix(source, target, withAlpha(rows), name);
      checkOption(target, "the target", object, name);
      const [luma, blue, chroma] = yCbCrPlanes(view, target, true, name);
      const from = pictureOf(view, "source", name, ANY);
      if (from.height === 0 || from.width === 0) return target;
      const { max } = ITEMS[from.format];
      const job = (picture: Picture, to: readonly Plane[], first: number): void => {
        const turned = withAlpha([...rows.slice(first), ...rows.slice(0, first)]);
        const matrix = step(
          MATRIX,
          turned.flatMap((row) => row.map((x, i) => (i === 4 ? x * max : x))),
        );
        runJob({ from: [...planesOf(from).slice(0, 3), constant(max)], to, source: from, target: picture, steps: [matrix] }, name); // prettier-ignore
      };
      job(luma, planesOf(luma), 0);
      job(blue, chroma, 1);
      return target;
    },
    yCbCrToRgb(source, target, options) {
      const name = "image.yCbCrToRgb";
      const view = checkTarget(target, loaded, name);
      const rows = withAlpha(inverse(yCbCrOptions(options, view._format.code, name)));
      if (source instanceof MemoryView) return withMatrix(source, target, rows, name);
      checkOption(source, "the source", object, name);
      const [luma, , chroma] = yCbCrPlanes(view, source, false, name);
      const to = pictureOf(view, "target", name, ANY);
      if (to.height === 0 || to.width === 0) return target;
      const { max } = ITEMS[to.format];
      const matrix = step(
        MATRIX,
        rows.flatMap((row) => row.map((x, i) => (i === 4 ? x * max : x))),
      );
      runJob({ from: [...planesOf(luma), ...chroma, constant(max)], to: planesOf(to), source: to, target: to, steps: [matrix] }, name); // prettier-ignore
      return target;
    },
    release: () => loaded.release(),
  };
}

/** The integers of a table. @throws ValueError */
function tableOf(table: unknown, count: number, operation: string): Uint16Array {
  const items = table instanceof MemoryView ? table.copy() : table;
  if (!ArrayBuffer.isView(items) || items instanceof DataView) {
    throw new ValueError(operation, `table is ${show(table)}`, "pass a typed array or a view");
  }
  const numbers = items as unknown as ArrayLike<number>;
  if (numbers.length !== count) {
    throw new ValueError(operation, `table has ${numbers.length} items`, `pass one for each of ${count} values`);
  }
  return Uint16Array.from({ length: count }, (_, i) => {
    const item = numbers[i]!;
    if (Number.isInteger(item) && item >= 0 && item < count) return item;
    throw new ValueError(operation, `table has ${show(item)} at ${i}`, `items are integers from 0 to ${count - 1}`);
  });
}

/** Where each channel of the target comes from: a channel, or 4 for 0 and 5 for the end of the range. */
function orderOf(order: unknown, from: Picture, to: Picture, operation: string): number[] {
  const places = typeof order === "string" || Array.isArray(order) ? [...(order as Iterable<unknown>)] : [];
  const indices = places.map((place) => {
    const index = typeof place === "number" ? place : place === "0" || place === "1" ? 4 + Number(place) : "rgba".indexOf(String(place) || " "); // prettier-ignore
    if (Number.isInteger(index) && index >= 0 && (index < from.channels || (index > 3 && typeof place === "string"))) return index;
    throw new ValueError(operation, `order has ${show(place)}, the source ${from.channels} channels`, "order is of 'rgba01', or of indices");
  }); // prettier-ignore
  if (indices.length === to.channels) return indices;
  const problem = `order has ${indices.length} places, the target ${to.channels} channels`;
  throw new LayoutError(operation, problem, "make them equal");
}

/**
 * The point kernels, instantiated on a memory; synchronous.
 *
 * @throws UnsupportedError where WebAssembly may not be compiled from bytes (pass `module`).
 */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): PointOperations {
  const operation = "image/point.load";
  return pointOn(new Loaded(memory, options, operation), operation);
}
