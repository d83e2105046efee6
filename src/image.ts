export type { BlurOperations, BoxBlurOptions, GaussianBlurOptions } from "./kernels/blur.ts";
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
} from "./kernels/filter.ts";
export type { GeometryOperations, RotateOptions } from "./kernels/geometry.ts";
export { type ImageOperations, loadImage } from "./kernels/image.ts";
export type { LoadOptions } from "./kernels/loaded.ts";
export type { BrightnessContrastOptions, GrayscaleOptions, PointOperations } from "./kernels/point.ts";
export type { Border, BorderOptions, ChannelOptions, PerChannel } from "./kernels/picture-options.ts";
