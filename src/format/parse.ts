import { FormatError, show } from "../errors.ts";
import { arrayFormat, recordFormat } from "./composite.ts";
import type { Field, Format, Plan, Run } from "./format.ts";
import { bytesFormat, scalarFormat } from "./item.ts";
import { SCALARS, type ScalarCode } from "./scalars.ts";

/** As in CPython on wasm32: a struct, and an address inside it, has at most 2^31 - 1 bytes. */
const MAX_SIZE = 2 ** 31 - 1;
/** Records in records, lengths of a sub-array. */
const MAX_DEPTH = 64;
/** Characters of a text, each of which may be a value. */
const MAX_LENGTH = 65536;

const isMark = (c: string | undefined): boolean => c !== undefined && "@=<>!^".includes(c);
const isBlank = (c: string): boolean => " \t\n\r\f\v".includes(c);
const roundUp = (size: number, align: number): number => Math.ceil(size / align) * align;

/** The same item with a size that is a multiple of its alignment, so that the next one is aligned too. */
function padded(format: Format): Format {
  const itemsize = roundUp(format.itemsize, format.align);
  return itemsize === format.itemsize ? format : { ...format, itemsize };
}

/**
 * A format text, in one pass. There are two dialects: that of `struct`, where a mark of byte order may come first and
 * codes with counts follow, and as soon as there are braces, parentheses or names that of PEP 3118, as NumPy and ctypes
 * write it: a mark stays in force until the next, a count or `(2,3)` makes a sub-array, a native record is padded at its
 * end. Constant memory for any count: `999999999B` is one run.
 *
 * `standalone` refuses what `struct` refuses by itself: the native-only codes `n N P` behind a mark. `exported` reads what
 * NumPy exports: it writes every gap, so that its `@` aligns and pads nothing.
 *
 * Source: Python 3.14, library reference, `struct`; PEP 3118, "Additions to the struct string-syntax".
 *
 * @throws FormatError naming the position.
 */
