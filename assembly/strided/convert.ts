import { copyRow } from "../lane/row";

/** The types of numbers, by the codes the host passes: size and sign follow from them. */
const I8: i32 = 0;
const U8: i32 = 1;
const I16: i32 = 2;
const U16: i32 = 3;
const I32: i32 = 4;
const U32: i32 = 5;
const F32: i32 = 6;
const F64: i32 = 7;

/**
 * Converts numbers of one type to another, between two layouts of three dimensions, the last one innermost.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; no byte in common, or the same items of one size
 *   n0, n1, n2       items along each dimension; 0 is allowed
 *   t0 … s2          strides in bytes, of the target and of the source; any sign, 0 in the source
 *   to, from         codes of the types
 *   clamp            1 clamps to the range of an integer, NaN is 0; 0 truncates and wraps, what is not finite is 0
 *
 * Every number is exact in f64, which the scalar loop goes through, so that each result is rounded once; the vectors give
 * the same bits. Those take packed rows of the source; where only the target's are packed, the source's are first packed
 * into them, as many items as fit.
 */
export function convert_items(
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
  to: i32,
  from: i32,
  clamp: bool,
): void {
  const size = sizeOf(to);
  const sourceSize = sizeOf(from);
  if (n2 < 8 && n1 > n2 && (t2 != size || s2 != sourceSize)) {
    convert_items(target, source, n0, n2, n1, t0, t2, t1, s0, s2, s1, to, from, clamp);
    return;
  }
  for (; n0 > 0; n0--, target += <usize>t0, source += <usize>s0) {
    let row = target;
    let other = source;
    for (let y = n1; y > 0; y--, row += <usize>t1, other += <usize>s1) {
      let t = row;
      let s = other;
      let left = n2;
      if (t2 == size && s2 != sourceSize) {
        // The end of what is left is read out before it is written.
        while (left >= WORTH_PACKING) {
          const part = min(left, (left * <usize>size) / <usize>sourceSize);
          const packed = t + left * <usize>size - part * <usize>sourceSize;
          gather(packed, s, s2, part, sourceSize);
          convertRow(t, t2, packed, sourceSize, part, to, from, clamp);
          t += part * <usize>size;
          s += part * <usize>s2;
          left -= part;
        }
      }
      convertRow(t, t2, s, s2, left, to, from, clamp);
    }
  }
}

/** Items of a row. */
const WORTH_PACKING: usize = 32;

function sizeOf(type: i32): isize {
  return type == F64 ? 8 : type == F32 ? 4 : (<isize>1) << (type >> 1);
}

function gather(target: usize, source: usize, step: isize, count: usize, size: isize): void {
  if (size == 1) copyRow<u8>(target, 1, source, step, count);
  else if (size == 2) copyRow<u16>(target, 2, source, step, count);
  else if (size == 4) copyRow<u32>(target, 4, source, step, count);
  else copyRow<u64>(target, 8, source, step, count);
}

function convertRow(
  target: usize,
  targetStep: isize,
  source: usize,
  sourceStep: isize,
  count: usize,
  to: i32,
  from: i32,
  clamp: bool,
): void {
  const done = sourceStep == sizeOf(from) ? convertRun(target, targetStep, source, count, to, from, clamp) : 0;
  target += done * <usize>targetStep;
  source += done * <usize>sourceStep;
  for (count -= done; count > 0; count--, target += <usize>targetStep, source += <usize>sourceStep) {
    put(target, to, take(source, from), clamp);
  }
}

function take(source: usize, from: i32): f64 {
  switch (from) {
    case I8:
      return <f64>load<i8>(source);
    case U8:
      return <f64>load<u8>(source);
    case I16:
      return <f64>load<i16>(source);
    case U16:
      return <f64>load<u16>(source);
    case I32:
      return <f64>load<i32>(source);
    case U32:
      return <f64>load<u32>(source);
    case F32:
      return <f64>load<f32>(source);
    default:
      return load<f64>(source);
  }
}

function put(target: usize, to: i32, value: f64, clamp: bool): void {
  if (to == F64) {
    store<f64>(target, value);
    return;
  }
  if (to == F32) {
    store<f32>(target, <f32>value);
    return;
  }
  let bits = clamp ? clamped(value, to) : wrapped(value);
  if (to <= U8) store<u8>(target, <u8>bits);
  else if (to <= U16) store<u16>(target, <u16>bits);
  else store<u32>(target, <u32>bits);
}

