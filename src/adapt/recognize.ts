import { UnsupportedError, show } from "../errors.ts";
import type { Allocator } from "../alloc/allocator.ts";
import { isBuffer, isMemory } from "../memory/source.ts";

/** What was found in a target: where its bytes are, and who gives them out. */
export interface Found {
  readonly memory?: WebAssembly.Memory;
  readonly live?: () => ArrayBufferLike;
  readonly allocator?: Allocator;
}

type Bag = Record<string, unknown>;
type Call = (...values: number[]) => number | bigint;

const isFunction = (value: unknown): value is Call => typeof value === "function";

/** C's `malloc` and `free`, under the names of a plain module or of an Emscripten `Module`. */
function mallocOf(bag: Bag): Allocator | undefined {
  for (const [alloc, free] of [
    ["malloc", "free"],
    ["_malloc", "_free"],
  ] as const) {
    if (!isFunction(bag[alloc]) || !isFunction(bag[free])) continue;
    return {
      align: 8,
      alloc: (bytes) => (bag[alloc] as Call)(bytes),
      free: (address) => void (bag[free] as Call)(address),
    };
  }
  return undefined;
}

/** The one memory among exports, whatever it is called. */
function memoryOf(bag: Bag, operation: string): WebAssembly.Memory | undefined {
  const memories = Object.entries(bag).filter(([, value]) => isMemory(value)) as [string, WebAssembly.Memory][];
  if (memories.length <= 1) return memories[0]?.[1];
  const named = memories.find(([name]) => name === "memory");
  if (named) return named[1];
  throw new UnsupportedError(
    operation,
    `there are ${memories.length} memories: ${memories.map(([name]) => name).join(", ")}`,
    "pass the memory itself, and { allocator }",
  );
}

/**
 * Finds the memory and the allocator of a module: an instance, its exports, an Emscripten `Module`, or a bare memory,
 * which has no allocator.
 *
 * @throws UnsupportedError with what was found, when there is no memory.
 */
export function recognize(target: unknown, operation: string): Found {
  if (isMemory(target)) return { memory: target };
  if ((typeof target === "object" || typeof target === "function") && target !== null) {
    const bag = (isMemory((target as Bag).memory) ? target : ((target as Bag).exports ?? target)) as Bag;
    const allocator = mallocOf(bag);
    const found = allocator ? { allocator } : {};
    const memory = isMemory(bag.wasmMemory) ? bag.wasmMemory : memoryOf(bag, operation);
    if (memory) return { memory, ...found };
    const live = (): ArrayBufferLike => (bag.HEAPU8 as Uint8Array).buffer;
    if (ArrayBuffer.isView(bag.HEAPU8) && isBuffer(live())) return { live, ...found };
    const names = Object.keys(bag).slice(0, 8);
    throw new UnsupportedError(
      operation,
      names.length > 0 ? `no memory among ${names.join(", ")}` : `${show(target)} has no memory`,
      "pass the memory itself, and { allocator }",
    );
  }
  throw new UnsupportedError(operation, `${show(target)} is no module`, "pass an instance, its exports or its memory");
}
