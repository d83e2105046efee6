import type { Format } from "../format/format.ts";
import type { MemoryView } from "./memory-view.ts";
import { equalItems } from "./bytes.ts";
import { late } from "./late.ts";

/** Python's value equality of two items: by value across numeric types, never for NaN, element by element in arrays. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [x, y] = [ordinal(a), ordinal(b)];
  // A bigint and a number compare exactly with ==, without rounding either.
  // oxlint-disable-next-line eqeqeq
  if (x !== undefined && y !== undefined) return x == y;
  if (typeof a === "string") return isArray(b) && b.length === 1 && b[0] === a.charCodeAt(0);
  if (typeof b === "string") return sameValue(b, a);
  if (isArray(a) && isArray(b)) return a.length === b.length && Array.prototype.every.call(a, (item, i) => sameValue(item, b[i])); // prettier-ignore
  return false;
}

const isArray = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || value instanceof Uint8Array;
const ordinal = (value: unknown): number | bigint | undefined =>
  typeof value === "number" || typeof value === "bigint"
    ? value
    : typeof value === "boolean"
      ? Number(value)
      : undefined;

/** How items are read for comparison with those of another format: a real number is a complex one. */
function readerOf(format: Format, other: Format): Format["read"] {
  const real = format.scalar && !["complex", "character"].includes(format.scalar.kind);
  return real && other.scalar?.kind === "complex" ? (data, at) => [format.read(data, at), 0] : format.read;
}

/** See `MemoryView.equals`. */
export function equalTo(view: MemoryView, other: unknown): boolean {
  const operation = "MemoryView.equals";
  view._check(operation);
  const that = late.viewOf(other);
  if (!that) return false;
  that._check(operation);
  const { _format: format, _layout: layout } = view;
  const { shape } = layout;
  const lengths = that._layout.shape;
  if (shape.length !== lengths.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] !== lengths[axis]) return false;
    if (shape[axis] === 0) return true; // as in CPython, what lies behind an empty axis is not looked at
  }
  const [left, right] = [view._live(operation), that._live(operation)];
  const kind = format.scalar?.kind;
  // Bytes decide only where equal values have equal bytes: not for floats (0, NaN), nor for booleans (any non-zero).
  if (format.key === that._format.key && (kind === "integer" || kind === "bigint" || kind === "character")) {
    return equalItems(
      { buffer: left.buffer, ...layout },
      { buffer: right.buffer, ...that._layout },
      shape,
      format.itemsize,
    );
  }
  const [read, readThat] = [readerOf(format, that._format), readerOf(that._format, format)];
  const walk = (axis: number, at: number, from: number): boolean => {
    if (axis === shape.length) return sameValue(read(left, at), readThat(right, from));
    for (let i = 0; i < shape[axis]!; i++) {
      if (!walk(axis + 1, at + i * layout.strides[axis]!, from + i * that._layout.strides[axis]!)) return false;
    }
    return true;
  };
  return walk(0, layout.byteOffset, that._layout.byteOffset);
}
