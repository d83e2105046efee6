export { type BlurOperations, type BoxBlurOptions, type GaussianBlurOptions, load } from "../kernels/blur.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { Border, BorderOptions, PerChannel } from "../kernels/picture-options.ts";
