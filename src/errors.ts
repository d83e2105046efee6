/**
 * Every failure of this library. A caller tells failures apart by class or by `code`, which never changes; the text
 * names the operation, what was asked, the rule with both numbers, and the next step.
 *
 * @example if (error instanceof MemoryViewError && error.code === "ERR_BOUNDS") console.log(error.hint);
 */
export class MemoryViewError extends Error {
  /** A stable name of this kind of failure: `"ERR_…"`. */
  readonly code: string = "ERR_MEMORY_VIEW";
  /** The call that failed, as it is written: `"MemoryView.get"`. */
  declare readonly operation: string;
  /** The next step, or an empty string where there is none to offer. */
  declare readonly hint: string;

  constructor(operation: string, problem: string, hint = "", options?: ErrorOptions) {
    super(`${operation}: ${problem}${hint && `; ${hint}`}`, options);
    this.operation = operation;
    this.hint = hint;
  }
}

/**
 * The text of a format, an unknown code, an unknown field, or a format an operation does not take.
 *
 * @example memoryview(bytes, { format: "Y" }) // FormatError
 */
export class FormatError extends MemoryViewError {
  override readonly name = "FormatError";
  override readonly code = "ERR_FORMAT";
}

/**
 * Shape, strides, axes, broadcasting, the size of a cast, contiguity, overlap.
 *
 * @example view.reshape([3, 5]) // LayoutError
 */
export class LayoutError extends MemoryViewError {
  override readonly name = "LayoutError";
  override readonly code = "ERR_LAYOUT";
}

/**
 * An index, a number of indices, a window or an address outside of what is there.
 *
 * @example view.get(view.length) // BoundsError
 */
export class BoundsError extends MemoryViewError {
  override readonly name = "BoundsError";
  override readonly code = "ERR_BOUNDS";
}

/**
 * An item, option or key that does not fit or is of the wrong type.
 *
 * @example memoryview(bytes).set(0, 256) // ValueError
 */
export class ValueError extends MemoryViewError {
  override readonly name = "ValueError";
  override readonly code = "ERR_VALUE";
}

/**
 * A write through a read-only view.
 *
 * @example view.toReadonly().set(0, 1) // ReadonlyError
 */
export class ReadonlyError extends MemoryViewError {
  override readonly name = "ReadonlyError";
  override readonly code = "ERR_READONLY";
}

/**
 * A view that was released, or whose block was freed.
 *
 * @example memory.free(view); view.get(0) // ReleasedError
 */
export class ReleasedError extends MemoryViewError {
  override readonly name = "ReleasedError";
  override readonly code = "ERR_RELEASED";
}

/**
 * A block that cannot be freed because something holds it.
 *
 * @example view.hold(); memory.free(view) // ExportedError
 */
export class ExportedError extends MemoryViewError {
  override readonly name = "ExportedError";
  override readonly code = "ERR_EXPORTED";
}

/**
 * No room, an address that is no block, or an allocator that answered nonsense.
 *
 * @example memory.alloc("B", 2 ** 32) // AllocationError
 */
export class AllocationError extends MemoryViewError {
  override readonly name = "AllocationError";
  override readonly code = "ERR_ALLOCATION";
}

/**
 * What this library, this memory or this platform cannot do.
 *
 * @example memoryview("text") // UnsupportedError
 */
export class UnsupportedError extends MemoryViewError {
  override readonly name = "UnsupportedError";
  override readonly code = "ERR_UNSUPPORTED";
}

/** Any value as a short piece of an error's text. Runs no code of the value's own. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > 40 ? `'${value.slice(0, 37)}…' (${value.length} characters)` : `'${value}'`;
    case "bigint":
      return value >= -(2n ** 80n) && value <= 2n ** 80n ? `${value}n` : "a bigint of more than 80 bits";
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

/** Numbers of a shape, strides or an index: `[2, 3]`. */
export function list(numbers: readonly unknown[]): string {
  const shown = numbers.length > 8 ? [...numbers.slice(0, 8).map(show), "…"] : numbers.map(show);
  return `[${shown.join(", ")}]`;
}
