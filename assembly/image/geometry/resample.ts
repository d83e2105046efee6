import { loadPlane, storePlane } from "../../lane/plane";
import { power } from "../../lane/power";
import { copyRow } from "../../lane/row";

/*
 * Every row of the target is a weighted sum of some rows of the source, the middle row, and every pixel of it a weighted
 * sum of some pixels of that. The host says which, and the weights.
 *
 * Bytes: weights of 14 fractional bits in i16, sums of i32, and a middle row of i16 with 6 fractional bits, from −512 to
 * 512, so that nothing is clamped before the end. All sums are exact; what is rounded is the weights (2^-15), the middle
 * (2^-7) and the result. Others: f32 throughout. A weight of 0 takes no part, even where the item is no number.
 */

/** What the host writes into scratch, 16-aligned; strides in bytes. */
@unmanaged
export class Job {
  target: usize = 0;
  targetRow: usize = 0;
  targetPixel: isize = 0;
  targetItem: usize = 0;
  source: usize = 0;
  sourceRow: usize = 0;
  sourcePixel: isize = 0;
  sourceItem: usize = 0;
  height: usize = 0;
  width: usize = 0;
  sourceHeight: usize = 0;
  sourceWidth: usize = 0;
  channels: usize = 0;
  /** For each row of the target the first row of the source; the weights of each, of bytes an even number of i16. */
  downFirst: usize = 0;
  downWeights: usize = 0;
  downTaps: usize = 0;
  /** For each pixel where its first one is in the middle row, in bytes; weights, a multiple of 16 bytes or of i16 two. */
  acrossFirst: usize = 0;
  acrossWeights: usize = 0;
  acrossTaps: usize = 0;
  /** Addresses of the rows that are summed; the rows, as many as taps, each `pitch` bytes; one more; one of the target. */
  rows: usize = 0;
  ring: usize = 0;
  pitch: usize = 0;
  middle: usize = 0;
  out: usize = 0;
  /** Of f32 only: formats, bytes from plane to plane, flags; the largest alpha, the steps to light and back. */
  format: i32 = 0;
  plane: usize = 0;
  outPlane: usize = 0;
  premultiply: i32 = 0;
  light: i32 = 0;
  maxAlpha: f32 = 0;
  decode: f32 = 0; // the first of seven
}

/** After the job's other fields: limit, slope, factor, plus, exponent, scale, offset; then those of the way back. */
const CURVE: usize = 28;

/**
 * Makes a picture from another by the job of bytes or that of f32; one of them may be 0. Where there are both, the one of
 * bytes is for pictures whose alpha is 255 everywhere, so that it need not count.
 */
export function resample(bytes: usize, floats: usize): void {
  if (bytes != 0 && (floats == 0 || isOpaque(changetype<Job>(bytes)))) resampleBytes(changetype<Job>(bytes));
  else resampleFloats(changetype<Job>(floats));
}

