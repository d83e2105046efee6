/* In the order in which a bundle of all compresses best: it reaches back 32 kB, so that what is alike is near. */
import { checkShape, checkStrides, cStrides, product } from "../layout/shape.ts";
import { addressOf, checkWithin, extent, isCContiguous, isFContiguous, type Layout } from "../layout/layout.ts";
import { equalTo, findItems, hashOf } from "./compare.ts";
import { type Cursor, type CursorOptions, cursorOf } from "./cursor.ts";
import { describe, inspectText, type Summary, summarize } from "./show.ts";
import {
  diagonalLayout,
  expandLayout,
  flipLayout,
  moveLayout,
  squeezeLayout,
  swapLayout,
  transposeLayout,
  turnLayout,
  windowLayout,
} from "../layout/axes.ts";
import { listOf } from "./items.ts";
import { late } from "./late.ts";
import { rescaleLayout, reshapeLayout } from "../layout/reshape.ts";
import { type Key, parseKeys, sliceLayout } from "../layout/slice.ts";
import { assignTo, type AssignOptions, type Assignable, fillWith } from "./assign.ts";
import { formatOf } from "../format/compile.ts";
import { bytesOf, hexOf, isFortran, type Order } from "./export.ts";
import { shareBytes } from "../layout/overlap.ts";
import { sameBytes } from "../memory/source.ts";
import { readWindow } from "./window.ts";
import { broadcastLayout } from "../layout/broadcast.ts";
import { fieldOf, fieldsOf, partOf } from "./fields.ts";
import { copyOf, dataViewOf, handleOf, imageDataOf, typedArrayOf, type ViewHandle } from "./bridges.ts";
import { forApi, type PlatformApi, type PlatformObject } from "./platform.ts";
import {
  BoundsError,
  LayoutError,
  list,
  ReadonlyError,
  ReleasedError,
  show,
  UnsupportedError,
  ValueError,
} from "../errors.ts";
import { atomicsOf, type ItemAtomics } from "./atomics.ts";
import type { Format } from "../format/format.ts";
import type { ItemOf } from "../format/types.ts";
import type { Block, LifetimeKind, Window } from "../memory/block.ts";
import type {
  ArrayOf,
  CopyOf,
  AsTuple,
  FieldName,
  FieldsText,
  FieldView,
  Index,
  Lengths,
  Lists,
  Minus,
  PartItem,
  PartText,
  Plus,
  RankOf,
  Rows,
  SliceRank,
  TextOr,
  Writable,
} from "./types.ts";

/** Where a window of a view begins and how it walks; offsets and strides in bytes, relative to item `[0, 0, …]`. */
export interface StridedWindow<F extends string = string, S extends Lengths = Lengths> {
  byteOffset?: number;
  shape: S;
  strides: number | readonly number[];
  format?: F;
}

const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/**
 * A typed, n-dimensional, strided window on bytes that belong to somebody else. Item `[i0, i1, …]` lives at
 * `byteOffset + Σ index × stride` bytes and is read as `format` says; reading and writing go to those bytes, and a view
 * made from a view shares them. A view survives the growth of its memory.
 *
 * Made by `memoryview(source, window)`, `LinearMemory.view` and `LinearMemory.alloc`. In its type are the item, the
 * buffer, the number of dimensions and the text of the format, the last two `number` and `string` where they are not
 * known: `MemoryView<number, ArrayBuffer, 2, "B">`.
 *
 * @example
 * const v = memoryview(new Uint8Array([1, 2, 3, 4]), { format: "H" });
 * v.get(0); // 513
 */
export abstract class MemoryView<
  out Item = any,
  out B extends ArrayBufferLike = ArrayBufferLike,
  out N extends number = number,
  out F extends string = string,
