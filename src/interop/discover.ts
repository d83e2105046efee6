import { FormatError, show, ValueError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import { checkAddress } from "../memory/address.ts";
import type { NativeArrayConstructor } from "../format/scalars.ts";
import { type Check, checkOption, flag, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { type MemorySource, viewAs } from "../view/memoryview.ts";

/** One field of consecutive items, or the same few fields of each, next to one another. */
export type KnownValues = ArrayLike<number | bigint> | ArrayLike<ArrayLike<number | bigint>>;

export interface DiscoverOptions {
  /**
   * Which formats to try, of those that typed arrays have. Without it `d`, `f`, and those of `I H B Q` that hold every
   * value, or of `i h b q` when one is negative; none in which all values take less than 8 bytes, which are there by
   * chance.
   */
  formats?: readonly string[];
  /** Where to look: `[low, high)`, addresses. */
  range?: readonly [low: number | bigint, high: number | bigint];
  /** The most bytes from one item to the next; 4096 without it. */
  maxStride?: number;
  /** Addresses and strides are multiples of it: 1 finds packed records, slower. Without it 4, or the itemsize if less. */
  align?: 1 | 2 | 4 | 8;
  /** Keeps only what the owner of the memory answers from: `read` asks it for the values, in the form of `known`. */
  prove?: { read: () => KnownValues };
}

/** Where the values are. It is a window as well: `memory.view(candidate)`. */
export interface Candidate {
  /** Bytes from the source's first byte to the first value; over WebAssembly memory an address. */
  readonly byteOffset: number;
  readonly format: string;
  /** Bytes from one item to the next. */
  readonly stride: number;
  /** `[items]`, or `[items, fields]` for known tuples. */
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** A view of the values, no copy. */
  view(): MemoryView;
}

/** Bytes that are copied out and searched at once, so that items at any address can be. */
const CHUNK = 2 ** 20;
/** Bytes that are searched for strides at most, for each format. */
const WORK = 2 ** 28;
const MOST = 1000;

const OPTIONS: Record<keyof DiscoverOptions, Check> = {
  formats: (value) => !(Array.isArray(value) && value.length > 0) && "a list of formats",
  range: (value) => !Array.isArray(value) && "[low, high)",
  maxStride: (value) => !((value as number) > 0 && (value as number) <= CHUNK) && "1 to 2^20 bytes",
  align: oneOf([1, 2, 4, 8]),
  prove: (value) => typeof Object(value).read !== "function" && "{ read }, a function",
};

const isList = (value: unknown): value is ArrayLike<any> => Array.isArray(value) || ArrayBuffer.isView(value);

/** @throws ValueError for anything but a list of numbers, or of tuples of one length */
function flatten(known: unknown, operation: string): { values: (number | bigint)[]; shape: number[] } {
  const rows = isList(known) ? Array.from(known, (item) => (isList(item) ? Array.from(item) : item)) : [];
  const width = rows[0]?.length;
  const values = rows.flat();
  const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";
  if (values.length === 0 || !values.every(isNumber) || rows.some((row) => row.length !== width)) {
    const problem = `the values are ${show(known)}, no list of numbers, nor of tuples of one length`;
    throw new ValueError(operation, problem);
  }
  return { values, shape: width ? [rows.length, width] : [rows.length] };
}

/** The values as items of a format, and pairs of them to look for. @throws FormatError, ValueError */
function itemsOf(text: string, known: readonly (number | bigint)[], width: number, operation: string) {
  const format = formatOf(text, operation);
  const { array: type, scalar } = format;
  if (!type) throw new FormatError(operation, `no typed array has items of ${show(text)}`, "pass formats such as 'f'");
  const item = (value: number | bigint) =>
    scalar!.kind !== "bigint" ? Number(value) : Number.isInteger(value) ? BigInt(value) : value;
  const values = new type(known.map((value) => format.coerce(item(value), operation) as number));
  const itemOf = (k: number): number => Math.floor(k / width);
  // Zeros are everywhere. A second item that differs tells the stride; where there is one item, there is none.
  const telling = [...values.keys()].filter((k) => values[k]);
  const pairs = telling
    .flatMap((k, i) => {
      const next = telling.slice(i + 1, i + 1 + 2 * width);
      const near = next.find((n) => values[n] !== values[k] && (itemOf(n) > itemOf(k) || known.length === width));
      return near ? [[k, near] as const] : [];
    })
    .slice(0, 8);
  if (pairs.length > 0) return { format, type, values, itemOf, pairs };
  const problem = `as '${text}' no two items differ in values besides 0 and NaN, which are everywhere`;
  throw new ValueError(operation, problem, "make them differ first");
}

type Bounds = readonly [low: number, high: number];
type Bytes = Uint8Array<ArrayBufferLike>;

/** The multiples of `align` at which an item is; one more than `most` when there are more. */
function placesOf(
  item: unknown,
  type: NativeArrayConstructor,
  bytes: Bytes,
  [low, high]: Bounds,
  align: number,
  most = Infinity,
): number[] {
  const size = type.BYTES_PER_ELEMENT;
  const places: number[] = [];
  const scratch = new Uint8Array(Math.min(CHUNK, Math.max(0, high - low)));
  const from = Math.ceil(low / align) * align;
  for (let first = from; first < from + size; first += align) {
    for (let at = first; at + size <= high; at += CHUNK) {
      const count = Math.floor(Math.min(CHUNK, high - at) / size);
      scratch.set(bytes.subarray(at, at + count * size));
      // The engine searches a typed array about as fast as it copies one.
      const items = new type(scratch.buffer, 0, count);
      for (let i = -1; (i = items.indexOf(item as never, i + 1)) >= 0;) {
        if (places.push(at + i * size) > most) return places;
      }
    }
  }
  return places;
}

/**
 * Finds where a module keeps the values that its API reports: address, format, and the bytes between two items, for
 * modules that publish none of them. `known` is one field of consecutive items (the x of each body) or tuples of
 * neighbouring fields; the more values and the odder, the surer. All places are returned, by format and address, and none
 * is guessed. What is found may be a copy: `prove` writes the value of another item into one, asks the owner, and puts it
 * back, also when the question throws.
 *
 * Floats are compared after rounding to the format; 0 equals -0, NaN equals NaN. Strides are positive.
 *
 * @throws ValueError when the values are too alike to tell a place, are in more than 1000 places, or are so common that
 * more than 2^28 bytes would have to be searched for strides; BoundsError for a range outside the memory.
 * @example discover(memory, bodies.map(({ x }) => x), { prove: { read: () => bodies.map(({ x }) => x) } })
 */
export function discover(memory: MemorySource, known: KnownValues, options?: DiscoverOptions): Candidate[] {
  const operation = "discover";
  const { formats, range, maxStride = 4096, align: step = 4, prove } = readOptions(options, OPTIONS, operation);
  const { values: given, shape } = flatten(known, operation);
  const [, width = 1] = shape;
  const [start, end] = [0, 1].map((side) => (range ? checkAddress(range[side], true, "range", operation) : 0)) as [number, number]; // prettier-ignore
  const all = viewAs(memory, { byteOffset: start, format: "B", shape: range && Math.max(0, end - start) }, operation);
  const bounds = all.bounds();
  const [low, high] = bounds;
  const bytes = new Uint8Array(all.buffer);
  const data = new DataView(all.buffer);

  const search = ({ format, type, values, itemOf, pairs }: ReturnType<typeof itemsOf>) => {
    const { itemsize, text } = format;
    const align = Math.min(step, itemsize);
    // At the least stride, the fields of one item touch those of the next.
    const least = width * itemsize;
    const reach = Math.max(maxStride, least);
    const offsetOf = (k: number, stride: number): number => itemOf(k) * stride + (k % width) * itemsize;
    const check = (count: number, most: number): void => {
      if (count <= most) return;
      const problem = `as '${text}' the values may be in more than ${most} places`;
      throw new ValueError(operation, problem, "pass odder values, formats, or a range");
    };
    const areAt = (address: number, stride: number): boolean =>
      address >= low &&
      address + offsetOf(values.length - 1, stride) + itemsize <= high &&
      values.every((value: unknown, k: number) => {
        const there = format.read(data, address + offsetOf(k, stride));
        return there === value || (there !== there && value !== value);
      });

    let places: number[] = [];
    let most = 0;
    const found: [address: number, stride: number][] = [];
    const pair = pairs.find(([k, near]) => {
      most = Math.floor((WORK * align) / itemsize / reach / (itemOf(near) - itemOf(k) || 1));
      places = placesOf(values[k], type, bytes, bounds, align, most);
      return places.length <= most;
    });
    check(places.length, most);
    const [k, near] = pair!;
    const apart = itemOf(near) - itemOf(k);
    for (const place of places) {
      const first = place + offsetOf(near, least) - offsetOf(k, least);
      const around: Bounds = [first, Math.min(high, first + apart * (reach - least) + itemsize)];
      for (const at of placesOf(values[near], type, bytes, around, align)) {
        const stride = least + (at - first) / (apart || 1);
        const address = place - offsetOf(k, stride);
        if (stride % align === 0 && areAt(address, stride)) check(found.push([address, stride]), MOST);
      }
    }
    const index = [itemOf(k), k % width].slice(0, shape.length);
    found.sort(([a, x], [b, y]) => a - b || x - y);
    return found.map(([address, stride]) => {
      const strides = [stride, itemsize].slice(0, shape.length);
      const window = { byteOffset: address - low + start, format: text, shape, strides };
      const view = (): MemoryView => viewAs(memory, window, "Candidate.view");
      const answers = ({ read }: { read: () => KnownValues }): boolean => {
        const items = view();
        const old = items.get(...index);
        try {
          items.set(...index, values[near]);
          const now = Number(flatten(read(), operation).values[k]);
          return now === Number(values[near]) || Math.fround(now) === values[near];
        } finally {
          items.set(...index, old);
          items.release();
        }
      };
      return { place: { ...window, stride, view }, answers };
    });
  };

  try {
    const wanted: ReturnType<typeof itemsOf>[] = [];
    let refusal: unknown;
    for (const text of formats ?? (given.some((value) => value < 0) ? "dfihbq" : "dfIHBQ")) {
      try {
        const items = itemsOf(text, given, width, operation);
        if (formats || items.values.byteLength >= 8) wanted.push(items);
      } catch (error) {
        if (formats) throw error;
        refusal ??= error;
      }
    }
    if (wanted.length === 0) throw refusal;
    // All are found before the first is asked about: memory may grow then.
    const found = wanted.flatMap(search);
    return found.filter(({ answers }) => !prove || answers(prove)).map(({ place }) => place);
  } finally {
    all.release();
  }
}

/**
 * Whether the owner of the bytes sees what is written through a view: some APIs hand out copies that look live. Changes
 * the first item (of a record its first byte), asks `changed`, and puts the bytes back, also when it throws.
 *
 * @throws ReadonlyError, BoundsError for a view without items, ValueError when `changed` answers no boolean.
 * @example probe(view, () => api.total() !== before)
 */
export function probe(view: MemoryView, changed: () => boolean): boolean {
  const length = view._format.scalar ? view.itemsize : 1;
  const bytes = view.strided({ format: "B", shape: length, strides: 1 });
  const old = bytes.toList();
  try {
    bytes.assign(old.map((byte) => byte ^ 1));
    const answer = changed();
    checkOption(answer, "what changed() returned", flag, "probe");
    return answer;
  } finally {
    bytes.assign(old);
  }
}
