import { hex } from "virtual:wasm/image/statistics";
import { FormatError, LayoutError, list } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { type Check, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { GRAY_WEIGHTS } from "./fixed-point.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap, checkSameShape, checkTarget, checkView } from "./operands.ts";
import { ITEMS, type ItemFormat, onPictures, type Operands, operands, type Picture, pictureOf } from "./picture.ts";
import { CHANNEL_CHECKS, type ChannelOptions, colorsOf } from "./picture-options.ts";
import type { ChannelStats, StatisticsOperations } from "./statistics-operations.ts";
import { clipped, type Counts, type Curve, equalized, leveled } from "./equalizing.ts";
import { Embedded } from "./wasm/instantiate.ts";

type Channel = [address: number, row: number, pixel: number];
type Size = [height: number, width: number];

interface Exports {
  count_items(...args: [counts: number, step: number, ...Channel, ...Size, size: number, tables: number]): void;
  count_luma(
    ...args: [counts: number, step: number, ...Channel, item: number, ...Size, ...(readonly number[]), tables: number]
  ): void;
  moments_items(...args: [result: number, ...Channel, ...Channel, ...Size, format: number, scratch: number]): void;
  lookup_items(
    ...args: [
      ...Operands,
      ...Size,
      ...[channels: number, colors: number, size: number, sourceSize: number, table: number, next: number],
    ]
  ): void;
  count_tile(
    ...args: [counts: number, ...Channel, ...Size, x: number, y: number, wide: number, high: number, tables: number]
  ): void;
  equalize_tiles(
    ...args: [
      ...target: Channel,
      ...source: Channel,
      ...Size,
      ...[tables: number, across: number, down: number, wide: number, high: number],
    ]
  ): void;
  ssim_items(
    ...args: [
      ...a: Channel,
      ...b: Channel,
      ...Size,
      ...[format: number, c1: number, c2: number, middle: number, weights: number, scratch: number],
    ]
  ): number;
  count_runs(...args: [...Channel, ...Size]): number;
  label_items(
    ...args: [...target: Channel, ...source: Channel, ...Size, ...[corners: number, parents: number, records: number]]
  ): number;
  integral_items(...args: [...target: Channel, ...source: Channel, ...Size, format: number, wide: number]): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const KERNELS =
  "count_items count_luma moments_items integral_items lookup_items count_tile equalize_tiles ssim_items count_runs label_items";
/** Bytes of scratch of `moments_items`, before them those of its result and of a constant. */
const [STRIPS, RESULT, CONSTANT] = [32768, 32, 16] as const;

/** The kernels' numbers of formats. */
const codeOf = ({ format }: Picture): number => "BHf".indexOf(format);
/** Where channel `c` is. */
const channelOf = ({ address, row, pixel, item }: Picture, c = 0): Channel => [address + c * item, row, pixel];
/** Tables of `count_items`. */
const tableBytes = ({ format }: Picture): number => (format === "B" ? 4096 : 2 ** 18);

/** Eleven weights of a Gaussian of sigma 1.5, which add up to 1. */
const windowWeights = (): number[] => {
  const weights = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / 4.5));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
};
const share: Check = (value) => !((value as number) >= 0 && (value as number) < 0.5) && "a number from 0, below 0.5";
const limits: Check = (value) => !((value as number) >= 0 && (value as number) <= 256) && "a number from 0 to 256";
const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 256;
const pair: Check = (value) =>
  !(Array.isArray(value) && value.length === 2 && value.every(isCount)) && "[across, down], from 1 to 256 each";

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

  const needGray = ({ channels }: Picture, name: string): void => {
    if (channels === 1) return;
    throw new LayoutError(name, `the source has ${channels} channels`, 'pass one: slice("...", 0)');
  };

  /** Each channel by a table that is made of its counts. */
  const byTables = <T extends MemoryView>(
    source: MemoryView,
    target: T,
    channels: ChannelOptions["channels"],
    curveOf: (counts: Counts, total: number) => Curve,
    name: string,
  ): T => {
    const run = (from: Picture, to: Picture): void => {
      const { height, width } = from;
      const { size, max } = ITEMS[from.format];
      const [values, changed, tableSize] = [max + 1, colorsOf(from, channels), tableBytes(from)];
      const next = values * size;
      const address = loaded.scratch(tableSize + 4 * values + next * changed, name);
      const [counts, tables] = [address + tableSize, address + tableSize + 4 * values];
      for (let c = 0; c < changed; c++) {
        kernels.count_items(counts, 4, ...channelOf(from, c), height, width, size, address);
        const words = loaded.source.array(Uint32Array).subarray(counts / 4, counts / 4 + values);
        const curve = curveOf(words, height * width);
        const items = size === 1 ? loaded.source.array(Uint8Array) : loaded.source.array(Uint16Array);
        for (let v = 0, at = (tables + c * next) / size; v < values; v++) {
          items[at + v] = Math.floor(Math.min(Math.max(curve(v), 0), max) + 0.5);
        }
      }
      kernels.lookup_items(...operands(to, from), height, width, from.channels, changed, size, size, tables, next);
    };
    return onPictures(source, target, loaded, name, run, { formats: "BH" });
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
      needGray(from, name);
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
    ssim(a, b) {
      const name = "image.ssim";
      const first = read(a, "first picture", name);
      const second = read(b, "second picture", name, first.format);
      checkSameShape(a, b, name);
      const { height, width, channels } = first;
      if (height < 11 || width < 11) {
        throw new LayoutError(name, `the pictures have shape ${list(a.shape)}`, "windows are 11 × 11, pass no less");
      }
      const address = loaded.scratch(64 + 192 * (width + 8), name);
      loaded.source.array(Float32Array).set(windowWeights(), address / 4);
      const { max } = ITEMS[first.format];
      const constants = [(0.01 * max) ** 2, (0.03 * max) ** 2, max / 2] as const;
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const both = [...channelOf(first, c), ...channelOf(second, c)] as const;
        sum += kernels.ssim_items(...both, height, width, codeOf(first), ...constants, address, address + 64);
      }
      return sum / (channels * (height - 10) * (width - 10));
    },
    equalize(source, target, options) {
      const name = "image.equalize";
      const { channels } = readOptions(options, CHANNEL_CHECKS, name);
      return byTables(source, target, channels, equalized, name);
    },
    autoLevels(source, target, options) {
      const name = "image.autoLevels";
      const { channels, clip = 0.005 } = readOptions(options, { clip: share, ...CHANNEL_CHECKS }, name);
      return byTables(source, target, channels, (counts, total) => leveled(counts, total, clip), name);
    },
    clahe(source, target, options) {
      const name = "image.clahe";
      const checks = { tiles: pair, clipLimit: limits, ...CHANNEL_CHECKS };
      const { tiles = [8, 8], clipLimit = 2, channels } = readOptions(options, checks, name);
      const [across, down] = tiles;
      const run = (from: Picture, to: Picture, inPlace: boolean): void => {
        const { height, width } = from;
        const even = width % across === 0 && height % down === 0;
        const [wide, high] = [width, height].map((length, i) => {
          const count = tiles[i]!;
          return even ? length / count : (length - (length % count)) / count + 1;
        }) as [number, number];
        const address = loaded.scratch(4096 + 1024 + 256 * across * down, name);
        const [counts, tables] = [address + 4096, address + 5120];
        const changed = colorsOf(from, channels);
        for (let c = 0; c < changed; c++) {
          for (let tile = 0; tile < across * down; tile++) {
            const [x, y] = [(tile % across) * wide, Math.floor(tile / across) * high];
            kernels.count_tile(counts, ...channelOf(from, c), height, width, x, y, wide, high, address);
            const words = loaded.source.array(Uint32Array).subarray(counts / 4, counts / 4 + 256);
            clipped(words, wide * high, clipLimit, loaded.source.array(Uint8Array).subarray(tables + 256 * tile));
          }
          const both = [...channelOf(to, c), ...channelOf(from, c)] as const;
          kernels.equalize_tiles(...both, height, width, tables, across, down, wide, high);
        }
        if (inPlace || changed === from.channels) return;
        // A table of one channel, and none of it used: what is left is a copy.
        const rest = [{ ...to, address: channelOf(to, changed)[0] }, { ...from, address: channelOf(from, changed)[0] }] as const; // prettier-ignore
        kernels.lookup_items(...operands(...rest), height, width, 1, 0, 1, 1, tables, 0);
      };
      return onPictures(source, target, loaded, name, run);
    },
    components(source, target, options) {
      const name = "image.components";
      const { connectivity = 8 } = readOptions(options, { connectivity: oneOf([8, 4]) }, name);
      const from = read(source, "source", name, "B");
      needGray(from, name);
      checkResult(target, "i", source.shape, name);
      checkOverlap(source, target, false, name);
      const { height, width } = from;
      const { byteOffset, strides } = target._layout;
      const [to, size] = [[byteOffset, strides[0]!, strides[1]!] as Channel, [height, width] as Size];
      // As many as there are runs in rows, and the background.
      const most = (kernels.count_runs(...channelOf(from), ...size) >>> 0) + 1;
      const parents = loaded.scratch(24 * most, name);
      const records = parents + 4 * most;
      const corners = Number(connectivity === 8);
      const count = kernels.label_items(...to, ...channelOf(from), ...size, corners, parents, records) >>> 0;
      const words = loaded.source.array(Uint32Array);
      const all = Array.from({ length: count + 1 }, (_, i) =>
        words.subarray(records / 4 + 5 * i, records / 4 + 5 * i + 5),
      );
      return {
        count,
        areas: all.map(([area]) => area!),
        boxes: all.map(([area, x, y, right, bottom]) =>
          area
            ? { x: x!, y: y!, width: right! - x! + 1, height: bottom! - y! + 1 }
            : { x: 0, y: 0, width: 0, height: 0 },
        ),
      };
    },
    release: () => loaded.release(),
  };
}

/** The kernels of statistics, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): StatisticsOperations {
  const operation = "image/statistics.load";
  return statisticsOn(new Loaded(memory, options, operation), operation);
}
