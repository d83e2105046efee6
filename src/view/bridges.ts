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

/** All bytes, where the view may be written and is packed. @throws ReleasedError, ReadonlyError, LayoutError */
function packedData(view: MemoryView, operation: string): DataView {
  view._checkWritable(operation);
  if (view.cContiguous) return view._live(operation);
  throw new LayoutError(
    operation,
    `shape ${list(view.shape)} with strides ${list(view.strides)} is not packed in C order`,
    "use copy()",
  );
}

/** See `MemoryView.typedArray`. */
export function typedArrayOf(
  view: MemoryView,
  options?: { clamped?: boolean },
  operation = "MemoryView.typedArray",
): ArrayBufferView {
  view._checkWritable(operation);
  const { clamped } = readOptions(options, { clamped: flag }, operation);
  const { _format: format, byteOffset, shape, itemsize } = view;
  const { array } = format;
  const hint = "use dataView() or copy()";
  if (!array || (clamped && array !== Uint8Array)) {
    const wanted = clamped ? "a Uint8ClampedArray takes 'B'" : "no typed array has such items";
    throw new FormatError(operation, `the format is ${show(format.text)}, ${wanted}`, clamped ? "cast('B')" : hint);
  }
  const { buffer } = packedData(view, operation);
  if (byteOffset % itemsize !== 0) {
    throw new LayoutError(
      operation,
      `byteOffset ${byteOffset} is not a multiple of ${itemsize}, as a ${array.name} needs`,
      hint,
    );
  }
  return new (clamped ? Uint8ClampedArray : array)(buffer as ArrayBuffer, byteOffset, product(shape));
}

/** See `MemoryView.dataView`. */
export function dataViewOf(view: MemoryView): DataView {
  return new DataView(packedData(view, "MemoryView.dataView").buffer, view.byteOffset, view.nbytes);
}

/** See `MemoryView.imageData`. */
export function imageDataOf(view: MemoryView): ImageData {
  const operation = "MemoryView.imageData";
  const pixels = typedArrayOf(view, { clamped: true }, operation) as Uint8ClampedArray<ArrayBuffer>;
  const { shape } = view;
  if (shape.length !== 3 || shape[2] !== 4 || pixels.length === 0) {
    throw new LayoutError(
      operation,
      `shape ${list(shape)} is no [height, width, 4]`,
      "ImageData is RGBA, at least 1 × 1",
    );
  }
  if (typeof ImageData === "undefined") {
    throw new UnsupportedError(operation, "this platform has no ImageData", "use typedArray({ clamped: true })");
  }
  if (isShared(pixels.buffer)) {
    throw new UnsupportedError(operation, "ImageData refuses shared memory", "use WebGL, a VideoFrame, or copy()");
  }
  return new ImageData(pixels, shape[1]!, shape[0]);
}

/** Where a view's bytes are, for another thread; every property can be posted. */
export interface ViewHandle<F extends string = string> {
  readonly memory?: WebAssembly.Memory;
  /** In place of the memory, where that is not known. */
  readonly buffer?: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly format: F;
  readonly itemsize: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly readonly: boolean;
}

/** See `MemoryView.handle`. */
export function handleOf(view: MemoryView): ViewHandle {
  const operation = "MemoryView.handle";
  const { memory, buffer } = view._check(operation).source;
  if (!isShared(buffer)) {
    throw new UnsupportedError(operation, "unshared memory cannot be posted", "post copy(), or create it with shared");
  }
  const { byteOffset, format, itemsize, shape, strides, readonly } = view;
  return { ...(memory ? { memory } : { buffer }), byteOffset, format, itemsize, shape, strides, readonly };
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
