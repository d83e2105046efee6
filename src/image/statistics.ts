export type { LoadOptions } from "../kernels/loaded.ts";
export type { ChannelOptions } from "../kernels/picture-options.ts";
export {
  type AutoLevelsOptions,
  type ChannelStats,
  type ClaheOptions,
  type Components,
  type HistogramOptions,
  load,
  type StatisticsOperations,
} from "../kernels/statistics.ts";
