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
import { cubicPieces, isCurve, otsuThreshold } from "./curves.ts";
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
  changes,
  constant,
  CURVE,
  decoding,
  encoding,
  fillTables,
  FROM_HUE,
  inTables,
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
import type {
  AdaptiveMeanOptions,
  BrightnessContrastOptions,
  CurvesOptions,
  GammaOptions,
  GrayscaleOptions,
  LevelsOptions,
  LutOptions,
  PointOperations,
  PosterizeOptions,
  SwizzleOptions,
  ThresholdOptions,
  YCbCrOptions,
  YCbCrPlanes,
} from "./point-operations.ts";
import { Embedded } from "./wasm/instantiate.ts";

type Size = [height: number, width: number];

interface Exports {
  invert_u8(...args: [...Operands, ...Size, channels: number, colors: number]): void;
  brightness_u8(...args: [...Operands, ...Size, channels: number, colors: number, factor: number, offset: number, shift: number]): void;
  grayscale_u8(...args: [...Operands, ...Size, sourceChannels: number, targetChannels: number, ...weights: readonly [number, number, number]]): void;
  pixels_u8(...args: [...Operands, ...Size, sourceChannels: number, targetChannels: number, operation: number, parameters: number, scratch: number]): void;
  lookup_items(...args: [...Operands, ...Size, channels: number, colors: number, size: number, sourceSize: number, table: number, next: number]): void;
  copy_u8(...args: [target: number, row: number, pixel: number, source: number, row: number, pixel: number, ...Size]): void;
  planes_items(job: number): void;
  count_items(...args: [counts: number, step: number, source: number, row: number, pixel: number, ...Size, size: number, tables: number]): void;
  adaptive_items(
    ...args: [
      target: number, row: number, pixel: number, source: number, row: number, pixel: number, ...Size, format: number,
      sizeX: number, sizeY: number, border: number, value: number, offset: number, columns: number,
    ]
  ): void;
} // prettier-ignore

const embedded = /* @__PURE__ */ new Embedded(hex);
const KERNELS =
  "invert_u8 brightness_u8 grayscale_u8 pixels_u8 lookup_items copy_u8 planes_items count_items adaptive_items";

const ANY = "BHf";
const [MATRIX_U8, SHUFFLE_U8, PREMULTIPLY_U8] = [0, 1, 2] as const;
/** Bytes of scratch of `pixels_u8`, and of its parameters before it. */
const [STRIP, PARAMETERS] = [1024, 64];

const within =
  (low: number, high: number, what: string): Check =>
  (value) =>
    !(typeof value === "number" && value >= low && value <= high) && what;
const positive = /* @__PURE__ */ within(Number.MIN_VALUE, Number.MAX_VALUE, "a number above 0");
const amount = /* @__PURE__ */ within(0, Number.MAX_VALUE, "a number from 0");
const standard = /* @__PURE__ */ oneOf(["bt601", "bt709"]);
const isList = (value: unknown, length: number): boolean => Array.isArray(value) && value.length === length;
const rowsOf: Check = (value) =>
  !(
    isList(value, 4) && (value as unknown[]).every((row) => isList(row, 5) && (row as unknown[]).every(Number.isFinite))
  ) && "4 rows of 5 finite numbers";

type Checks<O> = { readonly [K in keyof O & string]-?: Check };
/** A door, but for its name. */
type Named<F> = (name: string) => F;
type Door<O> = <T extends MemoryView>(source: MemoryView, target: T, options?: O) => T;

/** The options, of which those of `needed` must be there. */
function readAll<O extends object>(
  options: O | undefined,
  checks: Checks<O>,
  needed: readonly (keyof O & string)[],
  name: string,
): O {
  const read = readOptions(options, checks, name);
  for (const key of needed) checkOption(read[key], key, checks[key], name);
  return read as O;
}

/** @throws LayoutError unless a picture has one of so many channels. */
function needChannels({ channels }: Picture, counts: readonly number[], what: string, name: string): void {
  if (counts.includes(channels)) return;
  throw new LayoutError(name, `the ${what} has ${channels} channels`, `it needs ${counts.join(" or ")}`);
}

