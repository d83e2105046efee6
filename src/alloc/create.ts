import { AllocationError, BoundsError, ValueError } from "../errors.ts";
import { heapOn } from "../kernels/wasm/heap.ts";
import { checkAddress } from "../memory/address.ts";
import { isMemory, tagOf } from "../memory/source.ts";
import { anything, type Check, flag } from "../options.ts";
import type { Allocator } from "./allocator.ts";
import { heapAllocator, OVERHEAD, PAGE } from "./heap.ts";

export interface CreateOptions {
  /** Bytes at first, rounded up to pages of 65,536; one page unless said. */
  initial?: number;
  /** Bytes at most; what the engine allows unless said, 1 GiB for shared memory. */
  maximum?: number;
  /** Memory that several threads may use; takes a cross-origin isolated page. */
  shared?: boolean;
  /** A memory of yours to put the heap on. */
  memory?: WebAssembly.Memory;
  /** The address where the heap begins: below it the memory is yours. At the end of a memory of yours unless said. */
  base?: number | bigint;
  /** `linearview/heap.wasm`, compiled by you, where compiling bytes is forbidden. */
  module?: WebAssembly.Module;
}

/** The lowest address of a heap on a memory of its own: addresses below it stay invalid, 0 above all. */
const BASE = 1024;
const SHARED_MAXIMUM = 2 ** 30;

/** A number of bytes that a memory can have. */
export const size: Check = (value) =>
  !(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 32) && "an integer from 0 to 2^32";

/** What `LinearMemory.create` takes. `base` is an address, looked at as one. */
export const CREATE: Record<keyof CreateOptions, Check> = {
  initial: size,
  maximum: size,
  shared: flag,
  memory: (value) => !isMemory(value) && "a WebAssembly.Memory",
  base: anything,
  module: (value) => tagOf(value) !== "[object WebAssembly.Module]" && "a WebAssembly.Module",
};

function newMemory({ shared = false, ...options }: CreateOptions, base: number, operation: string): WebAssembly.Memory {
  const initial = Math.max(options.initial ?? PAGE, base + 4096);
  const maximum = options.maximum ?? (shared ? Math.max(SHARED_MAXIMUM, initial) : undefined);
  if (maximum! < initial) {
    throw new ValueError(operation, `maximum is ${maximum}, initial is ${initial}`, "maximum is at least initial");
  }
  const pages = (bytes: number): number => Math.ceil(bytes / PAGE);
  try {
    return new WebAssembly.Memory({ initial: pages(initial), shared, ...(maximum && { maximum: pages(maximum) }) });
  } catch (cause) {
    const problem = `the engine has no ${shared ? "shared " : ""}memory of ${initial} bytes`;
    throw new AllocationError(operation, problem, "ask for less", { cause });
  }
}

/** The end of a memory of yours, which is grown by a page for the heap. */
function grownEnd(memory: WebAssembly.Memory, operation: string): number {
  try {
    return memory.grow(1) * PAGE;
  } catch (cause) {
    const problem = `the memory of ${memory.buffer.byteLength} bytes cannot grow by a page for the heap`;
    throw new AllocationError(operation, problem, "pass base", { cause });
  }
}

/**
 * A heap on the memory that the options describe, or that they give.
 *
 * @throws ValueError, AllocationError, BoundsError when `base` leaves no room for it
 */
export function createHeap(
  options: CreateOptions,
  operation: string,
): { memory: WebAssembly.Memory; allocator: Allocator } {
  const given = options.memory && (["initial", "maximum", "shared"] as const).find((name) => name in options);
  if (given) throw new ValueError(operation, `${given} is given with a memory`, "leave it out");
  const asked = Math.ceil(checkAddress(options.base ?? BASE, true, "base", operation) / 16) * 16;
  const memory = options.memory ?? newMemory(options, asked, operation);
  const code = heapOn(memory, options.module, operation);
  const base = options.memory && options.base === undefined ? grownEnd(memory, operation) : asked;
  const room = memory.buffer.byteLength - base;
  const needed = code.heap_bytes() + OVERHEAD;
  if (base === 0 || room < needed) {
    throw new BoundsError(
      operation,
      `base ${base} leaves ${Math.max(0, room)} bytes, the heap needs ${needed}`,
      "pass a lower address, from 16",
    );
  }
  return { memory, allocator: heapAllocator(memory, code, base) };
}
