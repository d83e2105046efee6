import { FormatError, LayoutError, list } from "../errors.ts";
import { flipLayout, swapLayout, turnLayout } from "../layout/axes.ts";
import type { Layout } from "../layout/layout.ts";
import { cStrides, product } from "../layout/shape.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { Loaded } from "./loaded.ts";
import { checkOverlap, checkTarget, checkView } from "./operands.ts";
import { pictureOf } from "./picture.ts";
import { type CopyExports, copyWith } from "./strided-copy.ts";

/*
 * Flips and turns: the pixels are those of the source, looked at with other strides. In place, boxes change places through
 * a box of scratch.
 */

/** How the source is looked at, and the steps that do the same in place, by the axis that each reverses; −1 transposes. */
interface Turn {
  readonly look: (layout: Layout, operation: string) => Layout;
  readonly steps: readonly (0 | 1 | -1)[];
}

export const TURNS = {
  flipX: { look: (layout, operation) => flipLayout(layout, 1, operation), steps: [1] },
  flipY: { look: (layout, operation) => flipLayout(layout, 0, operation), steps: [0] },
  transpose: { look: (layout, operation) => swapLayout(layout, 0, 1, operation), steps: [-1] },
  90: { look: (layout, operation) => turnLayout(layout, -1, [0, 1], operation), steps: [-1, 1] },
  180: { look: (layout, operation) => turnLayout(layout, 2, [0, 1], operation), steps: [1, 0] },
  270: { look: (layout, operation) => turnLayout(layout, 1, [0, 1], operation), steps: [-1, 0] },
} satisfies Record<string, Turn>;

/** Pixels along a side of a box that changes places, and bytes of one that has the length of a row. */
const SIDE = 64;
const BOX = 65536;

/** Writes what a turn makes of the source into the target, or turns it in place. */
export function turn<T extends MemoryView>(
  source: MemoryView,
  target: T,
  { look, steps }: Turn,
  kernels: CopyExports,
  loaded: Loaded,
  operation: string,
): T {
  const from = checkView(source, "source", loaded, operation);
  const to = checkTarget(target, loaded, operation);
  for (const [view, name] of [[from, "source"], [to, "target"]] as const) pictureOf(view, name, operation, "BHf>"); // prettier-ignore
  if (from._format.key !== to._format.key) {
    const problem = `the source has format '${from._format.text}', the target '${to._format.text}'`;
    throw new FormatError(operation, problem, "make them equal");
  }
  const layout = to._layout;
  const items = look(from._layout, operation);
  if (items.shape.length !== layout.shape.length || items.shape.some((length, axis) => length !== layout.shape[axis])) {
    const problem = `the result has shape ${list(items.shape)}, the target ${list(layout.shape)}`;
    throw new LayoutError(operation, problem, "make them equal");
  }
  const inPlace = checkOverlap(from, to, true, operation);
  const { itemsize } = to._format;
  if (!inPlace) copyWith(kernels, layout, items, itemsize);
  else if (product(layout.shape) > 0) {
    for (const axis of steps) {
      if (axis === -1) transposeSquare(layout, itemsize, kernels, loaded, operation);
      else reverse(layout, axis, itemsize, kernels, loaded, operation);
    }
  }
  return target;
}

/** Some of the rows and columns of a layout. */
const part = (layout: Layout, y: number, height: number, x: number, width: number): Layout => ({
  byteOffset: layout.byteOffset + y * layout.strides[0]! + x * layout.strides[1]!,
  shape: [Math.min(height, layout.shape[0]! - y), Math.min(width, layout.shape[1]! - x), ...layout.shape.slice(2)],
  strides: layout.strides,
});

/** Two boxes of one shape change places; one of them, where the second is the first transposed. */
function exchange(a: Layout, b: Layout, itemsize: number, kernels: CopyExports, scratch: number): void {
  const packed = { byteOffset: scratch, shape: a.shape, strides: cStrides(a.shape, itemsize) };
  copyWith(kernels, packed, a, itemsize);
  if (a.byteOffset !== b.byteOffset) copyWith(kernels, a, b, itemsize);
  copyWith(kernels, b, packed, itemsize);
}

function reverse(
  layout: Layout,
  axis: 0 | 1,
  itemsize: number,
  kernels: CopyExports,
  loaded: Loaded,
  operation: string,
): void {
  const [height, width] = layout.shape as [number, number];
  const half = axis === 0 ? part(layout, 0, height >> 1, 0, width) : part(layout, 0, height, 0, width >> 1);
  const bytes = product(half.shape.slice(1)) * itemsize;
  if (bytes === 0 || half.shape[0] === 0) return;
  const other = { ...flipLayout(layout, axis, operation), shape: half.shape };
  const rows = Math.max(1, Math.floor(BOX / bytes));
  const scratch = loaded.scratch(Math.min(rows, half.shape[0]!) * bytes, operation);
  for (let y = 0; y < half.shape[0]!; y += rows) {
    exchange(part(half, y, rows, 0, width), part(other, y, rows, 0, width), itemsize, kernels, scratch);
  }
}

function transposeSquare(
  layout: Layout,
  itemsize: number,
  kernels: CopyExports,
  loaded: Loaded,
  operation: string,
): void {
  const [length, , channels = 1] = layout.shape as [number, number, number?];
  const scratch = loaded.scratch(Math.min(SIDE, length) ** 2 * channels * itemsize, operation);
  for (let y = 0; y < length; y += SIDE) {
    for (let x = y; x < length; x += SIDE) {
      const mirror = swapLayout(part(layout, x, SIDE, y, SIDE), 0, 1, operation);
      exchange(part(layout, y, SIDE, x, SIDE), mirror, itemsize, kernels, scratch);
    }
  }
}
