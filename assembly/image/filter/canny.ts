import { F32, U8, Window } from "../../lane/window";

/*
 * Edges one pixel wide. Source: J. Canny, "A computational approach to edge detection", IEEE PAMI 8 (1986); sectors and
 * the choice between equal neighbours as OpenCV has them.
 *
 *   other   a plane of f32, the length of the gradient, and behind it one byte a pixel: the sector of its direction, then
 *           whether it is an edge
 */

/** Sectors of the gradient's direction: along the row, along the column, and the two diagonals. */
const ALONG: i32 = 0;
const DOWN: i32 = 1;
const FALLING: i32 = 2;
const RISING: i32 = 3;

/** What a pixel is in the end. */
const NONE: u8 = 0;
const WEAK: u8 = 1;
const EDGE: u8 = 2;

/** A row of lengths and sectors, of rows of f32; `offset` 0: the sum of both sizes, 1: the root of the sum of squares. */
export function gradient(window: Window): void {
  const lengths = window.other + window.y * window.otherRow;
  const sectors = statesOf(window) + window.y * <usize>window.width;
  const tangent = f32x4.splat(0.41421357); // of 22.5°; that of 67.5° is 2 more
  for (let x: usize = 0; x < <usize>window.width; x += 4) {
    const a = load<usize>(window.table) + x * 4;
    const b = load<usize>(window.table, 4) + x * 4;
    const c = load<usize>(window.table, 8) + x * 4;
    const down = f32x4.sub(v128.load(c, 8), v128.load(a));
    const up = f32x4.sub(v128.load(a, 8), v128.load(c));
    const x1 = f32x4.sub(v128.load(b, 8), v128.load(b));
    const y1 = f32x4.sub(v128.load(c, 4), v128.load(a, 4));
    const gx = f32x4.add(f32x4.add(down, up), f32x4.add(x1, x1));
    const gy = f32x4.add(f32x4.sub(down, up), f32x4.add(y1, y1));
    const sizeX = f32x4.abs(gx);
    const sizeY = f32x4.abs(gy);
    const squares = f32x4.add(f32x4.mul(gx, gx), f32x4.mul(gy, gy));
    v128.store(lengths + x * 4, window.offset == 0 ? f32x4.add(sizeX, sizeY) : f32x4.sqrt(squares));
    const flat = f32x4.mul(sizeX, tangent);
    const steep = f32x4.gt(sizeY, f32x4.add(flat, f32x4.add(sizeX, sizeX)));
    // The diagonals: the sign of gx × gy.
    const rising = i32x4.shr_u(v128.xor(gx, gy), 31);
    let sector = i32x4.add(i32x4.splat(FALLING), rising);
    sector = v128.bitselect(i32x4.splat(DOWN), sector, steep);
    sector = v128.andnot(sector, f32x4.lt(sizeY, flat));
    const words = i16x8.narrow_i32x4_s(sector, sector);
    v128.store32_lane(sectors + x, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

/** Keeps what is longest across an edge and above `low`, as far as it hangs together with what is above `high`. */
export function trace(window: Window, low: f32, high: f32): void {
  const height = window.height;
  const width = window.width;
  const lengths = window.other;
  const states = statesOf(window);
  for (let y: isize = 0; y < height; y++) {
    for (let x: isize = 0; x < width; x++) {
      const at = states + <usize>(y * width + x);
      const length = lengthAt(window, y, x);
      if (!(length > low)) store<u8>(at, NONE);
      else {
        const sector = <i32>load<u8>(at);
        const dx: isize = sector == DOWN ? 0 : sector == RISING ? -1 : 1;
        const dy: isize = sector == ALONG ? 0 : 1;
        const before = lengthAt(window, y - dy, x - dx);
        const after = lengthAt(window, y + dy, x + dx);
        const longest = length > before && (sector < FALLING ? length >= after : length > after);
        store<u8>(at, longest ? (length > high ? EDGE : WEAK) : NONE);
      }
    }
  }
  // The lengths are no longer needed: the pixels whose neighbours are to be looked at lie there.
  let top = lengths;
  const count = <usize>(width * height);
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(states + i) != EDGE) continue;
    store<u32>(top, <u32>i);
    top += 4;
    while (top != lengths) {
      top -= 4;
      const pixel = <isize>load<u32>(top);
      const y = pixel / width;
      const x = pixel % width;
      for (let j = max<isize>(y - 1, 0); j <= min(y + 1, height - 1); j++) {
        for (let k = max<isize>(x - 1, 0); k <= min(x + 1, width - 1); k++) {
          const at = j * width + k;
          if (load<u8>(states + <usize>at) != WEAK) continue;
          store<u8>(states + <usize>at, EDGE);
          store<u32>(top, <u32>at);
          top += 4;
        }
      }
    }
  }
  const format = window.targetFormat;
  for (let y: isize = 0; y < height; y++) {
    let target = window.target + <usize>y * window.targetRow;
    for (let x: isize = 0; x < width; x++, target += <usize>window.targetPixel) {
      const edge = load<u8>(states + <usize>(y * width + x)) == EDGE;
      if (format == U8) store<u8>(target, edge ? 255 : 0);
      else if (format == F32) store<f32>(target, edge ? 1 : 0);
      else store<u16>(target, edge ? 65535 : 0);
    }
  }
}

/** Behind what the last row of lengths is written with. */
function statesOf(window: Window): usize {
  return window.other + <usize>window.height * window.otherRow + 16;
}

function lengthAt(window: Window, y: isize, x: isize): f32 {
  if (<usize>y >= <usize>window.height || <usize>x >= <usize>window.width) return 0;
  return load<f32>(window.other + <usize>y * window.otherRow + ((<usize>x) << 2));
}
