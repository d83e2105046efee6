export type { Curve } from "../kernels/curves.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { Border, BorderOptions, ChannelOptions, PerChannel } from "../kernels/picture-options.ts";
export {
  type AdaptiveMeanOptions,
  type BrightnessContrastOptions,
  type CurvesOptions,
  type GammaOptions,
  type GrayscaleOptions,
  type LevelsOptions,
  load,
  type LutOptions,
  type PointOperations,
  type PosterizeOptions,
  type SwizzleOptions,
  type ThresholdOptions,
  type YCbCrOptions,
  type YCbCrPlanes,
} from "../kernels/point.ts";
