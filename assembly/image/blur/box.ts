import { inside } from "../../lane/border";
import { copyRow } from "../../lane/row";

/*
 * Scratch, each part a multiple of 16 bytes, for a row of `bytes` = width × channels:
 *
 *   sums    for every byte of a row the sum of its column in the window, u32 or u16, with as many pixels to its left and
 *           right as half the window has
 *   fill    one row of the constant border
 *   out     one row, where the target's pixels are not packed
 *   ring    rows of the source, packed: those of the window and one more, or all when there are fewer. Only where a row
 *           is written before it was read for the last time, or where the source's pixels are not packed
 */

/** Room for `bytes` and for what a vector reads beyond them. */
function padded(bytes: usize): usize {
  return (bytes + 31) & ~15;
}

function ringRows(height: usize, sizeY: usize): usize {
  return min(height, sizeY + 1);
}

function sumsBytes(width: usize, channels: usize, sizeX: usize): usize {
  return padded(((width + sizeX - 1) * channels) << 2);
}

/** Bytes of scratch that `box_u8` needs for a picture and a window. */
export function box_scratch(height: usize, width: usize, channels: usize, sizeX: usize, sizeY: usize): usize {
  return sumsBytes(width, channels, sizeX) + padded(width * channels) * (2 + ringRows(height, sizeY));
}

/**
 * The mean of sizeX × sizeY pixels around each pixel of a picture of bytes, rounded once.
 *
 *   target, source   addresses of item [0, 0, 0], any alignment; the same picture, or without a byte in common
 *   …Row, …Pixel, …Item   strides in bytes, any sign
 *   height, width   0 is allowed; channels   1 to 4
 *   sizeX, sizeY   odd; their product is the area, below 2^22
 *   border   0 nearest, 1 reflect, 2 mirror, 3 constant; value: the constant, one byte per channel, the first lowest
 *   magic, shift   ceil(2^shift / area) and shift = 31 + floor(log2(area))
 *   scratch   16-aligned, of box_scratch bytes
 *
 * Equal to the scalar reference bit for bit: sums are integers, and both ways to divide them are exact. There are no
 * ties, because half of an odd area is no integer.
 *
 * Integers: (n × magic) >> shift is floor(n / area), where n is the sum plus half the area, rounded down. For magic =
 * (2^shift + e) / area with e < area the product is off by n × e / area, below n; floor is right while that is below
 * 2^shift / area. n is at most 255.5 × area, so 255.5 × area × area ≤ 2^shift must hold, and 2^shift > 2^30 × area:
 * area < 2^30 / 255.5 = 4,202,512 suffices.
 *
 * Floats, for an area of 2^14 at most: the sum is below 2^24 and exact, and sum × (1 / area) is rounded twice, so that it
 * is off by 255 × 2^-23 = 0.0000304 at most. A mean is 1 / (2 × 2^14) = 0.0000305 or more away from a tie, and adding
 * 2^23 rounds to the nearest integer, which is then in the lowest byte.
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
  if (height == 0 || width == 0) return;
  // Columns of 257 bytes still fit a sum of 16 bits: 257 × 255 = 65535.
  const narrow = sizeY <= 257 && sizeX * sizeY <= 16384;
  const bytes = width * channels;
  const pitch = padded(bytes);
  const half = <isize>(sizeY >> 1);
  const side = sizeX >> 1;
  const fill = scratch + sumsBytes(width, channels, sizeX);
  const out = fill + pitch;
  const ring = out + pitch;
  /** Sum of the first byte of the row. */
  const first = scratch + side * channels * (narrow ? 2 : 4);

  const sourcePacked = sourcePixel == <isize>channels && (channels == 1 || sourceItem == 1);
  const targetPacked = targetPixel == <isize>channels && (channels == 1 || targetItem == 1);
  const ringed = target == source || !sourcePacked;
  // Where row m is read: at rows + (m mod capacity) × step.
  const rows = ringed ? ring : source;
  const step = ringed ? pitch : <usize>sourceRow;
  const capacity = ringed ? ringRows(height, sizeY) : height;

  for (let i: usize = 0; i < bytes; i++) store<u8>(fill + i, <u8>(value >> ((<u32>(i % channels)) << 3)));
  memory.fill(scratch, 0, fill - scratch);
  memory.fill(out, 0, bytes);

  const last = <isize>height - 1;
  if (ringed) {
    for (let y: isize = 0; y <= min(half, last); y++) {
      packRow(ring + <usize>y * pitch, source + <usize>(y * sourceRow), sourcePixel, sourceItem, width, channels);
    }
  }
  for (let y: isize = -half; y <= half; y++) {
    const m = inside(y, <isize>height, border);
    moveSums(narrow, first, m < 0 ? fill : rows + <usize>m * step, out, bytes);
  }
  for (let y: isize = 0; y <= last; y++, target += <usize>targetRow) {
    const row = targetPacked ? target : out;
    if (narrow) writeRow<u16>(row, scratch, width, channels, sizeX, sizeY, border, value, magic, shift);
    else writeRow<u32>(row, scratch, width, channels, sizeX, sizeY, border, value, magic, shift);
    if (!targetPacked) unpackRow(target, targetPixel, targetItem, out, width, channels);
    if (y == last) break;

    const below = y + 1 + half;
    if (ringed && below <= last) {
      const entering = ring + (<usize>below % capacity) * pitch;
      packRow(entering, source + <usize>(below * sourceRow), sourcePixel, sourceItem, width, channels);
    }
    const m = inside(below, <isize>height, border);
    const k = inside(y - half, <isize>height, border);
    if (m == k) continue;
    const enter = m < 0 ? fill : rows + (<usize>m % capacity) * step;
    const leave = k < 0 ? fill : rows + (<usize>k % capacity) * step;
    moveSums(narrow, first, enter, leave, bytes);
  }
}

