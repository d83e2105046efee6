/*
 * The recorded answers of CPython 3.14 and NumPy 2.4 that are made of steps on a memory, run in a world. One thin adapter:
 * it translates keys, values and outcomes, and knows nothing of how views work.
 */
import { type Key, MemoryView, memoryview, MemoryViewError } from "linearview";
import { expect } from "vitest";
import { type Difference, NO_OPERATION, STEP_DIFFERENCES } from "./differences.ts";
import { hasNames, sameAs, sameBytes, sizeOf, textOf, toBytes, toHex, toSearched, toValue } from "./recorded.ts";

export interface Step {
  op: string;
  on?: string;
  as?: string;
  error?: string;
  why?: string;
  mem?: string;
  [argument: string]: any;
}

export interface Case {
  id: string;
  base: string;
  ro?: boolean;
  tags?: string[];
  ops: Step[];
}

/** Families whose cases are steps on a memory. */
export const STEP_FAMILIES = [
  "mv-assign", "mv-cast", "mv-equal", "mv-index", "mv-lifecycle", "mv-search", "mv-window", "nd-assign", "nd-overlap",
  "nd-record", "nd-reshape", "nd-view", "nd-viewcast",
]; // prettier-ignore

// ---- worlds --------------------------------------------------------------------------------------------------------

/** Where a case's bytes are put, and what happens before every step. */
export interface World {
  readonly memory: WebAssembly.Memory;
  readonly address: number;
  readonly before: (memory: WebAssembly.Memory) => void;
}

const keep = (): void => {};
let growths = 0;
/** Detaches every buffer: growing by nothing does as growing by a page does, which now and then it is. */
const grow = (memory: WebAssembly.Memory): void => void memory.grow(++growths % 64 === 0 ? 1 : 0);

/** The same bytes at every kind of place; memories cost nothing until they are touched. */
export const WORLDS: Readonly<Record<string, () => World>> = {
  "aligned": () => ({ memory: new WebAssembly.Memory({ initial: 1 }), address: 4096, before: keep }),
  "at an odd address": () => ({ memory: new WebAssembly.Memory({ initial: 1 }), address: 4099, before: keep }),
  "above 2 GiB": () => ({ memory: new WebAssembly.Memory({ initial: 32770 }), address: 2 ** 31 + 64, before: keep }),
  "shared": () => ({ memory: new WebAssembly.Memory({ initial: 1, maximum: 1024, shared: true }), address: 64, before: keep }), // prettier-ignore
  "grown before every step": () => ({ memory: new WebAssembly.Memory({ initial: 1 }), address: 4096, before: grow }),
}; // prettier-ignore

/** Bytes on either side of a case's that nothing may touch. */
const GUARD = 16;

// ---- outcomes that are let pass --------------------------------------------------------------------------------------------

/** How many steps were compared, skipped by reason, and found to differ by row of the table. */
export interface Tally {
  compared: number;
  readonly skipped: Map<string, number>;
  readonly different: Map<Difference, number>;
}

export const newTally = (): Tally => ({ compared: 0, skipped: new Map(), different: new Map() });
const count = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);

