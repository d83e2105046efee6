import { ValueError, show } from "../errors.ts";
import { isCContiguous } from "../layout/layout.ts";
import { cStrides, fStrides, product } from "../layout/shape.ts";
import { copyItems } from "./bytes.ts";
import type { MemoryView } from "./memory-view.ts";

/** C order (last dimension nearest), Fortran order, or the one the items have. */
export type Order = "C" | "F" | "A";

/** Arrays in arrays, as many as dimensions. */
export type Nested<Item> = Item | Nested<Item>[] | any;

/** See `MemoryView.toBytes`. */
export function bytesOf(
  view: MemoryView,
  order: Order = "C",
  operation = "MemoryView.toBytes",
): Uint8Array<ArrayBuffer> {
  const { buffer } = view._live(operation);
  if (order !== "C" && order !== "F" && order !== "A") {
    throw new ValueError(operation, `order is ${show(order)}`, "order is 'C', 'F' or 'A'");
  }
  const { shape, itemsize } = view;
  const fortran = order === "F" || (order === "A" && view.fContiguous && !view.cContiguous);
  const packed = fortran ? fStrides(shape, itemsize) : cStrides(shape, itemsize);
  const bytes = new Uint8Array(product(shape) * itemsize);
  copyItems({ buffer: bytes.buffer, byteOffset: 0, strides: packed }, { buffer, ...view._layout }, shape, itemsize);
  return bytes;
}

/** See `MemoryView.toList`. */
export function listOf(view: MemoryView): unknown {
  const operation = "MemoryView.toList";
  const data = view._live(operation);
  const { _format: format, _layout: layout } = view;
  const { shape, strides } = layout;
  if (
    format.array &&
    shape.length > 0 &&
    isCContiguous(layout, format.itemsize) &&
    layout.byteOffset % format.itemsize === 0
  ) {
    return nest(new format.array(data.buffer, layout.byteOffset, product(shape)) as ArrayLike<unknown>, shape);
  }
  const walk = (axis: number, at: number): unknown =>
    axis === shape.length
      ? format.read(data, at)
      : Array.from({ length: shape[axis]! }, (_, i) => walk(axis + 1, at + i * strides[axis]!));
  return walk(0, layout.byteOffset);
}

/** Packed items as nested arrays. */
function nest(items: ArrayLike<unknown>, shape: readonly number[]): unknown {
  let lists: ArrayLike<unknown> = items;
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const length = shape[axis]!;
    const count = product(shape.slice(0, axis));
    const source = lists;
    lists = Array.from({ length: count }, (_, row) =>
      Array.prototype.slice.call(source, row * length, (row + 1) * length),
    );
  }
  return Array.from(lists);
}
