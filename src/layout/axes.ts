import { LayoutError, list } from "../errors.ts";
import type { Layout } from "./layout.ts";
import { checkAxes } from "./shape.ts";

/** The axes in another order; without `axes`, reversed. @throws LayoutError unless `axes` names each once. */
export function transposeLayout(layout: Layout, axes: readonly number[] | undefined, operation: string): Layout {
  const { byteOffset, shape, strides } = layout;
  const order = axes ? checkAxes(axes, shape.length, operation) : [...shape.keys()].reverse();
  if (order.length !== shape.length) {
    throw new LayoutError(operation, `axes ${list(order)} for ${shape.length} dimensions`, "name every axis once");
  }
  return { byteOffset, shape: order.map((axis) => shape[axis]!), strides: order.map((axis) => strides[axis]!) };
}

/** The same items with some axes reversed; without `axes`, all of them. @throws LayoutError */
export function flipLayout(layout: Layout, axes: number | readonly number[] | undefined, operation: string): Layout {
  const { shape } = layout;
  const strides = layout.strides.slice();
  let { byteOffset } = layout;
  for (const axis of axes === undefined ? shape.keys() : checkAxes(axes, shape.length, operation)) {
    if (shape[axis]! > 0) byteOffset += (shape[axis]! - 1) * strides[axis]!;
    strides[axis] = 0 - strides[axis]!; // never −0
  }
  return { byteOffset, shape, strides };
}
