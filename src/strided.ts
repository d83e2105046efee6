export type { LoadOptions } from "./kernels/loaded.ts";
export { loadStrided, type StridedOperations } from "./kernels/strided.ts";
