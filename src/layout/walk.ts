/** Dimensions to walk, outermost first, with one stride per operand and dimension. */
export interface Walk {
  readonly shape: number[];
  /** `strides[operand][axis]`, in bytes. */
  readonly strides: number[][];
}

/**
 * The fewest dimensions that visit the same items in any order: lengths of 1 are dropped, the axis with the smallest
 * stride of the first operand comes last, and neighbours that all operands walk as one are merged. No items give one
 * dimension of length 0.
 */
export function simplify(shape: readonly number[], strides: readonly (readonly number[])[]): Walk {
  if (shape.includes(0)) return { shape: [0], strides: strides.map(() => [0]) };
  const nearest = (a: number, b: number): number => {
    for (const operand of strides) {
      const difference = Math.abs(operand[b]!) - Math.abs(operand[a]!);
      if (difference !== 0) return difference;
    }
    return a - b;
  };
  const order = [...shape.keys()].filter((axis) => shape[axis] !== 1).sort(nearest);
  return merge(
    order.map((axis) => shape[axis]!),
    strides.map((operand) => order.map((axis) => operand[axis]!)),
  );
}

function merge(shape: number[], strides: number[][]): Walk {
  const merged: Walk = { shape: [], strides: strides.map(() => []) };
  shape.forEach((length, axis) => {
    const last = merged.shape.length - 1;
    const joins = last >= 0 && strides.every((operand, k) => merged.strides[k]![last] === operand[axis]! * length);
    if (joins) merged.shape[last]! *= length;
    else merged.shape.push(length);
    strides.forEach((operand, k) => {
      if (joins) merged.strides[k]![last] = operand[axis]!;
      else merged.strides[k]!.push(operand[axis]!);
    });
  });
  return merged;
}

/**
 * Calls `visit` with the byte offset of each operand for every index of the outer dimensions: all but the last
 * `inner` ones of the walk.
 */
export function eachOuter(
  { shape, strides }: Walk,
  offsets: readonly number[],
  inner: number,
  visit: (...at: number[]) => void,
): void {
  const outer = Math.max(0, shape.length - inner);
  const step = (axis: number, at: readonly number[]): void => {
    if (axis === outer) {
      visit(...at);
      return;
    }
    const here = at.slice();
    for (let left = shape[axis]!; left > 0; left--) {
      step(axis + 1, here);
      for (let k = 0; k < here.length; k++) here[k]! += strides[k]![axis]!;
    }
  };
  step(0, offsets);
}
