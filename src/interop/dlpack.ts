import { FormatError, LayoutError, list, ReadonlyError, show, UnsupportedError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import { cStrides, MAX_DIMENSIONS } from "../layout/shape.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { anything, type Check, flag, oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { viewAs } from "../view/memoryview.ts";
import { functionAt, lendFunction } from "./callback.ts";
import { codeOf, Guest, lend, taking } from "./guest.ts";

/* Source: DLPack 1.1, `dlpack.h`. */

/** data; device_type, device_id, ndim; code, bits; lanes; shape, strides; byte_offset. */
const TENSOR = "P3i2BH2PQ";

/**
 * By what `managed` says: `DLTensor`; `DLManagedTensor`, with manager_ctx and deleter behind it;
 * `DLManagedTensorVersioned`: major, minor, manager_ctx, deleter, flags before it.
 */
const STRUCTURES = { false: TENSOR, true: `${TENSOR}2P`, versioned: `2I2PQ${TENSOR}` };
const CPU = 1;
const READ_ONLY = 1n;

/** Formats of the kinds of numbers, by DLPack's code; in each, of 1, 2, 4, 8 and 16 bytes. */
const KINDS = ["bhiq", "BHIQ", " efd", "", "", "   FD", "?"];

export interface DLPackOptions {
  /** `true` for a `DLManagedTensor`, `"versioned"` for a `DLManagedTensorVersioned`. */
  managed?: boolean | "versioned";
  /** Where the deleter is; found where `memory` is an instance, its exports or a `Module`. */
  table?: unknown;
}

const OPTIONS: Record<keyof DLPackOptions, Check> = { managed: oneOf([true, false, "versioned"]), table: anything };

/**
 * The tensor of a `DLTensor` as a view, no copy: integers, floats, complex numbers and booleans in C or any other order;
 * lanes are a last dimension. `memory` is what `LinearMemory.from` takes, its width is that of the structure.
 *
 * With `managed` the lifetime of the view is `"count"`: when it is released, it and all views made of it end, and the
 * deleter is called. On any error it is not: the tensor is still the caller's.
 *
 * @example using tensor = fromDLPack(instance, exports.take(), { managed: true });
 * @throws UnsupportedError for another device or type, and without a function table; LayoutError for a shape or strides
 * that are none; BoundsError for what lies outside of the memory.
 */
export function fromDLPack(memory: unknown, address: number | bigint, options?: DLPackOptions): MemoryView {
  const operation = "fromDLPack";
  const { managed = false, table = memory } = readOptions(options, OPTIONS, operation);
  const guest = new Guest(memory, operation);
  const place = guest.address("the DLTensor", address);
  const [values] = guest.read("the DLTensor", place, STRUCTURES[`${managed}`]);
  const [major, , , called, flags] = managed === "versioned" ? values.splice(0, 5) : [1, 0, 0, values[11], 0n];
  const [first, device, , axesCount, code, bits, lanes, shapeAt, stridesAt, offset] = values;
  const format = KINDS[code]?.[Math.log2(bits / 8)] ?? " ";
  if (device !== CPU || format === " " || lanes === 0 || major !== 1) {
    const problem = `a tensor of version ${major} on device ${device}, of type ${code} with ${bits} bits and ${lanes} lanes`;
    throw new UnsupportedError(operation, problem, "version 1, device 1 (CPU) and numbers are read");
  }
  const ndim = guest.whole("ndim", axesCount, 0, MAX_DIMENSIONS);
  const { itemsize } = formatOf(format, operation);
  const axes = (name: string, at: unknown): number[] =>
    guest.read(name, at, "q", ndim).map((n) => guest.whole(name, n, -Infinity));
  const lengths = axes("shape", shapeAt);
  const steps = stridesAt ? axes("strides", stridesAt) : cStrides(lengths, 1);
  const last = lanes > 1 ? [lanes] : [];
  const shape = [...lengths, ...last];
  const strides = [...steps.map((step) => step * itemsize * lanes), ...last.map(() => itemsize)];
  const data = guest.whole("data", first, shape.includes(0) ? 0 : 1);
  const byteOffset = data && data + guest.whole("byte_offset", offset);
  const readonly = (flags & READ_ONLY) !== 0n;
  const deleter = managed && called ? functionAt(table, called, operation) : undefined;
  const { lifetime, release } = lend("count", `the DLTensor at ${place}`, () => deleter?.(guest.pointer(place)));
  const view = viewAs(guest.owner, { byteOffset, format, shape, strides, readonly, lifetime }, operation);
  view._giveBack = release;
  return view;
}

export interface ToDLPackOptions {
  /** Makes a `DLManagedTensorVersioned`; without it a `DLManagedTensor`, which says nothing of being read-only. */
  versioned?: boolean;
  /** Where the module looks for the deleter; found where `memory` is an instance, its exports or a `Module`. */
  table?: unknown;
}

/** A view as DLPack describes it. */
export interface DLPackExport {
  /** Address of the `DLManagedTensor`, or of the `DLManagedTensorVersioned`. */
  readonly address: number;
  /** Calls the deleter, unless the consumer did. A second call does nothing. */
  release(): void;
  [Symbol.dispose](): void;
}

/**
 * Describes a view to a module as a managed DLPack tensor, no copy: any shape and strides. The block of the view is held
 * until the consumer calls the deleter, or until `release`; it frees the structure, and is called once.
 *
 * @example
 * const tensor = toDLPack(memory, image, { table: exports });
 * exports.consume(tensor.address); // calls the deleter when it is done
 * @throws FormatError for records, bytes and numbers of another byte order; LayoutError for strides that are no whole
 * items; ReadonlyError, ValueError for a view of another memory, AllocationError when there is no room in the memory, or
 * in the table. Then nothing is held.
 */
export function toDLPack(
  memory: LinearMemory | WebAssembly.Instance | WebAssembly.Exports,
  view: MemoryView,
  options?: ToDLPackOptions,
): DLPackExport {
  const operation = "toDLPack";
  const { versioned = false, table = memory } = readOptions(options, { versioned: flag, table: anything }, operation);
  const guest: Guest = new Guest(memory, operation);
  guest.checkOwn("the view", view);
  const { _format: format, _layout: layout, _readonly: readonly } = view;
  const { itemsize, text } = format;
  const letter = codeOf(format);
  const code = KINDS.findIndex((letters) => letters.includes(letter ?? "-"));
  if (code < 0)
    throw new FormatError(operation, `items are ${show(text)}`, "pass integers, floats, complex or booleans");
  if (readonly && !versioned) throw new ReadonlyError(operation, "the view is read-only", "pass { versioned: true }");
  const strides = layout.strides.map((stride) => stride / itemsize);
  if (!strides.every(Number.isInteger)) {
    const problem = `strides ${list(layout.strides)} are no multiples of the itemsize, ${itemsize}`;
    throw new LayoutError(operation, problem, "DLPack counts strides in items");
  }
  return taking((later, giveBack) => {
    later(view.hold());
    const pointer = (value: number): number | bigint => guest.pointer(value);
    const axes = guest.put(later, "q", [...layout.shape, ...strides].map(BigInt));
    const shapeAt = pointer(axes);
    const stridesAt = pointer(axes + strides.length * 8);
    const tensor = [pointer(layout.byteOffset), CPU, 0, strides.length, code, itemsize * 8, 1, shapeAt, stridesAt, 0n];
    const manager = [pointer(0), lendFunction(guest, table, giveBack, later)];
    const address = versioned
      ? guest.put(later, STRUCTURES.versioned, [[1, 0, ...manager, readonly ? READ_ONLY : 0n, ...tensor]])
      : guest.put(later, STRUCTURES.true, [[...tensor, ...manager]]);
    return { address, release: giveBack, [Symbol.dispose]: giveBack };
  });
}
