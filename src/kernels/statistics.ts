import { hex } from "virtual:wasm/image/statistics";
import { FormatError, LayoutError, list } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { GRAY_WEIGHTS } from "./fixed-point.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap, checkSameShape, checkTarget, checkView } from "./operands.ts";
import { ITEMS, type ItemFormat, type Picture, pictureOf } from "./picture.ts";
import { Embedded } from "./wasm/instantiate.ts";

/** Of one channel; `std` is that of all items, divided by their number. NaN, and a sum of 0, where there are no items. */
export interface ChannelStats {
  min: number;
  max: number;
  sum: number;
  mean: number;
  std: number;
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
 * | B H f         | stats, psnr, integral (`f` into `d` only)                                                      |
 * | B H           | histogram, of 256 or 65,536 counts; `luma` of B                                                |
 *
 * Exactness: counts, and sums of integers, are exact; sums of `f` are f64.
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
  /** Gives tables and scratch back. */
  release(): void;
}

type Channel = [address: number, row: number, pixel: number];
type Size = [height: number, width: number];

interface Exports {
  count_items(...args: [counts: number, step: number, ...Channel, ...Size, size: number, tables: number]): void;
  count_luma(
    ...args: [counts: number, step: number, ...Channel, item: number, ...Size, ...(readonly number[]), tables: number]
  ): void;
  moments_items(...args: [result: number, ...Channel, ...Channel, ...Size, format: number, scratch: number]): void;
  integral_items(...args: [...target: Channel, ...source: Channel, ...Size, format: number, wide: number]): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const KERNELS = "count_items count_luma moments_items integral_items";
/** Bytes of scratch of `moments_items`, before them those of its result and of a constant. */
const [STRIPS, RESULT, CONSTANT] = [32768, 32, 16] as const;

/** The kernels' numbers of formats. */
const codeOf = ({ format }: Picture): number => "BHf".indexOf(format);
/** Where channel `c` is. */
const channelOf = ({ address, row, pixel, item }: Picture, c = 0): Channel => [address + c * item, row, pixel];
/** Tables of `count_items`. */
const tableBytes = ({ format }: Picture): number => (format === "B" ? 4096 : 2 ** 18);

/** @internal The statistics of a memory that is loaded. */
export function statisticsOn(loaded: Loaded, operation: string): StatisticsOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, KERNELS.split(" "), operation);

  const read = (view: MemoryView, what: string, name: string, formats = "BHf"): Picture =>
    pictureOf(checkView(view, what, loaded, name), what, name, formats);

  /** A target that is no picture. @throws FormatError, LayoutError */
  const checkResult = (view: MemoryView, formats: string, shape: readonly number[], name: string): ItemFormat => {
    const { _format: format, _layout: layout } = checkTarget(view, loaded, name);
    const { array, text, code } = format;
    if (!array || !formats.includes(code!)) {
      const problem = `the target has format '${text}', the results are '${[...formats].join("', '")}'`;
      throw new FormatError(name, problem, "pass a target of such a format");
    }
    if (layout.shape.join() !== shape.join()) {
      throw new LayoutError(name, `the target has shape ${list(layout.shape)}, the result ${list(shape)}`, "make them equal"); // prettier-ignore
    }
    return code as ItemFormat;
  };

  /** Of one channel, and its squared differences from a constant or from another picture's. */
  const moments = (a: Picture, channel: number, b: Picture | number, name: string) => {
    const address = loaded.scratch(STRIPS + RESULT + CONSTANT, name);
    const at = address + RESULT;
    const { height, width, format } = a;
    // Of integers it is 0, in any format.
    if (typeof b === "number") loaded.source.array(Float32Array)[at / 4] = b;
    const other: Channel = typeof b === "number" ? [at, 0, 0] : channelOf(b, channel);
    kernels.moments_items(address, ...channelOf(a, channel), ...other, height, width, codeOf(a), at + CONSTANT);
    const floats = loaded.source.array(Float64Array);
    const sums = format === "f" ? floats : loaded.source.array(BigUint64Array);
    const [i, count] = [address / 8, height * width];
    return { min: floats[i]!, max: floats[i + 1]!, sum: sums[i + 2]!, squares: sums[i + 3]!, count };
  };

  return {
    stats(source) {
      const name = "image.stats";
      const from = read(source, "source", name);
      return Array.from({ length: from.channels }, (_, channel): ChannelStats => {
        const count = from.height * from.width;
        if (count === 0) return { min: NaN, max: NaN, sum: 0, mean: NaN, std: NaN };
        const { min, max, sum, squares } = moments(from, channel, 0, name);
        const mean = Number(sum) / count;
        if (typeof squares === "bigint") {
          // n Σv² − (Σv)², of integers that no f64 holds.
          const spread = BigInt(count) * squares - (sum as bigint) ** 2n;
          return { min, max, sum: Number(sum), mean, std: Math.sqrt(Number(spread)) / count };
        }
        // Around a number near the mean, and then around the mean itself.
        const near = Math.fround(mean);
        const spread = (moments(from, channel, near, name).squares as number) / count - (mean - near) ** 2;
        return { min, max, sum: sum as number, mean, std: Math.sqrt(spread < 0 ? 0 : spread) };
      });
    },
    histogram(source, target, options) {
      const name = "image.histogram";
      const { luma } = readOptions(options, { luma: oneOf(["bt601", "bt709"]) }, name);
      const from = read(source, "source", name, luma ? "B" : "BH");
      if (luma && from.channels === 1) {
        throw new LayoutError(name, "the source has 1 channel, luma is that of 3 or 4", "leave luma out");
      }
      const rows = luma ? 1 : from.channels;
      const values = ITEMS[from.format].max + 1;
      checkResult(target, "I", rows === 1 ? [values] : [rows, values], name);
      checkOverlap(source, target, false, name);
      const tables = loaded.scratch(tableBytes(from), name);
      const { byteOffset, strides } = target._layout;
      const [row, step] = rows === 1 ? [0, strides[0]!] : (strides as [number, number]);
      const size: Size = [from.height, from.width];
      for (let c = 0; c < rows; c++) {
        const counts = byteOffset + c * row;
        if (luma)
          kernels.count_luma(counts, step, ...channelOf(from), from.item, ...size, ...GRAY_WEIGHTS[luma], tables);
        else kernels.count_items(counts, step, ...channelOf(from, c), ...size, ITEMS[from.format].size, tables);
      }
      return target;
    },
    integral(source, target) {
      const name = "image.integral";
      const from = read(source, "source", name);
      if (from.channels !== 1) {
        throw new LayoutError(name, `the source has ${from.channels} channels`, 'pass one: slice("...", 0)');
      }
      const { height, width } = from;
      const code = checkResult(target, from.format === "f" ? "d" : "dI", [height + 1, width + 1], name);
      checkOverlap(source, target, false, name);
      const { byteOffset, strides } = target._layout;
      const to = [byteOffset, ...strides] as Channel;
      kernels.integral_items(...to, ...channelOf(from), height, width, codeOf(from), Number(code === "d"));
      return target;
    },
    psnr(a, b) {
      const name = "image.psnr";
      const first = read(a, "first picture", name);
      const second = read(b, "second picture", name, first.format);
      checkSameShape(a, b, name);
      let sum = 0;
      const { height, width, channels } = first;
      if (height > 0 && width > 0) {
        for (let c = 0; c < channels; c++) sum += Number(moments(first, c, second, name).squares);
      }
      const mean = sum / (height * width * channels);
      return sum === 0 ? Infinity : 10 * Math.log10(ITEMS[first.format].max ** 2 / mean);
    },
    release: () => loaded.release(),
  };
}

/** The kernels of statistics, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): StatisticsOperations {
  const operation = "image/statistics.load";
  return statisticsOn(new Loaded(memory, options, operation), operation);
}
