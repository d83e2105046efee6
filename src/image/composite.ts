export {
  type BlendMode,
  type BlendOptions,
  type CompositeOperations,
  type CompositeOperator,
  type CompositeOptions,
  type DitherMethod,
  type DitherOptions,
  load,
  type QuantizeOptions,
} from "../kernels/composite.ts";
export type { LoadOptions } from "../kernels/loaded.ts";
export type { ChannelOptions } from "../kernels/picture-options.ts";
