/*
 * What items are, by definition, in terms of bytes and integers: a model of formats, conversions and comparison that
 * shares no code with the library.
 *
 * Sources: Python 3.14, library reference, `struct`; PEP 3118; IEEE 754-2019, sections 3.4 and 4.3.1.
 */

export type Kind =
  "integer" | "float" | "boolean" | "character" | "complex" | "bytes" | "pascal" | "array" | "record" | "tuple" | "padded"; // prettier-ignore

/** How the bytes of one item are read. */
export interface Item {
  readonly kind: Kind;
  readonly size: number;
  /** Where a native record places it: at a multiple of this. */
  readonly align: number;
  /** Most significant byte first. */
  readonly big: boolean;
  readonly signed: boolean;
  /** The single code of a scalar. */
  readonly code: string;
  /** Of an array. */
  readonly of?: Item;
  readonly lengths?: readonly number[];
  /** Of a record, a tuple, or one value among padding. */
  readonly fields?: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly item: Item;
}

const CODES: Record<string, readonly [Kind, size: number, signed?: true]> = {
  "b": ["integer", 1, true], "B": ["integer", 1], "h": ["integer", 2, true], "H": ["integer", 2],
  "i": ["integer", 4, true], "I": ["integer", 4], "l": ["integer", 4, true], "L": ["integer", 4],
  "q": ["integer", 8, true], "Q": ["integer", 8], "n": ["integer", 4, true], "N": ["integer", 4], "P": ["integer", 4],
  "e": ["float", 2], "f": ["float", 4], "d": ["float", 8], "F": ["complex", 8], "D": ["complex", 16],
  "?": ["boolean", 1], "c": ["character", 1],
}; // prettier-ignore
export const SCALAR_CODES = Object.keys(CODES);

const made = new Map<string, Item>();

/** One value: `"B"`, `"<h"`. */
export function scalar(text: string): Item {
  let item = made.get(text);
  if (!item) {
    const code = text.at(-1)!;
    const [kind, size, signed = false] = CODES[code]!;
    const big = text[0] === ">" || text[0] === "!";
    item = { kind, size, align: kind === "complex" ? size / 2 : size, big, signed, code };
    made.set(text, item);
  }
  return item;
}

const plain = { align: 1, big: false, signed: false, code: "" };
export const bytesItem = (code: "s" | "p", size: number): Item => ({ ...plain, kind: code === "s" ? "bytes" : "pascal", size, code }); // prettier-ignore
export const product = (lengths: readonly number[]): number => lengths.reduce((items, length) => items * length, 1);
export const arrayItem = (of: Item, lengths: readonly number[]): Item => ({
  ...plain,
  kind: "array",
  size: of.size * product(lengths),
  align: of.align,
  of,
  lengths,
});
export const fieldsItem = (kind: Kind, fields: readonly Field[], size: number, align = 1): Item => ({
  ...plain,
  kind,
  size,
  align,
  fields,
});

// ---- integers and floats from bytes, and back ------------------------------------------------------------------------

/** The bits of a float: of a half, a single, a double. */
const FLOATS: Record<number, readonly [exponentBits: number, fractionBits: number]> = { 2: [5, 10], 4: [8, 23], 8: [11, 52] }; // prettier-ignore

function unsignedAt(bytes: Uint8Array, at: number, size: number, big: boolean): bigint {
  let value = 0n;
  for (let k = 0; k < size; k++) value = (value << 8n) | BigInt(bytes[big ? at + k : at + size - 1 - k]!);
  return value;
}

/** The same of up to 4 bytes, where a number holds it. */
function smallAt(bytes: Uint8Array, at: number, size: number, big: boolean): number {
  let value = 0;
  for (let k = 0; k < size; k++) value = value * 256 + bytes[big ? at + k : at + size - 1 - k]!;
  return value;
}

function putUnsigned(bytes: Uint8Array, at: number, size: number, big: boolean, value: bigint): void {
  let rest = BigInt.asUintN(size * 8, value);
  for (let k = 0; k < size; k++, rest >>= 8n) bytes[big ? at + size - 1 - k : at + k] = Number(rest & 255n);
}

