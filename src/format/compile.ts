import { FormatError, show } from "../errors.ts";
import { recordFormat, tupleFormat } from "./composite.ts";
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
  const { format, offset } = runs[0]!;
  if (format.itemsize === size) return { ...format, text };
  // One value among bytes that mean nothing.
  const { read, write } = tupleFormat(runs, text, size);
  return {
    text,
    itemsize: size,
    align,
    key: `{${offset},${format.key}}${size}`,
    ...(format.code && { code: format.code }),
    little: format.little,
    read: (data, at) => (read(data, at) as unknown[])[0],
    write: (data, at, value) => write(data, at, [value]),
    coerce: format.coerce,
  };
}

const cache = new Map<string, Format>();
const CACHE_SIZE = 256;

/** The compiled format of a view's item. Compiled once; the cache is bounded. @throws FormatError */
export function formatOf(text: string, operation: string): Format {
  let format = cache.get(text);
  if (!format) {
    format = compile(text, operation);
    if (cache.size >= CACHE_SIZE) cache.clear();
    if (text.length <= 1024) cache.set(text, format);
  }
  return format;
}
