import { FormatError, show } from "../errors.ts";
import { recordFormat, tupleFormat } from "./composite.ts";
import { cached, countValues, type Format } from "./format.ts";
import { parseFormat } from "./parse.ts";

function compile(text: string, operation: string): Format {
  const { runs, size, align, fields } = parseFormat(text, false, operation);
  const values = countValues(runs);
  if (values === 0 || size === 0) {
    throw new FormatError(operation, `${show(text)} describes an item of no values`, "use a code such as 'B'");
  }
  if (fields) return recordFormat(fields, text, size, align);
  const { format } = runs[0]!;
  return values === 1 && format.itemsize === size ? { ...format, text } : tupleFormat(runs, text, size, align);
}

/** The compiled format of a view's item. @throws FormatError */
export const formatOf = /* @__PURE__ */ cached(compile);

/** The layout of a `struct` by itself: its values, one after the other. @throws FormatError */
export const structOf = /* @__PURE__ */ cached((text, operation) => parseFormat(text, true, operation));
