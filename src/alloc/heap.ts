import type { HeapExports } from "../kernels/wasm/heap.ts";
import type { Allocator } from "./allocator.ts";

export const PAGE = 65536;

/** The allocator counts in 32 bits, so that the last 16 bytes of a 4 GiB memory are not its own. */
export const LAST = 2 ** 32 - 16;

/** Bytes that the heap keeps of a block for itself, at most: what a request must leave room for. */
export const OVERHEAD = 64;

/**
 * The built-in heap on a memory. All of its state is in the memory, at `base`; it is the only allocator there. When
 * the memory has been grown by others, the pages between are theirs: the heap goes on in pages it grows itself.
 *
 * @param base a multiple of 16; from there to the end the memory is the heap's.
 */
export function heapAllocator(memory: WebAssembly.Memory, code: HeapExports, base: number): Required<Allocator> {
  code.heap_init(base, Math.min(memory.buffer.byteLength, LAST));

  function grow(bytes: number): boolean {
    const needed = Math.ceil(bytes / PAGE);
    // An eighth at least keeps the number of growths logarithmic; when that is too much, what is needed will do.
    for (const pages of [Math.max(needed, Math.ceil(memory.buffer.byteLength / PAGE / 8)), needed]) {
      try {
        const start = memory.grow(pages) * PAGE;
        code.heap_add(base, start, Math.min(start + pages * PAGE, LAST));
        return true;
      } catch {
        // The memory cannot grow by as many.
      }
    }
    return false;
  }

  const take = (bytes: number, align: number): number => code.heap_alloc(base, bytes, align) >>> 0;
  return {
    align: 2 ** 31,
    alloc: (bytes, align) => take(bytes, align) || (grow(bytes + align + OVERHEAD) ? take(bytes, align) : 0),
    free(address) {
      if (!code.heap_free(base, address)) {
        throw new RangeError(`the heap has no block at ${address}: its bookkeeping was overwritten`);
      }
    },
    grow,
    largest: () => code.heap_largest(base) >>> 0,
  };
}