function clamped(value: f64, to: i32): i64 {
  const bits = 8 << (to >> 1);
  const lowest: i64 = to & 1 ? 0 : (<i64>-1) << (bits - 1);
  const whole = <i64>value; // saturates, and NaN is 0
  return min(max(whole, lowest), lowest + (((<i64>1) << bits) - 1));
}

/** The lowest 64 bits of a number without its fraction, of which the host's integers are the lowest. */
function wrapped(value: f64): i64 {
  const size = abs(value);
  if (size < 9223372036854775808.0) return <i64>value;
  const bits = reinterpret<u64>(value);
  const shift = ((<i64>(bits >> 52)) & 0x7ff) - 1075;
  if (shift > 63) return 0; // infinities and NaN as well
  const whole = (<i64>((bits & 0xfffffffffffff) | 0x10000000000000)) << shift;
  return value < 0 ? -whole : whole;
}

// ---- by vectors ------------------------------------------------------------------------------------------------------

/** Converts whole vectors of a packed source; returns the items done, 0 for a pair of types that has no vectors. */
function convertRun(
  target: usize,
  targetStep: isize,
  source: usize,
  count: usize,
  to: i32,
  from: i32,
  clamp: bool,
): usize {
  const step = <usize>targetStep;
  const pair = (from << 3) | to;
  switch (pair) {
    case (I8 << 3) | F32:
      return run<i8, f32, Clamp>(target, step, source, count);
    case (U8 << 3) | F32:
      return run<u8, f32, Clamp>(target, step, source, count);
    case (I16 << 3) | F32:
      return run<i16, f32, Clamp>(target, step, source, count);
    case (U16 << 3) | F32:
      return run<u16, f32, Clamp>(target, step, source, count);
    case (I32 << 3) | F32:
      return run<i32, f32, Clamp>(target, step, source, count);
    case (U32 << 3) | F32:
      return run<u32, f32, Clamp>(target, step, source, count);
    case (F64 << 3) | F32:
      return run<f64, f32, Clamp>(target, step, source, count);
    case (U8 << 3) | F64:
      return run<u8, f64, Clamp>(target, step, source, count);
    case (I16 << 3) | F64:
      return run<i16, f64, Clamp>(target, step, source, count);
    case (I32 << 3) | F64:
      return run<i32, f64, Clamp>(target, step, source, count);
    case (F32 << 3) | F64:
      return run<f32, f64, Clamp>(target, step, source, count);
    case (U8 << 3) | I16:
    case (U8 << 3) | U16:
      return run<u8, u16, Clamp>(target, step, source, count);
    case (U8 << 3) | I32:
    case (U8 << 3) | U32:
      return run<u8, u32, Clamp>(target, step, source, count);
    case (U16 << 3) | I32:
    case (U16 << 3) | U32:
      return run<u16, u32, Clamp>(target, step, source, count);
    case (I8 << 3) | I16:
      return run<i8, i16, Clamp>(target, step, source, count);
    case (I8 << 3) | I32:
      return run<i8, i32, Clamp>(target, step, source, count);
    case (I16 << 3) | I32:
      return run<i16, i32, Clamp>(target, step, source, count);
  }
  if (clamp) {
    switch (pair) {
      case (F32 << 3) | I8:
        return run<f32, i8, Clamp>(target, step, source, count);
      case (F32 << 3) | U8:
        return run<f32, u8, Clamp>(target, step, source, count);
      case (F32 << 3) | I16:
        return run<f32, i16, Clamp>(target, step, source, count);
      case (F32 << 3) | U16:
        return run<f32, u16, Clamp>(target, step, source, count);
      case (F32 << 3) | I32:
        return run<f32, i32, Clamp>(target, step, source, count);
      case (F32 << 3) | U32:
        return run<f32, u32, Clamp>(target, step, source, count);
      case (F64 << 3) | U8:
        return run<f64, u8, Clamp>(target, step, source, count);
      case (F64 << 3) | I16:
        return run<f64, i16, Clamp>(target, step, source, count);
      case (F64 << 3) | I32:
        return run<f64, i32, Clamp>(target, step, source, count);
      case (I16 << 3) | I8:
        return run<i16, i8, Clamp>(target, step, source, count);
      case (I16 << 3) | U8:
        return run<i16, u8, Clamp>(target, step, source, count);
      case (U16 << 3) | U8:
        return run<u16, u8, Clamp>(target, step, source, count);
      case (I32 << 3) | U8:
        return run<i32, u8, Clamp>(target, step, source, count);
      case (I32 << 3) | I16:
        return run<i32, i16, Clamp>(target, step, source, count);
      case (I32 << 3) | U16:
        return run<i32, u16, Clamp>(target, step, source, count);
    }
    return 0;
  }
  // What is wrapped has the lowest bits of its source, signed or not.
  switch (pair & ~9) {
    case (I16 << 3) | I8:
      return run<u16, u8, Wrap>(target, step, source, count);
    case (I32 << 3) | I8:
      return run<i32, u8, Wrap>(target, step, source, count);
    case (I32 << 3) | I16:
      return run<i32, u16, Wrap>(target, step, source, count);
  }
  switch (pair & ~1) {
    case (F32 << 3) | I8:
      return run<f32, u8, Wrap>(target, step, source, count);
    case (F32 << 3) | I16:
      return run<f32, u16, Wrap>(target, step, source, count);
    case (F32 << 3) | I32:
      return run<f32, i32, Wrap>(target, step, source, count);
    case (F64 << 3) | I8:
      return run<f64, u8, Wrap>(target, step, source, count);
    case (F64 << 3) | I16:
      return run<f64, u16, Wrap>(target, step, source, count);
    case (F64 << 3) | I32:
      return run<f64, i32, Wrap>(target, step, source, count);
  }
  return 0;
}