function packRow(row: usize, source: usize, pixel: isize, item: isize, width: usize, channels: usize): void {
  if (pixel == <isize>channels && (channels == 1 || item == 1)) memory.copy(row, source, width * channels);
  else {
    for (let c: usize = 0; c < channels; c++) {
      copyRow<u8>(row + c, <isize>channels, source + c * <usize>item, pixel, width);
    }
  }
}

function unpackRow(target: usize, pixel: isize, item: isize, row: usize, width: usize, channels: usize): void {
  for (let c: usize = 0; c < channels; c++) {
    copyRow<u8>(target + c * <usize>item, pixel, row + c, <isize>channels, width);
  }
}

function moveSums(narrow: bool, sums: usize, enter: usize, leave: usize, bytes: usize): void {
  if (narrow) moveRow<u16>(sums, enter, leave, bytes);
  else moveRow<u32>(sums, enter, leave, bytes);
}

/** Adds the bytes of the row that enters the window to their columns, and takes those of the one that leaves away. */
function moveRow<T>(sums: usize, enter: usize, leave: usize, bytes: usize): void {
  for (; bytes >= 16; bytes -= 16, enter += 16, leave += 16, sums += 16 * sizeof<T>()) {
    const a = v128.load(enter);
    const b = v128.load(leave);
    const low = i16x8.sub(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b));
    const high = i16x8.sub(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b));
    if (sizeof<T>() == 2) {
      v128.store(sums, i16x8.add(v128.load(sums), low));
      v128.store(sums, i16x8.add(v128.load(sums, 16), high), 16);
    } else {
      v128.store(sums, i32x4.add(v128.load(sums), i32x4.extend_low_i16x8_s(low)));
      v128.store(sums, i32x4.add(v128.load(sums, 16), i32x4.extend_high_i16x8_s(low)), 16);
      v128.store(sums, i32x4.add(v128.load(sums, 32), i32x4.extend_low_i16x8_s(high)), 32);
      v128.store(sums, i32x4.add(v128.load(sums, 48), i32x4.extend_high_i16x8_s(high)), 48);
    }
  }
  for (; bytes > 0; bytes--, enter++, leave++, sums += sizeof<T>()) {
    store<T>(sums, <T>(<u32>load<T>(sums) + <u32>load<u8>(enter) - <u32>load<u8>(leave)));
  }
}

/** A row of means, from the sums of its columns; those outside the row are filled in. */
function writeRow<T>(
  row: usize,
  sums: usize,
  width: usize,
  channels: usize,
  sizeX: usize,
  sizeY: usize,
  border: i32,
  value: u32,
  magic: u32,
  shift: i32,
): void {
  const side = <isize>(sizeX >> 1);
  const first = sums + <usize>side * channels * sizeof<T>();
  padSums<T>(first, -side, 0, <isize>width, channels, sizeY, border, value);
  padSums<T>(first, <isize>width, <isize>width + side, <isize>width, channels, sizeY, border, value);
  const area = <u32>(sizeX * sizeY);
  if (channels == 1) divideGray<T>(row, sums, width, sizeX, area, magic, shift);
  else divideRow<T>(row, sums, width, channels, sizeX, area, magic, shift);
}

/** Gives columns `from` to `to`, which lie outside the row, the sums that the border rule says. */
function padSums<T>(
  first: usize,
  from: isize,
  to: isize,
  width: isize,
  channels: usize,
  sizeY: usize,
  border: i32,
  value: u32,
): void {
  const pixel = <isize>(channels * sizeof<T>());
  for (let x = from; x < to; x++) {
    const m = inside(x, width, border);
    for (let c: usize = 0; c < channels; c++) {
      const at = first + c * sizeof<T>();
      const constant = ((value >> ((<u32>c) << 3)) & 255) * <u32>sizeY;
      store<T>(at + <usize>(x * pixel), m < 0 ? <T>constant : load<T>(at + <usize>(m * pixel)));
    }
  }
}

/** The column sums of a pixel; what lies beyond its channels is of no use, and never stored. */
function sumsAt<T>(at: usize): v128 {
  return sizeof<T>() == 2 ? i32x4.extend_low_i16x8_u(v128.load64_zero(at)) : v128.load(at);
}

