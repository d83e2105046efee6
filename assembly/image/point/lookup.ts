import { copyRow } from "../../lane/row";

/**
 * table[v] for each item of the first `colors` channels of a picture; the others are copied, being of one size then.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   height, width, channels   items; 0 is allowed
 *   size, sourceSize   bytes of the items: 1 to 1, 2 or 4, or 2 to 2
 *   table   of the first channel: 256 or 65,536 items of `size` bytes
 *   next   bytes from a channel's table to the next one's
 */
export function lookup_items(
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
  size: usize,
  sourceSize: usize,
  table: usize,
  next: usize,
): void {
  const packed =
    targetPixel == <isize>channels && sourcePixel == targetPixel && (channels == 1 || (targetItem & sourceItem) == 1);
  if (packed && size + sourceSize == 2 && (channels == 4 ? colors >= 3 : next == 0)) {
    if (channels == 1) next = 0;
    for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
      lookBytes(
        target,
        source,
        width * channels,
        table,
        table + next,
        table + 2 * next,
        colors > 3 || channels < 4 ? table + 3 * next : 0,
      );
    }
    return;
  }
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    let t = target;
    let s = source;
    let items = table;
    for (let c: usize = 0; c < channels; c++, t += <usize>targetItem, s += <usize>sourceItem, items += next) {
      if (c >= colors) {
        if (t != s) copyItems(t, targetPixel, s, sourcePixel, width, size);
      } else if (sourceSize == 2) look<u16, u16>(t, targetPixel, s, sourcePixel, width, items);
      else if (size == 1) look<u8, u8>(t, targetPixel, s, sourcePixel, width, items);
      else if (size == 2) look<u8, u16>(t, targetPixel, s, sourcePixel, width, items);
      else look<u8, u32>(t, targetPixel, s, sourcePixel, width, items);
    }
  }
}

/** Bytes side by side, of which every fourth has a table of its own; or none, and is kept. */
function lookBytes(target: usize, source: usize, count: usize, a: usize, b: usize, c: usize, d: usize): void {
  if (d == 0) {
    for (; count >= 4; count -= 4, target += 4, source += 4) {
      const four = load<u32>(source);
      const first = <u32>load<u8>(a + load<u8>(source));
      const second = <u32>load<u8>(b + load<u8>(source, 1));
      const third = <u32>load<u8>(c + load<u8>(source, 2));
      store<u32>(target, (four & 0xff000000) | (third << 16) | (second << 8) | first);
    }
    return;
  }
  for (; count >= 4; count -= 4, target += 4, source += 4) {
    const first = load<u8>(a + load<u8>(source));
    const second = load<u8>(b + load<u8>(source, 1));
    const third = load<u8>(c + load<u8>(source, 2));
    const fourth = load<u8>(d + load<u8>(source, 3));
    store<u8>(target, first);
    store<u8>(target, second, 1);
    store<u8>(target, third, 2);
    store<u8>(target, fourth, 3);
  }
  for (; count > 0; count--, target++, source++) store<u8>(target, load<u8>(a + load<u8>(source)));
}

function copyItems(target: usize, targetStep: isize, source: usize, step: isize, count: usize, size: usize): void {
  if (size == 1) copyRow<u8>(target, targetStep, source, step, count);
  else
    for (; count > 0; count--, target += <usize>targetStep, source += <usize>step)
      store<u16>(target, load<u16>(source));
}

function look<From, To>(
  target: usize,
  targetStep: isize,
  source: usize,
  sourceStep: isize,
  count: usize,
  table: usize,
): void {
  for (; count > 0; count--, target += <usize>targetStep, source += <usize>sourceStep) {
    store<To>(target, load<To>(table + <usize>load<From>(source) * sizeof<To>()));
  }
}

/**
 * Copies the bytes of one channel.
 *
 *   target, source   addresses of item [0, 0], without a byte in common; strides in bytes, any sign
 */
export function copy_u8(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  height: usize,
  width: usize,
): void {
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    copyRow<u8>(target, targetPixel, source, sourcePixel, width);
  }
}
