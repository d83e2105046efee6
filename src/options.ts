import { show, ValueError } from "./errors.ts";

/** Looks at the value of an option: false when it is right, or what the option takes. */
export type Check = (value: unknown) => string | false;

/** `true` or `false`. */
export const flag: Check = (value) => typeof value !== "boolean" && "true or false";

/** What has properties. */
export const object: Check = (value) => (typeof value !== "object" || value === null) && "an object";

/** One of a few words. */
export const wordOf =
  (words: readonly string[]): Check =>
  (value) =>
    !words.includes(value as string) && `one of ${words.map(show).join(", ")}`;

/** @throws ValueError when a value is not what `name` takes. */
export function checkOption(value: unknown, name: string, check: Check, operation: string): void {
  const takes = check(value);
  if (takes) throw new ValueError(operation, `${name} is ${show(value)}`, `${name} takes ${takes}`);
}

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
  const read: Partial<T> = {};
  if (options === undefined) return read;
  const takes = object(options);
  if (takes) throw new ValueError(operation, `options are ${show(options)}`, `pass ${takes} with ${names.join(", ")}`);
  for (const name of Object.keys(options) as (keyof T & string)[]) {
    if (!names.includes(name)) {
      throw new ValueError(operation, `unknown option ${show(name)}`, `known are ${names.join(", ")}`);
    }
    const value = options[name];
    if (value !== undefined) read[name] = value;
  }
  return read;
}

/** The same, with the value of each option looked at. */
export function checkedOptions<T extends object>(
  options: T | undefined,
  checks: { readonly [K in keyof T & string]-?: Check },
  operation: string,
): Partial<T> {
  const names = Object.keys(checks) as (keyof T & string)[];
  const read = readOptions(options, names, operation);
  for (const name in read) checkOption(read[name], name, checks[name as keyof T & string], operation);
  return read;
}

/** A finite number between two limits. @throws ValueError */
export function numberOption(value: unknown, name: string, operation: string, min = -Infinity, max = Infinity): number {
  const range = min === -Infinity && max === Infinity ? "a finite number" : `a number from ${min} to ${max}`;
  const fits = Number.isFinite(value) && (value as number) >= min && (value as number) <= max;
  checkOption(value, name, () => !fits && range, operation);
  return value as number;
}

/** One of a few words. @throws ValueError */
export function wordOption<W extends string>(value: unknown, words: readonly W[], name: string, operation: string): W {
  checkOption(value, name, wordOf(words), operation);
  return value as W;
}
