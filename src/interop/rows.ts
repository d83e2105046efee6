import { BoundsError, LayoutError, list } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { ItemOf } from "../format/types.ts";
import { checkIndex } from "../layout/layout.ts";
import { checkShape, checkStrides, product } from "../layout/shape.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { type Check, checkOption, object, oneOf } from "../options.ts";
import type { Assignable, AssignOptions } from "../view/assign.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { memoryview, type MemorySource, viewAs } from "../view/memoryview.ts";
import type { Lengths } from "../view/types.ts";
import type { ViewWindow } from "../view/window.ts";
import { Guest, taking } from "./guest.ts";

/** A table of pointers to rows: `T**` in C. `shape`, `format` and `strides` are those of one row. */
export interface RowPointersWindow<F extends string = string> extends ViewWindow<F> {
  /** Where the table begins. */
  byteOffset: number | bigint;
  /** How many pointers are in it. */
  rows: number;
  shape: Lengths;
  /** How a pointer is read, where it is not as wide as the memory's addresses, which `"P"` is. */
  pointer?: "P" | "I" | "Q";
  /** Bytes from where a pointer points to the row's first item. */
  suboffset?: number;
}

const count: Check = (value) =>
  !(Number.isSafeInteger(value) && (value as number) >= 0) && "how many pointers there are";

/**
 * Rows that are apart, each found through a pointer: one level of suboffsets (PEP 3118, "suboffsets"). A pointer is read
 * anew whenever its row is used, so a module that swaps rows is followed, and each row is checked against the memory.
 *
 * @example for (const row of fromRowPointers(memory, { byteOffset, rows: 480, shape: 640 })) row.fill(0);
 */
export class RowPointers<Item = any> implements Iterable<MemoryView<Item>> {
  readonly #source: MemorySource;
  readonly #pointers: MemoryView<number | bigint>;
  readonly #row: ViewWindow & { shape: readonly number[] };
  readonly #suboffset: number;

  /** @internal */
  constructor(source: MemorySource, window: RowPointersWindow) {
    const operation = "fromRowPointers";
    checkOption(window, "the window", object, operation);
    const { byteOffset, rows, pointer = "P", suboffset = 0, shape: lengths, strides, ...row } = window;
    const shape = checkShape(lengths, operation);
    checkOption(rows, "rows", count, operation);
    checkOption(pointer, "pointer", oneOf(["P", "I", "Q"]), operation);
    this.#source = source;
    this.#suboffset = suboffset;
    this.#row = { ...row, shape, ...(strides !== undefined && { strides: checkStrides(strides, shape, operation) }) };
    const { lifetime, format = "B" } = row;
    this.#pointers = viewAs(source, { byteOffset, format: pointer, shape: rows, lifetime }, operation);
    formatOf(format, operation); // of rows that may never be there
  }

  /** How many rows. @example rows.length */
  get length(): number {
    return this.#pointers.length;
  }

  /**
   * One row, no copy; negative counts from the end.
   *
   * @throws BoundsError naming the row when its pointer is null, or the row is not inside the memory.
   * @example rows.row(-1).fill(0)
   */
  row(i: number): MemoryView<Item> {
    const index = checkIndex(i, this.length, 0, "RowPointers.row");
    const operation = `RowPointers.row(${index})`;
    const address = Number(this.#pointers.get(index));
    if (address === 0) throw new BoundsError(operation, "the pointer is null", "there is no such row now");
    return viewAs(this.#source, { ...this.#row, byteOffset: address + this.#suboffset }, operation);
  }

  /** One item of a row. @throws BoundsError @example rows.get(y, x) */
  get(i: number, ...index: number[]): Item {
    return this.row(i).get(...index);
  }

  /** Writes one item of a row. @throws BoundsError, ReadonlyError, ValueError @example rows.set(y, x, 255) */
  set(i: number, ...indexAndValue: [...index: number[], value: Item]): void {
    (this.row(i) as MemoryView).set(...indexAndValue);
  }

  /** The rows in order. */
  *[Symbol.iterator](): IterableIterator<MemoryView<Item>, undefined> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }

  /** The items as nested arrays. @example rows.toList()[y][x] */
  toList(): unknown[] {
    return this.packed().toList() as unknown[];
  }

  /**
   * Copies the rows into a view of `[rows, ...shape]`, or into bytes of their own, and returns it.
   *
   * @throws as `row` and `MemoryView.assign` do; then nothing is written.
   * @example rows.packed(memory.alloc("B", [480, 640]))
   */
  packed(view?: MemoryView): MemoryView<Item> {
    const copy = this.#copy();
    [...this].forEach((row, i) => (copy.slice(i) as MemoryView).assign(row));
    return view ? view.assign(copy) : copy;
  }

  /**
   * Writes a list or a view of `[rows, ...shape]`, or what broadcasts to it, into the rows, as `MemoryView.assign`.
   *
   * @throws as `row` and `MemoryView.assign` do; then nothing is written.
   * @example rows.assign(image.slice("::-1"))
   */
  assign(source: Assignable<Item>, options?: AssignOptions): this {
    const copy = this.#copy().assign(source as never, options);
    [...this].forEach((row, i) => (row as MemoryView).assign(copy.slice(i)));
    return this;
  }

  /** Room for all rows, packed. */
  #copy(): MemoryView {
    const { format = "B", shape: row, itemsize = formatOf(format, "RowPointers").itemsize } = this.#row;
    const shape = [this.length, ...row];
    return memoryview(new Uint8Array(product(shape) * itemsize), { format, shape, itemsize });
  }
}

/**
 * The rows of a table of pointers, no copy: what C calls `T**`.
 *
 * @throws BoundsError when the table is not inside the memory; LayoutError, FormatError, ValueError.
 * @example fromRowPointers(memory, { byteOffset: exports.rows_new(640, 480), rows: 480, shape: 640 }).get(y, x)
 */
export const fromRowPointers = <const F extends string = "B">(
  memory: MemorySource,
  window: RowPointersWindow<F>,
): RowPointers<ItemOf<F>> => new RowPointers(memory, window);

/**
 * A table of pointers to the rows of a view, for C code that takes `T**`: an owned view of `P`, whose `byteOffset` is what
 * to pass. It keeps the view's block from being freed until the table is released.
 *
 * @throws ValueError for a view of another memory, LayoutError when the items of a row are not packed, AllocationError.
 * @example using table = toRowPointers(memory, image); exports.draw(table.byteOffset, image.length);
 */
export function toRowPointers<B extends ArrayBufferLike>(
  memory: LinearMemory<B>,
  view: MemoryView,
): MemoryView<number | bigint, B, 1> {
  const operation = "toRowPointers";
  const guest: Guest = new Guest(memory, operation);
  guest.checkOwn("the view", view);
  const { length, strides, byteOffset, shape } = view;
  const row = length > 0 ? view.slice(0) : view;
  if (!(row as MemoryView).cContiguous) {
    const problem = `the rows of shape ${list(shape)} with strides ${list(strides)} are not packed`;
    throw new LayoutError(operation, problem, "assign it to an allocated view");
  }
  return taking((later) => {
    const letGo = later(view.hold());
    const table = memory.alloc("P", length) as MemoryView<number | bigint, B, 1>;
    const free = table._giveBack!;
    table._giveBack = () => {
      free();
      letGo();
    };
    return table.assign(Array.from({ length }, (_, i) => guest.pointer(byteOffset + i * strides[0]!)) as never);
  });
}
