import type { Format } from "../format/format.ts";
import type { NativeArray } from "../format/scalars.ts";
import type { Layout } from "../layout/layout.ts";
import { MemoryView } from "./memory-view.ts";
import { Window } from "../memory/block.ts";

/**
 * A view of one to three dimensions whose items are those of a typed array over the whole memory; `native.ts` reads and
 * writes them. It is made of numbers alone, so that a slice costs one object: shape and strides become arrays when
 * somebody asks for them.
 */
abstract class AlignedView extends MemoryView {
  /** Number of dimensions: a constant of the prototypes, see `create.ts`. */
  declare readonly axes: number;

  /**
   * Index of the first item, lengths, and steps in items. All fields of views are declared, not defined: a class field
   * is `undefined` before it is assigned, and the engine would never again take it for the small integer it is.
   */
  declare first: number;
  declare n0: number;
  declare n1: number;
  declare n2: number;
  declare s0: number;
  declare s1: number;
  declare s2: number;
  /** Length of the first dimension for `set`: none of a read-only view. */
  declare writable: number;
  declare made: Layout | undefined;

  override get _layout(): Layout {
    return (this.made ??= layoutOf(this));
  }

  protected override _close(): void {
    this.made = this._layout; // a released view still shows what it was
    this.n0 = this.writable = 0;
  }
}

function layoutOf({ axes, _format: format, first, n0, n1, n2, s0, s1, s2 }: AlignedView): Layout {
  const bytes = (items: number): number => items * format.itemsize;
  return {
    byteOffset: bytes(first),
    shape: Object.freeze([n0, n1, n2].slice(0, axes)),
    strides: Object.freeze([s0, s1, s2].slice(0, axes).map(bytes)),
  };
}

/** The class of one item type and number of dimensions. */
export type AlignedClass = new (
  window: Window<NativeArray>,
  format: Format,
  readonly: boolean,
  first: number,
  n0: number,
  s0: number,
  n1?: number,
  s1?: number,
  n2?: number,
  s2?: number,
) => AlignedView;

/**
 * How many items the slice `[start, stop, step]` of an axis has, when it needs no second look: whole numbers in order and
 * within the axis. 0 for all others, which `sliceLayout` reads, or refuses.
 */
function countPlain(parts: number, start: unknown, stop: unknown, step: unknown, length: number): number {
  return parts <= 3 &&
    typeof start === "number" &&
    typeof stop === "number" &&
    typeof step === "number" &&
    start >= 0 &&
    stop > start &&
    stop <= length &&
    step > 0 &&
    start % 1 === 0 &&
    stop % 1 === 0 &&
    step % 1 === 0
    ? step === 1
      ? stop - start
      : Math.ceil((stop - start) / step)
    : 0;
}

/** What `Iterator.prototype` is where it has no name yet: where iterators get their helpers from. */
const iteratorPrototype: object = Object.getPrototypeOf(Object.getPrototypeOf([].values()));

/** What `native.ts` makes its classes of. */
export const parts = { AlignedView, Window, countPlain, iteratorPrototype };
export type Parts = typeof parts;
