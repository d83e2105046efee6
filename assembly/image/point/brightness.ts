import { ByteOperation, mapPicture } from "../../lane/map";

/** clamp((v × factor + offset) >> shift): p is the factor in every 16 bits, q the offset, n the shift. */
class Brightness implements ByteOperation {
  apply(values: v128, changed: v128, factors: v128, offsets: v128, shift: i32): v128 {
    const low = i16x8.extend_low_i8x16_u(values);
    const high = i16x8.extend_high_i8x16_u(values);
    const a = i32x4.shr_s(i32x4.add(i32x4.extmul_low_i16x8_s(low, factors), offsets), shift);
    const b = i32x4.shr_s(i32x4.add(i32x4.extmul_high_i16x8_s(low, factors), offsets), shift);
    const c = i32x4.shr_s(i32x4.add(i32x4.extmul_low_i16x8_s(high, factors), offsets), shift);
    const d = i32x4.shr_s(i32x4.add(i32x4.extmul_high_i16x8_s(high, factors), offsets), shift);
    // Both narrowings saturate, which is the clamp.
    const scaled = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
    return v128.bitselect(scaled, values, changed);
  }
}

/**
 * clamp((v × factor + offset) >> shift, 0, 255) of the first `colors` channels of a picture of bytes; the others are
 * copied. Brightness and contrast in fixed point: the host picks the largest shift that lets `factor` fit 16 bits, and
 * puts the half for rounding into `offset`.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   height, width, channels   items; 0 is allowed
 *   factor   −32768 to 32767
 *   offset   |offset| + 255 × |factor| is below 2^31
 *
 * Equal to the scalar reference bit for bit, and within 1 of the real numbers.
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
  mapPicture<Brightness>(
    target,
    targetRow,
    targetPixel,
    targetItem,
    source,
    sourceRow,
    sourcePixel,
    sourceItem,
    height,
    width,
    channels,
    colors,
    (factor << 16) | (factor & 0xffff),
    offset,
    shift,
  );
}
