export {
  type BlendMode,
  type BlendOptions,
  type CompositeOperations,
  type CompositeOperator,
  type CompositeOptions,
  load,
} from "../kernels/composite.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
