import { hex } from "virtual:wasm/image/composite";
import { LayoutError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, type Check, checkOption, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap, checkTarget, checkView } from "./operands.ts";
import { checkSameSize, ITEMS, onPictures, type Operands, operands, type Picture, pictureOf } from "./picture.ts";
import { CHANNEL_CHECKS, type ChannelOptions, colorsOf } from "./picture-options.ts";
import { medianCut } from "./quantize.ts";
import { Embedded } from "./wasm/instantiate.ts";

/** Fa and Fb of the Porter-Duff operators, each as a number + a factor × the other picture's alpha. */
const OPERATORS = {
  clear: [0, 0, 0, 0],
  copy: [1, 0, 0, 0],
  over: [1, 0, 1, -1],
  in: [0, 1, 0, 0],
  out: [1, -1, 0, 0],
  atop: [0, 1, 1, -1],
  dest: [0, 0, 1, 0],
  "dest-over": [1, -1, 1, 0],
  "dest-in": [0, 0, 0, 1],
  "dest-out": [0, 0, 1, -1],
  "dest-atop": [1, -1, 0, 1],
  xor: [1, -1, 1, -1],
  plus: [1, 0, 1, 0],
} as const;

/** In the order of the kernel's numbers; the last four look at all colours together. */
const MODES = [
  "multiply",
  "screen",
  "overlay",
  "darken",
  "lighten",
  "color-dodge",
  "color-burn",
  "hard-light",
  "soft-light",
  "difference",
  "exclusion",
  "hue",
  "saturation",
  "color",
  "luminosity",
] as const;

export type CompositeOperator = keyof typeof OPERATORS;
export type BlendMode = "normal" | (typeof MODES)[number];

interface MixOptions {
  /** Whether colours are multiplied by alpha, in all three pictures; `"straight"` unless said. */
  alpha?: "straight" | "premultiplied";
  /** 0 to 1; what the source's alpha is multiplied by. */
  opacity?: number;
  /** A gray view of `B`, `H` or `f`, as high and wide: what the source's alpha is multiplied by, as a share of the full range. */
  mask?: MemoryView;
}

export interface CompositeOptions extends MixOptions {
  /** `"over"` unless said. */
  operator?: CompositeOperator;
}

export interface BlendOptions extends MixOptions {
  mode: BlendMode;
}

export interface QuantizeOptions {
  /** From 2 to 256, which is what it is unless said. */
  colors?: number;
  /** `"none"` unless said. */
  dither?: "none" | DitherMethod;
}

export type DitherMethod = "floyd-steinberg" | "ordered";

export interface DitherOptions extends ChannelOptions {
  /** From 2, which is what it is unless said, to 256. */
  levels?: number;
  /** `"floyd-steinberg"` unless said. */
  method?: DitherMethod;
}

/**
 * Pictures on pictures, of any strides: all three of one format, gray with gray or colours with colours. One without alpha
 * is opaque; a target without alpha gets the result on black. In place on the source or the backdrop.
 *
 * | formats                  | operations                                                                          |
 * | ------------------------ | ----------------------------------------------------------------------------------- |
 * | B H f, one for all three | composite, blend                                                                    |
 * | B                        | dither; quantize, of RGB or RGBA                                                    |
 *
 * Exactness: `composite` of packed RGBA of `B` without opacity and mask is rounded once from integers where colours are
 * premultiplied, and for `"over"` on an opaque backdrop. All else is f32, rounded once: off by 1 at most, near ties.
 *
 * All throw LayoutError, FormatError, UnsupportedError, ReadonlyError or ValueError before the first store. Scratch, a few
 * kB, comes from the memory's allocator.
 */
export interface CompositeOperations {
  /**
   * A source on a backdrop by a Porter-Duff operator.
   * Source: Porter and Duff, SIGGRAPH 1984; W3C Compositing and Blending Level 1, section 9.1.
   *
   * @example image.composite(sticker, frame, frame)
   */
  composite<T extends MemoryView>(source: MemoryView, backdrop: MemoryView, target: T, options?: CompositeOptions): T;
  /**
   * A source on a backdrop, its colours mixed with the backdrop's by a mode where both are.
   * Source: W3C Compositing and Blending Level 1, section 10.
   *
   * @example image.blend(shade, photo, photo, { mode: "multiply" })
   */
  blend<T extends MemoryView>(source: MemoryView, backdrop: MemoryView, target: T, options: BlendOptions): T;
  /**
   * A palette for a picture of RGB or RGBA, and the index of each pixel into a gray target: `palette` is a view
   * `[colors, 4]` of RGBA in the same memory, to be freed; rows that are not needed are 0. Colours are told apart by 5 bits,
   * alpha by 3, and are the means of the pixels they stand for.
   * Source: Heckbert, SIGGRAPH 1982 (median cut); errors and matrix as in `dither`.
   *
   * @example const { palette } = image.quantize(photo, indices, { colors: 64, dither: "floyd-steinberg" })
   */
  quantize(source: MemoryView, target: MemoryView, options?: QuantizeOptions): { palette: MemoryView };
  /**
   * Equal steps, both ends included, by turns with the next so that the mean stays. In place too; alpha is copied unless
   * `channels: "all"` is said.
   * Source: Floyd and Steinberg, Proc. SID 17 (1976), row by row from the left; Bayer, IEEE ICC 1973, 8 × 8.
   */
  dither<T extends MemoryView>(source: MemoryView, target: T, options?: DitherOptions): T;
  /** Gives tables and scratch back. */
  release(): void;
}

