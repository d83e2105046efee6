import { show, ValueError } from "../errors.ts";
import type { NativeArrayConstructor, Scalar, ScalarCode } from "./scalars.ts";

/** How one item is read and written: a format text, compiled once. Immutable, and shared by all views of that format. */
export interface Format {
  /** As given: `"B"`, `"<h"`, `"T{<I:id:}"`. */
  readonly text: string;
  /** Bytes of one item. */
  readonly itemsize: number;
  /** Where a native record may place it: at a multiple of this. */
  readonly align: number;
  /** Equal for formats that read the same bytes as the same values. */
  readonly key: string;
  /** The single code of an item that is one value. */
  readonly code?: ScalarCode | "s" | "p" | undefined;
  readonly scalar?: Scalar;
  readonly little: boolean;
  /** The typed array whose items are these, where byte order and code allow it. */
  readonly array?: NativeArrayConstructor | undefined;
  /** What a sub-array is made of, in C order. */
  readonly items?: { readonly format: Format; readonly shape: readonly number[] };
  /** The fields of a record, by name and in order. */
  readonly fields?: ReadonlyMap<string, Field>;
  /** The item at a byte position of `data`. */
  read(data: DataView, at: number): unknown;
  /** Writes a value that `coerce` returned; bytes between fields stay as they are. */
  write(data: DataView, at: number, value: unknown): void;
  /**
   * A value as `write` takes it.
   *
   * @throws ValueError when it does not fit.
   */
  coerce(value: unknown, operation: string): unknown;
}

export interface Field {
  /** Bytes from the start of the record. */
  readonly offset: number;
  readonly format: Format;
}

/** Equal values next to each other: `3h` of a struct, or one field. */
export interface Run extends Field {
  readonly count: number;
  /** Absent where the text gives none. */
  readonly name?: string | undefined;
}

/** A format text, laid out. */
export interface Plan {
  readonly text: string;
  readonly size: number;
  readonly align: number;
  readonly runs: readonly Run[];
  /** The same by name, where at least one has a name. */
  readonly fields?: ReadonlyMap<string, Field> | undefined;
}

/** What was made of the last texts. Long ones are not kept, so that the memory is bounded. */
export function cached<T>(make: (text: string, operation: string) => T): (text: string, operation: string) => T {
  const made = new Map<string, T>();
  return (text, operation) => {
    let result = made.get(text);
    if (result === undefined) {
      result = make(text, operation);
      if (made.size >= 256) made.clear();
      if (text.length <= 1024) made.set(text, result);
    }
    return result;
  };
}

/** The next multiple of an alignment. */
export const roundUp = (size: number, align: number): number => Math.ceil(size / align) * align;

/** How many values the runs have. */
export const countValues = (runs: readonly Run[]): number => runs.reduce((sum, { count }) => sum + count, 0);

/** What `visit` makes of each value in order: of its format, its offset and its index. */
export function eachValue(
  runs: readonly Run[],
  visit: (format: Format, offset: number, index: number) => unknown,
): unknown[] {
  const results: unknown[] = [];
  for (const { offset, count, format } of runs) {
    for (let i = 0; i < count; i++) results.push(visit(format, offset + i * format.itemsize, results.length));
  }
  return results;
}

/** The error for a value that a format does not take: `256 does not fit 'B' (an integer from 0 to 255)`. */
export const misfit = (given: string, text: string, what: string, operation: string, hint = "nothing was written") =>
  new ValueError(operation, `${given} does not fit ${show(text)} (${what})`, hint);
