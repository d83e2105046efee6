/**
 * Bytes of a row when its pixels are packed on both sides, so that the row is one run of bytes; 0 otherwise. `width` may
 * be that of several rows that follow each other.
 */
export function packedBytes(
  width: usize,
  channels: usize,
  targetPixel: isize,
  targetItem: isize,
  sourcePixel: isize,
  sourceItem: isize,
): usize {
  const pixels = targetPixel == <isize>channels && sourcePixel == <isize>channels;
  const items = channels == 1 || (targetItem == 1 && sourceItem == 1);
  return pixels && items ? width * channels : 0;
}

/** Copies items of one byte between rows of any step. */
export function copyBytes(target: usize, targetStep: isize, source: usize, sourceStep: isize, count: usize): void {
  for (; count > 0; count--, target += <usize>targetStep, source += <usize>sourceStep) {
    store<u8>(target, load<u8>(source));
  }
}
