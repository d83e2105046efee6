import type { Layout } from "../layout/layout.ts";
import { cStrides, fStrides, product } from "../layout/shape.ts";
import { type Check, checkOption, oneOf } from "../options.ts";
import { copyItems, type Items } from "./bytes.ts";
import type { MemoryView } from "./memory-view.ts";

/** C order (last dimension nearest), Fortran order, or the one the items have. */
export type Order = "C" | "F" | "A";

/** Whether an order means Fortran's for a view. @throws ValueError */
export function isFortran(view: MemoryView, order: Order, operation: string): boolean {
  checkOption(order, "order", oneOf(["C", "F", "A"]), operation);
  return order === "F" || (order === "A" && view.fContiguous && !view.cContiguous);
}

/** Where the items of a view are, as the bulk operations take it. @throws ReleasedError, BoundsError */
export const itemsOf = (view: MemoryView, operation: string): Items & Layout => ({
  buffer: view._live(operation).buffer,
  ...view._layout,
});

/** See `MemoryView.toBytes`. */
export function bytesOf(
  view: MemoryView,
  order: Order = "C",
  operation = "MemoryView.toBytes",
): Uint8Array<ArrayBuffer> {
  const items = itemsOf(view, operation);
  const { shape, itemsize } = view;
  const packed = isFortran(view, order, operation) ? fStrides(shape, itemsize) : cStrides(shape, itemsize);
  const bytes = new Uint8Array(product(shape) * itemsize);
  copyItems({ buffer: bytes.buffer, byteOffset: 0, strides: packed }, items, shape, itemsize);
  return bytes;
}

/** Two hexadecimal digits for each byte. */
export const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const character: Check = (value) =>
  value !== undefined && !(typeof value === "string" && value.length === 1 && value < "\x80") && "one ASCII character";
const integer: Check = (value) => !Number.isSafeInteger(value) && "an integer";

/** See `MemoryView.hex`. */
export function hexOf(view: MemoryView, separator?: string, group = 1): string {
  const operation = "MemoryView.hex";
  const bytes = bytesOf(view, "C", operation);
  checkOption(separator, "the separator", character, operation);
  checkOption(group, "bytesPerSep", integer, operation);
  // Groups are counted from the right, and from the left where the number is negative.
  const size = separator === undefined ? 0 : Math.abs(group);
  const first = group > 0 ? bytes.length % size : 0;
  let text = "";
  bytes.forEach((byte, i) => {
    if (size > 0 && i > 0 && (i - first) % size === 0) text += separator;
    text += HEX[byte];
  });
  return text;
}
