/** What all typed arrays inherit their methods from. */
const prototype = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

/**
 * Runs an operation, and counts the bytes that it moves between JavaScript and WebAssembly through the platform's ways
 * to copy: `set`, `slice` and `copyWithin` of any typed array.
 */
export function countCopies(run: () => void): number {
  const { set, slice, copyWithin } = prototype;
  let bytes = 0;
  prototype.set = function (this: Uint8Array, source, offset) {
    bytes += source.length * this.BYTES_PER_ELEMENT;
    set.call(this, source, offset);
  };
  prototype.slice = function (this: Uint8Array, ...range) {
    const copy = slice.apply(this, range);
    bytes += copy.byteLength;
    return copy;
  };
  prototype.copyWithin = function (this: Uint8Array, ...range) {
    bytes += this.byteLength;
    return copyWithin.apply(this, range);
  };
  try {
    run();
  } finally {
    Object.assign(prototype, { set, slice, copyWithin });
  }
  return bytes;
}
