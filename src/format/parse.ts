import { FormatError, show } from "../errors.ts";
import { arrayFormat, recordFormat } from "./composite.ts";
import { type Field, type Format, type Plan, roundUp, type Run } from "./format.ts";
import { bytesFormat, scalarFormat, wideFormat } from "./item.ts";
import { SCALARS } from "./scalars.ts";

/** As in CPython on wasm32: a struct, and an address inside it, has at most 2^31 - 1 bytes. */
const MAX_SIZE = 2 ** 31 - 1;
/** Records in records, lengths of a sub-array. */
const MAX_DEPTH = 64;
/** Characters of a text, each of which may be a value. */
const MAX_LENGTH = 65536;

const MARKS = "@=<>!^";

/**
 * A format text, in one pass. There are two dialects: that of `struct`, where a mark of byte order may come first and
 * codes with counts follow, and as soon as there are braces, parentheses or names that of PEP 3118, as NumPy and ctypes
 * write it: a mark stays in force until the next, a count or `(2,3)` makes a sub-array, a native record is padded at its
 * end. Constant memory for any count: `999999999B` is one run.
 *
 * `standalone` refuses what `struct` refuses by itself: the native-only codes `n N P` behind a mark. `native` is what `@`
 * stands for: `"^"` reads what NumPy exports, which writes every gap, so that its `@` aligns and pads nothing. In a `wide`
 * memory `n N P` are of 64 bits.
 *
 * Source: Python 3.14, library reference, `struct`; PEP 3118, "Additions to the struct string-syntax".
 *
 * @throws FormatError naming the position.
 */
export function parseFormat(
  text: string,
  standalone: boolean,
  operation: string,
  native: "" | "^" = "",
  wide = false,
): Plan {
  if (typeof text !== "string") {
    throw new FormatError(operation, `the format is ${show(text)}`, "pass a text such as 'B'");
  }
  const extended = ["{", "(", ":"].some((c) => text.includes(c));
  let at = 0;
  /** The byte order in force; empty for `@`, which alone aligns. */
  let mark: string = native;

  const fail = (problem: string, position = at, hint = ""): never => {
    throw new FormatError(operation, `${show(text)} ${problem} at position ${position}`, hint);
  };
  if (text.length > MAX_LENGTH) fail(`is longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  /** Whether one of these characters comes next. */
  const isNext = (characters: string): boolean => characters.includes(text[at]!);
  const isDigit = (): boolean => isNext("0123456789");
  const readMark = (): void => {
    mark = isNext("@") ? native : text[at]!;
    at++;
  };

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
    } while (isNext(","));
    if (text[at++] !== ")" || shape.length > MAX_DEPTH) fail("has no sub-array", at - 1, "write it as (2,3)f");
    return shape;
  }

  /** One value: a record, or a code; `count` bytes of `s` and `p`, which `struct` cuts. */
  function value(count: number, depth: number, cuts: boolean): Format {
    const start = at;
    const before = mark;
    const order = mark === "^" ? "" : mark;
    if (text.startsWith("T{", at)) {
      if (depth === MAX_DEPTH) fail(`has records in more than ${MAX_DEPTH} records`);
      at += 2;
      const { fields, size, align } = list(depth + 1);
      return recordFormat(fields!, before + text.slice(start, at), size, align);
    }
    let code = text[at++]!;
    if (code === "Z" && isNext("fd")) code = text[at++]!.toUpperCase(); // NumPy's complex
    if ("spx".includes(code)) return bytesFormat(code === "p" ? "p" : "s", count, cuts);
    if (!Object.hasOwn(SCALARS, code)) {
      fail("has no item code", start, `expected one of ${Object.keys(SCALARS).join(" ")} s p x`);
    }
    if (standalone && !extended && order && "nNP".includes(code)) {
      fail(`has the native code '${code}' behind '${order}'`, start, "leave the mark away");
    }
    return (wide && "nNP".includes(code) ? wideFormat : scalarFormat)(order + code, operation);
  }

  /** Those without a name are `f0`, `f1`, … as far as these are free. */
  function nameFields(runs: readonly Run[]): Map<string, Field> {
    const fields = new Map<string, Field>();
    const given = new Set(runs.map(({ name }) => name));
    let next = 0;
    const unnamed = (): string => {
      while (given.has(`f${next}`)) next++;
      return `f${next++}`;
    };
    for (const { name = unnamed(), offset, format } of runs) {
      if (fields.has(name)) fail(`has two fields ${show(name)}`, at - 1, "name each differently");
      fields.set(name, { offset, format });
    }
    return fields;
  }

  /** Items up to the closing brace, or to the end: each a value or a sub-array, and its name. */
  function list(depth: number): Omit<Plan, "text"> {
    const runs: { -readonly [K in keyof Run]: Run[K] }[] = [];
    let size = 0;
    let align = 1;
    const end = depth > 0 ? "}" : "";
    while (at < text.length && !isNext(end)) {
      const start = at;
      if (isNext(MARKS) && (extended || (at === 0 && !isNext("^")))) readMark();
      else if (depth === 0 && isNext(" \t\n\r\f\v")) at++;
      else {
        const shape = isNext("(") ? lengths() : [];
        if (extended) while (isNext(MARKS)) readMark();
        let count = isDigit() ? number() : 1;
        if (at === text.length) fail("ends before an item code", start);
        const pad = isNext("x");
        const sized = isNext("spx");
        let format = value(count, depth, standalone && depth === 0 && shape.length === 0);
        let name;
        if (isNext(":")) {
          const close = text.indexOf(":", at + 1);
          if (close <= at + 1) fail("has no field name", at, "write it as I:name:");
          name = text.slice(at + 1, close);
          at = close + 1;
        }
        if (sized) count = 1;
        else if (extended && count !== 1) shape.push(count);
        if (extended) count = 1;
        const unit = mark ? 1 : format.align;
        // Each item of a sub-array is aligned too.
        if (shape.length > 0) format = arrayFormat({ ...format, itemsize: roundUp(format.itemsize, unit) }, shape);
        size = roundUp(size, unit);
        align = Math.max(align, unit);
        const last = runs.at(-1);
        // `BB` is `2B`: a long text takes no more memory than a short one.
        const joins = !extended && last?.format === format && last.offset + last.count * format.itemsize === size;
        if (joins) last.count += count;
        else if (!(pad && name === undefined) && count > 0) runs.push({ format, offset: size, count, name });
        size += count * format.itemsize;
        if (extended) size = roundUp(size, unit);
        if (size > MAX_SIZE) fail(`is larger than ${MAX_SIZE} bytes`, start, "use a shape");
      }
    }
    if (end && text[at++] !== end) fail(`lacks a '}'`, text.length);
    if (extended && !mark) size = roundUp(size, align);
    const named = depth > 0 || runs.some(({ name }) => name !== undefined);
    return { runs, size, align, fields: named ? nameFields(runs) : undefined };
  }

  return { text, ...list(0) };
}
