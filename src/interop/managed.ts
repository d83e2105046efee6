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
import { product } from "../layout/shape.ts";
import { checkAddress } from "../memory/address.ts";
import { Lifetime } from "../memory/lifetime.ts";
import { anything, type Check, readOptions } from "../options.ts";
import { late } from "../view/late.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { EXPORT, type Exporter, viewAs } from "../view/memoryview.ts";

/*
 * AssemblyScript's objects, by std/assembly/rt/common.ts and shared/typeinfo.ts of the compiler:
 *
 *   pointer   -20        -16           -12    -8        -4       0
 *             block      next, color   prev   class id  size     payload
 *   of a typed array:    buffer, dataStart, byteLength; of an Array: buffer, dataStart, capacity, length
 */
const HEADER = 20;
/** Of the block: it was freed. */
const FREE = 1;
/** The color of what is pinned, in the lowest bits. */
const PINNED = 3;
const BUFFER = 1;
const STRING = 2;
/** Flags of a class. */
const VIEW = 1;
const ARRAY = 2;
const STATIC_ARRAY = 4;
const SIGNED = 1 << 11;
const FLOAT = 1 << 12;
const MANAGED = 1 << 14;

type Call = (...values: number[]) => number;

interface Runtime {
  readonly memory: WebAssembly.Memory;
  readonly make: Call;
  readonly pin: Call;
  readonly unpin: Call;
  /** Where the flags of the classes are: their count, then one word each. */
  readonly types: number;
  readonly operation: string;
}

interface Kind {
  readonly id: number;
  readonly flags: number;
  /** Words of the object itself, where its items are in a buffer. */
  readonly words: number;
  /** Bytes of an item, 0 of a class that has fields instead. */
  readonly step: number;
  /** How an item is read, where the module tells. */
  readonly format: string | undefined;
}

export interface ManagedOptions<F extends string = string> {
  /** The class that it must be of, as the module's `idof<T>()` answers. */
  id?: number;
  /** How items are read, where not as the module declares them; of a class instance its fields, as a `record`. */
  format?: F;
}

const OPTIONS: { readonly [K in keyof Required<ManagedOptions>]: Check } = {
  id: (value) => !(Number.isInteger(value) && (value as number) >= 0) && "a class id, an integer from 0",
  format: anything, // by `formatOf`
};

function runtimeOf(target: unknown, operation: string): Runtime {
  const bags = bagsOf(target);
  const memory = memoryOf(bags);
  const find = (name: string): unknown => bags.map((bag) => peek(bag, name)).find((value) => value !== undefined);
  const [make, pin, unpin] = ["__new", "__pin", "__unpin"].map(find) as (Call | undefined)[];
  const types = find("__rtti_base") as WebAssembly.Global | undefined;
  if (!memory || !make || !pin || !unpin || !types) {
    throw new UnsupportedError(
      operation,
      `${show(target)} has not memory, __new, __pin, __unpin and __rtti_base`,
      "pass the instance of a module built with asc --exportRuntime",
    );
  }
  const address = (value: unknown): number => checkAddress(value, true, "the address", operation);
  return {
    memory,
    make(size, id) {
      try {
        return address(make(size!, id!));
      } catch (cause) {
        throw new AllocationError(operation, `__new refused ${size} bytes`, "see the cause", { cause });
      }
    },
    pin,
    unpin,
    types: address(types.value),
    operation,
  };
}

const wordsAt = ({ memory, operation }: Runtime, byteOffset: number, shape: number): MemoryView<number> =>
  viewAs(memory, { byteOffset, format: "I", shape }, operation) as MemoryView<number>;

/** What objects of a class are. @throws ValueError */
function kindOf(runtime: Runtime, id: number): Kind {
  const { types, operation } = runtime;
  const count = wordsAt(runtime, types, 1).get(0);
  if (id >= count) throw new ValueError(operation, `class ${id}, the module has ${count}`, "export its idof<T>()");
  const flags = wordsAt(runtime, types + 4 + 4 * id, 1).get(0);
  const align = 31 - Math.clz32((flags >>> 6) & 31);
  const code = (flags & FLOAT ? "  fd" : flags & SIGNED ? "bhiq" : "BHIQ")[align] ?? "16B";
  const items = flags & (VIEW | ARRAY | STATIC_ARRAY);
  const format = items ? code : ["", "B", "H"][id] || undefined;
  const words = flags & ARRAY ? 4 : flags & VIEW ? 3 : 0;
  return { id, flags, words, step: items ? 2 ** align : id <= STRING ? id : 0, format };
}

