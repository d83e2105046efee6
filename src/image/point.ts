export type { Curve } from "../kernels/curves.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { Border, BorderOptions, ChannelOptions, PerChannel } from "../kernels/picture-options.ts";
export { load } from "../kernels/point.ts";
export type {
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
} from "../kernels/point-operations.ts";
