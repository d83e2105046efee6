import type { Format } from "../format/format.ts";
import type { Scalar } from "../format/scalars.ts";
import { product } from "../layout/shape.ts";
import { packedOf, readerOf } from "./items.ts";
import type { MemoryView } from "./memory-view.ts";

/** What becomes of values that do not fit: wrapped and truncated as in C, or clamped to the range. */
export type Mode = "c" | "saturate";

/** A number, a bigint, or a boolean as one; undefined for what is none of them. */
export const ordinal = (value: unknown): number | bigint | undefined =>
  typeof value === "boolean"
    ? Number(value)
    : typeof value === "number" || typeof value === "bigint"
      ? value
      : undefined;

/** Bits of a float's significand, the hidden one included. */
const significand = ({ align }: Scalar): number => (align === 2 ? 11 : align === 4 ? 24 : 53);

/** The lowest integer that items are read as: a pointer may be written as -1, but is unsigned. */
const lowest = ({ size, max }: Scalar): number => max + 1 - 2 ** (size * 8);

const isInteger = ({ kind }: Scalar): boolean => kind === "integer" || kind === "bigint";

/** Whether every value of one format is a value of the other; told by the formats, not by the values. */
export function isLossless({ scalar: a }: Format, { scalar: b }: Format): boolean {
  if (!a || !b) return false;
  if (a.kind === "character" || b.kind === "character") return a.kind === b.kind;
  if (a.kind === "boolean") return true;
  if (isInteger(a) && isInteger(b)) return lowest(b) <= lowest(a) && b.max >= a.max;
  if (b.kind !== "complex" && (b.kind !== "float" || a.kind === "complex")) return false;
  return isInteger(a) ? Math.max(-lowest(a), a.max) <= 2 ** significand(b) : significand(b) >= significand(a);
}

/** Whether a mode can turn values of one format into the other: numbers of all kinds, and booleans. */
export const isConvertible = (from: Format, to: Format): boolean =>
  [from.scalar, to.scalar].every((scalar) => scalar !== undefined && scalar.kind !== "character");

/**
 * The number nearest to a bigint among those with fewer significant bits, in one rounding: all bits but the first 53
 * are folded into the last ("round to odd"), so that the later rounding to float or half sees which side they were on.
 *
 * Source: Boldo and Melquiond, "When double rounding is odd", IMACS 2005.
 */
function oddNumber(value: bigint): number {
  const size = value < 0n ? -value : value;
  const extra = size.toString(2).length - 53;
  if (extra <= 0) return Number(value);
  const shift = BigInt(extra);
  const odd = Number((size >> shift) | (size & ((1n << shift) - 1n) ? 1n : 0n)) * 2 ** extra;
  return value < 0n ? -odd : odd;
}

function toInteger(value: number | bigint, { size, max }: Scalar, min: number, mode: Mode): number {
  if (mode === "saturate") {
    return value !== value ? 0 : Math.trunc(Number(value < min ? min : value > max ? max : value)) + 0;
  }
  // Shifting takes any number modulo 2^32, and what is not finite as 0.
  const shift = 32 - size * 8;
  const high = Number(typeof value === "bigint" ? BigInt.asIntN(32, value) : value) << shift;
  return min < 0 ? high >> shift : high >>> shift;
}

function toBigint(value: number | bigint, scalar: Scalar, mode: Mode): bigint {
  const [min, max] = [BigInt(scalar.min), BigInt(scalar.max) - 1n];
  if (mode === "saturate" && value < min) return min;
  if (mode === "saturate" && value > max) return max;
  const big = typeof value === "bigint" ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  return min < 0n ? BigInt.asIntN(64, big) : BigInt.asUintN(64, big);
}

function toFloat(value: number | bigint, scalar: Scalar): number {
  if (typeof value === "number") return value;
  return significand(scalar) === 53 ? Number(value) : oddNumber(value);
}

/** One value of any numeric format as an item of `scalar`. Complex to real keeps the real part. */
export function convertValue(value: unknown, scalar: Scalar, mode: Mode): unknown {
  const [real, imaginary] = Array.isArray(value) ? (value as [number, number]) : [value, 0];
  const number = ordinal(real)!;
  switch (scalar.kind) {
    case "boolean":
      return (number !== 0 && number !== 0n) || imaginary !== 0;
    case "integer":
      return toInteger(number, scalar, lowest(scalar), mode);
    case "bigint":
      return toBigint(number, scalar, mode);
    case "float":
      return toFloat(number, scalar);
    case "complex":
      return [toFloat(number, scalar), imaginary];
    case "character":
      return value;
  }
}

/**
 * All items of a view in C order as those of another format, which takes a conversion that exists. Typed arrays convert
 * numbers as C does: rounded once, truncated and wrapped modulo 2^n.
 */
export function converted(view: MemoryView, to: Format, mode: Mode, operation: string): ArrayBuffer {
  const { _format: from, _layout: layout } = view;
  const { array, scalar } = to as Format & { readonly scalar: Scalar };
  const count = product(layout.shape);
  const { items } = packedOf(view, operation);
  if (items && array && from.scalar!.kind !== "bigint" && scalar.kind !== "bigint") {
    const numbers = items as Float64Array;
    if (mode === "c" || scalar.kind === "float") return new array(numbers).buffer;
    // Held within the range of an integer; storing cuts off what is behind the point, and NaN becomes 0.
    const [min, max] = [lowest(scalar), scalar.max];
    const clamped = new array(count) as Float64Array<ArrayBuffer>;
    for (let k = 0; k < count; k++) {
      const value = numbers[k]!;
      clamped[k] = value < min ? min : value > max ? max : value;
    }
    return clamped.buffer;
  }
  const target = new DataView(new ArrayBuffer(count * to.itemsize));
  const read = readerOf(view, operation);
  for (let k = 0; k < count; k++) to.write(target, k * to.itemsize, convertValue(read(k), scalar, mode));
  return target.buffer;
}
