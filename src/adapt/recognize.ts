import { UnsupportedError, show } from "../errors.ts";
import type { Allocator } from "../alloc/allocator.ts";
import { isMemory } from "../memory/source.ts";

/** What was found in a target: where its bytes are, and who gives them out. */
export interface Found {
  readonly memory?: WebAssembly.Memory;
  readonly live?: () => ArrayBufferLike;
  readonly allocator?: Allocator;
}

type Bag = Record<string, unknown>;
type Call = (...values: number[]) => number | bigint;

/** What is called to take a block and to give it back: C's names in a plain module, and in an Emscripten `Module`. */
const PAIRS = [
  ["malloc", "free"],
  ["_malloc", "_free"],
] as const;

/**
 * Finds the memory and the allocator of a module: an instance, its exports, an Emscripten `Module`, or a bare memory,
 * which has no allocator. Only enumerable properties are read: others of an Emscripten `Module` can end the program.
 *
 * @throws UnsupportedError with what was found, when there is no memory.
 */
export function recognize(target: unknown, operation: string): Found {
  if (isMemory(target)) return { memory: target };
  const object = Object(target) as Bag;
  const bag = (isMemory(object.memory) ? object : (object.exports ?? object)) as Bag;
  const pair = PAIRS.find((names) => names.every((name) => typeof bag[name] === "function"));
  const allocator = pair && {
    alloc: (bytes: number) => (bag[pair[0]] as Call)(bytes),
    free: (address: number) => void (bag[pair[1]] as Call)(address),
  };
  const found = allocator && { allocator };
  if (isMemory(bag.memory)) return { memory: bag.memory, ...found };
  const entries = Object.entries(bag);
  const memories = entries.filter(([, value]) => isMemory(value));
  const one = memories.length === 1 ? memories[0] : memories.find(([name]) => name === "wasmMemory");
  if (one) return { memory: one[1] as WebAssembly.Memory, ...found };
  if (entries.some(([name, value]) => name === "HEAPU8" && ArrayBuffer.isView(value))) {
    return { live: () => (bag.HEAPU8 as Uint8Array).buffer, ...found };
  }
  const names = (memories.length > 0 ? memories : entries.slice(0, 8)).map(([name]) => name);
  throw new UnsupportedError(
    operation,
    `${show(target)} has ${memories.length} memories among [${names.join(", ")}]`,
    "pass the memory itself, and { allocator }",
  );
}
