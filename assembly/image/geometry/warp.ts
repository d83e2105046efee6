import { CONSTANT, inside } from "../../lane/border";
import { F32, storePlane, U16, U8 } from "../../lane/plane";

/** What the host writes into scratch, 16-aligned; strides in bytes. */
@unmanaged
export class Warp {
  target: usize = 0;
  targetRow: usize = 0;
  targetPixel: usize = 0;
  targetItem: isize = 0;
  source: usize = 0;
  sourceRow: isize = 0;
  sourcePixel: isize = 0;
  sourceItem: usize = 0;
  height: usize = 0;
  width: usize = 0;
  sourceHeight: isize = 0;
  sourceWidth: isize = 0;
  channels: usize = 0;
  format: i32 = 0;
  targetFormat: i32 = 0;
  border: i32 = 0;
  /** Pixels that are weighed in each direction: 1, 2 or 4. */
  taps: isize = 0;
  /** Room for a vector. */
  room: usize = 0;
}

/*
 * Where in a job: six pairs of f64, for x and y: what a step to the right and a step down add, the beginning, where the
 * pixels of a window are all inside of a picture of bytes, and further away than its vectors reach; the divisor's three.
 * Then vectors: the constant, weights as cubics of the fraction, and places of bytes in a window's rows.
 */
const RIGHT: usize = 80;
const DOWN: usize = 96;
const START: usize = 112;
const LOW: usize = 128;
const HIGH: usize = 144;
const DIVISOR: usize = 160;
const VALUE: usize = 192;
const CUBICS: usize = 208;
const PLACES: usize = 272;

/** A coordinate beyond this is as far away as one can be; so is one that is no number. */
const FAR: f64 = 1073741824;

/**
 * Each pixel of the target from where the matrix says that it is in the source, in f64: by 1, 2 × 2 or 4 × 4 pixels.
 *
 * Bytes inside the source: weights of 14 fractional bits and sums of i32, rounded between the directions to 6 fractional
 * bits; off by 0.1 at most before the one rounding of the result. Others, and at borders: f32. A weight of 0 takes no part.
 */
export function warp(job: Warp): void {
  const base = changetype<usize>(job);
  const taps = job.taps;
  const before: isize = taps == 4 ? 1 : 0;
  const half = f64x2.splat(taps == 1 ? 0.5 : 0);
  const right = v128.load(base, RIGHT);
  const start = v128.load(base, START);
  const low = v128.load(base, LOW);
  const high = v128.load(base, HIGH);
  const ahead = load<f64>(base, DIVISOR);
  const first = load<f64>(base, DIVISOR + 16);
  for (let row: usize = 0; row < job.height; row++) {
    const down = f64x2.mul(v128.load(base, DOWN), f64x2.splat(<f64>row));
    const below = load<f64>(base, DIVISOR + 8) * <f64>row;
    let target = job.target + row * job.targetRow;
    for (let column: usize = 0; column < job.width; column++, target += job.targetPixel) {
      // Added in this order, so that what lies in the middle of two pixels is the same as by hand.
      const x = <f64>column;
      let at = f64x2.add(f64x2.add(f64x2.mul(right, f64x2.splat(x)), down), start);
      const divisor = ahead * x + below + first;
      if (divisor != 1) at = f64x2.div(at, f64x2.splat(divisor));
      at = f64x2.add(at, half);
      if (i64x2.all_true(v128.and(f64x2.ge(at, low), f64x2.lt(at, high)))) {
        const whole = i32x4.trunc_sat_f64x2_s_zero(at);
        const sx = i32x4.extract_lane(whole, 0) - before;
        const sy = i32x4.extract_lane(whole, 1) - before;
        const source = job.source + <usize>(sy * job.sourceRow + sx * job.sourcePixel);
        const fraction = f32x4.demote_f64x2_zero(f64x2.sub(at, f64x2.convert_low_i32x4_s(whole)));
        if (taps == 1) copyBytes(target, job.targetItem, source, job.sourceItem, job.channels);
        else {
          const pixel =
            taps == 2
              ? weighTwo(base, source, job.sourceRow, fraction)
              : weighFour(base, source, job.sourceRow, fraction);
          storeBytes(target, job.targetItem, pixel, job.channels);
        }
      } else {
        const u = near(f64x2.extract_lane(at, 0));
        const v = near(f64x2.extract_lane(at, 1));
        const left = floor(u);
        const top = floor(v);
        const across = weights(base, f32x4.splat(<f32>(u - left)));
        const upright = weights(base, f32x4.splat(<f32>(v - top)));
        v128.store(job.room, weigh(job, <isize>left - before, <isize>top - before, across, upright));
        storePlane(target, job.targetItem, job.room, job.channels, job.targetFormat);
      }
    }
  }
}

function near(x: f64): f64 {
  x = x < FAR ? x : FAR;
  return x > -FAR ? x : -FAR;
}

/** The weights of up to four pixels, of which the fraction says where between them. */
function weights(base: usize, x: v128): v128 {
  let sum = f32x4.add(f32x4.mul(v128.load(base, CUBICS + 48), x), v128.load(base, CUBICS + 32));
  sum = f32x4.add(f32x4.mul(sum, x), v128.load(base, CUBICS + 16));
  return f32x4.add(f32x4.mul(sum, x), v128.load(base, CUBICS));
}

/** Of 14 fractional bits. */
function integers(weights: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(weights, f32x4.splat(16384))));
}

