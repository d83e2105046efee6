/*
 * Copies items between two layouts of three dimensions, the last one innermost.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; no byte in common
 *   n0, n1, n2       items along each dimension; 0 is allowed
 *   t0 … s2          strides in bytes, of the target and of the source; any sign, 0 in the source
 *
 * Bytes are moved as they are. A kernel per item size; any other size is moved byte by byte.
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
    let plane = target;
    let other = source;
    for (let y = n1; y > 0; y--, plane += <usize>t1, other += <usize>s1) {
      let t = plane;
      let s = other;
      for (let x = n2; x > 0; x--, t += <usize>t2, s += <usize>s2) memory.copy(t, s, itemsize);
    }
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
  const size = <isize>sizeof<T>();
  for (; n0 > 0; n0--, target += <usize>t0, source += <usize>s0) {
    if (sizeof<T>() == 4 && t2 == 4 && s1 == 4 && n1 >= 4 && n2 >= 4) {
      transpose4(target, source, n1, n2, t1, s2);
      continue;
    }
    let t = target;
    let s = source;
    for (let y = n1; y > 0; y--, t += <usize>t1, s += <usize>s1) {
      if (t2 == size && s2 == size) memory.copy(t, s, n2 * sizeof<T>());
      else if (sizeof<T>() == 1 && t2 == 1 && s2 == 4) gather4(t, s, n2);
      else copyRow<T>(t, s, n2, t2, s2);
    }
  }
}

/** Four items a round: the loop itself costs as much as an item. */
function copyRow<T>(target: usize, source: usize, count: usize, targetStep: isize, sourceStep: isize): void {
  const t = <usize>targetStep;
  const s = <usize>sourceStep;
  for (; count >= 4; count -= 4, target += 4 * t, source += 4 * s) {
    store<T>(target, load<T>(source));
    store<T>(target + t, load<T>(source + s));
    store<T>(target + 2 * t, load<T>(source + 2 * s));
    store<T>(target + 3 * t, load<T>(source + 3 * s));
  }
  for (; count > 0; count--, target += t, source += s) store<T>(target, load<T>(source));
}

/** Every fourth byte, as a channel of RGBA pixels is: sixteen of 61 bytes a round. */
function gather4(target: usize, source: usize, count: usize): void {
  const low = i32x4.splat(0xff);
  // The last round must not read beyond the last byte it needs, so that it goes by one byte at a time.
  for (; count > 16; count -= 16, target += 16, source += 64) {
    const a = v128.and(v128.load(source), low);
    const b = v128.and(v128.load(source, 16), low);
    const c = v128.and(v128.load(source, 32), low);
    const d = v128.and(v128.load(source, 48), low);
    v128.store(target, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)));
  }
  copyRow<u8>(target, source, count, 1, 4);
}

/** A plane of words whose rows are the source's columns, in tiles of 4 × 4. */
function transpose4(
  target: usize,
  source: usize,
  height: usize,
  width: usize,
  targetRow: isize,
  sourceColumn: isize,
): void {
  const t = <usize>targetRow;
  const s = <usize>sourceColumn;
  let rows = height;
  for (; rows >= 4; rows -= 4, target += 4 * t, source += 16) {
    let to = target;
    let from = source;
    let columns = width;
    for (; columns >= 4; columns -= 4, to += 16, from += 4 * s) {
      const a = v128.load(from);
      const b = v128.load(from + s);
      const c = v128.load(from + 2 * s);
      const d = v128.load(from + 3 * s);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
      v128.store(to + t, v128.shuffle<i64>(ab, cd, 1, 3));
      v128.store(to + 2 * t, v128.shuffle<i64>(ef, gh, 0, 2));
      v128.store(to + 3 * t, v128.shuffle<i64>(ef, gh, 1, 3));
    }
    for (let y: usize = 0; y < 4; y++) copyRow<u32>(to + y * t, from + 4 * y, columns, 4, sourceColumn);
  }
  for (; rows > 0; rows--, target += t, source += 4) copyRow<u32>(target, source, width, 4, sourceColumn);
}
