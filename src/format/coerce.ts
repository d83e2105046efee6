import { show } from "../errors.ts";
import { misfit } from "./format.ts";
import type { Kind, Scalar } from "./scalars.ts";

/** Whether a float is kept by a format: infinities and NaN are, finite numbers that would become infinite are not. */
const isFloat = (value: unknown, { max }: Scalar): boolean =>
  typeof value === "number" && (Math.abs(value) <= max || !Number.isFinite(value));

const magnitude = ({ max }: Scalar): string => (max === Infinity ? "" : ` of magnitude up to ${max.toPrecision(6)}`);

/** Which values a kind takes, and what an error says of them. */
const KINDS: Record<Kind, readonly [fits: (value: any, scalar: Scalar) => boolean, what: (scalar: Scalar) => string]> =
  {
    integer: [
      (value, { min, max }) => Number.isInteger(value) && value >= min && value <= max,
      ({ min, max }) => `an integer from ${min} to ${max}`,
    ],
    // `max` is 2^63 or 2^64 here, as no number is one less.
    bigint: [
      (value, { min, max }) => typeof value === "bigint" && value >= min && value < max,
      ({ min, max }) => `a bigint from ${BigInt(min)}n to ${BigInt(max) - 1n}n`,
    ],
    float: [isFloat, (scalar) => `a number${magnitude(scalar)}`],
    boolean: [(value) => typeof value === "boolean", () => "true or false"],
    character: [
      (value) => typeof value === "string" && value.length === 1 && value <= "\xff",
      () => "a string of one Latin-1 character",
    ],
    complex: [
      (pair: unknown[], scalar) => pair.every((part) => isFloat(part, scalar)),
      (scalar) => `a number or a pair [re, im]${magnitude(scalar)}`,
    ],
  };

/**
 * A value as an item of `scalar` stores it. Nothing is wrapped, rounded to an integer, or converted from another type.
 *
 * @throws ValueError with the value and the range of the format.
 */
export function coerce(value: unknown, text: string, scalar: Scalar, operation: string): unknown {
  const { kind } = scalar;
  const [fits, what] = KINDS[kind];
  let item = value;
  // Looked at once: an array can answer differently the second time.
  if (kind === "complex") item = Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : [value, 0];
  if (fits(item, scalar)) return item;
  let hint;
  if (kind === "bigint" && typeof value === "number") hint = "write it as a bigint, for example 5n";
  if (kind !== "bigint" && typeof value === "bigint") hint = "convert it with Number()";
  throw misfit(show(value), text, what(scalar), operation, hint);
}
