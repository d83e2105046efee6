import { recognize } from "./adapt/recognize.ts";
import type { Adapter } from "./adapt/toolchains.ts";
import type { Allocator } from "./alloc/allocator.ts";
import { Books, Entry, type Leak, type LeakOptions, nameOf } from "./alloc/books.ts";
import { CREATE, createHeap, type CreateOptions, size } from "./alloc/create.ts";
import { LAST } from "./alloc/heap.ts";
import { AllocationError, ReleasedError, show, UnsupportedError } from "./errors.ts";
import { formatOf } from "./format/compile.ts";
import type { ItemOf } from "./format/types.ts";
import { checkShape, product } from "./layout/shape.ts";
import { checkAddress } from "./memory/address.ts";
import { Block } from "./memory/block.ts";
import { type Source, sourceOf } from "./memory/source.ts";
import { callable, type Check, checkOption, flag, powerFrom, readOptions } from "./options.ts";
import { MemoryView } from "./view/memory-view.ts";
import { EXPORT, type Export, viewAs, viewOfBlock } from "./view/memoryview.ts";
import type { Lengths, RankOf } from "./view/types.ts";
import type { ViewWindow } from "./view/window.ts";

export interface FromOptions extends LeakOptions {
  /** Who gives out the bytes, where it is not recognised: an allocator, or an adapter for the target. */
  allocator?: Allocator | Adapter;
}

export interface AllocOptions {
  /** A power of two from 16. */
  align?: number;
  /** `false` leaves the bytes as the last owner left them. */
  zero?: boolean;
}

export interface Stats {
  /** The sum of bytes asked for, and how many blocks they are in. */
  liveBytes: number;
  liveBlocks: number;
  /** The highest that `liveBytes` ever was. */
  peakBytes: number;
  /** Bytes of the whole memory. */
  capacity: number;
}

/** What `scope` hands to its function: blocks that end with it. */
export interface Scope<B extends ArrayBufferLike = ArrayBufferLike> {
  /**
   * As `LinearMemory.alloc`; freed at the end of the scope. @throws ReleasedError after it.
   *
   * @example memory.scope(({ alloc }) => alloc("f", 1024).fill(1).get(0))
   */
  alloc<const F extends string, const S extends Lengths>(
    format: F,
    shape: S,
    options?: AllocOptions,
  ): MemoryView<ItemOf<F>, B, RankOf<S>, F>;
}

const ALLOC = { align: powerFrom(16), zero: flag };

const isAllocator: Check = (value) => {
  if (typeof value === "function") return false;
  const { alloc, free, align = 8 } = Object(value) as Partial<Allocator>;
  const fits = typeof alloc === "function" && typeof free === "function" && !powerFrom(1)(align);
  return !fits && "an adapter, or { alloc, free, align }: two functions and a power of two";
};

const LEAKS = { sites: flag, onLeak: callable };
const FROM = { allocator: isAllocator, ...LEAKS };

/**
 * The owner of each memory's bytes, or of a module's that shows its buffer alone: two allocators on one memory would hand
 * out the same addresses.
 */
const owners = new WeakMap<object, LinearMemory>();

const owned = (operation: string): AllocationError =>
  new AllocationError(operation, "the memory has an owner already", "use LinearMemory.from(memory)");

/**
 * A WebAssembly memory and who owns which of its bytes. Views made here survive its growth; a block that is freed
 * takes its views with it.
 *
 * @example
 * const memory = LinearMemory.create();
 * const pixels = memory.alloc("B", [1080, 1920, 4]); // 16-byte aligned, zeroed
 * memory.free(pixels);
 */
export class LinearMemory<B extends ArrayBufferLike = ArrayBufferLike> {
  readonly #source: Source;
  readonly #allocator: Allocator | undefined;
  readonly #owner: object;
  readonly #books: Books;
  #ended = false;
  /** The allocator as it was given, and what the module has instead of one. */
  #given: Allocator | Adapter | undefined;
  #functions: () => readonly string[] = () => [];

  private constructor(source: Source, owner: object, allocator: Allocator | undefined, options: LeakOptions) {
    this.#source = source;
    this.#owner = owner;
    this.#allocator = allocator;
    this.#books = new Books(options);
    owners.set(owner, this);
  }