export function parseFormat(text: string, standalone: boolean, operation: string, exported = false): Plan {
  if (typeof text !== "string") {
    throw new FormatError(operation, `the format is ${show(text)}`, "pass a text such as 'B'");
  }
  const extended = text.includes("{") || text.includes("(") || text.includes(":");
  const native = exported ? "^" : "@";
  const markOf = (c: string): string => (c === "@" ? native : c);
  let at = 0;
  let mark = native;

  const fail = (problem: string, position = at, hint = ""): never => {
    throw new FormatError(operation, `${show(text)} ${problem} at position ${position}`, hint);
  };
  if (text.length > MAX_LENGTH) fail(`is longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  const isDigit = (): boolean => at < text.length && text[at]! >= "0" && text[at]! <= "9";

  function number(): number {
    if (!isDigit()) fail("has no number");
    let value = 0;
    for (; isDigit(); at++) value = Math.min(value * 10 + Number(text[at]), MAX_SIZE + 1);
    return value;
  }

  /** The lengths of `(2,3)`. */
  function lengths(): number[] {
    const shape: number[] = [];
    do {
      at++;
      shape.push(number());
    } while (text[at] === ",");
    if (text[at++] !== ")" || shape.length > MAX_DEPTH) fail("has no sub-array", at - 1, "write it as (2,3)f");
    return shape;
  }

  /** What stands between two colons; undefined where there are none. */
  function fieldName(): string | undefined {
    if (text[at] !== ":") return undefined;
    const end = text.indexOf(":", at + 1);
    if (end <= at + 1) fail("has no field name", at, "write it as I:name:");
    const name = text.slice(at + 1, end);
    at = end + 1;
    return name;
  }

  /** One value: a record, or a code; `count` bytes of `s` and `p`. */
  function value(count: number, depth: number): Format {
    const start = at;
    const before = mark === "@" ? "" : mark;
    const order = before === "^" ? "" : before;
    if (text.startsWith("T{", at)) {
      if (depth === MAX_DEPTH) fail(`has records in more than ${MAX_DEPTH} records`);
      at += 2;
      const { runs, size, align } = list(depth + 1);
      return recordFormat(nameFields(runs), before + text.slice(start, at), size, align);
    }
    let code = text[at++]!;
    if (code === "Z" && (text[at] === "f" || text[at] === "d")) code = text[at++]!.toUpperCase(); // NumPy's complex
    if (code === "s" || code === "p" || code === "x") return bytesFormat(code === "p" ? "p" : "s", count);
    if (!Object.hasOwn(SCALARS, code)) {
      fail("has no item code", start, `expected one of ${Object.keys(SCALARS).join(" ")} s p x`);
    }
    if (standalone && !extended && order && "nNP".includes(code)) {
      fail(`has the native code '${code}' behind '${order}'`, start, "leave the mark away");
    }
    return scalarFormat(code as ScalarCode, order);
  }

  /** Those without a name are `f0`, `f1`, … as far as these are free. */
  function nameFields(runs: readonly Run[]): Map<string, Field> {
    const fields = new Map<string, Field>();
    const given = new Set(runs.map(({ name }) => name));
    let next = 0;
    for (const run of runs) {
      let { name } = run;
      for (; name === undefined; next++) if (!given.has(`f${next}`)) name = `f${next}`;
      if (fields.has(name)) fail(`has two fields ${show(name)}`, at - 1, "name each differently");
      fields.set(name, { offset: run.offset, format: run.format });
    }
    return fields;
  }

  /** A value or a sub-array, and its name. */
  function item(depth: number): { format: Format; count: number; name: string | undefined; pad: boolean } {
    const start = at;
    const shape = text[at] === "(" ? lengths() : [];
    if (extended) while (isMark(text[at])) mark = markOf(text[at++]!);
    const times = isDigit() ? number() : 1;
    if (at === text.length) fail("ends before an item code", start);
    const code = text[at]!;
    const sized = "spx".includes(code);
    let format = value(times, depth);
    const name = extended ? fieldName() : undefined;
    if (extended && !sized && times !== 1) shape.push(times);
    if (shape.length > 0) format = arrayFormat(mark === "@" ? padded(format) : format, shape);
    return { format, count: extended || sized ? 1 : times, name, pad: code === "x" && name === undefined };
  }

  /** Items up to the closing brace, or to the end. */
  function list(depth: number): { runs: Run[]; size: number; align: number } {
    const runs: { -readonly [K in keyof Run]: Run[K] }[] = [];
    let size = 0;
    let align = 1;
    const end = depth > 0 ? "}" : undefined;
    while (at < text.length && text[at] !== end) {
      const start = at;
      const c = text[at]!;
      if (isMark(c) && (extended || (at === 0 && c !== "^"))) mark = markOf(text[at++]!);
      else if (isBlank(c) && depth === 0) at++;
      else {
        const { format, count, name, pad } = item(depth);
        const aligned = mark === "@";
        if (aligned) {
          size = roundUp(size, format.align);
          align = Math.max(align, format.align);
        }
        const last = runs.at(-1);
        // `BB` is `2B`: a long text takes no more memory than a short one.
        const joins = !extended && last?.format === format && last.offset + last.count * format.itemsize === size;
        if (joins) last.count += count;
        else if (!pad && count > 0) runs.push({ format, offset: size, count, name });
        size += count * format.itemsize;
        if (aligned && extended) size = roundUp(size, format.align);
        if (size > MAX_SIZE) fail(`is larger than ${MAX_SIZE} bytes`, start, "use a shape");
      }
    }
    if (depth > 0 && text[at++] !== "}") fail("lacks a '}'", text.length);
    return { runs, size: extended && mark === "@" ? roundUp(size, align) : size, align };
  }

  const plan = list(0);
  const named = plan.runs.some(({ name }) => name !== undefined);
  return { text, ...plan, ...(named && { fields: nameFields(plan.runs) }) };
}
