import { FormatError, show } from "../errors.ts";
import { recordFormat, tupleFormat } from "./composite.ts";
import { cached, countValues, type Format } from "./format.ts";
import { parseFormat } from "./parse.ts";

function compile(text: string, operation: string, wide = false): Format {
  const { runs, size, align, fields } = parseFormat(text, false, operation, "", wide);
  const values = countValues(runs);
  if (values === 0 || size === 0) {
    throw new FormatError(operation, `${show(text)} describes an item of no values`, "use a code such as 'B'");
  }
  if (fields) return recordFormat(fields, text, size, align);
  const { format } = runs[0]!;
  return values === 1 && format.itemsize === size
    ? { ...format, text }
    : tupleFormat(runs, text, size, align, values === 1);
}

const narrowFormat = /* @__PURE__ */ cached((text, operation) => compile(text, operation));
const wideFormat = /* @__PURE__ */ cached((text, operation) => compile(text, operation, true));

/**
 * The compiled format of a view's item; `memory` is asked for the size of its addresses where the text may have some.
 *
 * @throws FormatError
 */
export const formatOf = (text: string, operation: string, memory?: { readonly wide: boolean }): Format =>
  (memory && typeof text === "string" && ["n", "N", "P"].some((code) => text.includes(code)) && memory.wide
    ? wideFormat
    : narrowFormat)(text, operation);

/** The values of a `struct`, one after the other, as one item. @throws FormatError */
export const structOf = /* @__PURE__ */ cached((text, operation) => {
  const { runs, size, align } = parseFormat(text, true, operation);
  return tupleFormat(runs, text, size, align);
});
