import { show } from "../errors.ts";
import { coerce } from "./coerce.ts";
import { type Format, misfit } from "./format.ts";
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
  const format: Format = {
    text,
    itemsize: size,
    align: scalar.align,
    // C's names for the same integers are one key: `l` is `i`.
    key: `${little || size === 1 ? "" : ">"}${scalar.kind},${size},${scalar.min},${scalar.max}`,
    code,
    scalar,
    little,
    array: little || size === 1 ? scalar.array : undefined,
    read: (data, at) => scalar.read(data, at, little),
    write: (data, at, value) => scalar.write(data, at, value as never, little),
    coerce: (value, operation) => coerce(value, text, scalar, operation),
  };
  scalars.set(text, format);
  return format;
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
      // A string, as UTF-8, or bytes; a copy, which nobody changes later.
      const bytes =
        typeof value === "string" ? new TextEncoder().encode(value) : value instanceof Uint8Array && value.slice();
      if (!bytes) throw misfit(show(value), text, "bytes or a string", operation, "pass a Uint8Array");
      if (bytes.length <= room || truncate) return bytes;
      throw misfit(`${bytes.length} bytes`, text, `${room} bytes`, operation, "shorten them");
    },
  };
}
