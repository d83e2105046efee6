import { hex } from "virtual:wasm/image/blur";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { boxDivisor } from "./fixed-point.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { onPictures, type Operands, operands } from "./picture.ts";
import { BORDER_CHECKS, type BorderOptions, BORDERS, packBytes, sizesOf, valuesOf } from "./picture-options.ts";
import { Embedded } from "./wasm/instantiate.ts";

export interface BoxBlurOptions extends BorderOptions {
  /** Odd, in pixels; one number for both directions or `{ x, y }`. */
  size: number | { x: number; y: number };
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
const MAX_AREA = 2 ** 22;

/** @internal The blurs of a memory that is loaded. */
export function blurOn(loaded: Loaded, operation: string): BlurOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
  return {
    boxBlur(source, target, options) {
      const name = "image.boxBlur";
      const read = readOptions(options, { size: anything, ...BORDER_CHECKS }, name);
      const [sizeX, sizeY] = sizesOf(read.size, MAX_AREA, name);
      const border = BORDERS.indexOf(read.border ?? "nearest");
      return onPictures(source, target, loaded, name, (from, to) => {
        const { height, width, channels } = from;
        const value = packBytes(valuesOf(read.value, from, "the border value", name));
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
