import { bayer, diffuse, DIFFUSED, ORDERED } from "./dither";

/*
 * Colours in cells: 5 bits of red, green and blue, 3 of alpha above them; what cannot be seen is all in the first.
 */

function cellOf(r: u32, g: u32, b: u32, a: u32): usize {
  return a == 0 ? 0 : ((a >> 5) << 15) | ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
}

/** Alpha of a picture that has none is that of the first 32,768 cells, but visible. */
function alphaAt(source: usize, item: usize, channels: usize): u32 {
  return channels == 4 ? load<u8>(source + 3 * item) : 31;
}

/**
 * Counts pixels by cells, or adds them up by the boxes that cells are in.
 *
 *   source    address of item [0, 0, 0] of 3 or 4 channels of bytes; strides in bytes, any sign
 *   cells     32,768 or, for 4 channels, 262,144 u32 that are 0; with sums, the number of a cell's box + 1
 *   sums      0, or for each box five u64 that are 0: pixels, reds, greens, blues, alphas
 */
export function gather_cells(
  source: usize,
  row: isize,
  pixel: isize,
  item: isize,
  height: usize,
  width: usize,
  channels: usize,
  cells: usize,
  sums: usize,
): void {
  const i = <usize>item;
  for (; height > 0; height--, source += <usize>row) {
    let s = source;
    for (let left = width; left > 0; left--, s += <usize>pixel) {
      const r = load<u8>(s);
      const g = load<u8>(s + i);
      const b = load<u8>(s + 2 * i);
      const a = alphaAt(s, i, channels);
      const cell = cells + (cellOf(r, g, b, a) << 2);
      if (sums == 0) {
        store<u32>(cell, load<u32>(cell) + 1);
        continue;
      }
      const sum = sums + 40 * (<usize>load<u32>(cell) - 1);
      store<u64>(sum, load<u64>(sum) + 1);
      store<u64>(sum, load<u64>(sum, 8) + r, 8);
      store<u64>(sum, load<u64>(sum, 16) + g, 16);
      store<u64>(sum, load<u64>(sum, 24) + b, 24);
      store<u64>(sum, load<u64>(sum, 32) + a, 32);
    }
  }
}

/**
 * The index of each pixel's colour: that of its cell, or of the colour that is nearest to the cell's middle, which is then
 * kept for the cell.
 *
 *   target    gray bytes; source as above
 *   cells     index + 1, 0 where it is not known
 *   palette   colors × 4 bytes
 *   method    0 none; 1 ordered: colours are moved by Bayer's matrix, by up to half of `spread`; 2: errors are diffused
 *   scratch   for 2, two rows of 3 × (width + 2) f64
 */
export function index_pixels(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  row: isize,
  pixel: isize,
  item: isize,
  height: usize,
  width: usize,
  channels: usize,
  cells: usize,
  palette: usize,
  colors: usize,
  method: i32,
  spread: f64,
  scratch: usize,
): void {
  const i = <usize>item;
  const bytes: usize = 24 * (width + 2);
  let errors = scratch;
  let next = scratch + bytes;
  if (method == DIFFUSED) memory.fill(errors, 0, bytes);
  for (let y: usize = 0; y < height; y++, target += <usize>targetRow, source += <usize>row) {
    if (method == DIFFUSED) memory.fill(next, 0, bytes);
    let t = target;
    let s = source;
    for (let x: usize = 0; x < width; x++, t += <usize>targetPixel, s += <usize>pixel) {
      const at: usize = 24 * (x + 1);
      let r = <f64>load<u8>(s);
      let g = <f64>load<u8>(s + i);
      let b = <f64>load<u8>(s + 2 * i);
      if (method == ORDERED) {
        const move = ((<f64>bayer(x, y) + 0.5) / 64 - 0.5) * spread;
        r += move;
        g += move;
        b += move;
      } else if (method == DIFFUSED) {
        r += load<f64>(errors + at);
        g += load<f64>(errors + at, 8);
        b += load<f64>(errors + at, 16);
      }
      const a = alphaAt(s, i, channels);
      const cell = cells + (cellOf(byteOf(r), byteOf(g), byteOf(b), a) << 2);
      let index = <usize>load<u32>(cell);
      if (index == 0) {
        index = nearest(palette, colors, byteOf(r) & ~7, byteOf(g) & ~7, byteOf(b) & ~7, channels == 4 ? a & ~31 : 239);
        store<u32>(cell, <u32>index);
      }
      store<u8>(t, <u8>(index - 1));
      if (method != DIFFUSED) continue;
      const color = palette + 4 * (index - 1);
      diffuse(errors + at, next + at, 24, r - <f64>load<u8>(color));
      diffuse(errors + at + 8, next + at + 8, 24, g - <f64>load<u8>(color, 1));
      diffuse(errors + at + 16, next + at + 16, 24, b - <f64>load<u8>(color, 2));
    }
    const done = errors;
    errors = next;
    next = done;
  }
}

function byteOf(value: f64): u32 {
  return <u32>min<f64>(max<f64>(value + 0.5, 0), 255);
}

/** The colour nearest to the middle of a cell, + 1. */
function nearest(palette: usize, colors: usize, r: i32, g: i32, b: i32, a: i32): usize {
  let best: usize = 0;
  let least = i32.MAX_VALUE;
  for (let i: usize = 0; i < colors; i++, palette += 4) {
    const red = <i32>load<u8>(palette) - r - 4;
    const green = <i32>load<u8>(palette, 1) - g - 4;
    const blue = <i32>load<u8>(palette, 2) - b - 4;
    const alpha = <i32>load<u8>(palette, 3) - a - 16;
    const distance = red * red + green * green + blue * blue + alpha * alpha;
    if (distance >= least) continue;
    least = distance;
    best = i;
  }
  return best + 1;
}
