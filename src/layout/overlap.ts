import type { Layout } from "./layout.ts";
import { simplify } from "./walk.ts";

/** One term `step × x` with `0 ≤ x ≤ bound` of a sum of bytes. */
interface Term {
  readonly step: number;
  readonly bound: number;
}

/** More steps than this are given up: tens of milliseconds. */
const MAX_WORK = 1_000_000;

/**
 * Whether two layouts in one memory have a byte in common: exact, or undefined when that is too hard to tell.
 *
 * A common byte is a solution of `Σ step × x = rest` within bounds, where the steps are the strides of both layouts and
 * the bytes inside an item. Terms are tried from the largest step; what is left must be reachable by, and divisible by
 * the common divisor of, the smaller ones. The problem is NP-hard in general, small for the layouts of real pictures.
 *
 * Source: the approach of NumPy's `solve_may_share_memory` (numpy/core/src/common/mem_overlap.c).
 */
export function shareBytes(a: Layout, aItemsize: number, b: Layout, bItemsize: number): boolean | undefined {
  if (a.shape.includes(0) || b.shape.includes(0)) return false;
  const terms: Term[] = [];
  let rest = b.byteOffset - a.byteOffset;
  const add = (step: number, count: number, sign: 1 | -1): void => {
    if (count <= 1 || step === 0) return;
    // A term that counts down is one that counts up from the other end.
    if (step * sign < 0) rest -= step * sign * (count - 1);
    terms.push({ step: Math.abs(step), bound: count - 1 });
  };
  for (const [layout, itemsize, sign] of [
    [a, aItemsize, 1],
    [b, bItemsize, -1],
  ] as const) {
    const { shape, strides } = simplify(layout.shape, [layout.strides]);
    shape.forEach((count, axis) => add(strides[0]![axis]!, count, sign));
    add(1, itemsize, sign);
  }
  terms.sort((x, y) => y.step - x.step);
  return solve(terms, rest);
}

function divisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

function solve(terms: readonly Term[], rest: number): boolean | undefined {
  // What the terms from k on can reach at most, and what their sums are multiples of.
  const reach = [0];
  const unit = [0];
  for (const { step, bound } of terms.toReversed()) {
    reach.unshift(reach[0]! + step * bound);
    unit.unshift(divisor(step, unit[0]!));
  }
  let work = 0;
  const search = (k: number, left: number): boolean => {
    if (left === 0) return true;
    if (left < 0 || left > reach[k]! || left % unit[k]! !== 0) return false;
    const { step, bound } = terms[k]!;
    const first = Math.max(0, Math.ceil((left - reach[k + 1]!) / step));
    for (let x = Math.min(bound, Math.floor(left / step)); x >= first; x--) {
      if (++work > MAX_WORK) return false;
      if (search(k + 1, left - x * step)) return true;
    }
    return false;
  };
  const found = search(0, rest);
  return work > MAX_WORK && !found ? undefined : found;
}
