/**
 * IEEE 754 binary16 to and from numbers. `DataView.getFloat16` is younger than the engines this library serves.
 *
 * Source: IEEE 754-2019, section 3.4 (interchange formats) and 4.3.1 (round to nearest, ties to even).
 */

const words = new DataView(new ArrayBuffer(8));

/** The value of 16 bits. A NaN keeps its sign and its payload. */
export function halfToNumber(bits: number): number {
  const finite = (bits & 0x7c00) < 0x7c00;
  // The same fields at their places in a double, whose exponent counts from 1023 and not from 15.
  words.setUint32(0, ((bits & 0x8000) << 16) | ((bits & 0x7fff) << 10) | (finite ? 0 : 0x7ff00000));
  words.setUint32(4, 0);
  const value = words.getFloat64(0);
  return finite ? value * 2 ** 1008 : value;
}

/** The nearest half of a number, rounded once from all of its 52 bits; 65520 and above become infinity. */
export function numberToHalf(value: number): number {
  words.setFloat64(0, value);
  const high = words.getUint32(0);
  const sign = (high >>> 16) & 0x8000;
  if (value !== value) return 0x7e00 | sign | ((high >>> 10) & 0x1ff);
  const exponent = Math.max(-14, ((high >>> 20) & 0x7ff) - 1023);
  // Halves are multiples of 2^(exponent - 10): the division is exact, and at 2^52 doubles are the integers.
  const whole = Math.abs(value) / 2 ** (exponent - 10) + 2 ** 52 - 2 ** 52;
  // A carry out of the fraction moves into the exponent by itself.
  return sign | Math.min(0x7c00, ((exponent + 14) << 10) + whole);
}
