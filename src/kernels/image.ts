import type { LinearMemory } from "../linear-memory.ts";
import { type BlurOperations, blurOn } from "./blur.ts";
import { compositeOn, type CompositeOperations } from "./composite.ts";
import { filterOn } from "./filter.ts";
import type { FilterOperations } from "./filter-operations.ts";
import { type GeometryOperations, geometryOn } from "./geometry.ts";
import { bridgesOn, type ImageBridges } from "./image-bridges.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { type Plan, planOn } from "./plan.ts";
import { pointOn } from "./point.ts";
import type { PointOperations } from "./point-operations.ts";
import { statisticsOn } from "./statistics.ts";
import type { StatisticsOperations } from "./statistics-operations.ts";

/** All image kernels of a memory. */
export interface ImageOperations
  extends
    PointOperations,
    BlurOperations,
    FilterOperations,
    GeometryOperations,
    StatisticsOperations,
    CompositeOperations,
    ImageBridges {
  /**
   * An operation on views that stay: all is checked, and tables and scratch are prepared, once. `run()` then works on what
   * is in the views, as often as wanted, and allocates nothing; it returns what the operation does. Lists and tables among
   * the options are read now. The views' blocks cannot be freed until `release()`.
   *
   * @example
   * using blur = image.plan("gaussianBlur", camera, soft, { sigma: 3 });
   * onframe = () => blur.run();
   * @throws ValueError for an unknown name, and what the operation throws; then nothing is written or held.
   */
  plan<K extends OperationName>(name: K, ...args: Parameters<ImageOperations[K]>): Plan<ReturnType<ImageOperations[K]>>;
}

/** Whatever works on pictures. */
export type OperationName = Exclude<keyof ImageOperations, keyof ImageBridges | "plan" | "release">;

/** @internal The operations of a memory that is loaded. */
export const operationsOn = (
  loaded: Loaded,
  operation: string,
): Omit<ImageOperations, keyof ImageBridges | "plan"> => ({
  ...pointOn(loaded, operation),
  ...blurOn(loaded, operation),
  ...filterOn(loaded, operation),
  ...geometryOn(loaded, operation),
  ...statisticsOn(loaded, operation),
  ...compositeOn(loaded, operation),
});

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
  const operations = operationsOn(loaded, "loadImage");
  return { ...operations, ...bridgesOn(loaded), plan: planOn(loaded, operations, operationsOn) } as ImageOperations;
}
