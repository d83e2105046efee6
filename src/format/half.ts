/**
 * IEEE 754 binary16 to and from numbers. `DataView.getFloat16` is younger than the engines this library serves.
 *
 * Source: IEEE 754-2019, section 3.4 (interchange formats) and 4.3.1 (round to nearest, ties to even).
 */

const words = new DataView(new ArrayBuffer(8));

/** The value of 16 bits. A NaN keeps its sign and its payload. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) {
    words.setUint32(0, ((bits & 0x8000) << 16) | 0x7ff00000 | (fraction << 10));
    words.setUint32(4, 0);
    return words.getFloat64(0);
  }
  return exponent ? sign * (1 + fraction / 1024) * 2 ** (exponent - 15) : sign * fraction * 2 ** -24;
}

/** The nearest half of a number, rounded once from all of its 52 bits; 65520 and above become infinity. */
export function numberToHalf(value: number): number {
  words.setFloat64(0, value);
  const sign = (words.getUint32(0) >>> 16) & 0x8000;
  if (value !== value) return 0x7e00 | sign | ((words.getUint32(0) >>> 10) & 0x1ff);
  const size = Math.abs(value);
  if (size >= 65520) return 0x7c00 | sign;
  // Halves are multiples of `unit`, which is exact; so is the division, and the remainder decides the rounding.
  const exponent = Math.max(-14, ((words.getUint32(0) >>> 20) & 0x7ff) - 1023);
  const steps = size / 2 ** (exponent - 10);
  let whole = Math.floor(steps);
  const rest = steps - whole;
  if (rest > 0.5 || (rest === 0.5 && whole % 2 === 1)) whole++;
  // A carry out of the fraction moves into the exponent by itself.
  return sign | (((exponent + 14) << 10) + whole);
}
