/**
 * Luma of a picture of bytes: (r × red + g × green + b × blue + 16384) >> 15, the weights adding up to 32768. Into a gray
 * picture, or into one like the source, whose three colours become the luma and whose alpha is copied.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   sourceChannels   3 or 4; targetChannels: 1, or as many
 *
 * Both loops compute the same integers: equal to the scalar reference bit for bit, and within 1 of the real numbers.
 */
export function grayscale_u8(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  targetItem: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  sourceItem: isize,
  height: usize,
  width: usize,
  sourceChannels: usize,
  targetChannels: usize,
  red: i32,
  green: i32,
  blue: i32,
): void {
  const packed =
    sourcePixel == 4 &&
    sourceItem == 1 &&
    sourceChannels == 4 &&
    targetPixel == <isize>targetChannels &&
    (targetChannels == 1 || targetItem == 1);
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    let left = width;
    let t = target;
    let s = source;
    if (packed) {
      const done = targetChannels == 1 ? lumaRun(t, s, left, red, green, blue) : grayRun(t, s, left, red, green, blue);
      left -= done;
      t += done * targetChannels;
      s += done * 4;
    }
    for (; left > 0; left--, t += <usize>targetPixel, s += <usize>sourcePixel) {
      const r = <i32>load<u8>(s);
      const g = <i32>load<u8>(s + <usize>sourceItem);
      const b = <i32>load<u8>(s + 2 * <usize>sourceItem);
      const luma = <u8>((r * red + g * green + b * blue + 16384) >> 15);
      if (targetChannels == 4) store<u8>(t + 3 * <usize>targetItem, load<u8>(s + 3 * <usize>sourceItem));
      store<u8>(t, luma);
      if (targetChannels == 1) continue;
      store<u8>(t + <usize>targetItem, luma);
      store<u8>(t + 2 * <usize>targetItem, luma);
    }
  }
}

/** The luma of four RGBA pixels, as four i32. `weights` holds (red, green, blue, 0) for two pixels, as i16. */
function luma4(pixels: v128, weights: v128): v128 {
  const first = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(pixels), weights);
  const second = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(pixels), weights);
  // Each pixel is now a pair: r × red + g × green, and b × blue.
  const even = i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const odd = i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  return i32x4.shr_u(i32x4.add(i32x4.add(even, odd), i32x4.splat(16384)), 15);
}

/** red, green, blue, 0 twice. A weight of 32768 does not occur: three positive weights share it. */
function weightsOf(red: i32, green: i32, blue: i32): v128 {
  return i64x2.splat((<i64>red) | ((<i64>green) << 16) | ((<i64>blue) << 32));
}

/** Packed RGBA to packed gray, sixteen pixels a round. Returns the pixels done. */
function lumaRun(target: usize, source: usize, count: usize, red: i32, green: i32, blue: i32): usize {
  const weights = weightsOf(red, green, blue);
  let left = count;
  for (; left >= 16; left -= 16, target += 16, source += 64) {
    const a = luma4(v128.load(source), weights);
    const b = luma4(v128.load(source, 16), weights);
    const c = luma4(v128.load(source, 32), weights);
    const d = luma4(v128.load(source, 48), weights);
    v128.store(target, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
  return count - left;
}

/** Packed RGBA to packed RGBA, four pixels a round. Returns the pixels done. */
function grayRun(target: usize, source: usize, count: usize, red: i32, green: i32, blue: i32): usize {
  const weights = weightsOf(red, green, blue);
  const alpha = i32x4.splat(0xff000000);
  let left = count;
  for (; left >= 4; left -= 4, target += 16, source += 16) {
    const pixels = v128.load(source);
    const luma = luma4(pixels, weights);
    const gray = i8x16.shuffle(luma, luma, 0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12);
    v128.store(target, v128.bitselect(pixels, gray, alpha));
  }
  return count - left;
}
