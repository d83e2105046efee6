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
  /** Looks for the allocator. */
  allocator(): Allocator | undefined;
  /** Functions of the module that look like a part of an allocator. */
  functions(): readonly string[];
}

/** In this order: a module of the first may have functions with the names of the others. */
const ADAPTERS = [assemblyScript, wasmBindgen, malloc, webidl, zig, rust, component, bump];

/** A memory by its kind, as names lie; some modules have a function that returns it. */
function memoryIn(bag: Bag): { memory?: WebAssembly.Memory; names: string[] } {
  const given = peek(bag, "wasmMemory");
  if (typeof given === "function" && given.length === 0) {
    const memory: unknown = given.call(bag);
    if (isMemory(memory)) return { memory, names: [] };
  }
  const names = Object.keys(bag);
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
  const named = isMemory(target) ? target : memoryOf(bags);
  const found = named ? [] : bags.map(memoryIn);
  const memory = named ?? found.find((each) => each.memory)?.memory;
  const modules = isMemory(target) ? [] : bags;
  const looks = (name: string): boolean => ["alloc", "free", "new"].some((part) => name.includes(part));
  const rest = {
    allocator(): Allocator | undefined {
      for (const adapter of ADAPTERS) {
        const allocator = adapter._find(modules);
        if (allocator) return allocator;
      }
      return undefined;
    },
    functions: () => functions(modules, looks).slice(0, 6),
  };
  if (memory) return { memory, owner: memory, ...rest };
  const module = bags.find((bag) => ArrayBuffer.isView(peek(bag, "HEAPU8")));
  if (module && (module.HEAPU8 as Uint8Array).length > 0) {
    return { live: () => (module.HEAPU8 as Uint8Array).buffer, owner: module, ...rest };
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
