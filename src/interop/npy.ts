import { FormatError, show, UnsupportedError } from "../errors.ts";
import { checkShape, product } from "../layout/shape.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { BufferOf, MemorySource } from "../view/memoryview.ts";
import { readFile, textOfBytes } from "./reading.ts";

/** A Python literal: lists and tuples are arrays. */
type Literal = string | number | boolean | readonly Literal[];

/** How NumPy writes a dtype: `"<f4"`, or for a record a list of `[name, type]` and `[name, type, shape]`. */
export type Descr = string | readonly Literal[];

/** The header of an `.npy` file, and its array where it is. */
export interface Npy<B extends ArrayBufferLike = ArrayBufferLike> {
  shape: readonly number[];
  descr: Descr;
  /** Whether the first index varies fastest. The strides of the view say so. */
  fortranOrder: boolean;
  /** Bytes of the array. */
  nbytes: number;
  view: MemoryView<any, B>;
}

/** Codes of NumPy's kinds and sizes. */
const CODES: Readonly<Record<string, string>> = {
  b1: "?",
  i1: "b",
  i2: "h",
  i4: "i",
  i8: "q",
  u1: "B",
  u2: "H",
  u4: "I",
  u8: "Q",
  f2: "e",
  f4: "f",
  f8: "d",
  c8: "F",
  c16: "D",
};
/** Characters of a header: three times what NumPy reads unless it is told to trust the file. */
const MAX_HEADER = 32768;
/** Brackets in brackets: a record in a record takes two pairs. */
const MAX_DEPTH = 130;

const OPERATION = "readNpy";

const fail = (problem: string): never => {
  throw new FormatError(OPERATION, `the header ${problem}`);
};

/**
 * The header's dictionary as `[key, value, key, value, …]`, in one pass. @throws FormatError naming the position.
 */
function parseHeader(text: string): Literal {
  let at = 0;
  const isNext = (characters: string): boolean => characters.includes(text[at]!);
  /** Whether a text comes next, behind any blanks; if so, it is read. */
  const take = (word: string): boolean => {
    while (isNext(" \t\r\n\f")) at++;
    const found = text.startsWith(word, at);
    if (found) at += word.length;
    return found;
  };
  const failAt = (): never => fail(`cannot be read from position ${at} on`);

  function value(depth: number): Literal {
    if (depth > MAX_DEPTH) failAt();
    for (const quote of "'\"") {
      if (!take(quote)) continue;
      const end = text.indexOf(quote, at);
      const string = text.slice(at, end);
      if (end < 0 || string.includes("\n") || string.includes("\\")) failAt();
      at = end + 1;
      return string;
    }
    for (const [open, close] of depth > 0 ? ["()", "[]"] : ["{}"]) {
      if (!take(open!)) continue;
      const items: Literal[] = [];
      let more = true;
      while (!take(close!)) {
        if (!more) failAt();
        items.push(value(depth + 1));
        more = take(depth === 0 && items.length % 2 > 0 ? ":" : ",");
      }
      return open === "(" && items.length === 1 && !more ? items[0]! : items;
    }
    for (const word of ["True", "False"]) if (take(word)) return word === "True";
    const digits = "0123456789";
    if (!isNext(digits)) failAt();
    const start = at;
    let number = 0;
    for (; isNext(digits); at++) number = number * 10 + Number(text[at]);
    if (text[start] === "0" && at > start + 1) failAt(); // octal once
    take("L"); // of Python 2
    return number;
  }

  const items = value(0);
  take(""); // the blanks
  if (at < text.length) failAt();
  return items;
}

