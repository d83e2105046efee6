import { hex } from "virtual:wasm/image/geometry";
import { LayoutError, list, show, ValueError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, flag, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { type Filter, FILTERS, halfTaps, resizeTaps } from "./resize-filters.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap, checkTarget, checkView } from "./operands.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { BORDER_CHECKS } from "./picture-options.ts";
import { resample, type ResampleExports } from "./resample.ts";
import type { CopyExports } from "./strided-copy.ts";
import { turn, TURNS } from "./turns.ts";
import { INTERPOLATIONS, matrixOf, warp, type WarpExports, type WarpOptions } from "./warp.ts";
import { Embedded } from "./wasm/instantiate.ts";

export interface RotateOptions {
  /** Clockwise. */
  degrees: 90 | 180 | 270;
}

export interface ResizeOptions {
  /** `"lanczos3"` unless said. */
  filter?: Filter;
  /** Whether filters get wider where pixels of the source are smaller than those of the target; true unless said. */
  antialias?: boolean;
  /** Whether colours count by their alpha, as is right for pictures with holes; `"premultiply"` unless said. */
  alpha?: "premultiply" | "independent";
  /** Whether colours are summed as light, decoded from sRGB and encoded again; false unless said. */
  linear?: boolean;
}

/**
 * Pictures of other sizes and places: `[height, width]` or `[height, width, channels]` of `B`, `H` or `f`, any strides;
 * sizes come from the target. Wrong views and options are refused before the first store: LayoutError, FormatError,
 * UnsupportedError, ReadonlyError, ValueError. What needs scratch takes it from the memory's allocator.
 */
export interface GeometryOperations {
  /** Mirrored left–right, also in place. @example image.flipX(picture, picture) */
  flipX<T extends MemoryView>(source: MemoryView, target: T): T;
  /** Mirrored top–bottom, also in place. @example image.flipY(picture, picture) */
  flipY<T extends MemoryView>(source: MemoryView, target: T): T;
  /** Along the main diagonal, into a target `[width, height, …]`; a square also in place. @example image.transpose(a, b) */
  transpose<T extends MemoryView>(source: MemoryView, target: T): T;
  /**
   * By quarters, clockwise (the view method `rot90` counts the other way); half turns and squares also in place.
   *
   * @example image.rotate(photo, upright, { degrees: 90 })
   */
  rotate<T extends MemoryView>(source: MemoryView, target: T, options: RotateOptions): T;
  /**
   * Another size, by Pillow's definition: centres of pixels at halves, filters as wide as a pixel of the result, nothing
   * beyond the borders. `B` and `H` are rounded once and off by at most 1 (by a filter of more than 128 taps, that is 21
   * times smaller with Lanczos, also where pixels alternate as badly as they can).
   *
   * @example image.resize(photo, thumbnail)
   */
  resize<T extends MemoryView>(source: MemoryView, target: T, options?: ResizeOptions): T;
  /**
   * Each pixel of the target from where two rows of three say that it is in the source: (x, y) at
   * `[a x + b y + c, d x + e y + f]`. The target may be of `f`, for results that are not rounded, in units of the source;
   * else they are rounded once, and off by at most 1. `border` is `"constant"` unless said.
   *
   * @example image.affine(photo, shifted, { matrix: [[1, 0, 0.5], [0, 1, 0]] })
   */
  affine<T extends MemoryView>(source: MemoryView, target: T, options: WarpOptions): T;
  /**
   * The same by three rows of three: what the first two give is divided by what the third gives.
   *
   * @example image.perspective(photo, upright, { matrix: [[1, 0, 0], [0, 1, 0], [0.001, 0, 1]], interpolation: "bicubic" })
   */
  perspective<T extends MemoryView>(source: MemoryView, target: T, options: WarpOptions): T;
  /**
   * Each target half of the one before, rounded up: [1 4 6 4 1] / 16 in both directions around every second pixel of
   * every second row, the nearest pixel standing for those beyond the border; rounded once. Source: Burt and Adelson,
   * "The Laplacian Pyramid as a Compact Image Code" (1983).
   *
   * @example image.pyramid(photo, [half, quarter])
   */
  pyramid<T extends readonly MemoryView[]>(source: MemoryView, targets: T): T;
  /** Gives tables and scratch back. */
  release(): void;
}

interface Exports extends CopyExports, ResampleExports, WarpExports {}

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["copy_1", "copy_2", "copy_4", "resample", "warp"];
const DEGREES = [90, 180, 270] as const;
const RESIZE = {
  filter: /* @__PURE__ */ oneOf(Object.keys(FILTERS)),
  antialias: flag,
  alpha: /* @__PURE__ */ oneOf(["premultiply", "independent"]),
  linear: flag,
};

const WARP = { matrix: anything, interpolation: /* @__PURE__ */ oneOf(INTERPOLATIONS), ...BORDER_CHECKS };
/** What an affine matrix has in place of a third row. */
const AFFINE = [0, 0, 1];

/** A source and a target of any two sizes, without a byte in common. */
function sidesOf(
  source: MemoryView,
  target: MemoryView,
  loaded: Loaded,
  name: string,
  targets = "",
): [Picture, Picture] {
  const from = pictureOf(checkView(source, "source", loaded, name), "source", name, "BHf");
  const to = pictureOf(checkTarget(target, loaded, name), "target", name, from.format + targets);
  if (from.channels !== to.channels) {
    const problem = `the source has ${from.channels} channels, the target ${to.channels}`;
    throw new LayoutError(name, problem, "make them equal");
  }
  if (from.height * from.width === 0 && to.height * to.width > 0) {
    throw new LayoutError(name, `the source has shape ${list(source._layout.shape)}`, "pass one with pixels");
  }
  checkOverlap(source, target, false, name);
  return [from, to];
}

/** @internal The geometry of a memory that is loaded. */
export function geometryOn(loaded: Loaded, operation: string): GeometryOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
  const warpBy =
    (rows: number, name: string): GeometryOperations["affine"] =>
    (source, target, options) => {
      const read = readOptions(options, WARP, name);
      const matrix = [...matrixOf(read.matrix, rows, name), ...(rows === 2 ? AFFINE : [])];
      const [from, to] = sidesOf(source, target, loaded, name, "f");
      if (to.height * to.width > 0) warp(kernels, to, from, matrix, read, loaded, name);
      return target;
    };
  return {
    flipX: (source, target) => turn(source, target, TURNS.flipX, kernels, loaded, "image.flipX"),
    flipY: (source, target) => turn(source, target, TURNS.flipY, kernels, loaded, "image.flipY"),
    transpose: (source, target) => turn(source, target, TURNS.transpose, kernels, loaded, "image.transpose"),
    rotate(source, target, options) {
      const name = "image.rotate";
      const { degrees } = readOptions(options, { degrees: oneOf(DEGREES) }, name);
      if (degrees === undefined) throw new ValueError(name, "degrees is left out", "pass 90, 180 or 270");
      return turn(source, target, TURNS[degrees], kernels, loaded, name);
    },
    resize(source, target, options) {
      const name = "image.resize";
      const { filter = "lanczos3", antialias = true, alpha, linear = false } = readOptions(options, RESIZE, name);
      const [from, to] = sidesOf(source, target, loaded, name);
      if (to.height * to.width === 0) return target;
      const mixes = filter !== "nearest";
      const premultiply = mixes && alpha !== "independent" && from.channels === 4;
      const down = resizeTaps(from.height, to.height, filter, antialias);
      const across = resizeTaps(from.width, to.width, filter, antialias);
      resample(kernels, to, from, down, across, { linear: mixes && linear, premultiply }, loaded, name);
      return target;
    },
    affine: warpBy(2, "image.affine"),
    perspective: warpBy(3, "image.perspective"),
    pyramid(source, targets) {
      const name = "image.pyramid";
      if (!Array.isArray(targets)) throw new ValueError(name, `targets is ${show(targets)}`, "pass an array of views");
      const all = [source, ...targets] as MemoryView[];
      // All are looked at before any is written.
      const steps = targets.map((target: MemoryView, i) => {
        const sides = sidesOf(all[i]!, target, loaded, name);
        const [half, want] = [target, all[i]!].map(({ _layout: { shape } }) => shape) as [number[], number[]];
        if (half[0] !== Math.ceil(want[0]! / 2) || half[1] !== Math.ceil(want[1]! / 2)) {
          const problem = `target ${i} has shape ${list(half)} after one of shape ${list(want)}`;
          throw new LayoutError(name, problem, "make height and width half, rounded up");
        }
        for (const earlier of all.slice(0, i)) checkOverlap(earlier, target, false, name);
        return sides;
      });
      for (const [from, to] of steps) {
        if (to.height * to.width === 0) continue;
        resample(kernels, to, from, halfTaps(from.height), halfTaps(from.width), {}, loaded, name);
      }
      return targets;
    },
    release: () => loaded.release(),
  };
}

/** The geometry kernels, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): GeometryOperations {
  const operation = "image/geometry.load";
  return geometryOn(new Loaded(memory, options, operation), operation);
}
