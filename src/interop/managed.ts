import { bagsOf, memoryOf, peek } from "../adapt/functions.ts";
import {
  AllocationError,
  BoundsError,
  FormatError,
  LayoutError,
  ReleasedError,
  show,
  UnsupportedError,
  ValueError,
} from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import { recordText } from "../format/record.ts";
import type { ItemOf } from "../format/types.ts";
import { checkShape, product } from "../layout/shape.ts";
import { checkAddress } from "../memory/address.ts";
import { sourceOf } from "../memory/source.ts";
import { anything, type Check, readOptions } from "../options.ts";
import { late } from "../view/late.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { viewAs } from "../view/memoryview.ts";
import { lend } from "./guest.ts";

/*
 * AssemblyScript's objects, by std/assembly/rt/common.ts and shared/typeinfo.ts of the compiler:
 *
 *   pointer   -20        -16           -12    -8        -4       0
 *             block      next, color   prev   class id  size     payload
 *   of a typed array:    buffer, dataStart, byteLength; of an Array: buffer, dataStart, capacity, length
 */
/** In the block's word: it was freed. */
const FREE = 1;
/** In the word before `prev`: the color of what is pinned. */
const PINNED = 3;
/** Classes that every module has. */
const BUFFER = 1;
const STRING = 2;
/** Flags of a class. */
const VIEW = 1;
const ARRAY = 2;
const STATIC_ARRAY = 4;
const SIGNED = 1 << 11;
const FLOAT = 1 << 12;
const MANAGED = 1 << 14;

const NAMES = ["__new", "__pin", "__unpin", "__rtti_base"];

type Call = (...values: number[]) => number;

/** A module with its runtime exported. */
interface Runtime {
  readonly memory: WebAssembly.Memory;
  readonly make: Call;
  readonly pin: Call;
  readonly unpin: Call;
  /** A word of its memory, and where its classes are described: their count, then the flags of each. */
  readonly word: (at: number) => number;
  readonly types: number;
}

export interface ManagedOptions<F extends string = string> {
  /** The class that it must be of, as the module's `idof<T>()` answers. */
  id?: number;
  /** How items are read, where not as the module declares them; of a class instance its fields, as a `record`. */
  format?: F;
}

const OPTIONS: { readonly [K in keyof Required<ManagedOptions>]: Check } = {
  id: (value) => !Number.isSafeInteger(value) && "a class id",
  format: anything, // by `formatOf`
};

function runtimeOf(target: unknown, operation: string): Runtime {
  const bags = bagsOf(target);
  const memory = memoryOf(bags);
  const found = NAMES.map((name) => bags.map((bag) => peek(bag, name)).find((value) => value));
  if (!memory || found.includes(undefined)) {
    const problem = `${show(target)} has not a memory and ${NAMES.join(", ")}`;
    throw new UnsupportedError(operation, problem, "build with asc --exportRuntime");
  }
  const [make, pin, unpin, types] = found as [Call, Call, Call, WebAssembly.Global<"i32">];
  const source = sourceOf(memory);
  const word = (at: number): number => {
    source.refresh();
    return source.data.getUint32(at, true);
  };
  return { memory, make, pin, unpin, word, types: types.value };
}

/** What objects of a class are; undefined for no class. */
function kindOf({ word, types }: Runtime, id: number) {
  if (!(id >= 0 && id < word(types))) return undefined;
  const flags = word(types + 4 + 4 * id);
  const align = 31 - Math.clz32((flags >>> 6) & 31);
  const code = (flags & FLOAT ? "  fd" : flags & SIGNED ? "bhiq" : "BHIQ")[align] ?? "16B";
  const items = flags & (VIEW | ARRAY | STATIC_ARRAY);
  return {
    id,
    references: (flags & MANAGED) !== 0,
    /** Words of the object itself, where its items are in a buffer. */
    words: flags & ARRAY ? 4 : flags & VIEW ? 3 : 0,
    /** Bytes of an item, 0 of a class that has fields instead. */
    step: items ? 2 ** align : id <= STRING ? id : 0,
    format: items ? code : ["", "B", "H"][id] || undefined,
  };
}

