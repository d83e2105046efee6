import { inside } from "../../lane/border";
import { copyItems, F32, loadPlane, sizeOf, storeItems, storePlane, widen, Window } from "../../lane/window";

/*
 * A Gaussian whose cost does not depend on its width: a sum of two damped waves on either side of each item, each of them
 * a recursion over one complex number. Sixteen lines at a time, so that a vector holds an item of four lines:
 *
 *   strip   item 0 of lines 0 … 15, item 1 of lines 0 … 15, …, with the items beyond both ends
 *
 * Source: R. Deriche, "Recursively implementing the Gaussian and its derivatives", INRIA report 1893 (1993), order 4.
 */
const LINES: usize = 16;
/** Bytes of an item of all lines. */
const ITEM: usize = 64;

/** Filters the rows of a picture; rows of the window are planes. `strip` has room for 16 lines and 2 × 64 bytes an item. */
export function recursive_across(
  window: Window,
  strip: usize,
  re0: f64,
  im0: f64,
  cos0: f64,
  sin0: f64,
  re1: f64,
  im1: f64,
  cos1: f64,
  sin1: f64,
): void {
  const height = <usize>window.height;
  const side = <usize>window.sideX;
  const count = <usize>window.width + 2 * side;
  const pitch = window.plane;
  const items = strip + LINES * pitch;
  for (let plane: usize = 0; plane < window.planes; plane++) {
    for (let y: usize = 0; y < height; y += LINES) {
      const lines = min(LINES, height - y);
      for (let i: usize = 0; i < lines; i++) loadPlane(window, strip + i * pitch, plane, y + i);
      turn(items, ITEM, strip, pitch, count, LINES);
      filter(items, count, re0, im0, cos0, sin0, re1, im1, cos1, sin1);
      turn(strip, pitch, items + side * ITEM, ITEM, LINES, <usize>window.width);
      for (let i: usize = 0; i < lines; i++) storePlane(window, strip + i * pitch, plane, y + i);
    }
  }
}

/** Filters the columns of the target in place. `strip` has room for 2 × 64 bytes an item. */
export function recursive_down(
  window: Window,
  strip: usize,
  re0: f64,
  im0: f64,
  cos0: f64,
  sin0: f64,
  re1: f64,
  im1: f64,
  cos1: f64,
  sin1: f64,
): void {
  const height = window.height;
  const side = window.sideY;
  const items = window.items;
  const pixels = LINES / items;
  const size = sizeOf(window.targetFormat);
  const first = strip + <usize>side * ITEM;
  for (let plane: usize = 0; plane < window.planes; plane++) {
    for (let x: usize = 0; x < <usize>window.width; x += pixels) {
      const width = min(pixels, <usize>window.width - x);
      const column = window.target + plane * window.targetItem + x * <usize>window.targetPixel;
      for (let y: isize = -side; y < height + side; y++) {
        const m = inside(y, height, window.border);
        const row = first + <usize>y * ITEM;
        if (m < 0) {
          for (let i: usize = 0; i < LINES; i++) {
            store<f32>(row + 4 * i, load<f32>(window.values + 4 * (plane + (i % items))));
          }
          continue;
        }
        const source = column + <usize>m * window.targetRow;
        const raw = window.targetFormat == F32 ? row : window.raw;
        copyItems(raw, <isize>size, source, window.targetPixel, width, items, size);
        if (raw != row) widen(row, raw, width * items, size, 4);
      }
      filter(strip, <usize>(height + 2 * side), re0, im0, cos0, sin0, re1, im1, cos1, sin1);
      for (let y: isize = 0; y < height; y++) {
        storeItems(window, column + <usize>y * window.targetRow, first + <usize>y * ITEM, width);
      }
    }
  }
}

