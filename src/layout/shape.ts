import { LayoutError, list, show } from "../errors.ts";

/** More dimensions than CPython's 64 are refused, so that no walk can recurse without bound. */
export const MAX_DIMENSIONS = 64;

/** @throws LayoutError for more dimensions than there can be. */
export function checkDimensions(count: number, name: string, operation: string): void {
  if (count <= MAX_DIMENSIONS) return;
  throw new LayoutError(operation, `${name} has ${show(count)} dimensions, ${MAX_DIMENSIONS} are the limit`);
}

/**
 * A length, stride or axis list from a caller, copied once: what is checked is what is used. A single number stands for
 * a list of one.
 *
 * @throws LayoutError unless each is a safe integer from `least`.
 */
function copyNumbers(value: unknown, name: string, least: number, operation: string): number[] {
  const hint = `pass integers${least === 0 ? " from 0" : ""}`;
  const given = typeof value === "number" ? [value] : value;
  if (!Array.isArray(given)) throw new LayoutError(operation, `${name} is ${show(value)}`, hint);
  const { length } = given;
  checkDimensions(length, name, operation);
  const numbers = Array.from({ length }, (_, axis) => given[axis] as number);
  for (const number of numbers) {
    if (Number.isSafeInteger(number) && number >= least) continue;
    throw new LayoutError(operation, `${name} ${list(numbers)} has ${show(number)}`, hint);
  }
  return numbers;
}

/**
 * The lengths of the dimensions, checked and copied. A single number stands for one dimension.
 *
 * @throws LayoutError unless each is a non-negative safe integer and their product is one too.
 */
export function checkShape(value: unknown, operation: string): number[] {
  const shape = copyNumbers(value, "shape", 0, operation);
  if (!Number.isSafeInteger(shape.reduce((items, length) => items * Math.max(length, 1), 1))) {
    throw new LayoutError(operation, `shape ${list(shape)} has more than 2^53 - 1 items`, "use a smaller shape");
  }
  return shape;
}

/** Strides in bytes, checked and copied: one safe integer per dimension. @throws LayoutError */
export function checkStrides(value: unknown, shape: readonly number[], operation: string): number[] {
  const strides = copyNumbers(value, "strides", -Infinity, operation);
  if (strides.length === shape.length) return strides;
  throw new LayoutError(
    operation,
    `strides ${list(strides)} have ${strides.length} dimensions, shape ${list(shape)} has ${shape.length}`,
    "pass one each, in bytes",
  );
}

/** An axis of `ndim`, negative counting from the last. @throws LayoutError */
export function checkAxis(axis: number, ndim: number, operation: string): number {
  if (Number.isInteger(axis) && axis >= -ndim && axis < ndim) return axis < 0 ? axis + ndim : axis;
  throw new LayoutError(operation, `axis ${show(axis)} is none of the ${ndim} axes`, `use ${-ndim} to ${ndim - 1}`);
}

/** A list of axes, different ones unless they may repeat. @throws LayoutError */
export function checkAxes(axes: unknown, ndim: number, operation: string, repeat = false): number[] {
  const checked = copyNumbers(axes, "axes", -Infinity, operation).map((axis) => checkAxis(axis, ndim, operation));
  if (repeat || new Set(checked).size === checked.length) return checked;
  throw new LayoutError(operation, `axes ${list(checked)} repeat one`, "name each axis once");
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
