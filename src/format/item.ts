import { show } from "../errors.ts";
import { coerce } from "./coerce.ts";
import { cached, type Format, misfit } from "./format.ts";
import { SCALARS, type ScalarCode } from "./scalars.ts";

/** One value of a code behind a byte order: `"<I"`, or `"I"` for native. */
export const scalarFormat = /* @__PURE__ */ cached((text): Format => {
  const code = text.at(-1) as ScalarCode;
  const scalar = SCALARS[code];
  const { kind, size, min, max, align, array } = scalar;
  const little = size === 1 || !">!".includes(text[0]!);
  return {
    text,
    itemsize: size,
    align,
    // C's names for the same integers are one key: `l` is `i`.
    key: `${little ? "" : ">"}${kind},${size},${min},${max}`,
    code,
    scalar,
    little,
    array: little ? array : undefined,
    read: (data, at) => scalar.read(data, at, little),
    write: (data, at, value) => scalar.write(data, at, value as never, little),
    coerce: (value, operation) => coerce(value, text, scalar, operation),
  };
});

/** `n N P` where addresses are of 64 bits: bigints, as `q` and `Q` are. */
export const wideFormat = /* @__PURE__ */ cached((text): Format => {
  const code = "qQQ"["nNP".indexOf(text.at(-1)!)]!;
  return { ...scalarFormat(text.slice(0, -1) + code, ""), text };
});

/** `count` bytes as one value: `s`, padded with zeros, or `p`, which keeps its length in its first byte. `cuts` takes what is too long. */
export function bytesFormat(code: "s" | "p", count: number, cuts: boolean): Format {
  const text = count + code;
  const head = code === "p" && count > 0 ? 1 : 0;
  const room = head ? Math.min(count - 1, 255) : count;
  const bytesAt = (data: DataView, at: number): Uint8Array => new Uint8Array(data.buffer, data.byteOffset + at, count);
  return {
    text,
    itemsize: count,
    align: 1,
    key: text,
    code,
    little: true,
    read(data, at) {
      const bytes = bytesAt(data, at);
      return bytes.slice(head, head + Math.min(head ? bytes[0]! : room, room));
    },
    write(data, at, value) {
      const bytes = value as Uint8Array;
      const target = bytesAt(data, at).fill(0);
      target.set(bytes.subarray(0, count - head), head);
      if (head) target[0] = Math.min(bytes.length, room);
    },
    coerce(value, operation) {
      // A string, as UTF-8, or bytes; a copy, which nobody changes later.
      const bytes =
        typeof value === "string" ? new TextEncoder().encode(value) : value instanceof Uint8Array && value.slice();
      if (!bytes) throw misfit(show(value), text, "bytes or a string", operation, "pass a Uint8Array");
      if (bytes.length <= room || cuts) return bytes;
      throw misfit(`${bytes.length} bytes`, text, `${room} bytes`, operation, "shorten them");
    },
  };
}
