import { KEYS, Term, Window, WORDS } from "../../lane/window";

/*
 * Operations that only compare: on unsigned integers, which f32 become by keys in their order.
 */

/** The smallest of the terms, or with `most` the largest. */
export function fold(window: Window, out: usize, terms: usize, count: usize, most: bool): void {
  // The largest is what is left of the smallest of the rest.
  const turned = most ? i32x4.splat(-1) : i32x4.splat(0);
  if (window.rows == KEYS) foldItems<u32>(window, out, terms, count, turned);
  else if (window.lane == 2) foldItems<u16>(window, out, terms, count, turned);
  else foldItems<u8>(window, out, terms, count, turned);
}

function foldItems<T>(window: Window, out: usize, terms: usize, count: usize, turned: v128): void {
  const end = terms + count * offsetof<Term>();
  for (let at: usize = 0; at < window.span; at += 64) {
    let a = i32x4.splat(-1);
    let b = a;
    let c = a;
    let d = a;
    for (let t = terms; t != end; t += offsetof<Term>()) {
      const p = changetype<Term>(t).at + at;
      a = v128.min<T>(a, v128.xor(v128.load(p), turned));
      b = v128.min<T>(b, v128.xor(v128.load(p, 16), turned));
      c = v128.min<T>(c, v128.xor(v128.load(p, 32), turned));
      d = v128.min<T>(d, v128.xor(v128.load(p, 48), turned));
    }
    v128.store(out + at, v128.xor(a, turned));
    v128.store(out + at, v128.xor(b, turned), 16);
    v128.store(out + at, v128.xor(c, turned), 32);
    v128.store(out + at, v128.xor(d, turned), 48);
  }
}

/** The middle one of the terms, an odd number of them; bytes in rows of bytes are 255 at most. */
export function median(window: Window): void {
  if (window.rows == KEYS) medianItems<u32>(window, 1 << 31);
  else if (window.lane == 2) medianItems<u16>(window, window.rows == WORDS ? 1 << 7 : 1 << 15);
  else medianItems<u8>(window, 1 << 7);
}

function medianItems<T>(window: Window, top: u32): void {
  const terms = window.down;
  if (window.downCount == 9) {
    for (let at: usize = 0; at < window.span; at += 16) v128.store(window.out + at, medianOfNine<T>(terms, at));
    return;
  }
  const end = terms + window.downCount * offsetof<Term>();
  const half = v128.splat<T>(<T>((window.downCount >> 1) + 1));
  for (let at: usize = 0; at < window.span; at += 32) {
    let a = i32x4.splat(0);
    let b = a;
    // Bit by bit: the largest number that more than half of the items reach.
    for (let bit = top; bit != 0; bit >>= 1) {
      const one = v128.splat<T>(<T>bit);
      const p = v128.or(a, one);
      const q = v128.or(b, one);
      let m = i32x4.splat(0);
      let n = m;
      for (let t = terms; t != end; t += offsetof<Term>()) {
        const items = changetype<Term>(t).at + at;
        m = v128.sub<T>(m, v128.ge<T>(v128.load(items), p));
        n = v128.sub<T>(n, v128.ge<T>(v128.load(items, 16), q));
      }
      a = v128.bitselect(p, a, v128.ge<T>(m, half));
      b = v128.bitselect(q, b, v128.ge<T>(n, half));
    }
    v128.store(window.out + at, a);
    v128.store(window.out + at, b, 16);
  }
}

/**
 * Of three columns, each in order: the middle one of the largest of the small, the middle of the middle and the smallest
 * of the large. Source: J. L. Smith, "Implementing median filters in XC4000E FPGAs", Xcell 23 (1996).
 */
function medianOfNine<T>(terms: usize, at: usize): v128 {
  let small = i32x4.splat(0);
  let large = i32x4.splat(-1);
  let a = small;
  let b = small;
  let c = small;
  for (let column = 0; column < 3; column++, terms += offsetof<Term>()) {
    const p = item(terms, at);
    const q = item(terms + 3 * offsetof<Term>(), at);
    const r = item(terms + 6 * offsetof<Term>(), at);
    const low = v128.min<T>(p, q);
    const high = v128.max<T>(p, q);
    small = v128.max<T>(small, v128.min<T>(low, r));
    large = v128.min<T>(large, v128.max<T>(high, r));
    a = b;
    b = c;
    c = v128.max<T>(low, v128.min<T>(high, r));
  }
  return middle<T>(small, middle<T>(a, b, c), large);
}

function item(term: usize, at: usize): v128 {
  return v128.load(changetype<Term>(term).at + at);
}

function middle<T>(a: v128, b: v128, c: v128): v128 {
  const low = v128.min<T>(a, b);
  const high = v128.max<T>(a, b);
  return v128.max<T>(low, v128.min<T>(high, c));
}
