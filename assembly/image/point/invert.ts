import { packedBytes } from "../../lane/rows";

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
  let bytes = packedBytes(width, channels, targetPixel, targetItem, sourcePixel, sourceItem);
  if (bytes != 0) {
    if (targetRow == <isize>bytes && sourceRow == <isize>bytes) {
      bytes *= height;
      height = 1;
    }
    // Of four channels the last may be alpha; of one or three, all are inverted.
    const mask: u32 = colors < channels ? 0x00ffffff : 0xffffffff;
    for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
      invertRun(target, source, bytes, mask);
    }
    return;
  }
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    let t = target;
    let s = source;
    for (let x = width; x > 0; x--, t += <usize>targetPixel, s += <usize>sourcePixel) {
      for (let c: usize = 0; c < channels; c++) {
        const flip: u8 = c < colors ? 255 : 0;
        store<u8>(t + c * <usize>targetItem, load<u8>(s + c * <usize>sourceItem) ^ flip);
      }
    }
  }
}

/** Flips the bits of `mask`, which repeats every four bytes. */
function invertRun(target: usize, source: usize, bytes: usize, mask: u32): void {
  const flip = i32x4.splat(mask);
  for (; bytes >= 64; bytes -= 64, target += 64, source += 64) {
    v128.store(target, v128.xor(v128.load(source), flip));
    v128.store(target, v128.xor(v128.load(source, 16), flip), 16);
    v128.store(target, v128.xor(v128.load(source, 32), flip), 32);
    v128.store(target, v128.xor(v128.load(source, 48), flip), 48);
  }
  for (; bytes >= 16; bytes -= 16, target += 16, source += 16) {
    v128.store(target, v128.xor(v128.load(source), flip));
  }
  for (; bytes > 0; bytes--, target++, source++) {
    store<u8>(target, load<u8>(source) ^ (<u8>mask));
    mask = rotr<u32>(mask, 8);
  }
}
