import type { Block } from "../memory/block.ts";

/** A block that is live, for the search of one that nobody freed. */
export interface Leak {
  address: number;
  nbytes: number;
  /** The stack of the call that allocated it, with `sites`. */
  site?: string | undefined;
}

export interface LeakOptions {
  /** Remember where each block is allocated, for `leaks()`; slow. */
  sites?: boolean;
  /**
   * Called when the last view of a live block was collected as garbage: whoever has its address alone may still use it,
   * so that nothing is freed. Engines may be late, or never call; `using`, `release` and `scope` are the ways to free.
   */
  onLeak?: (leak: Leak) => void;
}

/** What is known of a block without it: where it is for its owner, and what the allocator knows it by. */
interface Place {
  readonly low: number;
  /** Bytes asked for by the caller. */
  readonly nbytes: number;
  /** What the allocator returned, and what was asked of it; alignment can make all of these differ from the block's. */
  readonly address: number;
  readonly reserved: number;
  readonly multiple: number;
}

/** A live block. Where leaks are looked for, only its views keep the block from being collected. */
export class Entry implements Place {
  declare readonly low: number;
  declare readonly nbytes: number;
  declare readonly address: number;
  declare readonly reserved: number;
  declare readonly multiple: number;
  site: string | undefined;
  readonly #make: () => Block;
  #block: Block | WeakRef<Block> | undefined;

  constructor(make: () => Block, place: Place) {
    Object.assign(this, place);
    this.#make = make;
  }

  /** The block; a new one when the last view of it was collected. */
  get block(): Block {
    const known = this.#block;
    return (known instanceof WeakRef ? known.deref() : known) ?? this.keep(this.#make(), known instanceof WeakRef);
  }

  keep(block: Block, weakly: boolean): Block {
    this.#block = weakly ? new WeakRef(block) : block;
    return block;
  }

  leak(): Leak {
    const { low: address, nbytes, site } = this;
    return { address, nbytes, ...(site !== undefined && { site }) };
  }
}

/** How errors name a block. */
export const nameOf = ({ low, nbytes }: Entry): string => `block at ${low} of ${nbytes} bytes`;

/**
 * Which blocks of a memory are live. Kept here and not in the memory, because a guest's allocator may forget, answer
 * nonsense, or take the same block back twice without a word.
 */
export class Books {
  /** Sorted by address; no two overlap. */
  readonly entries: Entry[] = [];
  liveBytes = 0;
  peakBytes = 0;
  readonly #sites: boolean | undefined;
  readonly #dropped: FinalizationRegistry<Entry> | undefined;

  constructor({ sites, onLeak }: LeakOptions) {
    this.#sites = sites;
    this.#dropped = onLeak && new FinalizationRegistry((entry) => this.entries.includes(entry) && onLeak(entry.leak()));
  }

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

  add(entry: Entry): Block {
    this.entries.splice(this.#below(entry.address), 0, entry);
    this.liveBytes += entry.nbytes;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    if (this.#sites) entry.site = new Error("allocated").stack;
    const block = entry.keep(entry.block, this.#dropped !== undefined);
    this.#dropped?.register(block, entry);
    return block;
  }

  remove(entry: Entry): void {
    this.entries.splice(this.#below(entry.address), 1);
    this.liveBytes -= entry.nbytes;
  }
}
