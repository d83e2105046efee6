/**
 * Who gives out the bytes of a memory: a module's `malloc` and `free`, or the built-in heap. Addresses may come back
 * signed or as bigints.
 */
export interface Allocator {
  /** At least `bytes` bytes; 0 says that there are none. May grow the memory. */
  alloc(bytes: number): number | bigint;
  /** Takes back what `alloc` returned for `bytes` bytes. */
  free(address: number, bytes: number): void;
  /** The alignment that every address has; 8 unless said. A power of two. */
  readonly align?: number;
}

/** What the built-in heap can do beyond that: any alignment, and room made on request. */
export interface GrowingAllocator extends Allocator {
  allocAligned(bytes: number, align: number): number;
  /** Grows the memory by at least `bytes`. Returns false when the memory cannot. */
  grow(bytes: number): boolean;
  /** Bytes of the largest block that could be had now without growing. */
  largest(): number;
}
