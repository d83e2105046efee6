/*
 * The recorded answers of CPython 3.14 and NumPy 2.4 in `test/fixtures/vectors`, as steps on a memory. One thin adapter:
 * it translates keys, values and outcomes, and knows nothing of how views work.
 */
import {
  FormatError,
  type Key,
  type MemoryView,
  memoryview,
  MemoryViewError,
  ReleasedError,
  ValueError,
} from "linearview";
import { expect } from "vitest";

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

/** Where a case's bytes are put, and what happens before every step. */
export interface World {
  readonly memory: WebAssembly.Memory;
  readonly address: number;
  readonly before: (memory: WebAssembly.Memory) => void;
}

/** Steps of the recorded answers that this version has no method for. A case ends at the first. */
export const OUT_OF_SCOPE = new Set([
  "hex", "reversed", "contains", "count", "index", "order", "hash", "bool", "enter", "exit", "resize", "export", "unexport",
  "delitem", "attr", "swapaxes", "moveaxis", "rot90", "reshape", "broadcast_to", "sliding_window", "diagonal", "squeeze",
  "expand_dims", "shares_memory", "bounds",
]); // prettier-ignore

/** Where this library answers otherwise on purpose: a step with this outcome in Python is not compared. */
export const DIFFERENCES: { op: string; why: string; reason: string }[] = [
  { op: "setitem", why: "structure", reason: "assignment broadcasts, and converts where no value can be lost" },
  { op: "cast", why: "cast-format", reason: "cast goes from any format to any when the bytes agree" },
  { op: "cast", why: "cast-shape", reason: "cast goes from any shape to any when the bytes agree" },
  { op: "setitem", why: "key-type", reason: "a slice of an n-d view can be assigned" },
  { op: "getitem", why: "zero-dim", reason: "the ellipsis and an empty key give a view of a 0-d view" },
  { op: "setitem", why: "zero-dim", reason: "assign() writes a 0-d view" },
  { op: "getitem", why: "key-type", reason: "the ellipsis and the new axis are keys, as in NumPy" },
  { op: "cast", why: "not-contiguous", reason: "a view without items is contiguous in every order, as in NumPy" },
  { op: "iter", why: "zero-dim", reason: "refused by length, as LayoutError" },
  { op: "setitem", why: "value-type", reason: "a list may be assigned to a slice" },
];

export const toBytes = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(i * 2, i * 2 + 2), 16));
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const float = (text: string): number =>
  text === "inf" ? Infinity : text === "-inf" ? -Infinity : text.startsWith("nan") ? NaN : Number(text);

/** Codes whose items are bigints here and `"i:…"` in the vectors. */
const isBigint = (format: string): boolean => /[qQ]$/.test(format);

/** A tagged value as an item of a format. */
export function toValue(value: any, format: string): any {
  if (Array.isArray(value)) return value.map((item) => toValue(item, format));
  if (typeof value !== "string") return isBigint(format) && typeof value === "number" ? BigInt(value) : value;
  const text = value.slice(2);
  switch (value[0]) {
    case "i":
      return isBigint(format) ? BigInt(text) : Number(text);
    case "f":
      return float(text);
    case "c":
      return text.split(",").map(float);
    case "b":
      return format.endsWith("c") ? String.fromCharCode(...toBytes(text)) : toBytes(text);
    default:
      return text;
  }
}

/** An item as the vectors write it, for comparison: numbers of all kinds alike, NaN as a word. */
function normal(value: any): any {
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Uint8Array) return `bytes ${toHex(value)}`;
  if (typeof value === "bigint") return `integer ${value}`;
  if (typeof value === "number" && value !== value) return "NaN";
  return Object.is(value, -0) ? "-0" : value;
}

const wanted = (value: any, format: string): any => normal(toValue(value, format));

/** A key of the vectors as keys of `slice`, or as an index. */
function toKeys(key: any): (Key | any)[] {
  const one = (part: any): any =>
    part && typeof part === "object" && !Array.isArray(part) && "s" in part ? part.s : typeof part === "string" && part !== "..." ? toValue(part, "d") : part; // prettier-ignore
  return Array.isArray(key) ? key.map(one) : [one(key)];
}

const isItem = (keys: any[], view: MemoryView): boolean =>
  keys.length === view.ndim && keys.every((key) => typeof key === "number");

export interface Tally {
  steps: number;
  outOfScope: number;
  different: number;
  notInPython: number;
}

