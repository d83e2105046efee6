import { power } from "../../lane/power";

/*
 * What becomes of the values or the colours of four pixels: four rows of f32, `PLANE` bytes apart, of which the fourth is
 * alpha. Parameters are f32.
 */

/** Bytes of a row of f32, of as many pixels as are computed at a time. */
export const PLANE: usize = 1024;

export interface ValueStep {
  apply(v: v128, p: usize): v128;
}

/** clamp(v × p0 + p1, p2, p3). */
export class Affine implements ValueStep {
  apply(v: v128, p: usize): v128 {
    const result = f32x4.add(f32x4.mul(v, v128.load32_splat(p)), v128.load32_splat(p, 4));
    return f32x4.pmin(f32x4.pmax(result, v128.load32_splat(p, 8)), v128.load32_splat(p, 12));
  }
}

/** v > p0 ? power of v × p1 + p2 with its sign, to the p3 × p4 + p5 : v × p6 + p7. */
export class Power implements ValueStep {
  apply(v: v128, p: usize): v128 {
    const base = f32x4.add(f32x4.mul(v, v128.load32_splat(p, 4)), v128.load32_splat(p, 8));
    const sign = v128.and(base, i32x4.splat(0x80000000));
    const raised = v128.or(power(f32x4.abs(base), v128.load32_splat(p, 12)), sign);
    const above = f32x4.add(f32x4.mul(raised, v128.load32_splat(p, 16)), v128.load32_splat(p, 20));
    const below = f32x4.add(f32x4.mul(v, v128.load32_splat(p, 24)), v128.load32_splat(p, 28));
    return v128.bitselect(above, below, f32x4.gt(v, v128.load32_splat(p)));
  }
}

/** v > p0 ? p1 : p2. */
export class Threshold implements ValueStep {
  apply(v: v128, p: usize): v128 {
    return v128.bitselect(v128.load32_splat(p, 4), v128.load32_splat(p, 8), f32x4.gt(v, v128.load32_splat(p)));
  }
}

/** The nearest integer, of two the higher one. */
export class Round implements ValueStep {
  apply(v: v128, _p: usize): v128 {
    return f32x4.floor(f32x4.add(v, f32x4.splat(0.5)));
  }
}

export interface ColorStep {
  apply(at: usize, p: usize): void;
}

/** Four rows of five: four factors, and what is added. */
export class Matrix implements ColorStep {
  apply(at: usize, p: usize): void {
    const a = v128.load(at);
    const b = v128.load(at, PLANE);
    const c = v128.load(at, 2 * PLANE);
    const d = v128.load(at, 3 * PLANE);
    for (const end = at + 4 * PLANE; at != end; at += PLANE, p += 20) {
      const ab = f32x4.add(f32x4.mul(a, v128.load32_splat(p)), f32x4.mul(b, v128.load32_splat(p, 4)));
      const cd = f32x4.add(f32x4.mul(c, v128.load32_splat(p, 8)), f32x4.mul(d, v128.load32_splat(p, 12)));
      v128.store(at, f32x4.add(f32x4.add(ab, cd), v128.load32_splat(p, 16)));
    }
  }
}

/** Colours × alpha / p0, or with p1 colours × p0 / alpha, 0 where alpha is 0. */
export class Alpha implements ColorStep {
  apply(at: usize, p: usize): void {
    const alpha = v128.load(at, 3 * PLANE);
    const full = v128.load32_splat(p);
    const divides = load<f32>(p, 4) != 0;
    const factor = divides ? full : alpha;
    const divisor = divides ? alpha : full;
    const some = f32x4.ne(alpha, f32x4.splat(0));
    for (const end = at + 3 * PLANE; at != end; at += PLANE) {
      v128.store(at, v128.and(f32x4.div(f32x4.mul(v128.load(at), factor), divisor), some));
    }
  }
}

