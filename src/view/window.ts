import { BoundsError, FormatError } from "../errors.ts";
import type { Lifetime } from "../memory/lifetime.ts";
import { checkOption, object } from "../options.ts";

/** Which bytes of a source a view is of, and how they are read. Everything may be left out. */
export interface ViewWindow<F extends string = string> {
  /** Bytes from the source's first byte to item `[0, 0, …]`. Over WebAssembly memory this is an address. */
  byteOffset?: number | bigint;
  /** How an item is read; `"B"` unless the source has a format of its own. */
  format?: F;
  /** Items along each dimension; without it, one dimension to the end of the source. */
  shape?: number | readonly number[];
  /** Bytes between neighbours, per dimension; without it, C order. */
  strides?: number | readonly number[];
  readonly?: boolean;
  /** Of one item, for descriptors that carry it: NumPy exports records without the padding at their end. Else it is only checked. */
  itemsize?: number;
  /** Until when the bytes are borrowed; without it, as long as the source. Not for a window on a view. */
  lifetime?: Lifetime;
}

/**
 * The properties of a window, and the error of those that must not be present as `undefined`: there it is a slip more
 * often than a wish for the default.
 */
const PROPERTIES = [
  ["byteOffset", BoundsError],
  ["format", FormatError],
  ["shape", null],
  ["strides", null],
  ["readonly", null],
  ["itemsize", null],
  ["lifetime", null],
] as const;

/**
 * The own properties of a window, read once. @throws ValueError when it is no object, and where a property that must
 * not be present as `undefined` is.
 */
export function readWindow(window: unknown, operation: string): ViewWindow {
  if (window === undefined) return {};
  checkOption(window, "the window", object, operation);
  const read: Record<string, unknown> = {};
  for (const [name, Refusal] of PROPERTIES) {
    if (!Object.hasOwn(window as object, name)) continue;
    const value = (window as Record<string, unknown>)[name];
    if (value !== undefined) read[name] = value;
    else if (Refusal) throw new Refusal(operation, `${name} is undefined`, "leave it out");
  }
  return read;
}
