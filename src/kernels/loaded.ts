import type { Allocator } from "../alloc/allocator.ts";
import { CREATE } from "../alloc/create.ts";
import { show, UnsupportedError, ValueError } from "../errors.ts";
import { LinearMemory } from "../linear-memory.ts";
import { isMemory, type Source, sourceOf } from "../memory/source.ts";
import { anything, readOptions } from "../options.ts";

export interface LoadOptions {
  /** `linearview/kernels.wasm`, compiled by you, where compiling bytes is forbidden. */
  module?: WebAssembly.Module;
  /** Who gives out scratch, where the memory's owner is not known. */
  allocator?: Allocator;
}

/** A block of bytes for kernels, uninitialised. */
export interface Scratch {
  readonly address: number;
  readonly bytes: number;
  free(): void;
}

/** A memory that kernels are instantiated on, and the scratch that they share. */
export class Loaded {
  readonly memory: WebAssembly.Memory;
  readonly source: Source;
  readonly module: WebAssembly.Module | undefined;
  readonly owner: LinearMemory;
  #scratch: Scratch | undefined;

  constructor(target: LinearMemory | WebAssembly.Memory, options: LoadOptions | undefined, operation: string) {
    const { module, allocator } = readOptions(options, { module: CREATE.module, allocator: anything }, operation);
    if (!(target instanceof LinearMemory) && !isMemory(target)) {
      throw new ValueError(operation, `the memory is ${show(target)}`, "pass a LinearMemory or a WebAssembly.Memory");
    }
    this.owner = LinearMemory.from(target, allocator && { allocator });
    if (!isMemory(this.owner.memory)) {
      throw new UnsupportedError(operation, "the module shows only its buffer", "pass its WebAssembly.Memory");
    }
    this.memory = this.owner.memory;
    this.source = sourceOf(this.memory);
    this.module = module;
  }

  /**
   * The address of at least `bytes` bytes that stay until `release()`: a call of the same size allocates nothing. Taking
   * scratch can grow the memory, so views are looked at afterwards.
   *
   * @throws AllocationError, or UnsupportedError when the memory has no allocator.
   */
  scratch(bytes: number, operation: string): number {
    if (!this.#scratch || this.#scratch.bytes < bytes) {
      this.release();
      this.#scratch = { ...this.owner._scratch(bytes, operation), bytes };
    }
    return this.#scratch.address;
  }

  /** Puts another scratch in the place of this one, which is the caller's to free from now on. */
  exchange(scratch?: Scratch): Scratch | undefined {
    const before = this.#scratch;
    this.#scratch = scratch;
    return before;
  }

  /** Gives the scratch back; the next call that needs some takes it again. */
  release(): void {
    this.exchange()?.free();
  }
}
