/*
 * Vectors of fewer than sixteen bytes: what is left of a row after its last whole vector. No byte beyond is touched.
 */

/** `count` bytes, 0 to 15; the others of the vector are 0. */
export function loadPart(source: usize, count: usize): v128 {
  if (count < 8) return i64x2.replace_lane(i64x2.splat(0), 0, loadWord(source, count));
  return i64x2.replace_lane(i64x2.splat(load<u64>(source)), 1, loadWord(source + 8, count - 8));
}

/** The first `count` bytes, 0 to 15, of a vector whose halves are `low` and `high`. */
export function storePart(target: usize, low: u64, high: u64, count: usize): void {
  if (count < 8) {
    storeWord(target, low, count);
    return;
  }
  store<u64>(target, low);
  storeWord(target + 8, high, count - 8);
}

/** Copies `count` bytes, 0 to 15. */
export function copyPart(target: usize, source: usize, count: usize): void {
  if (count >= 8) {
    store<u64>(target, load<u64>(source));
    target += 8;
    source += 8;
    count -= 8;
  }
  storeWord(target, loadWord(source, count), count);
}

/** The lowest bytes of a word, 0 to 7, in steps of 4, 2 and 1. */
function loadWord(source: usize, count: usize): u64 {
  let word: u64 = 0;
  let bits: u64 = 0;
  if ((count & 4) != 0) {
    word = load<u32>(source);
    source += 4;
    bits = 32;
  }
  if ((count & 2) != 0) {
    word |= (<u64>load<u16>(source)) << bits;
    source += 2;
    bits += 16;
  }
  return (count & 1) != 0 ? word | ((<u64>load<u8>(source)) << bits) : word;
}

function storeWord(target: usize, word: u64, count: usize): void {
  if ((count & 4) != 0) {
    store<u32>(target, <u32>word);
    target += 4;
    word >>= 32;
  }
  if ((count & 2) != 0) {
    store<u16>(target, <u16>word);
    target += 2;
    word >>= 16;
  }
  if ((count & 1) != 0) store<u8>(target, <u8>word);
}
