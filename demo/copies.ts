import type { MemoryView } from "linearview";

/** Bytes that were copied: those of pixels, and those of tables and weights that kernels read. */
export interface Copied {
  readonly pixels: number;
  readonly others: number;
}

/** What all typed arrays inherit their methods from. */
const prototype = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

/**
 * Runs an operation, and counts the bytes that it moves between JavaScript and WebAssembly through the platform's ways
 * to copy: `set`, `slice` and `copyWithin` of any typed array. Those within `blocks` are pixels.
 */
export function countCopies(blocks: readonly MemoryView[], run: () => void): Copied {
  const { set, slice, copyWithin } = prototype;
  const places = blocks.map((block) => block.bounds());
  const { buffer } = blocks[0]!;
  const copied = { pixels: 0, others: 0 };
  const isPixels = (array: ArrayLike<number>): boolean => {
    if (!ArrayBuffer.isView(array) || array.buffer !== buffer) return false;
    const { byteOffset, byteLength } = array;
    return places.some(([low, high]) => byteOffset < high && byteOffset + byteLength > low);
  };
  const count = (bytes: number, ...arrays: ArrayLike<number>[]): void => {
    copied[arrays.some(isPixels) ? "pixels" : "others"] += bytes;
  };
  prototype.set = function (this: Uint8Array, source, offset = 0) {
    count(source.length * this.BYTES_PER_ELEMENT, source, this.subarray(offset, offset + source.length));
    set.call(this, source, offset);
  };
  prototype.slice = function (this: Uint8Array, ...range) {
    const copy = slice.apply(this, range);
    count(copy.byteLength, this.subarray(...range));
    return copy;
  };
  prototype.copyWithin = function (this: Uint8Array, ...range) {
    count(this.byteLength, this);
    return copyWithin.apply(this, range);
  };
  try {
    run();
  } finally {
    Object.assign(prototype, { set, slice, copyWithin });
  }
  return copied;
}
