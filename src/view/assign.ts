import { FormatError, LayoutError, list, show } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { broadcastLayout } from "../layout/broadcast.ts";
import { extent, isCContiguous, type Layout } from "../layout/layout.ts";
import { cStrides } from "../layout/shape.ts";
import { oneOf, readOptions } from "../options.ts";
import { copyItems, fillItems, type Items } from "./bytes.ts";
import { converted, convertValue, isConvertible, isLossless, type Mode, ordinal } from "./convert.ts";
import { bytesOf, itemsOf } from "./export.ts";
import type { MemoryView } from "./memory-view.ts";
import { late } from "./late.ts";

/** What can be assigned: one item, nested lists of items, or anything `memoryview` takes that has items. */
export type Assignable<Item> = Item | readonly Assignable<Item>[] | MemoryView | ArrayBufferView | ArrayBufferLike;

export interface AssignOptions {
  /** How values that do not fit are converted: `"c"` wraps and truncates, `"saturate"` clamps. Without it they are refused. */
  mode?: Mode;
}

const OPERATION = "MemoryView.assign";

/** See `MemoryView.fill`. */
export function fillWith(view: MemoryView, value: unknown): void {
  const operation = "MemoryView.fill";
  view._checkWritable(operation);
  const { _format: format } = view;
  const item = new Uint8Array(format.itemsize);
  format.write(new DataView(item.buffer), 0, format.coerce(value, operation));
  fillItems(itemsOf(view, operation), view._layout.shape, item);
}

/** See `MemoryView.assign`. */
export function assignTo(view: MemoryView, source: unknown, options?: AssignOptions): void {
  view._checkWritable(OPERATION);
  const { mode } = readOptions(options, { mode: oneOf(["c", "saturate"]) }, OPERATION);
  const from = isItem(source, 0, view) ? undefined : late.viewOf(source);
  const items = from ? itemsOfView(view, from, mode) : itemsOfValues(view, source, mode);
  const { _format: format, _layout: layout } = view;
  copyItems(itemsOf(view, OPERATION), items, layout.shape, format.itemsize);
}

/** Items packed in C order, stretched to the target as broadcasting does. */
const packed = (shape: readonly number[], itemsize: number, target: Layout): Layout =>
  broadcastTo({ byteOffset: 0, shape, strides: cStrides(shape, itemsize) }, target);

// ---- lists and scalars ---------------------------------------------------------------------------------------------

/** Nested lists, flattened in C order. */
interface Flat {
  readonly shape: number[];
  readonly values: unknown[];
}

/**
 * Whether an array is one item and no list: bytes for `s` and `p`, a pair of numbers for complex formats, and whatever
 * lies as deep as the view has dimensions for formats of several values.
 */
function isItem(value: unknown, depth: number, { _format: format, _layout: layout }: MemoryView): boolean {
  const { code } = format;
  if (code === undefined) return depth === layout.shape.length && !late.viewOf(value);
  if (code === "s" || code === "p") return value instanceof Uint8Array;
  const pair = (code === "F" || code === "D") && Array.isArray(value) && value.length === 2;
  return pair && value.every((part) => typeof part === "number");
}

/** Reads every list once. @throws LayoutError for lists of different lengths, or deeper than the view has dimensions. */
function flatten(source: unknown, view: MemoryView): Flat {
  const shape: number[] = [];
  const values: unknown[] = [];
  const { length: ndim } = view._layout.shape;
  let leaves = -1; // the depth of the first item found
  const visit = (value: unknown, depth: number): void => {
    const item = isItem(value, depth, view);
    const nested = item ? value : (late.viewOf(value)?.toList() ?? value);
    if (item || !Array.isArray(nested)) {
      if (leaves === -1) leaves = depth;
      if (depth !== leaves) ragged(shape, `items at depth ${leaves} and ${depth}`);
      values.push(nested);
      return;
    }
    if (depth === ndim) {
      throw new LayoutError(OPERATION, `lists ${depth + 1} deep for ${ndim} dimensions`, "nest one list per dimension");
    }
    const { length } = nested;
    if (depth === leaves) ragged(shape, `a list where items are, at depth ${depth}`);
    if (shape.length === depth) shape.push(length);
    if (shape[depth] !== length) ragged(shape, `lists of ${shape[depth]} and ${length} at depth ${depth}`);
    for (let i = 0; i < length; i++) visit(nested[i], depth + 1);
  };
  visit(source, 0);
  return { shape, values };
}

