import { FormatError, show } from "../errors.ts";
import type { Plan, Run } from "./format.ts";
import { SCALARS, type ScalarCode } from "./scalars.ts";

/** The first character of a format may state byte order, sizes and alignment; native is that of C on wasm32. */
const PREFIXES: Record<string, { little: boolean; native: boolean }> = {
  "@": { little: true, native: true },
  "=": { little: true, native: false },
  "<": { little: true, native: false },
  ">": { little: false, native: false },
  "!": { little: false, native: false },
};

/** As in CPython on wasm32: a struct, and an address inside it, has at most 2^31 - 1 bytes. */
const MAX_SIZE = 2 ** 31 - 1;

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9";
const isBlank = (c: string | undefined): boolean => c === " " || c === "\t" || c === "\n" || c === "\r" || c === "\f" || c === "\v"; // prettier-ignore

/**
 * A format text of Python's `struct`, in one pass: an optional prefix, then codes with optional counts. Constant
 * memory for any count: `999999999B` is one run.
 *
 * `standalone` refuses the native-only codes `n N P` behind a prefix, as `struct` does; the items of views take them.
 *
 * @throws FormatError naming the position.
 */
export function parseStruct(text: string, standalone: boolean, operation: string): Plan {
  if (typeof text !== "string") {
    throw new FormatError(operation, `the format is ${show(text)}`, "pass a text such as 'B'");
  }
  const fail = (problem: string, at: number, hint = ""): never => {
    throw new FormatError(operation, `${show(text)} ${problem} at position ${at}`, hint);
  };
  const prefix = Object.hasOwn(PREFIXES, text[0] ?? "") ? PREFIXES[text[0]!]! : undefined;
  const { little, native } = prefix ?? PREFIXES["@"]!;
  const runs: { -readonly [K in keyof Run]: Run[K] }[] = [];
  let size = 0;
  let values = 0;
  let at = prefix ? 1 : 0;
  while (at < text.length) {
    if (isBlank(text[at])) {
      at++;
      continue;
    }
    const start = at;
    let count = 1;
    if (isDigit(text[at])) {
      count = 0;
      for (; isDigit(text[at]); at++) count = Math.min(count * 10 + Number(text[at]), MAX_SIZE + 1);
      if (at === text.length) fail("ends in a count without a code", start);
    }
    const code = text[at++]!;
    if (code === "x") {
      size += count;
    } else if (code === "s" || code === "p") {
      runs.push({ code, count, offset: size });
      size += count;
      values++;
    } else if (Object.hasOwn(SCALARS, code)) {
      const scalar = SCALARS[code as ScalarCode];
      if (standalone && prefix && !native && (code === "n" || code === "N" || code === "P")) {
        fail(`has the native code '${code}' behind '${text[0]}'`, at - 1, "leave the prefix away");
      }
      if (native) size = Math.ceil(size / scalar.align) * scalar.align;
      const last = runs.at(-1);
      // `BB` is `2B`: a long text takes no more memory than a short one.
      if (last?.code === code && last.offset + last.count * scalar.size === size) last.count += count;
      else if (count > 0) runs.push({ code: code as ScalarCode, count, offset: size });
      size += count * scalar.size;
      values += count;
    } else {
      fail(`has no item code`, at - 1, `expected one of ${[...Object.keys(SCALARS), "s", "p", "x"].join(" ")}`);
    }
    if (size > MAX_SIZE) fail(`is larger than ${MAX_SIZE} bytes`, start, "use a shape");
  }
  return { text, size, little, runs, values };
}
