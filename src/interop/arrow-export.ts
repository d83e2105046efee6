import { FormatError, LayoutError, list, show, ValueError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, checkOption, object, readOptions } from "../options.ts";
import { MemoryView } from "../view/memory-view.ts";
import { ARRAY, CODES, NUMBERS, RELEASE, STRUCTURES } from "./arrow.ts";
import { lendFunction } from "./callback.ts";
import { codeOf, Guest, taking } from "./guest.ts";

export interface ToArrowOptions {
  /** Where the module looks for release callbacks; found where `memory` is an instance, its exports or a `Module`. */
  table?: unknown;
}

/** Views as Arrow describes them. */
export interface ArrowExport {
  /** Addresses of the `ArrowArray` and of the `ArrowSchema`. */
  readonly array: number;
  readonly schema: number;
  /**
   * Gives both structures back, and releases what no consumer has released or moved; of that, a consumer's release
   * callbacks are still to come. A second call does nothing.
   */
  release(): void;
  [Symbol.dispose](): void;
}

/** A column to be: `type` is its format. */
interface Described {
  readonly type: string;
  readonly name: string;
  readonly view?: MemoryView;
}

/** A view as a column. @throws FormatError, LayoutError, ValueError */
function columnOf(guest: Guest, name: string, view: unknown): Required<Described> {
  const { operation } = guest;
  if (name.includes("\0")) throw new ValueError(operation, `a column is named ${show(name)}`, "names end at a zero");
  guest.checkOwn(`column ${show(name)}`, view);
  const { _format: format, _layout: layout } = view;
  if (layout.shape.length !== 1 || !view.cContiguous) {
    const problem = `column ${show(name)} has shape ${list(layout.shape)} and strides ${list(layout.strides)}`;
    throw new LayoutError(operation, problem, "pass packed views of one dimension");
  }
  const code = codeOf(format);
  const type = code === "s" ? `w:${format.itemsize}` : NUMBERS[CODES.indexOf(code ?? "-")];
  if (!type) {
    const problem = `column ${show(name)} has items of ${show(format.text)}`;
    throw new FormatError(operation, problem, "pass integers, floats or bytes ('16s')");
  }
  return { name, type, view };
}

/**
 * Describes views to a module through Arrow's C data interface, no copy: a view of one dimension as an array, an object of
 * views of one length as a struct array, which is a record batch. Integers, floats, and bytes of a fixed width (`"16s"`).
 *
 * The structures, names and callbacks are in the memory and in the module's function table until `release`, and until the
 * consumer has released what it moved; the blocks of the views are held until the consumer releases their columns.
 *
 * @example
 * using batch = toArrow(memory, { id, ratio }, { table: exports });
 * exports.consume(batch.array, batch.schema);
 * @throws LayoutError unless the views are packed and as long as one another, FormatError for other items, ValueError for
 * views of other memories, AllocationError when there is no room in the memory, or in the table. Then nothing is held.
 */
export function toArrow(
  memory: LinearMemory | WebAssembly.Instance | WebAssembly.Exports,
  columns: MemoryView | Readonly<Record<string, MemoryView>>,
  options?: ToArrowOptions,
): ArrowExport {
  const operation = "toArrow";
  const { table = memory } = readOptions(options, { table: anything }, operation);
  const guest = new Guest(memory, operation);
  checkOption(columns, "columns", object, operation);
  const single = columns instanceof MemoryView;
  const fields = Object.entries(single ? { "": columns } : columns).map(([name, view]) => columnOf(guest, name, view));
  const length = fields[0]?.view.length ?? 0;
  for (const { name, view } of fields) guest.whole(`the length of ${show(name)}`, view.length, length, length);
  return taking((later, giveBack) => {
    const put = (format: string, values: ArrayLike<unknown>): number => guest.put(later, format, values);
    const pointer = (address: number): number | bigint => guest.pointer(address);
    const none = pointer(0);
    const pointers = (addresses: number[]) => pointer(addresses.length && put("P", addresses.map(pointer)));
    const text = (value: string) => pointer(put("B", new TextEncoder().encode(`${value}\0`)));
    /** What ends the structures that are not released yet, by their private_data, and the export itself. */
    const ends = new Map<number, (() => void) | undefined>();
    const end = (id: number): void => {
      const step = ends.get(id);
      if (!step) return;
      ends.set(id, undefined);
      step();
      ends.delete(id);
      if (ends.size === 0) giveBack();
    };
    // A structure may have been moved: it is known by its private_data, not its address.
    const release = (kind: string, address: unknown): void => {
      const structure = guest.view("the structure", address, kind, []);
      const values = structure.get();
      structure.set(values.with(RELEASE, pointer(0)));
      end(Number(values.at(-1)));
    };
    const releaseUnmoved = (kind: string, address: number): void => {
      if (guest.read("", address, kind)[0].at(RELEASE)) release(kind, address);
    };
    const callbacks = STRUCTURES.map((kind) => lendFunction(guest, table, (address) => release(kind, address), later));
    /** Addresses of the structures of a column, whose children have theirs. */
    const describe = ({ type, name, view }: Described, inner: number[][] = []): number[] => {
      const letGo = view && later(view.hold());
      return STRUCTURES.map((kind, k) => {
        const id = ends.size;
        const children = inner.map((addresses) => addresses[k]!);
        ends.set(id, () => {
          for (const child of children) releaseUnmoved(kind, child);
          if (kind === ARRAY) letGo?.();
        });
        const own =
          kind === ARRAY
            ? [BigInt(length), 0n, 0n, view ? 2n : 1n, BigInt(children.length), pointers([0, view?.byteOffset ?? 0])]
            : [text(type), text(name), none, 0n, BigInt(children.length)];
        return put(kind, [[...own, pointers(children), none, callbacks[k], pointer(id)]]);
      });
    };
    const all = fields.map((field) => describe(field));
    const places = single ? all[0]! : describe({ type: "+s", name: "" }, all);
    ends.set(-1, () => STRUCTURES.forEach((kind, k) => releaseUnmoved(kind, places[k]!)));
    const [array, schema] = places as [number, number];
    const done = (): void => end(-1);
    return { array, schema, release: done, [Symbol.dispose]: done };
  });
}