/** The header of an object. @throws BoundsError for no object, ReleasedError for one that was collected. */
function headerOf(runtime: Runtime, pointer: number): { size: number; kind: Kind } {
  const { operation } = runtime;
  const hint = "pass a pointer as an export of the module returns it";
  if (pointer === 0) throw new BoundsError(operation, "the pointer is null", hint);
  if (pointer % 16 !== 0) throw new BoundsError(operation, `pointer ${pointer} is no multiple of 16`, hint);
  const [block, , , id, size] = wordsAt(runtime, pointer - HEADER, 5).toList() as [number, ...number[]];
  if (block & FREE) {
    throw new ReleasedError(operation, `the object at ${pointer} was collected`, "view it before the next call");
  }
  const room = block - (block & 3) - HEADER + 4;
  if (size! > room) {
    throw new BoundsError(operation, `at ${pointer} is no object: its ${size} bytes are in a block of ${room}`, hint);
  }
  return { size: size!, kind: kindOf(runtime, id!) };
}

/** How often an object is pinned by us; `__pin` aborts when it is called twice. */
const pins = /* @__PURE__ */ new WeakMap<WebAssembly.Memory, Map<number, number>>();

const colorOf = (runtime: Runtime, pointer: number): number => wordsAt(runtime, pointer - 16, 1).get(0) & PINNED;

/** Keeps objects alive. Returns its end, which may be called more than once and keeps nothing else from the collector. */
function pinned(runtime: Runtime, pointers: Set<number>): () => void {
  const { memory } = runtime;
  let counts = pins.get(memory)!;
  if (!counts) pins.set(memory, (counts = new Map()));
  for (const pointer of pointers) {
    const count = counts.get(pointer) ?? 0;
    // What somebody else has pinned is theirs to unpin.
    if (count > 0 || colorOf(runtime, pointer) !== PINNED) {
      if (count === 0) runtime.pin(pointer);
      counts.set(pointer, count + 1);
    } else pointers.delete(pointer);
  }
  return () => {
    for (const pointer of pointers) {
      const left = counts.get(pointer)! - 1;
      if (left > 0) counts.set(pointer, left);
      else counts.delete(pointer);
      if (left === 0 && colorOf(runtime, pointer) === PINNED) runtime.unpin(pointer);
    }
    pointers.clear();
  };
}

/** Unpins what views were dropped of without a release. */
const net = /* @__PURE__ */ new FinalizationRegistry<() => void>((unpin) => unpin());

/** A record without C's padding at its end, which AssemblyScript leaves out. */
function unpadded(text: string, size: number, operation: string): string {
  const { fields, itemsize } = formatOf(text, operation);
  const ends = fields && Array.from(fields.values(), ({ offset, format }) => offset + format.itemsize);
  return ends && itemsize > size && Math.max(...ends) === size ? recordText(fields, size, "^") : text;
}

