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

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/**
 * (v − 127.5) × contrast + 127.5 + brightness × 255, rounded, as (v × factor + offset) >> shift with a factor of 16 bits.
 *
 * The factor has as many fractional bits as fit, and the offset makes up for its rounding in the middle of the range:
 * the result is off by 1 at most. Nothing overflows, whatever the numbers.
 */
export function brightnessFixed(
  brightness: number,
  contrast: number,
): { factor: number; offset: number; shift: number } {
  if (Math.abs(contrast) > 255) {
    // One value at most is neither 0 nor 255. It gets what it should, and its neighbours 256 less and more.
    const crossing = 127.5 - (brightness / contrast) * 255;
    const value = clamp(Math.round(crossing), 0, 255);
    const result = clamp((value - crossing) * contrast + 127.5, -1, 256);
    const factor = 256 * Math.sign(contrast);
    return { factor, offset: Math.floor(result + 0.5) - factor * value, shift: 0 };
  }
  let shift = 15;
  while (Math.abs(contrast) * 2 ** shift > 32767) shift--;
  const unit = 2 ** shift;
  const factor = Math.round(contrast * unit);
  // Beyond this every value is 0, or 255.
  const beyond = 256 * (Math.abs(contrast) + 1);
  const middle = clamp(127.5 + brightness * 255, -beyond, beyond);
  return { factor, offset: Math.round((middle + 0.5) * unit - 127.5 * factor), shift };
}

/**
 * Four rows of five, the last number in shares of the range, as words of `pixels_u8`: for each row factors of red and
 * blue, and of green and alpha, in 16 bits each, and what is added, then the shift and whether alpha is kept.
 *
 * Undefined where the factors are so large that results would be off by more than 1: each is rounded by 2^-(shift + 1) at
 * most, four of them by 4 × 255 × 2^-(shift + 1), which is ½ for a shift of 10.
 */
export function matrixFixed(rows: readonly (readonly number[])[]): number[] | undefined {
  const largest = Math.max(...rows.flatMap((row) => row.slice(0, 4).map(Math.abs)));
  let shift = 14;
  while (largest * 2 ** shift > 32767) shift--;
  if (shift < 10) return undefined;
  const unit = 2 ** shift;
  const words = rows.flatMap((row) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = row.map((factor) => Math.round(factor * unit));
    const plus = clamp(row[4]!, -200, 200) * 255; // beyond, every result is 0 or 255
    return [(red & 0xffff) | (blue << 16), (green & 0xffff) | (alpha << 16), Math.round((plus + 0.5) * unit)];
  });
  const keepsAlpha = rows[3]!.every((x, i) => x === (i === 3 ? 1 : 0));
  return [...words, shift, keepsAlpha ? 1 : 0];
}