/** A picture of bytes from another: of one channel, or of three or four, which are four in scratch. */
function resampleBytes(job: Job): void {
  const gray = job.channels == 1;
  const lanes: usize = gray ? 1 : 4;
  const bytes = job.sourceWidth * lanes;
  const direct = job.sourcePixel == <isize>lanes && isPacked(job.channels, lanes, job.sourceItem) && (bytes & 15) == 0;
  const half: i32 = 1 << 19;
  for (let y: usize = 0, next: usize = 0; y < job.height; y++) {
    const first = load<usize>(job.downFirst + (y << 2));
    if (!direct) {
      for (next = max(next, first); next < min(first + job.downTaps, job.sourceHeight); next++) {
        const row = job.ring + (next % job.downTaps) * job.pitch;
        const source = job.source + next * job.sourceRow;
        repack(row, <isize>lanes, 1, source, job.sourcePixel, job.sourceItem, job.sourceWidth, job.channels);
      }
    }
    placeRows(job, first, direct);
    sumBytes(job, job.downWeights + y * (job.downTaps << 1), bytes, gray);
    if (gray) acrossLine<i16>(job, job.middle, job.out);
    else {
      let weights = job.acrossWeights;
      const step = job.acrossTaps << 1;
      for (let x: usize = 0; x < job.width; x += 4, weights += step << 2) {
        const at = job.acrossFirst + (x << 2);
        let p = job.middle + load<usize>(at);
        let q = job.middle + load<usize>(at, 4);
        let r = job.middle + load<usize>(at, 8);
        let s = job.middle + load<usize>(at, 12);
        let a = i32x4.splat(half);
        let b = a;
        let c = a;
        let d = a;
        for (let w = weights, end = weights + step; w != end; w += 4, p += 16, q += 16, r += 16, s += 16) {
          a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(p), v128.load32_splat(w)));
          b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(q), v128.load32_splat(w + step)));
          c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(r), v128.load32_splat(w + 2 * step)));
          d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(s), v128.load32_splat(w + 3 * step)));
        }
        const ab = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 20), i32x4.shr_s(b, 20));
        const cd = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 20), i32x4.shr_s(d, 20));
        v128.store(job.out + (x << 2), i8x16.narrow_i16x8_u(ab, cd));
      }
    }
    const target = job.target + y * job.targetRow;
    repack(target, job.targetPixel, job.targetItem, job.out, <isize>lanes, 1, job.width, job.channels);
  }
}

function isPacked(channels: usize, pixel: usize, item: usize): bool {
  return channels == pixel && (channels == 1 || item == 1);
}

/** The addresses of the rows that a row is made of; those beyond the last have no weight. */
function placeRows(job: Job, first: usize, direct: bool): void {
  for (let j: usize = 0; j < job.downTaps; j++) {
    const row = min(first + j, job.sourceHeight - 1);
    const at = direct ? job.source + row * job.sourceRow : job.ring + (row % job.downTaps) * job.pitch;
    store<usize>(job.rows + (j << 2), at);
  }
}

/** Copies the channels of a row of pixels of bytes to where they are in another. */
function repack(
  target: usize,
  targetPixel: isize,
  targetItem: usize,
  source: usize,
  sourcePixel: isize,
  sourceItem: usize,
  width: usize,
  channels: usize,
): void {
  if (channels == 4 && targetPixel == 4 && sourcePixel == 4 && targetItem == 1 && sourceItem == 1) {
    memory.copy(target, source, width << 2);
    return;
  }
  if (channels == 3 && targetItem == 1 && sourceItem == 1 && targetPixel + sourcePixel == 7 && abs(targetPixel) < 5) {
    // Four pixels of a vector, of which neither side reaches beyond the row.
    for (; width > 5; width -= 4, target += 4 * <usize>targetPixel, source += 4 * <usize>sourcePixel) {
      const v = v128.load(source);
      if (targetPixel == 4)
        v128.store(target, v128.shuffle<u8>(v, v, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 9, 10, 11, 0));
      else v128.store(target, v128.shuffle<u8>(v, v, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0));
    }
  }
  for (; channels > 0; channels--, target += targetItem, source += sourceItem) {
    copyRow<u8>(target, targetPixel, source, sourcePixel, width);
  }
}

/** The middle row of bytes; of four lanes two pixels are side by side, channel by channel, as the next sum takes them. */
function sumBytes(job: Job, weights: usize, bytes: usize, gray: bool): void {
  const end = job.rows + (job.downTaps << 2);
  const half = i32x4.splat(128);
  let middle = job.middle;
  for (let at: usize = 0; at < bytes; at += 16, middle += 32) {
    let a = half;
    let b = half;
    let c = half;
    let d = half;
    for (let rows = job.rows, w = weights; rows != end; rows += 8, w += 4) {
      const u = v128.load(load<usize>(rows) + at);
      const v = v128.load(load<usize>(rows, 4) + at);
      const pair = v128.load32_splat(w);
      const low = v128.shuffle<u8>(u, v, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const high = v128.shuffle<u8>(u, v, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), pair));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), pair));
      c = i32x4.add(c, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), pair));
      d = i32x4.add(d, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), pair));
    }
    let ab = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 8), i32x4.shr_s(b, 8));
    let cd = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 8), i32x4.shr_s(d, 8));
    if (!gray) {
      ab = v128.shuffle<u16>(ab, ab, 0, 4, 1, 5, 2, 6, 3, 7);
      cd = v128.shuffle<u16>(cd, cd, 0, 4, 1, 5, 2, 6, 3, 7);
    }
    v128.store(middle, ab);
    v128.store(middle, cd, 16);
  }
}

