import { hex } from "virtual:wasm/image/blur";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { boxDivisor } from "./fixed-point.ts";
import { along, down, gaussianWaves, gaussianWeights, positive, sigmasOf } from "./gaussian.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { onPictures, type Operands, operands } from "./picture.ts";
import { BORDER_CHECKS, type BorderOptions, BORDERS, packBytes, sizesOf, valuesOf } from "./picture-options.ts";
import { type Pass, passBytes, weightedPass, writePass } from "./window.ts";
import { Embedded } from "./wasm/instantiate.ts";

export interface BoxBlurOptions extends BorderOptions {
  /** Odd, in pixels; one number for both directions or `{ x, y }`. */
  size: number | { x: number; y: number };
}

export interface GaussianBlurOptions extends BorderOptions {
  /** Standard deviation in pixels; one number for both directions or `{ x, y }`. */
  sigma: number | { x: number; y: number };
  /** Where the exact bell is cut off, in sigmas: 4 unless said. */
  truncate?: number;
  /** `"fast"` costs the same for every sigma and is within ±2 of 255; `"auto"`, the default, is exact up to sigma 10. */
  method?: "auto" | "exact" | "fast";
}

/** Blurs of pictures of `B`, `H` or `f`, any strides, also in place. Scratch comes from the memory's allocator. */
export interface BlurOperations {
  /**
   * The mean of `size` pixels around each, rounded once: exact for `B`, from sums of f32 for `H` and `f`.
   *
   * @throws ValueError for an even size or one of more than 2^22 pixels, LayoutError, FormatError, ReadonlyError,
   * AllocationError or UnsupportedError for scratch; all before the first store.
   */
  boxBlur<T extends MemoryView>(source: MemoryView, target: T, options: BoxBlurOptions): T;
  /**
   * A Gaussian blur as `scipy.ndimage.gaussian_filter` defines it: weights exp(−i² / 2 sigma²) up to `truncate` sigmas,
   * added up to 1, along rows and columns; in f32 and rounded once.
   *
   * @example image.gaussianBlur(pixels, pixels, { sigma: 2 })
   * @throws as `boxBlur` does; ValueError for a sigma or truncate below 0
   */
  gaussianBlur<T extends MemoryView>(source: MemoryView, target: T, options: GaussianBlurOptions): T;
  /** Gives tables and scratch back. */
  release(): void;
}

interface Exports {
  box_scratch(height: number, width: number, channels: number, sizeX: number, sizeY: number): number;
  box_u8(
    ...args: [
      ...Operands,
      height: number,
      width: number,
      channels: number,
      sizeX: number,
      sizeY: number,
      border: number,
      value: number,
      magic: number,
      shift: number,
      scratch: number,
    ]
  ): void;
  weighted_items(window: number): void;
  recursive_across(window: number, strip: number, ...waves: number[]): void;
  recursive_down(window: number, strip: number, ...waves: number[]): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["box_u8", "box_scratch", "weighted_items", "recursive_across", "recursive_down"];
const MAX_AREA = 2 ** 22;
/** The largest sigma that `"auto"` does exactly. */
export const EXACT = 10;

/** @internal The blurs of a memory that is loaded. */
export function blurOn(loaded: Loaded, operation: string): BlurOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
  /** One sum along rows, one down columns. */
  const weighted = (terms: Omit<Pass, "rows">, name: string): void => {
    const pass = weightedPass(terms);
    kernels.weighted_items(writePass(pass, loaded.scratch(passBytes(pass), name), loaded));
  };
  return {
    boxBlur(source, target, options) {
      const name = "image.boxBlur";
      const read = readOptions(options, { size: anything, ...BORDER_CHECKS }, name);
      const [sizeX, sizeY] = sizesOf(read.size, MAX_AREA, name);
      const border = BORDERS.indexOf(read.border ?? "nearest");
      const run = (from: Parameters<typeof operands>[1], to: Parameters<typeof operands>[0]): void => {
        const { height, width, channels } = from;
        const values = valuesOf(read.value, from, "the border value", name);
        if (from.format !== "B") {
          const share = (size: number): number[] => Array<number>(size).fill(1 / size);
          const sides = [sizeX >> 1, sizeY >> 1] as const;
          weighted({ from, to, across: along(share(sizeX)), down: down(share(sizeY)), sides, border, values }, name); // prettier-ignore
          return;
        }
        const { magic, shift } = boxDivisor(sizeX * sizeY);
        const scratch = loaded.scratch(kernels.box_scratch(height, width, channels, sizeX, sizeY) >>> 0, name);
        kernels.box_u8(
          ...operands(to, from),
          height,
          width,
          channels,
          sizeX,
          sizeY,
          border,
          packBytes(values),
          magic,
          shift,
          scratch,
        );
      };
      return onPictures(source, target, loaded, name, run, { formats: "BHf" });
    },
    gaussianBlur(source, target, options) {
      const name = "image.gaussianBlur";
      const checks = {
        sigma: anything,
        truncate: positive,
        method: oneOf(["auto", "exact", "fast"]),
        ...BORDER_CHECKS,
      };
      const { sigma, truncate = 4, method = "auto", ...read } = readOptions(options, checks, name);
      const sigmas = sigmasOf(sigma, name);
      const border = BORDERS.indexOf(read.border ?? "nearest");
      const fast = method === "fast" || (method === "auto" && Math.max(...sigmas) > EXACT);
      return onPictures(
        source,
        target,
        loaded,
        name,
        (from, to) => {
          const values = valuesOf(read.value, from, "the border value", name);
          const lines = sigmas.map((one) => gaussianWeights(one, truncate)) as [number[], number[]];
          const [sideX, sideY] = lines.map((weights) => weights.length >> 1) as [number, number];
          const common = { from, to, border, values };
          // The waves are those of a bell that is not cut off, and too wide for a narrow one.
          if (!fast || truncate < 3 || Math.min(...sigmas) < 0.5) {
            weighted({ ...common, across: along(lines[0]), down: down(lines[1]), sides: [sideX, sideY] }, name);
            return;
          }
          const [across, columns]: Pass[] = [{ ...common, rows: "wide", sides: [sideX, 0] }, { ...common, rows: "wide", sides: [0, sideY] }] as const; // prettier-ignore
          const room = Math.max(passBytes(across!, true), passBytes(columns!));
          // Sixteen lines, and two strips of them.
          const strips = 64 * (from.width + 2 * sideX + 64) + 128 * (Math.max(from.width + 2 * sideX, from.height + 2 * sideY) + 4); // prettier-ignore
          const scratch = loaded.scratch(room + strips, name);
          kernels.recursive_across(writePass(across!, scratch, loaded, true), scratch + room, ...gaussianWaves(sigmas[0])); // prettier-ignore
          kernels.recursive_down(writePass(columns!, scratch, loaded), scratch + room, ...gaussianWaves(sigmas[1]));
        },
        { formats: "BHf" },
      );
    },
    release: () => loaded.release(),
  };
}

/** The blur kernels, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): BlurOperations {
  const operation = "image/blur.load";
  return blurOn(new Loaded(memory, options, operation), operation);
}
