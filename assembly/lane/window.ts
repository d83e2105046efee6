import { CONSTANT, inside } from "./border";
import { copyRow } from "./row";

/*
 * A window of rows that slides down a picture. Whatever the strides and the border rule, a row operation sees packed
 * rows that go on beyond both of their ends, and writes a packed row: each row of the source is gathered once, before any
 * row of the target is written that could be the same, and each row of the target is scattered once.
 *
 * A row has `planes` of `items` per pixel: one of all channels where the pixels of source and target are packed, so that
 * it is copied in one piece, and otherwise one for each channel. Every plane begins with `sideX` pixels to the left of
 * the picture; result 0 is computed from them and lies at the beginning of its plane:
 *
 *   a row in the window   [sideX pixels of border][width pixels][sideX pixels of border] … next plane, `plane` bytes on
 *   a row of results      [width pixels] … next plane
 *
 * So operations know neither channels nor strides, only `span` bytes of a row and `step` bytes from pixel to pixel. They
 * may read and write 128 bytes more: rows of scratch have room for that.
 */

/** Formats of rows and of targets, as the host numbers them. */
export const U8: i32 = 0;
export const U16: i32 = 1;
export const F32: i32 = 2;
export const I16: i32 = 3;

/** How rows are in the window: as they are; as f32; bytes as i16; f32 as integers in the same order. */
export const PLAIN: i32 = 0;
export const WIDE: i32 = 1;
export const WORDS: i32 = 2;
export const KEYS: i32 = 3;

/** What the host writes at the beginning of the scratch; addresses and strides in bytes, the others count. */
@unmanaged
export class Window {
  target: usize = 0;
  targetRow: usize = 0;
  targetPixel: isize = 0;
  targetItem: usize = 0;
  source: usize = 0;
  sourceRow: usize = 0;
  sourcePixel: isize = 0;
  sourceItem: usize = 0;
  height: isize = 0;
  width: isize = 0;
  planes: usize = 0;
  items: usize = 0;
  /** Bytes from plane to plane, and from row to row of the ring. */
  plane: usize = 0;
  pitch: usize = 0;
  span: usize = 0;
  /** Bytes of an item in the window. */
  lane: usize = 0;
  rows: i32 = 0;
  sourceFormat: i32 = 0;
  targetFormat: i32 = 0;
  sideX: isize = 0;
  sideY: isize = 0;
  border: i32 = 0;
  /** The constant beyond the border, an item of the window for each channel. */
  values: usize = 0;
  /** Terms of the pass along a row, none where there is no such pass, and of the pass down the window. */
  across: usize = 0;
  acrossCount: usize = 0;
  down: usize = 0;
  downCount: usize = 0;
  /** Addresses of the rows in the window, the uppermost first. */
  table: usize = 0;
  /** Rows of scratch: of the source before the pass along it, of its items as they are, of results, of the constant. */
  line: usize = 0;
  raw: usize = 0;
  out: usize = 0;
  blank: usize = 0;
  ring: usize = 0;
  capacity: isize = 0;
  operation: i32 = 0;
  /** Of rows of i16: fractional bits that each pass takes away, and what the second adds. */
  acrossShift: i32 = 0;
  downShift: i32 = 0;
  offset: i32 = 0;
  p: f32 = 0;
  q: f32 = 0;
  r: f32 = 0;
  /** A packed picture beside: a second operand, or a second result. */
  other: usize = 0;
  otherRow: usize = 0;
  /** The row that is computed. */
  y: usize = 0;
}

/** A summand of a window: an item of row `row` that lies `offset` bytes to the right of the window's left edge. */
@unmanaged
export class Term {
  row: usize = 0;
  offset: usize = 0;
  /** Of rows of i16 the weights of this term and of the next, an i16 each, in the one with an even index. */
  weight: f32 = 0;
  /** Where it is for the first item of the row that is computed. */
  at: usize = 0;
}

export interface RowOperation {
  /** A row of results from `line`, by the terms `across`. */
  across(window: Window, row: usize): void;
  /** The row `out` from the rows of the window, by the terms `down`. Returns whether it is the target's. */
  down(window: Window): bool;
}