function ragged(shape: readonly number[], what: string): never {
  throw new LayoutError(OPERATION, `a ragged list of shape ${list(shape)}: ${what}`, "make them equal");
}

function itemsOfValues(view: MemoryView, source: unknown, mode: Mode | undefined): Items {
  const { _format: format, _layout: layout } = view;
  const { itemsize } = format;
  const { shape, values } = flatten(source, view);
  const from = packed(shape, itemsize, layout);
  // All values are looked at before the first is written, into bytes of our own.
  const data = new DataView(new ArrayBuffer(values.length * itemsize));
  values.forEach((value, i) => format.write(data, i * itemsize, asItem(value, format, mode)));
  return { buffer: data.buffer, ...from };
}

/** A value as an item, converted where a mode was given and the value is a number of any kind. */
function asItem(value: unknown, format: Format, mode: Mode | undefined): unknown {
  const { scalar } = format;
  const converts = mode && scalar && scalar.kind !== "character" && ordinal(value) !== undefined;
  return converts ? convertValue(value, scalar, mode) : format.coerce(value, OPERATION);
}

/** As in NumPy, leading dimensions of length 1 that the target does not have are dropped. */
function broadcastTo(source: Layout, target: Layout): Layout {
  const extra = Math.max(0, source.shape.length - target.shape.length);
  const dropped = source.shape.slice(0, extra).every((length) => length === 1) ? extra : 0;
  const { byteOffset } = source;
  const kept = { byteOffset, shape: source.shape.slice(dropped), strides: source.strides.slice(dropped) };
  return broadcastLayout(kept, target.shape, OPERATION);
}

// ---- views ---------------------------------------------------------------------------------------------------------

function itemsOfView(view: MemoryView, source: MemoryView, mode: Mode | undefined): Items {
  const { _format: to, _layout: layout } = view;
  const { _format: from, _layout: origin } = source;
  const { itemsize } = to;
  source._check(OPERATION);
  const same = from.key === to.key;
  if (!same) checkConversion(from, to, mode);
  const items = broadcastTo(origin, layout);
  const { buffer } = source._live(OPERATION);
  // Both packed in C order with one shape are a single move of bytes, which may overlap.
  const packedAlike = isCContiguous(layout, itemsize) && isCContiguous(items, itemsize);
  const apart = packedAlike || buffer !== view._live(OPERATION).buffer || !mayOverlap(view, source);
  if (same && apart) return { buffer, ...items };
  // As if the source had been copied first, because it is.
  const copy = same ? bytesOf(source, "C", OPERATION).buffer : converted(source, to, mode ?? "c", OPERATION);
  return { buffer: copy, ...packed(origin.shape, itemsize, layout) };
}

/** @throws FormatError where there is no conversion, or values could be lost and no mode says how. */
function checkConversion(from: Format, to: Format, mode: Mode | undefined): void {
  const exists = isConvertible(from, to);
  if (isLossless(from, to) || (mode && exists)) return;
  throw new FormatError(
    OPERATION,
    `${show(from.text)} to ${show(to.text)} ${exists ? "can lose values" : "has no conversion"}`,
    exists ? "pass { mode: 'c' } or { mode: 'saturate' }" : "assign items of the same format",
  );
}

function mayOverlap(a: MemoryView, b: MemoryView): boolean {
  const [aLow, aHigh] = extent(a._layout, a._format.itemsize);
  const [bLow, bHigh] = extent(b._layout, b._format.itemsize);
  return aLow < bHigh && bLow < aHigh;
}
