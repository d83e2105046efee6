import { BoundsError, FormatError, list, ReleasedError, show } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import { checkIndex } from "../layout/layout.ts";
import { MAX_DIMENSIONS } from "../layout/shape.ts";
import type { Lifetime } from "../memory/lifetime.ts";
import { anything, type Check, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { Bits } from "./bits.ts";
import { functionAt } from "./callback.ts";
import { decode, Guest, lend, unwind } from "./guest.ts";

/*
 * Source: Apache Arrow 21, "The Arrow C data interface" (structures, format strings, release and moves) and "Arrow
 * Columnar Format" (buffers of each type).
 */

/** length, null_count, offset, n_buffers, n_children; buffers, children, dictionary, release, private_data. */
export const ARRAY = "5q5P0q";
/** format, name, metadata; flags, n_children; children, dictionary, release, private_data. */
const SCHEMA = "3P2q4P";
export const STRUCTURES = [ARRAY, SCHEMA];
/** Where the callback is in either. */
export const RELEASE = -2;
const NULLABLE = 2n;

/** Arrow's integers and floats, and their formats; keys of dictionaries are of the first eight. */
export const NUMBERS = "cCsSiIlLefg";
export const CODES = "bBhHiIqQefd";
const KEYS = "cCsSiIlL";

/** Formats of other types of a fixed width; of times, by their kind and unit, of decimals by their bits. */
const FIXED: Readonly<Record<string, string>> = {
  tdD: "i",
  tdm: "q",
  tts: "i",
  ttm: "i",
  ttu: "q",
  ttn: "q",
  tiM: "i",
  tiD: "T{i:days:i:milliseconds:}",
  tin: "T{i:months:i:days:q:nanoseconds:}",
  d32: "i",
  d64: "q",
  d128: "T{Q:low:q:high:}",
  d256: "32s",
};

/** How many buffers the types have that are of no fixed width; those with a `+` have one child, `+s` any number. */
const BUFFERS: Readonly<Record<string, number>> = {
  n: 0,
  b: 2,
  u: 3,
  z: 3,
  U: 3,
  Z: 3,
  "+s": 1,
  "+l": 2,
  "+L": 2,
  "+m": 2,
};

export interface ArrowAddresses {
  /** Addresses of an `ArrowArray` and of its `ArrowSchema`. */
  array: number | bigint;
  schema: number | bigint;
  /** Where the release callbacks are; found where `memory` is an instance, its exports or a `Module`. */
  table?: unknown;
  /**
   * What is released with the columns: `"both"` unless said; `"array"` for a schema of several arrays; `"none"` where
   * somebody else does it, who needs no table.
   */
  owned?: "both" | "array" | "none";
}

const ADDRESSES: Record<keyof ArrowAddresses, Check> = {
  array: anything,
  schema: anything,
  table: anything,
  owned: oneOf(["both", "array", "none"]),
};

type Bytes = MemoryView<number, ArrayBufferLike, number, "B">;

/** What a column is made of. */
interface Parts {
  name: string;
  format: string;
  nullable: boolean;
  length: number;
  offset: number;
  validity?: Bits | undefined;
  values?: MemoryView | undefined;
  bits?: Bits | undefined;
  offsets?: MemoryView | undefined;
  data?: Bytes | undefined;
  children: readonly ArrowColumn[];
  dictionary?: ArrowColumn | undefined;
}

/** What all columns of one array have in common. */
interface Batch {
  readonly lifetime: Lifetime;
  readonly release: () => void;
}

/**
 * A column of Arrow in somebody's memory, no copy: what is written through its views is in the module's bytes. Offsets
 * are applied: item 0 of every view is the first of the column. A struct, or a record batch, has columns as children.
 *
 * All columns of an array live until `release`; then each of them, and every view, throws `ReleasedError`. `hold()` of
 * any of the views keeps the array from being released.
 *
 * @example const [first] = batch.child("ratio").values;
 */
export class ArrowColumn implements Iterable<unknown> {
  declare readonly name: string;
  /** As Arrow writes it: `"g"` for float64, `"tsm:UTC"`. */
  declare readonly format: string;
  declare readonly nullable: boolean;
  declare readonly length: number;
  /** Where the column begins in its buffers, in items, as its `ArrowArray` says; the views begin there. */
  declare readonly offset: number;
  /** Which items are there; undefined where all are. */
  declare readonly validity: Bits | undefined;
  /** Values of a fixed width; the keys of a dictionary. */
  declare readonly values: MemoryView | undefined;
  /** Values of booleans. */
  declare readonly bits: Bits | undefined;
  /** Where each text, binary or list begins, and behind them where the last one ends: in `data`, or in the child. */
  declare readonly offsets: MemoryView | undefined;
  /** The bytes of all texts or binaries. */
  declare readonly data: Bytes | undefined;
  /** Columns of a struct; the items of lists. */
  declare readonly children: readonly ArrowColumn[];
  declare readonly dictionary: ArrowColumn | undefined;
  readonly #batch: Batch;

  /** @internal */
  constructor(parts: Parts, batch: Batch) {
    Object.assign(this, parts);
    this.#batch = batch;
  }

  /** How many items are null, as the validity bits are now. @example column.nullCount // 0 */
  get nullCount(): number {
    this.#check("ArrowColumn.nullCount");
    if (this.format === "n") return this.length;
    return this.validity ? this.length - this.validity.count() : 0;
  }

  /** Whether the array was released. Never throws. @example batch.release(); batch.child("id").released // true */
  get released(): boolean {
    return this.#batch.lifetime.ended !== "";
  }

  /** A column of a struct. @throws FormatError naming those that there are. @example batch.child("ratio") */
  child(name: string): ArrowColumn {
    const found = this.children.find((child) => child.name === name);
    if (found) return found;
    const names = this.children.map((child) => child.name);
    throw new FormatError("ArrowColumn.child", `no column ${show(name)} among ${list(names)}`, "name one");
  }

  /**
   * One value, or null: a number, bigint or boolean, a string, bytes (a copy), an array for lists, an object for structs.
   * A negative index counts from the end.
   *
   * @throws BoundsError also where offsets or keys in the buffers point outside.
   * @example names.get(-1)
   */
  get(index: number): any {
    const operation = "ArrowColumn.get";
    this.#check(operation);
    return this.#item(checkIndex(index, this.length, 0, operation), operation);
  }

  /** All values. @example batch.child("ratio").toList() // [0, 0.25, null, 0.75] */
  toList(): any[] {
    const { values, validity, dictionary } = this;
    return values && !validity && !dictionary ? values.toList() : Array.from(this);
  }

  *[Symbol.iterator](): IterableIterator<any, undefined> {
    const operation = "ArrowColumn.iterator";
    for (let i = 0; this.#check(operation) && i < this.length; i++) yield this.#item(i, operation);
  }

  /**
   * Releases the whole array that the column is of: its release callbacks are called, once, and every view of it ends.
   * A second call does nothing.
   *
   * @throws ExportedError while a view is held.
   * @example batch.release()
   */
  release(): void {
    this.#batch.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #check(operation: string): true {
    const { ended } = this.#batch.lifetime;
    if (ended) throw new ReleasedError(operation, ended, "take a new column");
    return true;
  }

  #item(i: number, operation: string): unknown {
    const { format, validity, values, bits, offsets, data, children, dictionary } = this;
    if (format === "n" || validity?.get(i) === false) return null;
    if (bits) return bits.get(i);
    if (values && !dictionary) return values.get(i);
    if (format === "+s") return Object.fromEntries(children.map((child) => [child.name, child.#item(i, operation)]));
    const inner = data ?? dictionary ?? children[0]!;
    const width = inner.length / this.length;
    const [start, end] = (
      dictionary
        ? [Number(values!.get(i)), Number(values!.get(i)) + 1]
        : offsets
          ? [Number(offsets.get(i)), Number(offsets.get(i + 1))]
          : [i * width, (i + 1) * width]
    ) as [number, number];
    if (!(start >= 0 && start <= end && end <= inner.length)) {
      const problem = `item ${i} of ${show(this.name)} is at ${start} to ${end} of ${inner.length}`;
      throw new BoundsError(operation, problem, "its buffers are damaged");
    }
    if (data) {
      const bytes = data.typedArray().slice(start, end);
      return format === "u" || format === "U" ? decode(bytes) : bytes;
    }
    const item = (k: number): unknown => (inner as ArrowColumn).#item(k, operation);
    return dictionary ? item(start) : Array.from({ length: end - start }, (_, k) => item(start + k));
  }
}

/** A value of a table under a name that is its own. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The format of values of a fixed width, if they are. `size` is what follows a colon in Arrow's, and `wide` it as a number. */
function fixedFormat(format: string, kind: string, size: string, wide: number): string | undefined {
  if (format.length === 1) return CODES[NUMBERS.indexOf(format)];
  if (kind === "w" && wide > 0) return `${wide}s`;
  // Timestamps and durations of any unit are 64 bits; a timestamp has its time zone behind a colon.
  const [first, second, unit = ""] = kind;
  if (first === "t" && kind.length === 3 && "smun".includes(unit) && second === (kind === format ? "D" : "s"))
    return "q";
  return own(FIXED, kind === "d" ? `d${size && (size.split(",")[2] ?? 128)}` : format);
}

/** What reads the column that two structures describe, and its children. */
function reader(guest: Guest, batch: Batch) {
  const { operation } = guest;
  const seen = new Set<string>();

  /** A structure that was not released, nor is in another place of the tree: its owner would release it twice. */
  function read(text: string, address: unknown, what: string): any[] {
    const [values] = guest.read(what, address, text);
    const key = `${text}${address}`;
    if (!values.at(RELEASE) || seen.has(key))
      throw new ReleasedError(operation, `${what} was released, moved, or is there twice`);
    seen.add(key);
    return values;
  }

  /** @param skip items that are before the parent's; of which there are `count`, all of this one unless said. */
  return function column(array: unknown, schema: unknown, depth: number, skip = 0, count?: number): ArrowColumn {
    guest.whole("the depth", depth, 0, MAX_DIMENSIONS);
    const [type, named, , flags, ...inner] = read(SCHEMA, schema, "an ArrowSchema");
    const name = named ? guest.text("a name", named) : "";
    const format = guest.text("a format", type);
    const of = (what: string): string => `${what} of ${show(name)} (${show(format)})`;
    const [items, nulls, skipped, n_buffers, ...outer] = read(ARRAY, array, of("the ArrowArray"));
    const [n_children, placesAt, childrenAt, dictionary] = outer;
    const whole = (what: string, value: unknown, least?: number, most?: number): number =>
      guest.whole(of(what), value, least, most);

    const [kind, size = ""] = format.split(":") as [string, string?];
    const wide = String(Number(size)) === size ? whole("width", Number(size)) : -1;
    const fixed = fixedFormat(format, kind, size, wide);
    const listed = kind === "+w" && wide >= 0;
    const buffers = fixed ? 2 : listed ? 1 : own(BUFFERS, format);
    const children = format === "+s" ? undefined : Number(format[0] === "+");
    if (buffers === undefined) throw new FormatError(operation, `${of("the type")} is none that is read`);

    const length = count ?? whole("length", items);
    whole("length", items, skip + length);
    const offset = whole("offset", skipped);
    const first = offset + skip;
    whole("offset + length", first + length + 1);
    whole("n_buffers", n_buffers, buffers, buffers);
    const n = whole("n_children", n_children, children, children);
    whole("n_children", inner[0], n, n);

    const pointers = (what: string, at: unknown, items: number): unknown[] => guest.read(of(what), at, "P", items);
    const places = pointers("buffers", placesAt, buffers);
    /** Items of a buffer from `from` on. Of a buffer that is missing only those of no bytes can be had. */
    const view = (k: number, from: number, text: string, items: number): MemoryView => {
      const what = `buffer ${k}`;
      const place = whole(what, places[k]);
      const at = place && place + from * formatOf(text, operation).itemsize;
      return guest.view(of(what), at, text, [items], batch.lifetime);
    };
    const bits = (k: number): Bits => {
      const bit = first % 8;
      return new Bits(view(k, (first - bit) / 8, "B", length && Math.ceil((bit + length) / 8)), bit, length);
    };

    const parts: Parts = {
      name,
      format,
      nullable: (flags & NULLABLE) > 0n,
      length,
      offset,
      children: [],
    };
    // Where there are no validity bits there are no nulls, but in a column of nulls.
    whole("null_count", nulls, -1, places[0] || buffers === 0 ? Number(items) : 0);
    if (places[0]) parts.validity = bits(0);
    if (fixed) parts.values = view(1, first, fixed, length);
    else if (format === "b") parts.bits = bits(1);
    else if (buffers > 1) {
      const offsets = view(1, first, "UZ+L".includes(format) ? "q" : "i", length && length + 1);
      parts.offsets = offsets;
      if (buffers > 2) parts.data = view(2, 0, "B", length && whole("the last offset", offsets.get(length))) as Bytes;
    }
    // A struct and a list of one length have a window on their children, other lists have offsets into all of them.
    const each = format === "+s" ? 1 : listed ? wide : NaN;
    const window = each >= 0 ? [first, length].map((items) => whole("length", items * each)) : [];
    const [arrays, schemas] = [childrenAt, inner[1]].map((at) => pointers("children", at, n));
    parts.children = arrays!.map((address, k) => column(address, schemas![k], depth + 1, ...window));
    whole("the dictionary's ArrowSchema", inner[2], dictionary ? 1 : 0, dictionary ? undefined : 0);
    if (dictionary) {
      whole("the dictionary", dictionary, 0, KEYS.includes(format) ? undefined : 0);
      parts.dictionary = column(dictionary, inner[2], depth + 1);
    }
    return new ArrowColumn(parts, batch);
  };
}

/**
 * The columns of an array that a module exports through Arrow's C data interface, no copy: all types of a fixed width,
 * booleans, texts, binaries, structs, lists, maps and dictionaries; no unions, views (`vu`, `+vl`) and run-ends.
 * `memory` is what `LinearMemory.from` takes, its width is that of the structures.
 *
 * The lifetime of the views is `"count"`: they end when the columns are released, which calls the release callbacks of the
 * array and of the schema. On any error nothing is released: both are still the caller's.
 *
 * @example
 * using batch = fromArrow(instance, { array: exports.arrow_array(100), schema: exports.arrow_schema() });
 * batch.child("ratio").values.fill(1);
 * @throws ReleasedError for what was released or moved; BoundsError for what lies outside of the memory; LayoutError for
 * lengths, counts and children that do not fit; FormatError for other types; UnsupportedError without a function table.
 */
export function fromArrow(memory: unknown, addresses: ArrowAddresses): ArrowColumn {
  const operation = "fromArrow";
  const { array, schema, table = memory, owned = "both" } = readOptions(addresses, ADDRESSES, operation);
  const guest = new Guest(memory, operation);
  const taken = [array, schema]
    .map((address, k) => [STRUCTURES[k]!, guest.address("the structure", address)] as const)
    .slice(0, { both: 2, array: 1, none: 0 }[owned]);
  /** Its release callback; undefined when it was released. */
  const callback = ([text, address]: (typeof taken)[number]): (() => unknown) | undefined => {
    const release = guest.read("the structure", address, text)[0].at(RELEASE);
    return release ? functionAt(table, release, operation).bind(null, guest.pointer(address)) : undefined;
  };
  const batch = lend(
    "count",
    `the Arrow array at ${show(array)}`,
    () => unwind(taken.map((structure) => () => callback(structure)?.()).reverse()),
    undefined,
    "ArrowColumn.release",
  );
  const column = reader(guest, batch)(array, schema, 0);
  taken.forEach(callback); // what cannot be released is not taken
  return column;
}