export function slide<O extends RowOperation>(window: Window): void {
  const operation = changetype<O>(0);
  const separable = window.acrossCount > 0;
  const height = window.height;
  const sideY = window.sideY;
  const border = window.border;
  const ring = window.ring;
  const pitch = window.pitch;
  const capacity = window.capacity;
  const table = window.table;
  if (separable) placeTerms(window.across, window.acrossCount, window, true);
  if (border == CONSTANT) {
    blankRow(window, separable ? window.line : window.blank);
    if (separable) operation.across(window, window.blank);
  }
  for (let y: isize = 0, next: isize = 0; y < height; y++) {
    for (; next < height && next <= y + sideY; next++) {
      const row = ring + <usize>(next % capacity) * pitch;
      loadRow(window, separable ? window.line : row, <usize>next);
      if (separable) operation.across(window, row);
    }
    for (let j = -sideY; j <= sideY; j++) {
      const m = inside(y + j, height, border);
      store<usize>(table + ((<usize>(j + sideY)) << 2), m < 0 ? window.blank : ring + <usize>(m % capacity) * pitch);
    }
    placeTerms(window.down, window.downCount, window, false);
    window.y = <usize>y;
    if (operation.down(window)) storeRow(window);
  }
}

function placeTerms(terms: usize, count: usize, window: Window, across: bool): void {
  for (; count > 0; count--, terms += offsetof<Term>()) {
    const term = changetype<Term>(terms);
    term.at = term.offset + (across ? window.line : load<usize>(window.table + (term.row << 2)));
  }
}

/** Row `y` of the source, with its borders. */
function loadRow(window: Window, row: usize, y: usize): void {
  for (let plane: usize = 0; plane < window.planes; plane++) loadPlane(window, row + plane * window.plane, plane, y);
}

/** A plane of row `y`, with its borders. */
export function loadPlane(window: Window, row: usize, plane: usize, y: usize): void {
  const lane = window.lane;
  const sideX = window.sideX;
  const width = window.width;
  const items = window.items;
  const size = sizeOf(window.sourceFormat);
  const wide = lane != size;
  const source = window.source + y * window.sourceRow + plane * window.sourceItem;
  const first = row + <usize>sideX * items * lane;
  const raw = wide ? window.raw : first;
  copyItems(raw, <isize>size, source, window.sourcePixel, <usize>width, items, size);
  if (wide) widen(first, raw, <usize>width * items, size, lane);
  padPlane(window, first, plane, -sideX, 0);
  padPlane(window, first, plane, width, width + sideX);
  if (window.rows == KEYS) toKeys(row, <usize>(width + 2 * sideX) * items * 4);
}

function blankRow(window: Window, row: usize): void {
  const pixels = window.width + window.sideX;
  for (let plane: usize = 0; plane < window.planes; plane++, row += window.plane) {
    padPlane(window, row + <usize>window.sideX * window.items * window.lane, plane, -window.sideX, pixels, true);
    if (window.rows == KEYS) toKeys(row, <usize>(pixels + window.sideX) * window.items * 4);
  }
}

/** Pixels `from` to `to` of a plane, outside of it. */
function padPlane(window: Window, first: usize, plane: usize, from: isize, to: isize, blank: bool = false): void {
  const bytes = window.items * window.lane;
  for (let x = from; x < to; x++) {
    const m = blank ? -1 : inside(x, window.width, window.border);
    const source = m < 0 ? window.values + plane * window.lane : first + <usize>m * bytes;
    const target = first + <usize>x * bytes;
    for (let i: usize = 0; i < bytes; i++) store<u8>(target + i, load<u8>(source + i));
  }
}

/** Writes the row of results. */
function storeRow(window: Window): void {
  for (let plane: usize = 0; plane < window.planes; plane++) {
    const out = window.out + plane * window.plane;
    if (window.rows == KEYS) toKeys(out, <usize>window.width * window.items * 4, true);
    storePlane(window, out, plane, window.y);
  }
}

/** Writes a plane of results into row `y` of the target. */
export function storePlane(window: Window, out: usize, plane: usize, y: usize): void {
  const target = window.target + y * window.targetRow + plane * window.targetItem;
  storeItems(window, target, out, <usize>window.width);
}

/** Writes the results of `width` neighbouring pixels of a plane. */
export function storeItems(window: Window, target: usize, out: usize, width: usize): void {
  const format = window.targetFormat;
  const size = sizeOf(format);
  const words = window.rows == WORDS;
  if (words ? format == U8 : window.rows == WIDE && format != F32) {
    narrow(window.raw, out, width * window.items, format, words);
    out = window.raw;
  }
  copyItems(target, window.targetPixel, out, <isize>size, width, window.items, size);
}