/** What becomes of numbers that do not fit an integer: a class each, so that a loop is compiled for one of them. */
interface Mode {
  wraps(): bool;
}

class Clamp implements Mode {
  wraps(): bool {
    return false;
  }
}

class Wrap implements Mode {
  wraps(): bool {
    return true;
  }
}

/** A round fills one vector of the target, or two of f64. It ends where a float to be wrapped has more than 31 bits. */
function run<From extends number, To, M extends Mode>(target: usize, step: usize, source: usize, count: usize): usize {
  const wrap = changetype<M>(0).wraps();
  const items = max<usize>(16 / sizeof<To>(), 4);
  let left = count;
  for (; left >= items; left -= items, target += items * step, source += items * sizeof<From>()) {
    if (isFloat<From>() && isInteger<To>() && wrap && !small<From>(source, items)) break;
    if (sizeof<To>() == 1) storeItems<To>(target, step, bytes<From, To, M>(source));
    else if (sizeof<To>() == 2) storeItems<To>(target, step, halves<From, To, M>(source));
    else if (isInteger<To>()) storeItems<To>(target, step, words<From, To>(source));
    else if (sizeof<To>() == 4) storeItems<To>(target, step, floats<From>(source));
    else if (isFloat<From>()) {
      storeItems<To>(target, step, f64x2.promote_low_f32x4(v128.load64_zero(source)));
      storeItems<To>(target + 2 * step, step, f64x2.promote_low_f32x4(v128.load64_zero(source, 8)));
    } else {
      const four = words<From, i32>(source);
      storeItems<To>(target, step, f64x2.convert_low_i32x4_s(four));
      storeItems<To>(target + 2 * step, step, f64x2.convert_low_i32x4_s(v128.shuffle<u64>(four, four, 1, 0)));
    }
  }
  return count - left;
}

/** Whether all of sixteen, eight or four numbers are within 31 bits, and so their integers those of `words`. */
function small<T extends number>(source: usize, count: usize): bool {
  const limit = v128.splat<T>(<T>2147483648.0);
  let inside = i32x4.splat(-1);
  for (const end = source + count * sizeof<T>(); source != end; source += 16) {
    inside = v128.and(inside, v128.lt<T>(v128.abs<T>(v128.load(source)), limit));
  }
  return i32x4.all_true(inside);
}

function storeItems<T>(target: usize, step: usize, values: v128): void {
  if (step == sizeof<T>()) v128.store(target, values);
  else scatter(target, step, values, sizeof<T>());
}

