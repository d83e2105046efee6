import { hex } from "virtual:wasm/image/geometry";
import type { LinearMemory } from "../linear-memory.ts";
import { oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { ValueError } from "../errors.ts";
import type { CopyExports } from "./strided-copy.ts";
import { turn, TURNS } from "./turns.ts";
import { Embedded } from "./wasm/instantiate.ts";

export interface RotateOptions {
  /** Clockwise. */
  degrees: 90 | 180 | 270;
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
  /** Gives tables and scratch back. */
  release(): void;
}

interface Exports extends CopyExports {}

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["copy_1", "copy_2", "copy_4"];
const DEGREES = [90, 180, 270] as const;

/** @internal The geometry of a memory that is loaded. */
export function geometryOn(loaded: Loaded, operation: string): GeometryOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
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
    release: () => loaded.release(),
  };
}

/** The geometry kernels, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): GeometryOperations {
  const operation = "image/geometry.load";
  return geometryOn(new Loaded(memory, options, operation), operation);
}
