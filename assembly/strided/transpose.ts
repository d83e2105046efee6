import { copyRow } from "../lane/row";

/** Items along each side of a tile. */
export function tileSide<T>(): usize {
  return sizeof<T>() == 1 ? 8 : sizeof<T>() == 8 ? 2 : 4;
}

/**
 * Copies a plane whose rows of `width` items are packed in the target, and whose columns are packed in the source.
 *
 *   targetRow      bytes between rows of the target
 *   sourceColumn   bytes between columns of the source
 *
 * Tile by tile, and a few rows of tiles at a time, so that a cache line of the source is used up before it is dropped. The
 * rows written meanwhile are few, because caches keep about eight lines of addresses that are a power of two apart.
 */
export function transpose<T>(
  target: usize,
  source: usize,
  height: usize,
  width: usize,
  targetRow: isize,
  sourceColumn: isize,
): void {
  const side = tileSide<T>();
  const most: usize = sizeof<T>() <= 2 ? 16 : 8;
  const t = <usize>targetRow;
  const s = <usize>sourceColumn;
  while (height >= side) {
    const rows = min(height, most) & ~(side - 1);
    let to = target;
    let from = source;
    let columns = width;
    for (; columns >= side; columns -= side, to += side * sizeof<T>(), from += side * s) {
      let tileTo = to;
      let tileFrom = from;
      for (let y = rows; y > 0; y -= side, tileTo += side * t, tileFrom += side * sizeof<T>()) {
        if (sizeof<T>() == 1) tile1(tileTo, t, tileFrom, s);
        else if (sizeof<T>() == 2) tile2(tileTo, t, tileFrom, s);
        else if (sizeof<T>() == 4) tile4(tileTo, t, tileFrom, s);
        else tile8(tileTo, t, tileFrom, s);
      }
    }
    if (columns > 0) copyRows<T>(to, from, rows, columns, targetRow, sourceColumn);
    height -= rows;
    target += rows * t;
    source += rows * sizeof<T>();
  }
  copyRows<T>(target, source, height, width, targetRow, sourceColumn);
}

function copyRows<T>(
  target: usize,
  source: usize,
  height: usize,
  width: usize,
  targetRow: isize,
  sourceColumn: isize,
): void {
  for (; height > 0; height--, target += <usize>targetRow, source += sizeof<T>()) {
    copyRow<T>(target, sizeof<T>(), source, sourceColumn, width);
  }
}

/** 8 × 8 bytes: pairs, fours, then eights of a column side by side. */
function tile1(target: usize, t: usize, source: usize, s: usize): void {
  const ab = interleave1(v128.load64_zero(source), v128.load64_zero(source + s));
  const cd = interleave1(v128.load64_zero(source + 2 * s), v128.load64_zero(source + 3 * s));
  const ef = interleave1(v128.load64_zero(source + 4 * s), v128.load64_zero(source + 5 * s));
  const gh = interleave1(v128.load64_zero(source + 6 * s), v128.load64_zero(source + 7 * s));
  const abcd = v128.shuffle<u16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11);
  const efgh = v128.shuffle<u16>(ef, gh, 0, 8, 1, 9, 2, 10, 3, 11);
  storeHalves(target, t, v128.shuffle<u32>(abcd, efgh, 0, 4, 1, 5));
  storeHalves(target + 2 * t, t, v128.shuffle<u32>(abcd, efgh, 2, 6, 3, 7));
  const rest = v128.shuffle<u16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
  const other = v128.shuffle<u16>(ef, gh, 4, 12, 5, 13, 6, 14, 7, 15);
  storeHalves(target + 4 * t, t, v128.shuffle<u32>(rest, other, 0, 4, 1, 5));
  storeHalves(target + 6 * t, t, v128.shuffle<u32>(rest, other, 2, 6, 3, 7));
}

function interleave1(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

function storeHalves(target: usize, t: usize, rows: v128): void {
  v128.store64_lane(target, rows, 0);
  v128.store64_lane(target + t, rows, 1);
}

/** 4 × 4 items of two bytes. */
function tile2(target: usize, t: usize, source: usize, s: usize): void {
  const a = v128.load64_zero(source);
  const b = v128.load64_zero(source + s);
  const c = v128.load64_zero(source + 2 * s);
  const d = v128.load64_zero(source + 3 * s);
  const ab = v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  const cd = v128.shuffle<u16>(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
  storeHalves(target, t, v128.shuffle<u32>(ab, cd, 0, 4, 1, 5));
  storeHalves(target + 2 * t, t, v128.shuffle<u32>(ab, cd, 2, 6, 3, 7));
}

/** 4 × 4 items of four bytes. */
function tile4(target: usize, t: usize, source: usize, s: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + s);
  const c = v128.load(source + 2 * s);
  const d = v128.load(source + 3 * s);
  const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  v128.store(target, v128.shuffle<u64>(ab, cd, 0, 2));
  v128.store(target + t, v128.shuffle<u64>(ab, cd, 1, 3));
  const ef = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(target + 2 * t, v128.shuffle<u64>(ef, gh, 0, 2));
  v128.store(target + 3 * t, v128.shuffle<u64>(ef, gh, 1, 3));
}

/** 2 × 2 items of eight bytes. */
function tile8(target: usize, t: usize, source: usize, s: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + s);
  v128.store(target, v128.shuffle<u64>(a, b, 0, 2));
  v128.store(target + t, v128.shuffle<u64>(a, b, 1, 3));
}
