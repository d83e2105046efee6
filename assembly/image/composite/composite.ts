import { loadPlane, storePlane, U8 } from "../../lane/plane";
import { loadPart, storePart } from "../../lane/part";
import { blendPlanes } from "./blend";
import { channel, compositeBytes, part, whole } from "./bytes";

/** Pixels that are worked on at a time, and the bytes of a plane of them in f32. */
const STRIP: usize = 128;
const PLANE: usize = 512;

/**
 * A source on a backdrop: co = cs × Fa + cb × Fb for colours and alpha, where Fa depends on the backdrop's alpha and Fb on
 * the source's; a mode mixes the colours of both before, where both are.
 *
 *   target, source, backdrop   addresses of item [0, 0, 0]; strides in bytes, any sign; the target may be one of the others
 *   mask        address of item [0, 0], whose shares the source's alpha is multiplied by; maskFormat −1: none
 *   …Channels   1 gray, 3 RGB, 4 RGBA; gray with gray. A picture without alpha is opaque, a target without on black
 *   format      of the three: lane/plane.ts; max: the end of its range
 *   factors     four signed bytes: Fa = first + second × alpha, Fb = third + fourth × alpha
 *   mode        of blend.ts, −1 for none
 *   premultiplied   whether colours are, in all three
 *   scratch     4608 bytes
 *
 * Packed RGBA of bytes without mask, opacity and mode is worked on as it is: bytes.ts. All else goes through planes of f32.
 */
export function composite_items(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  targetItem: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  sourceItem: isize,
  backdrop: usize,
  backdropRow: isize,
  backdropPixel: isize,
  backdropItem: isize,
  mask: usize,
  maskRow: isize,
  maskPixel: isize,
  height: usize,
  width: usize,
  targetChannels: usize,
  sourceChannels: usize,
  backdropChannels: usize,
  format: i32,
  maskFormat: i32,
  max: f32,
  maskMax: f32,
  factors: i32,
  mode: i32,
  premultiplied: bool,
  opacity: f32,
  scratch: usize,
): void {
  const backdrops = scratch + 4 * PLANE;
  const masks = scratch + 8 * PLANE;
  const bytes = format == U8 && (targetChannels & sourceChannels & backdropChannels) == 4;
  const packed =
    bytes && (targetPixel & sourcePixel & backdropPixel) == 4 && (targetPixel | sourcePixel | backdropPixel) == 4 &&
    targetItem == 1 && sourceItem == 1 && backdropItem == 1; // prettier-ignore
  const plain = packed && maskFormat < 0 && opacity == 1 && mode < 0;
  const colors: usize = sourceChannels == 1 ? 1 : 3;
  for (; height > 0; height--) {
    let t = target;
    let s = source;
    let b = backdrop;
    let m = mask;
    for (let left = width; left > 0;) {
      const count = plain && premultiplied ? left : min(left, STRIP);
      if (plain) {
        compositeBytes(t, s, b, count, factors, premultiplied);
      } else {
        load(scratch, s, sourcePixel, sourceItem, sourceChannels, count, format, max, packed);
        load(backdrops, b, backdropPixel, backdropItem, backdropChannels, count, format, max, packed);
        if (maskFormat >= 0) loadPlane(masks, m, maskPixel, count, maskFormat);
        else splat(masks, maskMax, count);
        weaken(scratch, masks, opacity / maskMax, premultiplied ? colors : 0, count);
        if (mode >= 0) blendPlanes(scratch, backdrops, colors, mode, premultiplied, count);
        const straight = mode >= 0 || !premultiplied;
        combine(scratch, backdrops, colors, factors, straight, targetChannels == 4 && !premultiplied, max, count);
        if (packed) storePixels(t, scratch, count);
        else {
          for (let c: usize = 0; c < targetChannels; c++) {
            storePlane(t + c * <usize>targetItem, targetPixel, scratch + c * PLANE, count, format);
          }
        }
      }
      t += count * <usize>targetPixel;
      s += count * <usize>sourcePixel;
      b += count * <usize>backdropPixel;
      m += count * <usize>maskPixel;
      left -= count;
    }
    target += <usize>targetRow;
    source += <usize>sourceRow;
    backdrop += <usize>backdropRow;
    mask += <usize>maskRow;
  }
}