/** Filters a strip of `count` items of sixteen lines; as much room lies behind it. */
function filter(
  strip: usize,
  count: usize,
  re0: f64,
  im0: f64,
  cos0: f64,
  sin0: f64,
  re1: f64,
  im1: f64,
  cos1: f64,
  sin1: f64,
): void {
  const ar = f32x4.splat(<f32>re0);
  const ai = f32x4.splat(<f32>im0);
  const ac = f32x4.splat(<f32>cos0);
  const az = f32x4.splat(<f32>sin0);
  const br = f32x4.splat(<f32>re1);
  const bi = f32x4.splat(<f32>im1);
  const bc = f32x4.splat(<f32>cos1);
  const bs = f32x4.splat(<f32>sin1);
  const bytes = count * ITEM;
  for (let lane = strip; lane < strip + ITEM; lane += 16) {
    const end = lane + bytes;
    for (let backward = 0; backward < 2; backward++) {
      const start = v128.load(backward ? end - ITEM : lane);
      // As if the line went on with its last item for ever.
      let ur = f32x4.mul(start, f32x4.splat(steady(re0, im0, backward, false)));
      let ui = f32x4.mul(start, f32x4.splat(steady(re0, im0, backward, true)));
      let vr = f32x4.mul(start, f32x4.splat(steady(re1, im1, backward, false)));
      let vi = f32x4.mul(start, f32x4.splat(steady(re1, im1, backward, true)));
      if (!backward) {
        for (let at = lane; at < end; at += ITEM) {
          const item = v128.load(at);
          const u = f32x4.add(f32x4.sub(f32x4.mul(ur, ar), f32x4.mul(ui, ai)), item);
          ui = f32x4.add(f32x4.mul(ur, ai), f32x4.mul(ui, ar));
          ur = u;
          const v = f32x4.add(f32x4.sub(f32x4.mul(vr, br), f32x4.mul(vi, bi)), item);
          vi = f32x4.add(f32x4.mul(vr, bi), f32x4.mul(vi, br));
          vr = v;
          const one = f32x4.add(f32x4.mul(ur, ac), f32x4.mul(ui, az));
          v128.store(at + bytes, f32x4.add(one, f32x4.add(f32x4.mul(vr, bc), f32x4.mul(vi, bs))));
        }
        continue;
      }
      for (let at = end - ITEM; at >= lane; at -= ITEM) {
        const item = v128.load(at);
        const one = f32x4.add(f32x4.mul(ur, ac), f32x4.mul(ui, az));
        const two = f32x4.add(f32x4.mul(vr, bc), f32x4.mul(vi, bs));
        v128.store(at, f32x4.add(v128.load(at + bytes), f32x4.add(one, two)));
        ur = f32x4.add(ur, item);
        const u = f32x4.sub(f32x4.mul(ur, ar), f32x4.mul(ui, ai));
        ui = f32x4.add(f32x4.mul(ur, ai), f32x4.mul(ui, ar));
        ur = u;
        vr = f32x4.add(vr, item);
        const v = f32x4.sub(f32x4.mul(vr, br), f32x4.mul(vi, bi));
        vi = f32x4.add(f32x4.mul(vr, bi), f32x4.mul(vi, br));
        vr = v;
      }
    }
  }
}

/** 1 / (1 − p), of p = re + im i, which a wave comes to on a line of ones; backward p / (1 − p). */
function steady(re: f64, im: f64, backward: i32, imaginary: bool): f32 {
  const norm = (1 - re) * (1 - re) + im * im;
  if (imaginary) return <f32>(im / norm);
  return <f32>((1 - re) / norm - (backward ? 1 : 0));
}

/** Writes `rows` rows of `columns` items, the columns of the source, in blocks of four by four. */
function turn(target: usize, targetRow: usize, source: usize, sourceRow: usize, rows: usize, columns: usize): void {
  for (let y: usize = 0; y < rows; y += 4) {
    for (let x: usize = 0; x < columns; x += 4) {
      const s = source + x * sourceRow + y * 4;
      const t = target + y * targetRow + x * 4;
      const a = v128.load(s);
      const b = v128.load(s + sourceRow);
      const c = v128.load(s + 2 * sourceRow);
      const d = v128.load(s + 3 * sourceRow);
      const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
      v128.store(t, v128.shuffle<u64>(ab, cd, 0, 2));
      v128.store(t + targetRow, v128.shuffle<u64>(ab, cd, 1, 3));
      const ab2 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
      const cd2 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
      v128.store(t + 2 * targetRow, v128.shuffle<u64>(ab2, cd2, 0, 2));
      v128.store(t + 3 * targetRow, v128.shuffle<u64>(ab2, cd2, 1, 3));
    }
  }
}
