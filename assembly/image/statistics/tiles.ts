import { inside, MIRROR } from "../../lane/border";
import { clearTables, countItem, sumTables } from "../../lane/count";

/**
 * Counts the bytes of one channel in a rectangle, which may reach beyond the picture: it is mirrored there.
 *
 *   counts   256 u32, which are overwritten; tables: scratch, 4096 bytes
 *   source   address of item [0, 0]; strides in bytes, any sign
 *   x, y, wide, high   the rectangle
 */
export function count_tile(
  counts: usize,
  source: usize,
  row: isize,
  pixel: isize,
  height: usize,
  width: usize,
  x: isize,
  y: isize,
  wide: isize,
  high: isize,
  tables: usize,
): void {
  clearTables(tables, 1);
  for (let j = y; j < y + high; j++) {
    const line = source + <usize>(inside(j, height, MIRROR) * row);
    for (let i = x; i < x + wide; i++) {
      countItem(tables + (((<usize>i) & 3) << 10), load<u8>(line + <usize>(inside(i, width, MIRROR) * pixel)));
    }
  }
  sumTables(counts, 4, tables, 1);
}

/**
 * For each byte of one channel, what the tables of the four tiles around it say, weighed by how near their middles are.
 *
 *   target, source   addresses of item [0, 0], the same items or none in common; strides in bytes, any sign
 *   tables           256 bytes for each of across × down tiles of wide × high pixels
 *
 * f32, rounded half up once.
 */
export function equalize_tiles(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  height: usize,
  width: usize,
  tables: usize,
  across: isize,
  down: isize,
  wide: f32,
  high: f32,
): void {
  for (let y: usize = 0; y < height; y++, target += <usize>targetRow, source += <usize>sourceRow) {
    const atY = <f32>y / high - 0.5;
    const top = floor(atY);
    const shareY = atY - top;
    const upper = tables + ((max<isize>(<isize>top, 0) * across) << 8);
    const lower = tables + ((min<isize>(<isize>top + 1, down - 1) * across) << 8);
    let t = target;
    let s = source;
    for (let x: usize = 0; x < width; x++, t += <usize>targetPixel, s += <usize>sourcePixel) {
      const atX = <f32>x / wide - 0.5;
      const left = floor(atX);
      const shareX = atX - left;
      const value = <isize>load<u8>(s);
      const first = (max<isize>(<isize>left, 0) << 8) + value;
      const second = (min<isize>(<isize>left + 1, across - 1) << 8) + value;
      const above = <f32>load<u8>(upper + first) * (1 - shareX) + <f32>load<u8>(upper + second) * shareX;
      const below = <f32>load<u8>(lower + first) * (1 - shareX) + <f32>load<u8>(lower + second) * shareX;
      store<u8>(t, <u8>floor(above * (1 - shareY) + below * shareY + 0.5));
    }
  }
}
