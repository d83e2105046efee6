import { U8, U16 } from "../../lane/plane";

/**
 * Sums of all items above and to the left, for one channel.
 *
 *   target   address of item [0, 0] of height + 1 rows of width + 1, which get 0 at the top and on the left
 *   source   address of item [0, 0], without a byte in common; strides in bytes, any sign
 *   format   of the source: lane/plane.ts
 *   wide     whether the target is f64; it is u32 otherwise, and sums are modulo 2^32
 */
export function integral_items(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  row: isize,
  pixel: isize,
  height: usize,
  width: usize,
  format: i32,
  wide: bool,
): void {
  if (wide) zeros<f64>(target, targetPixel, width + 1);
  else zeros<u32>(target, targetPixel, width + 1);
  for (; height > 0; height--, source += <usize>row) {
    const above = target;
    target += <usize>targetRow;
    if (!wide) {
      if (format == U8) sums<u8, u32>(target, above, targetPixel, source, pixel, width);
      else sums<u16, u32>(target, above, targetPixel, source, pixel, width);
    } else if (format == U8) sums<u8, f64>(target, above, targetPixel, source, pixel, width);
    else if (format == U16) sums<u16, f64>(target, above, targetPixel, source, pixel, width);
    else sums<f32, f64>(target, above, targetPixel, source, pixel, width);
  }
}

function zeros<T>(target: usize, step: isize, count: usize): void {
  for (; count > 0; count--, target += <usize>step) store<T>(target, 0);
}

function sums<S, T>(target: usize, above: usize, step: isize, source: usize, pixel: isize, count: usize): void {
  let sum: T = 0;
  store<T>(target, 0);
  for (; count > 0; count--, source += <usize>pixel) {
    target += <usize>step;
    above += <usize>step;
    sum += <T>load<S>(source);
    store<T>(target, sum + load<T>(above));
  }
}