/** Runs one case in one world, and counts its steps. */
export function runCase({ id, base, ro = false, ops }: Case, { memory, address, before }: World, tally: Tally): void {
  let bytes = toBytes(base);
  const inMemory = (): Uint8Array => new Uint8Array(memory.buffer, address, bytes.length);
  inMemory().set(bytes);
  const root = memoryview(memory, { byteOffset: address, shape: [bytes.length], readonly: ro });
  const views = new Map<string, MemoryView>();

  for (const [n, step] of ops.entries()) {
    if (OUT_OF_SCOPE.has(step.op) || typeof step.dtype === "object" || (step.op === "view" && "dtype" in step)) {
      tally.outOfScope++;
      return;
    }
    // Python's views of these cannot be read, nor equal anything; here they can.
    if (/^[<>=!][nNP]$/.test(step.format ?? "")) {
      tally.different++;
      return;
    }
    const where = `${id} step ${n}: ${JSON.stringify(step)}`;
    const { on = "m", as = "m" } = step;
    before(memory);
    let result: unknown;
    let error: unknown;
    try {
      result = runStep(step, views.get(on)!, root, views);
    } catch (caught) {
      error = caught;
    }
    if (error !== undefined && !(error instanceof MemoryViewError))
      throw new Error(`${where}: foreign error`, { cause: error });
    if (step.error === "NotImplementedError") {
      tally.notInPython++;
      return; // where this library does more, its own tests show what
    }
    if (refusesMore(step, error)) {
      tally.different++;
      return;
    }
    if (step.error) {
      if (error === undefined && DIFFERENCES.some(({ op, why }) => op === step.op && why === step.why)) {
        tally.different++;
        return;
      }
      expect(error, where).toBeInstanceOf(MemoryViewError);
    } else {
      expect(error, where).toBeUndefined();
      if (result && typeof result === "object" && "_layout" in result) views.set(as, result as MemoryView);
      else if (step.op === "state") compareState(step.expect, views.get(on)!, address, where);
      else if ("result" in step)
        expect(normal(result), where).toEqual(wanted(step.result, formatOf(views.get(on), step)));
    }
    if (step.mem !== undefined) bytes = toBytes(step.mem);
    expect(toHex(inMemory()), `${where}: memory`).toBe(toHex(bytes));
    tally.steps++;
  }
}

/** What Python takes and this library refuses: floats that become infinite, released views, items of no bytes or of codes that `struct` lacks. */
const refusesMore = ({ op, error: expected }: Step, error: unknown): boolean =>
  expected === undefined &&
  ((op === "window" && error instanceof FormatError) ||
    (op === "setitem" && error instanceof ValueError && /magnitude/.test(error.message)) ||
    ((op === "eq" || op === "ne") && error instanceof ReleasedError));

const formatOf = (view: MemoryView | undefined, { op }: Step): string =>
  view && op !== "len" && !view.released ? view.format : "B";

function runStep(step: Step, view: MemoryView, root: MemoryView, views: Map<string, MemoryView>): unknown {
  switch (step.op) {
    case "view":
      return root.slice();
    case "window":
      return root.strided({
        byteOffset: step.offset,
        shape: step.shape,
        strides: step.strides,
        format: step.format ?? step.dtype,
      });
    case "cast":
      return step.shape === undefined ? view.cast(step.format) : view.cast(step.format, step.shape);
    case "toreadonly":
      return view.toReadonly();
    case "transpose":
      return view.transpose(step.axes);
    case "flip":
      return view.flip(step.axis);
    case "getitem": {
      const keys = toKeys(step.key);
      return isItem(keys, view) ? view.get(...keys) : view.slice(...keys);
    }
    case "setitem":
      return setItem(step, view, views);
    case "fill":
      view.assign(toValue(step.value, view.format), assignMode(step));
      return undefined;
    case "tolist":
      return view.toList();
    case "tobytes":
      return view.toBytes(step.order ?? "C");
    case "len":
      return view.length;
    case "iter":
      return [...view];
    case "eq":
    case "ne": {
      const other = step.with ? views.get(step.with) : step.hex !== undefined ? toBytes(step.hex) : step.value;
      // A released view equals only itself in Python; here it equals nothing, because it says so.
      const equal = view === other && view.released ? true : view.equals(other);
      return step.op === "eq" ? equal : !equal;
    }
    case "release":
      view.release();
      return undefined;
    case "state":
      return undefined;
    default:
      throw new Error(`no step ${step.op}`);
  }
}

const assignMode = (step: Step) => (step.convert ? { mode: "c" as const } : undefined);

function setItem(step: Step, view: MemoryView, views: Map<string, MemoryView>): undefined {
  const keys = toKeys(step.key);
  if ("value" in step) {
    const value = toValue(step.value, view.format);
    if (isItem(keys, view)) view.set(...(keys as number[]), value);
    else view.slice(...keys).assign(value);
    return;
  }
  const source =
    step.from !== undefined
      ? views.get(step.from)!
      : step.hex !== undefined
        ? toBytes(step.hex)
        : toValue(step.list, view.format);
  const target = view.slice(...keys);
  const converts = step.from !== undefined && views.get(step.from)!.format !== view.format;
  target.assign(source, converts && "dtype" in step ? { mode: "c" } : undefined);
}

function compareState(state: any, view: MemoryView, address: number, where: string): void {
  const format = state.format ?? state.dtype;
  const actual: Record<string, unknown> = {
    shape: view.shape,
    C: toHex(view.toBytes("C")),
    F: toHex(view.toBytes("F")),
    list: normal(view.toList()),
  };
  const want: Record<string, unknown> = {
    shape: state.shape,
    C: state.C,
    F: state.F ?? state.C,
    list: "list" in state ? wanted(state.list, format) : actual.list,
  };
  const items = view.nbytes > 0;
  if (state.offset !== undefined) [actual.offset, want.offset] = [view.byteOffset - address, state.offset];
  actual.strides = view.strides.filter((_, axis) => state.strides[axis] !== null);
  want.strides = state.strides.filter((stride: number | null) => stride !== null);
  // CPython calls an empty view with a gap not contiguous; here, as in NumPy, it is, in every order.
  if (items) {
    actual.contig = [view.cContiguous && "C", view.fContiguous && "F", view.contiguous && "A"].filter(Boolean).join("");
    want.contig = state.contig;
  }
  for (const name of ["itemsize", "ndim", "nbytes", "readonly"] as const) {
    if (name in state) [actual[name], want[name]] = [view[name], state[name]];
  }
  expect(actual, where).toEqual(want);
}
