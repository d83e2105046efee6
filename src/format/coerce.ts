import { show, ValueError } from "../errors.ts";
import type { Scalar } from "./scalars.ts";

/** `'B' (0 to 255)`: what an error says of the format that a value does not fit. */
function range(text: string, scalar: Scalar): string {
  const { kind, min, max } = scalar;
  switch (kind) {
    case "integer":
      return `'${text}' (an integer from ${min} to ${max})`;
    case "bigint":
      return `'${text}' (a bigint from ${BigInt(min)}n to ${BigInt(max) - 1n}n)`;
    case "float":
      return max === Infinity
        ? `'${text}' (a number)`
        : `'${text}' (a number of magnitude up to ${max.toPrecision(6)})`;
    case "boolean":
      return `'${text}' (true or false)`;
    case "character":
      return `'${text}' (a string of one Latin-1 character)`;
    case "complex":
      return `'${text}' (a number or a pair [re, im], of magnitude up to ${max.toPrecision(6)})`;
  }
}

/** Whether a float is kept by a format: infinities and NaN are, finite numbers that would become infinite are not. */
const isFloat = (value: unknown, { max }: Scalar): boolean =>
  typeof value === "number" && (Math.abs(value) <= max || !Number.isFinite(value));

/**
 * A value as an item of `scalar` stores it. Nothing is wrapped, rounded to an integer, or converted from another type.
 *
 * @throws ValueError with the value and the range of the format.
 */
export function coerce(value: unknown, text: string, scalar: Scalar, operation: string): unknown {
  switch (scalar.kind) {
    case "integer":
      if (typeof value === "number" && Number.isInteger(value) && value >= scalar.min && value <= scalar.max)
        return value;
      break;
    case "bigint":
      if (
        typeof value === "bigint" &&
        (scalar.min < 0 ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) === value
      ) {
        return value;
      }
      break;
    case "float":
      if (isFloat(value, scalar)) return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "character":
      if (typeof value === "string" && value.length === 1 && value.charCodeAt(0) <= 255) return value;
      break;
    case "complex": {
      if (isFloat(value, scalar)) return [value, 0];
      if (!Array.isArray(value) || value.length !== 2) break;
      const pair = [value[0], value[1]];
      if (pair.every((part) => isFloat(part, scalar))) return pair;
    }
  }
  throw new ValueError(operation, `${show(value)} does not fit ${range(text, scalar)}`, hint(value, scalar));
}

function hint(value: unknown, { kind }: Scalar): string {
  if (kind === "bigint" && typeof value === "number") return "write it as a bigint, for example 5n";
  if (kind !== "bigint" && typeof value === "bigint") return "convert it with Number()";
  return "nothing was written";
}