/** A pixel of four bytes as i32, from 2 × 2; the fractions of x and y are the first two. */
function weighTwo(base: usize, at: usize, row: isize, fraction: v128): v128 {
  const second = integers(fraction);
  const both = v128.or(i32x4.sub(i32x4.splat(16384), second), i32x4.shl(second, 16));
  const across = v128.shuffle<u32>(both, both, 0, 0, 0, 0);
  const rows = pair(rowOfTwo(base, at, across), rowOfTwo(base, at + <usize>row, across));
  return rounded(i32x4.dot_i16x8_s(rows, v128.shuffle<u32>(both, both, 1, 1, 1, 1)));
}

/** The same from 4 × 4. */
function weighFour(base: usize, at: usize, row: isize, fraction: v128): v128 {
  const x = integers(weights(base, v128.shuffle<u32>(fraction, fraction, 0, 0, 0, 0)));
  const y = integers(weights(base, v128.shuffle<u32>(fraction, fraction, 1, 1, 1, 1)));
  const both = i16x8.narrow_i32x4_s(x, y);
  const first = v128.shuffle<u32>(both, both, 0, 0, 0, 0);
  const second = v128.shuffle<u32>(both, both, 1, 1, 1, 1);
  const next = <usize>row;
  const upper = pair(rowOfFour(base, at, first, second), rowOfFour(base, at + next, first, second));
  at += 2 * next;
  const lower = pair(rowOfFour(base, at, first, second), rowOfFour(base, at + next, first, second));
  const sum = i32x4.dot_i16x8_s(upper, v128.shuffle<u32>(both, both, 2, 2, 2, 2));
  return rounded(i32x4.add(sum, i32x4.dot_i16x8_s(lower, v128.shuffle<u32>(both, both, 3, 3, 3, 3))));
}

function rounded(sum: v128): v128 {
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(1 << 19)), 20);
}

/** Channel by channel two rows side by side. */
function pair(upper: v128, lower: v128): v128 {
  const rows = i16x8.narrow_i32x4_s(upper, lower);
  return v128.shuffle<u16>(rows, rows, 0, 4, 1, 5, 2, 6, 3, 7);
}

function rowOfTwo(base: usize, at: usize, first: v128): v128 {
  const bytes = v128.swizzle(v128.load64_zero(at), v128.load(base, PLACES));
  return sixBits(i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), first));
}

function rowOfFour(base: usize, at: usize, first: v128, second: v128): v128 {
  const bytes = v128.swizzle(v128.load(at), v128.load(base, PLACES));
  const left = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), first);
  return sixBits(i32x4.add(left, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), second)));
}

function sixBits(sum: v128): v128 {
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(128)), 8);
}

function copyBytes(target: usize, targetItem: isize, source: usize, sourceItem: usize, channels: usize): void {
  if (channels == 4 && targetItem == 1 && sourceItem == 1) store<u32>(target, load<u32>(source));
  else {
    for (; channels > 0; channels--, target += <usize>targetItem, source += sourceItem) {
      store<u8>(target, load<u8>(source));
    }
  }
}

function storeBytes(target: usize, item: isize, pixel: v128, channels: usize): void {
  const words = i16x8.narrow_i32x4_s(pixel, pixel);
  const bytes = i8x16.narrow_i16x8_u(words, words);
  const step = <usize>item;
  if (channels == 4 && item == 1) v128.store32_lane(target, bytes, 0);
  else {
    v128.store8_lane(target, bytes, 0);
    if (channels == 1) return;
    v128.store8_lane(target + step, bytes, 1);
    v128.store8_lane(target + 2 * step, bytes, 2);
    if (channels == 4) v128.store8_lane(target + 3 * step, bytes, 3);
  }
}

/** A pixel as f32, from anywhere. */
function weigh(job: Warp, sx: isize, sy: isize, across: v128, down: v128): v128 {
  const taps = job.taps;
  const border = job.border;
  const height = job.sourceHeight;
  const width = job.sourceWidth;
  const value = v128.load(changetype<usize>(job), VALUE);
  if (border == CONSTANT && (sx <= -taps || sx >= width || sy <= -taps || sy >= height)) return value;
  let sum = f32x4.splat(0);
  for (let j: isize = 0; j < taps; j++, down = v128.shuffle<u32>(down, down, 1, 2, 3, 0)) {
    const weight = f32x4.extract_lane(down, 0);
    if (weight == 0) continue;
    const y = inside(sy + j, height, border);
    const row = job.source + <usize>(y * job.sourceRow);
    let line = f32x4.splat(0);
    let rest = across;
    for (let i: isize = 0; i < taps; i++, rest = v128.shuffle<u32>(rest, rest, 1, 2, 3, 0)) {
      if (f32x4.extract_lane(rest, 0) == 0) continue;
      const x = inside(sx + i, width, border);
      const pixel = x < 0 || y < 0 ? value : loadPixel(job, row + <usize>(x * job.sourcePixel));
      line = f32x4.add(line, f32x4.mul(pixel, v128.shuffle<u32>(rest, rest, 0, 0, 0, 0)));
    }
    sum = f32x4.add(sum, f32x4.mul(line, f32x4.splat(weight)));
  }
  return sum;
}

function loadPixel(job: Warp, at: usize): v128 {
  const format = job.format;
  const item = job.sourceItem;
  if (job.channels == 4 && format == F32 && item == 4) return v128.load(at);
  let pixel = f32x4.splat(loadItem(at, format));
  if (job.channels == 1) return pixel;
  pixel = f32x4.replace_lane(pixel, 1, loadItem(at + item, format));
  pixel = f32x4.replace_lane(pixel, 2, loadItem(at + 2 * item, format));
  return job.channels == 3 ? pixel : f32x4.replace_lane(pixel, 3, loadItem(at + 3 * item, format));
}

function loadItem(at: usize, format: i32): f32 {
  if (format == U8) return <f32>load<u8>(at);
  return format == U16 ? <f32>load<u16>(at) : load<f32>(at);
}
