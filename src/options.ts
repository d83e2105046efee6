import { show, ValueError } from "./errors.ts";

/** Looks at the value of an option: false when it is right, or what the option takes. */
export type Check = (value: unknown) => string | false;

/** What is looked at elsewhere. */
export const anything: Check = () => false;
export const flag: Check = (value) => typeof value !== "boolean" && "true or false";
export const callable: Check = (value) => typeof value !== "function" && "a function";
export const finite: Check = (value) => !Number.isFinite(value) && "a finite number";
export const object: Check = (value) => (typeof value !== "object" || value === null) && "an object";
export const oneOf =
  (words: readonly unknown[]): Check =>
  (value) =>
    !words.includes(value) && `one of ${words.map(show).join(", ")}`;

/** A power of two that an address can be a multiple of, from `least`. */
export const powerFrom =
  (least: number): Check =>
  (value) => {
    const fits = Number.isInteger(value) && Number.isInteger(Math.log2(value as number));
    return !(fits && (value as number) >= least && (value as number) <= 2 ** 31) && `a power of two from ${least} to 2^31`; // prettier-ignore
  };

/** @throws ValueError when a value is not what `name` takes. */
export function checkOption(value: unknown, name: string, check: Check, operation: string): void {
  const takes = check(value);
  if (takes) throw new ValueError(operation, `${name} is ${show(value)}`, `${name} takes ${takes}`);
}

/**
 * The own properties of an options object, each read once and looked at; whatever the caller changes later is not seen.
 * A property that is present as `undefined` counts as left out.
 *
 * @throws ValueError when `options` is no object, has an enumerable property without a check, or a value that fails it.
 */
export function readOptions<T extends object>(
  options: T | undefined,
  checks: { readonly [K in keyof T & string]-?: Check },
  operation: string,
): Partial<T> {
  const read: Partial<T> = {};
  if (options === undefined) return read;
  checkOption(options, "the options argument", object, operation);
  for (const name of Object.keys(options) as (keyof T & string)[]) {
    if (!Object.hasOwn(checks, name)) {
      throw new ValueError(operation, `unknown option ${show(name)}`, `known are ${Object.keys(checks).join(", ")}`);
    }
    const value = options[name];
    if (value === undefined) continue;
    checkOption(value, name, checks[name], operation);
    read[name] = value;
  }
  return read;
}
