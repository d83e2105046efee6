import type { Format } from "../format/format.ts";
import type { NativeArrayConstructor, Scalar } from "../format/scalars.ts";
import { product } from "../layout/shape.ts";
import { packedOf, readerOf } from "./items.ts";
import type { MemoryView } from "./memory-view.ts";

/** What becomes of values that do not fit: wrapped and truncated as in C, or clamped to the range. */
export type Mode = "c" | "saturate";

/** Bits of a float's significand, the hidden one included. */
const significand = ({ size, kind }: Scalar): number => {
  const part = kind === "complex" ? size / 2 : size;
  return part === 2 ? 11 : part === 4 ? 24 : 53;
};

/** The lowest integer that items are read as: a pointer may be written as -1, but is unsigned. */
const lowest = ({ size, max }: Scalar): number => max + 1 - 2 ** (size * 8);

/** Whether every value of one format is a value of the other; told by the formats, not by the values. */
export function isLossless(from: Format, to: Format): boolean {
  const [a, b] = [from.scalar, to.scalar];
  if (!a || !b) return false;
  const numeric = b.kind === "float" || b.kind === "complex";
  switch (a.kind) {
    case "boolean":
      return b.kind !== "character";
    case "integer":
      if (b.kind === "integer") return lowest(b) <= lowest(a) && b.max >= a.max;
      if (b.kind === "bigint") return b.min <= lowest(a);
      return numeric && Math.max(-lowest(a), a.max) <= 2 ** significand(b);
    case "bigint":
      return b.kind === "bigint" && b.min === a.min;
    case "float":
      return numeric && significand(b) >= significand(a);
    case "complex":
      return b.kind === "complex" && b.size >= a.size;
    case "character":
      return b.kind === "character";
  }
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

function toInteger(value: number | bigint, { size, min, max }: Scalar, mode: Mode): number {
  if (typeof value === "number") {
    if (mode === "saturate") return value !== value ? 0 : Math.trunc(Math.min(Math.max(value, min), max)) + 0;
    if (Number.isSafeInteger(Math.trunc(value))) {
      const span = 2 ** (size * 8);
      const wrapped = ((Math.trunc(value) % span) + span) % span;
      return wrapped > max ? wrapped - span : wrapped;
    }
  } else if (mode === "saturate") {
    return value < min ? min : value > max ? max : Number(value);
  }
  const big = typeof value === "bigint" ? value : Number.isFinite(value) ? BigInt(value) : 0n;
  return Number(min < 0 ? BigInt.asIntN(size * 8, big) : BigInt.asUintN(size * 8, big));
}

function toBigint(value: number | bigint, signed: boolean, mode: Mode): bigint {
  const [min, max] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  if (typeof value === "number" && !Number.isFinite(value)) {
    if (mode === "c" || value !== value) return 0n;
    return value < 0 ? min : max;
  }
  const big = typeof value === "bigint" ? value : BigInt(Math.trunc(value));
  if (mode === "saturate") return big < min ? min : big > max ? max : big;
  return signed ? BigInt.asIntN(64, big) : BigInt.asUintN(64, big);
}

function toFloat(value: number | bigint, scalar: Scalar): number {
  if (typeof value === "number") return value;
  return significand(scalar) === 53 ? Number(value) : oddNumber(value);
}

/** One value of any numeric format as an item of `scalar`. Complex to real keeps the real part. */
export function convertValue(value: unknown, scalar: Scalar, mode: Mode): unknown {
  const [real, imaginary] = Array.isArray(value) ? (value as [number, number]) : [value, 0];
  const number = typeof real === "boolean" ? Number(real) : (real as number | bigint);
  switch (scalar.kind) {
    case "boolean":
      return (number !== 0 && number !== 0n) || imaginary !== 0;
    case "integer":
      return toInteger(number, { ...scalar, min: lowest(scalar) }, mode);
    case "bigint":
      return toBigint(number, scalar.min < 0, mode);
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
  const numbers = from.scalar!.kind !== "bigint" && scalar.kind !== "bigint";
  const { items } = packedOf(view, operation);
  if (items && array && numbers && (mode === "c" || scalar.kind === "float")) {
    return new array(items as ArrayLike<number>).buffer;
  }
  if (items && array && numbers) return clamped(items as Float64Array, array, scalar).buffer;
  const target = new DataView(new ArrayBuffer(count * to.itemsize));
  const read = readerOf(view, operation);
  for (let k = 0; k < count; k++) to.write(target, k * to.itemsize, convertValue(read(k), scalar, mode));
  return target.buffer;
}

/** Numbers held within the range of an integer; storing cuts off what is behind the point, and NaN becomes 0. */
function clamped(items: Float64Array, array: NativeArrayConstructor, scalar: Scalar): Float64Array<ArrayBuffer> {
  const [min, max] = [lowest(scalar), scalar.max];
  const target = new array(items.length) as Float64Array<ArrayBuffer>;
  for (let k = 0; k < target.length; k++) {
    const value = items[k]!;
    target[k] = value < min ? min : value > max ? max : value;
  }
  return target;
}