/** The error codes that stand for one of Python's classes and reasons. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  "IndexError index-range": ["ERR_BOUNDS"],
  "IndexError too-many-indices": ["ERR_BOUNDS"],
  "TypeError too-many-indices": ["ERR_BOUNDS"],
  "IndexError key-type": ["ERR_VALUE", "ERR_BOUNDS"], // a fraction is an index out of bounds, a text no key
  "TypeError key-type": ["ERR_VALUE", "ERR_BOUNDS"],
  "ValueError slice-step": ["ERR_VALUE"],
  "ValueError value-range": ["ERR_VALUE"],
  "StructError value-range": ["ERR_VALUE"],
  "TypeError value-type": ["ERR_VALUE"],
  "StructError value-type": ["ERR_VALUE"],
  "StructError arity": ["ERR_VALUE"],
  "StructError format": ["ERR_FORMAT"],
  "StructError length": ["ERR_BOUNDS"],
  "StructError offset": ["ERR_BOUNDS"],
  "ValueError structure": ["ERR_LAYOUT", "ERR_FORMAT"], // lengths that differ, formats that lose values
  "TypeError readonly": ["ERR_READONLY"],
  "ValueError readonly": ["ERR_READONLY"],
  "ValueError released": ["ERR_RELEASED"],
  // Python looks at rules first that are none here; what is left to refuse is an unknown format or a size.
  "TypeError cast-format": ["ERR_FORMAT", "ERR_LAYOUT"],
  "ValueError cast-format": ["ERR_FORMAT", "ERR_LAYOUT"],
  "TypeError cast-shape": ["ERR_FORMAT", "ERR_LAYOUT"],
  "ValueError cast-shape": ["ERR_LAYOUT"],
  "OverflowError value-range": ["ERR_VALUE", "ERR_LAYOUT"], // an item, or a length of a shape
  "TypeError cast-length": ["ERR_LAYOUT"],
  "TypeError not-contiguous": ["ERR_LAYOUT"],
  "ValueError not-contiguous": ["ERR_LAYOUT"],
  "TypeError zero-dim": ["ERR_LAYOUT", "ERR_BOUNDS"], // no length, too many indices
  "ValueError zero-dim": ["ERR_LAYOUT"],
  "AxisError axis": ["ERR_LAYOUT"],
  "ValueError axis": ["ERR_LAYOUT"],
  "ValueError broadcast": ["ERR_LAYOUT"],
  "ValueError needs-copy": ["ERR_LAYOUT"],
  "ValueError reshape-size": ["ERR_LAYOUT"],
  "ValueError view-size": ["ERR_LAYOUT"],
  "ValueError window": ["ERR_LAYOUT"],
  "ValueError field": ["ERR_FORMAT"],
  "ValueError hash": ["ERR_UNSUPPORTED"],
  "TypeError hash": ["ERR_UNSUPPORTED"],
  "ValueError order": ["ERR_VALUE"],
  "ValueError sep": ["ERR_VALUE"],
};

/** Whether an error is the one that stands for Python's. */
export const isError = ({ error, why }: { error?: string; why?: string }, code: string | undefined): boolean =>
  code !== undefined && (CODES[`${error} ${why}`]?.includes(code) ?? false);

// ---- one case --------------------------------------------------------------------------------------------------------

/** Runs a case's steps in a world, each compared with what is recorded, and the memory after it. */
export function runCase({ id, base, ro = false, tags = [], ops }: Case, world: World, tally: Tally): void {
  if (tags.includes("py-types")) {
    for (const _ of ops) count(tally.skipped, "the outcome depends on Python's number types");
    return;
  }
  const { memory, address, before } = world;
  const run: Run = { ...world, views: new Map(), holds: new Map(), root: undefined!, bytes: toBytes(base), converts: tags.includes("convert"), readonly: ro }; // prettier-ignore
  place(run);
  for (const [n, step] of ops.entries()) {
    if (NO_OPERATION.applies({ step, view: undefined, code: undefined, result: undefined })) {
      count(tally.different, NO_OPERATION);
      continue;
    }
    if ([step.on ?? "m", step.with, step.from].some((name) => run.views.get(name) === null)) {
      count(tally.skipped, "a view of it was refused");
      if (bindsView(step)) run.views.set(step.as ?? "m", null);
      continue;
    }
    before(memory);
    const view = run.views.get(step.on ?? "m") ?? undefined;
    let result: unknown;
    let error: unknown;
    try {
      result = OPERATIONS[step.op]!(step, view!, run);
    } catch (caught) {
      error = caught;
    }
    const where = (): string => `${id} step ${n}, ${JSON.stringify(step)}: ${error ?? show(result)}`;
    if (error !== undefined && !(error instanceof MemoryViewError)) throw new Error(where(), { cause: error });
    const code = error?.code;
    const found =
      code === undefined && step.error === undefined ? isRight(step, result, view, address) : isError(step, code);
    const right = found === true;
    const difference = right ? undefined : STEP_DIFFERENCES.find(({ applies }) => applies({ step, view, code, result: step.op === "state" ? found : result })); // prettier-ignore
    if (!right && !difference) expect.fail(`${where()}${typeof found === "string" ? `, ${found}` : ""}`);
    if (difference) count(tally.different, difference);
    else tally.compared++;
    if (step.error === undefined && bindsView(step)) {
      run.views.set(step.as ?? "m", error ? null : (result as MemoryView));
    }
    const recorded = step.mem === undefined ? run.bytes : toBytes(step.mem);
    // What fails writes nothing; what does more than is recorded writes what is not.
    const wanted = code !== undefined ? run.bytes : difference ? undefined : recorded;
    const now = new Uint8Array(memory.buffer, address - GUARD, run.bytes.length + 2 * GUARD);
    if (!isIntact(now, wanted)) expect.fail(`${where()}: memory ${toHex(now)}`);
    run.bytes = recorded;
    // From here on the case is as recorded, whatever was done.
    if (difference) write(run);
  }
}

