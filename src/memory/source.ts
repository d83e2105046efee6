/** A typed array class, or anything made from a whole buffer in the same way. */
export interface ArrayClass<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): T;
}

/** Told by its tag: a buffer of another realm is one too, and where `SharedArrayBuffer` is hidden memory can be shared. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return ""; // a proxy, whose tag somebody else's code answers
  }
}
export const isBuffer = (value: unknown): value is ArrayBufferLike =>
  tagOf(value) === "[object ArrayBuffer]" || tagOf(value) === "[object SharedArrayBuffer]";
export const isMemory = (value: unknown): value is WebAssembly.Memory => tagOf(value) === "[object WebAssembly.Memory]";
export const isShared = (buffer: ArrayBufferLike): buffer is SharedArrayBuffer =>
  tagOf(buffer) === "[object SharedArrayBuffer]";

/**
 * Whether addresses are of 64 bits. `grow` reads its argument as a bigint there, and no text is one; else a text is no
 * number, which is another error. Nothing grows. Engines whose experimental 64-bit memories still take numbers say no.
 */
export function isWide(memory: WebAssembly.Memory): boolean {
  try {
    memory.grow("x" as never);
  } catch (error) {
    return (error as Error).name === "SyntaxError";
  }
  return false;
}

/**
 * What bytes sit in: a buffer that may be replaced when it grows. The only place that asks for the live buffer, and
 * the owner of the typed arrays over the whole of it, which every view of it shares.
 *
 * The first property is a function on purpose: structured cloning of anything that reaches a source meets it first
 * and is refused, instead of shipping the whole memory.
 */
export class Source {
  declare readonly live: () => ArrayBufferLike;
  declare readonly memory: WebAssembly.Memory | undefined;
  #buffer: ArrayBufferLike;
  #length = -1;
  #wide: boolean | undefined;
  #arrays = new Map<ArrayClass<unknown>, unknown>();
  #data!: DataView;

  constructor(live: () => ArrayBufferLike, memory?: WebAssembly.Memory) {
    this.live = live;
    this.memory = memory;
    this.#buffer = live();
    this.refresh();
  }

  /** Whether addresses are of 64 bits, as `n N P` are then; asked once. */
  get wide(): boolean {
    return (this.#wide ??= this.memory !== undefined && isWide(this.memory));
  }

  /** The buffer as it is now. Costs many items to read; take it once per operation. */
  get buffer(): ArrayBufferLike {
    this.refresh();
    return this.#buffer;
  }

  get byteLength(): number {
    this.refresh();
    return this.#length;
  }

  /** A view of all bytes as of the last refresh. */
  get data(): DataView {
    return this.#data;
  }

  /** Drops the typed arrays of a buffer that was replaced, detached or made longer. */
  refresh(): void {
    const buffer = this.live();
    if (buffer === this.#buffer && buffer.byteLength === this.#length) return;
    this.#buffer = buffer;
    this.#length = buffer.byteLength;
    this.#arrays.clear();
    this.#data = new DataView(this.#usable());
  }

  /** All of the buffer as items of one size; made once per growth, for all views. */
  array<T>(type: ArrayClass<T>): T {
    this.refresh();
    let array = this.#arrays.get(type) as T | undefined;
    if (!array) {
      const buffer = this.#usable();
      array = new type(buffer, 0, Math.floor(buffer.byteLength / type.BYTES_PER_ELEMENT));
      this.#arrays.set(type, array);
    }
    return array;
  }

  /** The buffer, or where it has no bytes another without: a detached one takes no view. */
  #usable(): ArrayBufferLike {
    return this.#length > 0 ? this.#buffer : new ArrayBuffer(0);
  }

  /**
   * Looks again when `end` lies past what is seen: another thread may have grown a shared memory, and some engines show
   * that only after `grow(0)`, which detaches nothing there. Unshared memory is never grown behind its owner's back.
   */
  reach(end: number): void {
    this.refresh();
    if (end > this.#length && this.memory && isShared(this.#buffer)) {
      this.memory.grow(0);
      this.refresh();
    }
  }
}

const known = new WeakMap<object, Source>();

/** The one source of a memory, buffer or live-buffer function: views of one thing share its typed arrays. */
export function sourceOf(owner: WebAssembly.Memory | ArrayBufferLike | (() => ArrayBufferLike)): Source {
  let source = known.get(owner);
  if (!source) {
    if (typeof owner === "function") source = new Source(owner);
    else if (isBuffer(owner)) source = new Source(() => owner);
    else source = new Source(() => owner.buffer, owner);
    known.set(owner, source);
  }
  return source;
}

/** Whether two sources are the same bytes: a memory and its own buffer are. */
export const sameBytes = (a: Source, b: Source): boolean => a === b || a.buffer === b.buffer;
