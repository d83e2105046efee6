export type { Filter } from "../kernels/resize-filters.ts";
export { type GeometryOperations, load, type ResizeOptions, type RotateOptions } from "../kernels/geometry.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { Border, BorderOptions, PerChannel } from "../kernels/picture-options.ts";
export type { Interpolation, WarpOptions } from "../kernels/warp.ts";
