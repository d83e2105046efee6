import { ByteOperation, mapPicture } from "../../lane/map";

class Invert implements ByteOperation {
  apply(values: v128, changed: v128, _p: v128, _q: v128, _n: i32): v128 {
    return v128.xor(values, changed);
  }
}

/**
 * 255 − v of the first `colors` channels of a picture of bytes; the others are copied.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   height, width, channels   items; 0 is allowed
 *
 * Exact: equal to the scalar reference bit for bit.
 */
export function invert_u8(
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
): void {
  mapPicture<Invert>(
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
    0,
    0,
    0,
  );
}
