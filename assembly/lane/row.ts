import { copyPart } from "./part";

/*
 * Rows of items: `count` of them, one every `step` bytes, which may be negative. Target and source have no byte in common.
 */

/** Up to so many bytes a loop is faster than a call of the engine's copy. */
const SHORT: usize = 128;

/** Copies a row of items of type T; what lies between the source's items may be read, but nothing beyond its last. */
export function copyRow<T>(target: usize, targetStep: isize, source: usize, sourceStep: isize, count: usize): void {
  const size = <isize>sizeof<T>();
  if (targetStep == size) {
    if (sourceStep == size) {
      copyRun(target, source, count * sizeof<T>());
      return;
    }
    if (sourceStep == 0) {
      if (count > 0) fillRow<T>(target, targetStep, count, load<T>(source));
      return;
    }
    const done = gather<T>(target, source, sourceStep, count);
    count -= done;
    target += done * sizeof<T>();
    source += done * <usize>sourceStep;
  }
  const t = <usize>targetStep;
  const s = <usize>sourceStep;
  // Four items a round: the loop itself costs as much as an item.
  for (; count >= 4; count -= 4, target += 4 * t, source += 4 * s) {
    store<T>(target, load<T>(source));
    store<T>(target + t, load<T>(source + s));
    store<T>(target + 2 * t, load<T>(source + 2 * s));
    store<T>(target + 3 * t, load<T>(source + 3 * s));
  }
  for (; count > 0; count--, target += t, source += s) store<T>(target, load<T>(source));
}

/** Copies bytes. */
function copyRun(target: usize, source: usize, bytes: usize): void {
  if (bytes > SHORT) {
    memory.copy(target, source, bytes);
    return;
  }
  for (; bytes >= 16; bytes -= 16, target += 16, source += 16) v128.store(target, v128.load(source));
  copyPart(target, source, bytes);
}

/** Writes one item of type T into a row. */
export function fillRow<T>(target: usize, step: isize, count: usize, value: T): void {
  if (step == <isize>sizeof<T>()) {
    if (sizeof<T>() == 1) {
      memory.fill(target, <u8>value, count);
      return;
    }
    const values = v128.splat<T>(value);
    for (; count >= 16 / sizeof<T>(); count -= 16 / sizeof<T>(), target += 16) v128.store(target, values);
  }
  const t = <usize>step;
  for (; count >= 4; count -= 4, target += 4 * t) {
    store<T>(target, value);
    store<T>(target + t, value);
    store<T>(target + 2 * t, value);
    store<T>(target + 3 * t, value);
  }
  for (; count > 0; count--, target += t) store<T>(target, value);
}

/**
 * Packs items that are two, and bytes that are two, three or four sizes apart, by vectors. Returns the items done: the
 * last ones are left, because a vector of them would reach beyond the last item.
 */
function gather<T>(target: usize, source: usize, step: isize, count: usize): usize {
  const lanes: usize = 16 / sizeof<T>();
  let left = count;
  if (step == <isize>(2 * sizeof<T>()) && sizeof<T>() < 8) {
    for (; left > lanes; left -= lanes, target += 16, source += 32) v128.store(target, evenItems<T>(source));
  } else if (sizeof<T>() == 1 && step == 3) {
    for (; left > 16; left -= 16, target += 16, source += 48) v128.store(target, thirdBytes(source));
  } else if (sizeof<T>() == 1 && step == 4) {
    for (; left > 16; left -= 16, target += 16, source += 64) v128.store(target, fourthBytes(source));
  }
  return count - left;
}

/** Every second item of 32 bytes. */
function evenItems<T>(source: usize): v128 {
  const a = v128.load(source);
  const b = v128.load(source, 16);
  if (sizeof<T>() == 4) return v128.shuffle<u32>(a, b, 0, 2, 4, 6);
  if (sizeof<T>() == 2) return v128.shuffle<u16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
  return v128.shuffle<u8>(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

/** Every third byte of 48. */
function thirdBytes(source: usize): v128 {
  const a = v128.load(source);
  const b = v128.load(source, 16);
  const c = v128.load(source, 32);
  const ab = v128.shuffle<u8>(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
  return v128.shuffle<u8>(ab, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
}

/** Every fourth byte of 64. */
export function fourthBytes(source: usize): v128 {
  const low = i32x4.splat(0xff);
  const a = v128.and(v128.load(source), low);
  const b = v128.and(v128.load(source, 16), low);
  const c = v128.and(v128.load(source, 32), low);
  const d = v128.and(v128.load(source, 48), low);
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d));
}
