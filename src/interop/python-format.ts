/** What may stand before the code of an item: marks, a shape, a count. */
const BEFORE = "@=<>!^(,) 0123456789";

/**
 * Codes that `struct` has not, as items of the same size: addresses of objects and texts, code points of characters
 * (`wchar_t` has four bytes in every Emscripten build), the bytes of C's long double.
 */
const CODES: Record<string, string> = { z: "P", Z: "P", O: "P", u: "I", w: "I", g: "16s" };

/**
 * A format as ctypes, `array` and PEP 3118 write it, in the codes that views read: what is behind a pointer, `&T{…}`, and
 * a function, `X{}`, is an address.
 */
export function fromPythonFormat(text: string): string {
  let read = "";
  let depth = 0;
  /** How deep the item is that an address stands for, while it is passed over. */
  let passing = -1;
  for (let at = 0; at < text.length; at++) {
    const start = at;
    const code = text[at]!;
    const next = text[at + 1] ?? "";
    if (code === ":") at = text.indexOf(":", at + 1) >>> 0;
    if (code === "Z" && "fd".includes(next)) at++;
    const shown = passing < 0;
    const points = code === "&" || (code === "X" && next === "{");
    if (shown && points) passing = depth;
    if (shown) read += points ? "<P" : (CODES[text.slice(start, at + 1)] ?? text.slice(start, at + 1));
    if (code === "{") depth++;
    if (code === "}") depth--;
    // The item ends with its brace, or with a code that has none.
    if (depth === passing && next !== "{" && !`&:${BEFORE}`.includes(code)) passing = -1;
  }
  return read;
}
