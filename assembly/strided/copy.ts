import { copyRow } from "../lane/row";
import { tileSide, transpose } from "./transpose";

/*
 * Copies items between two layouts of three dimensions, the last one innermost.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; no byte in common
 *   n0, n1, n2       items along each dimension; 0 is allowed
 *   t0 … s2          strides in bytes, of the target and of the source; any sign, 0 in the source
 *
 * Bytes are moved as they are. A kernel per item size; any other size is moved as bytes.
 */

export function copy_1(
  target: usize,
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  s0: isize,
  s1: isize,
  s2: isize,
): void {
  copyItems<u8>(target, source, n0, n1, n2, t0, t1, t2, s0, s1, s2);
}

export function copy_2(
  target: usize,
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  s0: isize,
  s1: isize,
  s2: isize,
): void {
  copyItems<u16>(target, source, n0, n1, n2, t0, t1, t2, s0, s1, s2);
}

export function copy_4(
  target: usize,
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  s0: isize,
  s1: isize,
  s2: isize,
): void {
  copyItems<u32>(target, source, n0, n1, n2, t0, t1, t2, s0, s1, s2);
}

export function copy_8(
  target: usize,
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  s0: isize,
  s1: isize,
  s2: isize,
): void {
  copyItems<u64>(target, source, n0, n1, n2, t0, t1, t2, s0, s1, s2);
}

/** Items of `itemsize` bytes. */
export function copy_n(
  target: usize,
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  s0: isize,
  s1: isize,
  s2: isize,
  itemsize: usize,
): void {
  for (; n0 > 0; n0--, target += <usize>t0, source += <usize>s0) {
    copyItems<u8>(target, source, n1, n2, itemsize, t1, t2, 1, s1, s2, 1);
  }
}

function copyItems<T>(
  target: usize,
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  t0: isize,
  t1: isize,
  t2: isize,
  s0: isize,
  s1: isize,
  s2: isize,
): void {
  if (n0 == 0 || n1 == 0 || n2 == 0) return;
  const size = <isize>sizeof<T>();
  if (t2 == size && s2 == size) {
    if (t1 == <isize>n2 * size && s1 == t1) {
      n2 *= n1;
      n1 = 1;
    }
    if (n1 == 1 && t0 == <isize>n2 * size && s0 == t0) {
      n2 *= n0;
      n0 = 1;
    }
    // A few items side by side, as the channels of a pixel are, are one larger item.
    const bytes = n2 * sizeof<T>();
    if (sizeof<T>() < 2 && bytes == 2) {
      copyItems<u16>(target, source, 1, n0, n1, 0, t0, t1, 0, s0, s1);
      return;
    }
    if (sizeof<T>() < 4 && bytes == 4) {
      copyItems<u32>(target, source, 1, n0, n1, 0, t0, t1, 0, s0, s1);
      return;
    }
    if (sizeof<T>() < 8 && bytes == 8) {
      copyItems<u64>(target, source, 1, n0, n1, 0, t0, t1, 0, s0, s1);
      return;
    }
  }
  const tiles = n1 >= tileSide<T>() && n2 >= tileSide<T>();
  // Rows go along the longer dimension, unless the shorter one is a run of bytes worth a vector.
  const run = t2 == size && s2 == size && n2 * sizeof<T>() >= 16;
  const swap = n2 < 8 && n1 > n2 && !run;
  for (; n0 > 0; n0--, target += <usize>t0, source += <usize>s0) {
    if (tiles && t2 == size && s1 == size) transpose<T>(target, source, n1, n2, t1, s2);
    else if (tiles && t1 == size && s2 == size) transpose<T>(target, source, n2, n1, t2, s1);
    else if (swap) copyPlane<T>(target, source, n2, n1, t2, t1, s2, s1);
    else copyPlane<T>(target, source, n1, n2, t1, t2, s1, s2);
  }
}

function copyPlane<T>(
  target: usize,
  source: usize,
  rows: usize,
  count: usize,
  targetRow: isize,
  targetStep: isize,
  sourceRow: isize,
  sourceStep: isize,
): void {
  for (; rows > 0; rows--, target += <usize>targetRow, source += <usize>sourceRow) {
    copyRow<T>(target, targetStep, source, sourceStep, count);
  }
}
