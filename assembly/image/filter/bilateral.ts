import { Term, Window } from "../../lane/window";

/**
 * The mean of the terms, each weighted by 2^(p × distance²) beside its own weight, where the distance is that of its
 * color from the middle one's. Rows are planes of f32, one for each channel.
 *
 * Source: C. Tomasi and R. Manduchi, "Bilateral filtering for gray and color images", ICCV 1998.
 */
export function bilateral(window: Window): void {
  const plane = window.plane;
  const planes = window.planes;
  const factor = f32x4.splat(window.p);
  const end = window.down + window.downCount * offsetof<Term>();
  const middle = load<usize>(window.table + ((<usize>window.sideY) << 2)) + ((<usize>window.sideX) << 2);
  for (let at: usize = 0; at < <usize>window.width * 4; at += 16) {
    const m = middle + at;
    const m0 = v128.load(m);
    const m1 = v128.load(m + plane);
    const m2 = v128.load(m + 2 * plane);
    const m3 = v128.load(m + 3 * plane);
    let sum = f32x4.splat(0);
    let a = sum;
    let b = sum;
    let c = sum;
    let d = sum;
    for (let t = window.down; t != end; t += offsetof<Term>()) {
      const p = changetype<Term>(t).at + at;
      const p0 = v128.load(p);
      let distance = square(p0, m0);
      if (planes > 1) distance = f32x4.add(distance, square(v128.load(p + plane), m1));
      if (planes > 1) distance = f32x4.add(distance, square(v128.load(p + 2 * plane), m2));
      if (planes > 3) distance = f32x4.add(distance, square(v128.load(p + 3 * plane), m3));
      const near = v128.load32_splat(t, offsetof<Term>("weight"));
      const weight = f32x4.mul(near, powerOfTwo(f32x4.mul(distance, factor)));
      sum = f32x4.add(sum, weight);
      a = f32x4.add(a, f32x4.mul(weight, p0));
      if (planes > 1) b = f32x4.add(b, f32x4.mul(weight, v128.load(p + plane)));
      if (planes > 1) c = f32x4.add(c, f32x4.mul(weight, v128.load(p + 2 * plane)));
      if (planes > 3) d = f32x4.add(d, f32x4.mul(weight, v128.load(p + 3 * plane)));
    }
    const out = window.out + at;
    v128.store(out, f32x4.div(a, sum));
    if (planes > 1) v128.store(out + plane, f32x4.div(b, sum));
    if (planes > 1) v128.store(out + 2 * plane, f32x4.div(c, sum));
    if (planes > 3) v128.store(out + 3 * plane, f32x4.div(d, sum));
  }
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
  return i32x4.add(sum, i32x4.shl(i32x4.trunc_sat_f32x4_s(whole), 23));
}
