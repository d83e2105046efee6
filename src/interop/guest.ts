import { BoundsError, LayoutError, show, ValueError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { Format } from "../format/format.ts";
import { type NativeCode, SCALARS } from "../format/scalars.ts";
import { product } from "../layout/shape.ts";
import { LinearMemory } from "../linear-memory.ts";
import { checkAddress } from "../memory/address.ts";
import type { Lifetime } from "../memory/lifetime.ts";
import { sameBytes, type Source, sourceOf } from "../memory/source.ts";
import { MemoryView } from "../view/memory-view.ts";
import { EXPORT, viewAs } from "../view/memoryview.ts";

/** Made when the first text is read: a worklet has none. */
let decoder: TextDecoder | undefined;

/** UTF-8 as a string; what is none becomes U+FFFD. */
export const decode = (bytes: Uint8Array): string =>
  (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);

/** What a refusal says of whose the structures are. */
const KEPT = "nothing was taken";

/** C structures in a module's memory. Nothing that they say is believed: each address and count is looked at. */
export class Guest {
  readonly memory: LinearMemory;
  readonly source: Source;
  readonly operation: string;

  /** @param target what `LinearMemory.from` takes. */
  constructor(target: unknown, operation: string) {
    this.memory = LinearMemory.from(target);
    this.source = sourceOf(this.memory[EXPORT]().source as WebAssembly.Memory);
    this.operation = operation;
  }

  /** A number as a pointer, for a call or a structure: those of 64 bits are bigints. */
  pointer(address: number): number | bigint {
    return this.source.wide ? BigInt(address) : address;
  }

  /** A packed view at an address. @throws BoundsError naming what it is of */
  view(what: string, address: unknown, format: string, shape: readonly number[], lifetime?: Lifetime): MemoryView {
    const { memory, source, operation } = this;
    const byteOffset = checkAddress(address, true, `the address of ${what}`, operation);
    const nbytes = product(shape) * formatOf(format, operation, source).itemsize;
    source.reach(byteOffset + nbytes);
    const size = source.byteLength;
    if (nbytes > 0 && (byteOffset === 0 || byteOffset + nbytes > size)) {
      throw new BoundsError(operation, `${what} has ${nbytes} bytes at ${byteOffset}, the memory ${size}`, KEPT);
    }
    // A view of no bytes may be anywhere: addresses of them are often made up.
    return viewAs(
      memory,
      { byteOffset: nbytes && byteOffset, format, shape, ...(lifetime && { lifetime }) },
      operation,
    );
  }

  /** @throws ValueError unless it is a view of this memory, ReleasedError */
  checkOwn(what: string, view: unknown): asserts view is MemoryView {
    if (view instanceof MemoryView && sameBytes(view._check(this.operation).source, this.source)) return;
    throw new ValueError(this.operation, `${what} is ${show(view)}`, "pass a view of this memory");
  }

  /** An integer of 64 bits as a number. @throws LayoutError unless it is exact, and from `least` to `most` */
  whole(what: string, value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const number = Number(value);
    if (number >= least && number <= most && Number.isSafeInteger(number)) return number;
    throw new LayoutError(this.operation, `${what} is ${show(value)}, it is from ${least} to ${most}`, KEPT);
  }

  /** A text of C. @throws BoundsError when it has no end */
  text(what: string, address: unknown): string {
    const { byteOffset } = this.view(what, address, "B", [1]);
    const bytes = this.source.array(Uint8Array);
    const end = bytes.indexOf(0, byteOffset);
    if (end < 0) throw new BoundsError(this.operation, `${what} at ${byteOffset} has no end`, KEPT);
    return decode(bytes.slice(byteOffset, end));
  }
}

/** Runs what takes things for a while; `giveBack` gives them back in reverse, once, and so does an error on the way. */
export function taking<R>(take: (later: (step: () => void) => void, giveBack: () => void) => R): R {
  const steps: (() => void)[] = [];
  const giveBack = (): void => {
    const step = steps.pop();
    if (!step) return;
    try {
      step();
    } finally {
      giveBack();
    }
  };
  try {
    return take((step) => void steps.push(step), giveBack);
  } catch (error) {
    giveBack();
    throw error;
  }
}

const NATIVE = [..."bBhHiIqQfd"] as NativeCode[];

/** The code of a format's numbers, `i` also for `l`; undefined for other items, and for the byte order of others. */
export function codeOf({ array, scalar, code, little, itemsize }: Format): string | undefined {
  if (array) return NATIVE.find((native) => SCALARS[native].array === array);
  return (scalar && (little || itemsize === 1)) || code === "s" ? code : undefined;
}