function integerAt({ size, big, signed }: Item, bytes: Uint8Array, at: number): number | bigint {
  if (size < 8) {
    const value = smallAt(bytes, at, size, big);
    return signed && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
  }
  const value = unsignedAt(bytes, at, size, big);
  return signed && value >= 2n ** 63n ? value - 2n ** 64n : value;
}

/** IEEE 754 by its definition: sign, exponent, fraction. */
export function floatAt(bytes: Uint8Array, at: number, size: number, big: boolean): number {
  const [exponentBits, fractionBits] = FLOATS[size]!;
  // The upper half holds sign and exponent; both halves are small integers.
  const lowSize = size === 8 ? 4 : 0;
  const high = smallAt(bytes, big || !lowSize ? at : at + 4, size - lowSize, big);
  const low = lowSize ? smallAt(bytes, big ? at + 4 : at, 4, big) : 0;
  const highFraction = fractionBits - lowSize * 8;
  const negative = Math.floor(high / 2 ** (exponentBits + highFraction)) === 1;
  const exponent = Math.floor(high / 2 ** highFraction) % 2 ** exponentBits;
  const fraction = ((high % 2 ** highFraction) * 2 ** (lowSize * 8) + low) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  let size_: number;
  if (exponent === 2 ** exponentBits - 1) size_ = fraction === 0 ? Infinity : NaN;
  else size_ = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  return negative ? -size_ : size_;
}

/** A finite number exactly: `whole × 2^exponent`. */
export function exact(value: number | bigint): { whole: bigint; exponent: number } {
  if (typeof value === "bigint") return { whole: value, exponent: 0 };
  let exponent = 0;
  let scaled = value;
  for (; !Number.isInteger(scaled); exponent -= 64) scaled *= 2 ** 64; // a power of two: nothing is rounded
  return { whole: BigInt(scaled), exponent };
}

/** The bits of the float nearest to a number, ties to even: one rounding, in integers. */
export function floatBits(value: number | bigint, size: number): bigint {
  const [exponentBits, fractionBits] = FLOATS[size]!;
  const fraction = BigInt(fractionBits);
  const infinity = ((1n << BigInt(exponentBits)) - 1n) << fraction;
  const sign = (typeof value === "bigint" ? value < 0n : value < 0 || Object.is(value, -0)) ? 1n << BigInt(size * 8 - 1) : 0n; // prettier-ignore
  if (typeof value === "number" && !Number.isFinite(value)) {
    return value !== value ? infinity | (1n << (fraction - 1n)) : sign | infinity;
  }
  const { whole, exponent } = exact(value);
  const magnitude = whole < 0n ? -whole : whole;
  if (magnitude === 0n) return sign;
  const lowest = 2 - 2 ** (exponentBits - 1) - fractionBits; // exponent of the smallest subnormal
  const unit = Math.max(exponent + magnitude.toString(2).length - 1 - fractionBits, lowest);
  let units: bigint;
  if (unit <= exponent) units = magnitude << BigInt(exponent - unit);
  else {
    const shift = BigInt(unit - exponent);
    const rest = magnitude & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    units = magnitude >> shift;
    if (rest > half || (rest === half && (units & 1n) === 1n)) units++;
  }
  // A subnormal has exponent field 0 and no hidden bit; a carry moves into the field by itself.
  const bits = unit === lowest ? units : (BigInt(unit - lowest) << fraction) + units;
  return sign | (bits < infinity ? bits : infinity);
}

const putFloat = (bytes: Uint8Array, at: number, size: number, big: boolean, value: number | bigint): void =>
  putUnsigned(bytes, at, size, big, floatBits(value, size));

// ---- items -----------------------------------------------------------------------------------------------------------

