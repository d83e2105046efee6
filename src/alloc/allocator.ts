/**
 * Who gives out the bytes of a memory: a module's `malloc` and `free`, or the built-in heap. Addresses may come back
 * signed or as bigints.
 */
export interface Allocator {
  /**
   * At least `bytes` bytes, one at least; 0 says that there are none. May grow the memory. `align` is what the block
   * needs of the alignment that is promised below.
   */
  alloc(bytes: number, align: number): number | bigint;
  /** Takes back what `alloc` returned for `bytes` and `align`. */
  free(address: number, bytes: number, align: number): void;
  /** The alignment that every address has, or that can be asked for; 8 unless said. A power of two. */
  readonly align?: number;
  /** Makes room for `bytes` bytes and says whether it could; where it is missing, a block of them is taken and freed. */
  grow?(bytes: number): boolean;
  /** Bytes of the largest block that could be had now without growing, for error texts. */
  largest?(): number;
}