const show = (value: unknown): string => (value instanceof MemoryView ? `${value}` : String(JSON.stringify(value)));

/** The state of a case between its steps; a view that was refused here is null. */
interface Run extends World {
  readonly views: Map<string, MemoryView | null>;
  readonly holds: Map<string, () => void>;
  readonly converts: boolean;
  readonly readonly: boolean;
  root: MemoryView;
  bytes: Uint8Array;
}

/** Bytes put into a world, and the view of them. */
export function viewOf(world: World, bytes: Uint8Array): MemoryView<number> {
  write({ ...world, bytes });
  world.before(world.memory);
  return memoryview(world.memory, { byteOffset: world.address, shape: [bytes.length] });
}

function write({ memory, address, bytes }: Pick<Run, "memory" | "address" | "bytes">): void {
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
}

/** Puts the bytes between their guards, and takes the view of all of them. */
function place(run: Run): void {
  const { memory, address, bytes, readonly } = run;
  new Uint8Array(memory.buffer, address - GUARD, bytes.length + 2 * GUARD).fill(0xa5);
  write(run);
  run.root = memoryview(memory, { byteOffset: address, shape: [bytes.length], readonly });
}

/** Whether the guards, and the bytes between them, are as they should be. */
function isIntact(now: Uint8Array, bytes: Uint8Array | undefined): boolean {
  for (let i = 0; i < GUARD; i++) if (now[i] !== 0xa5 || now[now.length - 1 - i] !== 0xa5) return false;
  if (bytes) for (let i = 0; i < bytes.length; i++) if (now[GUARD + i] !== bytes[i]) return false;
  return true;
}

// ---- steps -----------------------------------------------------------------------------------------------------------

/** A key of the vectors as keys of `slice`, or as an index. */
function toKeys(key: any): any[] {
  const one = (part: any): any => {
    if (typeof part === "string" && part !== "...") return toValue(part, "d");
    return part !== null && typeof part === "object" && "s" in part ? part.s.map(one) : part;
  };
  return Array.isArray(key) ? key.map(one) : [one(key)];
}

/** Integers alone are an index, unless they leave axes over. */
const isIndex = (keys: any[], view: MemoryView): boolean =>
  keys.every((key) => typeof key === "number") && !view.released && keys.length >= view.ndim;

const formatOf = (view: MemoryView): string => (view.released ? "B" : view.format);

function setItem(step: Step, view: MemoryView, { views, converts }: Run): void {
  const keys = toKeys(step.key);
  const format = formatOf(view);
  const source = step.from !== undefined ? views.get(step.from)! : step.hex !== undefined ? toBytes(step.hex) : toValue("value" in step ? step.value : step.list, format); // prettier-ignore
  if (step.from === undefined && isIndex(keys, view)) return view.set(...(keys as number[]), source);
  const target = view.slice(...(keys as Key[]));
  target.assign(source, converts ? { mode: "c" } : undefined);
}

