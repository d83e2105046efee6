import { decodeHex } from "../../../src/kernels/wasm/instantiate.ts";
import { setLimits } from "../../../src/kernels/wasm/limits.ts";

/** Kernels on a memory, and the address from which on a test may use it. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly base: number;
  readonly exports: Record<string, (...values: (number | bigint)[]) => number>;
  readonly [name: string]: any;
}

/** A memory to test on, and the first address to use. */
export interface World {
  readonly memory: WebAssembly.Memory;
  readonly base: number;
}

/** The kinds of memory that every kernel is tested on. Pages that are never touched cost nothing. */
export const WORLDS: Record<string, () => World> = {
  unshared: () => ({ memory: new WebAssembly.Memory({ initial: 16 }), base: 1024 }),
  shared: () => ({ memory: new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true }), base: 1024 }),
  "above 2 GiB": () => ({ memory: new WebAssembly.Memory({ initial: 32768 + 16 }), base: 2 ** 31 + 1024 }),
};

/** Instantiates an embedded module on a memory, as the library does. */
export function kernelsOn({ memory, base }: World, hex: string): Kernels {
  const shared = !(memory.buffer instanceof ArrayBuffer);
  const module = new WebAssembly.Module(setLimits(decodeHex(hex), shared ? "shared" : "unshared"));
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Kernels["exports"];
  return { memory, base, exports, ...exports };
}

/** Seeded integers below a limit (xorshift32); the seed is in the name of the case that fails. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 8) % limit;
  };
}

/** Seeded bytes. */
export function randomBytes(length: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length }, () => random(256));
}

/** The first index at which two arrays of one length differ, −1 when they are equal. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
