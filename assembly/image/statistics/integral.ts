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
      if (format == U8) sums32<u8>(target, above, targetPixel, source, pixel, width);
      else sums32<u16>(target, above, targetPixel, source, pixel, width);
    } else if (format == U8) sums64<u8>(target, above, targetPixel, source, pixel, width);
    else if (format == U16) sums64<u16>(target, above, targetPixel, source, pixel, width);
    else sums64<f32>(target, above, targetPixel, source, pixel, width);
  }
}

function zeros<T>(target: usize, step: isize, count: usize): void {
  for (; count > 0; count--, target += <usize>step) store<T>(target, <T>0);
}

function sums32<T>(target: usize, above: usize, step: isize, source: usize, pixel: isize, count: usize): void {
  let sum: u32 = 0;
  store<u32>(target, 0);
  for (; count > 0; count--, source += <usize>pixel) {
    target += <usize>step;
    above += <usize>step;
    sum += <u32>load<T>(source);
    store<u32>(target, sum + load<u32>(above));
  }
}

function sums64<T>(target: usize, above: usize, step: isize, source: usize, pixel: isize, count: usize): void {
  let sum: f64 = 0;
  store<f64>(target, 0);
  for (; count > 0; count--, source += <usize>pixel) {
    target += <usize>step;
    above += <usize>step;
    sum += <f64>load<T>(source);
    store<f64>(target, sum + load<f64>(above));
  }
}
