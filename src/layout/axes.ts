import { LayoutError, list } from "../errors.ts";
import type { Layout } from "./layout.ts";
import { checkAxes, checkAxis, checkShape } from "./shape.ts";

/** A layout whose axes are some of another's, in the order given; an axis it does not have is a new one of length 1. */
const pick = ({ byteOffset, shape, strides }: Layout, order: readonly number[]): Layout => ({
  byteOffset,
  shape: order.map((axis) => shape[axis] ?? 1),
  strides: order.map((axis) => strides[axis] ?? 0),
});

/** The axes in order, without some. */
const axesOf = ({ shape }: Layout, without: readonly number[] = []): number[] =>
  [...shape.keys()].filter((axis) => !without.includes(axis));

/** The axes in another order; without `axes`, reversed. @throws LayoutError unless `axes` names each once. */
export function transposeLayout(layout: Layout, axes: readonly number[] | undefined, operation: string): Layout {
  const { length } = layout.shape;
  const order = axes ? checkAxes(axes, length, operation) : axesOf(layout).reverse();
  if (order.length !== length) {
    throw new LayoutError(operation, `axes ${list(order)} for ${length} dimensions`, "name every axis once");
  }
  return pick(layout, order);
}

/** Two axes changed for one another. @throws LayoutError */
export function swapLayout(layout: Layout, a: number, b: number, operation: string): Layout {
  const order = axesOf(layout);
  const first = checkAxis(a, order.length, operation);
  const second = checkAxis(b, order.length, operation);
  order[first] = second;
  order[second] = first;
  return pick(layout, order);
}

/** Axes moved to other places; those not named keep their order. @throws LayoutError */
export function moveLayout(
  layout: Layout,
  from: number | readonly number[],
  to: number | readonly number[],
  operation: string,
): Layout {
  const { length } = layout.shape;
  const sources = checkAxes(from, length, operation);
  const targets = checkAxes(to, length, operation);
  if (sources.length !== targets.length) {
    throw new LayoutError(operation, `axes ${list(sources)} to ${list(targets)}`, "name as many places as axes");
  }
  const order = axesOf(layout, sources);
  for (const place of targets.toSorted((x, y) => x - y)) order.splice(place, 0, sources[targets.indexOf(place)]!);
  return pick(layout, order);
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

/** Turned by `turns` quarters, from the first axis of `plane` towards the second. @throws LayoutError */
export function turnLayout(layout: Layout, turns: number, plane: readonly number[], operation: string): Layout {
  const [from, to, ...more] = checkAxes(plane, layout.shape.length, operation);
  if (to === undefined || more.length > 0 || !Number.isInteger(turns)) {
    throw new LayoutError(operation, `${turns} turns in the plane of axes ${list(plane)}`, "name two axes, turn by quarters"); // prettier-ignore
  }
  const quarters = ((turns % 4) + 4) % 4;
  if (quarters === 0) return layout;
  if (quarters === 2) return flipLayout(layout, [from!, to], operation);
  return flipLayout(swapLayout(layout, from!, to, operation), quarters === 1 ? from! : to, operation);
}

/** Without axes of length 1: those named, or all. @throws LayoutError for an axis of another length. */
export function squeezeLayout(layout: Layout, axes: number | readonly number[] | undefined, operation: string): Layout {
  const { shape } = layout;
  const dropped = axes === undefined ? axesOf(layout).filter((axis) => shape[axis] === 1) : checkAxes(axes, shape.length, operation); // prettier-ignore
  for (const axis of dropped) {
    if (shape[axis] !== 1) {
      throw new LayoutError(
        operation,
        `axis ${axis} of ${list(shape)} has length ${shape[axis]}, not 1`,
        "use an index",
      );
    }
  }
  return pick(layout, axesOf(layout, dropped));
}

/** With new axes of length 1, at the places they have in the result. @throws LayoutError */
export function expandLayout(layout: Layout, axes: number | readonly number[], operation: string): Layout {
  const order = axesOf(layout);
  const ndim = order.length + (Array.isArray(axes) ? axes.length : 1);
  for (const axis of checkAxes(axes, ndim, operation).sort((a, b) => a - b)) order.splice(axis, 0, -1);
  return pick(layout, order);
}

/** The items whose indices on two axes differ by `offset`, as a new last axis. @throws LayoutError */
export function diagonalLayout(layout: Layout, offset: number, axes: readonly number[], operation: string): Layout {
  const { shape, strides } = layout;
  const [first, second] = checkAxes(axes, shape.length, operation) as [number, number];
  if (!Number.isSafeInteger(offset)) throw new LayoutError(operation, `offset is ${offset}`, "pass an integer");
  const [down, right] = [Math.max(0, -offset), Math.max(0, offset)];
  const length = Math.max(0, Math.min(shape[first]! - down, shape[second]! - right));
  const rest = pick(layout, axesOf(layout, [first, second]));
  return {
    byteOffset: layout.byteOffset + down * strides[first]! + right * strides[second]!,
    shape: [...rest.shape, length],
    strides: [...rest.strides, strides[first]! + strides[second]!],
  };
}

/**
 * Every window of some lengths, as new last axes; windows overlap. `axes` names the axis of each length; without it,
 * there is one length for every axis. @throws LayoutError
 */
export function windowLayout(
  layout: Layout,
  window: number | readonly number[],
  axes: number | readonly number[] | undefined,
  operation: string,
): Layout {
  const lengths = checkShape(window, operation);
  const along = axes === undefined ? axesOf(layout) : checkAxes(axes, layout.shape.length, operation, true);
  if (along.length !== lengths.length) {
    throw new LayoutError(
      operation,
      `a window ${list(lengths)} along ${along.length} axes`,
      "give one length per axis",
    );
  }
  const shape = layout.shape.slice();
  along.forEach((axis, k) => {
    if (lengths[k]! > shape[axis]!) {
      throw new LayoutError(operation, `a window of ${lengths[k]} along axis ${axis} of length ${shape[axis]}`, "make it shorter"); // prettier-ignore
    }
    shape[axis]! -= lengths[k]! - 1;
  });
  return {
    byteOffset: layout.byteOffset,
    shape: [...shape, ...lengths],
    strides: [...layout.strides, ...along.map((axis) => layout.strides[axis]!)],
  };
}