function put(at: usize, a: v128, b: v128, c: v128): void {
  v128.store(at, a);
  v128.store(at, b, PLANE);
  v128.store(at, c, 2 * PLANE);
}

/** Hue in degrees, then saturation and value, or with p0 saturation and lightness. */
export class ToHue implements ColorStep {
  apply(at: usize, p: usize): void {
    const r = v128.load(at);
    const g = v128.load(at, PLANE);
    const b = v128.load(at, 2 * PLANE);
    const zero = f32x4.splat(0);
    const one = f32x4.splat(1);
    const most = f32x4.pmax(f32x4.pmax(r, g), b);
    const span = f32x4.sub(most, f32x4.pmin(f32x4.pmin(r, g), b));
    const isRed = f32x4.eq(most, r);
    const isGreen = f32x4.eq(most, g);
    const other = v128.bitselect(f32x4.sub(b, r), f32x4.sub(r, g), isGreen);
    const turn = f32x4.div(v128.bitselect(f32x4.sub(g, b), other, isRed), span);
    const start = v128.andnot(v128.bitselect(f32x4.splat(2), f32x4.splat(4), isGreen), isRed);
    const sixths = f32x4.add(turn, start);
    const hue = f32x4.add(sixths, v128.and(f32x4.splat(6), f32x4.lt(sixths, zero)));
    const some = f32x4.gt(span, zero);
    let third = most;
    let room = most;
    if (load<f32>(p) != 0) {
      const sum = f32x4.sub(f32x4.add(most, most), span);
      third = f32x4.mul(sum, f32x4.splat(0.5));
      room = f32x4.sub(one, f32x4.abs(f32x4.sub(sum, one)));
    }
    put(at, v128.and(f32x4.mul(hue, f32x4.splat(60)), some), v128.and(f32x4.div(span, room), some), third);
  }
}

/** The way back: the largest channel − chroma × clamp(min(k, 4 − k), 0, 1), k = (n + hue / 60) mod 6 for n = 5, 3, 1. */
export class FromHue implements ColorStep {
  apply(at: usize, p: usize): void {
    const hue = v128.load(at);
    let chroma = v128.load(at, PLANE);
    let most = v128.load(at, 2 * PLANE);
    const one = f32x4.splat(1);
    if (load<f32>(p) != 0) {
      const half = f32x4.mul(chroma, f32x4.pmin(most, f32x4.sub(one, most)));
      chroma = f32x4.add(half, half);
      most = f32x4.add(most, half);
    } else chroma = f32x4.mul(chroma, most);
    for (let n: f32 = 300; n > 0; n -= 120, at += PLANE) {
      const turns = f32x4.mul(f32x4.add(hue, f32x4.splat(n)), f32x4.splat(1 / 360.0));
      const k = f32x4.mul(f32x4.sub(turns, f32x4.floor(turns)), f32x4.splat(6));
      const side = f32x4.pmin(f32x4.pmin(k, f32x4.sub(f32x4.splat(4), k)), one);
      v128.store(at, f32x4.sub(most, f32x4.mul(chroma, f32x4.pmax(f32x4.splat(0), side))));
    }
  }
}

/**
 * A curve of cubic pieces, for the shares in a row.
 *
 *   pieces   how many, then for each x, from which on it counts, and the coefficients of 1, t, t² and t³ of t = v − x;
 *            the first one counts before its x as well
 */
export function curve(plane: usize, count: usize, pieces: usize): void {
  const last = pieces + 4 + 20 * (load<usize>(pieces) - 1);
  for (; count > 0; count--, plane += 4) {
    const share = load<f32>(plane);
    let piece = pieces + 4;
    while (piece < last && share >= load<f32>(piece, 20)) piece += 20;
    const t = share - load<f32>(piece);
    const slope = load<f32>(piece, 8) + t * (load<f32>(piece, 12) + t * load<f32>(piece, 16));
    store<f32>(plane, load<f32>(piece, 4) + t * slope);
  }
}
