/*
 * Powers of four f32, without tables.
 */

/**
 * x^exponent for x from 1.2e-38 to the largest, 0 below; off by (0.2 + |log2(x) × exponent|) × 1.2e-7 of the result.
 *
 * The logarithm is that of the mantissa m, from √½ to √2, as the series 2 (t + t³/3 + …) of t = (m − 1) / (m + 1), which is
 * cut after t⁹: |t| < 0.1716, and the rest is below 1e-9. 2^f for |f| ≤ ½ is cut after f⁶: the rest is below 1.3e-7.
 */
export function power(x: v128, exponent: v128): v128 {
  const e = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23); // the bits of √½
  const m = i32x4.sub(x, i32x4.shl(e, 23));
  const one = f32x4.splat(1);
  const t = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const u = f32x4.mul(t, t);
  let sum = step(f32x4.splat(0.32059889797) /* 2 / (9 ln 2), and so on */, u, 0.41219858311);
  sum = step(step(sum, u, 0.57707801636), u, 0.96179669393);
  const log = f32x4.add(f32x4.convert_i32x4_s(e), f32x4.mul(step(sum, u, 2.88539008178), t));
  const y = f32x4.pmin(f32x4.pmax(f32x4.mul(log, exponent), f32x4.splat(-126)), f32x4.splat(127));
  const n = f32x4.nearest(y);
  const f = f32x4.sub(y, n);
  sum = step(f32x4.splat(1.5403530394e-4), f, 1.3333558146e-3); // (ln 2)^k / k!
  sum = step(step(sum, f, 9.6181291076e-3), f, 5.5504108665e-2);
  sum = step(step(step(sum, f, 0.24022650696), f, 0.69314718056), f, 1);
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(sum, scale), f32x4.ge(x, f32x4.splat(1.17549435e-38)));
}

function step(sum: v128, x: v128, next: f32): v128 {
  return f32x4.add(f32x4.mul(sum, x), f32x4.splat(next));
}
