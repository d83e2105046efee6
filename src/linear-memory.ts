import { recognize } from "./adapt/recognize.ts";
import type { Allocator, GrowingAllocator } from "./alloc/allocator.ts";
import { Books, type Entry } from "./alloc/books.ts";
import { type CreateOptions, heapBase, MAX_BYTES, memoryOf } from "./alloc/create.ts";
import { Heap, OVERHEAD } from "./alloc/heap.ts";
import { AllocationError, MemoryViewError, ReleasedError, show, UnsupportedError, ValueError } from "./errors.ts";
import { formatOf } from "./format/compile.ts";
import type { ItemOf } from "./format/types.ts";
import { heapOn } from "./kernels/wasm/heap.ts";
import { checkShape, product } from "./layout/shape.ts";
import { checkAddress } from "./memory/address.ts";
import { Block } from "./memory/block.ts";
import { type Source, sourceOf } from "./memory/source.ts";
import { numberOption, readOptions } from "./options.ts";
import { MemoryView } from "./view/memory-view.ts";
import { EXPORT, type Export, viewAs, viewOfBlock } from "./view/memoryview.ts";
import type { Lengths, RankOf } from "./view/types.ts";
import type { ViewWindow } from "./view/window.ts";

export interface FromOptions {
  /** Who gives out the bytes, where it is not recognised. */
  allocator?: Allocator;
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
  /** As `LinearMemory.alloc`; freed at the end of the scope. */
  alloc<const F extends string, const S extends Lengths>(
    format: F,
    shape: S,
    options?: AllocOptions,
  ): MemoryView<ItemOf<F>, B, RankOf<S>, F>;
}

