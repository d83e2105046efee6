/*
 * The sum of the items of a layout of three dimensions, the last one innermost.
 *
 *   source       address of item [0, 0, 0], any alignment
 *   n0, n1, n2   items along each dimension; 0 is allowed
 *   s0, s1, s2   strides in bytes, any sign, or 0
 *
 * Integers: of `item XOR flip` as unsigned numbers, modulo 2^64. With the sign bit as `flip` each signed item counts
 * that much too much, which the caller takes off again.
 *
 * Floats: in f64, and the order is part of the result. A row is cut into runs of 1024 items; the k-th item of a run goes
 * to accumulator k mod 4, a run is (a0 + a1) + (a2 + a3), and runs are added to `total` one after the other.
 */

export function sum_1(source: usize, n0: usize, n1: usize, n2: usize, s0: isize, s1: isize, s2: isize, flip: u32): u64 {
  return sumIntegers<u8>(source, n0, n1, n2, s0, s1, s2, <u8>flip);
}

export function sum_2(source: usize, n0: usize, n1: usize, n2: usize, s0: isize, s1: isize, s2: isize, flip: u32): u64 {
  return sumIntegers<u16>(source, n0, n1, n2, s0, s1, s2, <u16>flip);
}

export function sum_4(source: usize, n0: usize, n1: usize, n2: usize, s0: isize, s1: isize, s2: isize, flip: u32): u64 {
  return sumIntegers<u32>(source, n0, n1, n2, s0, s1, s2, flip);
}

export function sum_f32(
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  s0: isize,
  s1: isize,
  s2: isize,
  total: f64,
): f64 {
  return sumFloats<f32>(source, n0, n1, n2, s0, s1, s2, total);
}

export function sum_f64(
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  s0: isize,
  s1: isize,
  s2: isize,
  total: f64,
): f64 {
  return sumFloats<f64>(source, n0, n1, n2, s0, s1, s2, total);
}

function sumIntegers<T>(source: usize, n0: usize, n1: usize, n2: usize, s0: isize, s1: isize, s2: isize, flip: T): u64 {
  let total: u64 = 0;
  for (; n0 > 0; n0--, source += <usize>s0) {
    let row = source;
    for (let y = n1; y > 0; y--, row += <usize>s1) {
      let at = row;
      let left = n2;
      if (s2 == <isize>sizeof<T>()) {
        while (left >= 16 / sizeof<T>()) {
          const vectors = min(left / (16 / sizeof<T>()), MOST_VECTORS);
          total += sumVectors<T>(at, vectors, flip);
          at += vectors * 16;
          left -= vectors * (16 / sizeof<T>());
        }
      }
      total += sumRow<T>(at, <usize>s2, left, flip);
    }
  }
  return total;
}

function sumRow<T>(at: usize, step: usize, count: usize, flip: T): u64 {
  const bits = <u64>flip;
  let even: u64 = 0;
  let odd: u64 = 0;
  for (; count >= 4; count -= 4) {
    even += (<u64>load<T>(at)) ^ bits;
    odd += (<u64>load<T>(at + step)) ^ bits;
    at += 2 * step;
    even += (<u64>load<T>(at)) ^ bits;
    odd += (<u64>load<T>(at + step)) ^ bits;
    at += 2 * step;
  }
  for (; count > 0; count--, at += step) even += (<u64>load<T>(at)) ^ bits;
  return even + odd;
}

/** Each vector of u16 adds up to 2 × 65,535 to a lane of 32 bits: 2^15 of them fit. */
const MOST_VECTORS: usize = 1 << 15;

function sumVectors<T>(at: usize, vectors: usize, flip: T): u64 {
  const flips = v128.splat<T>(flip);
  let sums = i64x2.splat(0);
  if (sizeof<T>() == 4) {
    let others = i64x2.splat(0);
    for (; vectors > 0; vectors--, at += 16) {
      const values = v128.xor(v128.load(at), flips);
      sums = i64x2.add(sums, i64x2.extend_low_i32x4_u(values));
      others = i64x2.add(others, i64x2.extend_high_i32x4_u(values));
    }
    sums = i64x2.add(sums, others);
  } else {
    let words = i32x4.splat(0);
    for (; vectors > 0; vectors--, at += 16) {
      let values = v128.xor(v128.load(at), flips);
      if (sizeof<T>() == 1) values = i16x8.extadd_pairwise_i8x16_u(values);
      words = i32x4.add(words, i32x4.extadd_pairwise_i16x8_u(values));
    }
    sums = i64x2.add(i64x2.extend_low_i32x4_u(words), i64x2.extend_high_i32x4_u(words));
  }
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}

/** Items of a run. */
const RUN: usize = 1024;

function sumFloats<T>(
  source: usize,
  n0: usize,
  n1: usize,
  n2: usize,
  s0: isize,
  s1: isize,
  s2: isize,
  total: f64,
): f64 {
  for (; n0 > 0; n0--, source += <usize>s0) {
    let row = source;
    for (let y = n1; y > 0; y--, row += <usize>s1) {
      let at = row;
      for (let left = n2; left > 0;) {
        const count = min(left, RUN);
        total += sumRun<T>(at, <usize>s2, count);
        at += count * <usize>s2;
        left -= count;
      }
    }
  }
  return total;
}

function sumRun<T>(at: usize, step: usize, count: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; count >= 4; count -= 4, at += 4 * step) {
    low = f64x2.add(low, pair<T>(at, step));
    high = f64x2.add(high, pair<T>(at + 2 * step, step));
  }
  let a0 = f64x2.extract_lane(low, 0);
  let a1 = f64x2.extract_lane(low, 1);
  let a2 = f64x2.extract_lane(high, 0);
  if (count > 0) a0 += <f64>load<T>(at);
  if (count > 1) a1 += <f64>load<T>(at + step);
  if (count > 2) a2 += <f64>load<T>(at + 2 * step);
  return a0 + a1 + (a2 + f64x2.extract_lane(high, 1));
}

/** Two items. */
function pair<T>(at: usize, step: usize): v128 {
  if (sizeof<T>() == 8) return step == 8 ? v128.load(at) : v128.load64_lane(at + step, v128.load64_zero(at), 1);
  const two = step == 4 ? v128.load64_zero(at) : v128.load32_lane(at + step, v128.load32_zero(at), 1);
  return f64x2.promote_low_f32x4(two);
}
