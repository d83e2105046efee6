/*
 * The recorded answers in `test/fixtures/vectors`, and their values as this library has them. A tagged text is a value:
 * `"i:5"` an integer, `"f:nan"` a float, `"c:1.5,-0.0"` a complex number, `"b:00ff"` bytes, `"s:abc"` a text.
 */

/** One family of recorded answers; the schema is `test/fixtures/vectors/README.md`. */
export interface Family {
  readonly meta: { readonly family: string; readonly profile: string; readonly count: number };
  readonly cases: any[];
}

const files = (
  import.meta as unknown as { glob(pattern: string, options: object): Record<string, () => Promise<Family>> }
).glob("../../fixtures/vectors/*.json", { import: "default" });

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1, -".json".length);

/** The names of all families, as those of their files. */
export const families: readonly string[] = Object.keys(files).map(nameOf);

export const load = (family: string): Promise<Family> => files[`../../fixtures/vectors/${family}.json`]!();

/** A format of the vectors: a code with its byte order, or the fields of a record. */
export type Dtype = string | { readonly itemsize: number; readonly fields: readonly DtypeField[] };

export interface DtypeField {
  readonly name: string;
  readonly offset: number;
  readonly dtype: Dtype;
  readonly shape?: readonly number[];
}

const SIZES: Record<string, number> = {
  b: 1, B: 1, "?": 1, c: 1, h: 2, H: 2, e: 2, i: 4, I: 4, f: 4, P: 4, q: 8, Q: 8, d: 8, F: 8, D: 16,
}; // prettier-ignore

const product = (shape: readonly number[]): number => shape.reduce((items, length) => items * length, 1);

export const sizeOf = (dtype: Dtype): number =>
  typeof dtype !== "string" ? dtype.itemsize : dtype.endsWith("s") ? parseInt(dtype, 10) : SIZES[dtype.at(-1)!]!;

/** The text of a format as this library takes it: every field with its own byte order, every gap as `x`. */
export function textOf(dtype: Dtype): string {
  if (typeof dtype === "string") return dtype;
  let at = 0;
  const pad = (end: number): string => (end > at ? `${end - at}x` : "");
  const fields = dtype.fields.map(({ name, offset, dtype: inner, shape }) => {
    const text = `${pad(offset)}${shape ? `(${shape})` : ""}${textOf(inner)}:${name}:`;
    at = offset + sizeOf(inner) * product(shape ?? []);
    return text;
  });
  return `T{${fields.join("")}${pad(dtype.itemsize)}}`;
}

const DIGITS = "0123456789abcdef";
export function toBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = DIGITS.indexOf(hex[2 * i]!) * 16 + DIGITS.indexOf(hex[2 * i + 1]!);
  return bytes;
}
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const words = new DataView(new ArrayBuffer(8));
/** `"nan:fff8000000000001"` is a NaN of these bits. */
export function toFloat(text: string): number {
  if (text === "inf") return Infinity;
  if (text === "-inf") return -Infinity;
  if (!text.startsWith("nan:")) return Number(text); // NaN for "nan"
  words.setBigUint64(0, BigInt(`0x${text.slice(4)}`));
  return words.getFloat64(0);
}

/** Whether the items of a format are bigints here. */
const isBigint = (format: string): boolean => format.endsWith("q") || format.endsWith("Q");

/** A recorded value as an item of a format. */
export function toValue(value: any, format: string): any {
  if (Array.isArray(value)) return value.map((item) => toValue(item, format));
  if (typeof value === "number") return isBigint(format) ? BigInt(value) : value;
  if (typeof value !== "string") return value;
  const text = value.slice(2);
  switch (value[0]) {
    case "i":
      return isBigint(format) ? BigInt(text) : Number(text);
    case "f":
      return toFloat(text);
    case "c":
      return text.split(",").map(toFloat);
    case "b":
      return format.endsWith("c") ? String.fromCharCode(...toBytes(text)) : toBytes(text);
    default:
      return text;
  }
}

/** A recorded value by itself, whatever is searched for it: integers exactly, one byte as a character. */
export const toSearched = (value: any): any =>
  typeof value === "string" && value.startsWith("i:")
    ? BigInt(value.slice(2))
    : toValue(value, typeof value === "string" && value.length === 4 ? "c" : "B");

