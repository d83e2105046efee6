import { nest } from "../format/composite.ts";
import type { NativeArray } from "../format/scalars.ts";
import { isCContiguous } from "../layout/layout.ts";
import { product } from "../layout/shape.ts";
import { bytesOf } from "./export.ts";
import type { MemoryView } from "./memory-view.ts";

/** Items in C order without gaps. */
interface Packed {
  readonly data: DataView;
  /** Byte of the first item in `data`. */
  readonly start: number;
  /** The same items, where a typed array can read them. */
  readonly items?: NativeArray;
}

/** A view's own bytes where its items are packed, else a copy of them. */
export function packedOf(view: MemoryView, operation: string): Packed {
  const { _format: format, _layout: layout } = view;
  const inPlace = isCContiguous(layout, format.itemsize);
  const data = inPlace ? view._live(operation) : new DataView(bytesOf(view, "C", operation).buffer);
  const start = inPlace ? layout.byteOffset : 0;
  if (!format.array || start % format.itemsize !== 0) return { data, start };
  return { data, start, items: new format.array(data.buffer, start, product(layout.shape)) };
}

/** Reads the item at a position in C order. */
export function readerOf(view: MemoryView, operation: string): (position: number) => unknown {
  const { data, start, items } = packedOf(view, operation);
  const { _format: format } = view;
  return items ? (position) => items[position] : (position) => format.read(data, start + position * format.itemsize);
}

/** See `MemoryView.toList`. */
export function listOf(view: MemoryView): unknown {
  const read = readerOf(view, "MemoryView.toList");
  const { shape } = view._layout;
  const count = product(shape);
  const items: unknown[] = [];
  for (let k = 0; k < count; k++) items.push(read(k));
  return nest(items, shape);
}
