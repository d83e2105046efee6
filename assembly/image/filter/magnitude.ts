import { highs, lows } from "../../lane/weigh";
import { WIDE, Window } from "../../lane/window";

/**
 * Length of the gradient, from rows of f32 or of bytes: of [−1 0 1] along and [edge middle edge] across, `p` and `q`.
 * `offset` 0: the sum of both sizes; 1: the root of the sum of squares, of bytes rounded. Bytes end at 255.
 */
export function magnitude(window: Window): void {
  // A branch inside the loop would cost as much again as all else there.
  if (window.rows == WIDE) lengths<f32, Either>(window);
  else if (window.offset == 0) lengths<i16, Sum>(window);
  else lengths<i16, Root>(window);
}

interface Norm {
  of(x: v128, y: v128, sum: v128): v128;
}

/** Of f32: the sum of both sizes where `sum` has ones, else the root. */
class Either implements Norm {
  of(x: v128, y: v128, sum: v128): v128 {
    const root = f32x4.sqrt(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)));
    return v128.bitselect(f32x4.add(f32x4.abs(x), f32x4.abs(y)), root, sum);
  }
}

class Sum implements Norm {
  of(x: v128, y: v128, _sum: v128): v128 {
    return i16x8.add(i16x8.abs(x), i16x8.abs(y));
  }
}

class Root implements Norm {
  of(x: v128, y: v128, _sum: v128): v128 {
    return i16x8.narrow_i32x4_s(root(lows(x, y)), root(highs(x, y)));
  }
}

/** The root of x² + y² of four pairs, rounded; there are no ties, because no square is n + 1/4. */
function root(pairs: v128): v128 {
  const integer = f32x4.splat(8388608); // 2^23
  const squares = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(pairs, pairs));
  return v128.xor(f32x4.add(f32x4.sqrt(squares), integer), integer);
}

function lengths<T extends number, N extends Norm>(window: Window): void {
  const sum = i32x4.splat(window.offset == 0 ? -1 : 0);
  const right = 2 * window.items * window.lane;
  const edge = v128.splat<T>(<T>window.p);
  const middle = v128.splat<T>(<T>window.q);
  let a = load<usize>(window.table);
  let b = load<usize>(window.table, 4);
  let c = load<usize>(window.table, 8);
  let out = window.out;
  for (const end = out + window.span; out < end; out += 16, a += 16, b += 16, c += 16) {
    const one = lengthsOf<T, N>(a, b, c, right, edge, middle, sum);
    if (isFloat<T>()) v128.store(out, one);
    else v128.store(out, i8x16.narrow_i16x8_u(one, lengthsOf<T, N>(a + 8, b + 8, c + 8, right, edge, middle, sum)));
  }
}

function lengthsOf<T extends number, N extends Norm>(
  a: usize,
  b: usize,
  c: usize,
  right: usize,
  edge: v128,
  middle: v128,
  sum: v128,
): v128 {
  const down = v128.sub<T>(items<T>(c + right), items<T>(a));
  const up = v128.sub<T>(items<T>(a + right), items<T>(c));
  const x1 = v128.sub<T>(items<T>(b + right), items<T>(b));
  const y1 = v128.sub<T>(items<T>(c + (right >> 1)), items<T>(a + (right >> 1)));
  const x = v128.add<T>(v128.mul<T>(v128.add<T>(down, up), edge), v128.mul<T>(x1, middle));
  const y = v128.add<T>(v128.mul<T>(v128.sub<T>(down, up), edge), v128.mul<T>(y1, middle));
  return changetype<N>(0).of(x, y, sum);
}

function items<T>(at: usize): v128 {
  return isFloat<T>() ? v128.load(at) : v128.load8x8_u(at);
}
