export { type GeometryOperations, load, type RotateOptions } from "../kernels/geometry.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
