import { AllocationError } from "../errors.ts";
import type { Block } from "../memory/block.ts";

/** A live block, and what the allocator knows it by. */
export interface Entry {
  readonly block: Block;
  /** Bytes asked for by the caller. */
  readonly nbytes: number;
  /** What the allocator returned, and the bytes that were asked of it; alignment can make both differ from the block's. */
  readonly address: number;
  readonly reserved: number;
}

/**
 * Which blocks of a memory are live. Kept here and not in the memory, because a guest's allocator may forget, answer
 * nonsense, or take the same block back twice without a word.
 */
export class Books {
  /** Sorted by the address of the block's first byte. */
  readonly #entries: Entry[] = [];
  liveBytes = 0;
  peakBytes = 0;

  get liveBlocks(): number {
    return this.#entries.length;
  }

  /** The live blocks, youngest or not, in order of address. */
  all(): Entry[] {
    return this.#entries.slice();
  }

  /** How many live blocks begin below an address. */
  #rank(address: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.block.low < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The live block that begins at an address. */
  at(address: number): Entry | undefined {
    const entry = this.#entries[this.#rank(address)];
    return entry?.block.low === address ? entry : undefined;
  }

  /** A live block that has a byte in `[low, high)`. */
  within(low: number, high: number): Entry | undefined {
    const rank = this.#rank(low);
    const [before, after] = [this.#entries[rank - 1], this.#entries[rank]];
    const reaches = (entry: Entry | undefined): boolean =>
      entry !== undefined && entry.address < high && low < entry.address + entry.reserved;
    return reaches(before) ? before : reaches(after) ? after : undefined;
  }

  add(entry: Entry): void {
    this.#entries.splice(this.#rank(entry.block.low), 0, entry);
    this.liveBytes += entry.nbytes;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
  }

  remove(entry: Entry): void {
    this.#entries.splice(this.#rank(entry.block.low), 1);
    this.liveBytes -= entry.nbytes;
  }

  /** The live block at an address. @throws AllocationError naming the block that the address lies in, if any. */
  find(address: number, operation: string): Entry {
    const entry = this.at(address);
    if (entry) return entry;
    const around = this.within(address, address + 1);
    throw new AllocationError(
      operation,
      `no live block begins at address ${address}`,
      around
        ? `the block at ${around.block.low} of ${around.nbytes} bytes contains it; free that address`
        : "free what alloc returned, once",
    );
  }
}
