import { highs, lows } from "../../lane/weigh";
import { WIDE, Window } from "../../lane/window";

/**
 * Length of the gradient, by rows of i16 or f32: of [−1 0 1] along and [edge middle edge] across, `p` and `q`.
 * `offset` 0: the sum of both sizes; 1: the root of the sum of squares, of i16 rounded.
 */
export function magnitude(window: Window): void {
  if (window.rows == WIDE) lengths<f32>(window);
  else lengths<i16>(window);
}

function lengths<T extends number>(window: Window): void {
  const step = window.items * sizeof<T>();
  const edge = v128.splat<T>(<T>window.p);
  const middle = v128.splat<T>(<T>window.q);
  const out = window.out;
  for (let at: usize = 0; at < window.span; at += 16) {
    const a = load<usize>(window.table) + at;
    const b = load<usize>(window.table, 4) + at;
    const c = load<usize>(window.table, 8) + at;
    const a0 = v128.load(a);
    const a2 = v128.load(a + 2 * step);
    const c0 = v128.load(c);
    const c2 = v128.load(c + 2 * step);
    const down = v128.sub<T>(c2, a0);
    const up = v128.sub<T>(a2, c0);
    const x1 = v128.sub<T>(v128.load(b + 2 * step), v128.load(b));
    const y1 = v128.sub<T>(v128.load(c + step), v128.load(a + step));
    const x = v128.add<T>(v128.mul<T>(v128.add<T>(down, up), edge), v128.mul<T>(x1, middle));
    const y = v128.add<T>(v128.mul<T>(v128.sub<T>(down, up), edge), v128.mul<T>(y1, middle));
    v128.store(out + at, window.offset == 0 ? v128.add<T>(v128.abs<T>(x), v128.abs<T>(y)) : length<T>(x, y));
  }
}

function length<T>(x: v128, y: v128): v128 {
  if (isFloat<T>()) return f32x4.sqrt(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)));
  return i16x8.narrow_i32x4_s(root(lows(x, y)), root(highs(x, y)));
}

/** The root of x² + y² of four pairs, rounded; there are no ties, because no square is n + 1/4. */
function root(pairs: v128): v128 {
  const integer = f32x4.splat(8388608); // 2^23
  const squares = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(pairs, pairs));
  return v128.xor(f32x4.add(f32x4.sqrt(squares), integer), integer);
}
