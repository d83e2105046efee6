import type { Allocator } from "../alloc/allocator.ts";
import { show, UnsupportedError } from "../errors.ts";
import { isMemory, sourceOf } from "../memory/source.ts";

export type Bag = Record<string, unknown>;
type Call = (...values: (number | bigint)[]) => number | bigint;

/** Where a module's exports are in what its loader returns: an instance, a `Module`, a pyodide, a SQLite. */
const INSIDE = ["exports", "wasm", "_module", "wasmExports", "asm", "instance"];

/**
 * A property, unless it is the object's own and hidden: those of an Emscripten `Module` can end the program when they are
 * read.
 */
export function peek(object: Bag, name: string): unknown {
  const hidden = Object.hasOwn(object, name) && !Object.prototype.propertyIsEnumerable.call(object, name);
  return hidden ? undefined : object[name];
}

/** An object and those in it that may have a module's memory and functions, nearest first. */
export function bagsOf(target: unknown, depth = 2): Bag[] {
  if (Object(target) !== target) return [];
  const bag = target as Bag;
  const inner = depth > 0 && !isMemory(bag) ? INSIDE.map((name) => peek(bag, name)) : [];
  return [bag, ...inner.flatMap((value) => bagsOf(value, depth - 1))];
}

/** The memory that a module calls so, if it does. */
export const memoryOf = (bags: readonly Bag[]): WebAssembly.Memory | undefined =>
  bags.map((bag) => peek(bag, "memory")).find(isMemory);

/** A function of a module. Called through its object, as loaders replace their functions. */
export function functionOf(bags: readonly Bag[], name: string): (Call & { readonly count: number }) | undefined {
  const bag = bags.find((candidate) => typeof peek(candidate, name) === "function");
  if (!bag) return undefined;
  // Addresses and sizes of 64 bits are bigints alone.
  const memory = memoryOf(bags);
  const convert: (value: number | bigint) => number | bigint = memory && sourceOf(memory).wide ? BigInt : Number;
  const call: Call = (...values) => (bag[name] as Call)(...values.map(convert));
  return Object.assign(call, { count: (bag[name] as Call).length });
}

/** Every alignment. */
export const AS_ASKED = 2 ** 31;

/**
 * An allocator of two functions; undefined when there are not both. How many parameters they have tells what they take:
 * bytes, then an alignment, or the four of `cabi_realloc`; the address, then bytes and alignment. `plain` ones are
 * wrapped by loaders, so that the number means nothing: they take bytes, and the address.
 */
export function pair(
  bags: readonly Bag[],
  [alloc, free]: readonly [alloc: string, free: string],
  align: number,
  plain = false,
): Allocator | undefined {
  const take = functionOf(bags, alloc);
  const giveBack = functionOf(bags, free);
  if (!take || !giveBack) return undefined;
  const count = plain ? 1 : take.count;
  return {
    align: count > 1 ? AS_ASKED : align,
    alloc: (...values) => (count === 4 ? take(0, 0, values[1], values[0]) : take(...values.slice(0, count))),
    free: (...values) => void giveBack(...values.slice(0, plain ? 1 : giveBack.count)),
  };
}

/** @throws UnsupportedError with what a module has, for an adapter that finds nothing in it. */
export function refuse(toolchain: string, target: unknown, wanted: string): never {
  const names = bagsOf(target).flatMap((bag) =>
    Object.keys(bag).filter((name) => typeof peek(bag, name) === "function"),
  );
  throw new UnsupportedError(
    `adapters.${toolchain}`,
    `${show(target)} has no ${wanted}, its functions are [${[...new Set(names)].slice(0, 8).join(", ")}]`,
    "name them: { alloc, free }",
  );
}