  /**
   * A memory with the built-in AssemblyScript heap; synchronous.
   *
   * @throws ValueError for options out of range, AllocationError when the engine has no such memory,
   * UnsupportedError where WebAssembly may not be compiled from bytes (pass `module`).
   * @example const memory = LinearMemory.create({ maximum: 2 ** 28 });
   */
  static create(options: CreateOptions & LeakOptions & { shared: true }): LinearMemory<SharedArrayBuffer>;
  static create(options?: CreateOptions & LeakOptions): LinearMemory<ArrayBuffer>;
  static create(options?: CreateOptions & LeakOptions): LinearMemory {
    const operation = "LinearMemory.create";
    const read = readOptions(options, { ...CREATE, ...LEAKS }, operation);
    if (owners.has(read.memory!)) throw owned(operation);
    const { memory, allocator } = createHeap(read, operation);
    return new LinearMemory(sourceOf(memory), memory, allocator, read);
  }

  /**
   * Anyone's memory: an instance, its exports, an Emscripten `Module` or a bare memory. Its allocator is recognised, or
   * given; without one, windows can be viewed but nothing allocated. One memory has one `LinearMemory`: asking again
   * returns it.
   *
   * @throws UnsupportedError with what was found, when there is no memory.
   * @example const memory = LinearMemory.from(instance);
   */
  static from(target: unknown, options?: FromOptions): LinearMemory {
    const operation = "LinearMemory.from";
    const read = readOptions(options, FROM, operation);
    if (target instanceof LinearMemory && !read.allocator) return target;
    const found = recognize(target, operation);
    const given = typeof read.allocator === "function" ? read.allocator(target) : read.allocator;
    const known = owners.get(found.owner);
    if (known && !given && known.#allocator) return known;
    const allocator = given ?? found.allocator();
    if (known && (known.#allocator || !allocator)) {
      if (!given || read.allocator === known.#given) return known;
      throw owned(operation);
    }
    const memory = new LinearMemory(sourceOf(found.memory ?? found.live!), found.owner, allocator, read);
    memory.#given = read.allocator;
    memory.#functions = found.functions;
    return memory;
  }

  /** The memory itself; undefined for a module that shows only its buffer. @example worker.postMessage(memory.memory) */
  get memory(): WebAssembly.Memory {
    return this.#source.memory as WebAssembly.Memory;
  }

  /** The buffer as it is now; the next growth replaces it. @example new Uint8Array(memory.buffer, 0, 4) */
  get buffer(): B {
    return this.#source.buffer as B;
  }

  /**
   * A new block as a packed view that owns it: `release()` or `using` frees it. 16-byte aligned and zeroed, whatever
   * the allocator promises.
   *
   * @throws AllocationError with the bytes asked for and what is there, UnsupportedError without an allocator.
   * @example const samples = memory.alloc("f", [2, 48000], { zero: false });
   */
  alloc<const F extends string, const S extends Lengths>(
    format: F,
    shape: S,
    options?: AllocOptions,
  ): MemoryView<ItemOf<F>, B, RankOf<S>, F> {
    const operation = "LinearMemory.alloc";
    const { align = 16, zero = true } = readOptions(options, ALLOC, operation);
    const items = formatOf(format, operation, this.#source);
    const lengths = checkShape(shape, operation);
    const { entry, block } = this.#take(product(lengths) * items.itemsize, align, operation);
    if (zero) new Uint8Array(this.#source.buffer, block.low, entry.nbytes).fill(0);
    const view = viewOfBlock(block, items, lengths);
    view._giveBack = () => this.#free(entry, "MemoryView.release");
    return view as MemoryView<ItemOf<F>, B, RankOf<S>, F>;
  }

  /**
   * Ends a block and every view of it; each then throws `ReleasedError` naming the block.
   *
   * @throws AllocationError for an address that is no live block's, ExportedError while the block is held,
   * ReleasedError for a view whose block has ended. Then nothing changes.
   * @example memory.free(view)
   */
  free(target: MemoryView | number | bigint): void {
    const operation = "LinearMemory.free";
    const block = target instanceof MemoryView ? target._check(operation) : undefined;
    const address = block ? block.low : checkAddress(target, true, "the address", operation);
    const entry = this.#books.within(address);
    const begins = entry?.low === address;
    if (!begins || (block && entry.block !== block)) {
      throw new AllocationError(
        operation,
        block ? `${target} is of no live block of this memory` : `no live block begins at address ${address}`,
        entry && !begins ? `the ${nameOf(entry)} contains it` : "free what alloc returned, once",
      );
    }
    this.#free(entry, operation);
  }

  /**
   * Runs a function with an allocator of its own; all that it allocated is freed at the end, throw or not. What the
   * function returns is returned; when that is a promise, the scope ends as it settles.
   *
   * @example const sum = memory.scope(({ alloc }) => exports.sum(alloc("d", 100).fill(1).byteOffset, 100));
   */
  scope<R>(body: (scope: Scope<B>) => R): R {
    const entries: Entry[] = [];
    let ended = false;
    /** Frees what is left, and returns why some cannot be freed. */
    const end = (): unknown[] => {
      ended = true;
      return entries.reverse().flatMap((entry) => {
        try {
          this.#free(entry, "LinearMemory.scope");
          return [];
        } catch (error) {
          return [error];
        }
      });
    };
    const finish = (result: R): R => {
      for (const failure of end()) throw failure;
      return result;
    };
    // Blocks that something holds stay; the error on its way tells more than that.
    const fail = (error: unknown): never => {
      end();
      throw error;
    };
    const scope: Scope<B> = {
      alloc: (format, shape, options) => {
        if (ended) throw new ReleasedError("LinearMemory.scope", "the scope has ended", "allocate before");
        const view = this.alloc(format, shape, options);
        entries.push(this.#books.within(view.byteOffset)!);
        return view;
      },
    };
    let result: R;
    try {
      result = body(scope);
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
        return Promise.resolve(result).then(finish, fail) as R;
      }
    } catch (error) {
      return fail(error);
    }
    return finish(result);
  }

  /**
   * As `memoryview(memory, window)`: a window on any of the memory's bytes, allocated or not.
   *
   * @example memory.view({ byteOffset: exports.pixels(), shape: [480, 640, 4] })
   */
  view<const F extends string = "B", const S extends Lengths = number>(
    window?: ViewWindow<F> & { shape?: S },
  ): MemoryView<ItemOf<F>, B, RankOf<S>, F>;
  view(window?: ViewWindow): MemoryView<any, B>;
  view(window?: ViewWindow): MemoryView<any, B> {
    this.#check("LinearMemory.view");
    return viewAs(this, window, "LinearMemory.view") as MemoryView<any, B>;
  }

  /**
   * Makes room for `bytes` more and returns the new size of the memory. A memory with a heap of ours grows by whole
   * pages; another module's makes the room through its own allocator, which alone may detach its buffers.
   *
   * @throws AllocationError when there is no such room, UnsupportedError without an allocator.
   * @example memory.grow(2 ** 20)
   */
  grow(bytes: number): number {
    const operation = "LinearMemory.grow";
    checkOption(bytes, "bytes", size, operation);
    const allocator = this.#need(operation);
    if (!allocator.grow) this.#free(this.#take(bytes, 16, operation).entry, operation);
    else if (bytes > 0 && !allocator.grow(bytes)) throw this.#noRoom(bytes, operation);
    return this.#source.byteLength;
  }

  /** Bytes and blocks allocated here and not freed. @example memory.stats().liveBlocks */
  stats(): Stats {
    const { liveBytes, entries, peakBytes } = this.#books;
    return { liveBytes, liveBlocks: entries.length, peakBytes, capacity: this.#source.byteLength };
  }

  /**
   * The live blocks, by address: at the end of a program, those that nobody freed.
   *
   * @example for (const { address, nbytes, site } of memory.leaks()) console.warn(address, nbytes, site);
   */
  leaks(): Leak[] {
    return this.#books.entries.map((entry) => entry.leak());
  }

  /** @internal Scratch for kernels, uninitialised: freed like any block. */
  _scratch(nbytes: number, operation: string): { address: number; free: () => void } {
    const { entry, block } = this.#take(nbytes, 16, operation);
    return { address: block.low, free: () => !block.ended && this.#free(entry, operation) };
  }

  /** The export protocol: a view of the whole memory. */
  [EXPORT](): Pick<Export, "source"> {
    return { source: this.#source.memory ?? this.#source.live };
  }

  /** Frees every block allocated here. @throws ExportedError while one is held; then none is freed. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    const operation = "LinearMemory.dispose";
    for (const { block } of this.#books.entries) block.checkFree(operation);
    for (const entry of this.#books.entries.toReversed()) this.#free(entry, operation);
    this.#ended = true;
    if (owners.get(this.#owner) === this) owners.delete(this.#owner);
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  #check(operation: string): void {
    if (this.#ended) throw new ReleasedError(operation, "the LinearMemory was disposed", "create another");
  }

  #need(operation: string): Allocator {
    this.#check(operation);
    if (this.#allocator) return this.#allocator;
    const list = this.#functions().join(", ");
    throw new UnsupportedError(
      operation,
      `this memory has no allocator${list && `, its module has ${list}`}`,
      "pass { allocator }, or put a heap on it: LinearMemory.create({ memory })",
    );
  }

  #noRoom(bytes: number, operation: string): AllocationError {
    const largest = this.#allocator?.largest?.();
    return new AllocationError(
      operation,
      `no room for ${bytes} bytes: ${largest === undefined ? "the allocator answered 0" : `the largest free block has ${largest}`}, and the memory of ${this.#source.byteLength} cannot grow by as many`,
      "free blocks, or raise the maximum",
    );
  }

  /** A block of at least `nbytes` at an aligned address, entered in the books. An allocator may answer anything. */
  #take(nbytes: number, align: number, operation: string): { entry: Entry; block: Block } {
    const allocator = this.#need(operation);
    const { align: given = 8 } = allocator;
    // A weak malloc is asked for more, and the block begins where its alignment is met. To 0 bytes some answer 0.
    const reserved = Math.max(nbytes, 1) + Math.max(0, align - given);
    const { wide } = this.#source;
    if (!wide && reserved > LAST) throw this.#noRoom(nbytes, operation);
    const multiple = Math.min(align, given);
    let answer: unknown;
    let address: number;
    try {
      answer = allocator.alloc(reserved, multiple);
      address = checkAddress(answer, !wide, "the answer", operation);
    } catch (cause) {
      const problem = `the allocator gave ${show(answer)} for ${reserved} bytes, no address`;
      throw new AllocationError(operation, problem, "see the cause", { cause });
    }
    if (address === 0) throw this.#noRoom(nbytes, operation);
    const end = address + reserved;
    this.#source.reach(end);
    const taken = this.#books.within(address, end);
    const size = this.#source.byteLength;
    const wrong =
      end > size
        ? `it ends at ${end}, the memory has ${size}`
        : taken
          ? `the live ${nameOf(taken)} is there`
          : address % multiple !== 0 && `no multiple of ${multiple}, its own alignment`;
    if (wrong) {
      if (!taken && end <= size) allocator.free(address, reserved, multiple);
      const problem = `the allocator answered ${show(answer)} for ${reserved} bytes: ${wrong}`;
      throw new AllocationError(operation, problem, "nothing was recorded");
    }
    const low = Math.ceil(address / align) * align;
    const entry = new Entry(
      () => {
        const block = new Block(this.#source, low, low + nbytes, this);
        block.kind = "owned";
        return block;
      },
      { low, nbytes, address, reserved, multiple },
    );
    return { entry, block: this.#books.add(entry) };
  }

  /** Ends a block, unless it has ended. */
  #free(entry: Entry, operation: string): void {
    const { block, address, reserved, multiple } = entry;
    if (block.ended) return;
    block.checkFree(operation);
    const name = `the ${nameOf(entry)}`;
    // Held meanwhile: an allocator may run code of its user's, which may free the block once more.
    const letGo = block.hold(operation);
    try {
      this.#allocator!.free(address, reserved, multiple);
    } catch (cause) {
      throw new AllocationError(operation, `the allocator refused to free ${name}`, "it is still live", { cause });
    } finally {
      letGo();
    }
    this.#books.remove(entry);
    block.end(`${name} was freed`);
  }
}