const maxOf = ({ format }: Picture): number => ITEMS[format].max;
const inUnits = (rows: Rows, max: number): Step =>
  step(
    MATRIX,
    rows.flatMap((row) => row.map((x, i) => (i === 4 ? x * max : x))),
  );

/** To lightness and two opponents, and back. */
function opponents({ cones, opponents: rows, line: [limit, slope, start, root] }: Opponents): [Step[], Step[]] {
  const matrix = (of: Rows): Step => inUnits(withAlpha(of), 1);
  const roots = step(POWER, [limit, 1, 0, 1 / 3, 1, 0, slope, start]);
  const cubes = step(POWER, [root, 1, 0, 3, 1, 0, 1 / slope, -start / slope]);
  return [
    [decoding(1, 1, 3), matrix(cones), roots, matrix(rows)],
    [matrix(inverse(rows)), cubes, matrix(inverse(cones)), encoding(1, 1, 3)],
  ];
}

/** @internal The point operations of a memory that is loaded. */
export function pointOn(loaded: Loaded, operation: string): PointOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, KERNELS.split(" "), operation);

  const runJob = (
    from: readonly Plane[],
    to: readonly Plane[],
    source: Picture,
    target: Picture,
    steps: readonly Step[],
    name: string,
  ): void => {
    const address = loaded.scratch(4 * jobWords(steps), name);
    writeJob(loaded.source.array(Int32Array), loaded.source.array(Float32Array), address / 4, {
      from,
      to,
      source,
      target,
      steps,
    });
    kernels.planes_items(address);
  };

  /** Applies steps, by tables for bytes where they allow it. An alpha that is not there counts as the end of the range. */
  const runSteps = (from: Picture, to: Picture, steps: readonly Step[], name: string): void => {
    const { height, width, channels } = from;
    if (from.format === "B" && inTables(steps)) {
      const { size } = ITEMS[to.format];
      const colors = channels === 4 && size === 1 && !steps.some((one) => changes(one, 3)) ? 3 : channels;
      // One table for all where each step changes all of them or none.
      const same = steps.every((one) =>
        [1, 2, 3].slice(0, colors - 1).every((c) => changes(one, c) === changes(one, 0)),
      );
      const tables = same ? 1 : colors;
      const address = loaded.scratch(tables * 256 * size, name);
      loaded.source.refresh();
      fillTables(loaded.source.data, address, steps, tables, to);
      kernels.lookup_items(
        ...operands(to, from),
        height,
        width,
        channels,
        colors,
        size,
        1,
        address,
        same ? 0 : 256 * size,
      );
    } else
      runJob(
        [...planesOf(from), constant(maxOf(from))].slice(0, channels === 1 ? 1 : 4),
        planesOf(to),
        from,
        to,
        steps,
        name,
      );
  };

  /** Runs a kernel of bytes with up to 64 bytes of parameters. */
  const runPixels = (from: Picture, to: Picture, kernel: number, parameters: ArrayLike<number>, name: string): void => {
    const address = loaded.scratch(STRIP + PARAMETERS, name);
    loaded.source.array(Int32Array).set(parameters, address / 4);
    kernels.pixels_u8(
      ...operands(to, from),
      from.height,
      from.width,
      from.channels,
      to.channels,
      kernel,
      address,
      address + PARAMETERS,
    );
  };

  /** Four rows of five; what is added is in shares of the range. */
  const runMatrix = (from: Picture, to: Picture, rows: Rows, name: string): void => {
    needChannels(from, [3, 4], "source", name);
    const fixed = from.format === "B" && matrixFixed(rows);
    if (fixed) runPixels(from, to, MATRIX_U8, fixed, name);
    else runSteps(from, to, [inUnits(rows, maxOf(from))], name);
  };

  /** Copies channels of one format. */
  const copyPlanes = (to: readonly Plane[], from: readonly Plane[], picture: Picture, name: string): void => {
    const { height, width, format } = picture;
    if (from.length === 0 || height === 0 || width === 0) return;
    if (format !== "B") runJob(from, to, picture, picture, [], name);
    else
      from.forEach(([s, row, pixel], i) =>
        kernels.copy_u8(to[i]![0], to[i]![1], to[i]![2], s, row, pixel, height, width),
      );
  };

  /** An operation on a source and a target, with options. */
  const onTwo =
    <O extends object>(
      checks: Checks<O>,
      needed: readonly (keyof O & string)[],
      run: (from: Picture, to: Picture, options: O, name: string) => void,
      rules?: PictureRules,
    ): Named<Door<O>> =>
    (name) =>
    (source, target, options) => {
      const read = readAll(options, checks, needed, name);
      return onPictures(source, target, loaded, name, (from, to) => run(from, to, read, name), {
        formats: ANY,
        ...rules,
      });
    };

  /** An operation of steps on the channels that are chosen. */
  const ofSteps = <O extends ChannelOptions>(
    checks: Checks<Omit<O, "channels">>,
    needed: readonly (keyof O & string)[],
    stepsOf: (options: O, max: number, count: number, from: Picture, name: string) => readonly Step[],
    bytes?: (from: Picture, to: Picture, count: number, options: O) => void,
  ): Named<Door<O>> =>
    onTwo<O>({ ...checks, ...CHANNEL_CHECKS } as Checks<O>, needed, (from, to, options, name) => {
      const count = colorsOf(from, options.channels);
      if (bytes && from.format === "B") bytes(from, to, count, options);
      else runSteps(from, to, stepsOf(options, maxOf(from), count, from, name), name);
    });

  const ofMatrix = <O extends object>(
    checks: Checks<O>,
    needed: readonly (keyof O & string)[],
    rows: (options: O) => Rows,
  ): Named<Door<O>> => onTwo(checks, needed, (from, to, options, name) => runMatrix(from, to, rows(options), name));

  /** Between colours of `f`. */
  const ofColors = (steps: readonly Step[]): Named<Door<object>> =>
    onTwo(
      {},
      [],
      (from, to, _, name) => {
        needChannels(from, [3, 4], "source", name);
        runSteps(from, to, steps, name);
      },
      { formats: "f" },
    );

  /** Between two ranges: the colours by a step of their own, alpha as it is. */
  const ofRanges = (stepOf: (max: number, toMax: number, count: number) => Step): Named<Door<object>> =>
    onTwo(
      {},
      [],
      (from, to, _, name) => {
        const [max, toMax, count] = [maxOf(from), maxOf(to), colorsOf(from)];
        const alpha = max === toMax ? [] : [affine(toMax / max, 0, 1, count)];
        runSteps(from, to, [stepOf(max, toMax, count), ...alpha], name);
      },
      { targets: ANY },
    );

  const ofAlpha = (divides: 0 | 1): Named<Door<object>> =>
    onTwo({}, [], (from, to, _, name) => {
      needChannels(from, [4], "source", name);
      if (from.format === "B") runPixels(from, to, PREMULTIPLY_U8 + divides, [], name);
      else runSteps(from, to, [step(ALPHA, [maxOf(from), divides])], name);
    });

  /** A picture and views that hold its channels, none of which may share a byte with what is written. */
  const apart = (
    whole: MemoryView,
    parts: readonly unknown[],
    written: boolean,
    name: string,
  ): [Picture, MemoryView[]] => {
    const check = (view: unknown, writes: boolean): MemoryView => writes ? checkTarget(view, loaded, name) : checkView(view, "source", loaded, name); // prettier-ignore
    const picture = pictureOf(check(whole, !written), "picture", name, ANY);
    const views = parts.map((part) => check(part, written));
    views.forEach((view, i) => {
      for (const other of [whole, ...(written ? views.slice(0, i) : [])]) checkOverlap(other, view, false, name);
    });
    return [picture, views];
  };
  const grayOf = (view: MemoryView, { format }: Picture, name: string): Picture => {
    const picture = pictureOf(view, "channel", name, format);
    needChannels(picture, [1], "channel", name);
    return picture;
  };

  /** The planes of a picture, and of one gray view for each. */
  const inParts = (
    whole: MemoryView,
    parts: readonly MemoryView[],
    written: boolean,
    name: string,
  ): [Plane[], Plane[], Picture] => {
    checkOption(parts, "the list of channels", (value) => !Array.isArray(value) && "an array of views", name);
    const [picture, views] = apart(whole, parts, written, name);
    if (views.length !== picture.channels) {
      throw new LayoutError(
        name,
        `${views.length} views for ${picture.channels} channels`,
        "pass one gray view for each",
      );
    }
    const planes = views.map((view) => {
      checkSameSize(whole, view, name);
      return planesOf(grayOf(view, picture, name))[0]!;
    });
    return [planesOf(picture), planes, picture];
  };

  /** RGB, and the planes of Y and of both chromas. */
  const inYCbCr = (
    rgb: MemoryView,
    planes: YCbCrPlanes,
    written: boolean,
    name: string,
  ): [Picture, Picture, Picture, Plane[]] => {
    checkOption(planes, written ? "the target" : "the source", object, name);
    const { y, cb, cr, cbcr } = planes as Record<string, MemoryView>;
    const [picture, views] = apart(rgb, cbcr ? [y, cbcr] : [y, cb, cr], written, name);
    const [luma, ...chroma] = views as [MemoryView, ...MemoryView[]];
    needChannels(picture, [3, 4], "picture", name);
    checkSameSize(rgb, luma, name);
    const { shape } = chroma[0]!._layout;
    if (cbcr && (shape.length !== 3 || shape[2] !== 2)) {
      throw new LayoutError(name, `cbcr has shape ${list(shape)}`, "pass [height, width, 2]");
    }
    const [blue, red] = cbcr ? [cbcr.slice("..., 0"), cbcr.slice("..., 1")] : (chroma as [MemoryView, MemoryView]);
    checkSameSize(blue!, red!, name);
    const pair = [blue!, red!].map((view) => grayOf(view, picture, name));
    const { height, width } = pair[0]!;
    const fits = (part: number, length: number): boolean => part === length || part === Math.ceil(length / 2);
    if (!fits(height, picture.height) || !fits(width, picture.width)) {
      const problem = `chroma has ${height} × ${width} pixels for ${picture.height} × ${picture.width}`;
      throw new LayoutError(name, problem, "make height and width equal, or half of it, rounded up");
    }
    const kind = (width < picture.width ? 1 : 0) + (height < picture.height ? 2 : 0);
    return [
      picture,
      grayOf(luma, picture, name),
      pair[0]!,
      pair.map(({ address, row, pixel }) => [address, row, pixel, kind]),
    ];
  };

  const yCbCrRows = ({ matrix = "bt601", range }: YCbCrOptions, max: number): Rows =>
    yCbCrMatrix(matrix, range === "limited", max);
  const yCbCrChecks: Checks<YCbCrOptions> = { matrix: standard, range: oneOf(["full", "limited"]) };
  const toYCbCr = onTwo(yCbCrChecks, [], (from, to, options, name) =>
    runMatrix(from, to, withAlpha(yCbCrRows(options, maxOf(from))), name),
  );
  const fromYCbCr = onTwo(yCbCrChecks, [], (from, to, options, name) =>
    runMatrix(from, to, withAlpha(inverse(yCbCrRows(options, maxOf(from)))), name),
  );

  const [toLab, fromLab] = opponents(LAB);
  const [toOklab, fromOklab] = opponents(OKLAB);
  const table: { [K in Exclude<keyof PointOperations, "release">]: Named<PointOperations[K]> } = {
    invert: ofSteps(
      {},
      [],
      (_, max, count) => [affine(-1, max, count)],
      (from, to, count) => kernels.invert_u8(...operands(to, from), from.height, from.width, from.channels, count),
    ),
    brightnessContrast: ofSteps<BrightnessContrastOptions>(
      { brightness: finite, contrast: finite },
      [],
      ({ brightness = 0, contrast = 1 }, max, count) => [
        affine(contrast, (max / 2) * (1 - contrast) + brightness * max, count),
      ],
      (from, to, count, { brightness = 0, contrast = 1 }) => {
        const { factor, offset, shift } = brightnessFixed(brightness, contrast);
        kernels.brightness_u8(
          ...operands(to, from),
          from.height,
          from.width,
          from.channels,
          count,
          factor,
          offset,
          shift,
        );
      },
    ),
    gamma: ofSteps<GammaOptions>({ gamma: positive }, ["gamma"], ({ gamma }, max, count) => [
      power(1 / max, gamma, max, 0, count),
    ]),
    levels: ofSteps<LevelsOptions>(
      { black: finite, white: finite, gamma: positive, outBlack: finite, outWhite: finite },
      [],
      ({ black = 0, white = 1, gamma = 1, outBlack = 0, outWhite = 1 }, max, count, _, name) => {
        if (black === white) throw new ValueError(name, `black and white are ${black}`, "they differ");
        const scale = 1 / (white - black);
        const [factor, start] = [(outWhite - outBlack) * max, outBlack * max];
        return [
          affine(scale / max, -black * scale, count, 0, 0, 1),
          gamma === 1 ? affine(factor, start, count) : power(1, gamma, factor, start, count),
        ];
      },
    ),
    lut: onTwo<LutOptions>(
      { table: anything, ...CHANNEL_CHECKS },
      [],
      (from, to, { table, channels }, name) => {
        const { size, max } = ITEMS[from.format];
        const items = tableOf(table, max + 1, name);
        const changed = colorsOf(from, channels);
        const address = loaded.scratch((max + 1) * size, name);
        loaded.source.array<Uint8Array | Uint16Array>(size === 1 ? Uint8Array : Uint16Array).set(items, address / size);
        const { height, width } = from;
        kernels.lookup_items(...operands(to, from), height, width, from.channels, changed, size, size, address, 0);
      },
      { formats: "BH" },
    ),
    curves: onTwo<CurvesOptions>(
      { all: isCurve, r: isCurve, g: isCurve, b: isCurve, a: isCurve },
      [],
      (from, to, options, name) => {
        const max = maxOf(from);
        const letters = [..."rgba"].slice(0, from.channels === 1 ? 0 : from.channels);
        const other = Object.keys(options).find((key) => key !== "all" && !letters.includes(key));
        if (other) {
          throw new LayoutError(
            name,
            `a curve for ${other}, the picture has ${from.channels} channels`,
            "leave it out, or use all",
          );
        }
        const steps = planesOf(from).flatMap((_, i) => {
          const points = options[letters[i] as "r"] ?? (i < 3 ? options.all : undefined);
          const curve = points && cubicPieces(points);
          return curve ? [affine(1 / max, 0, 1, i, 0, 1), step(CURVE, curve, 1, i), affine(max, 0, 1, i)] : [];
        });
        runSteps(from, to, steps, name);
      },
    ),
    grayscale: onTwo<GrayscaleOptions>(
      { weights: standard },
      [],
      (from, to, { weights = "bt601" }, name) => {
        needChannels(from, [3, 4], "source", name);
        needChannels(to, [1, from.channels], "target", name);
        const size = [from.height, from.width, from.channels, to.channels] as const;
        if (from.format === "B") kernels.grayscale_u8(...operands(to, from), ...size, ...GRAY_WEIGHTS[weights]);
        else runMatrix(from, to, withAlpha(grayMatrix(weights)), name);
      },
      { anyChannels: true },
    ),
    saturation: ofMatrix<{ amount: number }>({ amount }, ["amount"], (options) =>
      withAlpha(saturationMatrix(options.amount)),
    ),
    hueRotate: ofMatrix<{ degrees: number }>({ degrees: finite }, ["degrees"], ({ degrees }) =>
      withAlpha(hueMatrix(degrees)),
    ),
    sepia: ofMatrix<{ amount?: number }>({ amount }, [], (options) => withAlpha(sepiaMatrix(options.amount ?? 1))),
    colorMatrix: ofMatrix<{ matrix: Rows }>({ matrix: rowsOf }, ["matrix"], ({ matrix }) => matrix),
    threshold: onTwo<ThresholdOptions>(
      { threshold: finite, above: finite, below: finite },
      ["threshold"],
      (from, to, options, name) => {
        const one = { ...from, channels: 1 };
        const results = [options.above ?? maxOf(from), options.below].map(
          (value) => valuesOf(value, one, "above or below", name)[0]!,
        );
        runSteps(from, to, [step(THRESHOLD, [options.threshold, ...results], colorsOf(from))], name);
      },
    ),
    otsu: (name) => (source, target) => {
      let threshold = 0;
      const find = (from: Picture): void => {
        needChannels(from, [1], "source", name);
        const count = maxOf(from) + 1;
        const { size } = ITEMS[from.format];
        const address = loaded.scratch(4 * (count + Math.max(count, 1024)), name);
        const { row, pixel, height, width } = from;
        kernels.count_items(address, 4, from.address, row, pixel, height, width, size, address + 4 * count);
        const counts = loaded.source.array(Uint32Array).subarray(address / 4, address / 4 + count);
        threshold = otsuThreshold(counts);
      };
      const formats = "BH";
      if (target) {
        const run = (from: Picture, to: Picture): void => {
          find(from);
          runSteps(from, to, [step(THRESHOLD, [threshold, maxOf(from), 0])], name);
        };
        onPictures(source, target, loaded, name, run, { formats });
      } else find(pictureOf(checkView(source, "source", loaded, name), "source", name, formats));
      return threshold;
    },
    adaptiveMean: onTwo<AdaptiveMeanOptions>(
      { size: anything, offset: finite, ...BORDER_CHECKS },
      [],
      (from, to, { size, offset = 0, border = "nearest", value }, name) => {
        const [sizeX, sizeY] = sizesOf(size, 2 ** 22, name);
        const values = valuesOf(value, from, "the border value", name);
        // Alpha may be copied with scratch too; what is taken first stays.
        const columns = loaded.scratch(Math.max(8 * (from.width + sizeX), 4 * jobWords([])), name);
        const [targets, sources, changed] = [planesOf(to), planesOf(from), colorsOf(from)];
        for (let i = 0; i < changed; i++) {
          const [[t, tRow, tPixel], [s, row, pixel]] = [targets[i]!, sources[i]!];
          const window = [
            ANY.indexOf(from.format),
            sizeX,
            sizeY,
            BORDERS.indexOf(border),
            values[i]!,
            offset,
            columns,
          ] as const;
          kernels.adaptive_items(t, tRow, tPixel, s, row, pixel, from.height, from.width, ...window);
        }
        copyPlanes(targets.slice(changed), sources.slice(changed), from, name);
      },
      { apart: true },
    ),
    posterize: ofSteps<PosterizeOptions>(
      { levels: (value) => within(2, 65536, "an integer from 2 to 65536")(Number.isInteger(value) && value) },
      ["levels"],
      ({ levels }, max, count) => {
        const last = levels - 1;
        return [affine(last / max, 0, count, 0, 0, last), step(ROUND, [], count), affine(max / last, 0, count)];
      },
    ),
    swizzle: onTwo<SwizzleOptions>(
      { order: anything },
      [],
      (from, to, { order }, name) => {
        const indices = orderOf(order, from, to, name);
        if (from.format === "B" && from.channels > 2 && to.channels > 2) {
          // Indices of sixteen bytes, then bytes that are set: both for four pixels.
          const bytes = Uint8Array.from({ length: 32 }, (_, i) => {
            const index = indices[i % 4] ?? 0;
            return i > 15 ? (index === 5 ? 255 : 0) : index < 4 ? (i & 12) + index : 255;
          });
          runPixels(from, to, SHUFFLE_U8, new Int32Array(bytes.buffer), name);
        } else {
          const planes = planesOf(from);
          const [none, full] = [constant(0), constant(maxOf(from))];
          runJob(
            indices.map((i) => planes[i] ?? (i === 4 ? none : full)),
            planesOf(to),
            from,
            to,
            [],
            name,
          );
        }
      },
      { anyChannels: true },
    ),
    split: (name) => (source, targets) => {
      const [from, to, picture] = inParts(source, targets, true, name);
      copyPlanes(to, from, picture, name);
      return targets;
    },
    merge: (name) => (sources, target) => {
      const [to, from, picture] = inParts(target, sources, false, name);
      copyPlanes(to, from, picture, name);
      return target;
    },
    premultiply: ofAlpha(0),
    unpremultiply: ofAlpha(1),
    convert: onTwo(
      {},
      [],
      (from, to, _, name) => {
        const factor = maxOf(to) / maxOf(from);
        if (factor !== 1) runSteps(from, to, [affine(factor, 0, from.channels)], name);
        else if (from.format === "B") copyPlanes(planesOf(to), planesOf(from), from, name);
        else runJob(planesOf(from), planesOf(to), from, to, [], name);
      },
      { formats: `${ANY}>`, targets: `${ANY}>` },
    ),
    srgbToLinear: ofRanges(decoding),
    linearToSrgb: ofRanges(encoding),
    rgbToHsv: ofColors([step(TO_HUE, [0])]),
    hsvToRgb: ofColors([step(FROM_HUE, [0])]),
    rgbToHsl: ofColors([step(TO_HUE, [1])]),
    hslToRgb: ofColors([step(FROM_HUE, [1])]),
    rgbToLab: ofColors(toLab),
    labToRgb: ofColors(fromLab),
    rgbToOklab: ofColors(toOklab),
    oklabToRgb: ofColors(fromOklab),
    rgbToYCbCr: (name) => (source, target, options) => {
      if (target instanceof MemoryView) return toYCbCr(name)(source, target, options);
      const read = readAll(options, yCbCrChecks, [], name);
      const [from, luma, blue, chroma] = inYCbCr(source, target, true, name);
      const max = maxOf(from);
      const rows = yCbCrRows(read, max);
      const planes = [...planesOf(from).slice(0, 3), constant(max)];
      const run = (picture: Picture, to: readonly Plane[], first: number): void =>
        runJob(
          planes,
          to,
          from,
          picture,
          [inUnits(withAlpha([...rows.slice(first), ...rows.slice(0, first)]), max)],
          name,
        );
      if (from.height > 0 && from.width > 0) {
        run(luma, planesOf(luma), 0);
        run(blue, chroma, 1);
      }
      return target;
    },
    yCbCrToRgb: (name) => (source, target, options) => {
      if (source instanceof MemoryView) return fromYCbCr(name)(source, target, options);
      const read = readAll(options, yCbCrChecks, [], name);
      const [to, luma, , chroma] = inYCbCr(target, source, false, name);
      const max = maxOf(to);
      const planes = [...planesOf(luma), ...chroma, constant(max)];
      runJob(planes, planesOf(to), to, to, [inUnits(withAlpha(inverse(yCbCrRows(read, max))), max)], name);
      return target;
    },
  };
  const doors = Object.entries(table).map(([key, named]) => [key, (named as Named<unknown>)(`image.${key}`)]);
  return { ...(Object.fromEntries(doors) as PointOperations), release: () => loaded.release() };
}

