import { BoundsError, LayoutError, show, ValueError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { Format } from "../format/format.ts";
import { type NativeCode, SCALARS } from "../format/scalars.ts";
import { product } from "../layout/shape.ts";
import { LinearMemory } from "../linear-memory.ts";
import { checkAddress } from "../memory/address.ts";
import type { LifetimeKind } from "../memory/block.ts";
import { Lifetime } from "../memory/lifetime.ts";
import { isBuffer, sameBytes, type Source, sourceOf } from "../memory/source.ts";
import { MemoryView } from "../view/memory-view.ts";
import { EXPORT, viewAs } from "../view/memoryview.ts";

/** Made when the first text is read: a worklet has none. */
let decoder: TextDecoder | undefined;

/** UTF-8 as a string; what is none becomes U+FFFD. */
export const decode = (bytes: Uint8Array): string =>
  (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);

/** What a refusal says of whose the structures are. */
const KEPT = "nothing was taken";

/** Remembers a step back, and returns it. */
export type Later = <Step extends () => void>(step: Step) => Step;

/** C structures in a module's memory. Nothing that they say is believed: each address and count is looked at. */
export class Guest {
  readonly #memory: LinearMemory | undefined;
  /** The memory itself, or what returns its buffer. */
  readonly owner: WebAssembly.Memory | ArrayBufferLike | (() => ArrayBufferLike);
  readonly source: Source;
  readonly operation: string;

  /** @param target what `LinearMemory.from` takes; to read alone, also a buffer, or a function that returns it. */
  constructor(target: unknown, operation: string) {
    if (typeof target === "function" || isBuffer(target)) this.owner = target as ArrayBufferLike;
    else {
      this.#memory = LinearMemory.from(target);
      this.owner = this.#memory[EXPORT]().source as WebAssembly.Memory;
    }
    this.source = sourceOf(this.owner);
    this.operation = operation;
  }

  /** A number as a pointer, for a call or a structure: those of 64 bits are bigints. */
  pointer(address: number): number | bigint {
    return this.source.wide ? BigInt(address) : address;
  }

  /** An address as a number. @throws BoundsError naming what it is of */
  address(what: string, address: unknown): number {
    return checkAddress(address, true, `the address of ${what}`, this.operation);
  }

  /** Where items are. @throws BoundsError naming what they are of */
  #find(what: string, address: unknown, text: string, count: number) {
    const { source, operation } = this;
    const byteOffset = this.address(what, address);
    const format = formatOf(text, operation, source);
    const nbytes = count * format.itemsize;
    source.reach(byteOffset + nbytes);
    const size = source.byteLength;
    if (nbytes > 0 && (byteOffset === 0 || byteOffset + nbytes > size)) {
      throw new BoundsError(operation, `${what} has ${nbytes} bytes at ${byteOffset}, the memory ${size}`, KEPT);
    }
    // A view of no bytes may be anywhere: addresses of them are often made up.
    return { byteOffset: nbytes && byteOffset, format };
  }

  /** Items at an address, read now: records as objects. @throws BoundsError naming what they are of */
  read(what: string, address: unknown, text: string, count = 1): any[] {
    const { byteOffset, format } = this.#find(what, address, text, count);
    return Array.from({ length: count }, (_, i) => format.read(this.source.data, byteOffset + i * format.itemsize));
  }

  /** A packed view at an address. @throws BoundsError naming what it is of */
  view(what: string, address: unknown, format: string, shape: readonly number[], lifetime?: Lifetime): MemoryView {
    const { byteOffset } = this.#find(what, address, format, product(shape));
    return viewAs(this.owner, { byteOffset, format, shape, lifetime }, this.operation);
  }

  /** A block of zeros, which nobody frees before the step back. @throws AllocationError */
  alloc(later: Later, format: string, length: number): MemoryView {
    const block = this.#memory!.alloc(format, length) as MemoryView;
    later(() => block.release());
    later(block.hold());
    return block;
  }

  /** The address of such a block with these items. @throws AllocationError */
  put(later: Later, format: string, values: ArrayLike<unknown>): number {
    return this.alloc(later, format, values.length).assign(values as never).byteOffset;
  }

  /** @throws ValueError unless it is a view of this memory, ReleasedError */
  checkOwn(what: string, view: unknown): asserts view is MemoryView {
    if (view instanceof MemoryView && sameBytes(view._check(this.operation).source, this.source)) return;
    throw new ValueError(this.operation, `${what} is no view of this memory`, "copy it first");
  }

  /** An integer of 64 bits as a number. @throws LayoutError unless it is exact, and from `least` to `most` */
  whole(what: string, value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const number = Number(value);
    if (number >= least && number <= most && Number.isSafeInteger(number)) return number;
    throw new LayoutError(this.operation, `${what} is ${show(value)}, it is from ${least} to ${most}`, KEPT);
  }

  /** A text of C. @throws BoundsError when it has no end */
  text(what: string, address: unknown): string {
    const { byteOffset } = this.#find(what, address, "B", 1);
    const bytes = this.source.array(Uint8Array);
    const end = bytes.indexOf(0, byteOffset);
    if (end < 0) throw new BoundsError(this.operation, `${what} at ${byteOffset} has no end`, KEPT);
    return decode(bytes.slice(byteOffset, end));
  }
}

/** Calls all steps, the last first, whatever one of them throws, and drops them. */
export function unwind(steps: (() => unknown)[]): void {
  const step = steps.pop();
  if (!step) return;
  try {
    step();
  } finally {
    unwind(steps);
  }
}

/** Runs what takes things for a while; `giveBack` gives them back in reverse, once, and so does an error on the way. */
export function taking<R>(take: (later: Later, giveBack: () => void) => R): R {
  const steps: (() => void)[] = [];
  const giveBack = (): void => unwind(steps);
  try {
    return take((step) => {
      steps.push(step);
      return step;
    }, giveBack);
  } catch (error) {
    giveBack();
    throw error;
  }
}

/**
 * The lifetime of what somebody lent, and what ends it: then it is given back, once.
 *
 * @param operation what is refused, with ExportedError, while a view is held.
 */
export function lend(
  kind: LifetimeKind,
  name: string,
  giveBack: () => void,
  valid?: () => boolean,
  operation = "MemoryView.release",
): { lifetime: Lifetime; release: () => void } {
  const lifetime = new Lifetime(kind, { name, valid });
  let lent = true; // also when the lifetime has ended by itself
  const release = (): void => {
    if (!lent) return;
    lifetime.checkFree(operation);
    lent = false;
    lifetime.end(`${name} was released`);
    giveBack();
  };
  return { lifetime, release };
}

const NATIVE = [..."bBhHiIqQfd"] as NativeCode[];

/** The code of a format's numbers, `i` also for `l`; undefined for other items, and for the byte order of others. */
export function codeOf({ array, scalar, code, little, itemsize }: Format): string | undefined {
  if (array) return NATIVE.find((native) => SCALARS[native].array === array);
  return (scalar && (little || itemsize === 1)) || code === "s" ? code : undefined;
}
