import { FormatError, LayoutError, list, show, UnsupportedError } from "../errors.ts";
import type { NativeArray } from "../format/scalars.ts";
import { isShared } from "../memory/source.ts";
import { flag, readOptions } from "../options.ts";
import { formatOf } from "../format/compile.ts";
import { product } from "../layout/shape.ts";
import { converted } from "./convert.ts";
import { bytesOf } from "./export.ts";
import type { MemoryView } from "./memory-view.ts";

/** The typed array of an item type, `any` where that is not known: of any class for `number`, of 64-bit integers for `bigint`. */
export type TypedArrayOf<Item, B extends ArrayBufferLike> = 0 extends 1 & Item
  ? any
  : [Item] extends [bigint]
    ? BigInt64Array<B> | BigUint64Array<B>
    : Int8Array<B> | Uint8Array<B> | Int16Array<B> | Uint16Array<B> | Int32Array<B> | Uint32Array<B> | Float32Array<B> | Float64Array<B>; // prettier-ignore

/** @throws LayoutError */
function checkPacked(view: MemoryView, operation: string): void {
  if (view.cContiguous) return;
  throw new LayoutError(
    operation,
    `shape ${list(view.shape)} with strides ${list(view.strides)} is not packed in C order`,
    "use copy()",
  );
}

/** See `MemoryView.typedArray`. */
export function typedArrayOf(view: MemoryView, options?: { clamped?: boolean }): unknown {
  const operation = "MemoryView.typedArray";
  view._checkWritable(operation);
  const { clamped } = readOptions(options, { clamped: flag }, operation);
  const { _format: format, byteOffset, shape, itemsize } = view;
  if (!format.array || (clamped && format.array !== Uint8Array)) {
    const wanted = clamped ? "a Uint8ClampedArray takes 'B'" : "no typed array has such items";
    throw new FormatError(operation, `the format is ${show(format.text)}, ${wanted}`, "use dataView() or copy()");
  }
  checkPacked(view, operation);
  if (byteOffset % itemsize !== 0) {
    throw new LayoutError(
      operation,
      `byteOffset ${byteOffset} is not a multiple of ${itemsize}, as a ${format.array.name} needs`,
      "use dataView() or copy()",
    );
  }
  const type = clamped ? Uint8ClampedArray : format.array;
  return new type(view._live(operation).buffer as ArrayBuffer, byteOffset, product(shape));
}

/** See `MemoryView.dataView`. */
export function dataViewOf(view: MemoryView): DataView {
  const operation = "MemoryView.dataView";
  view._checkWritable(operation);
  checkPacked(view, operation);
  return new DataView(view._live(operation).buffer, view.byteOffset, view.nbytes);
}

/** See `MemoryView.imageData`. */
export function imageDataOf(view: MemoryView): ImageData {
  const operation = "MemoryView.imageData";
  view._checkWritable(operation);
  const { shape } = view;
  if (view._format.array !== Uint8Array) {
    throw new FormatError(
      operation,
      `the format is ${show(view.format)}, ImageData takes 'B'`,
      "cast('B', [height, width, 4])",
    );
  }
  if (shape.length !== 3 || shape[2] !== 4 || shape.includes(0)) {
    throw new LayoutError(
      operation,
      `shape ${list(shape)} is no [height, width, 4]`,
      "ImageData is RGBA, at least 1 × 1",
    );
  }
  checkPacked(view, operation);
  if (typeof ImageData === "undefined") {
    throw new UnsupportedError(operation, "this platform has no ImageData", "use typedArray({ clamped: true })");
  }
  if (isShared(view.buffer)) {
    throw new UnsupportedError(operation, "ImageData refuses shared memory", "use WebGL, a VideoFrame, or copy()");
  }
  const pixels = typedArrayOf(view, { clamped: true }) as Uint8ClampedArray<ArrayBuffer>;
  return new ImageData(pixels, shape[1]!, shape[0]);
}

/** See `MemoryView.copy`. */
export function copyOf(view: MemoryView): NativeArray {
  const operation = "MemoryView.copy";
  view._check(operation);
  const { _format: format } = view;
  if (format.array) return new format.array(bytesOf(view, "C", operation).buffer);
  const native = format.scalar?.array ? formatOf(format.code!, operation) : undefined;
  if (!native) return bytesOf(view, "C", operation);
  // Byte-swapped numbers keep their values, not their bytes.
  return new native.array!(converted(view, native, "c", operation));
}
