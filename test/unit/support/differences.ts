/*
 * Where this library answers otherwise than CPython and NumPy, on purpose. The table of the README, and what the adapter
 * of the recorded answers lets pass: a step that a row does not describe must be answered as recorded.
 */
import type { MemoryView } from "linearview";
import type { Step } from "./vectors.ts";

/** A step of the recorded answers, and what it came to here. */
export interface Outcome {
  readonly step: Step;
  /** The view it was done on, before it. */
  readonly view: MemoryView | undefined;
  /** The `code` of the error, or undefined when it succeeded. */
  readonly code: string | undefined;
  readonly result: unknown;
}

export interface Difference {
  readonly step: string;
  readonly python: string;
  readonly here: string;
  readonly reason: string;
  /** Whether an outcome that is not the recorded one is this difference. */
  readonly applies: (outcome: Outcome) => boolean;
}

const succeeds = ({ code }: Outcome): boolean => code === undefined;
const isOp = ({ step }: Outcome, ...ops: string[]): boolean => ops.includes(step.op);
const isWhy = ({ step }: Outcome, ...reasons: string[]): boolean => reasons.includes(step.why ?? "");

/** The characters of a text that struct can read. */
const STRUCT_TEXT = "xcbB?hHiIlLqQnNefdFDspP@=<>! 0123456789";

/** Whether a recorded value is finite, and too large for a float of 32 bits. */
const isHuge = (value: unknown): boolean =>
  typeof value === "string" &&
  "fc".includes(value[0]!) &&
  value
    .slice(2)
    .split(",")
    .some((part) => Math.abs(Number(part)) > 3.4028235677973362e38 && Number.isFinite(Number(part)));

/** Formats that CPython keeps as text it cannot read; those that are read here. */
const isOpaque = (format: string): boolean =>
  ["{", "(", ":", "Z"].some((c) => format.includes(c)) ||
  ("<>=!".includes(format[0]!) && "nNP".includes(format.at(-1)!));

const hugeFloat: Difference = {
  step: "a finite float too large for `f`",
  python: "infinity in native order, an error with a byte order",
  here: "`ValueError`, whatever the byte order",
  reason: 'a value that does not fit is refused, never changed; `{ mode: "c" }` gives infinity',
  applies: ({ step, code }) =>
    code === "ERR_VALUE" && step.error === undefined && [step.value ?? step.values].flat().some(isHuge),
};

/** Steps that there is nothing to do for here. */
export const NO_OPERATION: Difference = {
  step: "`del v[i]`, `v < w`, entering a `with` block, `suboffsets`",
  python: "refused, refused, refused when released, an empty tuple",
  here: "no such operation",
  reason:
    "JavaScript has no operators to define, `using` calls nothing at its start, and one memory needs no suboffsets",
  applies: ({ step: { op, name } }) => ["delitem", "order", "enter"].includes(op) || name === "suboffsets",
};

