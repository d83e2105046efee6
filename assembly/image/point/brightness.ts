import { packedBytes } from "../../lane/rows";

/**
 * clamp((v × factor + offset) >> shift, 0, 255) of the first `colors` channels of a picture of bytes; the others are
 * copied. Brightness and contrast in fixed point: the host picks the largest shift that lets `factor` fit 16 bits, and
 * puts the half for rounding into `offset`.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   factor   −32768 to 32767
 *   offset   |offset| + 255 × |factor| is below 2^31
 *
 * Both loops compute the same integers: equal to the scalar reference bit for bit, and within 1 of the real numbers.
 */
export function brightness_u8(
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
  channels: usize,
  colors: usize,
  factor: i32,
  offset: i32,
  shift: i32,
): void {
  let bytes = packedBytes(width, channels, targetPixel, targetItem, sourcePixel, sourceItem);
  if (bytes != 0) {
    if (targetRow == <isize>bytes && sourceRow == <isize>bytes) {
      bytes *= height;
      height = 1;
    }
    const mask: u32 = colors < channels ? 0x00ffffff : 0xffffffff;
    for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
      scaleRun(target, source, bytes, mask, factor, offset, shift);
    }
    return;
  }
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    let t = target;
    let s = source;
    for (let x = width; x > 0; x--, t += <usize>targetPixel, s += <usize>sourcePixel) {
      for (let c: usize = 0; c < channels; c++) {
        const value = load<u8>(s + c * <usize>sourceItem);
        store<u8>(t + c * <usize>targetItem, c < colors ? scale(value, factor, offset, shift) : value);
      }
    }
  }
}

function scale(value: u8, factor: i32, offset: i32, shift: i32): u8 {
  return <u8>max(0, min(255, (<i32>value * factor + offset) >> shift));
}

/** Sixteen bytes a round; where `mask`, which repeats every four bytes, is 0, the source is kept. */
function scaleRun(target: usize, source: usize, bytes: usize, mask: u32, factor: i32, offset: i32, shift: i32): void {
  const keep = i32x4.splat(mask);
  const factors = i16x8.splat(<i16>factor);
  const offsets = i32x4.splat(offset);
  for (; bytes >= 16; bytes -= 16, target += 16, source += 16) {
    const values = v128.load(source);
    const low = i16x8.extend_low_i8x16_u(values);
    const high = i16x8.extend_high_i8x16_u(values);
    const a = i32x4.shr_s(i32x4.add(i32x4.extmul_low_i16x8_s(low, factors), offsets), shift);
    const b = i32x4.shr_s(i32x4.add(i32x4.extmul_high_i16x8_s(low, factors), offsets), shift);
    const c = i32x4.shr_s(i32x4.add(i32x4.extmul_low_i16x8_s(high, factors), offsets), shift);
    const d = i32x4.shr_s(i32x4.add(i32x4.extmul_high_i16x8_s(high, factors), offsets), shift);
    // Both narrowings saturate, which is the clamp.
    const scaled = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
    v128.store(target, v128.bitselect(scaled, values, keep));
  }
  for (; bytes > 0; bytes--, target++, source++) {
    const value = load<u8>(source);
    store<u8>(target, (mask & 255) != 0 ? scale(value, factor, offset, shift) : value);
    mask = rotr<u32>(mask, 8);
  }
}
