import { show, ValueError } from "./errors.ts";

/**
 * The own properties of an options object, each read once; whatever the caller changes later is not seen. A property
 * that is present as `undefined` counts as left out.
 *
 * @throws ValueError when `options` is no object, or has an enumerable property that is not among `names`.
 */
export function readOptions<T extends object>(
  options: T | undefined,
  names: readonly (keyof T & string)[],
  operation: string,
): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null) {
    throw new ValueError(operation, `options are ${show(options)}`, `pass an object with ${names.join(", ")}`);
  }
  const read: Partial<T> = {};
  for (const name of Object.keys(options) as (keyof T & string)[]) {
    if (!names.includes(name)) {
      throw new ValueError(operation, `unknown option ${show(name)}`, `known are ${names.join(", ")}`);
    }
    const value = options[name];
    if (value !== undefined) read[name] = value;
  }
  return read;
}

/** A finite number between two limits. @throws ValueError */
export function numberOption(value: unknown, name: string, operation: string, min = -Infinity, max = Infinity): number {
  if (typeof value === "number" && value >= min && value <= max && Number.isFinite(value)) return value;
  const range = min === -Infinity && max === Infinity ? "a finite number" : `a number from ${min} to ${max}`;
  throw new ValueError(operation, `${name} is ${show(value)}`, `${name} takes ${range}`);
}

/** One of a few words. @throws ValueError */
export function wordOption<W extends string>(value: unknown, words: readonly W[], name: string, operation: string): W {
  if (words.includes(value as W)) return value as W;
  throw new ValueError(operation, `${name} is ${show(value)}`, `${name} is one of ${words.map(show).join(", ")}`);
}