/** A row of one channel from the middle row, four pixels at a time: T is i16, with bytes as results, or f32. */
function acrossLine<T>(job: Job, middle: usize, out: usize): void {
  const step = job.acrossTaps * sizeof<T>();
  let weights = job.acrossWeights;
  for (let x: usize = 0; x < job.width; x += 4, weights += step << 2) {
    const at = job.acrossFirst + (x << 2);
    const p = middle + load<usize>(at);
    const q = middle + load<usize>(at, 4);
    const r = middle + load<usize>(at, 8);
    const s = middle + load<usize>(at, 12);
    let a = i32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let i: usize = 0; i < step; i += 16) {
      const w = weights + i;
      a = addProducts<T>(a, p + i, w);
      b = addProducts<T>(b, q + i, w + step);
      c = addProducts<T>(c, r + i, w + 2 * step);
      d = addProducts<T>(d, s + i, w + 3 * step);
    }
    const ab = addPairs<T>(v128.shuffle<u32>(a, b, 0, 4, 1, 5), v128.shuffle<u32>(a, b, 2, 6, 3, 7));
    const cd = addPairs<T>(v128.shuffle<u32>(c, d, 0, 4, 1, 5), v128.shuffle<u32>(c, d, 2, 6, 3, 7));
    const sums = addPairs<T>(v128.shuffle<u32>(ab, cd, 0, 1, 4, 5), v128.shuffle<u32>(ab, cd, 2, 3, 6, 7));
    if (isFloat<T>()) v128.store(out + (x << 2), sums);
    else {
      const shifted = i32x4.shr_s(i32x4.add(sums, i32x4.splat(1 << 19)), 20);
      const narrow = i16x8.narrow_i32x4_s(shifted, shifted);
      v128.store32_lane(out + x, i8x16.narrow_i16x8_u(narrow, narrow), 0);
    }
  }
}

function addProducts<T>(sum: v128, items: usize, weights: usize): v128 {
  const w = v128.load(weights);
  const v = v128.load(items);
  if (!isFloat<T>()) return i32x4.add(sum, i32x4.dot_i16x8_s(v, w));
  return f32x4.add(sum, f32x4.mul(v128.and(v, f32x4.ne(w, f32x4.splat(0))), w));
}

function addPairs<T>(a: v128, b: v128): v128 {
  return isFloat<T>() ? f32x4.add(a, b) : i32x4.add(a, b);
}

/**
 * A picture of any format from another of the same, as planes of f32: colours as light and times alpha, where the host
 * says so, and back.
 */
