import { LayoutError, list } from "../errors.ts";
import type { Layout } from "./layout.ts";
import { checkDimensions } from "./shape.ts";

/**
 * The shape that several shapes stretch to: axes are aligned at the last, and a length of 1 takes any other.
 *
 * Source: NumPy user guide, "Broadcasting", general rules.
 *
 * @throws LayoutError naming two lengths that differ.
 * @example broadcastShapes([480, 640, 1], [4]) // [480, 640, 4]
 */
export function broadcastShapes(...shapes: (readonly number[])[]): number[] {
  const operation = "broadcastShapes";
  const ndim = Math.max(0, ...shapes.map((shape) => shape.length));
  checkDimensions(ndim, "a shape", operation);
  const result = Array.from({ length: ndim }, () => 1);
  for (const shape of shapes) {
    const lead = ndim - shape.length;
    shape.forEach((length, axis) => {
      if (length === 1) return;
      const other = result[lead + axis]!;
      if (other !== 1 && other !== length) {
        throw new LayoutError(
          operation,
          `shapes ${shapes.map(list).join(" and ")} do not match: ${other} and ${length}`,
        );
      }
      result[lead + axis] = length;
    });
  }
  return result;
}

/** A layout stretched to a shape by strides of 0. @throws LayoutError when the lengths do not allow it. */
export function broadcastLayout(layout: Layout, shape: readonly number[], operation: string): Layout {
  const lead = shape.length - layout.shape.length;
  const fits = lead >= 0 && layout.shape.every((length, axis) => length === 1 || length === shape[lead + axis]);
  if (!fits) {
    throw new LayoutError(
      operation,
      `shape ${list(layout.shape)} does not broadcast to ${list(shape)}`,
      "lengths are equal or 1, from the last axis on",
    );
  }
  const strides = shape.map((_, axis) => (axis < lead || layout.shape[axis - lead] === 1 ? 0 : layout.strides[axis - lead]!)); // prettier-ignore
  return { byteOffset: layout.byteOffset, shape, strides };
}
