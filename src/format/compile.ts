import { FormatError, show, ValueError } from "../errors.ts";
import { coerce } from "./coerce.ts";
import type { Format, Plan, Run } from "./format.ts";
import { parseStruct } from "./parse.ts";
import { SCALARS } from "./scalars.ts";

/** A string or bytes as the bytes of an `s` or `p` item. */
function bytesOf(value: unknown, text: string, operation: string): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value.slice();
  throw new ValueError(operation, `${show(value)} does not fit '${text}' (bytes or a string)`, "pass a Uint8Array");
}

/** One run as an item of its own: the reader and writer of a single value. */
export function runFormat(run: Run, text: string, little: boolean): Format {
  const { code, count } = run;
  if (code === "s" || code === "p") {
    // `p` keeps its length in its first byte, so it has one byte less, and never more than 255.
    const head = code === "p" && count > 0 ? 1 : 0;
    const room = head ? Math.min(count - 1, 255) : code === "p" ? 0 : count;
    const bytesAt = (data: DataView, at: number): Uint8Array =>
      count ? new Uint8Array(data.buffer, data.byteOffset + at, count) : new Uint8Array();
    return {
      text,
      itemsize: count,
      code,
      little,
      read(data, at) {
        const bytes = bytesAt(data, at);
        return bytes.slice(head, head + (head ? Math.min(bytes[0]!, room) : room));
      },
      write(data, at, value) {
        const bytes = value as Uint8Array;
        const target = bytesAt(data, at).fill(0);
        target.set(bytes.subarray(0, count - head), head);
        if (head) target[0] = Math.min(bytes.length, room);
      },
      coerce(value, operation, truncate) {
        const bytes = bytesOf(value, text, operation);
        if (bytes.length <= room || truncate) return bytes;
        throw new ValueError(operation, `${bytes.length} bytes do not fit '${text}' (${room} bytes)`, "shorten them");
      },
    };
  }
  const scalar = SCALARS[code];
  const array = "array" in scalar && (little || scalar.size === 1) ? scalar.array : undefined;
  return {
    text,
    itemsize: scalar.size,
    code,
    scalar,
    little,
    ...(array && { array }),
    read: (data, at) => scalar.read(data, at, little),
    write: (data, at, value) => scalar.write(data, at, value as never, little),
    coerce: (value, operation) => coerce(value, text, scalar, operation),
  };
}

/** Several values as one item: an array, in the order of the codes. */
function several(plan: Plan): Format {
  const { text, size, little, runs, values } = plan;
  const fields = runs.flatMap((run) => {
    const format = runFormat(run, run.code, little);
    const count = run.code === "s" || run.code === "p" ? 1 : run.count;
    return Array.from({ length: count }, (_, i) => ({ format, offset: run.offset + i * format.itemsize }));
  });
  return {
    text,
    itemsize: size,
    little,
    read: (data, at) => fields.map(({ format, offset }) => format.read(data, at + offset)),
    write(data, at, value) {
      fields.forEach(({ format, offset }, i) => format.write(data, at + offset, (value as unknown[])[i]));
    },
    coerce(value, operation) {
      if (!Array.isArray(value) || value.length !== values) {
        const what = Array.isArray(value) ? `an array of ${value.length}` : show(value);
        throw new ValueError(operation, `${what} does not fit '${text}' (an array of ${values} values)`);
      }
      return fields.map(({ format }, i) => format.coerce(value[i], operation));
    },
  };
}

/** One value among bytes that mean nothing. */
const padded = (item: Format, { code, offset }: Run, itemsize: number): Format => ({
  text: item.text,
  itemsize,
  code,
  little: item.little,
  read: (data, at) => item.read(data, at + offset),
  write: (data, at, value) => item.write(data, at + offset, value),
  coerce: item.coerce,
});

/** Items of more values than this would cost a reader each; a shape says the same and costs nothing. */
const MAX_VALUES = 4096;

function compile(text: string, operation: string): Format {
  const plan = parseStruct(text, false, operation);
  const { runs, size, values } = plan;
  if (values === 0 || size === 0) {
    throw new FormatError(operation, `${show(text)} describes an item of no values`, "use a code such as 'B'");
  }
  if (values === 1) {
    const [run] = runs as [Run];
    const item = runFormat(run, text, plan.little);
    return item.itemsize === size ? item : padded(item, run, size);
  }
  if (values > MAX_VALUES) {
    throw new FormatError(operation, `${show(text)} has ${values} values, ${MAX_VALUES} are the limit`, "use a shape");
  }
  return several(plan);
}

const cache = new Map<string, Format>();
const CACHE_SIZE = 256;

/** The compiled format of a view's item. Compiled once; the cache is bounded. @throws FormatError */
export function formatOf(text: string, operation: string): Format {
  let format = cache.get(text);
  if (!format) {
    format = compile(text, operation);
    if (cache.size >= CACHE_SIZE) cache.clear();
    if (text.length <= 64) cache.set(text, format);
  }
  return format;
}
