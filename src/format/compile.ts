import { FormatError, show } from "../errors.ts";
import { paddedFormat, recordFormat, tupleFormat } from "./composite.ts";
import { countValues, type Format } from "./format.ts";
import { parseFormat } from "./parse.ts";

function compile(text: string, operation: string): Format {
  const { runs, size, align, fields } = parseFormat(text, false, operation);
  const values = countValues(runs);
  if (values === 0 || size === 0) {
    throw new FormatError(operation, `${show(text)} describes an item of no values`, "use a code such as 'B'");
  }
  if (fields) return recordFormat(fields, text, size, align);
  if (values > 1) return tupleFormat(runs, text, size);
  const { format } = runs[0]!;
  if (format.itemsize === size) return { ...format, text };
  return paddedFormat(runs[0]!, text, size, align);
}

/** What was made of the last texts. Long ones are not kept, so that the memory is bounded. */
function cached<T>(make: (text: string, operation: string) => T): (text: string, operation: string) => T {
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

/** The compiled format of a view's item. @throws FormatError */
export const formatOf = /* @__PURE__ */ cached(compile);

/** The layout of a `struct` by itself: its values, one after the other. @throws FormatError */
export const structOf = /* @__PURE__ */ cached((text, operation) => parseFormat(text, true, operation));
