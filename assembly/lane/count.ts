/** Bytes of a table of u32 for each value of a byte. */
const TABLE: usize = 1024;

/**
 * Counts the items of one channel by their value.
 *
 *   counts, step   256 or 65,536 u32, which are overwritten, one every `step` bytes
 *   source   address of item [0, 0]; strides in bytes, any sign
 *   size     bytes of an item: 1 or 2
 *   tables   scratch of 4096 bytes for items of one byte, of 262,144 for two
 *
 * Bytes are counted in four tables by turns: equal neighbours would wait for each other's count otherwise.
 */
export function count_items(
  counts: usize,
  step: isize,
  source: usize,
  row: isize,
  pixel: isize,
  height: usize,
  width: usize,
  size: usize,
  tables: usize,
): void {
  const p = <usize>pixel;
  clearTables(tables, size);
  for (; height > 0; height--, source += <usize>row) {
    let s = source;
    let left = width;
    if (size == 1) {
      for (; left >= 4; left -= 4, s += 4 * p) {
        countItem(tables, load<u8>(s));
        countItem(tables + TABLE, load<u8>(s + p));
        countItem(tables + 2 * TABLE, load<u8>(s + 2 * p));
        countItem(tables + 3 * TABLE, load<u8>(s + 3 * p));
      }
      for (; left > 0; left--, s += p) countItem(tables, load<u8>(s));
    } else {
      for (; left > 0; left--, s += p) countItem(tables, load<u16>(s));
    }
  }
  sumTables(counts, step, tables, size);
}

export function clearTables(tables: usize, size: usize): void {
  memory.fill(tables, 0, size == 1 ? 4 * TABLE : 262144);
}

export function countItem(table: usize, value: usize): void {
  const at = table + (value << 2);
  store<u32>(at, load<u32>(at) + 1);
}

export function sumTables(counts: usize, step: isize, tables: usize, size: usize): void {
  for (let left: usize = size == 1 ? 256 : 65536; left > 0; left--, counts += <usize>step, tables += 4) {
    let sum = load<u32>(tables);
    if (size == 1) sum += load<u32>(tables, TABLE) + load<u32>(tables, 2 * TABLE) + load<u32>(tables, 3 * TABLE);
    store<u32>(counts, sum);
  }
}
