/*
 * What becomes of four pixels of four bytes.
 */

/**
 * clamp((r × m0 + g × m1 + b × m2 + a × m3 + m4) >> shift) for each of four results.
 *
 *   parameters   14 words: for each result m0 and m2, m1 and m3, as 16 bits each, and m4; the shift; 1 where alpha is kept
 */
export function matrix(pixels: v128, rows: usize): v128 {
  const odd = v128.and(pixels, i32x4.splat(0x00ff00ff));
  const even = i16x8.shr_u(pixels, 8);
  const rg = i16x8.narrow_i32x4_s(product(odd, even, rows, rows), product(odd, even, rows + 12, rows));
  const alpha = load<i32>(rows, 52) ? i32x4.shr_u(pixels, 24) : product(odd, even, rows + 36, rows);
  const ba = i16x8.narrow_i32x4_s(product(odd, even, rows + 24, rows), alpha);
  // Both narrowings saturate, which is the clamp.
  return pixelsOf(i8x16.narrow_i16x8_u(rg, ba));
}

function product(odd: v128, even: v128, row: usize, rows: usize): v128 {
  const redBlue = i32x4.dot_i16x8_s(odd, v128.load32_splat(row));
  const greenAlpha = i32x4.dot_i16x8_s(even, v128.load32_splat(row, 4));
  return i32x4.shr_s(i32x4.add(i32x4.add(redBlue, greenAlpha), v128.load32_splat(row, 8)), load<i32>(rows, 48));
}

/** Four pixels of four times four reds, greens, blues and alphas. */
function pixelsOf(planes: v128): v128 {
  return v128.shuffle<u8>(planes, planes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/** Colours × alpha / 255, rounded half up: (p + (p >> 8)) >> 8 for p = the product + 128, which is exact below 65536. */
export function premultiplied(pixels: v128): v128 {
  const alphas = v128.shuffle<u8>(pixels, pixels, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
  const factors = v128.or(alphas, i32x4.splat(0xff000000)); // alpha itself is kept
  return i8x16.narrow_i16x8_u(
    by255(i16x8.extmul_low_i8x16_u(pixels, factors)),
    by255(i16x8.extmul_high_i8x16_u(pixels, factors)),
  );
}

function by255(products: v128): v128 {
  const p = i16x8.add(products, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(p, i16x8.shr_u(p, 8)), 8);
}

/**
 * min(colours × 255 / alpha, 255), rounded half up, 0 where alpha is 0. A quotient that is no tie is 1 / 510 or more away
 * from one, more than an f32 of up to 65025 × (1 ± 2^-24) is off; ties are exact.
 */
export function unpremultiplied(pixels: v128): v128 {
  const alpha = i32x4.shr_u(pixels, 24);
  const divisor = f32x4.convert_i32x4_s(alpha);
  const red = quotient(pixels, divisor);
  const green = quotient(i32x4.shr_u(pixels, 8), divisor);
  const blue = quotient(i32x4.shr_u(pixels, 16), divisor);
  const colors = v128.and(
    v128.or(v128.or(red, i32x4.shl(green, 8)), i32x4.shl(blue, 16)),
    i32x4.ne(alpha, i32x4.splat(0)),
  );
  return v128.or(colors, i32x4.shl(alpha, 24));
}

function quotient(lowest: v128, divisor: v128): v128 {
  const low = i32x4.splat(255);
  const full = f32x4.splat(255);
  const product = f32x4.mul(f32x4.convert_i32x4_s(v128.and(lowest, low)), full);
  const range = f32x4.pmin(full, f32x4.div(product, divisor));
  // 2^23, beside which nothing but the integer has room.
  const whole = f32x4.add(f32x4.floor(f32x4.add(range, f32x4.splat(0.5))), f32x4.splat(8388608));
  return v128.and(whole, low);
}
