import { bagsOf, peek } from "../adapt/functions.ts";
import { AllocationError, BoundsError, show, UnsupportedError } from "../errors.ts";
import { wasmFunction } from "../kernels/wasm/function.ts";
import { checkAddress } from "../memory/address.ts";
import { tagOf } from "../memory/source.ts";
import { callable, checkOption } from "../options.ts";
import type { Guest, Later } from "./guest.ts";

/** Calls what a function pointer points at. Addresses of 64 bits are bigints. */
export type PointedFunction = (...values: (number | bigint)[]) => number | bigint | undefined;

/** A function of ours that a module can call. */
export interface AddedFunction {
  /** What C calls a function pointer: where it is in the table. */
  readonly pointer: number;
  /** Takes it out of the table; the next function gets its place. A second call does nothing. */
  remove(): void;
}

/** What toolchains call the table; some have a function that returns it. */
const NAMES = ["__indirect_function_table", "wasmTable", "_functionTable"];
/** Places of removed functions, by table. */
const places = /* @__PURE__ */ new WeakMap<WebAssembly.Table, number[]>();

const isTable = (value: unknown): value is WebAssembly.Table => tagOf(value) === "[object WebAssembly.Table]";

/** The function table of a module, or what was given for it. @throws UnsupportedError */
function tableOf(target: unknown, operation: string): WebAssembly.Table {
  const given: unknown = typeof target === "function" ? target() : target;
  if (isTable(given)) return given;
  for (const bag of bagsOf(given)) {
    for (const name of NAMES) {
      const value = peek(bag, name);
      const table: unknown = typeof value === "function" ? value.call(bag) : value;
      if (isTable(table)) return table;
    }
  }
  throw new UnsupportedError(operation, `${show(given)} has no function table`, "pass { table }");
}

/** A place as the table takes it: those of 64-bit tables are bigints. */
const placeIn = (table: WebAssembly.Table, place: number): number =>
  typeof table.length === "bigint" ? (BigInt(place) as never) : place;

/**
 * The function that a pointer of a module points at. What it throws is the `cause` of an own error.
 *
 * `target` is the module's table, a function that returns it, or what has it: an instance, its exports, a `Module`.
 *
 * @example functionAt(instance, release)(address)
 * @throws UnsupportedError without a table, BoundsError when the pointer points at nothing.
 */
export function functionAt(target: unknown, pointer: number | bigint, operation = "functionAt"): PointedFunction {
  const table = tableOf(target, operation);
  const place = checkAddress(pointer, true, "the function pointer", operation);
  const call = place < table.length ? (table.get(placeIn(table, place)) as PointedFunction | null) : null;
  if (typeof call !== "function") {
    const problem = `no function at ${place}, the table has ${table.length} places`;
    throw new BoundsError(operation, problem, "pass the module's own");
  }
  return (...values) => {
    try {
      return call(...values);
    } catch (cause) {
      throw new UnsupportedError(operation, `the function at ${place} failed`, "see the cause", { cause });
    }
  };
}

/**
 * Puts a function into a module's table, so that the module can call it by its pointer. `signature` is the result, or
 * `v` for none, then the parameters: `i` and `j` are integers of 32 and 64 bits, `f` and `d` floats, as in Emscripten's
 * `addFunction`. A pointer is `i`, in a 64-bit memory `j`.
 *
 * @example
 * const compare = addFunction(instance, (a, b) => value(a) - value(b), "iii");
 * instance.exports.sort(address, count, compare.pointer);
 * compare.remove();
 * @throws AllocationError when the table cannot grow, as Rust and C link it unless told otherwise; UnsupportedError
 * without a table, for another signature, and where WebAssembly may not be compiled from bytes.
 */
export function addFunction(
  target: unknown,
  call: (...values: any[]) => unknown,
  signature = "vi",
  operation = "addFunction",
): AddedFunction {
  const table = tableOf(target, operation);
  checkOption(call, "call", callable, operation);
  let added = wasmFunction(call, signature, operation);
  const free = places.get(table) ?? [];
  places.set(table, free);
  let place: number;
  try {
    place = free.pop() ?? Number(table.grow(placeIn(table, 1)));
  } catch (cause) {
    const problem = `the function table of ${table.length} places cannot grow`;
    throw new AllocationError(operation, problem, "link with --growable-table", { cause });
  }
  table.set(placeIn(table, place), added);
  return {
    pointer: place,
    remove() {
      if (!added) return;
      added = undefined;
      table.set(placeIn(table, place), null);
      free.push(place);
    },
  };
}

/** A function that takes a pointer, in a table until the step back; its place, as a pointer. */
export function lendFunction(guest: Guest, table: unknown, call: (address: unknown) => void, later: Later) {
  const { pointer, remove } = addFunction(table, call, guest.source.wide ? "vj" : "vi", guest.operation);
  later(remove);
  return guest.pointer(pointer);
}
