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
  const first = clamp(part(slice[0], step > 0 ? 0 : Infinity, operation));
  const stop = slice[1] === null || slice[1] === undefined ? (step > 0 ? length : -1) : clamp(part(slice[1], 0, operation)); // prettier-ignore
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
  const keep = (count: number): void => {
    for (; count > 0; count--, axis++) {
      shape.push(layout.shape[axis]!);
      strides.push(layout.strides[axis]!);
    }
  };
  for (const key of keys) {
    if (key === null) {
      shape.push(1);
      strides.push(0);
    } else if (key === "...") {
      if (++ellipses > 1) throw new ValueError(operation, "the ellipsis '...' stands twice", "use it once");
      keep(layout.shape.length - named);
    } else if (typeof key === "number") {
      byteOffset += checkIndex(key, layout.shape[axis]!, axis, operation) * layout.strides[axis]!;
      axis++;
    } else if (Array.isArray(key)) {
      const [first, count, step] = sliceIndices(key as Slice, layout.shape[axis]!, operation);
      byteOffset += first * layout.strides[axis]!;
      shape.push(count);
      strides.push(layout.strides[axis]! * step + 0); // never −0
      axis++;
    } else {
      throw new ValueError(operation, `a key is ${show(key)}`, "pass an integer, [start, stop, step], '...' or null");
    }
  }
  keep(layout.shape.length - axis);
  return { byteOffset, shape, strides };
}

/** An integer in Python's notation. @throws ValueError */
function integer(text: string, notation: string, operation: string): number {
  const digits = text[0] === "-" || text[0] === "+" ? text.slice(1) : text;
  const isNumber = digits.length > 0 && [...digits].every((c) => c >= "0" && c <= "9");
  if (!isNumber) {
    throw new ValueError(
      operation,
      `${show(notation)} has ${show(text)} for an integer`,
      "write it as in '10:20, ::-1, 0'",
    );
  }
  return Number(text);
}

/** Keys from Python's notation: `"10:20, ::-1, 0"`, with `...` and `None`. @throws ValueError */
export function parseKeys(notation: string, operation: string): Key[] {
  const texts = notation.split(",").map((text) => text.trim());
  if (texts.length > 1 && texts.at(-1) === "") texts.pop(); // as in Python, "0," is one key
  return texts.map((text) => {
    if (text === "...") return "...";
    if (text === "None") return null;
    const parts = text.split(":").map((piece) => piece.trim());
    if (parts.length === 1) return integer(parts[0]!, notation, operation);
    if (parts.length > 3) throw new ValueError(operation, `${show(notation)} has ${show(text)} for a slice`);
    return parts.map((piece) => (piece === "" ? null : integer(piece, notation, operation))) as unknown as Slice;
  });
}