/** The kind of an object, and where its payload ends. @throws BoundsError for no object, ReleasedError for a freed one. */
function objectAt(runtime: Runtime, pointer: number, operation: string) {
  const { memory, word } = runtime;
  const room = sourceOf(memory).byteLength - pointer;
  if (pointer % 16 === 0 && pointer >= 32 && room > 0) {
    const block = word(pointer - 20);
    if (block & FREE) {
      throw new ReleasedError(operation, `the object at ${pointer} was collected`, "view it before the next call");
    }
    const size = word(pointer - 4);
    const kind = kindOf(runtime, word(pointer - 8));
    if (kind && size <= Math.min(block - 16, room)) return { ...kind, size, end: pointer + size };
  }
  throw new BoundsError(operation, `no object is at ${pointer}`, "pass a pointer as an export returns it");
}

const isPinned = ({ word }: Runtime, pointer: number): boolean => (word(pointer - 16) & PINNED) === PINNED;

/** How often an object is pinned by us: the runtime aborts when it is told twice. */
const pins = /* @__PURE__ */ new WeakMap<WebAssembly.Memory, Map<number, number>>();

/** Keeps objects alive. Returns its end, which may be called more than once, and keeps no view from the collector. */
function pinned(runtime: Runtime, pointers: number[]): () => void {
  const { memory } = runtime;
  const counts = pins.get(memory) ?? new Map<number, number>();
  pins.set(memory, counts);
  let ours = pointers.filter((pointer) => {
    const count = counts.get(pointer) ?? 0;
    // What somebody else has pinned is theirs to unpin.
    if (count === 0 && isPinned(runtime, pointer)) return false;
    if (count === 0) runtime.pin(pointer);
    counts.set(pointer, count + 1);
    return true;
  });
  return () => {
    for (const pointer of ours) {
      const left = counts.get(pointer)! - 1;
      counts.set(pointer, left);
      if (left > 0) continue;
      counts.delete(pointer);
      if (isPinned(runtime, pointer)) runtime.unpin(pointer);
    }
    ours = [];
  };
}

/** Unpins what was dropped without a release. */
const net = /* @__PURE__ */ new FinalizationRegistry<() => void>((unpin) => unpin());

/** A record without C's padding at its end, which AssemblyScript leaves out. */
function unpadded(text: string, size: number, operation: string): string {
  const { fields, itemsize } = formatOf(text, operation);
  const last = fields && [...fields.values()].at(-1)!;
  return last && itemsize > size && last.offset + last.format.itemsize === size ? recordText(fields, size, "^") : text;
}

function viewObject(runtime: Runtime, pointer: number, options: ManagedOptions, operation: string): MemoryView {
  const { memory, word } = runtime;
  const { id, words, step, size, references, ...object } = objectAt(runtime, pointer, operation);
  const name = `the object at ${pointer} of class ${id}`;
  if ((options.id ?? id) !== id) throw new ValueError(operation, `${name} is not of class ${options.id}`);
  const text = options.format ?? object.format;
  if (text === undefined)
    throw new FormatError(operation, `${name} has fields`, "name them: { format: record({ … }) }");
  const array = words === 4;
  const [buffer, start] = words ? [word(pointer), word(pointer + 4)] : [pointer, pointer];
  const length = array ? word(pointer + 12) : 0;
  const nbytes = array ? length * step : words ? word(pointer + 8) : size;
  const format = step ? text : unpadded(text, size, operation);
  const { itemsize } = formatOf(format, operation);
  const room = (words ? objectAt(runtime, buffer, operation) : object).end - start;
  if (step ? nbytes % itemsize !== 0 || start < buffer || nbytes > room : nbytes !== itemsize) {
    const problem = `'${format}' has ${itemsize} bytes, ${name} ${nbytes}, of ${room} that are there`;
    throw new LayoutError(operation, problem, "name all of its fields");
  }
  // Whoever else pinned it can unpin it at any time.
  const foreign = isPinned(runtime, pointer) && !pins.get(memory)?.has(pointer);
  const valid = (): boolean =>
    (!foreign || isPinned(runtime, pointer)) &&
    (!array || (word(pointer + 4) === start && word(pointer + 12) >= length));
  const unpin = pinned(runtime, words ? [pointer, buffer] : [pointer]);
  const { lifetime, release } = lend("count", name, unpin, foreign || array ? valid : undefined);
  const shape = step ? [nbytes / itemsize] : [];
  const readonly = references || id === STRING;
  const view = viewAs(memory, { byteOffset: start, format, shape, readonly, lifetime }, operation);
  view._giveBack = release;
  net.register(view._check(operation), unpin); // what all views of it keep
  return view;
}