export function sizeOf(format: i32): usize {
  return format == U8 ? 1 : format == U16 || format == I16 ? 2 : 4;
}

/** Neighbouring pixels of a plane, which are packed on one side or on both. */
export function copyItems(
  target: usize,
  targetPixel: isize,
  source: usize,
  sourcePixel: isize,
  width: usize,
  items: usize,
  size: usize,
): void {
  const packed = items > 1 || (targetPixel == <isize>size && sourcePixel == <isize>size);
  if (packed) copyRow<u8>(target, 1, source, 1, width * items * size);
  else if (size == 1) copyRow<u8>(target, targetPixel, source, sourcePixel, width);
  else if (size == 2) copyEach<u16>(target, <usize>targetPixel, source, <usize>sourcePixel, width);
  else copyEach<u32>(target, <usize>targetPixel, source, <usize>sourcePixel, width);
}

function copyEach<T>(target: usize, targetStep: usize, source: usize, sourceStep: usize, count: usize): void {
  for (; count > 0; count--, target += targetStep, source += sourceStep) store<T>(target, load<T>(source));
}

/** Integers of one or two bytes as f32, or bytes as i16. */
export function widen(target: usize, source: usize, count: usize, size: usize, lane: usize): void {
  const end = source + count * size;
  if (lane == 2) {
    for (; source < end; source += 16, target += 32) {
      v128.store(target, v128.load8x8_u(source));
      v128.store(target, v128.load8x8_u(source, 8), 16);
    }
  } else if (size == 1) {
    for (; source < end; source += 8, target += 32) widenWords(target, v128.load8x8_u(source));
  } else {
    for (; source < end; source += 16, target += 32) widenWords(target, v128.load(source));
  }
}

function widenWords(target: usize, words: v128): void {
  v128.store(target, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words)));
  v128.store(target, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(words)), 16);
}

/** f32 as integers, rounded half up and clamped, NaN as 0; or i16 as bytes, clamped. */
function narrow(target: usize, source: usize, count: usize, format: i32, words: bool): void {
  const end = target + count * sizeOf(format);
  if (words) {
    for (; target < end; source += 32, target += 16) {
      v128.store(target, i8x16.narrow_i16x8_u(v128.load(source), v128.load(source, 16)));
    }
  } else if (format < F32) {
    const most = f32x4.splat(format == U8 ? 255 : 65535);
    for (; target < end; source += 32) {
      const items = i16x8.narrow_i32x4_u(rounded(v128.load(source), most), rounded(v128.load(source, 16), most));
      if (format == U16) {
        v128.store(target, items);
        target += 16;
      } else {
        v128.store64_lane(target, i8x16.narrow_i16x8_u(items, items), 0);
        target += 8;
      }
    }
  } else {
    for (; target < end; source += 32) {
      const a = whole(v128.load(source));
      const b = whole(v128.load(source, 16));
      if (format == I16) {
        v128.store(target, i16x8.narrow_i32x4_s(a, b));
        target += 16;
      } else {
        v128.store(target, a);
        v128.store(target, b, 16);
        target += 32;
      }
    }
  }
}

function rounded(values: v128, end: v128): v128 {
  // The first operand of pmax is the result when the other is NaN.
  const range = f32x4.pmin(f32x4.pmax(f32x4.splat(0), values), end);
  const integer = f32x4.splat(8388608); // 2^23
  return v128.xor(f32x4.add(f32x4.floor(f32x4.add(range, f32x4.splat(0.5))), integer), integer);
}

function whole(values: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(values, f32x4.splat(0.5))));
}

/**
 * f32 as unsigned integers in the same order, and back: positive numbers get the sign bit, which then tells them, and of
 * negative ones all bits are turned.
 */
function toKeys(at: usize, bytes: usize, back: bool = false): void {
  const sign = i32x4.splat(0x80000000);
  for (let end = at + bytes; at < end; at += 16) {
    const bits = v128.load(at);
    const negative = i32x4.shr_s(back ? v128.not(bits) : bits, 31);
    v128.store(at, v128.xor(bits, v128.or(negative, sign)));
  }
}
