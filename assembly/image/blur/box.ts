import { inside } from "../../lane/border";
import { copyBytes } from "../../lane/rows";

/*
 * Scratch, each part a multiple of 16 bytes, for a row of `bytes` = width × channels:
 *
 *   sums    u32 × channels × (width + sizeX − 1): for every byte of a row the sum of its column in the window, with as
 *           many pixels to its left and right as half the window has
 *   fill    one row of the constant border
 *   out     one row, where the target's pixels are not packed
 *   ring    rows of the source, packed: those of the window and one more, or all when there are fewer. Only where a row
 *           is written before it was read for the last time, or where the source's pixels are not packed
 */

function padded(bytes: usize): usize {
  return (bytes + 31) & ~15;
}

function ringRows(height: usize, sizeY: usize): usize {
  return min(height, sizeY + 1);
}

/** Bytes of scratch that `box_u8` needs for a picture and a window. */
export function box_scratch(height: usize, width: usize, channels: usize, sizeX: usize, sizeY: usize): usize {
  const bytes = width * channels;
  const sums = padded((bytes + (sizeX - 1) * channels) << 2);
  return sums + padded(bytes) * (2 + ringRows(height, sizeY));
}

/**
 * The mean of sizeX × sizeY pixels around each pixel of a picture of bytes, rounded once.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   sizeX, sizeY   odd; their product is the area, below 2^22
 *   border   0 nearest, 1 reflect, 2 mirror, 3 constant; value: the constant, one byte per channel, the first lowest
 *   magic, shift   ceil(2^shift / area) and shift = 31 + floor(log2(area))
 *   scratch   16-aligned, of box_scratch bytes
 *
 * Equal to the scalar reference bit for bit: sums are integers, and (n × magic) >> shift is floor(n / area). For magic =
 * (2^shift + e) / area with e < area the product is off by n × e / area, below n; floor is right while that is below
 * 2^shift / area. n is at most 255.5 × area, so 255.5 × area × area ≤ 2^shift must hold, and 2^shift > 2^30 × area:
 * area < 2^30 / 255.5 = 4,202,512 suffices. There are no ties: half of an odd area is no integer.
 */
export function box_u8(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  targetItem: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  sourceItem: isize,
  height: usize,
  width: usize,
  channels: usize,
  sizeX: usize,
  sizeY: usize,
  border: i32,
  value: u32,
  magic: u32,
  shift: i32,
  scratch: usize,
): void {
  const bytes = width * channels;
  const half = <isize>(sizeY >> 1);
  const side = <isize>(sizeX >> 1);
  const lead = <usize>side * channels;
  const sums = scratch;
  const fill = sums + padded((bytes + (sizeX - 1) * channels) << 2);
  const out = fill + padded(bytes);
  const ring = out + padded(bytes);
  const capacity = ringRows(height, sizeY);

  const sourcePacked = sourcePixel == <isize>channels && (channels == 1 || sourceItem == 1);
  const targetPacked = targetPixel == <isize>channels && (channels == 1 || targetItem == 1);
  const ringed = target == source || !sourcePacked;

  for (let i: usize = 0; i < bytes; i++) store<u8>(fill + i, <u8>(value >> ((<u32>(i % channels)) << 3)));
  memory.fill(sums, 0, fill - sums);

  const last = <isize>height - 1;
  let loaded: isize = 0;
  for (let y: isize = -half; y <= half; y++) {
    if (ringed) {
      // A first window that reaches below the picture needs all of its rows.
      for (; loaded <= min(half, last); loaded++) {
        const row = ring + (<usize>loaded % capacity) * padded(bytes);
        packRow(row, source + <usize>(loaded * sourceRow), sourcePixel, sourceItem, width, channels);
      }
    }
    const m = inside(y, <isize>height, border);
    const row = m < 0 ? fill : ringed ? ring + (<usize>m % capacity) * padded(bytes) : source + <usize>(m * sourceRow);
    addRow(sums + (lead << 2), row, bytes);
  }
  const round = <u32>((sizeX * sizeY) >> 1);
  for (let y: isize = 0; y <= last; y++, target += <usize>targetRow) {
    padSums(sums + (lead << 2), -side, 0, <isize>width, channels, sizeY, border, value);
    padSums(sums + (lead << 2), <isize>width, <isize>width + side, <isize>width, channels, sizeY, border, value);
    const row = targetPacked ? target : out;
    if (channels == 1) divideGray(row, sums, width, sizeX, round, magic, shift);
    else divideRow(row, sums, width, channels, sizeX, round, magic, shift);
    if (!targetPacked) unpackRow(target, targetPixel, targetItem, out, width, channels);
    if (y == last) break;

    const below = y + 1 + half;
    if (ringed && below <= last) {
      const entering = ring + (<usize>below % capacity) * padded(bytes);
      packRow(entering, source + <usize>(below * sourceRow), sourcePixel, sourceItem, width, channels);
    }
    const m = inside(below, <isize>height, border);
    const k = inside(y - half, <isize>height, border);
    if (m == k) continue;
    const enter =
      m < 0 ? fill : ringed ? ring + (<usize>m % capacity) * padded(bytes) : source + <usize>(m * sourceRow);
    const leave =
      k < 0 ? fill : ringed ? ring + (<usize>k % capacity) * padded(bytes) : source + <usize>(k * sourceRow);
    moveRow(sums + (lead << 2), enter, leave, bytes);
  }
}

