import { ValueError, show } from "../errors.ts";
import { cStrides, fStrides, product } from "../layout/shape.ts";
import { checkOption, oneOf } from "../options.ts";
import { copyItems } from "./bytes.ts";
import type { MemoryView } from "./memory-view.ts";

/** C order (last dimension nearest), Fortran order, or the one the items have. */
export type Order = "C" | "F" | "A";

/** Whether an order means Fortran's for a view. @throws ValueError */
export function isFortran(view: MemoryView, order: Order, operation: string): boolean {
  checkOption(order, "order", oneOf(["C", "F", "A"]), operation);
  return order === "F" || (order === "A" && view.fContiguous && !view.cContiguous);
}

/** See `MemoryView.toBytes`. */
export function bytesOf(
  view: MemoryView,
  order: Order = "C",
  operation = "MemoryView.toBytes",
): Uint8Array<ArrayBuffer> {
  const { buffer } = view._live(operation);
  const { shape, itemsize } = view;
  const packed = isFortran(view, order, operation) ? fStrides(shape, itemsize) : cStrides(shape, itemsize);
  const bytes = new Uint8Array(product(shape) * itemsize);
  copyItems({ buffer: bytes.buffer, byteOffset: 0, strides: packed }, { buffer, ...view._layout }, shape, itemsize);
  return bytes;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** See `MemoryView.hex`. */
export function hexOf(view: MemoryView, separator?: string, group = 1): string {
  const operation = "MemoryView.hex";
  const bytes = bytesOf(view, "C", operation);
  if (separator !== undefined && !(typeof separator === "string" && separator.length === 1 && separator < "\x80")) {
    throw new ValueError(operation, `the separator is ${show(separator)}`, "pass one ASCII character");
  }
  if (!Number.isSafeInteger(group)) {
    throw new ValueError(operation, `bytesPerSep is ${show(group)}`, "pass an integer");
  }
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