type Four = [number, number, number, number];

interface Exports {
  composite_items(
    ...args: [
      ...Operands,
      ...backdrop: Four,
      mask: number,
      maskRow: number,
      maskPixel: number,
      height: number,
      width: number,
      targetChannels: number,
      sourceChannels: number,
      backdropChannels: number,
      format: number,
      maskFormat: number,
      max: number,
      maskMax: number,
      factors: number,
      mode: number,
      premultiplied: number,
      opacity: number,
      scratch: number,
    ]
  ): void;
  dither_u8(
    ...args: [...target: Channel, ...source: Channel, ...Size, levels: number, method: number, scratch: number]
  ): void;
  gather_cells(...args: [...Channel, item: number, ...Size, channels: number, cells: number, sums: number]): void;
  index_pixels(
    ...args: [
      ...target: Channel,
      ...source: Channel,
      item: number,
      ...Size,
      channels: number,
      cells: number,
      ...[palette: number, colors: number, method: number, spread: number, scratch: number],
    ]
  ): void;
}

type Channel = [address: number, row: number, pixel: number];
type Size = [height: number, width: number];

const embedded = /* @__PURE__ */ new Embedded(hex);
const KERNELS = ["composite_items", "dither_u8", "gather_cells", "index_pixels"];
/** In the order of the kernels' numbers. */
const METHODS = ["none", "ordered", "floyd-steinberg"] as const;
/** Bytes of scratch of `composite_items`. */
const PLANES = 4608;
const FORMATS = "BHf";

const share: Check = (value) => !((value as number) >= 0 && (value as number) <= 1) && "a number from 0 to 1";
const counted: Check = (value) =>
  !(Number.isInteger(value) && (value as number) >= 2 && (value as number) <= 256) && "a whole number from 2 to 256";
const MIX_CHECKS = {
  alpha: /* @__PURE__ */ oneOf(["straight", "premultiplied"]),
  opacity: share,
  mask: anything,
} as const;
const operatorCheck = /* @__PURE__ */ oneOf(Object.keys(OPERATORS));
const modeCheck = /* @__PURE__ */ oneOf(["normal", ...MODES]);