/** Whether a value is the recorded one: of the same type, with the sign of zero; a record has its fields in their order. */
export function sameAs(actual: unknown, recorded: any): boolean {
  if (Array.isArray(recorded)) {
    const items = isRecord(actual) ? Object.values(actual) : actual;
    return (
      Array.isArray(items) && items.length === recorded.length && recorded.every((item, i) => sameAs(items[i], item))
    );
  }
  if (typeof recorded !== "string") return Object.is(actual, recorded);
  const text = recorded.slice(2);
  switch (recorded[0]) {
    case "i":
      return actual === BigInt(text);
    case "f":
      return Object.is(actual, toFloat(text));
    case "c": {
      const [real, imaginary] = text.split(",").map(toFloat);
      return Array.isArray(actual) && actual.length === 2 && Object.is(actual[0], real) && Object.is(actual[1], imaginary); // prettier-ignore
    }
    case "b":
      return typeof actual === "string"
        ? actual.length === 1 && actual.charCodeAt(0) === toBytes(text)[0] && text.length === 2
        : actual instanceof Uint8Array && sameBytes(actual, toBytes(text));
    default:
      return actual === text;
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Whether every record in a list has the names of its format, in their order. */
export function hasNames(value: unknown, dtype: Dtype): boolean {
  if (typeof dtype === "string") return true;
  if (Array.isArray(value)) return value.every((item) => hasNames(item, dtype));
  if (!isRecord(value)) return false;
  const names = Object.keys(value);
  return (
    names.length === dtype.fields.length &&
    dtype.fields.every(({ name, dtype: inner }, i) => names[i] === name && hasNames(value[name], inner))
  );
}

/** An item read from its bytes by the definition of its format; a model that shares no code with the library. */
export function readItem(data: DataView, at: number, dtype: Dtype): any {
  if (typeof dtype !== "string") {
    return Object.fromEntries(
      dtype.fields.map(({ name, offset, dtype: inner, shape }) => [
        name,
        readItems(data, at + offset, inner, shape ?? []),
      ]),
    );
  }
  if (dtype.endsWith("s")) return new Uint8Array(data.buffer, data.byteOffset + at, sizeOf(dtype)).slice();
  return readScalar(data, at, dtype.at(-1)!, !dtype.startsWith(">"));
}

/** A sub-array, as nested lists in C order. */
export function readItems(data: DataView, at: number, dtype: Dtype, shape: readonly number[]): any {
  if (shape.length === 0) return readItem(data, at, dtype);
  const [length, ...inner] = shape as [number, ...number[]];
  const stride = product(inner) * sizeOf(dtype);
  return Array.from({ length }, (_, i) => readItems(data, at + i * stride, dtype, inner));
}

function readScalar(data: DataView, at: number, code: string, little: boolean): unknown {
  switch (code) {
    case "b":
      return data.getInt8(at);
    case "B":
      return data.getUint8(at);
    case "?":
      return data.getUint8(at) !== 0;
    case "c":
      return String.fromCharCode(data.getUint8(at));
    case "h":
      return data.getInt16(at, little);
    case "H":
      return data.getUint16(at, little);
    case "e":
      return halfOf(data.getUint16(at, little));
    case "i":
      return data.getInt32(at, little);
    case "I":
    case "P":
      return data.getUint32(at, little);
    case "f":
      return data.getFloat32(at, little);
    case "q":
      return data.getBigInt64(at, little);
    case "Q":
      return data.getBigUint64(at, little);
    case "d":
      return data.getFloat64(at, little);
    case "F":
      return [data.getFloat32(at, little), data.getFloat32(at + 4, little)];
    case "D":
      return [data.getFloat64(at, little), data.getFloat64(at + 8, little)];
    default:
      throw new Error(`no code ${code}`);
  }
}

/** IEEE 754 binary16 by its definition: sign, 5 bits of exponent, 10 of fraction. */
function halfOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, (bits & 1023) / 1024];
  const size =
    exponent === 31 ? (fraction ? NaN : Infinity) : exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14; // prettier-ignore
  return bits & 0x8000 ? -size : size;
}
