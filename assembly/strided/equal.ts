/*
 * Whether the items of two layouts of three dimensions are equal, the last one innermost: 1 or 0, found at the first
 * difference.
 *
 *   a, b         addresses of item [0, 0, 0], any alignment; they may share bytes
 *   n0, n1, n2   items along each dimension; 0 is allowed
 *   a0 … b2      strides in bytes, any sign, or 0
 *   size         bytes of an item, 1, 2, 4 or 8, of which all are compared
 *   float        1 compares by value instead: NaN equals nothing, and -0 is 0
 */
export function equal_items(
  a: usize,
  b: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  a0: isize,
  a1: isize,
  a2: isize,
  b0: isize,
  b1: isize,
  b2: isize,
  size: isize,
  float: bool,
): bool {
  const run = a2 == size && b2 == size;
  // Rows go along the longer dimension, unless the shorter one is a run of bytes worth a vector.
  if (n2 < 8 && n1 > n2 && !(run && n2 * <usize>size >= 16)) {
    return equal_items(a, b, n0, n2, n1, a0, a2, a1, b0, b2, b1, size, float);
  }
  // Strips of columns where rows lie apart in one operand: its cache lines are used up before they are dropped.
  const columns = abs(b2) > abs(b1) && n1 > 1 ? max<usize>(32 / <usize>size, 8) : n2;
  const tiles = size == 4 && a2 == size && b1 == size;
  for (; n0 > 0; n0--, a += <usize>a0, b += <usize>b0) {
    let rows = n1;
    let x = a;
    let y = b;
    if (tiles) {
      for (let strip = min(rows & ~3, 8); strip > 0; strip = min(rows & ~3, 8)) {
        if (!equalTiles(x, <usize>a1, y, <usize>b2, strip, n2, float)) return false;
        rows -= strip;
        x += strip * <usize>a1;
        y += strip * 4;
      }
    }
    for (let left = n2; left > 0;) {
      const count = min(left, columns);
      let p = x;
      let q = y;
      for (let row = rows; row > 0; row--, p += <usize>a1, q += <usize>b1) {
        if (!equalItems(p, a2, q, b2, count, size, float, run)) return false;
      }
      left -= count;
      x += count * <usize>a2;
      y += count * <usize>b2;
    }
  }
  return true;
}

function equalItems(
  a: usize,
  aStep: isize,
  b: usize,
  bStep: isize,
  count: usize,
  size: isize,
  float: bool,
  run: bool,
): bool {
  if (run && count * <usize>size >= 16) {
    if (!float) return equalRun<u8>(a, b, count * <usize>size);
    return size == 4 ? equalRun<f32>(a, b, count * 4) : equalRun<f64>(a, b, count * 8);
  }
  if (float) return size == 4 ? equalRow<f32>(a, aStep, b, bStep, count) : equalRow<f64>(a, aStep, b, bStep, count);
  if (size == 1) return equalRow<u8>(a, aStep, b, bStep, count);
  if (size == 2) return equalRow<u16>(a, aStep, b, bStep, count);
  if (size == 4) return equalRow<u32>(a, aStep, b, bStep, count);
  return equalRow<u64>(a, aStep, b, bStep, count);
}

/** Packed rows of 16 bytes and more: the last vector may look at items a second time. */
function equalRun<T>(a: usize, b: usize, bytes: usize): bool {
  for (; bytes >= 64; bytes -= 64, a += 64, b += 64) {
    const first = v128.or(differ<T>(v128.load(a), v128.load(b)), differ<T>(v128.load(a, 16), v128.load(b, 16)));
    const other = v128.or(differ<T>(v128.load(a, 32), v128.load(b, 32)), differ<T>(v128.load(a, 48), v128.load(b, 48)));
    if (v128.any_true(v128.or(first, other))) return false;
  }
  for (; bytes >= 16; bytes -= 16, a += 16, b += 16) {
    if (v128.any_true(differ<T>(v128.load(a), v128.load(b)))) return false;
  }
  const back: usize = 16 - bytes;
  return !v128.any_true(differ<T>(v128.load(a - back), v128.load(b - back)));
}

function equalRow<T>(a: usize, aStep: isize, b: usize, bStep: isize, count: usize): bool {
  const s = <usize>aStep;
  const t = <usize>bStep;
  for (; count >= 4; count -= 4) {
    const first = i32(load<T>(a) != load<T>(b)) | i32(load<T>(a + s) != load<T>(b + t));
    a += 2 * s;
    b += 2 * t;
    if (first | i32(load<T>(a) != load<T>(b)) | i32(load<T>(a + s) != load<T>(b + t))) return false;
    a += 2 * s;
    b += 2 * t;
  }
  for (; count > 0; count--, a += s, b += t) if (load<T>(a) != load<T>(b)) return false;
  return true;
}

/** Four or eight packed rows of `a` with as many packed columns of `b`, four bytes an item; the last columns one by one. */
function equalTiles(a: usize, aRow: usize, b: usize, bColumn: usize, rows: usize, width: usize, float: bool): bool {
  for (; width >= 4; width -= 4, a += 16, b += 4 * bColumn) {
    let differences = i32x4.splat(0);
    let x = a;
    let y = b;
    for (let row = rows; row > 0; row -= 4, x += 4 * aRow, y += 16) {
      const p = v128.load(y);
      const q = v128.load(y + bColumn);
      const r = v128.load(y + 2 * bColumn);
      const s = v128.load(y + 3 * bColumn);
      let pq = v128.shuffle<u32>(p, q, 0, 4, 1, 5);
      let rs = v128.shuffle<u32>(r, s, 0, 4, 1, 5);
      differences = v128.or(differences, differ4(v128.load(x), v128.shuffle<u64>(pq, rs, 0, 2), float));
      differences = v128.or(differences, differ4(v128.load(x + aRow), v128.shuffle<u64>(pq, rs, 1, 3), float));
      pq = v128.shuffle<u32>(p, q, 2, 6, 3, 7);
      rs = v128.shuffle<u32>(r, s, 2, 6, 3, 7);
      differences = v128.or(differences, differ4(v128.load(x + 2 * aRow), v128.shuffle<u64>(pq, rs, 0, 2), float));
      differences = v128.or(differences, differ4(v128.load(x + 3 * aRow), v128.shuffle<u64>(pq, rs, 1, 3), float));
    }
    if (v128.any_true(differences)) return false;
  }
  for (; width > 0; width--, a += 4, b += bColumn) {
    if (!equalItems(a, <isize>aRow, b, 4, rows, 4, float, false)) return false;
  }
  return true;
}

function differ4(a: v128, b: v128, float: bool): v128 {
  return float ? f32x4.ne(a, b) : v128.xor(a, b);
}

/** Not zero where items differ. */
function differ<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? v128.ne<T>(a, b) : v128.xor(a, b);
}
