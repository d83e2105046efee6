export type { LoadOptions } from "../kernels/loaded.ts";
export type { ChannelOptions } from "../kernels/picture-options.ts";
export { load } from "../kernels/statistics.ts";
export type {
  AutoLevelsOptions,
  ChannelStats,
  ClaheOptions,
  Components,
  HistogramOptions,
  StatisticsOperations,
} from "../kernels/statistics-operations.ts";
