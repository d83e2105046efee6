import { hex } from "virtual:wasm/image/point";
import { LayoutError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { finite, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { brightnessFixed, GRAY_WEIGHTS } from "./fixed-point.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { onPictures, type Operands, operands } from "./picture.ts";
import { CHANNEL_CHECKS, type ChannelOptions, colorsOf } from "./picture-options.ts";
import { Embedded } from "./wasm/instantiate.ts";

export interface BrightnessContrastOptions extends ChannelOptions {
  /** Added, as a share of the full range; 0 changes nothing. */
  brightness?: number;
  /** Factor around the middle of the range; 1 changes nothing. */
  contrast?: number;
}

export interface GrayscaleOptions {
  /** The weights of ITU-R BT.601 or BT.709, on the encoded values. */
  weights?: "bt601" | "bt709";
}

/** Point operations on pictures of `B`: `[height, width]` or `[height, width, channels]`, any strides, also in place. */
export interface PointOperations {
  /** 255 − v. @throws LayoutError, FormatError, ReadonlyError, ValueError, before the first store; so do the others. */
  invert<T extends MemoryView>(source: MemoryView, target: T, options?: ChannelOptions): T;
  /** (v − 127.5) × contrast + 127.5 + brightness × 255, rounded once; off by at most 1 in fixed point. */
  brightnessContrast<T extends MemoryView>(source: MemoryView, target: T, options?: BrightnessContrastOptions): T;
  /** Luma of an RGB or RGBA picture, into a gray target or one like the source (r = g = b, alpha copied). */
  grayscale<T extends MemoryView>(source: MemoryView, target: T, options?: GrayscaleOptions): T;
  /** Gives tables and scratch back. */
  release(): void;
}

interface Exports {
  invert_u8(...args: [...Operands, height: number, width: number, channels: number, colors: number]): void;
  brightness_u8(
    ...args: [
      ...Operands,
      height: number,
      width: number,
      channels: number,
      colors: number,
      factor: number,
      offset: number,
      shift: number,
    ]
  ): void;
  grayscale_u8(
    ...args: [
      ...Operands,
      height: number,
      width: number,
      sourceChannels: number,
      targetChannels: number,
      red: number,
      green: number,
      blue: number,
    ]
  ): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["invert_u8", "brightness_u8", "grayscale_u8"];

/** @internal The point operations of a memory that is loaded. */
export function pointOn(loaded: Loaded, operation: string): PointOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
  return {
    invert(source, target, options) {
      const name = "image.invert";
      const { channels } = readOptions(options, CHANNEL_CHECKS, name);
      return onPictures(source, target, loaded, name, (from, to) => {
        const changed = colorsOf(from, channels);
        kernels.invert_u8(...operands(to, from), from.height, from.width, from.channels, changed);
      });
    },
    brightnessContrast(source, target, options) {
      const name = "image.brightnessContrast";
      const checks = { brightness: finite, contrast: finite, ...CHANNEL_CHECKS };
      const { brightness = 0, contrast = 1, channels: chosen } = readOptions(options, checks, name);
      const { factor, offset, shift } = brightnessFixed(brightness, contrast);
      return onPictures(source, target, loaded, name, (from, to) => {
        const { height, width, channels } = from;
        const changed = colorsOf(from, chosen);
        kernels.brightness_u8(...operands(to, from), height, width, channels, changed, factor, offset, shift);
      });
    },
    grayscale(source, target, options) {
      const name = "image.grayscale";
      const { weights = "bt601" } = readOptions(options, { weights: oneOf(["bt601", "bt709"]) }, name);
      const [red, green, blue] = GRAY_WEIGHTS[weights];
      const run = (
        from: { channels: number; height: number; width: number },
        to: { channels: number },
        args: Operands,
      ): void => {
        if (from.channels === 1 || (to.channels !== 1 && to.channels !== from.channels)) {
          const problem = `the source has ${from.channels} channels, the target ${to.channels}`;
          throw new LayoutError(name, problem, "the source has 3 or 4, the target 1 or as many");
        }
        kernels.grayscale_u8(...args, from.height, from.width, from.channels, to.channels, red, green, blue);
      };
      return onPictures(source, target, loaded, name, (from, to) => run(from, to, operands(to, from)), {
        anyChannels: true,
      });
    },
    release: () => loaded.release(),
  };
}

/**
 * The point kernels, instantiated on a memory; synchronous.
 *
 * @throws UnsupportedError where WebAssembly may not be compiled from bytes (pass `module`).
 */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): PointOperations {
  const operation = "image/point.load";
  return pointOn(new Loaded(memory, options, operation), operation);
}
