export type { Filter } from "../kernels/filters.ts";
export { type GeometryOperations, load, type ResizeOptions, type RotateOptions } from "../kernels/geometry.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