/** An item from its bytes. */
export function read(item: Item, bytes: Uint8Array, at: number): any {
  const { kind, size, big } = item;
  switch (kind) {
    case "integer":
      return integerAt(item, bytes, at);
    case "float":
      return floatAt(bytes, at, size, big);
    case "complex":
      return [floatAt(bytes, at, size / 2, big), floatAt(bytes, at + size / 2, size / 2, big)];
    case "boolean":
      return bytes[at] !== 0;
    case "character":
      return String.fromCharCode(bytes[at]!);
    case "bytes":
      return bytes.slice(at, at + size);
    case "pascal":
      return size === 0 ? new Uint8Array() : bytes.slice(at + 1, at + 1 + Math.min(bytes[at]!, size - 1));
    case "array": {
      const of = item.of!;
      return nest(
        timesOf(product(item.lengths!), (i) => read(of, bytes, at + i * of.size)),
        item.lengths!,
      );
    }
    case "record":
      return Object.fromEntries(item.fields!.map(({ name, offset, item: of }) => [name, read(of, bytes, at + offset)]));
    case "tuple":
      return item.fields!.map(({ offset, item: of }) => read(of, bytes, at + offset));
    case "padded":
      return read(item.fields![0]!.item, bytes, at + item.fields![0]!.offset);
  }
}

/** Writes a value that fits; bytes that are of no field stay. */
export function write(item: Item, bytes: Uint8Array, at: number, value: any): void {
  const { kind, size, big } = item;
  switch (kind) {
    case "integer":
      return putUnsigned(bytes, at, size, big, BigInt(value));
    case "float":
      return putFloat(bytes, at, size, big, value);
    case "complex": {
      const [re, im] = Array.isArray(value) ? value : [value, 0];
      putFloat(bytes, at, size / 2, big, re);
      return putFloat(bytes, at + size / 2, size / 2, big, im);
    }
    case "boolean":
      bytes[at] = value ? 1 : 0;
      return;
    case "character":
      bytes[at] = value.charCodeAt(0);
      return;
    case "bytes":
    case "pascal": {
      const given: Uint8Array = typeof value === "string" ? new TextEncoder().encode(value) : value;
      const head = kind === "pascal" && size > 0 ? 1 : 0;
      const room = head ? Math.min(size - 1, 255) : size;
      for (let k = 0; k < size - head; k++) bytes[at + head + k] = k < given.length ? given[k]! : 0;
      if (head) bytes[at] = Math.min(given.length, room);
      return;
    }
    case "array":
      return flat(value, item.lengths!.length).forEach((one, i) => write(item.of!, bytes, at + i * item.of!.size, one));
    case "record":
      return item.fields!.forEach(({ name, offset, item: of }) => write(of, bytes, at + offset, value[name]));
    case "tuple":
      return item.fields!.forEach(({ offset, item: of }, i) => write(of, bytes, at + offset, value[i]));
    case "padded":
      return write(item.fields![0]!.item, bytes, at + item.fields![0]!.offset, value);
  }
}

/** The values of an item that are one number, string or bytes each, and where they are. */
export function leaves(item: Item, at: number): { item: Item; at: number }[] {
  if (item.fields) return item.fields.flatMap(({ offset, item: of }) => leaves(of, at + offset));
  if (item.of) return timesOf(product(item.lengths!), (i) => leaves(item.of!, at + i * item.of!.size)).flat();
  return [{ item, at }];
}

/** Equal for items that read the same bytes as the same values. */
export function keyOf(item: Item): string {
  const { kind, size, signed, code } = item;
  if (item.of) return `${keyOf(item.of)}[${item.lengths}]`;
  if (item.fields) return `{${item.fields.map(({ name, offset, item: of }) => `${JSON.stringify(name)}@${offset}${keyOf(of)}`)}}${kind},${size}`; // prettier-ignore
  return `${kind}${size}${item.big && size > 1 && kind !== "bytes" && kind !== "pascal" ? ">" : ""}${signed}${code === "P"}`;
}

const timesOf = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const flat = (value: any, depth: number): any[] => (depth === 0 ? [value] : value.flatMap((part: any) => flat(part, depth - 1))); // prettier-ignore

/** Items in nested lists. */
export function nest(items: readonly unknown[], shape: readonly number[]): any {
  if (shape.length === 0) return items[0];
  if (shape.length === 1) return items.slice();
  const [length, ...rest] = shape as [number, ...number[]];
  const each = product(rest);
  return timesOf(length, (i) => nest(items.slice(i * each, (i + 1) * each), rest));
}