function viewObject(runtime: Runtime, pointer: number, options: ManagedOptions): MemoryView {
  const { memory, operation } = runtime;
  const { size, kind } = headerOf(runtime, pointer);
  const { id, flags, words, step } = kind;
  const name = `the object at ${pointer} of class ${id}`;
  if (options.id !== undefined && options.id !== id) {
    throw new ValueError(operation, `${name} is not of class ${options.id}`, "compare it with idof<T>()");
  }
  const text = options.format ?? kind.format;
  if (text === undefined) {
    throw new FormatError(operation, `${name} has fields of its own`, "name them: { format: record({ … }) }");
  }
  const object = wordsAt(runtime, pointer - HEADER, 5 + words);
  const [buffer = pointer, start = pointer, capacity = size, length] = object.toList().slice(5) as number[];
  const nbytes = length === undefined ? capacity : length * step;
  const end = buffer + (words ? headerOf(runtime, buffer).size : size);
  if (start < buffer || start + nbytes > end) {
    throw new BoundsError(operation, `${name} ends at ${start + nbytes}, its buffer at ${end}`, "it is no array");
  }
  const format = step ? text : unpadded(text, size, operation);
  const { itemsize } = formatOf(format, operation);
  if (step ? nbytes % itemsize !== 0 : nbytes !== itemsize) {
    throw new LayoutError(
      operation,
      `${show(text)} has ${itemsize} bytes, ${name} has ${nbytes}`,
      "name all its fields",
    );
  }
  // Whoever else pinned it can unpin it at any time.
  const foreign = !pins.get(memory)?.has(pointer) && (object.get(1) & PINNED) === PINNED;
  const valid = (): boolean => {
    const unpinned = foreign && (object.get(1) & PINNED) !== PINNED;
    if (unpinned) lifetime.end(`${name} was unpinned by its owner`);
    else if (flags & ARRAY && (object.get(6) !== start || object.get(8) < length!))
      lifetime.end(`${name} moved its items`);
    return !lifetime.ended;
  };
  const lifetime: Lifetime = new Lifetime("count", flags & ARRAY || foreign ? { name, valid } : { name });
  const readonly = id === STRING || (flags & MANAGED) !== 0;
  const window = { byteOffset: start, format, shape: step ? [nbytes / itemsize] : [], readonly, lifetime };
  const unpin = pinned(runtime, new Set([pointer, buffer]));
  const release = (): void => {
    lifetime.checkFree("MemoryView.release");
    unpin();
    lifetime.end(`${name} was released`);
  };
  const exporter: Exporter = { [EXPORT]: () => ({ source: memory, ...window, release }) };
  net.register(exporter, unpin);
  return viewAs(exporter, undefined, operation);
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
  const runtime = runtimeOf(target, operation);
  const view = viewObject(runtime, checkAddress(pointer, true, "the pointer", operation), read);
  return view as MemoryView<ItemOf<F>, ArrayBuffer, any, F>;
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
  const { flags, words, step, format: own } = kindOf(runtime, id);
  if (step === 0 || flags & MANAGED) {
    throw new UnsupportedError(operation, `class ${id} has fields or references`, "call a constructor of the module");
  }
  const items = text ? Uint16Array.from({ length: values.length }, (_, i) => values.charCodeAt(i)) : values;
  const given = late.viewOf(items);
  const shape = given ? given.shape : Array.isArray(items) ? [items.length] : undefined;
  if (!shape) throw new ValueError(operation, `${show(values)} is no list`, "pass a view, typed array, list or text");
  const window = { format: format ?? (id === BUFFER ? given?.format : undefined) ?? own!, shape };
  const nbytes = product(shape) * formatOf(window.format, operation).itemsize;
  if (nbytes % step !== 0) {
    throw new LayoutError(operation, `${nbytes} bytes are no whole elements of ${step}`, "use the class's own format");
  }
  const data = runtime.make(nbytes, words ? BUFFER : id);
  const unpin = pinned(runtime, new Set([data]));
  try {
    viewAs(runtime.memory, { byteOffset: data, ...window }, operation).assign(items as never);
    const pointer = words ? runtime.make(4 * words, id) : data;
    if (words) wordsAt(runtime, pointer, words).assign([data, data, nbytes, nbytes / step].slice(0, words));
    return { pointer, view: viewObject(runtime, pointer, { format: window.format }) as never };
  } finally {
    unpin();
  }
}

/**
 * The text of a view of UTF-16 units, as `fromManaged` gives of a string. A copy; lone surrogates stay.
 *
 * @example textOf(fromManaged(exports, exports.greeting())) // "hello"
 * @throws FormatError for another format than `H`.
 */
export function textOf(view: MemoryView): string {
  if (!(/* a big-endian one would be read wrong */ ["H", "<H"].includes(view.format))) {
    throw new FormatError("textOf", `the format is ${show(view.format)}`, "pass a view of 'H'");
  }
  let text = "";
  for (const unit of view.copy() as Uint16Array) text += String.fromCharCode(unit);
  return text;
}
