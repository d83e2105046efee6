import type { NativeArrayConstructor, Scalar, ScalarCode } from "./scalars.ts";

/** How one item is read and written: a format text, compiled once. Immutable, and shared by all views of that format. */
export interface Format {
  /** As given: `"B"`, `"<h"`. */
  readonly text: string;
  /** Bytes of one item. */
  readonly itemsize: number;
  /** The single code of an item that is one value. */
  readonly code?: ScalarCode | "s" | "p";
  readonly scalar?: Scalar;
  readonly little: boolean;
  /** The typed array whose items are these, where byte order and code allow it. */
  readonly array?: NativeArrayConstructor;
  /** The item at a byte position of `data`. */
  read(data: DataView, at: number): unknown;
  /** Writes a value that `coerce` returned. */
  write(data: DataView, at: number, value: unknown): void;
  /**
   * A value as `write` takes it. `truncate` lets `s` and `p` cut what is too long, as `struct` does.
   *
   * @throws ValueError when it does not fit.
   */
  coerce(value: unknown, operation: string, truncate?: boolean): unknown;
}

/** A run of equal fields of a struct: `count` values of one code, or one value of `count` bytes for `s` and `p`. */
export interface Run {
  readonly code: ScalarCode | "s" | "p";
  readonly count: number;
  /** Bytes from the start of the struct. */
  readonly offset: number;
}

/** A format text as `struct` lays it out. */
export interface Plan {
  readonly text: string;
  readonly size: number;
  readonly little: boolean;
  readonly runs: readonly Run[];
  /** How many values `pack` takes and `unpack` returns. */
  readonly values: number;
}

/** Whether two formats read the same bytes as the same values. */
export function sameItems(a: Format, b: Format): boolean {
  if (a === b) return true;
  if (a.itemsize !== b.itemsize) return false;
  if (a.scalar && b.scalar) {
    const sameOrder = a.little === b.little || a.scalar.size === 1;
    return (
      sameOrder && a.scalar.kind === b.scalar.kind && a.scalar.min === b.scalar.min && a.scalar.max === b.scalar.max
    );
  }
  return a.text === b.text;
}
