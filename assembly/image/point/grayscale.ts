/**
 * Luma of a picture of bytes: (r × red + g × green + b × blue + 16384) >> 15, the weights adding up to 32768. Into a gray
 * picture, or into one like the source, whose three colours become the luma and whose alpha is copied.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   sourceChannels   3 or 4; targetChannels: 1, or as many
 *   red, green, blue   positive, so that each fits 16 bits
 *
 * Vectors and single pixels compute the same integers: equal to the scalar reference bit for bit, and within 1 of the
 * real numbers.
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
    sourcePixel == <isize>sourceChannels &&
    sourceItem == 1 &&
    targetPixel == <isize>targetChannels &&
    (targetChannels == 1 || targetItem == 1);
  if (packed && targetRow == <isize>(width * targetChannels) && sourceRow == <isize>(width * sourceChannels)) {
    width *= height;
    height = min<usize>(height, 1);
  }
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    const done = packed ? grayRun(target, targetChannels, source, sourceChannels, width, red, green, blue) : 0;
    let t = target + done * <usize>targetPixel;
    let s = source + done * <usize>sourcePixel;
    for (let left = width - done; left > 0; left--, t += <usize>targetPixel, s += <usize>sourcePixel) {
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

/** Sixteen packed pixels a round. Returns the pixels done; fewer than sixteen are left. */
function grayRun(
  target: usize,
  targetChannels: usize,
  source: usize,
  sourceChannels: usize,
  count: usize,
  red: i32,
  green: i32,
  blue: i32,
): usize {
  const redBlue = i32x4.splat(red | (blue << 16));
  const greens = i32x4.splat(green);
  let left = count;
  if (sourceChannels == 3) {
    for (; left >= 16; left -= 16, target += 16 * targetChannels, source += 48) {
      const a = luma4(spread(v128.load(source)), redBlue, greens);
      const b = luma4(spread(v128.load(source, 12)), redBlue, greens);
      const c = luma4(spread(v128.load(source, 24)), redBlue, greens);
      // The last four pixels end where the vector does, so that no byte beyond is read.
      const last = v128.load(source, 32);
      const d = luma4(spread(v128.shuffle<u32>(last, last, 1, 2, 3, 3)), redBlue, greens);
      const luma = narrow(a, b, c, d);
      v128.store(target, targetChannels == 1 ? luma : v128.shuffle<u8>(luma, luma, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5)); // prettier-ignore
      if (targetChannels == 1) continue;
      v128.store(target, v128.shuffle<u8>(luma, luma, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10), 16);
      v128.store(
        target,
        v128.shuffle<u8>(luma, luma, 10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15),
        32,
      );
    }
    return count - left;
  }
  for (; left >= 16; left -= 16, target += 16 * targetChannels, source += 64) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const d = v128.load(source, 48);
    const first = luma4(a, redBlue, greens);
    const second = luma4(b, redBlue, greens);
    const third = luma4(c, redBlue, greens);
    const fourth = luma4(d, redBlue, greens);
    if (targetChannels == 1) v128.store(target, narrow(first, second, third, fourth));
    else {
      v128.store(target, grayWithAlpha(first, a));
      v128.store(target, grayWithAlpha(second, b), 16);
      v128.store(target, grayWithAlpha(third, c), 32);
      v128.store(target, grayWithAlpha(fourth, d), 48);
    }
  }
  return count - left;
}

/** The luma of four pixels of four bytes, as four i32; the fourth byte may be anything. */
function luma4(pixels: v128, redBlue: v128, greens: v128): v128 {
  const odd = i32x4.dot_i16x8_s(v128.and(pixels, i32x4.splat(0x00ff00ff)), redBlue);
  const even = i32x4.dot_i16x8_s(i16x8.shr_u(pixels, 8), greens);
  return i32x4.shr_u(i32x4.add(i32x4.add(odd, even), i32x4.splat(16384)), 15);
}

/** The first four pixels of three bytes, each in four bytes. */
function spread(pixels: v128): v128 {
  return v128.shuffle<u8>(pixels, pixels, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 9, 10, 11, 0);
}

function narrow(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Four pixels of one luma in three channels, and the alpha of `pixels`. */
function grayWithAlpha(luma: v128, pixels: v128): v128 {
  const two = v128.or(luma, i32x4.shl(luma, 8));
  const three = v128.or(two, i32x4.shl(luma, 16));
  return v128.or(three, v128.and(pixels, i32x4.splat(0xff000000)));
}
