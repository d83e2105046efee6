export type { BlurOperations, BoxBlurOptions, GaussianBlurOptions } from "./kernels/blur.ts";
export type {
  BlendMode,
  BlendOptions,
  CompositeOperations,
  CompositeOperator,
  CompositeOptions,
  DitherMethod,
  DitherOptions,
  QuantizeOptions,
} from "./kernels/composite.ts";
export type { Curve } from "./kernels/curves.ts";
export type { GeometryOperations, ResizeOptions, RotateOptions } from "./kernels/geometry.ts";
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
} from "./kernels/filter-operations.ts";
export type { ImageBridges, ImageDataLike } from "./kernels/image-bridges.ts";
export { type ImageOperations, loadImage, type OperationName } from "./kernels/image.ts";
export type { LoadOptions } from "./kernels/loaded.ts";
export type { WorkerLike } from "./kernels/crew.ts";
export { parallel, type ParallelOperations, type ParallelOptions, type TaskOptions } from "./kernels/parallel.ts";
export type { Plan } from "./kernels/plan.ts";
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
} from "./kernels/point-operations.ts";
export type { Border, BorderOptions, ChannelOptions, PerChannel } from "./kernels/picture-options.ts";
export type {
  AutoLevelsOptions,
  ChannelStats,
  ClaheOptions,
  Components,
  HistogramOptions,
  StatisticsOperations,
} from "./kernels/statistics-operations.ts";
export type { Interpolation, WarpOptions } from "./kernels/warp.ts";
