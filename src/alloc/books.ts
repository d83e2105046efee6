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

/** How errors name a block. */
export const nameOf = ({ block, nbytes }: Entry): string => `block at ${block.low} of ${nbytes} bytes`;

/**
 * Which blocks of a memory are live. Kept here and not in the memory, because a guest's allocator may forget, answer
 * nonsense, or take the same block back twice without a word.
 */
export class Books {
  /** Sorted by address; no two overlap. */
  readonly entries: Entry[] = [];
  liveBytes = 0;
  peakBytes = 0;

  /** How many live blocks begin below an address. */
  #below(address: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle]!.address < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last live block that has a byte in `[low, high)`, and one byte when no more are asked for. */
  within(low: number, high = low + 1): Entry | undefined {
    const entry = this.entries[this.#below(high) - 1];
    return entry && entry.address + entry.reserved > low ? entry : undefined;
  }

  add(entry: Entry): void {
    this.entries.splice(this.#below(entry.address), 0, entry);
    this.liveBytes += entry.nbytes;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
  }

  remove(entry: Entry): void {
    this.entries.splice(this.#below(entry.address), 1);
    this.liveBytes -= entry.nbytes;
  }
}
