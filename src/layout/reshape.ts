import { LayoutError, list, show } from "../errors.ts";
import type { Layout } from "./layout.ts";
import { checkShape, cStrides, product } from "./shape.ts";

/** A shape in which one length may be -1: whatever the number of items leaves. @throws LayoutError */
export function fitShape(wanted: unknown, items: number, operation: string): number[] {
  const given = Array.isArray(wanted) ? wanted.slice() : [wanted];
  const open = given.indexOf(-1);
  if (open >= 0) given[open] = 1;
  const shape = checkShape(given, operation);
  const rest = items / product(shape);
  if (open >= 0 && Number.isInteger(rest)) shape[open] = rest;
  if (product(shape) !== items) {
    const asked = Array.isArray(wanted) ? list(wanted) : show(wanted);
    throw new LayoutError(operation, `shape ${asked} has ${product(shape)} items, the view has ${items}`, "use -1 for one length"); // prettier-ignore
  }
  return shape;
}

/**
 * Strides that walk the items of a layout in C order as another shape of as many items; undefined when there are none,
 * which takes a copy. An axis of the new shape lies within a run of old axes that follow one another without a gap:
 * `stride[i] = stride[i + 1] × shape[i + 1]`.
 */
export function reshapeStrides(
  { shape, strides }: Layout,
  wanted: readonly number[],
  itemsize: number,
): number[] | undefined {
  if (shape.includes(0)) return cStrides(wanted, itemsize);
  /** Items and stride of the runs, the last axis' first. */
  const runs: [items: number, stride: number][] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const last = runs.at(-1);
    if (shape[axis] === 1) continue;
    if (last && strides[axis] === last[0] * last[1]) last[0] *= shape[axis]!;
    else runs.push([shape[axis]!, strides[axis]!]);
  }
  let [left, stride] = runs.shift() ?? [1, itemsize];
  const result = wanted.slice();
  for (let axis = wanted.length - 1; axis >= 0; axis--) {
    if (left === 1 && wanted[axis]! > 1) [left, stride] = runs.shift()!;
    result[axis] = stride;
    left /= wanted[axis]!;
    stride *= wanted[axis]!;
    if (!Number.isInteger(left)) return undefined;
  }
  return result;
}

/** The same items in another shape, in C or Fortran order. @throws LayoutError when only a copy has that shape. */
export function reshapeLayout(
  layout: Layout,
  wanted: unknown,
  fortran: boolean,
  itemsize: number,
  operation: string,
): Layout {
  const { byteOffset } = layout;
  const shape = fitShape(wanted, product(layout.shape), operation);
  // The first index fastest is the last index fastest of the axes reversed.
  const turned = { byteOffset, shape: layout.shape.toReversed(), strides: layout.strides.toReversed() };
  const strides = fortran ? reshapeStrides(turned, shape.toReversed(), itemsize)?.reverse() : reshapeStrides(layout, shape, itemsize); // prettier-ignore
  if (strides) return { byteOffset, shape, strides };
  const { shape: from, strides: steps } = layout;
  throw new LayoutError(operation, `${list(from)} with strides ${list(steps)} cannot be walked as ${list(shape)}`, "reshape a copy: memoryview(view.copy())"); // prettier-ignore
}

/**
 * The same bytes as items of another size: the last axis is rescaled, which takes it to be contiguous. NumPy's `.view`.
 *
 * @throws LayoutError with both sizes.
 */
export function rescaleLayout({ byteOffset, ...layout }: Layout, from: number, to: number, operation: string): Layout {
  if (from === to) return { byteOffset, ...layout };
  const shape = layout.shape.slice();
  const strides = layout.strides.slice();
  const last = shape.length - 1;
  const length = (shape[last]! * from) / to;
  const packed = last >= 0 && (strides[last] === from || shape[last]! < 2);
  if (!packed || !Number.isInteger(from < to ? length : from / to)) {
    const where = last < 0 ? "a view of 0 dimensions" : `a last axis of ${shape[last]} with stride ${strides[last]}`;
    throw new LayoutError(
      operation,
      `items of ${from} bytes cannot be ${to} bytes in ${where}`,
      "cast() a packed view",
    );
  }
  shape[last] = length;
  strides[last] = to;
  return { byteOffset, shape, strides };
}
