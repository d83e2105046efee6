import type { Allocator } from "../alloc/allocator.ts";
import { show, UnsupportedError } from "../errors.ts";
import { isMemory } from "../memory/source.ts";
import { type Bag, bagsOf, memoryOf, peek } from "./functions.ts";
import { assemblyScript, bump, component, functions, malloc, rust, wasmBindgen, webidl, zig } from "./toolchains.ts";

/** What was found in a target: where its bytes are, and who gives them out. */
export interface Found {
  readonly memory?: WebAssembly.Memory;
  readonly live?: () => ArrayBufferLike;
  /** The memory, or the object that shows its buffer: what tells two targets apart. */
  readonly owner: object;
  readonly allocator?: Allocator | undefined;
  /** Without an allocator: functions of the module that look like a part of one. */
  readonly functions: readonly string[];
}

/** In this order: a module of the first may have functions with the names of the others. */
const ADAPTERS = [assemblyScript, wasmBindgen, malloc, webidl, zig, rust, component, bump];

/** A memory by its kind, as names lie; some modules have a function that returns it. */
function memoryIn(bag: Bag): { memory?: WebAssembly.Memory; names: string[] } {
  const names = Object.keys(bag);
  const given = peek(bag, "wasmMemory");
  if (typeof given === "function" && given.length === 0) {
    const memory: unknown = given.call(bag);
    if (isMemory(memory)) return { memory, names };
  }
  const memories = names.filter((name) => isMemory(bag[name]));
  const name = memories.length === 1 ? memories[0] : memories.find((each) => each === "wasmMemory");
  return name === undefined ? { names: memories } : { memory: bag[name] as WebAssembly.Memory, names };
}

/**
 * Finds the memory and the allocator of a module: an instance, its exports, what a loader returns, or a bare memory,
 * which has no allocator.
 *
 * @throws UnsupportedError with what was found, when there is no memory, or more than one.
 */
export function recognize(target: unknown, operation: string): Found {
  const bags = bagsOf(target);
  const found = bags.map(memoryIn);
  const memory = isMemory(target) ? target : (memoryOf(bags) ?? found.find((each) => each.memory)?.memory);
  let allocator: Allocator | undefined;
  if (!isMemory(target)) for (const adapter of ADAPTERS) allocator ??= adapter._find(bags);
  const partly = ["alloc", "free", "new"];
  const looks = (name: string): boolean => partly.some((part) => name.includes(part));
  const parts = allocator || isMemory(target) ? [] : functions(bags, looks).slice(0, 6);
  if (memory) return { memory, owner: memory, allocator, functions: parts };
  const module = bags.find((bag) => ArrayBuffer.isView(peek(bag, "HEAPU8")));
  if (module && (module.HEAPU8 as Uint8Array).length > 0) {
    return { live: () => (module.HEAPU8 as Uint8Array).buffer, owner: module, allocator, functions: parts };
  }
  const several = found.find(({ names }, i) => names.some((name) => isMemory(bags[i]![name])))?.names;
  const names = several ?? bags.flatMap((bag) => Object.keys(bag)).slice(0, 8);
  throw new UnsupportedError(
    operation,
    module
      ? "HEAPU8 is of a buffer that was detached"
      : `${show(target)} has ${several?.length ?? 0} memories among [${names.join(", ")}]`,
    "pass the memory itself, and { allocator }",
  );
}