> implements Iterable<any> {
  /** @internal */
  declare readonly _window: Window<ArrayLike<unknown>>;
  /** @internal */
  declare _format: Format;
  /** @internal */
  abstract readonly _layout: Layout;
  /** @internal */
  declare _readonly: boolean;
  /** @internal */
  declare _released: boolean;
  /** @internal What `release()` gives back: the block of an owned view, or an exporter's lock. */
  declare _giveBack: (() => void) | undefined;

  // ---- attributes ----------------------------------------------------------------------------------------------

  /**
   * What the bytes belong to: the source that was given, or the `LinearMemory` that allocated them.
   *
   * @example memoryview(pixels).obj === pixels // true
   */
  get obj(): unknown {
    return this._check("MemoryView.obj").owner;
  }

  /**
   * How an item is read: a format of Python's `struct`, `"B"` or `"<h"`.
   *
   * @example memoryview(new Float32Array(4)).format // "f"
   */
  get format(): F {
    this._check("MemoryView.format");
    return this._format.text as F;
  }

  /** Bytes of one item. @example memory.alloc("d", 3).itemsize // 8 */
  get itemsize(): number {
    this._check("MemoryView.itemsize");
    return this._format.itemsize;
  }

  /** How many dimensions. @example memory.alloc("B", [480, 640, 4]).ndim // 3 */
  get ndim(): N {
    this._check("MemoryView.ndim");
    return this._layout.shape.length as N;
  }

  /** Items along each dimension; frozen. @example memory.alloc("B", [480, 640, 4]).shape // [480, 640, 4] */
  get shape(): Index[N] {
    this._check("MemoryView.shape");
    return this._layout.shape as never;
  }

  /**
   * Bytes between neighbours, per dimension; frozen.
   *
   * @example memory.alloc("B", [480, 640, 4]).strides // [2560, 4, 1]
   */
  get strides(): Index[N] {
    this._check("MemoryView.strides");
    return this._layout.strides as never;
  }

  /** Bytes from the start of the buffer to item `[0, 0, …]`. @example guest.process(view.byteOffset, view.length) */
  get byteOffset(): number {
    this._check("MemoryView.byteOffset");
    return this._layout.byteOffset;
  }

  /** Bytes of a packed copy: items × itemsize. @example memory.alloc("f", [2, 3]).nbytes // 24 */
  get nbytes(): number {
    this._check("MemoryView.nbytes");
    return product(this._layout.shape) * this._format.itemsize;
  }

  /**
   * Length of the first dimension. @throws LayoutError for a view without dimensions.
   *
   * @example for (let i = 0; i < view.length; i++) sum += view.get(i)
   */
  get length(): number {
    this._check("MemoryView.length");
    if (this._layout.shape.length === 0) {
      throw new LayoutError("MemoryView.length", "a view of 0 dimensions has no length", "read its item with get()");
    }
    return this._layout.shape[0]!;
  }

  /** Whether writing through the view is refused. @example view.toReadonly().readonly // true */
  get readonly(): boolean {
    this._check("MemoryView.readonly");
    return this._readonly;
  }

  /**
   * Packed in C order, last dimension nearest. A view without items is, in every order.
   *
   * @example image.transpose().cContiguous // false
   */
  get cContiguous(): boolean {
    this._check("MemoryView.cContiguous");
    return isCContiguous(this._layout, this._format.itemsize);
  }

  /** Packed in Fortran order, first dimension nearest. @example image.transpose().fContiguous // true */
  get fContiguous(): boolean {
    this._check("MemoryView.fContiguous");
    return isFContiguous(this._layout, this._format.itemsize);
  }

  /** Packed in either order. @example image.slice("::2").contiguous // false */
  get contiguous(): boolean {
    return this.cContiguous || this.fContiguous;
  }

  /** The buffer as it is now; the next growth replaces it. @example new Uint8Array(view.buffer, view.byteOffset, 4) */
  get buffer(): B {
    return this._check("MemoryView.buffer").source.buffer as B;
  }

  /** Until when the bytes are what they are: `"owned"` by an `alloc`, `"static"` like their source, or borrowed. @example view.lifetime // "owned" */
  get lifetime(): LifetimeKind {
    return this._check("MemoryView.lifetime").kind;
  }

  /** Whether the view was released, or its block freed. Never throws. @example view.release(); view.released // true */
  get released(): boolean {
    return this._released || this._window.block.ended !== "";
  }

  // ---- items ---------------------------------------------------------------------------------------------------

  /**
   * One item: as many indices as dimensions, negative counting from the end.
   *
   * @throws BoundsError for an index out of range, a fraction, or another number of indices.
   * @example image.get(y, x, -1) // alpha
   */
  abstract get(...index: Index[N]): Item;

  /**
   * Writes one item. Nothing is wrapped or rounded to fit.
   *
   * @throws ReadonlyError, BoundsError, or ValueError with the value and the range of the format.
   * @example image.set(y, x, 0, 255)
   */
  abstract set<I>(this: MemoryView<I>, ...indexAndValue: [...index: Index[N], value: NoInfer<Writable<I>>]): void;

  /**
   * The fields of one record, live: reading and writing a property goes to the bytes, `moveTo` to another record. Records
   * in it are live too, sub-arrays are copies. For a view of records of one dimension, or none; without `i` it is at the
   * first. A plain copy of a record is `get(i)`.
   *
   * @example
   * const c = particles.cursor();
   * for (let i = 0; i < particles.length; i++) c.moveTo(i).mass *= 2;
   * @throws FormatError for a view of no records, LayoutError for more dimensions, BoundsError.
   */
  cursor<I, const O extends CursorOptions = {}>(this: MemoryView<I>, i?: number, options?: O): Cursor<I, O> {
    return cursorOf(this, i, options) as never;
  }

  /**
   * `Atomics` on the items, by index: for the integer formats in native byte order, at aligned addresses. Values are
   * checked as `set` does. Works on unshared memory too, but for waiting.
   *
   * @example
   * counters.atomics.add(3, 1); // what was there before
   */
  get atomics(): ItemAtomics<Item> {
    return atomicsOf(this) as never;
  }

  // ---- views of the same bytes -----------------------------------------------------------------------------------

  /**
   * A view of some of the items, no copy. An integer drops its axis, `[start, stop, step]` keeps it (parts may be
   * `null` or left out), `"..."` stands for the axes not named, `null` is a new axis. One string in Python's notation
   * does the same.
   *
   * @example
   * view.slice([10, 20], [null, null, -1], 0);
   * view.slice("10:20, ::-1, 0");
   * @throws BoundsError, ValueError
   */
  slice<const K extends readonly [notation: string] | readonly Key[]>(
    ...keys: K
  ): MemoryView<Item, B, SliceRank<N, K>, F> {
    const operation = "MemoryView.slice";
    this._check(operation);
    const [first] = keys;
    const parsed =
      keys.length === 1 && typeof first === "string" ? parseKeys(first, operation) : (keys as readonly Key[]);
    return this._derive(sliceLayout(this._layout, parsed, operation));
  }

  /**
   * The same bytes as items of another format, no copy: one-dimensional, or of the shape given.
   *
   * @throws LayoutError unless the view is C-contiguous and the bytes agree; the message has both numbers.
   * @example bytes.cast("f", [2, 6]).shape // [2, 6]
   */
  cast<const To extends string, const S extends Lengths = number>(
    format: To,
    shape?: S,
  ): MemoryView<ItemOf<To>, B, RankOf<S>, To> {
    const operation = "MemoryView.cast";
    const target = formatOf(format, operation, this._check(operation).source);
    const { nbytes } = this;
    if (!this.cContiguous) {
      throw new LayoutError(
        operation,
        `shape ${list(this.shape)} with strides ${list(this.strides)} is not C-contiguous`,
        "use copy()",
      );
    }
    const lengths = shape === undefined ? [Math.floor(nbytes / target.itemsize)] : checkShape(shape, operation);
    if (product(lengths) * target.itemsize !== nbytes) {
      throw new LayoutError(
        operation,
        `cannot cast ${show(this.format)} ${list(this.shape)} to ${show(format)} ${list(lengths)}: ` +
          `product(shape) × itemsize is ${product(lengths) * target.itemsize} bytes, the view has ${nbytes}`,
        shape === undefined ? `slice to a multiple of ${target.itemsize} bytes` : "give another shape",
      );
    }
    const { byteOffset } = this._layout;
    return this._derive({ byteOffset, shape: lengths, strides: cStrides(lengths, target.itemsize) }, target);
  }

  /**
   * Any window inside this view's bounds, no copy: offset and strides in bytes, counted from item `[0, 0, …]`.
   *
   * @throws BoundsError with the byte range when the window reaches outside this view.
   * @example region.strided({ byteOffset: 16, format: "<I", shape: [], strides: [] }).get()
   */
  strided<const To extends string = never, const S extends Lengths = Lengths>(
    window: StridedWindow<To, S>,
  ): MemoryView<[To] extends [never] ? Item : ItemOf<To>, B, RankOf<S>, TextOr<F, To>>;
  strided(window: StridedWindow): MemoryView<any, B>;
  strided(window: StridedWindow): MemoryView<any, B> {
    const operation = "MemoryView.strided";
    const { source } = this._check(operation);
    const read = readWindow(window, operation);
    const format = read.format === undefined ? this._format : formatOf(read.format, operation, source);
    const shape = checkShape(read.shape, operation);
    const strides = checkStrides(read.strides, shape, operation);
    const { byteOffset = 0 } = read;
    if (!Number.isSafeInteger(byteOffset)) {
      throw new BoundsError(operation, `byteOffset is ${show(byteOffset)}`, "pass an integer, in bytes");
    }
    const layout = { byteOffset: this._layout.byteOffset + Number(byteOffset), shape, strides };
    const [low, high] = extent(this._layout, this._format.itemsize);
    checkWithin(layout, format.itemsize, low, high, "this view", operation);
    return this._derive(layout, format);
  }

  /**
   * The axes in another order, no copy; without `axes`, reversed. @throws LayoutError unless each is named once.
   *
   * @example image.transpose([1, 0, 2])
   */
  transpose(axes?: readonly number[]): MemoryView<Item, B, N, F> {
    return this._view("MemoryView.transpose", transposeLayout, [axes]);
  }

  /**
   * Some axes reversed, no copy; without `axis`, all of them. @throws LayoutError
   *
   * @example image.flip(0) // upside down
   */
  flip(axis?: number | readonly number[]): MemoryView<Item, B, N, F> {
    return this._view("MemoryView.flip", flipLayout, [axis]);
  }

  /** Two axes changed for one another, no copy. @throws LayoutError @example image.swapAxes(0, 1) */
  swapAxes(a: number, b: number): MemoryView<Item, B, N, F> {
    return this._view("MemoryView.swapAxes", swapLayout, [a, b]);
  }

  /** Axes moved to other places, no copy. @throws LayoutError @example image.moveAxis(2, 0) // channels first */
  moveAxis(from: number | readonly number[], to: number | readonly number[]): MemoryView<Item, B, N, F> {
    return this._view("MemoryView.moveAxis", moveLayout, [from, to]);
  }

  /** Turned by quarters from the first of two axes towards the second, no copy. @throws LayoutError @example image.rot90() */
  rot90(turns = 1, axes: readonly number[] = [0, 1]): MemoryView<Item, B, N, F> {
    return this._view("MemoryView.rot90", turnLayout, [turns, axes]);
  }

  /** Without its axes of length 1, or without those named, no copy. @throws LayoutError @example row.squeeze(0) */
  squeeze<const A extends Lengths = number[]>(axis?: A): MemoryView<Item, B, Minus<N, AsTuple<A>>, F> {
    return this._view("MemoryView.squeeze", squeezeLayout, [axis]);
  }

  /** With new axes of length 1 at these places of the result, no copy. @throws LayoutError @example gray.expandDims(-1) */
  expandDims<const A extends Lengths>(axis: A): MemoryView<Item, B, Plus<N, AsTuple<A>>, F> {
    return this._view("MemoryView.expandDims", expandLayout, [axis]);
  }

  /**
   * The same items in another shape, no copy; one length may be -1. `order` is the order in which items are counted.
   *
   * @example
   * pixels.reshape([-1, 4]); // a row of RGBA
   * @throws LayoutError when the numbers of items differ, and when only a copy could have that shape.
   */
  reshape<const S extends Lengths>(shape: S, order: Order = "C"): MemoryView<Item, B, RankOf<S>, F> {
    const operation = "MemoryView.reshape";
    this._check(operation);
    const fortran = isFortran(this, order, operation);
    return this._derive(reshapeLayout(this._layout, shape, fortran, this._format.itemsize, operation));
  }

  /**
   * The same bytes as items of another format, no copy: the axes stay, the last is rescaled when the itemsize differs.
   *
   * @example
   * rgba.reinterpret("I"); // [height, width, 4] of B is [height, width, 1] of I
   * @throws LayoutError when the last axis is not contiguous, or its bytes are no whole number of items.
   */
  reinterpret<const To extends string>(format: To): MemoryView<ItemOf<To>, B, N, To> {
    const operation = "MemoryView.reinterpret";
    const target = formatOf(format, operation, this._check(operation).source);
    return this._derive(rescaleLayout(this._layout, this._format.itemsize, target.itemsize, operation), target);
  }

  /** Stretched to a shape by strides of 0, read-only, no copy. @throws LayoutError @example row.broadcastTo([480, 640]) */
  broadcastTo<const S extends Lengths>(shape: S): MemoryView<Item, B, RankOf<S>, F> {
    const operation = "MemoryView.broadcastTo";
    this._check(operation);
    return this._derive(broadcastLayout(this._layout, checkShape(shape, operation), operation), undefined, true);
  }

  /**
   * Every window of a length, as a new last axis; of one length for every axis, or for those named. Read-only, because
   * windows overlap; no copy.
   *
   * @example
   * samples.slidingWindow(1024).slice([null, null, 256]); // frames of 1024, 256 apart
   * @throws LayoutError
   */
  slidingWindow<const S extends Lengths>(
    window: S,
    axis?: number | readonly number[],
  ): MemoryView<Item, B, Plus<N, AsTuple<S>>, F> {
    return this._view("MemoryView.slidingWindow", windowLayout, [window, axis], true);
  }

  /** The items whose indices on two axes differ by `offset`, as a last axis; read-only, no copy. @throws LayoutError @example matrix.diagonal() */
  diagonal(offset = 0, axis1 = 0, axis2 = 1): MemoryView<Item, B, Minus<N, [0]>, F> {
    return this._view("MemoryView.diagonal", diagonalLayout, [offset, [axis1, axis2]], true);
  }

  /**
   * One field of every record, no copy; a sub-array's dimensions are appended.
   *
   * @example
   * particles.field("pos").shape; // [1000, 3]
   * @throws FormatError naming the fields that there are.
   */
  field<T extends string, Name extends FieldName<T>>(
    this: MemoryView<any, any, any, T>,
    name: Name,
  ): FieldView<B, N, T, Name> {
    this._check("MemoryView.field");
    return fieldOf(this as MemoryView, name) as never;
  }

  /** Records of some of the fields, in the order given, no copy. @throws FormatError @example particles.fields(["id", "pos"]) */
  fields<T extends string, Name extends FieldName<T>>(
    this: MemoryView<any, any, any, T>,
    names: readonly Name[],
  ): MemoryView<ItemOf<FieldsText<T, Name>>, B, N, FieldsText<T, Name>> {
    this._check("MemoryView.fields");
    return fieldsOf(this as MemoryView, names) as never;
  }

  /** The real parts of complex items, no copy; real items are their own. @throws FormatError @example spectrum.real().fill(0) */
  real<I, T extends string>(this: MemoryView<I, any, any, T>): MemoryView<PartItem<I>, B, N, PartText<I, T>> {
    this._check("MemoryView.real");
    return partOf(this as MemoryView, 0, "MemoryView.real") as never;
  }

  /** The imaginary parts of complex items, no copy. @throws FormatError @example spectrum.imag().toList() */
  imag<I, T extends string>(this: MemoryView<I, any, any, T>): MemoryView<PartItem<I>, B, N, PartText<I, T>> {
    this._check("MemoryView.imag");
    return partOf(this as MemoryView, 1, "MemoryView.imag") as never;
  }

  /** The same view with no way to write through it, nor through any view made from it. @example view.toReadonly() */
  toReadonly(): MemoryView<Item, B, N, F> {
    this._check("MemoryView.toReadonly");
    return this._derive(this._layout, undefined, true);
  }

  // ---- bulk ------------------------------------------------------------------------------------------------------

  /**
   * Writes a scalar, a nested list, a view or a typed array into the items, as if the source had been copied first. The
   * source is broadcast. Another format is converted when no value of it can be lost; otherwise `mode: "c"` wraps and
   * truncates, `mode: "saturate"` clamps.
   *
   * @throws ReadonlyError, LayoutError (shapes), FormatError (needs a mode), ValueError (an item). Then nothing is written.
   * @example pixels.assign(samples, { mode: "saturate" })
   */
  assign<I>(this: MemoryView<I>, source: NoInfer<Assignable<Writable<I>>>, options?: AssignOptions): this {
    assignTo(this, source, options);
    return this as never;
  }

  /** Writes one item into all. @throws ReadonlyError, ValueError @example samples.fill(0) */
  fill<I>(this: MemoryView<I>, value: NoInfer<Writable<I>>): this {
    fillWith(this, value);
    return this as never;
  }

  /**
   * A packed copy of the items' bytes: `"C"` order, `"F"`, or `"A"` (F when the view is only F-contiguous, else C).
   *
   * @example matrix.toBytes("F")
   */
  toBytes(order?: Order): Uint8Array<ArrayBuffer> {
    return bytesOf(this, order);
  }

  /** The items as nested arrays; the bare item without dimensions. @example matrix.toList() // [[1, 2], [3, 4]] */
  toList(): Lists<Item>[N] {
    return listOf(this as MemoryView) as never;
  }

  /**
   * Whether another view, typed array or buffer has the same shape and equal items, each read by its own format:
   * `1`, `1n` and `true` are equal, NaN equals nothing. Anything that has no bytes is unequal.
   *
   * @example view.equals(new Uint8Array([1, 2])) // true
   */
  equals(other: unknown): boolean {
    return equalTo(this, other);
  }

  /** How many items equal a value, with Python's value equality. @example view.count(0) */
  count(value: unknown): number {
    let count = 0;
    findItems(this, value, [], "MemoryView.count", () => ++count > 0);
    return count;
  }

  /**
   * Where the first item that equals a value is, counted in C order, from `start` to before `stop`; -1 where there is
   * none. Negative bounds count from the end.
   *
   * @example view.indexOf(88, 1)
   */
  indexOf(value: unknown, start?: number, stop?: number): number {
    let index = -1;
    findItems(this, value, [start, stop], "MemoryView.indexOf", (position) => {
      index = position;
      return false;
    });
    return index;
  }

  /** Whether an item equals a value. @example view.includes(88) */
  includes(value: unknown): boolean {
    return this.indexOf(value) >= 0;
  }

  /** A number that is equal for equal bytes, of a read-only view of `B`, `b` or `c`. @throws UnsupportedError @example view.toReadonly().hash() */
  hash(): number {
    return hashOf(this);
  }

  /**
   * The items' bytes in C order as hexadecimal digits. `separator` stands between groups of `bytesPerSep` bytes, counted
   * from the right, or from the left when the number is negative.
   *
   * @example view.hex(":") // "58:59:5a"
   * @throws ValueError
   */
  hex(separator?: string, bytesPerSep?: number): string {
    return hexOf(this, separator, bytesPerSep);
  }

  /**
   * Whether an item of this view and one of another have a byte in common: exact, gaps are seen.
   *
   * @example even.sharesMemory(odd) // false
   * @throws UnsupportedError when strides make it too hard to tell, ValueError for what has no bytes.
   */
  sharesMemory(other: MemoryView | ArrayBufferView | ArrayBufferLike): boolean {
    const operation = "MemoryView.sharesMemory";
    const { source } = this._check(operation);
    const that = late.viewOf(other);
    if (!that) throw new ValueError(operation, `${show(other)} has no bytes`, "pass a view, typed array or buffer");
    if (!sameBytes(source, that._check(operation).source)) return false;
    const shares = shareBytes(this._layout, this._format.itemsize, that._layout, that._format.itemsize);
    if (shares === undefined) {
      throw new UnsupportedError(operation, "these strides are too hard to compare exactly", "compare bounds()");
    }
    return shares;
  }

  /** The bytes the items can touch, `[low, high)` from the start of the buffer. @example view.bounds() */
  bounds(): [low: number, high: number] {
    this._check("MemoryView.bounds");
    return extent(this._layout, this._format.itemsize);
  }

  /** Items of a one-dimensional view, else the views of the first dimension. */
  [Symbol.iterator](): IterableIterator<Rows<Item, B, F>[N], undefined>;
  *[Symbol.iterator](): IterableIterator<unknown, undefined> {
    for (let i = 0; i < this.length; i++)
      yield this._layout.shape.length === 1 ? (this as MemoryView).get(i) : (this as MemoryView).slice(i);
  }

  // ---- bridges -----------------------------------------------------------------------------------------------------

  /**
   * The platform's typed array over the same bytes, no copy; valid until the next growth, so take it where it is used.
   *
   * @throws LayoutError when the items are not packed in C order or not aligned, FormatError when no typed array has
   * such items, ReadonlyError for a read-only view: a typed array cannot be.
   *
   * @example context.getByteFrequencyData(view.typedArray())
   */
  typedArray<I, T extends string, const O extends { clamped?: boolean } = {}>(
    this: MemoryView<I, any, any, T>,
    options?: O,
  ): O extends { clamped: true } ? Uint8ClampedArray<B> : ArrayOf<I, B, T> {
    return typedArrayOf(this as MemoryView, options) as never;
  }

  /**
   * A `DataView` of the same bytes, no copy; valid until the next growth. @throws LayoutError, ReadonlyError
   *
   * @example view.dataView().getUint16(0, true)
   */
  dataView(): DataView<B> {
    return dataViewOf(this) as DataView<B>;
  }

  /**
   * `ImageData` over the same bytes, no copy; valid until the next growth. For a packed `[height, width, 4]` view of `B`.
   *
   * @throws LayoutError or FormatError for another view, UnsupportedError for shared memory, which `ImageData` refuses,
   * and where the platform has no `ImageData`.
   *
   * @example context.putImageData(pixels.imageData(), 0, 0)
   */
  imageData(): ImageData {
    return imageDataOf(this);
  }

  /**
   * What a platform API gets from this view: its own bytes where that API takes this kind of memory, else one packed
   * copy. The names are as they are written, `"TextDecoder.decode"`, or their last word; the README has the table. Valid
   * until the next growth. A read-only view gives copies.
   *
   * With `call` the object is passed to it, and what it returns is returned. An API that writes needs that where it gets
   * a copy: this is assigned to the view afterwards, after a promise has settled, and not when it failed. The block cannot
   * be freed meanwhile.
   *
   * @throws UnsupportedError for an API that would write into a copy without `call`, and when the memory grew while it
   * wrote; ReadonlyError; ValueError naming the APIs; FormatError or LayoutError for an image of other items.
   *
   * @example
   * new TextDecoder().decode(view.forApi("TextDecoder.decode"));
   * view.forApi("crypto.getRandomValues", (bytes) => crypto.getRandomValues(bytes));
   */
  forApi<I, T extends string, Name extends PlatformApi>(
    this: MemoryView<I, any, any, T>,
    name: Name,
  ): PlatformObject<Name, I, B, T>;
  forApi<I, T extends string, Name extends PlatformApi, R>(
    this: MemoryView<I, any, any, T>,
    name: Name,
    call: (object: PlatformObject<Name, I, B, T>) => R,
  ): R;
  forApi(name: string, call?: (object: any) => unknown): unknown {
    return forApi(this, name, call);
  }

  /**
   * An owned typed array of just these items in C order: the way to post or keep them.
   *
   * @example postMessage(view.copy())
   */
  copy<I, T extends string>(this: MemoryView<I, any, any, T>): CopyOf<I, T> {
    return copyOf(this as MemoryView) as never;
  }

  /**
   * What another thread makes this view of by `MemoryView.fromHandle`: the shared memory and where in it, as plain data to
   * post. It keeps nothing alive: `hold()` the view as long as the other thread uses it.
   *
   * @throws UnsupportedError for unshared memory, which cannot be posted.
   * @example worker.postMessage(view.handle())
   */
  handle(): ViewHandle<F> {
    return handleOf(this) as ViewHandle<F>;
  }

  /**
   * A view of the same bytes as the one, perhaps of another thread, that gave the handle; checked as every window.
   *
   * @example onmessage = ({ data }) => MemoryView.fromHandle(data).fill(1)
   */
  static fromHandle<F extends string = string>(
    handle: ViewHandle<F>,
  ): MemoryView<ItemOf<F>, SharedArrayBuffer, number, F> {
    return late.fromHandle(handle) as never;
  }

  // ---- life --------------------------------------------------------------------------------------------------------

  /**
   * Gives the view up; every later use throws `ReleasedError`. Ends only this view, not the ones made from it; but the
   * view that `alloc` returned frees its block, and with it every view of the block. A second call does nothing.
   *
   * @throws ExportedError when the view owns a block that something holds.
   * @example view.release()
   */
  release(): void {
    if (this._released) return;
    this._giveBack?.();
    this._released = true;
    this._close();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /**
   * Keeps the block of this view from being freed until the function returned is called.
   *
   * @example const letGo = view.hold()
   */
  hold(): () => void {
    return this._check("MemoryView.hold").hold("MemoryView.hold");
  }

  // ---- how it shows ------------------------------------------------------------------------------------------------

  /**
   * One line: `MemoryView 'B' [64] at 1024`. Works on a released view.
   *
   * @example `${view}` // MemoryView 'B' [64] at 1024
   */
  toString(): string {
    return describe(this);
  }

  /**
   * What `JSON.stringify` writes: what the view is, not its items; those are `toList()`. Works on a released view.
   *
   * @example JSON.stringify(view)
   */
  toJSON(): Summary {
    return summarize(this);
  }

  /** The text that Node's `console.log` and `util.inspect` show: a table of the first items as well; short, also when released. */
  [inspect](): string {
    return inspectText(this);
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  /** @internal The block, when the view can be used. @throws ReleasedError */
  _check(operation: string): Block {
    const { block } = this._window;
    if (this._released) throw new ReleasedError(operation, "the view was released", "take a new view");
    if (block.ended || block.guard) block.check(operation);
    return block;
  }

  /** @internal Bytes up to `end`, as they are now. @throws ReleasedError, BoundsError when the buffer became shorter. */
  _data(end: number, operation: string): DataView {
    const { source } = this._check(operation);
    source.reach(end);
    this._window.refresh();
    if (end > source.data.byteLength) {
      throw new BoundsError(
        operation,
        `the view ends at byte ${end}, the buffer has ${source.data.byteLength}`,
        "take a new view",
      );
    }
    return source.data;
  }

  /** @internal All bytes of the view's items, as they are now. */
  _live(operation: string): DataView {
    return this._data(extent(this._layout, this._format.itemsize)[1], operation);
  }

  /** @internal A view of the same block. */
  _derive<V extends MemoryView>(
    { byteOffset, shape, strides }: Layout,
    format: Format = this._format,
    readonly = this._readonly,
  ): V {
    // Of a view without items the offset means nothing; this one is inside the source.
    const at = shape.includes(0) ? this._layout.byteOffset : byteOffset;
    const layout = { byteOffset: at, shape, strides };
    return late.createView(this._window.block, format, layout, readonly) as V;
  }

  /** @internal A view of the same items in a layout made of this one's: by a function, of `rest` and the operation. */
  _view<Rest extends unknown[], V extends MemoryView>(
    operation: string,
    layoutOf: (layout: Layout, ...rest: [...Rest, operation: string]) => Layout,
    rest: Rest,
    readonly?: boolean,
  ): V {
    this._check(operation);
    return this._derive(layoutOf(this._layout, ...rest, operation), undefined, readonly);
  }

  /** @internal The cold path of `get`: `count` indices were given, of which `index` has the first. */
  _get(count: number, index: unknown[]): any {
    const operation = "MemoryView.get";
    this._check(operation);
    index.length = count;
    const at = addressOf(this._layout, index, operation);
    return this._format.read(this._data(at + this._format.itemsize, operation), at);
  }

  /** @internal The cold path of `set`: `count` arguments were given, the last of them the value. */
  _set(count: number, indexAndValue: unknown[]): void {
    const operation = "MemoryView.set";
    this._checkWritable(operation);
    indexAndValue.length = count;
    const value = indexAndValue.pop();
    const at = addressOf(this._layout, indexAndValue, operation);
    const item = this._format.coerce(value, operation);
    // Looking at a value can run code of its owner; what it did to the memory is seen only from here on.
    this._format.write(this._data(at + this._format.itemsize, operation), at, item);
  }

  /** @internal @throws ReleasedError, ReadonlyError */
  _checkWritable(operation: string): void {
    this._check(operation);
    if (this._readonly) throw new ReadonlyError(operation, "the view is read-only", "write through its source");
  }

  /** @internal Takes the hot path away from a released view. */
  protected _close(): void {}
}
