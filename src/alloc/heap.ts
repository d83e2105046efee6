import type { HeapExports } from "../kernels/wasm/heap.ts";
import type { GrowingAllocator } from "./allocator.ts";

export const PAGE = 65536;

/** The allocator counts in 32 bits, so that the last 16 bytes of a 4 GiB memory are not its own. */
const LAST = 2 ** 32 - 16;

/**
 * The built-in heap on a memory. All of its state is in the memory, at `base`; it is the only allocator there. When
 * the memory has been grown by others, the pages between are theirs: the heap goes on in pages it grows itself.
 */
export class Heap implements GrowingAllocator {
  readonly align = 16;
  readonly #memory: WebAssembly.Memory;
  readonly #code: HeapExports;
  readonly #base: number;

  /** @param base a multiple of 16; from there to the end the memory is the heap's. */
  constructor(memory: WebAssembly.Memory, code: HeapExports, base: number) {
    this.#memory = memory;
    this.#code = code;
    this.#base = base;
    code.heap_init(base, Math.min(memory.buffer.byteLength, LAST));
  }

  alloc(bytes: number): number {
    return this.allocAligned(bytes, this.align);
  }

  allocAligned(bytes: number, align: number): number {
    if (bytes > LAST || align > LAST) return 0;
    return this.#code.heap_alloc(this.#base, bytes, align) >>> 0;
  }

  free(address: number): void {
    if (this.#code.heap_free(this.#base, address) !== 1) {
      throw new RangeError(`the heap has no block at ${address}: its bookkeeping was overwritten`);
    }
  }

  grow(bytes: number): boolean {
    const needed = Math.ceil(bytes / PAGE);
    // Growing by an eighth at least keeps the number of growths logarithmic; when that is too much, what is needed will do.
    const ample = Math.max(needed, Math.ceil(this.#memory.buffer.byteLength / PAGE / 8));
    for (const pages of ample > needed ? [ample, needed] : [needed]) {
      let before: number;
      try {
        before = this.#memory.grow(pages);
      } catch {
        continue;
      }
      this.#code.heap_add(this.#base, before * PAGE, Math.min((before + pages) * PAGE, LAST));
      return true;
    }
    return false;
  }

  largest(): number {
    return this.#code.heap_largest(this.#base) >>> 0;
  }
}

/** Bytes that the heap keeps of a block for itself, at most: what a request must leave room for. */
export const OVERHEAD = 64;
