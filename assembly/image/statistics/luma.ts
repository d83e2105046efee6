import { clearTables, countItem, sumTables } from "../../lane/count";

/**
 * Counts the pixels of bytes by their luma, (red × r + green × g + blue × b + 16384) >> 15 as `grayscale_u8` has it.
 *
 *   counts, step   256 u32, which are overwritten, one every `step` bytes
 *   source   address of item [0, 0, 0] of three or more channels; strides in bytes, any sign
 *   tables   scratch, 4096 bytes
 */
export function count_luma(
  counts: usize,
  step: isize,
  source: usize,
  row: isize,
  pixel: isize,
  item: isize,
  height: usize,
  width: usize,
  red: i32,
  green: i32,
  blue: i32,
  tables: usize,
): void {
  const i = <usize>item;
  clearTables(tables, 1);
  for (; height > 0; height--, source += <usize>row) {
    let s = source;
    for (let left = width; left > 0; left--, s += <usize>pixel) {
      const sum = red * load<u8>(s) + green * load<u8>(s + i) + blue * load<u8>(s + 2 * i);
      countItem(tables + ((left & 3) << 10), (sum + 16384) >> 15);
    }
  }
  sumTables(counts, step, tables, 1);
}
