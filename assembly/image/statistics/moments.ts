import { U8, U16 } from "../../lane/plane";
import { copyRow } from "../../lane/row";

/** Items that are packed at a time: so few that no sum of squares in 32 bits overflows. */
const STRIP: usize = 4096;

/**
 * The least and the greatest item of one channel, its sum, and the sum of the squares of its differences from another.
 *
 *   result   32 bytes, 8-aligned: least and greatest as f64, sum and squares as u64, or as f64 of f32
 *   a, b     addresses of item [0, 0]; strides in bytes, any sign; those of b may be 0, which makes it a constant
 *   format   of both: lane/plane.ts
 *   scratch  32,768 bytes
 *
 * Sums of integers are exact, those of f32 are f64. There is at least one item.
 */
export function moments_items(
  result: usize,
  a: usize,
  aRow: isize,
  aPixel: isize,
  b: usize,
  bRow: isize,
  bPixel: isize,
  height: usize,
  width: usize,
  format: i32,
  scratch: usize,
): void {
  store<f64>(result, Infinity);
  store<f64>(result, -Infinity, 8);
  store<u64>(result, 0, 16);
  store<u64>(result, 0, 24);
  for (; height > 0; height--, a += <usize>aRow, b += <usize>bRow) {
    let p = a;
    let q = b;
    for (let left = width; left > 0;) {
      const count = min(left, STRIP);
      const first = packed(scratch, p, aPixel, count, format);
      const second = packed(scratch + 4 * STRIP, q, bPixel, count, format);
      if (format == U8) bytes(result, first, second, count);
      else if (format == U16) shorts(result, first, second, count);
      else floats(result, first, second, count);
      p += count * <usize>aPixel;
      q += count * <usize>bPixel;
      left -= count;
    }
  }
}

/** Where the items are side by side. */
function packed(scratch: usize, source: usize, step: isize, count: usize, format: i32): usize {
  if (step == 1 << format) return source;
  if (format == U8) copyRow<u8>(scratch, 1, source, step, count);
  else {
    const shift = <usize>format;
    for (let to = scratch; to != scratch + (count << shift); to += 1 << shift, source += <usize>step) {
      if (format == U16) store<u16>(to, load<u16>(source));
      else store<u32>(to, load<u32>(source));
    }
  }
  return scratch;
}

/** NaN, once there, stays. */
function range(result: usize, least: f64, greatest: f64): void {
  store<f64>(result, min(load<f64>(result), least));
  store<f64>(result, max(load<f64>(result, 8), greatest), 8);
}

function total(result: usize, sum: u64, squares: u64): void {
  store<u64>(result, load<u64>(result, 16) + sum, 16);
  store<u64>(result, load<u64>(result, 24) + squares, 24);
}

function totalFloats(result: usize, sum: f64, squares: f64): void {
  store<f64>(result, load<f64>(result, 16) + sum, 16);
  store<f64>(result, load<f64>(result, 24) + squares, 24);
}

function bytes(result: usize, a: usize, b: usize, count: usize): void {
  let least = i8x16.splat(-1);
  let greatest = i8x16.splat(0);
  let sums = i32x4.splat(0);
  let squares = i32x4.splat(0);
  for (; count >= 16; count -= 16, a += 16, b += 16) {
    const p = v128.load(a);
    const q = v128.load(b);
    least = i8x16.min_u(least, p);
    greatest = i8x16.max_u(greatest, p);
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(p)));
    const d = v128.or(i8x16.sub_sat_u(p, q), i8x16.sub_sat_u(q, p));
    const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(d, d));
    const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(d, d));
    squares = i32x4.add(squares, i32x4.add(low, high));
  }
  for (; count > 0; count--, a++, b++) {
    const p = v128.load8_splat(a);
    const d = <i32>load<u8>(a) - <i32>load<u8>(b);
    least = i8x16.min_u(least, p);
    greatest = i8x16.max_u(greatest, p);
    total(result, load<u8>(a), d * d);
  }
  // Halves on halves, until one is left.
  for (let bits = 32; bits >= 8; bits >>= 1) {
    least = i8x16.min_u(least, i64x2.shr_u(least, bits));
    greatest = i8x16.max_u(greatest, i64x2.shr_u(greatest, bits));
  }
  range(
    result,
    min(i8x16.extract_lane_u(least, 0), i8x16.extract_lane_u(least, 8)),
    max(i8x16.extract_lane_u(greatest, 0), i8x16.extract_lane_u(greatest, 8)),
  );
  total(result, added(sums), added(squares));
}

function shorts(result: usize, a: usize, b: usize, count: usize): void {
  let least = i8x16.splat(-1);
  let greatest = i8x16.splat(0);
  let sums = i32x4.splat(0);
  let squares = i64x2.splat(0);
  for (; count >= 8; count -= 8, a += 16, b += 16) {
    const p = v128.load(a);
    const q = v128.load(b);
    least = i16x8.min_u(least, p);
    greatest = i16x8.max_u(greatest, p);
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(p));
    const d = v128.or(i16x8.sub_sat_u(p, q), i16x8.sub_sat_u(q, p));
    squares = i64x2.add(squares, wide(i32x4.extmul_low_i16x8_u(d, d)));
    squares = i64x2.add(squares, wide(i32x4.extmul_high_i16x8_u(d, d)));
  }
  for (; count > 0; count--, a += 2, b += 2) {
    const p = v128.load16_splat(a);
    const d = <i64>load<u16>(a) - <i64>load<u16>(b);
    least = i16x8.min_u(least, p);
    greatest = i16x8.max_u(greatest, p);
    total(result, load<u16>(a), d * d);
  }
  for (let bits = 32; bits >= 16; bits >>= 1) {
    least = i16x8.min_u(least, i64x2.shr_u(least, bits));
    greatest = i16x8.max_u(greatest, i64x2.shr_u(greatest, bits));
  }
  range(
    result,
    min(i16x8.extract_lane_u(least, 0), i16x8.extract_lane_u(least, 4)),
    max(i16x8.extract_lane_u(greatest, 0), i16x8.extract_lane_u(greatest, 4)),
  );
  total(result, added(sums), i64x2.extract_lane(squares, 0) + i64x2.extract_lane(squares, 1));
}

function floats(result: usize, a: usize, b: usize, count: usize): void {
  let least = f32x4.splat(Infinity);
  let greatest = f32x4.splat(-Infinity);
  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  for (; count >= 2; count -= 2, a += 8, b += 8) {
    // The same two twice: what is least does not mind.
    const p = v128.load64_splat(a);
    least = f32x4.min(least, p);
    greatest = f32x4.max(greatest, p);
    const wide = f64x2.promote_low_f32x4(p);
    sums = f64x2.add(sums, wide);
    const d = f64x2.sub(wide, f64x2.promote_low_f32x4(v128.load64_zero(b)));
    squares = f64x2.add(squares, f64x2.mul(d, d));
  }
  if (count > 0) {
    const p = <f64>load<f32>(a);
    const d = p - <f64>load<f32>(b);
    range(result, p, p);
    totalFloats(result, p, d * d);
  }
  range(
    result,
    min(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1)),
    max(f32x4.extract_lane(greatest, 0), f32x4.extract_lane(greatest, 1)),
  );
  totalFloats(
    result,
    f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1),
    f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1),
  );
}

/** Four u32 as two u64, by pairs. */
function wide(values: v128): v128 {
  return i64x2.add(i64x2.extend_low_i32x4_u(values), i64x2.extend_high_i32x4_u(values));
}

function added(values: v128): u64 {
  const pairs = wide(values);
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}
