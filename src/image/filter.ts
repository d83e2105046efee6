export {
  type BilateralOptions,
  type CannyOptions,
  type CorrelateOptions,
  type ElementOptions,
  type EmbossOptions,
  type FilterOperations,
  type GradientTargets,
  type MagnitudeOptions,
  type MedianOptions,
  type MorphologyOptions,
  type UnsharpOptions,
  load,
} from "../kernels/filter.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { Border, BorderOptions, PerChannel } from "../kernels/picture-options.ts";
