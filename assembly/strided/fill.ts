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

/** Items of `itemsize` bytes, which are at `item`. */
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
  for (; n0 > 0; n0--, target += <usize>t0) {
    let plane = target;
    for (let y = n1; y > 0; y--, plane += <usize>t1) {
      let t = plane;
      for (let x = n2; x > 0; x--, t += <usize>t2) memory.copy(t, item, itemsize);
    }
  }
}

function fillItems<T>(target: usize, n0: usize, n1: usize, n2: usize, t0: isize, t1: isize, t2: isize, value: T): void {
  const packed = t2 == <isize>sizeof<T>();
  for (; n0 > 0; n0--, target += <usize>t0) {
    let t = target;
    for (let y = n1; y > 0; y--, t += <usize>t1) {
      if (packed) fillRun<T>(t, n2, value);
      else fillRow<T>(t, n2, <usize>t2, value);
    }
  }
}

function fillRun<T>(target: usize, count: usize, value: T): void {
  if (sizeof<T>() == 1) {
    memory.fill(target, <u8>value, count);
    return;
  }
  const values = v128.splat<T>(value);
  for (; count >= 16 / sizeof<T>(); count -= 16 / sizeof<T>(), target += 16) v128.store(target, values);
  fillRow<T>(target, count, sizeof<T>(), value);
}

/** Four items a round: the loop itself costs as much as an item. */
function fillRow<T>(target: usize, count: usize, step: usize, value: T): void {
  for (; count >= 4; count -= 4, target += 4 * step) {
    store<T>(target, value);
    store<T>(target + step, value);
    store<T>(target + 2 * step, value);
    store<T>(target + 3 * step, value);
  }
  for (; count > 0; count--, target += step) store<T>(target, value);
}
