export { load } from "../kernels/filter.ts";
export type {
  BilateralOptions,
  CannyOptions,
  CorrelateOptions,
  ElementOptions,
  EmbossOptions,
  FilterOperations,
  GradientTargets,
  MagnitudeOptions,
  MedianOptions,
  MorphologyOptions,
  UnsharpOptions,
} from "../kernels/filter-operations.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { Border, BorderOptions, PerChannel } from "../kernels/picture-options.ts";
