import { loadPlane } from "../../lane/plane";

/** Items of a window's side. */
const SIDE: usize = 11;

/**
 * The sum of the structural similarities of two channels, over all windows of 11 × 11 that lie inside.
 *
 *   a, b      addresses of item [0, 0] of height × width items, both at least 11; strides in bytes, any sign
 *   format    of both: lane/plane.ts
 *   middle    of the range, which is subtracted first, so that f32 has more digits left; c1, c2: the constants
 *   weights   eleven f32 that add up to 1, symmetric
 *   scratch   16-aligned, 48 lines of width + 8 f32
 *
 * Lines of a, b, a² + b² and ab of eleven rows are kept in a ring, weighed down columns and then along the row. f32; the sum
 * is f64. Of equal pictures each similarity is exactly 1.
 */
export function ssim_items(
  a: usize,
  aRow: isize,
  aPixel: isize,
  b: usize,
  bRow: isize,
  bPixel: isize,
  height: usize,
  width: usize,
  format: i32,
  c1: f32,
  c2: f32,
  middle: f32,
  weights: usize,
  scratch: usize,
): f64 {
  const line = ((width + 7) & ~3) << 2;
  const rows = scratch + 4 * line;
  let sums = f64x2.splat(0);
  for (let y: usize = 0; y < height; y++, a += <usize>aRow, b += <usize>bRow) {
    const row = rows + (y % SIDE) * 4 * line;
    loadPlane(row, a, aPixel, width, format);
    loadPlane(row + line, b, bPixel, width, format);
    products(row, line, middle);
    if (y + 1 < SIDE) continue;
    // The oldest row is the one that the next takes the place of.
    memory.fill(scratch, 0, 4 * line);
    for (let k: usize = 0; k < SIDE; k++) {
      const from = rows + ((y + 1 + k) % SIDE) * 4 * line;
      const weight = v128.load32_splat(weights + 4 * k);
      for (let x: usize = 0; x < 4 * line; x += 16) {
        v128.store(scratch + x, f32x4.add(v128.load(scratch + x), f32x4.mul(v128.load(from + x), weight)));
      }
    }
    const count = width - SIDE + 1;
    for (let x: usize = 0; x < count; x += 4) {
      const at = scratch + 4 * x;
      const similar = similarity(
        along(at, weights),
        along(at + line, weights),
        along(at + 2 * line, weights),
        along(at + 3 * line, weights),
        c1,
        c2,
        middle,
      );
      // Lanes beyond the last window count nothing.
      const left = <i32>(count - x);
      const some = v128.and(similar, i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3)));
      const high = v128.shuffle<u32>(some, some, 2, 3, 2, 3);
      sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(some), f64x2.promote_low_f32x4(high)));
    }
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

function products(row: usize, line: usize, middle: f32): void {
  for (let x = row; x < row + line; x += 16) {
    const a = f32x4.sub(v128.load(x), f32x4.splat(middle));
    const b = f32x4.sub(v128.load(x + line), f32x4.splat(middle));
    v128.store(x, a);
    v128.store(x + line, b);
    v128.store(x + 2 * line, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)));
    v128.store(x + 3 * line, f32x4.mul(a, b));
  }
}

function along(at: usize, weights: usize): v128 {
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < 4 * SIDE; k += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(at + k), v128.load32_splat(weights + k)));
  }
  return sum;
}

/** From the weighed means, less the middle, of a, b, a² + b² and ab. Source: Wang et al. 2004, equation 13. */
function similarity(a: v128, b: v128, squares: v128, product: v128, c1: f32, c2: f32, middle: f32): v128 {
  const both = f32x4.mul(a, b);
  const own = f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b));
  const variance = f32x4.add(f32x4.sub(squares, own), f32x4.splat(c2));
  const twice = f32x4.sub(product, both);
  const covariance = f32x4.add(f32x4.add(twice, twice), f32x4.splat(c2));
  const p = f32x4.add(a, f32x4.splat(middle));
  const q = f32x4.add(b, f32x4.splat(middle));
  const pq = f32x4.mul(p, q);
  const light = f32x4.add(f32x4.add(pq, pq), f32x4.splat(c1));
  const lights = f32x4.add(f32x4.add(f32x4.mul(p, p), f32x4.mul(q, q)), f32x4.splat(c1));
  return f32x4.div(f32x4.mul(light, covariance), f32x4.mul(lights, variance));
}
