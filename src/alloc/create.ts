import { AllocationError, BoundsError, show, ValueError } from "../errors.ts";
import { checkAddress } from "../memory/address.ts";
import { isMemory } from "../memory/source.ts";
import { numberOption } from "../options.ts";
import { OVERHEAD, PAGE } from "./heap.ts";

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
  base?: number;
  /** `linearview/heap.wasm`, compiled by you, where compiling bytes is forbidden. */
  module?: WebAssembly.Module;
}

/** The lowest address of a heap on a memory of its own: addresses below it stay invalid, 0 above all. */
const BASE = 1024;
export const MAX_BYTES = 2 ** 32;
const SHARED_MAXIMUM = 2 ** 30;

/** The memory that the options describe, or that they give. @throws ValueError, AllocationError */
export function memoryOf(options: CreateOptions, operation: string): WebAssembly.Memory {
  return options.memory === undefined ? newMemory(options, operation) : givenMemory(options, operation);
}

function newMemory(options: CreateOptions, operation: string): WebAssembly.Memory {
  const { initial = PAGE, shared = false } = options;
  if (typeof shared !== "boolean")
    throw new ValueError(operation, `shared is ${show(shared)}`, "shared is true or false");
  numberOption(initial, "initial", operation, 0, MAX_BYTES);
  const base = options.base ?? BASE;
  const least = Math.max(1, Math.ceil(Math.max(initial, typeof base === "number" ? base + 4096 : 0) / PAGE));
  const maximum = options.maximum ?? (shared ? Math.max(SHARED_MAXIMUM, initial) : undefined);
  if (maximum !== undefined) {
    numberOption(maximum, "maximum", operation, 0, MAX_BYTES);
    if (maximum < initial) {
      throw new ValueError(operation, `maximum is ${maximum}, initial is ${initial}`, "maximum is at least initial");
    }
  }
  const descriptor = {
    initial: least,
    shared,
    ...(maximum !== undefined && { maximum: Math.max(least, Math.ceil(maximum / PAGE)) }),
  };
  try {
    return new WebAssembly.Memory(descriptor);
  } catch (cause) {
    const problem = `the engine has no ${shared ? "shared " : ""}memory of ${initial} bytes`;
    throw new AllocationError(operation, problem, "ask for less", { cause });
  }
}

function givenMemory({ memory, ...options }: CreateOptions, operation: string): WebAssembly.Memory {
  if (!isMemory(memory)) throw new ValueError(operation, `memory is ${show(memory)}`, "pass a WebAssembly.Memory");
  for (const name of ["initial", "maximum", "shared"] as const) {
    if (options[name] !== undefined) {
      throw new ValueError(operation, `${name} is given with a memory`, "leave it out");
    }
  }
  return memory;
}

/** Where the heap begins, with room for its own books of `size` bytes. On a memory of yours: the end, grown by a page. */
export function heapBase(memory: WebAssembly.Memory, options: CreateOptions, size: number, operation: string): number {
  const own = options.memory === undefined;
  if (options.base === undefined && !own) {
    const end = memory.buffer.byteLength;
    try {
      memory.grow(1);
    } catch (cause) {
      const problem = `the memory of ${end} bytes cannot grow by a page for the heap`;
      throw new AllocationError(operation, problem, "pass base", { cause });
    }
    return end;
  }
  const base = Math.ceil(checkAddress(options.base ?? BASE, true, "base", operation) / 16) * 16;
  const end = memory.buffer.byteLength;
  if (base === 0 || base + size + OVERHEAD > end) {
    throw new BoundsError(
      operation,
      `base ${base} leaves ${Math.max(0, end - base)} bytes, the heap needs ${size + OVERHEAD}`,
      "pass a lower address, from 16",
    );
  }
  return base;
}
