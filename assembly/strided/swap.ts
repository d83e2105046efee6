/**
 * Writes items with their bytes reversed, between two layouts of three dimensions, the last one innermost.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same items, or no byte in common
 *   n0, n1, n2       items along each dimension; 0 is allowed
 *   t0 … s2          strides in bytes, of the target and of the source; any sign, 0 in the source
 *   size             bytes of an item: 2, 4 or 8
 */
export function swap_items(
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
  size: isize,
): void {
  if (n2 < 8 && n1 > n2 && !(t2 == size && s2 == size && n2 * <usize>size >= 16)) {
    swap_items(target, source, n0, n2, n1, t0, t2, t1, s0, s2, s1, size);
    return;
  }
  for (; n0 > 0; n0--, target += <usize>t0, source += <usize>s0) {
    let row = target;
    let from = source;
    for (let y = n1; y > 0; y--, row += <usize>t1, from += <usize>s1) {
      if (size == 2) swapRow<u16>(row, <usize>t2, from, <usize>s2, n2);
      else if (size == 4) swapRow<u32>(row, <usize>t2, from, <usize>s2, n2);
      else swapRow<u64>(row, <usize>t2, from, <usize>s2, n2);
    }
  }
}

function swapRow<T extends number>(target: usize, t: usize, source: usize, s: usize, count: usize): void {
  if (t == sizeof<T>() && s == t) {
    for (; count >= 16 / sizeof<T>(); count -= 16 / sizeof<T>(), target += 16, source += 16) {
      v128.store(target, reversed<T>(v128.load(source)));
    }
  }
  for (; count >= 2; count -= 2, target += 2 * t, source += 2 * s) {
    store<T>(target, bswap<T>(load<T>(source)));
    store<T>(target + t, bswap<T>(load<T>(source + s)));
  }
  if (count > 0) store<T>(target, bswap<T>(load<T>(source)));
}

function reversed<T extends number>(v: v128): v128 {
  if (sizeof<T>() == 2) return v128.shuffle<u8>(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  if (sizeof<T>() == 4) return v128.shuffle<u8>(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  return v128.shuffle<u8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
}