function splat(plane: usize, value: f32, count: usize): void {
  for (let x: usize = 0; x < count; x += 4) v128.store(plane + 4 * x, f32x4.splat(value));
}

/** Pixels as shares of the range, alpha always in the fourth plane. */
function load(
  planes: usize,
  source: usize,
  pixel: isize,
  item: isize,
  channels: usize,
  count: usize,
  format: i32,
  max: f32,
  packed: bool,
): void {
  const share = f32x4.splat(1 / max);
  if (packed) {
    for (let left = count; left > 0; planes += 16, source += 16) {
      const values = left >= 4 ? v128.load(source) : loadPart(source, 4 * left);
      for (let c: usize = 0; c < 4; c++) {
        v128.store(planes + c * PLANE, f32x4.mul(channel(values, (<i32>c) << 3), share));
      }
      left -= min<usize>(left, 4);
    }
    return;
  }
  for (let c: usize = 0; c < channels; c++) {
    const plane = planes + c * PLANE;
    loadPlane(plane, source + c * <usize>item, pixel, count, format);
    for (let x: usize = 0; x < count; x += 4) v128.store(plane + 4 * x, f32x4.mul(v128.load(plane + 4 * x), share));
  }
  if (channels < 4) splat(planes + 3 * PLANE, 1, count);
}

/** Alpha, and colours that are premultiplied, × mask × opacity. */
function weaken(planes: usize, masks: usize, opacity: f32, colors: usize, count: usize): void {
  for (let x: usize = 0; x < 4 * count; x += 16) {
    const factor = f32x4.mul(v128.load(masks + x), f32x4.splat(opacity));
    for (let c: usize = 0; c < colors; c++) {
      v128.store(planes + c * PLANE + x, f32x4.mul(v128.load(planes + c * PLANE + x), factor));
    }
    v128.store(planes + x, f32x4.mul(v128.load(planes + x, 3 * PLANE), factor), 3 * PLANE);
  }
}

/** Into the source's planes, in units of items. `straight`: colours are to be multiplied by alpha; `divide`: and divided. */
function combine(
  planes: usize,
  backdrops: usize,
  colors: usize,
  factors: i32,
  straight: bool,
  divide: bool,
  max: f32,
  count: usize,
): void {
  const one = f32x4.splat(1);
  const unit = f32x4.splat(max);
  // "plus" alone can exceed the range.
  const limit = f32x4.splat(factors == 0x00010001 ? 1 : Infinity);
  for (let x: usize = 0; x < 4 * count; x += 16) {
    const s = v128.load(planes + x, 3 * PLANE);
    const b = v128.load(backdrops + x, 3 * PLANE);
    let ws = f32x4.add(part(factors, 0, 1), f32x4.mul(part(factors, 8, 1), b));
    let wb = f32x4.add(part(factors, 16, 1), f32x4.mul(part(factors, 24, 1), s));
    const as = f32x4.mul(s, ws);
    const ab = f32x4.mul(b, wb);
    const alpha = f32x4.pmin(one, f32x4.add(as, ab));
    if (straight) {
      ws = as;
      wb = ab;
    }
    const some = f32x4.ne(alpha, f32x4.splat(0));
    for (let c: usize = 0; c < colors; c++) {
      const at = c * PLANE + x;
      let color = f32x4.add(f32x4.mul(v128.load(planes + at), ws), f32x4.mul(v128.load(backdrops + at), wb));
      color = f32x4.pmin(limit, color);
      if (divide) color = v128.and(f32x4.div(color, alpha), some);
      v128.store(planes + at, f32x4.mul(color, unit));
    }
    v128.store(planes + x, f32x4.mul(alpha, unit), 3 * PLANE);
  }
}

/** Four planes as packed bytes, rounded half up and clamped. */
function storePixels(target: usize, planes: usize, count: usize): void {
  for (; count > 0; planes += 16, target += 16) {
    let pixels = i32x4.splat(0);
    for (let c: usize = 0; c < 4; c++) {
      const value = f32x4.pmax(f32x4.splat(0), v128.load(planes + c * PLANE));
      pixels = v128.or(pixels, i32x4.shl(whole(value), (<i32>c) << 3));
    }
    if (count >= 4) v128.store(target, pixels);
    else storePart(target, i64x2.extract_lane(pixels, 0), i64x2.extract_lane(pixels, 1), 4 * count);
    count -= min<usize>(count, 4);
  }
}
