import { loadPart, storePart } from "../../lane/part";

/** The factors of "over": 1 and 1 − alpha. */
const OVER: i32 = <i32>0xff010001;

/** What becomes of four pixels of RGBA in bytes, and of four under them. */
interface PixelOperation {
  mix(source: v128, backdrop: v128, factors: i32): v128;
}

/**
 * Packed RGBA of bytes, by what is quickest: the integers (s × Fa + b × Fb) / 255 where colours are premultiplied or the
 * backdrop is opaque, rounded once and clamped; f32 otherwise.
 *
 *   count   pixels
 *   factors, premultiplied   of composite_items
 */
export function compositeBytes(
  target: usize,
  source: usize,
  backdrop: usize,
  count: usize,
  factors: i32,
  premultiplied: bool,
): void {
  if (premultiplied) {
    if (factors == OVER) mixRun<Over>(target, source, backdrop, count, factors);
    else mixRun<Premultiplied>(target, source, backdrop, count, factors);
  } else if (factors == OVER && isOpaque(backdrop, count)) mixRun<Opaque>(target, source, backdrop, count, factors);
  else mixRun<Straight>(target, source, backdrop, count, factors);
}

function mixRun<O extends PixelOperation>(
  target: usize,
  source: usize,
  backdrop: usize,
  count: usize,
  factors: i32,
): void {
  const operation = changetype<O>(0);
  for (; count >= 4; count -= 4, target += 16, source += 16, backdrop += 16) {
    v128.store(target, operation.mix(v128.load(source), v128.load(backdrop), factors));
  }
  if (count == 0) return;
  const pixels = operation.mix(loadPart(source, 4 * count), loadPart(backdrop, 4 * count), factors);
  storePart(target, i64x2.extract_lane(pixels, 0), i64x2.extract_lane(pixels, 1), 4 * count);
}

class Over implements PixelOperation {
  mix(s: v128, b: v128, factors: i32): v128 {
    const fb = v128.not(alphasOf(s));
    const low = by255(i16x8.extmul_low_i8x16_u(b, fb));
    return i8x16.add_sat_u(s, i8x16.narrow_i16x8_u(low, by255(i16x8.extmul_high_i8x16_u(b, fb))));
  }
}

class Premultiplied implements PixelOperation {
  mix(s: v128, b: v128, factors: i32): v128 {
    return weighed(s, factor(alphasOf(b), factors), b, factor(alphasOf(s), factors >> 16));
  }
}

class Opaque implements PixelOperation {
  mix(s: v128, b: v128, factors: i32): v128 {
    const alphas = alphasOf(s);
    return weighed(s, v128.or(alphas, i32x4.splat(0xff000000)), b, v128.not(alphas));
  }
}

/** Weights are integers, up to 65025, and so are their products with colours, up to 2^24: exact, and divided once. */
class Straight implements PixelOperation {
  mix(s: v128, b: v128, factors: i32): v128 {
    const as = channel(s, 24);
    const ab = channel(b, 24);
    const ws = f32x4.mul(as, f32x4.add(part(factors, 0, 255), f32x4.mul(part(factors, 8, 1), ab)));
    const wb = f32x4.mul(ab, f32x4.add(part(factors, 16, 255), f32x4.mul(part(factors, 24, 1), as)));
    const total = f32x4.add(ws, wb);
    const limit = f32x4.pmin(total, f32x4.splat(65025));
    const share = v128.and(f32x4.div(f32x4.splat(1), limit), f32x4.gt(total, f32x4.splat(0)));
    const red = f32x4.mul(f32x4.add(f32x4.mul(channel(s, 0), ws), f32x4.mul(channel(b, 0), wb)), share);
    const green = f32x4.mul(f32x4.add(f32x4.mul(channel(s, 8), ws), f32x4.mul(channel(b, 8), wb)), share);
    const blue = f32x4.mul(f32x4.add(f32x4.mul(channel(s, 16), ws), f32x4.mul(channel(b, 16), wb)), share);
    const pixels = v128.or(whole(red), i32x4.shl(whole(green), 8));
    const alpha = whole(f32x4.mul(limit, f32x4.splat(1 / 255)));
    return v128.or(v128.or(pixels, i32x4.shl(whole(blue), 16)), i32x4.shl(alpha, 24));
  }
}

/** A coefficient of the factors. */
export function part(factors: i32, bits: i32, unit: f32): v128 {
  return f32x4.splat(<f32>(<i8>(factors >> bits)) * unit);
}

/** One byte of each pixel as f32. */
export function channel(pixels: v128, bits: i32): v128 {
  return f32x4.convert_i32x4_s(v128.and(i32x4.shr_u(pixels, bits), i32x4.splat(255)));
}

/** f32 from 0, clamped to 255 and rounded half up: 2^23 leaves no room for anything but the integer. */
export function whole(values: v128): v128 {
  const range = f32x4.pmin(values, f32x4.splat(255));
  const integers = f32x4.add(f32x4.floor(f32x4.add(range, f32x4.splat(0.5))), f32x4.splat(8388608));
  return v128.and(integers, i32x4.splat(255));
}

function alphasOf(pixels: v128): v128 {
  return v128.shuffle<u8>(pixels, pixels, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
}

/** 0, 255, alpha or 255 − alpha: alpha or none of its bits, all of them turned or not. */
function factor(alphas: v128, factors: i32): v128 {
  const bits = v128.and(alphas, i32x4.splat(factors & 0xff00 ? -1 : 0));
  return v128.xor(bits, i32x4.splat(factors & 0xff ? -1 : 0));
}

function weighed(s: v128, fs: v128, b: v128, fb: v128): v128 {
  const low = i16x8.add_sat_u(i16x8.extmul_low_i8x16_u(s, fs), i16x8.extmul_low_i8x16_u(b, fb));
  const high = i16x8.add_sat_u(i16x8.extmul_high_i8x16_u(s, fs), i16x8.extmul_high_i8x16_u(b, fb));
  const most = i16x8.splat(<i16>65025);
  return i8x16.narrow_i16x8_u(by255(i16x8.min_u(low, most)), by255(i16x8.min_u(high, most)));
}

/** Sums of up to 255 × 255, / 255, rounded half up: (p + (p >> 8)) >> 8 for p = the sum + 128 is exact. */
function by255(sums: v128): v128 {
  const p = i16x8.add(sums, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(p, i16x8.shr_u(p, 8)), 8);
}

/** Whether the alpha of all packed RGBA pixels is 255. */
function isOpaque(source: usize, count: usize): bool {
  let all = i32x4.splat(-1);
  for (; count >= 4; count -= 4, source += 16) all = v128.and(all, v128.load(source));
  for (; count > 0; count--, source += 4) all = v128.and(all, v128.load32_splat(source));
  return i32x4.all_true(i32x4.eq(i32x4.shr_u(all, 24), i32x4.splat(255)));
}
