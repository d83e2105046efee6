import { loadPart, storePart } from "./part";
import { copyRow, fourthBytes } from "./row";

/**
 * What becomes of sixteen bytes, each on its own. Bytes where `changed` is 0 are kept, the others are 255 there; `p`, `q`
 * and `n` are the operation's parameters.
 */
export interface ByteOperation {
  apply(values: v128, changed: v128, p: v128, q: v128, n: i32): v128;
}

/**
 * Applies an operation to the first `colors` channels of a picture of bytes, and copies the others.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   height, width, channels   items; 0 is allowed
 *   p, q   four times each in the vectors that the operation sees
 *
 * Reads and writes no byte outside the picture, and of an interleaved picture writes none of another channel.
 */
export function mapPicture<O extends ByteOperation>(
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
  p: i32,
  q: i32,
  n: i32,
): void {
  const first = i32x4.splat(p);
  const second = i32x4.splat(q);
  const pixel = <isize>channels;
  const packed =
    targetPixel == pixel && sourcePixel == pixel && (channels == 1 || (targetItem == 1 && sourceItem == 1));
  if (packed && (channels == 4 || colors >= channels)) {
    let bytes = width * channels;
    if (targetRow == <isize>bytes && sourceRow == <isize>bytes) {
      bytes *= height;
      height = 1;
    }
    // Every vector begins where a pixel of four channels does.
    const changed = i32x4.splat(colors < channels ? (1 << ((<i32>colors) << 3)) - 1 : -1);
    for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
      mapRun<O>(target, source, bytes, changed, first, second, n);
    }
    return;
  }
  for (; height > 0; height--, target += <usize>targetRow, source += <usize>sourceRow) {
    let t = target;
    let s = source;
    for (let c: usize = 0; c < channels; c++, t += <usize>targetItem, s += <usize>sourceItem) {
      if (c < colors) mapChannel<O>(t, targetPixel, s, sourcePixel, width, first, second, n);
      else if (t != s) copyRow<u8>(t, targetPixel, s, sourcePixel, width);
    }
  }
}

function mapRun<O extends ByteOperation>(
  target: usize,
  source: usize,
  bytes: usize,
  changed: v128,
  p: v128,
  q: v128,
  n: i32,
): void {
  const operation = changetype<O>(0);
  for (; bytes >= 64; bytes -= 64, target += 64, source += 64) {
    v128.store(target, operation.apply(v128.load(source), changed, p, q, n));
    v128.store(target, operation.apply(v128.load(source, 16), changed, p, q, n), 16);
    v128.store(target, operation.apply(v128.load(source, 32), changed, p, q, n), 32);
    v128.store(target, operation.apply(v128.load(source, 48), changed, p, q, n), 48);
  }
  for (; bytes >= 16; bytes -= 16, target += 16, source += 16) {
    v128.store(target, operation.apply(v128.load(source), changed, p, q, n));
  }
  if (bytes > 0) {
    const result = operation.apply(loadPart(source, bytes), changed, p, q, n);
    storePart(target, i64x2.extract_lane(result, 0), i64x2.extract_lane(result, 1), bytes);
  }
}

/** One byte every step: lane by lane, so that no byte between is written. */
function mapChannel<O extends ByteOperation>(
  target: usize,
  targetStep: isize,
  source: usize,
  sourceStep: isize,
  count: usize,
  p: v128,
  q: v128,
  n: i32,
): void {
  const operation = changetype<O>(0);
  const all = i8x16.splat(-1);
  const t = <usize>targetStep;
  const s = <usize>sourceStep;
  for (; count >= 16; count -= 16, target += 16 * t, source += 16 * s) {
    // A vector of every fourth byte reaches beyond its last one.
    const values = s == 4 && count > 16 ? fourthBytes(source) : gather(source, s);
    scatter(target, t, operation.apply(values, all, p, q, n));
  }
  for (; count > 0; count--, target += t, source += s) {
    v128.store8_lane(target, operation.apply(v128.load8_splat(source), all, p, q, n), 0);
  }
}

function gather(source: usize, step: usize): v128 {
  let values = v128.load8_lane(source, i8x16.splat(0), 0);
  values = v128.load8_lane((source += step), values, 1);
  values = v128.load8_lane((source += step), values, 2);
  values = v128.load8_lane((source += step), values, 3);
  values = v128.load8_lane((source += step), values, 4);
  values = v128.load8_lane((source += step), values, 5);
  values = v128.load8_lane((source += step), values, 6);
  values = v128.load8_lane((source += step), values, 7);
  values = v128.load8_lane((source += step), values, 8);
  values = v128.load8_lane((source += step), values, 9);
  values = v128.load8_lane((source += step), values, 10);
  values = v128.load8_lane((source += step), values, 11);
  values = v128.load8_lane((source += step), values, 12);
  values = v128.load8_lane((source += step), values, 13);
  values = v128.load8_lane((source += step), values, 14);
  return v128.load8_lane(source + step, values, 15);
}

function scatter(target: usize, step: usize, values: v128): void {
  v128.store8_lane(target, values, 0);
  v128.store8_lane((target += step), values, 1);
  v128.store8_lane((target += step), values, 2);
  v128.store8_lane((target += step), values, 3);
  v128.store8_lane((target += step), values, 4);
  v128.store8_lane((target += step), values, 5);
  v128.store8_lane((target += step), values, 6);
  v128.store8_lane((target += step), values, 7);
  v128.store8_lane((target += step), values, 8);
  v128.store8_lane((target += step), values, 9);
  v128.store8_lane((target += step), values, 10);
  v128.store8_lane((target += step), values, 11);
  v128.store8_lane((target += step), values, 12);
  v128.store8_lane((target += step), values, 13);
  v128.store8_lane((target += step), values, 14);
  v128.store8_lane(target + step, values, 15);
}