/** The integers of a table. @throws ValueError */
function tableOf(table: unknown, count: number, name: string): Uint16Array {
  const items = (table instanceof MemoryView ? table.copy() : table) as ArrayLike<number>;
  if (!ArrayBuffer.isView(items) || items.length !== count) {
    throw new ValueError(
      name,
      `table is ${show(table)} of ${items?.length} items`,
      `pass a typed array or a view of ${count}`,
    );
  }
  return Uint16Array.from({ length: count }, (_, i) => {
    const item = items[i]!;
    if (Number.isInteger(item) && item >= 0 && item < count) return item;
    throw new ValueError(name, `table has ${show(item)} at ${i}`, `items are integers from 0 to ${count - 1}`);
  });
}

/** Where each channel of the target comes from: a channel, or 4 for 0 and 5 for the end of the range. */
function orderOf(order: unknown, from: Picture, to: Picture, name: string): number[] {
  const places: unknown[] = typeof order === "string" || Array.isArray(order) ? [...order] : [];
  const indices = places.map((place) => {
    const channels = [..."rgba"].slice(0, from.channels);
    const index = typeof place === "string" ? [...channels, ..."    ".slice(from.channels), "0", "1"].indexOf(place) : channels[place as number] ? (place as number) : -1; // prettier-ignore
    if (index >= 0 && place !== " ") return index;
    throw new ValueError(name, `order has ${show(place)}, the source ${from.channels} channels`, "order is of 'rgba01', or of indices"); // prettier-ignore
  });
  if (indices.length === to.channels) return indices;
  throw new LayoutError(
    name,
    `order has ${indices.length} places, the target ${to.channels} channels`,
    "make them equal",
  );
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