/** The lanes of a vector, `size` bytes each, one every `step` bytes. */
function scatter(target: usize, step: usize, values: v128, size: usize): void {
  if (size == 8) {
    v128.store64_lane(target, values, 0);
    v128.store64_lane(target + step, values, 1);
  } else if (size == 4) {
    v128.store32_lane(target, values, 0);
    v128.store32_lane((target += step), values, 1);
    v128.store32_lane((target += step), values, 2);
    v128.store32_lane(target + step, values, 3);
  } else if (size == 2) {
    v128.store16_lane(target, values, 0);
    v128.store16_lane((target += step), values, 1);
    v128.store16_lane((target += step), values, 2);
    v128.store16_lane((target += step), values, 3);
    v128.store16_lane((target += step), values, 4);
    v128.store16_lane((target += step), values, 5);
    v128.store16_lane((target += step), values, 6);
    v128.store16_lane(target + step, values, 7);
  } else {
    for (let half = 0; half < 2; half++, target += step, values = v128.shuffle<u64>(values, values, 1, 0)) {
      v128.store8_lane(target, values, 0);
      v128.store8_lane((target += step), values, 1);
      v128.store8_lane((target += step), values, 2);
      v128.store8_lane((target += step), values, 3);
      v128.store8_lane((target += step), values, 4);
      v128.store8_lane((target += step), values, 5);
      v128.store8_lane((target += step), values, 6);
      v128.store8_lane((target += step), values, 7);
    }
  }
}

/** Sixteen items. Clamping to 16 bits on the way changes nothing of what is clamped to 8. */
function bytes<From, To, M extends Mode>(source: usize): v128 {
  let a: v128, b: v128;
  if (sizeof<From>() == 2) {
    a = fit<From, M>(v128.load(source));
    b = fit<From, M>(v128.load(source, 16));
  } else {
    const step = 4 * sizeof<From>();
    a = i16x8.narrow_i32x4_s(fit<i32, M>(words<From, i32>(source)), fit<i32, M>(words<From, i32>(source + step)));
    source += 2 * step;
    b = i16x8.narrow_i32x4_s(fit<i32, M>(words<From, i32>(source)), fit<i32, M>(words<From, i32>(source + step)));
  }
  return isSigned<To>() ? i8x16.narrow_i16x8_s(a, b) : i8x16.narrow_i16x8_u(a, b);
}

/** What narrowing, which clamps signed numbers, takes for its lowest byte or as it is meant. */
function fit<From, M extends Mode>(values: v128): v128 {
  if (changetype<M>(0).wraps()) return v128.and(values, sizeof<From>() == 2 ? i16x8.splat(0xff) : i32x4.splat(0xff));
  return isSigned<From>() ? values : i16x8.min_u(values, i16x8.splat(0xff));
}

/** Eight items. */
function halves<From, To, M extends Mode>(source: usize): v128 {
  if (sizeof<From>() == 1) return v128.load_ext<From>(source);
  let a = words<From, i32>(source);
  let b = words<From, i32>(source + 4 * sizeof<From>());
  if (changetype<M>(0).wraps()) {
    a = v128.and(a, i32x4.splat(0xffff));
    b = v128.and(b, i32x4.splat(0xffff));
  }
  return isSigned<To>() ? i16x8.narrow_i32x4_s(a, b) : i16x8.narrow_i32x4_u(a, b);
}

/** Four items as integers of 32 bits, floats clamped. */
function words<From, To>(source: usize): v128 {
  if (sizeof<From>() == 1) {
    const four = v128.load32_zero(source);
    return isSigned<From>()
      ? i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(four))
      : i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(four));
  }
  if (sizeof<From>() == 2) return v128.load_ext<From>(source);
  if (sizeof<From>() == 8) {
    const low = i32x4.trunc_sat_f64x2_s_zero(v128.load(source));
    return v128.shuffle<u64>(low, i32x4.trunc_sat_f64x2_s_zero(v128.load(source, 16)), 0, 2);
  }
  const four = v128.load(source);
  if (isInteger<From>()) return four;
  return isSigned<To>() ? i32x4.trunc_sat_f32x4_s(four) : i32x4.trunc_sat_f32x4_u(four);
}

/** Four items as f32. */
function floats<From>(source: usize): v128 {
  if (sizeof<From>() == 8) {
    const low = f32x4.demote_f64x2_zero(v128.load(source));
    return v128.shuffle<u64>(low, f32x4.demote_f64x2_zero(v128.load(source, 16)), 0, 2);
  }
  const four = words<From, i32>(source);
  return isSigned<From>() ? f32x4.convert_i32x4_s(four) : f32x4.convert_i32x4_u(four);
}
