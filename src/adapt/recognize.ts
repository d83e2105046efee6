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

/** What the memory is called where there are several. */
const NAMES = ["memory", "wasmMemory"];

/**
 * Finds the memory and the allocator of a module: an instance, its exports, an Emscripten `Module`, or a bare memory,
 * which has no allocator. Only enumerable properties are read: others of an Emscripten `Module` can end the program.
 *
 * @throws UnsupportedError with what was found, when there is no memory.
 */
export function recognize(target: unknown, operation: string): Found {
  if (isMemory(target)) return { memory: target };
  const module = Object(target) as Bag;
  const exports = (isMemory(module.memory) ? module : (module.exports ?? module)) as Bag;
  const entries = Object.entries(exports);
  const bag = Object.fromEntries(entries);
  const pair = PAIRS.find((names) => names.every((name) => typeof bag[name] === "function"));
  const [alloc, free] = (pair ?? []).map((name) => bag[name] as Call);
  const allocator: Allocator | undefined = alloc && {
    alloc: (bytes) => alloc(bytes),
    free: (address) => void free!(address),
  };
  const memories = entries.filter(([, value]) => isMemory(value));
  const found = memories.length === 1 ? memories[0] : memories.find(([name]) => NAMES.includes(name));
  if (found) return { memory: found[1] as WebAssembly.Memory, ...(allocator && { allocator }) };
  if (memories.length === 0 && ArrayBuffer.isView(bag.HEAPU8)) {
    return { live: () => (exports.HEAPU8 as Uint8Array).buffer, ...(allocator && { allocator }) };
  }
  const names = (memories.length > 0 ? memories : entries.slice(0, 8)).map(([name]) => name);
  throw new UnsupportedError(
    operation,
    `${show(target)} has ${memories.length} memories, and ${names.join(", ")}`,
    "pass the memory itself, and { allocator }",
  );
}
