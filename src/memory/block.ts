import { ExportedError, ReleasedError } from "../errors.ts";
import type { ArrayClass, Source } from "./source.ts";

/** Until when bytes are what a view says they are; see `Lifetime`. */
export type LifetimeKind = "static" | "owned" | "call" | "mutation" | "release" | "lock" | "count";

/**
 * The items of one type that the views of a block read. A detached array has length 0, so a read answers `undefined`
 * and the caller repairs this one place for all views of the block; so does a block that has ended, and one whose guard
 * must be asked every time.
 */
export class Window<T extends ArrayLike<unknown>> {
  declare readonly block: Block;
  /** Over the whole memory, so that an item's index does not depend on the view. */
  declare items: T;
  readonly #type: ArrayClass<T>;

  constructor(block: Block, type: ArrayClass<T>) {
    this.block = block;
    this.#type = type;
    this.refresh();
  }

  /** Takes the array of the buffer as it is now. What engines have seen written once is a constant to them. */
  refresh(): void {
    const { ended, guard } = this.block;
    const items = ended || guard ? new this.#type(new ArrayBuffer(0)) : this.block.source.array(this.#type);
    if (items !== this.items) this.items = items;
  }
}

/**
 * The bytes that a family of views belongs to, and its lifetime: all of a source, or one allocation. Ending a block
 * takes the items away from all of its views at once.
 */
export class Block {
  declare readonly source: Source;
  /** First byte, and the byte after the last. */
  declare readonly low: number;
  declare readonly high: number;
  /** What `obj` answers for every view of the block. */
  declare readonly owner: unknown;
  /** Why no view of it may be used any more. */
  ended = "";
  kind: LifetimeKind = "static";
  /** What errors call it, where its bytes are not all its own. */
  name: string | undefined;
  /** Asked before every use; ends the block when its bytes are no longer what they were. Set before the first view. */
  guard: (() => void) | undefined;
  #windows = new Map<ArrayClass<ArrayLike<unknown>>, Window<ArrayLike<unknown>>>();
  #holds = 0;

  constructor(source: Source, low: number, high: number, owner: unknown) {
    this.source = source;
    this.low = low;
    this.high = high;
    this.owner = owner;
  }

  /** @param kind a subclass, for whoever reads items of one type alone. */
  window<T extends ArrayLike<unknown>>(type: ArrayClass<T>, kind: typeof Window<T> = Window): Window<T> {
    let window = this.#windows.get(type) as Window<T> | undefined;
    if (!window) {
      window = new kind(this, type);
      this.#windows.set(type, window as Window<ArrayLike<unknown>>);
    }
    return window;
  }

  /** @throws ReleasedError when the block has ended. */
  check(operation: string): void {
    if (!this.ended) this.guard?.();
    if (this.ended) throw new ReleasedError(operation, this.ended, "take a new view");
  }

  /** Keeps the block from being freed. Returns the release, which may be called more than once. */
  hold(operation: string): () => void {
    this.check(operation);
    this.#holds++;
    let held = true;
    return () => {
      if (held) this.#holds--;
      held = false;
    };
  }

  /** @throws ExportedError while something holds the block. */
  checkFree(operation: string): void {
    if (this.#holds === 0) return;
    throw new ExportedError(
      operation,
      `${this.name ?? `the block at ${this.low} of ${this.high - this.low} bytes`} has ${this.#holds} ${this.#holds === 1 ? "hold" : "holds"}, 0 are needed`,
      "call what hold() returned",
    );
  }

  /** Every view of the block throws from now on. */
  end(reason: string): void {
    this.ended = reason;
    for (const window of this.#windows.values()) window.refresh();
  }
}
