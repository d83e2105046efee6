export type { BlurOperations, Border, BoxBlurOptions } from "./kernels/blur.ts";
export { type ImageOperations, loadImage } from "./kernels/image.ts";
export type { LoadOptions } from "./kernels/loaded.ts";
export type { BrightnessContrastOptions, ChannelOptions, GrayscaleOptions, PointOperations } from "./kernels/point.ts";
