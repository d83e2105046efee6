import { Term, Window } from "../../lane/window";

/**
 * The mean of the terms, each weighted by 2^(p × distance²) beside its own weight, where the distance is that of its
 * color from the middle one's. Rows are planes of f32, one for each channel.
 *
 * Source: C. Tomasi and R. Manduchi, "Bilateral filtering for gray and color images", ICCV 1998.
 */
export function bilateral(window: Window): void {
  if (window.planes == 1) gray(window);
  else color(window);
}

function gray(window: Window): void {
  const factor = f32x4.splat(window.p);
  const end = window.down + window.downCount * offsetof<Term>();
  const middle = load<usize>(window.table + ((<usize>window.sideY) << 2)) + ((<usize>window.sideX) << 2);
  for (let at: usize = 0; at < <usize>window.width * 4; at += 16) {
    const m = v128.load(middle + at);
    let sum = f32x4.splat(0);
    let a = sum;
    for (let t = window.down; t != end; t += offsetof<Term>()) {
      const p = v128.load(changetype<Term>(t).at + at);
      const weight = weightOf(t, square(p, m), factor);
      sum = f32x4.add(sum, weight);
      a = f32x4.add(a, f32x4.mul(weight, p));
    }
    v128.store(window.out + at, f32x4.div(a, sum));
  }
}

/** Three planes, or four. Of three the last one is taken twice, and counts once. */
function color(window: Window): void {
  const plane = window.plane;
  const last = (window.planes - 1) * plane;
  const fourth = i32x4.splat(window.planes > 3 ? -1 : 0);
  const factor = f32x4.splat(window.p);
  const end = window.down + window.downCount * offsetof<Term>();
  const middle = load<usize>(window.table + ((<usize>window.sideY) << 2)) + ((<usize>window.sideX) << 2);
  for (let at: usize = 0; at < <usize>window.width * 4; at += 16) {
    const m = middle + at;
    const m0 = v128.load(m);
    const m1 = v128.load(m + plane);
    const m2 = v128.load(m + 2 * plane);
    const m3 = v128.load(m + last);
    let sum = f32x4.splat(0);
    let a = sum;
    let b = sum;
    let c = sum;
    let d = sum;
    for (let t = window.down; t != end; t += offsetof<Term>()) {
      const p = changetype<Term>(t).at + at;
      const p0 = v128.load(p);
      const p1 = v128.load(p + plane);
      const p2 = v128.load(p + 2 * plane);
      const p3 = v128.load(p + last);
      const three = f32x4.add(f32x4.add(square(p0, m0), square(p1, m1)), square(p2, m2));
      const weight = weightOf(t, f32x4.add(three, v128.and(square(p3, m3), fourth)), factor);
      sum = f32x4.add(sum, weight);
      a = f32x4.add(a, f32x4.mul(weight, p0));
      b = f32x4.add(b, f32x4.mul(weight, p1));
      c = f32x4.add(c, f32x4.mul(weight, p2));
      d = f32x4.add(d, f32x4.mul(weight, p3));
    }
    const out = window.out + at;
    v128.store(out, f32x4.div(a, sum));
    v128.store(out + plane, f32x4.div(b, sum));
    v128.store(out + 2 * plane, f32x4.div(c, sum));
    v128.store(out + last, f32x4.div(d, sum));
  }
}

function weightOf(term: usize, distance: v128, factor: v128): v128 {
  return f32x4.mul(v128.load32_splat(term, offsetof<Term>("weight")), powerOfTwo(f32x4.mul(distance, factor)));
}

function square(a: v128, b: v128): v128 {
  const difference = f32x4.sub(a, b);
  return f32x4.mul(difference, difference);
}

/** 2^x for x of 0 at most, off by 3e-6 of it at most: the whole part in the exponent, Taylor's series for the rest. */
function powerOfTwo(x: v128): v128 {
  x = f32x4.pmax(x, f32x4.splat(-126));
  const whole = f32x4.nearest(x);
  const rest = f32x4.sub(x, whole);
  let sum = f32x4.splat(0.0013333558);
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(0.009618129));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(0.05550411));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(0.24022651));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(0.6931472));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1));
  // 2^23 × 1.5 leaves the whole part in the lowest bits.
  return i32x4.add(sum, i32x4.shl(f32x4.add(whole, f32x4.splat(12582912)), 23));
}
