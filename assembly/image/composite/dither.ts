/** Which values a pixel's neighbours are compared with. */
export const ORDERED: i32 = 1;
export const DIFFUSED: i32 = 2;

/** The place of a pixel in Bayer's matrix of 8 × 8, 0 to 63: the bits of x ^ y and y by turns, the lowest first. */
export function bayer(x: usize, y: usize): i32 {
  const a = <i32>(x ^ y);
  const b = <i32>y;
  return ((a & 1) << 5) | ((b & 1) << 4) | ((a & 2) << 2) | ((b & 2) << 1) | ((a & 4) >> 1) | ((b & 4) >> 2);
}

/** Adds an error's sixteenths to the pixels after it: 7 to the right; 3, 5 and 1 below. Rows have a place more at each end. */
export function diffuse(row: usize, next: usize, step: usize, error: f64): void {
  add(row + step, error * (7.0 / 16.0));
  add(next - step, error * (3.0 / 16.0));
  add(next, error * (5.0 / 16.0));
  add(next + step, error * (1.0 / 16.0));
}

function add(at: usize, error: f64): void {
  store<f64>(at, load<f64>(at) + error);
}

/**
 * The nearest of `levels` equal steps, both ends included, for one channel of bytes.
 *
 *   target, source   addresses of item [0, 0], the same items or none in common; strides in bytes, any sign
 *   method    1: a step up by Bayer's matrix, in integers; 2: errors are diffused, in f64
 *   scratch   for 2, two rows of width + 2 f64
 */
export function dither_u8(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  height: usize,
  width: usize,
  levels: i32,
  method: i32,
  scratch: usize,
): void {
  const steps = levels - 1;
  const bytes: usize = 8 * (width + 2);
  let row = scratch;
  let next = scratch + bytes;
  if (method == DIFFUSED) memory.fill(row, 0, bytes);
  for (let y: usize = 0; y < height; y++, target += <usize>targetRow, source += <usize>sourceRow) {
    if (method == DIFFUSED) memory.fill(next, 0, bytes);
    let t = target;
    let s = source;
    for (let x: usize = 0; x < width; x++, t += <usize>targetPixel, s += <usize>sourcePixel) {
      const value = <i32>load<u8>(s);
      if (method == ORDERED) {
        const level = (value * steps * 128 + (2 * bayer(x, y) + 1) * 255) / 32640; // 255 × 128
        store<u8>(t, <u8>((2 * level * 255 + steps) / (2 * steps)));
        continue;
      }
      const at: usize = 8 * (x + 1);
      const wanted = <f64>value + load<f64>(row + at);
      const level = min<f64>(max<f64>(floor((wanted * <f64>steps) / 255 + 0.5), 0), <f64>steps);
      const got = floor((level * 255) / <f64>steps + 0.5);
      store<u8>(t, <u8>got);
      diffuse(row + at, next + at, 8, wanted - got);
    }
    const done = row;
    row = next;
    next = done;
  }
}
