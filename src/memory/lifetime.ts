import { callable, type Check, readOptions } from "../options.ts";
import { Block, type LifetimeKind } from "./block.ts";
import type { Source } from "./source.ts";

export interface LifetimeOptions {
  /** What errors call it: `"the rows of the log"`. */
  name?: string;
  /**
   * Whether the bytes are still what they were, asked at every use of a view; `false` ends the lifetime. For data that
   * moves without a sign; it makes single items as slow as the question, and views without it are as fast as ever.
   */
  valid?: (() => boolean) | undefined;
}

const OPTIONS: Record<keyof LifetimeOptions, Check> = {
  name: (value) => typeof value !== "string" && "a text",
  valid: callable,
};

/**
 * Until when somebody else's bytes are what a view says they are. Views made under one lifetime, and views made from
 * them, end together: each then throws `ReleasedError` naming the reason, instead of reading what is there by then.
 *
 * - `"static"`: as long as the memory. `"owned"`: until we free it, as `alloc` gives.
 * - `"call"`: until the next call into the module. `"mutation"`: until its owner moves it.
 * - `"release"`: until its owner is told. `"lock"`: until then the owner cannot resize it. `"count"`: until the last
 *   reference is given back.
 *
 * @example
 * const rows = new Lifetime("mutation", { name: "the rows of the log" });
 * const view = memory.view({ byteOffset, format, shape, lifetime: rows });
 * const push = rows.watch(exports.log_push, () => address() === byteOffset); // push(…) ends it when they have moved
 */
export class Lifetime {
  readonly kind: LifetimeKind;
  readonly name: string;
  readonly #valid: (() => boolean) | undefined;
  /** By what their views' `obj` answers. */
  readonly #blocks = new Map<unknown, Block>();
  #ended = "";
  #asking = false;

  constructor(kind: LifetimeKind, options?: LifetimeOptions) {
    const { name = `what was borrowed (${kind})`, valid } = readOptions(options, OPTIONS, "Lifetime");
    this.kind = kind;
    this.name = name;
    this.#valid = valid;
  }

  /** Why it ended; empty until then. @example rows.ended // "the rows of the log moved" */
  get ended(): string {
    return this.#ended;
  }

  /** Ends every view made under it; a second call does nothing. @example rows.end("the log was freed") */
  end(reason = `${this.name} ended`): void {
    if (this.#ended) return;
    this.#ended = reason;
    for (const block of this.#blocks.values()) block.end(reason);
    this.#blocks.clear();
  }

  /**
   * A function that does what `call` does and ends the lifetime: before, as nothing is known of the bytes from then on;
   * with `valid`, only when that answers false after the call, also one that throws.
   *
   * @example const step = borrowed.watch(exports.step)
   */
  watch<A extends unknown[], R>(call: (...values: A) => R, valid?: () => boolean): (...values: A) => R {
    return (...values) => {
      if (!valid) this.end(`${this.name} ended with a call`);
      try {
        return call(...values);
      } finally {
        if (valid && !this.#ended && !valid()) this.end(`${this.name} moved`);
      }
    };
  }

  /** @throws ExportedError while a view made under it is held. @example lock.checkFree("release") */
  checkFree(operation: string): void {
    for (const block of this.#blocks.values()) block.checkFree(operation);
  }

  /** @internal The block of the views under this lifetime. */
  _blockOf(source: Source, owner: unknown): Block {
    let block = this.#blocks.get(owner);
    if (!block) {
      block = new Block(source, 0, Infinity, owner);
      block.kind = this.kind;
      block.name = this.name;
      if (this.#valid) block.guard = () => this.#ask();
      if (this.#ended) block.end(this.#ended);
      else this.#blocks.set(owner, block);
    }
    return block;
  }

  #ask(): void {
    // The question may itself look through a view.
    if (this.#asking) return;
    this.#asking = true;
    try {
      if (!this.#valid!()) this.end(`${this.name} is no longer valid`);
    } finally {
      this.#asking = false;
    }
  }
}