function isEqual(step: Step, view: MemoryView, { views }: Run): boolean {
  const other = step.with !== undefined ? views.get(step.with) : step.hex !== undefined ? toBytes(step.hex) : toValue(step.value, "B"); // prettier-ignore
  return view.equals(other);
}

/** Grows the memory under its views for real; where Python has no views, the bytes become more or fewer. */
function resize({ size, error }: Step, _: MemoryView, run: Run): void {
  grow(run.memory);
  if (error !== undefined || size === run.bytes.length) return;
  const bytes = new Uint8Array(size);
  bytes.set(run.bytes.subarray(0, size));
  run.bytes = bytes;
  place(run);
}

const ATTRIBUTES: Readonly<Record<string, keyof MemoryView>> = {
  c_contiguous: "cContiguous",
  f_contiguous: "fContiguous",
};

/** Steps that bind the view they return. */
const bindsView = ({ op, result }: Step): boolean => VIEW_STEPS.has(op) && result === undefined;
const VIEW_STEPS = new Set([
  "getitem", "view", "window", "cast", "toreadonly", "transpose", "swapaxes", "moveaxis", "flip", "rot90", "reshape", "broadcast_to",
  "sliding_window", "diagonal", "squeeze", "expand_dims", "field", "fields", "real", "imag",
]); // prettier-ignore

const COUNTS = new Set(["len", "count", "index"]);

type Operation = (step: Step, view: MemoryView, run: Run) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  view: ({ dtype }, view, { root }) => (dtype === undefined ? root.slice() : view.reinterpret(textOf(dtype))),
  window: ({ offset, shape, strides, format, dtype }, _, { root }) =>
    root.strided({ byteOffset: offset, shape, strides, format: format ?? textOf(dtype) }),
  state: () => undefined, // compared below
  getitem({ key }, view) {
    const keys = toKeys(key);
    return isIndex(keys, view) ? view.get(...keys) : view.slice(...keys);
  },
  setitem: setItem,
  // memoryview
  cast: ({ format, shape }, view) => (shape === undefined ? view.cast(format) : view.cast(format, shape)),
  toreadonly: (_, view) => view.toReadonly(),
  tobytes: ({ order }, view) => view.toBytes(order ?? undefined),
  hex: ({ sep, bytes_per_sep }, view) => view.hex(sep, bytes_per_sep),
  tolist: (_, view) => view.toList(),
  len: (_, view) => view.length,
  bool: (_, view) => view.length > 0,
  iter: (_, view) => [...view],
  reversed: (_, view) => [...view.flip(0)],
  contains: ({ value }, view) => view.includes(toSearched(value)),
  count: ({ value }, view) => view.count(toSearched(value)),
  index: ({ value, start, stop }, view) => view.indexOf(toSearched(value), toValue(start, "d"), toValue(stop, "d")),
  eq: isEqual,
  ne: (step, view, run) => !isEqual(step, view, run),
  hash: (_, view) => view.hash() === memoryview(view.toBytes(), { readonly: true }).hash(),
  release: ({ why }, view) => why === "exports" || view.release(),
  exit: ({ why }, view) => why === "exports" || view[Symbol.dispose](),
  attr: ({ name }, view) => view[ATTRIBUTES[name] ?? (name as keyof MemoryView)],
  resize,
  export: ({ name }, view, { holds }) => void holds.set(name, view.hold()),
  unexport: ({ name }, _, { holds }) => holds.get(name)!(),
  // ndarray
  transpose: ({ axes }, view) => view.transpose(axes),
  swapaxes: ({ a, b }, view) => view.swapAxes(a, b),
  moveaxis: ({ src, dst }, view) => view.moveAxis(src, dst),
  flip: ({ axis }, view) => view.flip(axis),
  rot90: ({ k, axes }, view) => view.rot90(k, axes),
  reshape: ({ shape, order }, view) => view.reshape(shape, order),
  broadcast_to: ({ shape }, view) => view.broadcastTo(shape),
  sliding_window: ({ window, axis }, view) => view.slidingWindow(window, axis),
  diagonal: ({ offset, axis1, axis2 }, view) => view.diagonal(offset, axis1, axis2),
  squeeze: ({ axis }, view) => view.squeeze(axis),
  expand_dims: ({ axis }, view) => view.expandDims(axis),
  field: ({ name }, view) => view.field(name),
  fields: ({ names }, view) => view.fields(names),
  real: (_, view) => view.real(),
  imag: (_, view) => view.imag(),
  fill: ({ value }, view) => void view.fill(toValue(value, formatOf(view))),
  shares_memory: (step, view, { views }) => view.sharesMemory(views.get(step.with)!),
  bounds: (_, view, { address }) => view.bounds().map((byte) => byte - address),
};