/** Whether two answers are the same, to the sign of a zero; a NaN is one. */
export function identical(a: any, b: any): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || a instanceof Uint8Array) {
    if (Array.isArray(a) !== Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!identical(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b) || b instanceof Uint8Array) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && identical(a[name], b[name]))
  );
}

export const hasNaN = (value: any): boolean =>
  value !== value || (Array.isArray(value) ? value.some(hasNaN) : typeof value === "object" && value !== null && !(value instanceof Uint8Array) && Object.values(value).some(hasNaN)); // prettier-ignore

/** An answer in a failure's text. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value, (_, part) =>
    typeof part === "bigint" ? `${part}n` : part !== part ? "NaN" : Object.is(part, -0) ? "-0" : part === Infinity ? "inf" : part === -Infinity ? "-inf" : part instanceof Uint8Array ? `bytes ${[...part]}` : part); // prettier-ignore
  return String(text).slice(0, 1500);
};

// ---- conversion and comparison ---------------------------------------------------------------------------------------

const isScalar = ({ kind }: Item): boolean => ["integer", "float", "complex", "boolean", "character"].includes(kind);
const precision = ({ kind, size }: Item): bigint => BigInt(FLOATS[kind === "complex" ? size / 2 : size]![1] + 1);
const range = ({ size, signed }: Item): [bigint, bigint] => {
  const bits = BigInt(size * 8);
  return signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
};

/** Whether every value of one format is a value of the other. */
export function lossless(from: Item, to: Item): boolean {
  if (!isScalar(from) || !isScalar(to)) return false;
  const real = to.kind === "float" || to.kind === "complex";
  switch (from.kind) {
    case "boolean":
      return to.kind !== "character";
    case "integer": {
      const [low, high] = range(from);
      if (to.kind === "integer") return range(to)[0] <= low && range(to)[1] >= high;
      // All integers up to 2^p are floats of p bits; the first beyond is not.
      return real && high <= 1n << precision(to) && -low <= 1n << precision(to);
    }
    case "float":
      return real && precision(to) >= precision(from);
    case "complex":
      return to.kind === "complex" && precision(to) >= precision(from);
    default:
      return to.kind === from.kind;
  }
}

export const convertible = (from: Item, to: Item): boolean =>
  [from, to].every((item) => isScalar(item) && item.kind !== "character");

/** A value of one numeric format as one that `write` takes for another: truncated and wrapped, or clamped. */
export function convert(value: any, to: Item, mode: "c" | "saturate"): any {
  const [re, im] = Array.isArray(value) ? value : [value, 0];
  const real: number | bigint = typeof re === "boolean" ? Number(re) : re;
  switch (to.kind) {
    case "boolean":
      return (real !== 0 && real !== 0n) || im !== 0;
    case "integer": {
      const [low, high] = range(to);
      if (typeof real === "number" && !Number.isFinite(real)) {
        return mode === "c" || real !== real ? 0n : real < 0 ? low : high;
      }
      const whole = typeof real === "bigint" ? real : BigInt(Math.trunc(real));
      return mode === "c" ? whole : whole < low ? low : whole > high ? high : whole; // `write` wraps
    }
    case "complex":
      return [real, im];
    default:
      return real;
  }
}

/** Python's `==` of two items: numbers by their exact value, characters and bytes byte by byte, else part by part. */
export function equalItems(a: any, b: any): boolean {
  const number = (value: any): boolean => ["number", "bigint", "boolean"].includes(typeof value);
  const plainNumber = (value: any): number | bigint => (typeof value === "boolean" ? Number(value) : value);
  if (number(a) && number(b)) {
    const [x, y] = [plainNumber(a), plainNumber(b)];
    if (!Number.isFinite(Number(x)) || !Number.isFinite(Number(y))) return x === y;
    const [p, q] = [exact(x), exact(y)];
    const lowest = Math.min(p.exponent, q.exponent);
    return p.whole << BigInt(p.exponent - lowest) === q.whole << BigInt(q.exponent - lowest);
  }
  if (typeof a === "string" || a instanceof Uint8Array) {
    const [x, y] = [a, b].map((text) => (typeof text === "string" ? Uint8Array.from(text, (c) => c.charCodeAt(0)) : text)); // prettier-ignore
    return y instanceof Uint8Array && x.length === y.length && x.every((byte: number, i: number) => byte === y[i]);
  }
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((part, i) => equalItems(part, b[i]));
  if (
    typeof a !== "object" ||
    typeof b !== "object" ||
    a === null ||
    b === null ||
    Array.isArray(b) ||
    b instanceof Uint8Array
  )
    return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalItems(a[name], b[name]))
  );
}

