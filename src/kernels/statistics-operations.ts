import type { MemoryView } from "../view/memory-view.ts";
import type { ChannelOptions } from "./picture-options.ts";

/** Of one channel; `std` is that of all items, divided by their number. NaN, and a sum of 0, where there are no items. */
export interface ChannelStats {
  min: number;
  max: number;
  sum: number;
  mean: number;
  std: number;
}

export interface AutoLevelsOptions extends ChannelOptions {
  /** The share of items that may become black, and of those that may become white: 0.005 unless said. */
  clip?: number;
}

export interface ClaheOptions extends ChannelOptions {
  /** How many tiles across and down: [8, 8] unless said. */
  tiles?: readonly [across: number, down: number];
  /** How often a value may be there, relative to the mean of all values: 2 unless said; 0 is no limit. */
  clipLimit?: number;
}

export interface Components {
  /** Without the background. */
  count: number;
  /** Pixels of the background, then of each component by its label. */
  areas: number[];
  /** The least rectangles around them, of no width where there is no pixel. */
  boxes: { x: number; y: number; width: number; height: number }[];
}

export interface HistogramOptions {
  /** Counts pixels of RGB by their luma, instead of each channel. */
  luma?: "bt601" | "bt709";
}

/**
 * What pictures of any strides hold, by numbers.
 *
 * | formats       | operations                                                                                     |
 * | ------------- | ---------------------------------------------------------------------------------------------- |
 * | B H f         | stats, psnr, ssim, integral (`f` into `d` only)                                                |
 * | B H           | histogram, of 256 or 65,536 counts (`luma` of B only), equalize, autoLevels                    |
 * | B             | clahe, components                                                                              |
 *
 * Exactness: counts, labels and sums of integers are exact, sums of `f` are f64, and what is made of counts is rounded once;
 * `clahe` is f32, off by 1 at most near ties, and `ssim`, off by 1e-4 at most.
 *
 * All throw LayoutError, FormatError, UnsupportedError, ReadonlyError or ValueError before the first store. Scratch comes
 * from the memory's allocator.
 */
export interface StatisticsOperations {
  /** The least and greatest item, sum, mean and standard deviation of each channel. */
  stats(source: MemoryView): ChannelStats[];
  /**
   * How often each value is there: a target `I` `[256]` for a gray picture, `[channels, 256]` for others, 65,536 instead
   * of 256 for `H`. It is overwritten.
   *
   * @example image.histogram(pixels, memory.alloc("I", [4, 256]))
   */
  histogram<T extends MemoryView>(source: MemoryView, target: T, options?: HistogramOptions): T;
  /**
   * Sums of all items above and to the left of each corner: a target `d` or `I` `[height + 1, width + 1]` of a gray
   * picture, its first row and column 0. `I` is modulo 2^32, and so are differences: those below 2^32 are right.
   * Source: Crow, SIGGRAPH 1984.
   */
  integral<T extends MemoryView>(source: MemoryView, target: T): T;
  /** Peak signal-to-noise ratio in decibels: 10 log10(max² / mean squared difference) of all items; Infinity when equal. */
  psnr(a: MemoryView, b: MemoryView): number;
  /**
   * Mean structural similarity of all windows inside, and of all channels: 1 when equal. Pictures of 11 × 11 pixels at least.
   * Source: Wang et al., IEEE Trans. Image Processing 13 (2004): Gaussian windows of 11 × 11, sigma 1.5, K 0.01 and 0.03.
   */
  ssim(a: MemoryView, b: MemoryView): number;
  /**
   * Spreads the values so that each range of them has as many items: (items up to v − those of the least value) / (all −
   * those) × max. What has one value only stays. In place too; alpha is copied unless `channels: "all"` is said.
   */
  equalize<T extends MemoryView>(source: MemoryView, target: T, options?: ChannelOptions): T;
  /**
   * Spreads the values of each channel over the full range: floor(items × clip) of them are cut off at either end, then the
   * least becomes 0 and the greatest max. What has one value only stays. In place too; alpha as in `equalize`.
   */
  autoLevels<T extends MemoryView>(source: MemoryView, target: T, options?: AutoLevelsOptions): T;
  /**
   * Equalizes tiles, their counts clipped, and between the middles of tiles what is between their results. In place too;
   * alpha as in `equalize`. Source: Zuiderveld, Graphics Gems IV (1994); padding and rounding of the clip limit as OpenCV 4.
   */
  clahe<T extends MemoryView>(source: MemoryView, target: T, options?: ClaheOptions): T;
  /**
   * Labels what hangs together of what is not 0 in a gray picture, by 8 neighbours or by 4: a target `i`, 0 where the source
   * is, else from 1, in the order of first pixels, row by row. Scratch grows with the number of components.
   *
   * @example const { count, boxes } = image.components(mask, memory.alloc("i", [height, width]))
   */
  components(source: MemoryView, target: MemoryView, options?: { connectivity?: 4 | 8 }): Components;
  /** Gives tables and scratch back. */
  release(): void;
}
