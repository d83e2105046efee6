import { BoundsError, list, show, ValueError } from "../errors.ts";
import { checkIndex, type Layout } from "./layout.ts";

/** Start, stop and step of a slice; a part that is `null` or left out is the end the step comes from, or goes to. */
type Part = number | null | undefined;
export type Slice = readonly [start?: Part, stop?: Part, step?: Part];

/** An index drops its axis, a slice keeps it, `"..."` stands for the axes not named, `null` is a new axis of length 1. */
export type Key = number | Slice | "..." | null;

/** A part of a slice as a number, or its default. @throws ValueError */
function part(value: unknown, fallback: number, operation: string): number {
  if (value === null || value === undefined) return fallback;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new ValueError(operation, `a slice holds ${show(value)}`, "pass integers or null");
}

/** Python's `slice.indices`: the first index, how many, and the step, clamped to the length. @throws ValueError */
export function sliceIndices(
  slice: Slice,
  length: number,
  operation: string,
): [first: number, count: number, step: number] {
  if (slice.length > 3) {
    throw new ValueError(operation, `a slice of ${slice.length} parts`, "pass [start, stop, step]");
  }
  const step = part(slice[2], 1, operation);
  if (step === 0) throw new ValueError(operation, "a slice has step 0", "use another step");
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + length : value, lowest), highest);
  // A part that is left out lies beyond the end it comes from, or goes to.
  const first = clamp(part(slice[0], -Infinity * step, operation));
  const stop = clamp(part(slice[1], Infinity * step, operation));
  return [first, Math.max(0, Math.ceil((stop - first) / step)), step];
}

/**
 * The layout that basic indexing gives, by arithmetic alone.
 *
 * @throws BoundsError for an index out of range or more keys than dimensions.
 * @throws ValueError for a key of another type, or a step of 0.
 */
export function sliceLayout(layout: Layout, keys: readonly Key[], operation: string): Layout {
  const named = keys.reduce<number>((count, key) => count + (key === null || key === "..." ? 0 : 1), 0);
  if (named > layout.shape.length) {
    throw new BoundsError(
      operation,
      `${named} keys for ${layout.shape.length} dimensions of shape ${list(layout.shape)}`,
      "a range is one key: slice([start, stop])",
    );
  }
  let { byteOffset } = layout;
  const shape: number[] = [];
  const strides: number[] = [];
  let axis = 0;
  let ellipses = 0;
  const push = (length: number, stride: number): void => {
    shape.push(length);
    strides.push(stride);
  };
  const keep = (count: number): void => {
    for (; count > 0; count--, axis++) push(layout.shape[axis]!, layout.strides[axis]!);
  };
  for (const key of keys) {
    if (key === null) {
      push(1, 0);
    } else if (key === "...") {
      if (++ellipses > 1) throw new ValueError(operation, "the ellipsis '...' stands twice", "use it once");
      keep(layout.shape.length - named);
    } else if (typeof key === "number") {
      byteOffset += checkIndex(key, layout.shape[axis]!, axis, operation) * layout.strides[axis]!;
      axis++;
    } else if (Array.isArray(key)) {
      const [first, count, step] = sliceIndices(key as Slice, layout.shape[axis]!, operation);
      byteOffset += first * layout.strides[axis]!;
      push(count, layout.strides[axis]! * step + 0); // never −0
      axis++;
    } else {
      throw new ValueError(operation, `a key is ${show(key)}`, "pass an integer, [start, stop, step], '...' or null");
    }
  }
  keep(layout.shape.length - axis);
  return { byteOffset, shape, strides };
}

/** Keys from Python's notation: `"10:20, ::-1, 0"`, with `...` and `None`. @throws ValueError */
export function parseKeys(notation: string, operation: string): Key[] {
  const fail = (text: string, what: string): never => {
    throw new ValueError(
      operation,
      `${show(notation)} has ${show(text)} for ${what}`,
      "write it as in '10:20, ::-1, 0'",
    );
  };
  const integer = (text: string): number => {
    const digits = text[0] === "-" || text[0] === "+" ? text.slice(1) : text;
    const isNumber = digits !== "" && [...digits].every((c) => c >= "0" && c <= "9");
    return isNumber ? Number(text) : fail(text, "an integer");
  };
  const trimmed = (text: string, separator: string): string[] => text.split(separator).map((piece) => piece.trim());
  const texts = trimmed(notation, ",");
  if (texts.length > 1 && texts.at(-1) === "") texts.pop(); // as in Python, "0," is one key
  return texts.map((text) => {
    if (text === "...") return "...";
    if (text === "None") return null;
    const parts = trimmed(text, ":");
    if (parts.length === 1) return integer(text);
    if (parts.length > 3) fail(text, "a slice");
    return parts.map((piece) => (piece === "" ? null : integer(piece))) as unknown as Slice;
  });
}
