import { UnsupportedError } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { product } from "../layout/shape.ts";
import { type Slice, sliceIndices } from "../layout/slice.ts";
import { equalItems } from "./bytes.ts";
import { ordinal } from "./convert.ts";
import { bytesOf, itemsOf } from "./export.ts";
import { readerOf } from "./items.ts";
import { late } from "./late.ts";
import type { MemoryView } from "./memory-view.ts";

const isArray = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || value instanceof Uint8Array;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Python's value equality of two items: by value across numeric types, never for NaN, part by part in lists and records. */
function sameValue(a: unknown, b: unknown): boolean {
  const [x, y] = [ordinal(a), ordinal(b)];
  // A bigint and a number compare exactly with ==, without rounding either.
  // oxlint-disable-next-line eqeqeq
  if (x !== undefined && y !== undefined) return x == y;
  if (typeof a === "string") return a === b || (isArray(b) && b.length === 1 && b[0] === a.charCodeAt(0));
  if (typeof b === "string") return sameValue(b, a);
  if (isArray(a)) return isArray(b) && a.length === b.length && Array.prototype.every.call(a, (item, i) => sameValue(item, b[i])); // prettier-ignore
  if (isArray(b) || !isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name])); // prettier-ignore
}

const isComplex = ({ scalar }: Format): boolean => scalar?.kind === "complex";
/** A real number as the complex one it equals. */
const asComplex = (value: unknown): unknown => (ordinal(value) === undefined ? value : [value, 0]);

/** See `MemoryView.equals`. */
export function equalTo(view: MemoryView, other: unknown): boolean {
  const operation = "MemoryView.equals";
  view._check(operation);
  const that = late.viewOf(other);
  if (!that) return false;
  that._check(operation);
  const { _format: format } = view;
  const { shape } = view._layout;
  const lengths = that._layout.shape;
  if (shape.length !== lengths.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] !== lengths[axis]) return false;
    if (shape[axis] === 0) return true; // as in CPython, what lies behind an empty axis is not looked at
  }
  const kind = format.scalar?.kind;
  const floats = kind === "float";
  // Bytes decide only where equal values have equal bytes: not for booleans, any non-zero of which is true.
  const direct = floats ? format.array : kind && kind !== "boolean" && kind !== "complex";
  if (direct && format.key === that._format.key) {
    const equal = equalItems(itemsOf(view, operation), itemsOf(that, operation), shape, format.itemsize, floats);
    if (equal !== undefined) return equal;
  }
  const [read, readThat] = [readerOf(view, operation), readerOf(that, operation)];
  const part = isComplex(format) || isComplex(that._format) ? asComplex : (item: unknown): unknown => item;
  const count = product(shape);
  for (let k = 0; k < count; k++) if (!sameValue(part(read(k)), part(readThat(k)))) return false;
  return true;
}

/**
 * The positions in C order, from `start` to `stop`, of the items that equal a value; `found` says whether to go on.
 * Bounds as in Python: negative ones count from the end, and both are clamped.
 */
export function findItems(
  view: MemoryView,
  value: unknown,
  range: Slice,
  operation: string,
  found: (position: number) => boolean,
): void {
  const read = readerOf(view, operation);
  const { _format: format } = view;
  const text = typeof value === "string" && (format.code === "s" || format.code === "p");
  const wanted = text ? new TextEncoder().encode(value) : isComplex(format) ? asComplex(value) : value;
  const [first, count] = sliceIndices(range, product(view._layout.shape), operation);
  // Looking at a value of several parts can run code of its owner, which may grow the memory: all items are read before.
  const items = isObject(wanted) ? Array.from({ length: count }, (_, k) => read(first + k)) : undefined;
  for (let k = 0; k < count; k++)
    if (sameValue(items ? items[k] : read(first + k), wanted) && !found(first + k)) return;
}

/** See `MemoryView.hash`: FNV-1a (Fowler, Noll and Vo), 32 bits. */
export function hashOf(view: MemoryView): number {
  const operation = "MemoryView.hash";
  view._check(operation);
  const { code, text } = view._format;
  if (!view._readonly || !code || !"Bbc".includes(code)) {
    const problem = view._readonly ? `the format is '${text}', not B, b or c` : "the view can be written";
    throw new UnsupportedError(operation, problem, "hash view.cast('B').toReadonly()");
  }
  let hash = 0x811c9dc5;
  for (const byte of bytesOf(view, "C", operation)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