/**
 * A view of an object of an AssemblyScript module built with `--exportRuntime`, no copy. Of a typed array, `Array`,
 * `StaticArray` and `ArrayBuffer` the items, one dimension, in the format that the module declares (`ArrayBuffer`: `B`);
 * of a string its UTF-16 units as read-only `H`, see `textOf`; of a class instance its fields, by `format`, a record
 * without dimensions. Elements that are references themselves are read-only pointers.
 *
 * The object is pinned until the view is released, so the collector neither frees nor reuses it; views of one object
 * share one pin. An `Array` that moves its items when it is pushed to, or gets shorter, ends the view by name.
 *
 * Source: AssemblyScript, std/assembly/rt/common.ts (header), std/assembly/shared/typeinfo.ts (kinds of classes).
 *
 * @param target the instance, or its exports.
 * @param pointer as an export returned it.
 * @example using samples = fromManaged(exports, exports.samples()); samples.set(0, 0.5);
 * @throws BoundsError for a null pointer and where no object is, ReleasedError for one that was collected, ValueError
 * for one of another class than `id`, FormatError for a class whose fields are not named, LayoutError when a format does
 * not fit the bytes, UnsupportedError for another kind of module.
 */
export function fromManaged<const F extends string = string>(
  target: unknown,
  pointer: number,
  options?: ManagedOptions<F>,
): MemoryView<ItemOf<F>, ArrayBuffer, any, F> {
  const operation = "fromManaged";
  const read = readOptions(options, OPTIONS, operation);
  const at = checkAddress(pointer, true, "the pointer", operation);
  return viewObject(runtimeOf(target, operation), at, read, operation) as never;
}

/**
 * A new object of an AssemblyScript module with a copy of `values`: of the class `id`, a typed array, `Array`,
 * `StaticArray`, else an `ArrayBuffer`, or a string for a text. Pinned until the view is released.
 *
 * @param values a view or typed array of any shape, a list, or a text.
 * @returns the pointer to pass to exports, and the view of its items.
 * @example
 * const { pointer, view } = toManaged(exports, [1, 2, 3], { id: exports.idOfFloats() });
 * exports.sum(pointer); // 6
 * view.release();
 * @throws ValueError for an unknown class or an item that does not fit, UnsupportedError for a class that has fields or
 * holds references, LayoutError when the bytes are no whole elements, AllocationError when there is no room.
 */
export function toManaged<const F extends string = string>(
  target: unknown,
  values: MemoryView | ArrayBufferView | ArrayBufferLike | readonly unknown[] | string,
  options?: ManagedOptions<F>,
): { pointer: number; view: MemoryView<ItemOf<F>, ArrayBuffer, 1, F> } {
  const operation = "toManaged";
  const runtime = runtimeOf(target, operation);
  const text = typeof values === "string";
  const { id = text ? STRING : BUFFER, format } = readOptions(options, OPTIONS, operation);
  const kind = kindOf(runtime, id);
  if (!kind?.step || kind.references) {
    throw new UnsupportedError(operation, `class ${id} has fields or references, or is none`, "call an export that makes it"); // prettier-ignore
  }
  const { words, step } = kind;
  const items = text ? Uint16Array.from({ length: values.length }, (_, i) => values.charCodeAt(i)) : values;
  const given = late.viewOf(items);
  const own = id === BUFFER ? (format ?? given?.format ?? "B") : kind.format!;
  const shape = checkShape(given?.shape ?? [(Object(items) as unknown[]).length], operation);
  const nbytes = product(shape) * formatOf(own, operation).itemsize;
  const make = (size: number, of: number): number => {
    try {
      return checkAddress(runtime.make(size, of), true, "the pointer", operation);
    } catch (cause) {
      throw new AllocationError(operation, `__new refused ${size} bytes`, "see the cause", { cause });
    }
  };
  const data = make(nbytes, words ? BUFFER : id);
  const unpin = pinned(runtime, [data]);
  try {
    viewAs(runtime.memory, { byteOffset: data, format: own, shape }, operation).assign(items as never);
    const pointer = words ? make(4 * words, id) : data;
    const fields = [data, data, nbytes, nbytes / step].slice(0, words);
    viewAs(runtime.memory, { byteOffset: pointer, format: "I", shape: words }, operation).assign(fields);
    return { pointer, view: viewObject(runtime, pointer, { format: format ?? own }, operation) as never };
  } finally {
    unpin();
  }
}

/**
 * The text of UTF-16 units, as `fromManaged` gives of a string. A copy; lone surrogates stay.
 *
 * @example textOf(fromManaged(exports, exports.greeting())) // "hello"
 */
export function textOf(view: MemoryView): string {
  let text = "";
  for (const unit of view.reinterpret("H")) text += String.fromCharCode(unit as number);
  return text;
}
