/** The border rules, by the numbers the host passes. */
export const NEAREST: i32 = 0;
export const REFLECT: i32 = 1;
export const MIRROR: i32 = 2;
export const CONSTANT: i32 = 3;

/**
 * The index inside `0 … length − 1` that stands for index `i` of a line that goes on beyond both of its ends, or −1 where
 * the constant does. The line may be shorter than the distance: reflections repeat.
 *
 *   nearest a a | a b c,  reflect b a | a b c,  mirror c b | a b c
 */
export function inside(i: isize, length: isize, border: i32): isize {
  if (i >= 0 && i < length) return i;
  if (border == CONSTANT) return -1;
  if (border == NEAREST) return i < 0 ? 0 : length - 1;
  if (border == MIRROR && length == 1) return 0;
  const period = border == REFLECT ? length + length : length + length - <isize>2;
  i %= period;
  if (i < 0) i += period;
  if (i < length) return i;
  return border == REFLECT ? period - i - <isize>1 : period - i;
}
