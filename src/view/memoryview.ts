import { createView } from "./create.ts"; // first: its stamped copies stand alone at the start of a bundle
import { BoundsError, FormatError, LayoutError, show, UnsupportedError, ValueError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { Format } from "../format/format.ts";
import { exportedFormat } from "../format/record.ts";
import { codeOfArray } from "../format/scalars.ts";
import type { ItemOf } from "../format/types.ts";
import { checkWithin, extent, type Layout } from "../layout/layout.ts";
import { checkShape, checkStrides, cStrides, product } from "../layout/shape.ts";
import { checkAddress } from "../memory/address.ts";
import { Block } from "../memory/block.ts";
import type { Lifetime } from "../memory/lifetime.ts";
import { isBuffer, isMemory, sourceOf, tagOf } from "../memory/source.ts";
import { checkOption, flag, object } from "../options.ts";
import { late } from "./late.ts";
import { MemoryView } from "./memory-view.ts";
import type { Lengths, RankOf, SourceRank, SourceText, TextOr, WindowRank } from "./types.ts";
import { readWindow, type ViewWindow } from "./window.ts";

/**
 * The name of the export protocol: a method that describes the bytes of an object of any library.
 *
 * @example class Picture { [EXPORT]() { return { source: this.memory, byteOffset: this.address, shape: [480, 640, 4] }; } }
 */
export const EXPORT: unique symbol = Symbol.for("linearview.export") as never;

/** What the export protocol returns. `release` is called when the view made of it is released. */
export interface Export {
  source: MemorySource;
  byteOffset?: number | bigint;
  format?: string;
  shape?: readonly number[];
  strides?: readonly number[];
  readonly?: boolean;
  itemsize?: number;
  lifetime?: Lifetime;
  release?: () => void;
}

export interface Exporter<E extends Export = Export> {
  [EXPORT](): E;
}

/** What a view can be made over. A function returns the live buffer, as `() => Module.HEAPU8.buffer` does. */
export type MemorySource =
  WebAssembly.Memory | ArrayBufferLike | ArrayBufferView | ImageData | MemoryView | (() => ArrayBufferLike) | Exporter;

/** The buffer that a source's bytes are in, as far as its type tells. */
export type BufferOf<S> = S extends { readonly buffer: infer B }
  ? Extract<B, ArrayBufferLike>
  : S extends ArrayBufferLike
    ? S
    : S extends () => infer B
      ? Extract<B, ArrayBufferLike>
      : ArrayBuffer;

/** The item a source has by itself: that of a typed array or a view, else a byte. */
export type DefaultItem<S> = S extends MemoryView<infer Item> ? Item : ItemOf<SourceText<S>>;

/** A source as bytes with a default layout. */
interface Origin {
  readonly block: Block;
  /** The source's first byte, and the byte after its last. */
  readonly low: number;
  readonly high: number;
  readonly format: Format;
  /** Present where the source has a shape of its own. */
  readonly layout?: Layout;
  readonly readonly: boolean;
  /** Whether offsets are addresses of a WebAssembly memory. */
  readonly addresses?: boolean;
  readonly release?: (() => void) | undefined;
}

const OPERATION = "memoryview";

/** Blocks of whole memories and buffers: made once per owner, so that all views of it share windows. */
const roots = new WeakMap<object, Block>();

/** All bytes of a memory, a buffer, or what a function returns. */
function originOfWhole(owner: WebAssembly.Memory | ArrayBufferLike | (() => ArrayBufferLike)): Origin {
  const source = sourceOf(owner);
  let block = roots.get(owner);
  if (!block) roots.set(owner, (block = new Block(source, 0, Infinity, owner)));
  const format = formatOf("B", OPERATION);
  return { block, low: 0, high: source.byteLength, format, readonly: false, addresses: !isBuffer(owner) };
}

function originOf(source: unknown, operation: string): Origin {
  if (isMemory(source) || isBuffer(source)) return originOfWhole(source);
  if (source instanceof MemoryView) {
    const block = source._check(operation);
    const { _format: format, _layout: layout, _readonly: readonly } = source;
    const [low, high] = extent(layout, format.itemsize);
    return { block, low, high, format, layout, readonly };
  }
  if (typeof source === "function") {
    const buffer = source();
    if (isBuffer(buffer)) return originOfWhole(source as () => ArrayBufferLike);
    throw new UnsupportedError(operation, `the function returned ${show(buffer)}`, "return the live ArrayBuffer");
  }
  if (typeof (source as Exporter | undefined)?.[EXPORT] === "function") {
    return originOfExport(source as Exporter, operation);
  }
  const array = tagOf(source) === "[object ImageData]" ? (source as ImageData).data : source;
  if (ArrayBuffer.isView(array)) {
    const { buffer, byteOffset: low, byteLength } = array;
    const high = low + byteLength;
    const block = new Block(sourceOf(buffer), low, high, source);
    return { block, low, high, format: formatOf(codeOfArray(array) ?? "B", operation), readonly: false };
  }
  throw new UnsupportedError(
    operation,
    `${show(source)} has no bytes to view`,
    "pass a memory, buffer, typed array, view, or a function that returns the live buffer",
  );
}

/** What an object of any library exports. Its lock is given back when it cannot be used. */
function originOfExport(exporter: Exporter, operation: string): Origin {
  const { source, release, ...window } = (exporter[EXPORT]() ?? {}) as Export;
  let inner: Origin | undefined;
  const giveBack = (): void => {
    inner?.release?.();
    release?.();
  };
  try {
    inner = originOf(source, operation);
    // A window of a view ends with the view's block. Else the bytes have a new owner.
    const { low, high, layout } = inner;
    const { source: bytes } = inner.block;
    let block = layout ? inner.block : roots.get(exporter);
    if (block?.source !== bytes) {
      block = new Block(bytes, low, inner.addresses ? Infinity : high, exporter);
      // Views of a memory by its owner share windows, as those of the memory do.
      if (inner.addresses) roots.set(exporter, block);
    }
    const outer = { ...inner, block, release: giveBack };
    if (Object.values(window).every((value) => value === undefined)) return outer;
    const resolved = resolve({ ...inner, block }, window as ViewWindow, operation);
    const [first, end] = extent(resolved.layout, resolved.format.itemsize);
    return { ...outer, ...resolved, low: first, high: end, addresses: false };
  } catch (error) {
    giveBack();
    throw error;
  }
}

/** The block of a window that is borrowed. @throws ValueError, ReleasedError */
function borrowed({ block, layout }: Pick<Origin, "block" | "layout">, lifetime: Lifetime, operation: string): Block {
  if (layout || typeof lifetime._blockOf !== "function") {
    const problem = layout ? "a lifetime for a view, which has that of its block" : `lifetime is ${show(lifetime)}`;
    throw new ValueError(operation, problem, "pass a Lifetime with the memory itself");
  }
  const taken = lifetime._blockOf(block.source, block.owner);
  taken.check(operation);
  return taken;
}

/** A window applied to a source: checked, and inside it. */
function resolve({ low, high, addresses, ...origin }: Origin, window: ViewWindow, operation: string) {
  const { byteOffset: offset, shape: lengths, strides: steps, itemsize: size, lifetime } = window;
  const block = lifetime ? borrowed(origin, lifetime, operation) : origin.block;
  let format = window.format === undefined ? origin.format : formatOf(window.format, operation, block.source);
  if (size !== undefined && size !== format.itemsize) {
    const exported = Number.isSafeInteger(size) && exportedFormat(format.text, size, operation);
    if (!exported) {
      const problem = `itemsize is ${show(size)}, '${format.text}' has ${format.itemsize}`;
      throw new FormatError(operation, problem, "leave it out");
    }
    format = exported;
  }
  const { text, itemsize } = format;
  if (window.readonly !== undefined) checkOption(window.readonly, "readonly", flag, operation);
  const readonly = origin.readonly || window.readonly === true;
  if (origin.layout && typeof offset === "bigint") {
    throw new BoundsError(operation, `byteOffset is ${show(offset)}`, "offsets into a view are numbers");
  }
  // The items of the source stay where they are while nothing moves them.
  const own = offset === undefined && itemsize === origin.format.itemsize ? origin.layout : undefined;
  if (own && lengths === undefined && steps === undefined) return { block, format, readonly, layout: own };
  const signed = addresses === true && !((offset as number) < 0 && block.source.wide);
  const byteOffset = low + (offset === undefined ? 0 : checkAddress(offset, signed, "byteOffset", operation));
  let shape = own?.shape;
  if (lengths !== undefined) shape = checkShape(lengths, operation);
  else if (!shape) {
    if (steps !== undefined) throw new LayoutError(operation, "strides without a shape", "pass both");
    const room = Math.max(0, high - byteOffset);
    if (room % itemsize !== 0) {
      const problem = `${room} bytes are no whole number of ${show(text)} (${itemsize} bytes)`;
      throw new LayoutError(operation, problem, "give a shape");
    }
    shape = [room / itemsize];
  }
  const strides = steps === undefined ? cStrides(shape, itemsize) : checkStrides(steps, shape, operation);
  const layout = { byteOffset, shape, strides };
  if (byteOffset > high || product(shape) > 0) {
    checkWithin(layout, itemsize, low, high, "the source", operation);
  }
  return { block, format, readonly, layout };
}

/**
 * A typed, n-dimensional, strided window on the bytes of `source`; no copy. The whole window is checked against the
 * source before a view exists.
 *
 * @example
 * const pixels = memoryview(memory, { byteOffset: address, shape: [height, width, 4] });
 * @throws BoundsError when the window reaches outside the source, LayoutError, FormatError,
 * UnsupportedError when `source` has no bytes.
 */
export function memoryview<S extends MemorySource>(
  source: S,
): MemoryView<DefaultItem<S>, BufferOf<S>, SourceRank<S>, SourceText<S>>;
export function memoryview<S extends MemorySource, const F extends string = never, const Shape extends Lengths = never>(
  source: S,
  window?: ViewWindow<F> & { shape?: Shape },
): MemoryView<
  [F] extends [never] ? DefaultItem<S> : ItemOf<F>,
  BufferOf<S>,
  [Shape] extends [never] ? WindowRank<S> : RankOf<Shape>,
  TextOr<SourceText<S>, F>
>;
export function memoryview<S extends MemorySource>(source: S, window?: ViewWindow): MemoryView<any, BufferOf<S>>;
export function memoryview(source: unknown, window?: unknown): unknown {
  return viewAs(source, window, OPERATION);
}

/** @internal `memoryview` under the name of another operation. */
export function viewAs(source: unknown, window: unknown, operation: string): MemoryView {
  const origin = originOf(source, operation);
  try {
    const { block, format, layout, readonly } = resolve(origin, readWindow(window, operation), operation);
    const view = createView(block, format, layout, readonly);
    view._giveBack = origin.release;
    return view;
  } catch (error) {
    origin.release?.();
    throw error;
  }
}

late.fromHandle = (handle) => {
  const operation = "MemoryView.fromHandle";
  checkOption(handle, "the handle", object, operation);
  const { memory, buffer, ...window } = handle;
  return viewAs(memory ?? buffer, window, operation);
};

late.viewOf = (value) => {
  if (value instanceof MemoryView) return value;
  return ArrayBuffer.isView(value) || isBuffer(value) ? viewAs(value, undefined, OPERATION) : undefined;
};

/** @internal A view of an owned block. */
export const viewOfBlock = (block: Block, format: Format, shape: readonly number[]): MemoryView =>
  createView(block, format, { byteOffset: block.low, shape, strides: cStrides(shape, format.itemsize) }, false);
