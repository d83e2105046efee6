import { hex } from "virtual:wasm/image/filter";
import { LayoutError, show, ValueError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, type Check, finite, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { along, down, gaussianWeights, positive, sigmasOf } from "./gaussian.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap } from "./operands.ts";
import { ITEMS, onPictures, type Picture, type PictureRules } from "./picture.ts";
import { BORDER_CHECKS, type BorderOptions, BORDERS, sizesOf, valuesOf } from "./picture-options.ts";
import type { FilterOperations, GradientTargets, MagnitudeOptions, MorphologyOptions } from "./filter-operations.ts";
import { Embedded } from "./wasm/instantiate.ts";
import { packedAt, packedBytes, type Pass, passBytes, type Term, weightedPass, writePass } from "./window.ts";

interface Exports {
  filter_items(window: number): void;
  canny_items(window: number, low: number, high: number): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["filter_items", "canny_items"];

/** The row operations, by the kernels' numbers. */
const [WEIGH, SHARPEN, LEAST, MOST, MEDIAN, MAGNITUDE, SUBTRACT, BILATERAL, GRADIENT] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

const ALL = { formats: "BHf" };
/** Where results may be signed or unrounded. */
const SIGNED: PictureRules = { formats: "BHf", targets: { B: "Bhif", H: "Hif", f: "f" } };
const LENGTHS: PictureRules = { formats: "BHf", targets: { B: "Bf", H: "Hf", f: "f" } };
const NORM = { norm: /* @__PURE__ */ oneOf(["L1", "L2"]) } as const;
const above: Check = (value) => !((value as number) > 0 && Number.isFinite(value)) && "a number above 0";

/** What pictures outside hold for the least and the largest, which ignore them. */
const NEUTRAL = { [LEAST!]: { B: 255, H: 65535, f: Infinity }, [MOST!]: { B: 0, H: 0, f: -Infinity } } as Record<number, Record<string, number>>; // prettier-ignore

/** Rows of numbers with a middle. @throws ValueError */
function rowsOf(rows: unknown, name: string, limit: number, check: Check, operation: string): Term[] {
  const odd = (list: unknown): list is readonly unknown[] => Array.isArray(list) && list.length % 2 === 1;
  if (!odd(rows) || !rows.every(odd) || new Set(rows.map(({ length }) => length)).size > 1) {
    throw new ValueError(operation, `${name} is ${show(rows)}`, "pass rows of numbers, odd × odd, all of one length");
  }
  const [height, width] = [rows.length, (rows[0] as unknown[]).length];
  if (Math.max(height, width) > limit) {
    throw new ValueError(operation, `${name} is ${height} × ${width}`, `${limit} × ${limit} are the limit`);
  }
  return rows.flatMap((row, j) =>
    (row as unknown[]).map((value, i) => {
      const takes = check(value);
      if (takes) throw new ValueError(operation, `${name} has ${show(value)}`, `it takes ${takes}`);
      return [i - (width >> 1), j - (height >> 1), value as number] as const;
    }),
  );
}

/** How far terms reach. */
const sidesOf = (terms: readonly Term[]): [number, number] =>
  terms.reduce(([x, y], term) => [Math.max(x, Math.abs(term[0])), Math.max(y, Math.abs(term[1]))], [0, 0]);

/** A line and a column whose product the terms are, where that is less work. */
function separated(terms: readonly Term[]): Pick<Pass, "across" | "down"> {
  const used = terms.filter(([, , weight]) => weight !== 0);
  const [x0, y0, top] = terms.reduce((most, term) => (Math.abs(term[2]) > Math.abs(most[2]) ? term : most), [0, 0, 0]);
  const row = used.filter((term) => term[1] === y0).map(([x, , weight]) => [x, 0, weight] as const);
  const column = used.filter((term) => term[0] === x0).map(([, y, weight]) => [0, y, weight / top] as const);
  const product = (x: number, y: number): number =>
    (row.find((term) => term[0] === x)?.[2] ?? 0) * (column.find((term) => term[1] === y)?.[2] ?? 0);
  const separable =
    row.length + column.length < used.length &&
    terms.every(([x, y, weight]) => Math.abs(product(x, y) - weight) <= 1e-12 * Math.abs(top));
  return separable ? { across: row, down: column } : { down: used };
}

/** @internal The filters of a memory that is loaded. */
export function filterOn(loaded: Loaded, operation: string): FilterOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);

  /** Runs passes one after the other in scratch that is taken once, behind `beside` bytes of packed pictures. */
  const run = (name: string, passes: (beside: number) => Pass[], beside = 0, planar = false): number => {
    const bytes = Math.max(...passes(0).map((pass) => passBytes(pass, planar)));
    const scratch = loaded.scratch(beside + bytes, name);
    for (const pass of passes(scratch)) kernels.filter_items(writePass(pass, scratch + beside, loaded, planar));
    return scratch;
  };

  const borderOf = ({ border = "nearest", value }: BorderOptions, from: Picture, name: string) => ({
    border: BORDERS.indexOf(border),
    values: valuesOf(value, from, "the border value", name),
  });

  /** Sums of terms, in `correlate`, `laplacian` and `emboss`. */
  const weighted = <T extends MemoryView>(
    name: string,
    source: MemoryView,
    target: T,
    terms: readonly Term[] | ((from: Picture) => readonly Term[]),
    read: BorderOptions,
    { offset = () => 0, rules = SIGNED }: { offset?: (from: Picture) => number; rules?: PictureRules } = {},
  ): T =>
    onPictures(
      source,
      target,
      loaded,
      name,
      (from, to) => {
        const list = typeof terms === "function" ? terms(from) : terms;
        const pass = { from, to, ...borderOf(read, from, name), operation: WEIGH!, sides: sidesOf(list) };
        run(name, () => [weightedPass({ ...pass, ...separated(list), p: offset(from) })]);
      },
      rules,
    );

  /** [−1 0 1] × [edge middle edge] into either target or both. */
  const gradients = <T extends GradientTargets>(
    name: string,
    source: MemoryView,
    targets: T,
    options: BorderOptions | undefined,
    edge: number,
    middle: number,
  ): T => {
    const read = readOptions(options, BORDER_CHECKS, name);
    const { x, y } = readOptions<GradientTargets>(targets, { x: anything, y: anything }, name);
    if (!x && !y) throw new ValueError(name, "there is no target", "pass { x }, { y } or { x, y }");
    const kernel = [edge, middle, edge].flatMap((weight, j) => [[-1, j - 1, -weight], [1, j - 1, weight]] as Term[]); // prettier-ignore
    const turned = kernel.map(([i, j, weight]) => [j, i, weight] as const);
    /** Checked in full, both of them, before the first is written. */
    const found: [Picture, Picture, readonly Term[], boolean][] = [];
    for (const [target, terms] of [[x, kernel], [y, turned]] as const) {
      if (!target) continue;
      onPictures(source, target, loaded, name, (from, to, inPlace) => found.push([from, to, terms, inPlace]), SIGNED);
    } // prettier-ignore
    if (x && y) checkOverlap(x, y, false, name);
    if (found.length === 0) return targets;
    // The source is written last.
    found.sort((a, b) => Number(a[3]) - Number(b[3]));
    run(name, () =>
      found.map(([from, to, terms]) =>
        weightedPass({
          from,
          to,
          ...borderOf(read, from, name),
          operation: WEIGH!,
          sides: [1, 1],
          ...separated(terms),
        }),
      ),
    );
    return targets;
  };

  const magnitudes = <T extends MemoryView>(
    name: string,
    source: MemoryView,
    target: T,
    options: MagnitudeOptions | undefined,
    p: number,
    q: number,
  ): T => {
    const { norm = "L2", ...read } = readOptions(options, { ...NORM, ...BORDER_CHECKS }, name);
    const flags = { across: 0, down: 0, offset: norm === "L2" ? 1 : 0 };
    const pass = (from: Picture, to: Picture): void => {
      const rows = from.format === "B" && to.format === "B" ? "plain" : "wide";
      const common = { from, to, ...borderOf(read, from, name), operation: MAGNITUDE!, sides: [1, 1] as const };
      run(name, () => [{ ...common, rows, p, q, fixed: flags }]);
    };
    return onPictures(source, target, loaded, name, pass, LENGTHS);
  };

  const morph = <T extends MemoryView>(
    name: string,
    source: MemoryView,
    target: T,
    rows: unknown,
    kind: MorphologyOptions["kind"],
  ): T => {
    const element = rowsOf(rows, "element", 255, oneOf([0, 1]), name);
    const ones = element.filter(([, , weight]) => weight === 1);
    if (ones.length === 0) throw new ValueError(name, "element has no 1", "pass rows with one 1 or more");
    const turned = ones.map(([x, y]) => [-x || 0, -y || 0, 1] as const);
    return onPictures(
      source,
      target,
      loaded,
      name,
      (from, to) => {
        const keys = from.format === "f";
        const fold = (most: boolean, a: Picture, b: Picture): Pass => {
          const side = most ? MOST! : LEAST!;
          const terms = separated(most ? turned : ones);
          const values = Array<number>(from.channels).fill(NEUTRAL[side]![from.format]!);
          const sides = sidesOf(ones);
          return { from: a, to: b, rows: keys ? "keys" : "plain", ...terms, sides, border: 3, values, operation: side };
        };
        const passes = (scratch: number): Pass[] => {
          const temporary = packedAt(scratch, from, from.format);
          const minus = (a: Picture, back: boolean): Pass => ({
            from: a,
            to,
            rows: keys ? "wide" : "plain",
            sides: [0, 0],
            operation: SUBTRACT!,
            fixed: { across: 0, down: 0, offset: back ? 1 : 0 },
            other: [temporary.address, temporary.row],
          });
          return {
            erode: () => [fold(false, from, to)],
            dilate: () => [fold(true, from, to)],
            open: () => [fold(false, from, to), fold(true, to, to)],
            close: () => [fold(true, from, to), fold(false, to, to)],
            gradient: () => [fold(false, from, temporary), fold(true, from, to), minus(to, false)],
            tophat: () => [fold(false, from, temporary), fold(true, temporary, temporary), minus(from, false)],
            blackhat: () => [fold(true, from, temporary), fold(false, temporary, temporary), minus(from, true)],
          }[kind]();
        };
        run(name, passes, ["gradient", "tophat", "blackhat"].includes(kind) ? packedBytes(from, from.format) : 0);
      },
      ALL,
    );
  };

  return {
    median(source, target, options) {
      const name = "image.median";
      const { size = 3, ...read } = readOptions(options, { size: anything, ...BORDER_CHECKS }, name);
      const [side] = sizesOf(size, 2 ** 22, name);
      const square = Array.from({ length: side * side }, (_, i): Term => [(i % side) - (side >> 1), Math.floor(i / side) - (side >> 1), 1]); // prettier-ignore
      const pass = (from: Picture, to: Picture): void => {
        // Items are counted in as many bits as they have.
        const room = { B: 2 ** 16, H: 2 ** 16, f: 2 ** 32 }[from.format as "B"];
        if (square.length >= room)
          throw new ValueError(name, `size is ${side}`, `'${from.format}' takes less than 256`);
        const rows = from.format === "f" ? "keys" : from.format === "B" && square.length > 255 ? "words" : "plain";
        const sides = [side >> 1, side >> 1] as const;
        run(name, () => [{ from, to, rows, down: square, sides, ...borderOf(read, from, name), operation: MEDIAN! }]);
      };
      return onPictures(source, target, loaded, name, pass, ALL);
    },
    bilateral(source, target, options) {
      const name = "image.bilateral";
      const checks = { sigmaSpace: above, sigmaColor: above, size: anything, ...BORDER_CHECKS };
      const { sigmaSpace, sigmaColor, size, ...read } = readOptions(options, checks, name);
      for (const [key, value] of Object.entries({ sigmaSpace, sigmaColor })) {
        if (value === undefined) throw new ValueError(name, `${key} is missing`, `pass { ${key} }, a number above 0`);
      }
      const [side] = sizesOf(size ?? 2 * Math.round(2 * sigmaSpace!) + 1, 2 ** 22, name);
      const half = side >> 1;
      const terms = Array.from({ length: side * side }, (_, i): Term => {
        const [x, y] = [(i % side) - half, Math.floor(i / side) - half];
        return [x, y, Math.exp(-(x * x + y * y) / (2 * sigmaSpace! ** 2))];
      });
      const pass = (from: Picture, to: Picture): void => {
        const common = { from, to, ...borderOf(read, from, name), operation: BILATERAL!, sides: [half, half] as const };
        const p = -1 / (2 * sigmaColor! ** 2 * Math.LN2);
        run(name, () => [{ ...common, rows: "wide", down: terms, p }], 0, true);
      };
      return onPictures(source, target, loaded, name, pass, ALL);
    },
    correlate(source, target, options) {
      const name = "image.correlate";
      const checks = { kernel: anything, scale: finite, offset: finite, ...BORDER_CHECKS };
      const { kernel, scale = 1, offset = 0, ...read } = readOptions(options, checks, name);
      const terms = rowsOf(kernel, "kernel", 15, finite, name).map(([x, y, weight]) => [x, y, weight * scale] as const);
      return weighted(name, source, target, terms, read, { offset: () => offset });
    },
    unsharp(source, target, options) {
      const name = "image.unsharp";
      const checks = { sigma: anything, amount: finite, threshold: positive, ...BORDER_CHECKS };
      const { sigma, amount, threshold = 0, ...read } = readOptions(options, checks, name);
      const [x, y] = sigmasOf(sigma, name).map((one) => gaussianWeights(one, 4)) as [number[], number[]];
      if (amount === undefined) throw new ValueError(name, "amount is missing", "pass { amount }, a number");
      const pass = (from: Picture, to: Picture): void => {
        const sides = [x.length >> 1, y.length >> 1] as const;
        const common = { from, to, ...borderOf(read, from, name), operation: SHARPEN!, sides };
        run(name, () => [{ ...common, rows: "wide", across: along(x), down: down(y), q: amount, r: threshold }]);
      };
      return onPictures(source, target, loaded, name, pass, ALL);
    },
    sobel: (source, targets, options) => gradients("image.sobel", source, targets, options, 1, 2),
    scharr: (source, targets, options) => gradients("image.scharr", source, targets, options, 3, 10),
    sobelMagnitude: (source, target, options) => magnitudes("image.sobelMagnitude", source, target, options, 1, 2),
    scharrMagnitude: (source, target, options) => magnitudes("image.scharrMagnitude", source, target, options, 3, 10),
    laplacian(source, target, options) {
      const name = "image.laplacian";
      const terms: Term[] = [[0, -1, 1], [-1, 0, 1], [0, 0, -4], [1, 0, 1], [0, 1, 1]]; // prettier-ignore
      return weighted(name, source, target, terms, readOptions(options, BORDER_CHECKS, name));
    },
    emboss(source, target, options) {
      const name = "image.emboss";
      const { angle = 135, depth = 1, ...read } = readOptions(options, { angle: finite, depth: finite, ...BORDER_CHECKS }, name); // prettier-ignore
      // Between two of the eight neighbours, each has its share.
      const eighth = (((angle / 45) % 8) + 8) % 8;
      const share = eighth % 1;
      const terms = [[Math.floor(eighth), 1 - share], [Math.floor(eighth) + 1, share]].flatMap(([turn, weight]) => {
        const [x, y] = [Math.round(Math.cos((turn! * Math.PI) / 4)), -Math.round(Math.sin((turn! * Math.PI) / 4))];
        return [[x, y, -weight! * depth], [-x, -y, weight! * depth]] as Term[];
      }); // prettier-ignore
      const offset = ({ format }: Picture): number => ITEMS[format].max / 2;
      return weighted(name, source, target, terms, read, { offset, rules: ALL });
    },
    canny(source, target, options) {
      const name = "image.canny";
      const checks = { low: positive, high: positive, sigma: positive, ...NORM, ...BORDER_CHECKS };
      const { low, high, sigma = 0, norm = "L2", ...read } = readOptions(options, checks, name);
      if (!(low! <= high!)) throw new ValueError(name, `low is ${show(low)}, high ${show(high)}`, "low ≤ high");
      const pass = (from: Picture, to: Picture): void => {
        const { height, width, channels } = from;
        if (channels > 1) throw new LayoutError(name, `the source has ${channels} channels`, "pass a gray picture");
        const border = borderOf(read, from, name);
        const lengths = packedBytes(from, "f");
        const blurred = sigma > 0 ? lengths : 0;
        const beside = lengths + Math.ceil((height * width + 16) / 16) * 16 + blurred;
        const line = gaussianWeights(sigma, 4);
        const half = line.length >> 1;
        const passes = (scratch: number): Pass[] => {
          const smooth = sigma > 0 ? packedAt(scratch + beside - blurred, from, "f") : from;
          const first: Pass = { from, to: smooth, rows: "wide", across: along(line), down: down(line), sides: [half, half], ...border, operation: WEIGH! }; // prettier-ignore
          const second: Pass = {
            from: smooth,
            to,
            rows: "wide",
            sides: [1, 1],
            ...border,
            operation: GRADIENT!,
            fixed: { across: 0, down: 0, offset: norm === "L2" ? 1 : 0 },
            other: [scratch, 4 * width],
          };
          return sigma > 0 ? [first, second] : [second];
        };
        kernels.canny_items(run(name, passes, beside) + beside, low!, high!);
      };
      return onPictures(source, target, loaded, name, pass, ALL);
    },
    morphology(source, target, options) {
      const name = "image.morphology";
      const kinds = oneOf(["erode", "dilate", "open", "close", "gradient", "tophat", "blackhat"]);
      const { kind, element } = readOptions(options, { kind: kinds, element: anything }, name);
      if (kind === undefined) throw new ValueError(name, "kind is missing", `kind takes ${kinds(undefined)}`);
      return morph(name, source, target, element, kind);
    },
    erode(source, target, options) {
      const { element } = readOptions(options, { element: anything }, "image.erode");
      return morph("image.erode", source, target, element, "erode");
    },
    dilate(source, target, options) {
      const { element } = readOptions(options, { element: anything }, "image.dilate");
      return morph("image.dilate", source, target, element, "dilate");
    },
    release: () => loaded.release(),
  };
}

/** The filter kernels, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): FilterOperations {
  const operation = "image/filter.load";
  return filterOn(new Loaded(memory, options, operation), operation);
}