// ---- outcomes --------------------------------------------------------------------------------------------------------

/** Whether a step that succeeded has the recorded result; of a state, the name of the first attribute that differs. */
function isRight(step: Step, result: unknown, view: MemoryView | undefined, address: number): boolean | string {
  if (step.op === "state") return stateOf(step.expect, view!, address) ?? true;
  if ("result" in step) {
    const { result: recorded } = step;
    // The vectors tag counts as they do the items of a view of 64 bits; only the items are bigints.
    return COUNTS.has(step.op) ? result === toValue(recorded, "B") : sameAs(result, recorded);
  }
  return !bindsView(step) || result instanceof MemoryView;
}

const ONE_BYTE = "bB?c";
/** A format as NumPy names it: one byte has no order, and native is little. */
const dtypeOf = (format: string): string => {
  const code = format.at(-1)!;
  const order = "<>=!@".includes(format[0]!) ? format[0]! : "<";
  return ONE_BYTE.includes(code) ? code : code === "s" ? format : (">!".includes(order) ? ">" : "<") + code;
};

/** The first attribute of a view that is not as recorded. */
function stateOf(state: any, view: MemoryView, address: number): string | undefined {
  const { shape, strides, dtype } = state;
  const list = view.toList();
  const order = view.fContiguous && !view.cContiguous ? "F" : "C";
  const bytes = { C: toBytes(state.C), F: toBytes(state.F ?? state.C) };
  const record = typeof dtype === "object";
  const itemsize = dtype === undefined ? state.itemsize : sizeOf(dtype);
  const contig = `${view.cContiguous ? "C" : ""}${view.fContiguous ? "F" : ""}${view.contiguous ? "A" : ""}`;
  const checks: Record<string, () => boolean> = {
    format: () => record || (dtype === undefined ? view.format === state.format : dtypeOf(view.format) === dtype),
    itemsize: () => view.itemsize === itemsize,
    ndim: () => view.ndim === shape.length && (state.ndim ?? view.ndim) === view.ndim,
    shape: () => view.shape.length === shape.length && view.shape.every((length, axis) => length === shape[axis]),
    length: () => shape.length === 0 || view.length === shape[0],
    strides: () =>
      view.strides.length === strides.length &&
      view.strides.every((stride, axis) => strides[axis] === null || Object.is(stride, strides[axis])),
    nbytes: () => view.nbytes === bytes.C.length && (state.nbytes ?? view.nbytes) === view.nbytes,
    readonly: () => state.readonly === undefined || view.readonly === state.readonly,
    offset: () => state.offset === undefined || view.byteOffset - address === state.offset,
    C: () => sameBytes(view.toBytes("C"), bytes.C),
    F: () => sameBytes(view.toBytes("F"), bytes.F),
    A: () => sameBytes(view.toBytes("A"), bytes[order]),
    list: () => !("list" in state) || sameAs(list, state.list),
    names: () => !record || hasNames(list, dtype),
    contig: () => contig === state.contig,
  };
  return Object.keys(checks).find((name) => !checks[name]!());
}
