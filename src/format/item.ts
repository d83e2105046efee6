import { show, ValueError } from "../errors.ts";
import { coerce } from "./coerce.ts";
import type { Format } from "./format.ts";
import { SCALARS, type ScalarCode } from "./scalars.ts";

const scalars = new Map<string, Format>();

/** One value of a code, made once. `mark` is the byte order in force: `"<"`, or empty for native. */
export function scalarFormat(code: ScalarCode, mark: string): Format {
  const known = scalars.get(mark + code);
  if (known) return known;
  const scalar = SCALARS[code];
  const { size } = scalar;
  const little = mark !== ">" && mark !== "!";
  const text = mark + code;
  const array = "array" in scalar && (little || size === 1) ? scalar.array : undefined;
  const format: Format = {
    text,
    itemsize: size,
    align: scalar.align,
    // C's names for the same integers are one key: `l` is `i`.
    key: `${little || size === 1 ? "" : ">"}${scalar.kind},${size},${scalar.min},${scalar.max}`,
    code,
    scalar,
    little,
    ...(array && { array }),
    read: (data, at) => scalar.read(data, at, little),
    write: (data, at, value) => scalar.write(data, at, value as never, little),
    coerce: (value, operation) => coerce(value, text, scalar, operation),
  };
  scalars.set(text, format);
  return format;
}

/** A string, as UTF-8, or bytes; a copy, which nobody changes later. */
function bytesOf(value: unknown, text: string, operation: string): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value.slice();
  throw new ValueError(operation, `${show(value)} does not fit '${text}' (bytes or a string)`, "pass a Uint8Array");
}

/** `count` bytes as one value: `s`, padded with zeros, or `p`, which keeps its length in its first byte. */
export function bytesFormat(code: "s" | "p", count: number): Format {
  const text = count + code;
  const head = code === "p" && count > 0 ? 1 : 0;
  const room = head ? Math.min(count - 1, 255) : count;
  const bytesAt = (data: DataView, at: number): Uint8Array =>
    count ? new Uint8Array(data.buffer, data.byteOffset + at, count) : new Uint8Array();
  return {
    text,
    itemsize: count,
    align: 1,
    key: text,
    code,
    little: true,
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
      throw new ValueError(operation, `${bytes.length} bytes do not fit ${show(text)} (${room} bytes)`, "shorten them");
    },
  };
}
