import { BoundsError, list, show } from "../errors.ts";
import { product } from "./shape.ts";

/** Where items are: item `[i0, i1, …]` lives at `byteOffset + Σ index × stride` bytes. */
export interface Layout {
  /** Bytes from the start of the memory to item `[0, 0, …]`. */
  readonly byteOffset: number;
  readonly shape: readonly number[];
  /** Bytes between neighbours, per dimension. */
  readonly strides: readonly number[];
}

/** The bytes a layout can touch, as `[low, high)`; an empty layout touches none, and both are its offset. */
export function extent({ byteOffset, shape, strides }: Layout, itemsize: number): [low: number, high: number] {
  let low = byteOffset;
  let high = byteOffset + itemsize;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 0) return [byteOffset, byteOffset];
    const reach = (shape[axis]! - 1) * strides[axis]!;
    if (reach < 0) low += reach;
    else high += reach;
  }
  return [low, high];
}

/**
 * Refuses a layout that touches a byte outside `[low, high)`.
 *
 * @param where what the limits are those of, for the error: `"memory"`, `"this view"`.
 * @throws BoundsError with the byte range and both limits.
 */
export function checkWithin(
  layout: Layout,
  itemsize: number,
  low: number,
  high: number,
  where: string,
  operation: string,
): void {
  const [first, end] = extent(layout, itemsize);
  // Sums beyond 2^53 lose digits, but not their side of a limit far below it.
  if (first >= low && end <= high && Number.isSafeInteger(first) && Number.isSafeInteger(end)) return;
  throw new BoundsError(
    operation,
    `shape ${list(layout.shape)} with strides ${list(layout.strides)} at byteOffset ${layout.byteOffset} ` +
      `spans bytes ${first} to ${end}, ${where} has ${low} to ${high}`,
    "move it, or make it smaller",
  );
}

/** Whether the items are packed in C order. Dimensions of length 1 do not count, and no items are packed in any order. */
export function isCContiguous({ shape, strides }: Layout, itemsize: number): boolean {
  let stride = itemsize;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 0) return true;
    if (shape[axis] !== 1 && strides[axis] !== stride) return product(shape) === 0;
    stride *= shape[axis]!;
  }
  return true;
}

/** The same for Fortran order. */
export function isFContiguous({ byteOffset, shape, strides }: Layout, itemsize: number): boolean {
  return isCContiguous({ byteOffset, shape: shape.toReversed(), strides: strides.toReversed() }, itemsize);
}

/** An index of one dimension, negative counting from the end. @throws BoundsError */
export function checkIndex(index: unknown, length: number, axis: number, operation: string): number {
  if (typeof index === "number" && index >= -length && index < length && Number.isInteger(index)) {
    return index < 0 ? index + length : index;
  }
  throw new BoundsError(
    operation,
    `index ${show(index)} is out of bounds for dimension ${axis} of length ${length}`,
    length === 0 ? "this dimension is empty" : `use an integer from ${-length} to ${length - 1}`,
  );
}

/**
 * Bytes from the start of the memory to one item.
 *
 * @throws BoundsError when the number of indices is not the number of dimensions, or an index is out of range.
 */
export function addressOf(
  { byteOffset, shape, strides }: Layout,
  index: readonly unknown[],
  operation: string,
): number {
  if (index.length !== shape.length) {
    throw new BoundsError(
      operation,
      `${index.length} ${index.length === 1 ? "index" : "indices"} for ${shape.length} dimensions of shape ${list(shape)}`,
      "pass one each, or use slice()",
    );
  }
  let address = byteOffset;
  for (let axis = 0; axis < shape.length; axis++) {
    address += checkIndex(index[axis], shape[axis]!, axis, operation) * strides[axis]!;
  }
  return address;
}
