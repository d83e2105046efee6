/**
 * Counts the items of a gray picture by their value.
 *
 *   counts   256 or 65,536 u32, which the host has set to 0
 *   source   address of item [0, 0]; strides in bytes, any sign
 *   size     bytes of an item: 1 or 2
 */
export function count_items(
  counts: usize,
  source: usize,
  row: isize,
  pixel: isize,
  height: usize,
  width: usize,
  size: usize,
): void {
  for (; height > 0; height--, source += <usize>row) {
    let s = source;
    for (let left = width; left > 0; left--, s += <usize>pixel) {
      const at = counts + ((size == 1 ? <usize>load<u8>(s) : <usize>load<u16>(s)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}
