import { copyRow } from "../../lane/row";
import { matrix, premultiplied, unpremultiplied } from "./bytes";

/** Pixels that are packed at a time where they are not already. */
const STRIP: usize = 256;

/**
 * Changes the pixels of a picture of bytes, whose channels depend on one another.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   height, width   0 is allowed
 *   sourceChannels, targetChannels   3 or 4; an alpha that is not there counts as 255
 *   operation   0 matrix, 2 premultiplied, 3 unpremultiplied: bytes.ts; 1 the bytes in another order
 *   parameters   of the matrix; of 1, sixteen indices, those above 15 give 0, and sixteen bytes set in each result
 *   scratch   1024 bytes
 *
 * Pixels of any layout, and at the end of a row, go through the same vectors: equal to the scalar reference bit for bit.
 */
export function pixels_u8(
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
  operation: i32,
  parameters: usize,
  scratch: usize,
): void {
  const packed =
    sourcePixel == <isize>sourceChannels && targetPixel == <isize>targetChannels && sourceItem == 1 && targetItem == 1;
  if (packed && targetRow == <isize>width * targetPixel && sourceRow == <isize>width * sourcePixel) {
    width *= height;
    height = min<usize>(height, 1);
  }
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    const done = packed ? mapRun(target, targetChannels, source, sourceChannels, width, operation, parameters) : 0;
    let t = target + done * <usize>targetPixel;
    let s = source + done * <usize>sourcePixel;
    for (let left = width - done; left > 0;) {
      const count = min(left, STRIP);
      memory.fill(scratch, 255, 4 * count);
      for (let c: usize = 0; c < sourceChannels; c++) {
        copyRow<u8>(scratch + c, 4, s + c * <usize>sourceItem, sourcePixel, count);
      }
      mapRun(scratch, 4, scratch, 4, (count + 3) & ~3, operation, parameters);
      for (let c: usize = 0; c < targetChannels; c++) {
        copyRow<u8>(t + c * <usize>targetItem, targetPixel, scratch + c, 4, count);
      }
      t += count * <usize>targetPixel;
      s += count * <usize>sourcePixel;
      left -= count;
    }
  }
}

/** Packed pixels, four a round. Returns the pixels done; few are left. */
function mapRun(
  target: usize,
  targetChannels: usize,
  source: usize,
  sourceChannels: usize,
  count: usize,
  operation: i32,
  parameters: usize,
): usize {
  let left = count;
  // A vector of pixels of three bytes reaches beyond the four that it is read for.
  const whole: usize = sourceChannels == 4 ? 4 : 6;
  for (; left >= whole; left -= 4, target += 4 * targetChannels, source += 4 * sourceChannels) {
    let values = v128.load(source);
    if (sourceChannels == 3) {
      values = v128.shuffle<u8>(values, i8x16.splat(-1), 0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11, 16);
    }
    if (operation == 0) values = matrix(values, parameters);
    else if (operation == 1) values = v128.or(v128.swizzle(values, v128.load(parameters)), v128.load(parameters, 16));
    else if (operation == 2) values = premultiplied(values);
    else values = unpremultiplied(values);
    if (targetChannels == 4) v128.store(target, values);
    else {
      values = v128.shuffle<u8>(values, values, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);
      v128.store64_lane(target, values, 0);
      v128.store32_lane(target, values, 2, 8);
    }
  }
  return count - left;
}
