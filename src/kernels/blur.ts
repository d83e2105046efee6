import { hex } from "virtual:wasm/image/blur";
import { show, ValueError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { boxDivisor } from "./fixed-point.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { onPictures, type Operands, operands } from "./picture.ts";
import { Embedded } from "./wasm/instantiate.ts";

/**
 * What lies outside a picture `a b c`: `"nearest"` a a | a b c, `"reflect"` b a | a b c, `"mirror"` c b | a b c, or
 * `"constant"` with a value.
 */
export type Border = "nearest" | "reflect" | "mirror" | "constant";

export interface BoxBlurOptions {
  /** Odd, in pixels; one number for both directions or `{ x, y }`. */
  size: number | { x: number; y: number };
  border?: Border;
  /** What lies outside with `border: "constant"`: a number, or one per channel. */
  value?: number | readonly number[];
}

/** Blurs of pictures of `B`, any strides, also in place. Scratch comes from the memory's allocator. */
export interface BlurOperations {
  /**
   * The mean of `size` pixels around each, rounded once.
   *
   * @throws ValueError for an even size or one of more than 2^22 pixels, LayoutError, FormatError, ReadonlyError,
   * AllocationError or UnsupportedError for scratch; all before the first store.
   */
  boxBlur<T extends MemoryView>(source: MemoryView, target: T, options: BoxBlurOptions): T;
  /** Gives tables and scratch back. */
  release(): void;
}

interface Exports {
  box_scratch(height: number, width: number, channels: number, sizeX: number, sizeY: number): number;
  box_u8(
    ...args: [
      ...Operands,
      height: number,
      width: number,
      channels: number,
      sizeX: number,
      sizeY: number,
      border: number,
      value: number,
      magic: number,
      shift: number,
      scratch: number,
    ]
  ): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const NAMES = ["box_u8", "box_scratch"];
/** In the order of the kernels' numbers. */
const BORDERS: readonly Border[] = ["nearest", "reflect", "mirror", "constant"];
const MAX_AREA = 2 ** 22;

/** Width and height of the box. @throws ValueError */
function sizesOf(size: unknown, operation: string): [x: number, y: number] {
  const { x, y } =
    typeof size === "object" && size !== null ? (size as { x: unknown; y: unknown }) : { x: size, y: size };
  for (const length of [x, y]) {
    if (typeof length !== "number" || !(length >= 1) || length % 2 !== 1 || length >= MAX_AREA) {
      throw new ValueError(operation, `size is ${show(length)}`, "size is an odd number of pixels, or { x, y } of two");
    }
  }
  const sizes: [number, number] = [x as number, y as number];
  if (sizes[0] * sizes[1] >= MAX_AREA) {
    throw new ValueError(
      operation,
      `a box of ${sizes[0]} × ${sizes[1]} pixels, less than ${MAX_AREA} are the limit`,
      "use a smaller size",
    );
  }
  return sizes;
}

/** The border's value as bytes of one pixel. @throws ValueError */
function borderValue(value: unknown, channels: number, operation: string): number {
  const values = Array.isArray(value) ? Array.from({ length: value.length }, (_, i) => value[i] as unknown) : undefined;
  if (values && values.length !== channels) {
    throw new ValueError(
      operation,
      `${values.length} border values for ${channels} channels`,
      "pass one per channel, or one number",
    );
  }
  let packed = 0;
  for (let channel = 0; channel < channels; channel++) {
    const byte = values ? values[channel] : value;
    if (typeof byte !== "number" || !Number.isInteger(byte) || byte < 0 || byte > 255) {
      throw new ValueError(operation, `the border value is ${show(byte)}`, "it is an integer from 0 to 255");
    }
    packed |= byte << (8 * channel);
  }
  return packed;
}

/** @internal The blurs of a memory that is loaded. */
export function blurOn(loaded: Loaded, operation: string): BlurOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
  return {
    boxBlur(source, target, options) {
      const name = "image.boxBlur";
      const read = readOptions(options, { size: anything, border: oneOf(BORDERS), value: anything }, name);
      const [sizeX, sizeY] = sizesOf(read.size, name);
      const border = BORDERS.indexOf(read.border ?? "nearest");
      return onPictures(source, target, loaded, name, (from, to) => {
        const { height, width, channels } = from;
        const value = borderValue(read.value ?? 0, channels, name);
        const { magic, shift } = boxDivisor(sizeX * sizeY);
        const scratch = loaded.scratch(kernels.box_scratch(height, width, channels, sizeX, sizeY) >>> 0, name);
        kernels.box_u8(
          ...operands(to, from),
          height,
          width,
          channels,
          sizeX,
          sizeY,
          border,
          value,
          magic,
          shift,
          scratch,
        );
      });
    },
    release: () => loaded.release(),
  };
}

/** The blur kernels, instantiated on a memory; synchronous. @throws UnsupportedError */
export function load(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): BlurOperations {
  const operation = "image/blur.load";
  return blurOn(new Loaded(memory, options, operation), operation);
}