/** The owner of each memory's bytes: two allocators on one memory would hand out the same addresses. */
const owners = new WeakMap<WebAssembly.Memory, LinearMemory>();

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
  readonly #books = new Books();
  #ended = false;

  private constructor(source: Source, allocator: Allocator | undefined) {
    this.#source = source;
    this.#allocator = allocator;
    if (source.memory) owners.set(source.memory, this);
  }

  /**
   * A memory with the built-in AssemblyScript heap; synchronous.
   *
   * @throws ValueError for options out of range, AllocationError when the engine has no such memory,
   * UnsupportedError where WebAssembly may not be compiled from bytes (pass `module`).
   */
  static create(options: CreateOptions & { shared: true }): LinearMemory<SharedArrayBuffer>;
  static create(options?: CreateOptions): LinearMemory<ArrayBuffer>;
  static create(options?: CreateOptions): LinearMemory {
    const operation = "LinearMemory.create";
    const read = readOptions(options, ["initial", "maximum", "shared", "memory", "base", "module"], operation);
    if (read.module !== undefined && Object.prototype.toString.call(read.module) !== "[object WebAssembly.Module]") {
      throw new ValueError(operation, `module is ${show(read.module)}`, "pass a WebAssembly.Module");
    }
    const memory = memoryOf(read, operation);
    if (owners.get(memory)) {
      throw new AllocationError(operation, "the memory has an owner already", "use LinearMemory.from(memory)");
    }
    const code = heapOn(memory, read.module, operation);
    const base = heapBase(memory, read, code.heap_bytes(), operation);
    return new LinearMemory(sourceOf(memory), new Heap(memory, code, base));
  }

  /**
   * Anyone's memory: an instance, its exports, an Emscripten `Module` or a bare memory. Its allocator is recognised, or
   * given; without one, windows can be viewed but nothing allocated. One memory has one `LinearMemory`: asking again
   * returns it.
   *
   * @throws UnsupportedError with what was found, when there is no memory.
   */
  static from(target: unknown, options?: FromOptions): LinearMemory {
    const operation = "LinearMemory.from";
    const { allocator } = readOptions(options, ["allocator"], operation);
    if (target instanceof LinearMemory) return target;
    if (allocator !== undefined) checkAllocator(allocator, operation);
    const found = recognize(target, operation);
    const known = found.memory && owners.get(found.memory);
    if (known && (known.#allocator || !(allocator ?? found.allocator))) {
      if (!allocator || allocator === known.#allocator) return known;
      throw new AllocationError(operation, "the memory has an allocator already", "use LinearMemory.from(memory)");
    }
    return new LinearMemory(sourceOf(found.memory ?? found.live!), allocator ?? found.allocator);
  }

  /** The memory itself; undefined for a module that shows only its buffer. */
  get memory(): WebAssembly.Memory {
    return this.#source.memory as WebAssembly.Memory;
  }

  /** The buffer as it is now; the next growth replaces it. */
  get buffer(): B {
    return this.#source.buffer as B;
  }

  /**
   * A new block as a packed view that owns it: `release()` or `using` frees it. 16-byte aligned and zeroed, whatever
   * the allocator promises.
   *
   * @throws AllocationError with the bytes asked for and what is there, UnsupportedError without an allocator.
   */
  alloc<const F extends string, const S extends Lengths>(
    format: F,
    shape: S,
    options?: AllocOptions,
  ): MemoryView<ItemOf<F>, B, RankOf<S>, F> {
    const operation = "LinearMemory.alloc";
    const { align = 16, zero = true } = readOptions(options, ["align", "zero"], operation);
    if (!Number.isInteger(Math.log2(numberOption(align, "align", operation, 16, 2 ** 31)))) {
      throw new ValueError(operation, `align is ${align}`, "align is a power of two");
    }
    if (typeof zero !== "boolean") throw new ValueError(operation, `zero is ${show(zero)}`, "zero is true or false");
    const items = formatOf(format, operation);
    const lengths = checkShape(shape, operation);
    const entry = this.#take(product(lengths) * items.itemsize, align, operation);
    const { block } = entry;
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
   */
  free(target: MemoryView | number | bigint): void {
    const operation = "LinearMemory.free";
    if (!(target instanceof MemoryView)) {
      this.#free(this.#books.find(checkAddress(target, true, "the address", operation), operation), operation);
      return;
    }
    const block = target._check(operation);
    const entry = this.#books.at(block.low);
    if (entry?.block !== block) {
      throw new AllocationError(
        operation,
        `${target} is of no block that this memory allocated`,
        "release() it instead",
      );
    }
    this.#free(entry, operation);
  }

  /**
   * Runs a function with an allocator of its own; all that it allocated is freed at the end, throw or not. What the
   * function returns is returned; when that is a promise, the scope ends as it settles.
   */
  scope<R>(body: (scope: Scope<B>) => R): R {
    const entries: Entry[] = [];
    const end = (): void => {
      const failures: unknown[] = [];
      for (const entry of entries.reverse()) {
        if (entry.block.ended) continue;
        try {
          this.#free(entry, "LinearMemory.scope");
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    };
    const scope: Scope<B> = {
      alloc: (format, shape, options) => {
        const view = this.alloc(format, shape, options);
        entries.push(this.#books.at(view.byteOffset)!);
        return view;
      },
    };
    let result: R;
    try {
      result = body(scope);
    } catch (error) {
      settle(end);
      throw error;
    }
    if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
      return Promise.resolve(result).finally(end) as R;
    }
    end();
    return result;
  }

  /** As `memoryview(memory, window)`: a window on any of the memory's bytes, allocated or not. */
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
   */
  grow(bytes: number): number {
    const operation = "LinearMemory.grow";
    this.#check(operation);
    numberOption(bytes, "bytes", operation, 0, MAX_BYTES);
    const allocator = this.#need(operation);
    if (isGrowing(allocator)) {
      if (bytes > 0 && !allocator.grow(bytes)) throw this.#noRoom(bytes, operation);
    } else {
      const entry = this.#take(bytes, 16, operation);
      this.#free(entry, operation);
    }
    return this.#source.byteLength;
  }

  /** Bytes and blocks allocated here and not freed. */
  stats(): Stats {
    const { liveBytes, liveBlocks, peakBytes } = this.#books;
    return { liveBytes, liveBlocks, peakBytes, capacity: this.#source.byteLength };
  }

  /** @internal Scratch for kernels, uninitialised: freed like any block. */
  _scratch(nbytes: number, operation: string): { address: number; free: () => void } {
    const entry = this.#take(nbytes, 16, operation);
    return { address: entry.block.low, free: () => entry.block.ended || this.#free(entry, operation) };
  }

  /** The export protocol: a view of the whole memory. */
  [EXPORT](): Pick<Export, "source"> {
    return { source: this.#source.memory ?? this.#source.live };
  }

  /** Frees every block allocated here. @throws ExportedError while one is held; then none is freed. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    const entries = this.#books.all();
    for (const { block } of entries) block.checkFree("LinearMemory.dispose");
    for (const entry of entries) this.#free(entry, "LinearMemory.dispose");
    this.#ended = true;
  }

  // ---- inside ------------------------------------------------------------------------------------------------------

  #check(operation: string): void {
    if (this.#ended) throw new ReleasedError(operation, "the LinearMemory was disposed", "create another");
  }

  #need(operation: string): Allocator {
    this.#check(operation);
    if (this.#allocator) return this.#allocator;
    throw new UnsupportedError(
      operation,
      "this memory has no allocator",
      "pass { allocator }, or put a heap on it: LinearMemory.create({ memory })",
    );
  }

  #noRoom(bytes: number, operation: string): AllocationError {
    const allocator = this.#allocator;
    const largest = allocator && isGrowing(allocator) ? `the largest free block has ${allocator.largest()}` : "";
    return new AllocationError(
      operation,
      `no room for ${bytes} bytes: ${largest || "the allocator answered 0"}, and the memory of ${this.#source.byteLength} cannot grow by as many`,
      "free blocks, or raise the maximum",
    );
  }

  /** A block of at least `nbytes` at an aligned address, entered in the books. */
  #take(nbytes: number, align: number, operation: string): Entry {
    const allocator = this.#need(operation);
    if (nbytes > MAX_BYTES) throw this.#noRoom(nbytes, operation);
    // A weak malloc is asked for more, and the block begins where its alignment is met.
    const given = isGrowing(allocator) ? align : (allocator.align ?? 8);
    const reserved = nbytes + Math.max(0, align - given);
    const address = isGrowing(allocator)
      ? takeGrowing(allocator, nbytes, align)
      : this.#takeGuest(allocator, reserved, given, operation);
    if (address === 0) throw this.#noRoom(nbytes, operation);
    const low = Math.ceil(address / align) * align;
    const block = new Block(this.#source, low, low + nbytes, this);
    const entry = { block, nbytes, address, reserved };
    this.#books.add(entry);
    return entry;
  }

  /** An address from a guest's allocator, which may answer anything. 0 when it has no room. */
  #takeGuest(allocator: Allocator, bytes: number, align: number, operation: string): number {
    let answer: number | bigint;
    try {
      answer = allocator.alloc(bytes);
    } catch (cause) {
      const problem = `the allocator threw when asked for ${bytes} bytes`;
      throw new AllocationError(operation, problem, "see the cause", { cause });
    }
    const refuse = (problem: string, hint: string): never => {
      throw new AllocationError(
        operation,
        `the allocator answered ${show(answer)} for ${bytes} bytes: ${problem}`,
        hint,
      );
    };
    let address: number;
    try {
      address = checkAddress(answer, true, "the answer", operation);
    } catch (error) {
      return refuse("no address", (error as MemoryViewError).hint);
    }
    if (address === 0) return 0;
    const size = this.#source.byteLength;
    if (address + bytes > size) refuse(`it ends at ${address + bytes}, the memory has ${size}`, "nothing was recorded");
    const taken = this.#books.within(address, address + Math.max(bytes, 1));
    if (taken) refuse(`the live block at ${taken.block.low} of ${taken.nbytes} bytes is there`, "nothing was recorded");
    if (address % align !== 0) {
      allocator.free(address, bytes);
      refuse(`no multiple of ${align}, its own alignment`, "state the true alignment");
    }
    return address;
  }

  #free(entry: Entry, operation: string): void {
    const { block, nbytes, address, reserved } = entry;
    block.checkFree(operation);
    try {
      this.#allocator!.free(address, reserved);
    } catch (cause) {
      const problem = `the allocator refused to free the block at ${block.low} of ${nbytes} bytes`;
      throw new AllocationError(operation, problem, "the block is still live", { cause });
    }
    this.#books.remove(entry);
    block.end(`the block at ${block.low} of ${nbytes} bytes was freed`);
  }
}

const isGrowing = (allocator: Allocator): allocator is GrowingAllocator => allocator instanceof Heap;

/** An aligned address from the built-in heap, which grows its memory when it must. 0 when it cannot. */
function takeGrowing(heap: GrowingAllocator, nbytes: number, align: number): number {
  const address = heap.allocAligned(nbytes, align);
  if (address !== 0) return address;
  return heap.grow(nbytes + align + OVERHEAD) ? heap.allocAligned(nbytes, align) : 0;
}

/** Runs the end of a scope whose body threw: the body's error is the one that counts. */
function settle(end: () => void): void {
  try {
    end();
  } catch {
    // The blocks that something holds stay; the error on its way tells more than that.
  }
}

function checkAllocator(allocator: Allocator, operation: string): void {
  const { alloc, free, align = 8 } = (allocator ?? {}) as Partial<Allocator>;
  if (typeof alloc !== "function" || typeof free !== "function") {
    throw new ValueError(operation, "the allocator lacks alloc or free", "pass { alloc, free, align }");
  }
  if (!Number.isInteger(align) || align < 1 || !Number.isInteger(Math.log2(align))) {
    throw new ValueError(operation, `the allocator's align is ${show(align)}`, "align is a power of two");
  }
}