function resampleFloats(job: Job): void {
  const channels = job.channels;
  const colors = min<usize>(channels, 3);
  const curve = changetype<usize>(job) + offsetof<Job>("decode");
  const width = job.sourceWidth;
  for (let y: usize = 0, next: usize = 0; y < job.height; y++) {
    const first = load<usize>(job.downFirst + (y << 2));
    for (next = max(next, first); next < min(first + job.downTaps, job.sourceHeight); next++) {
      const row = job.ring + (next % job.downTaps) * job.pitch;
      const source = job.source + next * job.sourceRow;
      for (let c: usize = 0; c < channels; c++) {
        loadPlane(row + c * job.plane, source + c * job.sourceItem, job.sourcePixel, width, job.format);
      }
      const alpha = row + 3 * job.plane;
      for (let c: usize = 0; c < colors; c++) {
        const plane = row + c * job.plane;
        if (job.light) bend(plane, width, curve);
        if (job.premultiply) {
          for (let i: usize = 0; i < width << 2; i += 16) {
            v128.store(plane + i, f32x4.mul(v128.load(plane + i), v128.load(alpha + i)));
          }
        }
      }
    }
    placeRows(job, first, false);
    sumFloats(job, job.downWeights + y * (job.downTaps << 2));
    for (let c: usize = 0; c < channels; c++)
      acrossLine<f32>(job, job.middle + c * job.plane, job.out + c * job.outPlane);
    const alpha = job.out + 3 * job.outPlane;
    const target = job.target + y * job.targetRow;
    for (let c: usize = 0; c < channels; c++) {
      const plane = job.out + c * job.outPlane;
      if (c < colors) {
        if (job.premultiply) {
          for (let i: usize = 0; i < job.width << 2; i += 16) {
            const a = f32x4.pmin(f32x4.splat(job.maxAlpha), v128.load(alpha + i));
            const color = f32x4.div(v128.load(plane + i), a);
            v128.store(plane + i, v128.and(color, f32x4.gt(a, f32x4.splat(0))));
          }
        }
        if (job.light) bend(plane, job.width, curve + CURVE);
      }
      storePlane(target + c * job.targetItem, job.targetPixel, plane, job.width, job.format);
    }
  }
}

/** (v × factor + plus)^exponent × scale + offset above a limit, v × slope below. */
function bend(plane: usize, count: usize, curve: usize): void {
  const limit = v128.load32_splat(curve);
  const exponent = v128.load32_splat(curve, 16);
  for (let end = plane + (count << 2); plane < end; plane += 16) {
    const v = v128.load(plane);
    const base = f32x4.add(f32x4.mul(v, v128.load32_splat(curve, 8)), v128.load32_splat(curve, 12));
    const scaled = f32x4.mul(power(base, exponent), v128.load32_splat(curve, 20));
    const bent = f32x4.add(scaled, v128.load32_splat(curve, 24));
    v128.store(plane, v128.bitselect(bent, f32x4.mul(v, v128.load32_splat(curve, 4)), f32x4.gt(v, limit)));
  }
}

/** The middle row of all planes. */
function sumFloats(job: Job, weights: usize): void {
  const taps = job.downTaps;
  for (let at: usize = 0; at < job.pitch; at += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let j: usize = 0; j < taps; j++) {
      const w = v128.load32_splat(weights + (j << 2));
      if (f32x4.extract_lane(w, 0) == 0) continue;
      const row = load<usize>(job.rows + (j << 2)) + at;
      a = f32x4.add(a, f32x4.mul(v128.load(row), w));
      b = f32x4.add(b, f32x4.mul(v128.load(row, 16), w));
      c = f32x4.add(c, f32x4.mul(v128.load(row, 32), w));
      d = f32x4.add(d, f32x4.mul(v128.load(row, 48), w));
    }
    const middle = job.middle + at;
    v128.store(middle, a);
    v128.store(middle, b, 16);
    v128.store(middle, c, 32);
    v128.store(middle, d, 48);
  }
}

/** Whether every byte of the fourth channel is 255. */
function isOpaque(job: Job): bool {
  let row = job.source + 3 * job.sourceItem;
  const pixel = <usize>job.sourcePixel;
  for (let y = job.sourceHeight; y > 0; y--, row += job.sourceRow) {
    let all = i32x4.splat(-1);
    let at = row;
    let left = job.sourceWidth;
    // The last pixel is left, because a vector of it would reach beyond its byte.
    if (pixel == 4) for (; left > 4; left -= 4, at += 16) all = v128.and(all, v128.load(at));
    for (; left > 0; left--, at += pixel) all = v128.and(all, v128.load8_splat(at));
    if (!i32x4.all_true(i32x4.eq(v128.and(all, i32x4.splat(255)), i32x4.splat(255)))) return false;
  }
  return true;
}