/** A running sum over the columns of the window, all channels of a pixel at a time, by the area. */
function divideRow<T>(
  row: usize,
  sums: usize,
  width: usize,
  channels: usize,
  sizeX: usize,
  area: u32,
  magic: u32,
  shift: i32,
): void {
  const pixel = channels * sizeof<T>();
  let sum = i32x4.splat(0);
  let ahead = sums;
  for (let i = sizeX; i > 0; i--, ahead += pixel) sum = i32x4.add(sum, sumsAt<T>(ahead));
  const inverse = f32x4.splat(<f32>(1 / <f64>area));
  const factor = i32x4.splat(magic);
  const half = i32x4.splat(area >> 1);
  let fours = channels > 2 ? width >> 2 : 0;
  for (; fours > 0; fours--, width -= 4, row += 4 * channels) {
    const a = sum;
    const b = i32x4.add(a, i32x4.sub(sumsAt<T>(ahead), sumsAt<T>(sums)));
    const c = i32x4.add(b, i32x4.sub(sumsAt<T>(ahead + pixel), sumsAt<T>(sums + pixel)));
    const d = i32x4.add(c, i32x4.sub(sumsAt<T>(ahead + 2 * pixel), sumsAt<T>(sums + 2 * pixel)));
    sum = i32x4.add(d, i32x4.sub(sumsAt<T>(ahead + 3 * pixel), sumsAt<T>(sums + 3 * pixel)));
    ahead += 4 * pixel;
    sums += 4 * pixel;
    const ab = i16x8.narrow_i32x4_s(mean<T>(a, inverse, half, factor, shift), mean<T>(b, inverse, half, factor, shift));
    const cd = i16x8.narrow_i32x4_s(mean<T>(c, inverse, half, factor, shift), mean<T>(d, inverse, half, factor, shift));
    const means = i8x16.narrow_i16x8_u(ab, cd);
    if (channels == 4) v128.store(row, means);
    else {
      const packed = i8x16.shuffle(means, means, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);
      v128.store64_lane(row, packed, 0);
      v128.store32_lane(row, packed, 2, 8);
    }
  }
  for (; width > 0; width--, row += channels, sums += pixel, ahead += pixel) {
    const means = mean<T>(sum, inverse, half, factor, shift);
    v128.store8_lane(row, means, 0);
    v128.store8_lane(row, means, 4, 1);
    if (channels > 2) v128.store8_lane(row, means, 8, 2);
    if (channels > 3) v128.store8_lane(row, means, 12, 3);
    sum = i32x4.add(sum, i32x4.sub(sumsAt<T>(ahead), sumsAt<T>(sums)));
  }
}

/** Four sums, divided by the area and rounded. */
function mean<T>(sum: v128, inverse: v128, half: v128, factor: v128, shift: i32): v128 {
  if (sizeof<T>() == 2) {
    const integer = f32x4.splat(8388608); // 2^23
    const rounded = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), inverse), integer);
    return v128.xor(rounded, integer);
  }
  const n = i32x4.add(sum, half);
  const low = i64x2.shr_u(i64x2.extmul_low_i32x4_u(n, factor), shift);
  const high = i64x2.shr_u(i64x2.extmul_high_i32x4_u(n, factor), shift);
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}

/** The same of one channel, four pixels at a time. */
function divideGray<T>(row: usize, sums: usize, width: usize, sizeX: usize, area: u32, magic: u32, shift: i32): void {
  let sum = i32x4.splat(0);
  let ahead = sums;
  for (let i = sizeX; i > 0; i--, ahead += sizeof<T>()) sum = i32x4.add(sum, i32x4.splat(<u32>load<T>(ahead)));
  const inverse = f32x4.splat(<f32>(1 / <f64>area));
  const factor = i32x4.splat(magic);
  const half = i32x4.splat(area >> 1);
  const zero = i32x4.splat(0);
  for (; width >= 4; width -= 4, row += 4, sums += 4 * sizeof<T>(), ahead += 4 * sizeof<T>()) {
    // Each window is the first one and the changes before it: 0, a, a + b, a + b + c.
    const changes = i32x4.sub(sumsAt<T>(ahead), sumsAt<T>(sums));
    const before = v128.shuffle<u32>(zero, changes, 3, 4, 5, 6);
    const pairs = i32x4.add(before, v128.shuffle<u32>(zero, before, 3, 4, 5, 6));
    const windows = i32x4.add(sum, i32x4.add(pairs, v128.shuffle<u32>(zero, pairs, 2, 3, 4, 5)));
    const means = i16x8.narrow_i32x4_s(mean<T>(windows, inverse, half, factor, shift), zero);
    v128.store32_lane(row, i8x16.narrow_i16x8_u(means, zero), 0);
    const next = i32x4.add(windows, changes);
    sum = v128.shuffle<u32>(next, next, 3, 3, 3, 3);
  }
  for (; width > 0; width--, row++, sums += sizeof<T>(), ahead += sizeof<T>()) {
    v128.store8_lane(row, mean<T>(sum, inverse, half, factor, shift), 0);
    sum = i32x4.add(sum, i32x4.splat(<u32>load<T>(ahead) - <u32>load<T>(sums)));
  }
}
