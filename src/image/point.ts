export type { LoadOptions } from "../kernels/loaded.ts";
export {
  type BrightnessContrastOptions,
  type ChannelOptions,
  type GrayscaleOptions,
  load,
  type PointOperations,
} from "../kernels/point.ts";