/** A type as a format of PEP 3118; `little` marks what is so ordered. */
function formatText(descr: Literal, little: "" | "<", bytes = "s"): string {
  if (typeof descr === "string") {
    const marked = "<>|=".includes(descr[0]!);
    const type = marked ? descr.slice(1) : descr;
    if (Object.hasOwn(CODES, type)) {
      const mark = descr[0] === ">" ? ">" : little;
      return (type.endsWith("1") ? "" : mark) + CODES[type];
    }
    const count = Number(type.slice(1));
    if ("SV".includes(type[0]!) && String(count) === type.slice(1) && count > 0 && count < 2 ** 31) {
      return count + (type[0] === "V" ? bytes : "s");
    }
    const hint = "save booleans, numbers of 1 to 8 bytes, or bytes (S)";
    throw new UnsupportedError(OPERATION, `items are of the type ${show(descr)}`, hint);
  }
  if (!Array.isArray(descr) || descr.length === 0) return fail(`has ${show(descr)} as a type`);
  const fields = descr.map((field) => {
    if (!Array.isArray(field) || field.length < 2 || field.length > 3) fail(`has ${show(field)} as a field`);
    const [named, type, lengths = []] = field as readonly Literal[];
    const name = Array.isArray(named) ? named[1] : named; // behind its title
    if (typeof name !== "string" || name.includes(":")) {
      throw new UnsupportedError(OPERATION, `a field is named ${show(name)}`, "names have no ':'");
    }
    const shape = checkShape(lengths, OPERATION);
    if (product(shape) === 0) fail(`has a field ${show(name)} of no bytes`);
    const text = formatText(type!, "<", name === "" ? "x" : "s");
    return (shape.length > 0 ? `(${shape})` : "") + text + (name && `:${name}:`);
  });
  return `T{${fields.join("")}}`;
}

/**
 * The array of an `.npy` file as a view of the file's own bytes, no copy: what is written through it is in the file.
 * Versions 1.0, 2.0 and 3.0; booleans, integers, floats, complex numbers, bytes (`S`, `V`), and records of these. Fortran
 * order is in the strides. Bytes behind the array are left alone: another may follow.
 *
 * Source: NumPy 2.4, `numpy.lib.format`.
 *
 * @example
 * const { view, shape } = readNpy(await (await fetch("points.npy")).arrayBuffer());
 * @throws UnsupportedError for another kind of file, objects, Unicode texts (`U`) and numbers beyond 8 bytes,
 * FormatError or LayoutError for a header that is wrong, BoundsError when the file ends before its array.
 */
export function readNpy<S extends MemorySource>(source: S): Npy<BufferOf<S>> {
  return readFile(source, OPERATION, ({ bytes, values, need, view }) => {
    const [magic, major, minor, low, high] = values("6sBBHH", 0);
    if (magic !== "\x93NUMPY" || ![1, 2, 3].includes(major) || minor !== 0) {
      throw new UnsupportedError(OPERATION, "the bytes do not begin as an .npy file of version 1.0, 2.0 or 3.0");
    }
    const [start, length] = major === 1 ? [10, low] : [12, low + high * 65536];
    const byteOffset = start + length;
    need(byteOffset, "the header");
    if (length > MAX_HEADER)
      throw new UnsupportedError(OPERATION, `a header of ${length} bytes, ${MAX_HEADER} are read`);
    const header = bytes(start, length);
    const text = major === 3 ? new TextDecoder().decode(header) : textOfBytes(header);
    if (text.includes("\ufffd")) fail("is no UTF-8");
    const items = parseHeader(text) as Literal[];
    const entries = new Map([0, 2, 4].map((i) => [items[i], items[i + 1]]));
    const [descr, fortranOrder, lengths] = ["descr", "fortran_order", "shape"].map((key) => entries.get(key));
    if (items.length !== 6 || descr === undefined || typeof fortranOrder !== "boolean" || !Array.isArray(lengths)) {
      return fail("is not just descr, fortran_order (True or False) and shape (a tuple)");
    }
    const shape = checkShape(lengths, OPERATION);
    const format = formatText(descr, "");
    const array = fortranOrder
      ? view(format, byteOffset, shape.toReversed()).transpose()
      : view(format, byteOffset, shape);
    return { shape, descr: descr as Descr, fortranOrder, nbytes: array.nbytes, view: array };
  });
}