function packRow(row: usize, source: usize, pixel: isize, item: isize, width: usize, channels: usize): void {
  if (pixel == <isize>channels && (channels == 1 || item == 1)) memory.copy(row, source, width * channels);
  else {
    for (let c: usize = 0; c < channels; c++) {
      copyBytes(row + c, <isize>channels, source + c * <usize>item, pixel, width);
    }
  }
}

function unpackRow(target: usize, pixel: isize, item: isize, row: usize, width: usize, channels: usize): void {
  for (let c: usize = 0; c < channels; c++) {
    copyBytes(target + c * <usize>item, pixel, row + c, <isize>channels, width);
  }
}

/** Adds the bytes of a row to their columns. */
function addRow(sums: usize, row: usize, bytes: usize): void {
  for (; bytes > 0; bytes--, row++, sums += 4) store<u32>(sums, load<u32>(sums) + <u32>load<u8>(row));
}

/** Adds the bytes of the row that enters the window to their columns, and takes those of the one that leaves away. */
function moveRow(sums: usize, enter: usize, leave: usize, bytes: usize): void {
  for (; bytes >= 16; bytes -= 16, enter += 16, leave += 16, sums += 64) {
    const a = v128.load(enter);
    const b = v128.load(leave);
    const low = i16x8.sub(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b));
    const high = i16x8.sub(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b));
    v128.store(sums, i32x4.add(v128.load(sums), i32x4.extend_low_i16x8_s(low)));
    v128.store(sums, i32x4.add(v128.load(sums, 16), i32x4.extend_high_i16x8_s(low)), 16);
    v128.store(sums, i32x4.add(v128.load(sums, 32), i32x4.extend_low_i16x8_s(high)), 32);
    v128.store(sums, i32x4.add(v128.load(sums, 48), i32x4.extend_high_i16x8_s(high)), 48);
  }
  for (; bytes > 0; bytes--, enter++, leave++, sums += 4) {
    store<u32>(sums, load<u32>(sums) + <u32>load<u8>(enter) - <u32>load<u8>(leave));
  }
}

/** Gives columns `from` to `to`, which lie outside the row, the sums that the border rule says. */
function padSums(
  first: usize,
  from: isize,
  to: isize,
  width: isize,
  channels: usize,
  sizeY: usize,
  border: i32,
  value: u32,
): void {
  const pixel = <isize>(channels << 2);
  for (let x = from; x < to; x++) {
    const m = inside(x, width, border);
    for (let c: usize = 0; c < channels; c++) {
      const at = first + (c << 2);
      const constant = ((value >> ((<u32>c) << 3)) & 255) * <u32>sizeY;
      store<u32>(at + <usize>(x * pixel), m < 0 ? constant : load<u32>(at + <usize>(m * pixel)));
    }
  }
}

/** A row of means: a running sum over the columns of the window, four channels at a time, divided by the area. */
function divideRow(
  row: usize,
  sums: usize,
  width: usize,
  channels: usize,
  sizeX: usize,
  round: u32,
  magic: u32,
  shift: i32,
): void {
  const pixel = channels << 2;
  let sum = i32x4.splat(round);
  let ahead = sums;
  for (let i = sizeX; i > 0; i--, ahead += pixel) sum = i32x4.add(sum, v128.load(ahead));
  const factor = i32x4.splat(magic);
  for (; width > 0; width--, row += channels, sums += pixel, ahead += pixel) {
    const low = i64x2.shr_u(i64x2.extmul_low_i32x4_u(sum, factor), shift);
    const high = i64x2.shr_u(i64x2.extmul_high_i32x4_u(sum, factor), shift);
    const means = i8x16.shuffle(low, high, 0, 8, 16, 24, 0, 8, 16, 24, 0, 8, 16, 24, 0, 8, 16, 24);
    if (channels == 4) v128.store32_lane(row, means, 0);
    else {
      v128.store16_lane(row, means, 0);
      v128.store8_lane(row, means, 2, 2);
    }
    sum = i32x4.add(sum, i32x4.sub(v128.load(ahead), v128.load(sums)));
  }
}

function divideGray(row: usize, sums: usize, width: usize, sizeX: usize, round: u32, magic: u32, shift: i32): void {
  let sum = round;
  let ahead = sums;
  for (let i = sizeX; i > 0; i--, ahead += 4) sum += load<u32>(ahead);
  for (; width > 0; width--, row++, sums += 4, ahead += 4) {
    store<u8>(row, <u8>((<u64>sum * <u64>magic) >> (<u64>shift)));
    sum += load<u32>(ahead) - load<u32>(sums);
  }
}
