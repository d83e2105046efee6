import type { Format } from "../format/format.ts";
import type { Scalar } from "../format/scalars.ts";
import { simplify } from "../layout/walk.ts";

/** What becomes of values that do not fit: wrapped and truncated as in C, or clamped to the range. */
export type Mode = "c" | "saturate";

/** Items with a meaning: where they are, and how they are read. */
export interface Readable {
  readonly data: DataView;
  readonly format: Format;
  readonly byteOffset: number;
  readonly strides: readonly number[];
}

/** Reads every item of `source`, and writes what `convert` makes of it into `target`. */
export function convertItems(
  target: Readable,
  source: Readable,
  shape: readonly number[],
  convert: (value: unknown) => unknown,
): void {
  const { shape: lengths, strides } = simplify(shape, [target.strides, source.strides]);
  const step = (axis: number, to: number, from: number): void => {
    if (axis === lengths.length) {
      target.format.write(target.data, to, convert(source.format.read(source.data, from)));
      return;
    }
    const [toStep, fromStep] = [strides[0]![axis]!, strides[1]![axis]!];
    for (let i = lengths[axis]!; i > 0; i--, to += toStep, from += fromStep) step(axis + 1, to, from);
  };
  step(0, target.byteOffset, source.byteOffset);
}

/** Bits of a float's significand, the hidden one included. */
const significand = ({ size, kind }: Scalar): number => {
  const part = kind === "complex" ? size / 2 : size;
  return part === 2 ? 11 : part === 4 ? 24 : 53;
};

/** Whether every value of one format is a value of the other; told by the formats, not by the values. */
export function isLossless(from: Format, to: Format): boolean {
  const [a, b] = [from.scalar, to.scalar];
  if (!a || !b) return false;
  const numeric = b.kind === "float" || b.kind === "complex";
  const lowest = from.code === "P" ? 0 : a.min; // a pointer may be written as -1, but is read unsigned
  switch (a.kind) {
    case "boolean":
      return b.kind !== "character";
    case "integer":
      if (b.kind === "integer") return b.min <= lowest && b.max >= a.max;
      if (b.kind === "bigint") return b.min <= lowest;
      return numeric && Math.max(-lowest, a.max) <= 2 ** significand(b);
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
      return toInteger(number, { ...scalar, min: Math.max(scalar.min, -(2 ** (scalar.size * 8 - 1))) }, mode);
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
