import { Term, Window, WIDE } from "./window";

/**
 * out[i] = offset + Σ weight × item, for `span` bytes of f32: the terms in turn, each one product and one sum of f32.
 */
export function weigh(out: usize, terms: usize, count: usize, span: usize, offset: f32): void {
  const end = terms + count * offsetof<Term>();
  for (let at: usize = 0; at < span; at += 128, out += 128) {
    let a = f32x4.splat(offset);
    let b = a;
    let c = a;
    let d = a;
    let e = a;
    let f = a;
    let g = a;
    let h = a;
    for (let t = terms; t != end; t += offsetof<Term>()) {
      const p = changetype<Term>(t).at + at;
      const w = v128.load32_splat(t, offsetof<Term>("weight"));
      a = f32x4.add(a, f32x4.mul(v128.load(p), w));
      b = f32x4.add(b, f32x4.mul(v128.load(p, 16), w));
      c = f32x4.add(c, f32x4.mul(v128.load(p, 32), w));
      d = f32x4.add(d, f32x4.mul(v128.load(p, 48), w));
      e = f32x4.add(e, f32x4.mul(v128.load(p, 64), w));
      f = f32x4.add(f, f32x4.mul(v128.load(p, 80), w));
      g = f32x4.add(g, f32x4.mul(v128.load(p, 96), w));
      h = f32x4.add(h, f32x4.mul(v128.load(p, 112), w));
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
    v128.store(out, e, 64);
    v128.store(out, f, 80);
    v128.store(out, g, 96);
    v128.store(out, h, 112);
  }
}

/**
 * out[i] = (offset + Σ weight × item) >> shift, for `span` bytes of i16, saturated; two terms a round, in i32.
 */
function dot(out: usize, terms: usize, count: usize, span: usize, offset: i32, shift: i32): void {
  const end = terms + count * offsetof<Term>();
  for (let at: usize = 0; at < span; at += 64, out += 64) {
    let a = i32x4.splat(offset);
    let b = a;
    let c = a;
    let d = a;
    let e = a;
    let f = a;
    let g = a;
    let h = a;
    for (let t = terms; t != end; t += 2 * offsetof<Term>()) {
      const p = changetype<Term>(t).at + at;
      const q = changetype<Term>(t + offsetof<Term>()).at + at;
      const w = v128.load32_splat(t, offsetof<Term>("weight"));
      a = i32x4.add(a, i32x4.dot_i16x8_s(lows(v128.load(p), v128.load(q)), w));
      b = i32x4.add(b, i32x4.dot_i16x8_s(highs(v128.load(p), v128.load(q)), w));
      c = i32x4.add(c, i32x4.dot_i16x8_s(lows(v128.load(p, 16), v128.load(q, 16)), w));
      d = i32x4.add(d, i32x4.dot_i16x8_s(highs(v128.load(p, 16), v128.load(q, 16)), w));
      e = i32x4.add(e, i32x4.dot_i16x8_s(lows(v128.load(p, 32), v128.load(q, 32)), w));
      f = i32x4.add(f, i32x4.dot_i16x8_s(highs(v128.load(p, 32), v128.load(q, 32)), w));
      g = i32x4.add(g, i32x4.dot_i16x8_s(lows(v128.load(p, 48), v128.load(q, 48)), w));
      h = i32x4.add(h, i32x4.dot_i16x8_s(highs(v128.load(p, 48), v128.load(q, 48)), w));
    }
    v128.store(out, i16x8.narrow_i32x4_s(i32x4.shr_s(a, shift), i32x4.shr_s(b, shift)));
    v128.store(out, i16x8.narrow_i32x4_s(i32x4.shr_s(c, shift), i32x4.shr_s(d, shift)), 16);
    v128.store(out, i16x8.narrow_i32x4_s(i32x4.shr_s(e, shift), i32x4.shr_s(f, shift)), 32);
    v128.store(out, i16x8.narrow_i32x4_s(i32x4.shr_s(g, shift), i32x4.shr_s(h, shift)), 48);
  }
}

/** The first four of both, in turns. */
export function lows(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The last four of both, in turns. */
export function highs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

export function weighAcross(window: Window, row: usize): void {
  if (window.rows == WIDE) weigh(row, window.across, window.acrossCount, window.span, 0);
  else dot(row, window.across, window.acrossCount, window.span, (1 << window.acrossShift) >> 1, window.acrossShift);
}

/** `p` is the offset, of rows of i16 `offset`. */
export function weighDown(window: Window): void {
  if (window.rows == WIDE) weigh(window.out, window.down, window.downCount, window.span, window.p);
  else dot(window.out, window.down, window.downCount, window.span, window.offset, window.downShift);
}
