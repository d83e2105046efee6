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
import { isBuffer, isMemory, type Source, sourceOf } from "../memory/source.ts";
import { createView } from "./create.ts";
import { late } from "./late.ts";
import { MemoryView } from "./memory-view.ts";
import type { Lengths, RankOf, SourceRank, SourceText, TextOr, WindowRank } from "./types.ts";
import { readWindow, type ViewWindow } from "./window.ts";

/** The name of the export protocol: a method that describes the bytes of an object of any library. */
export const EXPORT: unique symbol = Symbol.for("linearview.export") as never;

/** What the export protocol returns. `release` is called when the view made of it is released. */
export interface Export {
  source: MemorySource;
  byteOffset?: number | bigint;
  format?: string;
  shape?: readonly number[];
  strides?: readonly number[];
  readonly?: boolean;
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
  readonly addresses: boolean;
  readonly release?: (() => void) | undefined;
}

const OPERATION = "memoryview";
const isExporter = (value: object): value is Exporter => typeof (value as Exporter)[EXPORT] === "function";
const isImageData = (value: unknown): value is ImageData =>
  Object.prototype.toString.call(value) === "[object ImageData]";

/** All bytes of a source, as `B`. The block is made once per source and owner, so that its views share windows. */
const roots = new WeakMap<object, Block>();
function wholeOf(source: Source, owner: object, operation: string, addresses: boolean): Origin {
  let block = roots.get(owner);
  if (!block) roots.set(owner, (block = new Block(source, 0, Infinity, owner)));
  return { block, low: 0, high: source.byteLength, format: formatOf("B", operation), readonly: false, addresses };
}

function originOf(source: unknown, operation: string): Origin {
  if (source instanceof MemoryView) {
    const block = source._check(operation);
    const { _format: format, _layout: layout, _readonly: readonly } = source;
    const [low, high] = extent(layout, format.itemsize);
    return { block, low, high, format, layout, readonly, addresses: false };
  }
  if (isMemory(source)) return wholeOf(sourceOf(source), source, operation, true);
  if (isBuffer(source)) return wholeOf(sourceOf(source), source, operation, false);
  if (ArrayBuffer.isView(source)) return originOfArray(source, source, operation);
  if (isImageData(source)) return originOfArray(source.data, source, operation);
  if (typeof source === "function") {
    const live = source as () => ArrayBufferLike;
    const buffer = live();
    if (!isBuffer(buffer)) {
      throw new UnsupportedError(operation, `the function returned ${show(buffer)}`, "return the live ArrayBuffer");
    }
    return wholeOf(sourceOf(live), live, operation, true);
  }
  if (typeof source === "object" && source !== null && isExporter(source)) return originOfExport(source, operation);
  throw new UnsupportedError(
    operation,
    `${show(source)} has no bytes to view`,
    "pass a memory, buffer, typed array, view, or a function that returns the live buffer",
  );
}

function originOfArray(array: ArrayBufferView, owner: object, operation: string): Origin {
  const { buffer, byteOffset: low, byteLength } = array;
  const high = low + byteLength;
  const block = new Block(sourceOf(buffer), low, high, owner);
  const format = formatOf(codeOfArray(array) ?? "B", operation);
  return { block, low, high, format, readonly: false, addresses: false };
}

function originOfExport(exporter: Exporter, operation: string): Origin {
  const { source, release, ...window } = exporter[EXPORT]();
  const inner = originOf(source, operation);
  const outer = new Block(inner.block.source, inner.low, inner.high, exporter);
  if (Object.values(window).every((value) => value === undefined)) return { ...inner, block: outer, release };
  const { format, layout, readonly } = resolve(inner, definedOnly(window), operation);
  const [low, high] = extent(layout, format.itemsize);
  return { ...inner, block: outer, low, high, format, layout, readonly, release, addresses: false };
}

const definedOnly = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

/** A window applied to a source: checked, and inside it. */
function resolve(origin: Origin, window: ViewWindow, operation: string) {
  let format = window.format === undefined ? origin.format : formatOf(window.format, operation);
  const size = window.itemsize;
  if (size !== undefined && size !== format.itemsize) {
    const exported = Number.isSafeInteger(size) && exportedFormat(format.text, size, operation);
    if (exported) format = exported;
  }
  const { itemsize } = format;
  if (size !== undefined && size !== itemsize) {
    throw new FormatError(operation, `itemsize is ${show(size)}, '${format.text}' has ${itemsize}`, "leave it out");
  }
  if (window.readonly !== undefined && typeof window.readonly !== "boolean") {
    throw new ValueError(operation, `readonly is ${show(window.readonly)}`, "readonly is true or false");
  }
  const readonly = origin.readonly || window.readonly === true;
  const keepsItems = itemsize === origin.format.itemsize;
  const { low, high, layout: own } = origin;
  if (own && typeof window.byteOffset === "bigint") {
    throw new BoundsError(operation, `byteOffset is ${show(window.byteOffset)}`, "offsets into a view are numbers");
  }
  if (
    own &&
    keepsItems &&
    window.shape === undefined &&
    window.strides === undefined &&
    window.byteOffset === undefined
  ) {
    return { format, readonly, layout: own };
  }
  const byteOffset =
    low +
    (window.byteOffset === undefined ? 0 : checkAddress(window.byteOffset, origin.addresses, "byteOffset", operation));
  const shape = shapeOf(window, own && keepsItems ? own.shape : undefined, high - byteOffset, format, operation);
  const strides =
    window.strides === undefined ? cStrides(shape, itemsize) : checkStrides(window.strides, shape, operation);
  const layout = { byteOffset, shape, strides };
  if (byteOffset > high || product(shape) > 0) {
    checkWithin(layout, itemsize, low, high, "the source", operation);
  }
  return { format, readonly, layout };
}

function shapeOf(
  { shape, strides, byteOffset }: ViewWindow,
  own: readonly number[] | undefined,
  room: number,
  { text, itemsize }: Format,
  operation: string,
): readonly number[] {
  if (shape !== undefined) return checkShape(shape, operation);
  if (own && byteOffset === undefined) return own;
  if (strides !== undefined) throw new LayoutError(operation, "strides without a shape", "pass both");
  if (room < 0) throw new BoundsError(operation, `byteOffset lies ${-room} bytes past the source's last`, "move it");
  if (room % itemsize !== 0) {
    throw new LayoutError(
      operation,
      `${room} bytes are no whole number of ${show(text)} (${itemsize} bytes)`,
      "give a shape",
    );
  }
  return [room / itemsize];
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
    const { format, layout, readonly } = resolve(origin, readWindow(window, operation), operation);
    const view = createView(origin.block, format, layout, readonly);
    view._giveBack = origin.release;
    return view;
  } catch (error) {
    origin.release?.();
    throw error;
  }
}

late.viewOf = (value) => {
  if (value instanceof MemoryView) return value;
  return ArrayBuffer.isView(value) || isBuffer(value) ? viewAs(value, undefined, OPERATION) : undefined;
};

/** @internal A view of an owned block. */
export const viewOfBlock = (block: Block, format: Format, shape: readonly number[]): MemoryView =>
  createView(block, format, { byteOffset: block.low, shape, strides: cStrides(shape, format.itemsize) }, false);
