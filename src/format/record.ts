import { FormatError, show } from "../errors.ts";
import { oneOf, readOptions } from "../options.ts";
import { formatOf } from "./compile.ts";
import { recordFormat } from "./composite.ts";
import { type Field, type Format, roundUp } from "./format.ts";
import { parseFormat } from "./parse.ts";
import type { RecordFields, RecordText } from "./types.ts";

/** Names and formats of a record's fields, in order. */
export type Fields = Readonly<Record<string, string>> | readonly (readonly [name: string, format: string])[];

export interface RecordOptions {
  /** `"c"` (the default) places fields as a C compiler does on wasm32, `"packed"` one after the other. */
  align?: "c" | "packed";
}

const OPERATION = "record";

const fail = (problem: string, hint: string): never => {
  throw new FormatError(OPERATION, problem, hint);
};

/** The format of one field, where a count makes a sub-array. @throws FormatError */
function fieldOf(name: unknown, text: unknown): [name: string, format: Format] {
  if (typeof name !== "string" || name === "" || name.includes(":")) {
    fail(`a field is named ${show(name)}`, "names are texts without ':'");
  }
  const fields = typeof text === "string" ? formatOf(`T{${text}:${name}:}`, OPERATION).fields : undefined;
  const field = fields?.get(name as string);
  if (!field || fields!.size > 1) {
    return fail(`field ${show(name)} has the format ${show(text)}`, "pass the text of one item, such as 'I'");
  }
  return [name as string, field.format];
}

/** `3x`, or nothing. */
const padding = (count: number): string => (count > 0 ? `${count}x` : "");

/** Writes fields as a text that has every one at its offset: in `"@"` mode where C's alignment does, else in `"^"`. */
export function recordText(fields: Iterable<readonly [string, Field]>, size: number, base: "@" | "^"): string {
  let mark = "@";
  let at = 0;
  let natural = 1;
  let text = "";
  const item = (format: Format): string => {
    const { items, fields: inner, itemsize } = format;
    if (items) return `(${items.shape})${item(items.format)}`;
    const own = "<>=!".includes(format.text[0]!) && !inner ? format.text[0]! : base;
    const change = own === mark ? "" : own;
    // A record leaves its last mark in force: with marks of its own it is anyone's, and aligns nothing that can be relied on.
    mark = inner && [..."<>=!^"].some((c) => format.text.includes(c)) ? "" : own;
    if (inner) return change + (base === "^" ? recordText(inner, itemsize, base) : format.text);
    return change + (own === base ? format.text : format.text.slice(1));
  };
  for (const [name, { offset, format }] of fields) {
    const written = item(format);
    const aligned = mark === "@";
    if (aligned) natural = Math.max(natural, format.align);
    text += `${padding(offset - (aligned ? roundUp(at, format.align) : at))}${written}:${name}:`;
    at = offset + format.itemsize;
  }
  return `T{${text}${mark === "@" && roundUp(at, natural) === size ? "" : padding(size - at)}}`;
}

/**
 * A record as NumPy exports it: the text says nothing of the bytes at its end, only the itemsize does, and its `@` aligns
 * nothing. Undefined when the text cannot be of that size.
 */
export function exportedFormat(text: string, itemsize: number, operation: string): Format | undefined {
  const { runs, size } = parseFormat(text, false, operation, "^");
  const fields = runs.length === 1 && runs[0]!.format.fields;
  return fields && size <= itemsize ? recordFormat(fields, recordText(fields, itemsize, "^"), itemsize) : undefined;
}

/**
 * The text of a record's format, from names and formats: it stands wherever a format does.
 *
 * @example
 * const particle = record({ id: "I", pos: "(3)f", tag: "8s" }); // "T{I:id:(3)f:pos:8s:tag:}"
 * memory.alloc(particle, 1000).get(0); // { id: 0, pos: [0, 0, 0], tag: Uint8Array(8) }
 * @throws FormatError for no fields, an empty or repeated name, or a format that is not one item.
 */
export function record<const F extends Fields>(fields: F, options?: RecordOptions): RecordText<RecordFields<F>> {
  const packed = readOptions(options, { align: oneOf(["c", "packed"]) }, OPERATION).align === "packed";
  if (typeof fields !== "object" || fields === null) {
    fail(`the fields are ${show(fields)}`, "pass an object, or [name, format] pairs");
  }
  const pairs = Array.isArray(fields) ? (fields as unknown[]) : Object.entries(fields);
  const placed = new Map<string, Field>();
  let size = 0;
  let largest = 1;
  for (const pair of pairs) {
    const [name, format] = fieldOf(...((Array.isArray(pair) ? pair : [pair]) as [unknown, unknown]));
    if (placed.has(name)) fail(`two fields are named ${show(name)}`, "name each differently");
    const unit = packed ? 1 : format.align;
    const offset = roundUp(size, unit);
    placed.set(name, { offset, format });
    size = offset + format.itemsize;
    largest = Math.max(largest, unit);
  }
  if (placed.size === 0) fail("a record without fields", "name at least one");
  const text = recordText(placed, roundUp(size, largest), packed ? "^" : "@");
  return formatOf(text, OPERATION).text as RecordText<RecordFields<F>>;
}
