import { copyItems, loadPlane, WIDE, Window } from "../../lane/window";

/** The source where it is no more than `r` away from its blur, which is summed up in `out`; else source + q × (source − blur). */
export function sharpen(window: Window): void {
  const amount = f32x4.splat(window.q);
  const threshold = f32x4.splat(window.r);
  for (let plane: usize = 0; plane < window.planes; plane++) {
    loadPlane(window, window.line + plane * window.plane, plane, window.y);
  }
  const source = window.line + <usize>window.sideX * window.items * 4;
  for (let at: usize = 0; at < window.span; at += 16) {
    const items = v128.load(source + at);
    const detail = f32x4.sub(items, v128.load(window.out + at));
    const change = v128.and(f32x4.mul(detail, amount), f32x4.gt(f32x4.abs(detail), threshold));
    v128.store(window.out + at, f32x4.add(items, change));
  }
}

/**
 * The source minus the picture beside, which is packed and of the same format, or with `offset` the other way round;
 * integers end at 0.
 */
export function subtract(window: Window): void {
  const size = window.lane;
  const pixel = window.planes * size;
  const count = <usize>window.width * window.items * size;
  for (let plane: usize = 0; plane < window.planes; plane++) {
    const other = window.other + window.y * window.otherRow + plane * size;
    copyItems(window.raw, <isize>size, other, <isize>pixel, <usize>window.width, window.items, size);
    const source = load<usize>(window.table) + plane * window.plane;
    const out = window.out + plane * window.plane;
    const back = window.offset != 0;
    for (let at: usize = 0; at < count; at += 16) {
      const items = v128.load(source + at);
      const others = v128.load(window.raw + at);
      const a = back ? others : items;
      const b = back ? items : others;
      let difference = i16x8.sub_sat_u(a, b);
      if (window.rows == WIDE) difference = f32x4.sub(a, b);
      else if (size == 1) difference = i8x16.sub_sat_u(a, b);
      v128.store(out + at, difference);
    }
  }
}
