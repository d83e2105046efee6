export { type BlurOperations, type Border, type BoxBlurOptions, load } from "../kernels/blur.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