/** @internal The operations of a memory that is loaded. */
export function compositeOn(loaded: Loaded, operation: string): CompositeOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, KERNELS, operation);

  const mix = <T extends MemoryView>(
    views: readonly [source: MemoryView, backdrop: MemoryView, target: T],
    { alpha = "straight", opacity = 1, mask }: MixOptions,
    operator: CompositeOperator,
    mode: number,
    name: string,
  ): T => {
    const [source, backdrop, target] = views;
    const from = pictureOf(checkView(source, "source", loaded, name), "source", name, FORMATS);
    const under = pictureOf(checkView(backdrop, "backdrop", loaded, name), "backdrop", name, from.format);
    const to = pictureOf(checkTarget(target, loaded, name), "target", name, from.format);
    const cover: Picture | undefined = mask && pictureOf(checkView(mask, "mask", loaded, name), "mask", name, FORMATS);
    const counts = [from, under, to].map(({ channels }) => channels);
    if (new Set(counts.map((count) => count === 1)).size > 1 || (cover && cover.channels !== 1)) {
      const problem = `source, backdrop and target have ${counts.join(", ")} channels${cover ? `, the mask ${cover.channels}` : ""}`;
      throw new LayoutError(name, problem, "put gray on gray, colours on colours, with a gray mask");
    }
    if (mode >= MODES.indexOf("hue") && from.channels === 1) {
      throw new LayoutError(name, `'${MODES[mode]}' mixes colours, the pictures are gray`, "use another mode");
    }
    for (const other of mask ? [source, backdrop, mask] : [source, backdrop]) checkSameSize(other, target, name);
    for (const other of [source, backdrop]) checkOverlap(other, target, true, name);
    if (mask) checkOverlap(mask, target, false, name);
    const { height, width } = to;
    if (height === 0 || width === 0) return target;
    const factors = OPERATORS[operator].reduce((all: number, factor, i) => all | ((factor & 255) << (8 * i)), 0);
    const scratch = loaded.scratch(PLANES, name);
    kernels.composite_items(
      ...operands(to, from),
      ...([under.address, under.row, under.pixel, under.item] as Four),
      cover?.address ?? 0,
      cover?.row ?? 0,
      cover?.pixel ?? 0,
      height,
      width,
      to.channels,
      from.channels,
      under.channels,
      FORMATS.indexOf(from.format),
      cover ? FORMATS.indexOf(cover.format) : -1,
      ITEMS[from.format].max,
      cover ? ITEMS[cover.format].max : 1,
      factors,
      mode,
      Number(alpha === "premultiplied"),
      opacity,
      scratch,
    );
    return target;
  };

  return {
    composite(source, backdrop, target, options) {
      const name = "image.composite";
      const { operator = "over", ...read } = readOptions(options, { operator: operatorCheck, ...MIX_CHECKS }, name);
      return mix([source, backdrop, target], read, operator, -1, name);
    },
    blend(source, backdrop, target, options) {
      const name = "image.blend";
      const { mode, ...read } = readOptions(options, { mode: modeCheck, ...MIX_CHECKS }, name);
      checkOption(mode, "mode", modeCheck, name);
      return mix([source, backdrop, target], read, "over", MODES.indexOf(mode as (typeof MODES)[number]), name);
    },
    quantize(source, target, options) {
      const name = "image.quantize";
      const checks = { colors: counted, dither: oneOf(METHODS) };
      const { colors = 256, dither = "none" } = readOptions(options, checks, name);
      let palette: MemoryView | undefined;
      const alloc = (): MemoryView => (palette = loaded.owner.alloc("B", [colors, 4]).fill(0));
      const run = (from: Picture, to: Picture): void => {
        const { address, row, pixel, item, height, width, channels } = from;
        if (channels === 1 || to.channels > 1) {
          const problem = `the source has ${channels} channels, the target ${to.channels}`;
          throw new LayoutError(name, problem, "pass 3 or 4, and one for the indices");
        }
        const cells = channels === 4 ? 2 ** 18 : 2 ** 15;
        const scratch = loaded.scratch(4 * cells + 40 * colors + 48 * (width + 2), name);
        const sums = scratch + 4 * cells;
        const { byteOffset } = alloc();
        const counts = loaded.source
          .array(Uint32Array)
          .subarray(scratch / 4, sums / 4 + 10 * colors)
          .fill(0);
        const picture = [address, row, pixel, item, height, width, channels] as const;
        kernels.gather_cells(...picture, scratch, 0);
        const count = medianCut(counts.subarray(0, cells), colors);
        kernels.gather_cells(...picture, scratch, sums);
        const totals = loaded.source.array(BigUint64Array).subarray(sums / 8, sums / 8 + 5 * count);
        const bytes = loaded.source.array(Uint8Array);
        for (let i = 0; i < count; i++) {
          const [pixels, ...channelSums] = [...totals.subarray(5 * i, 5 * i + 5)].map(Number) as [number, ...number[]];
          channelSums.forEach((sum, c) => (bytes[byteOffset + 4 * i + c] = Math.floor(sum / pixels + 0.5)));
          if (channels === 3) bytes[byteOffset + 4 * i + 3] = 255;
        }
        kernels.index_pixels(
          ...([to.address, to.row, to.pixel] as Channel),
          ...picture,
          ...([
            scratch,
            byteOffset,
            count,
            METHODS.indexOf(dither),
            255 / Math.cbrt(colors),
            sums + 40 * colors,
          ] as const),
        );
      };
      onPictures(source, target, loaded, name, run, { anyChannels: true, apart: true });
      return { palette: palette ?? alloc() };
    },
    dither(source, target, options) {
      const name = "image.dither";
      const checks = { levels: counted, method: oneOf(METHODS.slice(1)), ...CHANNEL_CHECKS };
      const { levels = 2, method = "floyd-steinberg", channels } = readOptions(options, checks, name);
      const run = (from: Picture, to: Picture): void => {
        const { height, width } = from;
        const scratch = loaded.scratch(16 * (width + 2), name);
        const changed = colorsOf(from, channels);
        for (let c = 0; c < from.channels; c++) {
          // With a level for each value, nothing changes.
          const [steps, how] = c < changed ? [levels, METHODS.indexOf(method)] : [256, 1];
          const both = [to, from].flatMap(({ address, row, pixel, item }) => [address + c * item, row, pixel]);
          kernels.dither_u8(...(both as [...Channel, ...Channel]), height, width, steps, how, scratch);
        }
      };
      return onPictures(source, target, loaded, name, run);
    },
    release: () => loaded.release(),
  };
}

/** The kernels of compositing, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): CompositeOperations {
  const operation = "image/composite.load";
  return compositeOn(new Loaded(memory, options, operation), operation);
}
