/**
 * Luma weights in 1/32768: red, green, blue.
 *
 *   BT.601   0.299  0.587  0.114    9798 + 19235 + 3735 = 32768
 *   BT.709   0.2126 0.7152 0.0722   6966 + 23436 + 2366 = 32768
 *
 * Source: ITU-R BT.601-7, section 2.5.1; ITU-R BT.709-6, item 3.2.
 */
export const GRAY_WEIGHTS: Record<"bt601" | "bt709", readonly [red: number, green: number, blue: number]> = {
  bt601: [9798, 19235, 3735],
  bt709: [6966, 23436, 2366],
};

/** A mean as a multiplication: floor(n / area) is (n × magic) >> shift, for area below 2^22 and n up to 255.5 × area. */
export function boxDivisor(area: number): { magic: number; shift: number } {
  const shift = 31 + Math.floor(Math.log2(area));
  return { magic: Math.ceil(2 ** shift / area), shift };
}

/**
 * (v − 127.5) × contrast + 127.5 + brightness × 255, rounded, as (v × factor + offset) >> shift with a factor of 16 bits.
 * The factor has as many fractional bits as fit, so that the result is off by 1 at most. Numbers that make every pixel
 * 0 or 255 are cut to the smallest that still do, so that nothing overflows.
 */
export function brightnessFixed(
  brightness: number,
  contrast: number,
): { factor: number; offset: number; shift: number } {
  const limit = 32767;
  // Steeper than this the picture has two values; where they meet must not move.
  const cut = Math.min(1, limit / Math.abs(contrast));
  const slope = contrast * cut;
  let shift = 15;
  while (shift > 0 && Math.abs(slope) * 2 ** shift > limit) shift--;
  // Beyond this offset every value is clamped, whatever the slope adds to it.
  const beyond = 256 * (Math.abs(slope) + 1);
  const add = Math.min(Math.max(127.5 - 127.5 * slope + brightness * 255 * cut, -beyond), beyond);
  const unit = 2 ** shift;
  return { factor: Math.round(slope * unit), offset: Math.round((add + 0.5) * unit), shift };
}
