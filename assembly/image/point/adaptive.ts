import { inside } from "../../lane/border";
import { F32, U8, U16 } from "../../lane/plane";

/**
 * The end of the full range where v > mean − offset, else 0, for one channel; `mean` is that of sizeX × sizeY items around
 * each, of integers rounded.
 *
 *   target, source   addresses of item [0, 0], without a byte in common; strides in bytes, any sign
 *   format           of both: lane/plane.ts
 *   sizeX, sizeY     odd
 *   border           0 nearest, 1 reflect, 2 mirror, 3 constant; value: the constant
 *   columns          scratch, 8-aligned, of width + sizeX − 1 f64
 *
 * Sums are f64, which holds those of integers exactly; there are no ties, because half of an odd area is no integer.
 */
export function adaptive_items(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  height: usize,
  width: usize,
  format: i32,
  sizeX: usize,
  sizeY: usize,
  border: i32,
  value: f64,
  offset: f64,
  columns: usize,
): void {
  const halfX = <isize>(sizeX >> 1);
  const halfY = <isize>(sizeY >> 1);
  const area = <f64>(sizeX * sizeY);
  const first = columns + <usize>halfX * 8;
  memory.fill(first, 0, width * 8);
  // Row y enters the window, the one that is sizeY above leaves it, and the middle one is written.
  for (let y = -halfY; y < <isize>height + halfY; y++) {
    let entering = inside(y, <isize>height, border);
    for (let sign: f64 = 1; ; sign = -1) {
      let s = source + <usize>(entering * sourceRow);
      for (let at = first; at != first + width * 8; at += 8, s += <usize>sourcePixel) {
        store<f64>(at, load<f64>(at) + sign * (entering < 0 ? value : take(s, format)));
      }
      if (sign < 0 || y < halfY + 1) break;
      entering = inside(y - <isize>sizeY, <isize>height, border);
    }
    if (y < halfY) continue;
    let sum: f64 = 0;
    for (let x = -halfX; x < <isize>width + halfX; x++) {
      const m = inside(x, <isize>width, border);
      const at = first + <usize>(x * 8);
      // Columns outside the picture are those that the border rule says.
      if (x < 0 || x >= <isize>width) store<f64>(at, m < 0 ? value * <f64>sizeY : load<f64>(first + <usize>(m * 8)));
      if (x < halfX) sum += load<f64>(at);
    }
    let s = source + <usize>((y - halfY) * sourceRow);
    let t = target + <usize>((y - halfY) * targetRow);
    for (let at = columns; at != columns + width * 8; at += 8, s += <usize>sourcePixel, t += <usize>targetPixel) {
      sum += load<f64>(at + (sizeX - 1) * 8);
      const mean = sum / area;
      const above = take(s, format) > (format == F32 ? mean : floor(mean + 0.5)) - offset;
      if (format == U8) store<u8>(t, above ? 255 : 0);
      else if (format == U16) store<u16>(t, above ? 65535 : 0);
      else store<f32>(t, above ? 1 : 0);
      sum -= load<f64>(at);
    }
  }
}

function take(source: usize, format: i32): f64 {
  if (format == U8) return <f64>load<u8>(source);
  return format == U16 ? <f64>load<u16>(source) : <f64>load<f32>(source);
}
