import { LayoutError, list, show } from "../errors.ts";

/** More dimensions than CPython's 64 are refused, so that no walk can recurse without bound. */
export const MAX_DIMENSIONS = 64;

/** A length, stride or axis list from a caller, copied once: what is checked is what is used. */
function copyNumbers(value: unknown, name: string, operation: string): number[] {
  if (typeof value === "number") return [value];
  if (!Array.isArray(value)) {
    throw new LayoutError(operation, `${name} is ${show(value)}`, `pass an array of integers`);
  }
  const { length } = value;
  if (!(length <= MAX_DIMENSIONS)) {
    throw new LayoutError(operation, `${name} has ${show(length)} dimensions, ${MAX_DIMENSIONS} are the limit`);
  }
  return Array.from({ length }, (_, axis) => value[axis] as number);
}

/**
 * The lengths of the dimensions, checked and copied. A single number stands for one dimension.
 *
 * @throws LayoutError unless each is a non-negative safe integer and their product is one too.
 */
export function checkShape(value: unknown, operation: string): number[] {
  const shape = copyNumbers(value, "shape", operation);
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new LayoutError(
        operation,
        `shape ${list(shape)} has the length ${show(length)}`,
        "lengths are integers from 0",
      );
    }
  }
  if (!Number.isSafeInteger(shape.reduce((items, length) => items * Math.max(length, 1), 1))) {
    throw new LayoutError(operation, `shape ${list(shape)} has more than 2^53 - 1 items`, "use a smaller shape");
  }
  return shape;
}

/** Strides in bytes, checked and copied: one safe integer per dimension. @throws LayoutError */
export function checkStrides(value: unknown, shape: readonly number[], operation: string): number[] {
  const strides = copyNumbers(value, "strides", operation);
  if (strides.length !== shape.length) {
    throw new LayoutError(
      operation,
      `strides ${list(strides)} have ${strides.length} dimensions, shape ${list(shape)} has ${shape.length}`,
      "pass one each, in bytes",
    );
  }
  for (const stride of strides) {
    if (!Number.isSafeInteger(stride)) {
      throw new LayoutError(operation, `strides ${list(strides)} hold ${show(stride)}`, "pass integers, in bytes");
    }
  }
  return strides;
}

/** An axis of `ndim`, negative counting from the last. @throws LayoutError */
export function checkAxis(axis: unknown, ndim: number, operation: string): number {
  if (!Number.isInteger(axis) || (axis as number) < -ndim || (axis as number) >= ndim) {
    throw new LayoutError(operation, `axis ${show(axis)} is none of the ${ndim} axes`, `use ${-ndim} to ${ndim - 1}`);
  }
  return (axis as number) < 0 ? (axis as number) + ndim : (axis as number);
}

/** A list of different axes. @throws LayoutError */
export function checkAxes(axes: unknown, ndim: number, operation: string): number[] {
  const checked = copyNumbers(axes, "axes", operation).map((axis) => checkAxis(axis, ndim, operation));
  if (new Set(checked).size !== checked.length) {
    throw new LayoutError(operation, `axes ${list(checked)} repeat one`, "name each axis once");
  }
  return checked;
}

/** How many items a shape holds: 1 without dimensions. */
export function product(shape: readonly number[]): number {
  let items = 1;
  for (let axis = 0; axis < shape.length; axis++) items *= shape[axis]!;
  return items;
}

/** Strides of a packed layout whose last dimension is the nearest (C order). */
export function cStrides(shape: readonly number[], itemsize: number): number[] {
  const strides = shape.slice();
  for (let axis = shape.length - 1, stride = itemsize; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Strides of a packed layout whose first dimension is the nearest (Fortran order). */
export function fStrides(shape: readonly number[], itemsize: number): number[] {
  return cStrides(shape.toReversed(), itemsize).reverse();
}