/** Of steps on a memory. */
export const STEP_DIFFERENCES: readonly Difference[] = [
  NO_OPERATION,
  hugeFloat,
  {
    step: "anything that raises `NotImplementedError`",
    python: "has no n-d slices, sub-views, n-d iteration and search, and reads only native single codes",
    here: "all of them work, and search of 0 dimensions too",
    reason: "pictures and records need them; the rules are NumPy's basic indexing and `struct`",
    applies: (outcome) =>
      // What is left to refuse is an index, a length or a value; CPython does not come to look at them.
      (outcome.step.error === "NotImplementedError" &&
        !["ERR_FORMAT", "ERR_UNSUPPORTED"].includes(outcome.code ?? "")) ||
      (isOp(outcome, "contains", "count", "index") && isWhy(outcome, "zero-dim") && succeeds(outcome)),
  },
  {
    step: "`cast` to another format or shape",
    python: "only from or to bytes, and only between 1-d and n-d",
    here: "from any format and shape to any, when the bytes agree",
    reason: "the detour over bytes gives the same view",
    applies: (outcome) => isOp(outcome, "cast") && isWhy(outcome, "cast-format", "cast-shape") && succeeds(outcome),
  },
  {
    step: "`cast` of an empty view with a gap, its `contiguous`",
    python: "an empty 1-d view whose stride is not its itemsize is not contiguous",
    here: "a view without items is contiguous in every order",
    reason: "NumPy's rule; there is no item that could be out of place",
    applies: (outcome) =>
      (isOp(outcome, "cast") && isWhy(outcome, "not-contiguous") && succeeds(outcome) && outcome.view!.nbytes === 0) ||
      // Of a state, the result is the name of the attribute that differs.
      (isOp(outcome, "state") &&
        outcome.result === "contig" &&
        outcome.view!.format === outcome.step.expect.format &&
        outcome.view!.ndim === 1 &&
        outcome.view!.strides[0] !== outcome.view!.itemsize &&
        outcome.view!.nbytes === 0),
  },
  {
    step: "a view of a format that `struct` does not know",
    python: "an opaque view: no items, equal to nothing",
    here: "`FormatError`",
    reason: "a view that cannot be read hides a mistake until later; the bytes are a view of `B`",
    applies: ({ step: { op, format, itemsize }, code }) =>
      op === "window" &&
      code === "ERR_FORMAT" &&
      (itemsize === 0 || [...format].some((c: string) => !STRUCT_TEXT.includes(c))),
  },
  {
    step: "`==` of records, sub-arrays, `Zf`, `Zd`, `<P`, `<n`",
    python: "unequal to everything, themselves included, because `struct` cannot read them",
    here: "compared item by item",
    reason: "the items can be read",
    applies: (outcome) => isOp(outcome, "eq", "ne") && succeeds(outcome) && isOpaque(outcome.view!.format),
  },
  {
    step: "`==` with a released view",
    python: "equal to itself alone",
    here: "`ReleasedError`",
    reason: "a released view answers no question; equal by accident is worse than an error",
    applies: (outcome) => isOp(outcome, "eq", "ne") && outcome.code === "ERR_RELEASED",
  },
  {
    step: "slice assignment between structures",
    python: "same format, same length, one dimension, and a buffer",
    here: "broadcasts, takes lists and scalars, and converts where no value can be lost",
    reason: "NumPy's rules; what cannot be kept is still refused",
    applies: (outcome) =>
      isOp(outcome, "setitem") && isWhy(outcome, "structure", "value-type", "key-type") && succeeds(outcome),
  },
  {
    step: "`v[()]`, `v[...]` and `v[None]`",
    python: "invalid keys, but for the item and the view of 0 dimensions",
    here: "NumPy's ellipsis and new axis, at any number of dimensions",
    reason: "one rule for all views",
    applies: (outcome) =>
      isOp(outcome, "getitem", "setitem") &&
      isWhy(outcome, "key-type", "zero-dim") &&
      (succeeds(outcome) || outcome.code === "ERR_LAYOUT"),
  },
  {
    step: "`index()` of what is not there, and from `None`",
    python: "`ValueError`, `TypeError`",
    here: "`indexOf()` answers -1; `null` is a bound left out",
    reason: "the habit of JavaScript; as in a slice",
    applies: (outcome) =>
      isOp(outcome, "index") &&
      ((isWhy(outcome, "not-found") && outcome.result === -1) || (isWhy(outcome, "key-type") && succeeds(outcome))),
  },
  {
    step: "`reshape` with a length below -1",
    python: "NumPy takes every negative length for -1",
    here: "`LayoutError`",
    reason: "it is a mistake",
    applies: (outcome) =>
      isOp(outcome, "reshape") &&
      outcome.step.error === undefined &&
      outcome.code === "ERR_LAYOUT" &&
      outcome.step.shape.some((n: number) => n < -1),
  },
  {
    step: "`hash()` of a read-only view of writable memory",
    python: "`TypeError`, because the owner is not hashable",
    here: "the hash of the bytes as they are",
    reason: "all linear memory is writable by somebody; the caller vouches for it with `toReadonly()`",
    applies: (outcome) => isOp(outcome, "hash") && isWhy(outcome, "hash") && succeeds(outcome),
  },
  {
    step: "resizing the owner under its views",
    python: "`BufferError` while a view exists",
    here: "memory grows at any time, and the views go on",
    reason: "nobody can keep a guest from growing its memory",
    applies: (outcome) => isOp(outcome, "resize") && isWhy(outcome, "exports") && succeeds(outcome),
  },
  {
    step: "`release()` of an exported view",
    python: "`BufferError` while another consumer has the view's buffer",
    here: "`hold()` locks the block: the view may go, the block may not",
    reason: "what a consumer needs is the bytes, not the view",
    applies: (outcome) => isOp(outcome, "release", "exit") && isWhy(outcome, "exports") && succeeds(outcome),
  },
];

/** Of `struct`. */
export const STRUCT_DIFFERENCES: readonly Difference[] = [
  hugeFloat,
  {
    step: "`pack` of a text as `c`, `s` or `p`",
    python: "`struct.error`: only bytes",
    here: "one Latin-1 character for `c`, UTF-8 for `s` and `p`",
    reason: "JavaScript writes short tags as texts",
    applies: ({ step: { op, values, why }, code }) =>
      op === "pack" &&
      code === undefined &&
      ["value-type", "value-range"].includes(why!) &&
      String(values?.[0]).startsWith("s:"),
  },
  {
    step: "`calcsize` of `T{i}`, `(2)i`, `i:x:`",
    python: "`struct.error`: no records, sub-arrays and names",
    here: "their size",
    reason: "the formats of PEP 3118 are formats everywhere",
    applies: ({ step: { op, format, why }, code }) =>
      op === "calcsize" && why === "format" && code === undefined && isOpaque(format),
  },
  {
    step: "a NaN with a payload, as a number",
    python: "keeps the bits",
    here: "a NaN; copies between views of one format keep the bits",
    reason: "ECMAScript has one NaN, and engines change its bits",
    applies: ({ step: { op, values }, code }) =>
      op === "nan" && code === undefined && String(values).includes("f:nan:"),
  },
];

/** Of the texts of PEP 3118. */
export const TEXT_DIFFERENCES: readonly Difference[] = [
  {
    step: "several codes without `T{}` as one item",
    python: "NumPy reads a record `f0`, `f1`, … and pads it at its end",
    here: "an array of the values, as `struct` lays them out",
    reason: "the same text has one size, in `Struct` and in a view",
    applies: ({ step: { op, source, format }, result }) =>
      op === "format" && source === "numpy-parse" && !format.includes("{") && Array.isArray(result),
  },
  {
    step: "NumPy's `@` in a record at an unaligned place",
    python: "the export aligns to the whole item, NumPy's own reader to the record",
    here: "as NumPy reads it, unless the itemsize shows that it is an export",
    reason: "the text does not tell which is meant",
    applies: ({ step: { op, source, format }, result }) =>
      op === "format" && source === "numpy-export" && format.includes("@") && result !== undefined,
  },
];

/** The table of the README. */
export const DIFFERENCES: readonly Difference[] = [
  ...new Set([...STEP_DIFFERENCES, ...STRUCT_DIFFERENCES, ...TEXT_DIFFERENCES]),
];
