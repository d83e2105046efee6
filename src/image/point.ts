export type { LoadOptions } from "../kernels/loaded.ts";
export type { ChannelOptions } from "../kernels/picture-options.ts";
export { type BrightnessContrastOptions, type GrayscaleOptions, load, type PointOperations } from "../kernels/point.ts";
