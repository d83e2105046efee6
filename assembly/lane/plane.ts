/*
 * Rows of items of any format, as f32 in a row of their own, and back.
 */

/** The formats of items, by the codes the host passes; SWAPPED is added where their bytes are in the other order. */
export const U8: i32 = 0;
export const U16: i32 = 1;
export const F32: i32 = 2;
export const SWAPPED: i32 = 4;

/** Reads `count` items, one every `step` bytes, into the f32 at `plane`. */
export function loadPlane(plane: usize, source: usize, step: isize, count: usize, format: i32): void {
  const swapped = format >= SWAPPED;
  format &= SWAPPED - 1;
  if (format == U8) loadRow<u8>(plane, source, <usize>step, count, false);
  else if (format == U16) loadRow<u16>(plane, source, <usize>step, count, swapped);
  else loadRow<u32>(plane, source, <usize>step, count, swapped);
}

/** Writes `count` of the f32 at `plane`; integers are rounded half up and clamped, NaN is 0. */
export function storePlane(target: usize, step: isize, plane: usize, count: usize, format: i32): void {
  const swapped = format >= SWAPPED;
  format &= SWAPPED - 1;
  if (format == U8) storeRow<u8>(target, <usize>step, plane, count, false);
  else if (format == U16) storeRow<u16>(target, <usize>step, plane, count, swapped);
  else storeRow<u32>(target, <usize>step, plane, count, swapped);
}

/** T is the integer of an item's size: that of f32 is u32. */
function loadRow<T extends number>(plane: usize, source: usize, step: usize, count: usize, swapped: bool): void {
  for (; count >= 4; count -= 4, plane += 16, source += 4 * step) {
    let items = sizeof<T>() == 4 && step == 4 ? v128.load(source) : gather<T>(source, step);
    if (sizeof<T>() > 1 && swapped) items = reverse<T>(items);
    v128.store(plane, sizeof<T>() == 4 ? items : f32x4.convert_i32x4_u(items));
  }
  for (; count > 0; count--, plane += 4, source += step) {
    let item = load<T>(source);
    if (swapped) item = bswap<T>(item);
    if (sizeof<T>() == 4) store<T>(plane, item);
    else store<f32>(plane, <f32>item);
  }
}

function storeRow<T>(target: usize, step: usize, plane: usize, count: usize, swapped: bool): void {
  for (; count >= 4; count -= 4, plane += 16, target += 4 * step) {
    const items = itemsOf<T>(v128.load(plane), swapped);
    if (sizeof<T>() == 4 && step == 4) v128.store(target, items);
    else scatter<T>(target, step, items);
  }
  for (; count > 0; count--, plane += 4, target += step) {
    store<T>(target, <T>i32x4.extract_lane(itemsOf<T>(v128.load32_zero(plane), swapped), 0));
  }
}

/** Four items, in the lowest bytes of each i32. */
function itemsOf<T>(values: v128, swapped: bool): v128 {
  if (sizeof<T>() < 4) {
    // The first operand of pmax is the result when the other is NaN.
    const range = f32x4.pmin(f32x4.pmax(f32x4.splat(0), values), f32x4.splat(sizeof<T>() == 1 ? 255 : 65535));
    values = f32x4.add(f32x4.floor(f32x4.add(range, f32x4.splat(0.5))), f32x4.splat(8388608)); // 2^23
  }
  return sizeof<T>() > 1 && swapped ? reverse<T>(values) : values;
}

function reverse<T>(items: v128): v128 {
  return sizeof<T>() == 4
    ? v128.shuffle<u8>(items, items, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
    : v128.shuffle<u8>(items, i32x4.splat(0), 1, 0, 16, 16, 5, 4, 16, 16, 9, 8, 16, 16, 13, 12, 16, 16);
}

function gather<T>(source: usize, step: usize): v128 {
  const zero = i32x4.splat(0);
  const s2 = source + 2 * step;
  if (sizeof<T>() == 1) {
    const two = v128.load8_lane(source + step, v128.load8_lane(source, zero, 0), 4);
    return v128.load8_lane(s2 + step, v128.load8_lane(s2, two, 8), 12);
  }
  if (sizeof<T>() == 2) {
    const two = v128.load16_lane(source + step, v128.load16_lane(source, zero, 0), 2);
    return v128.load16_lane(s2 + step, v128.load16_lane(s2, two, 4), 6);
  }
  const two = v128.load32_lane(source + step, v128.load32_zero(source), 1);
  return v128.load32_lane(s2 + step, v128.load32_lane(s2, two, 2), 3);
}

function scatter<T>(target: usize, step: usize, items: v128): void {
  const t2 = target + 2 * step;
  if (sizeof<T>() == 1) {
    v128.store8_lane(target, items, 0);
    v128.store8_lane(target + step, items, 4);
    v128.store8_lane(t2, items, 8);
    v128.store8_lane(t2 + step, items, 12);
  } else if (sizeof<T>() == 2) {
    v128.store16_lane(target, items, 0);
    v128.store16_lane(target + step, items, 2);
    v128.store16_lane(t2, items, 4);
    v128.store16_lane(t2 + step, items, 6);
  } else {
    v128.store32_lane(target, items, 0);
    v128.store32_lane(target + step, items, 1);
    v128.store32_lane(t2, items, 2);
    v128.store32_lane(t2 + step, items, 3);
  }
}