/** The same of items with a format each: a real number is the complex one without imaginary part. */
export function equalValues(a: any, aItem: Item, b: any, bItem: Item): boolean {
  const pair = (value: any, item: Item, other: Item): any =>
    other.kind === "complex" && ["integer", "float", "boolean"].includes(item.kind) ? [value, 0] : value;
  return equalItems(pair(a, aItem, bItem), pair(b, bItem, aItem));
}

// ---- where items are -------------------------------------------------------------------------------------------------

/** A view as the model knows it: where every item is, in C order. */
export interface Model {
  /** The bytes as they should be. */
  readonly bytes: Uint8Array;
  /** Where these bytes begin in the buffer. */
  readonly base?: number;
  /** Absent where the text is the library's own choice. */
  readonly format?: string | undefined;
  readonly item: Item;
  readonly shape: readonly number[];
  /** Positions of the items' first bytes, in C order. */
  readonly places: readonly number[];
  readonly readonly: boolean;
}

/** All index tuples of a shape, in C order. */
export function indices(shape: readonly number[]): number[][] {
  const count = product(shape);
  return timesOf(count, (i) => {
    const tuple: number[] = shape.slice();
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      tuple[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return tuple;
  });
}

/** The position of a tuple in the C order of a shape. */
const rank = (tuple: readonly number[], shape: readonly number[]): number =>
  tuple.reduce((sum, index, axis) => sum * shape[axis]! + index, 0);

/** Items picked from a model: `source` tells for each index of the new shape which index of the old one it was. */
export const pickItems = (model: Model, shape: readonly number[], source: (tuple: number[]) => readonly number[]): Model => ({
  ...model,
  shape,
  places: indices(shape).map((tuple) => model.places[rank(source(tuple), model.shape)]!),
}); // prettier-ignore

/** Places by the formula, from strides. */
export const placesOf = (offset: number, shape: readonly number[], strides: readonly number[]): number[] =>
  indices(shape).map((tuple) => tuple.reduce((sum, index, axis) => sum + index * strides[axis]!, offset));

/** The strides that put items at these places, if any do: forced by the neighbours of the first item, then checked. */
export function stridesOf(shape: readonly number[], places: readonly number[]): number[] | undefined {
  if (places.length === 0) return shape.map(() => 0);
  const strides = shape.map((length, axis) =>
    length === 1 ? 0 : places[rank(shape.map((_, i) => Number(i === axis)), shape)]! - places[0]!,
  ); // prettier-ignore
  return identical(placesOf(places[0]!, shape, strides), places) ? strides : undefined;
}

/** The same places as the first index running fastest visits them. */
export const fortran = <T>(shape: readonly number[], places: readonly T[]): T[] =>
  indices(shape.toReversed()).map((tuple) => places[rank(tuple.toReversed(), shape)]!);

/** All bytes of the items, in C order: their positions. */
export const bytePlaces = ({ places, item: { size } }: Model): number[] =>
  places.flatMap((place) => timesOf(size, (k) => place + k));

export const isPacked = (places: readonly number[], size: number): boolean =>
  places.every((place, i) => place === places[0]! + i * size);

/** The indices a slice picks: those of the sequence that its definition counts, inside the length. */
export function sliceIndices(length: number, start: number | null, stop: number | null, step: number | null): number[] {
  const by = step ?? 1;
  const clamp = (bound: number): number =>
    Math.max(by > 0 ? 0 : -1, Math.min(bound < 0 ? bound + length : bound, by > 0 ? length : length - 1));
  const first = start === null ? (by > 0 ? 0 : length - 1) : clamp(start);
  const end = stop === null ? (by > 0 ? length : -1) : clamp(stop);
  const chosen: number[] = [];
  for (let i = first; by > 0 ? i < end : i > end; i += by) chosen.push(i);
  return chosen;
}
