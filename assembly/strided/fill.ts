import { fillRow } from "../lane/row";
import { copy_n } from "./copy";

/*
 * Writes one item into every place of a layout of three dimensions, the last one innermost.
 *
 *   target       address of item [0, 0, 0], any alignment
 *   n0, n1, n2   items along each dimension; 0 is allowed
 *   t0, t1, t2   strides in bytes, any sign
 *   value        the item's bits
 */

export function fill_1(
  target: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  value: u32,
): void {
  fillItems<u8>(target, n0, n1, n2, t0, t1, t2, <u8>value);
}

export function fill_2(
  target: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  value: u32,
): void {
  fillItems<u16>(target, n0, n1, n2, t0, t1, t2, <u16>value);
}

export function fill_4(
  target: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  value: u32,
): void {
  fillItems<u32>(target, n0, n1, n2, t0, t1, t2, value);
}

export function fill_8(
  target: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  value: u64,
): void {
  fillItems<u64>(target, n0, n1, n2, t0, t1, t2, value);
}

/** Items of `itemsize` bytes, copies of those at `item`, which lie outside the target. */
export function fill_n(
  target: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  item: usize,
  itemsize: usize,
): void {
  copy_n(target, item, n0, n1, n2, t0, t1, t2, 0, 0, 0, itemsize);
}

function fillItems<T>(target: usize, n0: usize, n1: usize, n2: usize, t0: isize, t1: isize, t2: isize, value: T): void {
  if (n2 < 8 && n1 > n2) {
    fillItems<T>(target, n0, n2, n1, t0, t2, t1, value);
    return;
  }
  if (t2 == <isize>sizeof<T>() && t1 == <isize>(n2 * sizeof<T>())) {
    n2 *= n1;
    n1 = 1;
  }
  for (; n0 > 0; n0--, target += <usize>t0) {
    let row = target;
    for (let y = n1; y > 0; y--, row += <usize>t1) fillRow<T>(row, t2, n2, value);
  }
}
