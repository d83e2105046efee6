import type { LinearMemory } from "../linear-memory.ts";
import { type BlurOperations, blurOn } from "./blur.ts";
import { filterOn, type FilterOperations } from "./filter.ts";
import { type GeometryOperations, geometryOn } from "./geometry.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { pointOn, type PointOperations } from "./point.ts";

/** All image kernels of a memory. */
export interface ImageOperations extends PointOperations, BlurOperations, FilterOperations, GeometryOperations {}

/**
 * The image kernels, instantiated on a memory, whoever owns it, shared or not; synchronous. They own no memory, no data
 * and no state, so any number of threads may run them.
 *
 * @example
 * const image = loadImage(memory);
 * image.invert(pixels, pixels);
 * @throws UnsupportedError where WebAssembly may not be compiled from bytes (pass `module`).
 */
export function loadImage(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): ImageOperations {
  const loaded = new Loaded(memory, options, "loadImage");
  return {
    ...pointOn(loaded, "loadImage"),
    ...blurOn(loaded, "loadImage"),
    ...filterOn(loaded, "loadImage"),
    ...geometryOn(loaded, "loadImage"),
  };
}
