export type { LoadOptions } from "../kernels/loaded.ts";
export { type ChannelStats, type HistogramOptions, load, type StatisticsOperations } from "../kernels/statistics.ts";
