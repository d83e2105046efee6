import { checkIndex } from "../layout/layout.ts";
import { checkOption, flag } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";

/**
 * Booleans of one bit each, the lowest bit of a byte first, from any bit of the first byte on: Arrow's booleans and its
 * validity bits. No copy; a write changes one bit and no other.
 *
 * @example column.validity.set(3, false) // item 3 is null
 */
export class Bits implements Iterable<boolean> {
  readonly length: number;
  readonly #bytes: MemoryView<number>;
  readonly #first: number;

  /** @internal */
  constructor(bytes: MemoryView<number>, first: number, length: number) {
    this.#bytes = bytes;
    this.#first = first;
    this.length = length;
  }

  /** One bit; a negative index counts from the end. @throws BoundsError @example bits.get(-1) */
  get(index: number): boolean {
    const at = this.#first + checkIndex(index, this.length, 0, "Bits.get");
    return ((this.#bytes.get(Math.floor(at / 8)) >>> (at & 7)) & 1) === 1;
  }

  /** Writes one bit. @throws BoundsError, ValueError, ReadonlyError @example bits.set(0, true) */
  set(index: number, value: boolean): void {
    const operation = "Bits.set";
    const at = this.#first + checkIndex(index, this.length, 0, operation);
    checkOption(value, "the value", flag, operation);
    const byte = Math.floor(at / 8);
    const mask = 1 << (at & 7);
    const old = this.#bytes.get(byte);
    this.#bytes.set(byte, value ? old | mask : old & ~mask);
  }

  /** How many bits are set. @example column.validity.count() */
  count(): number {
    let count = 0;
    for (const bit of this) if (bit) count++;
    return count;
  }

  *[Symbol.iterator](): IterableIterator<boolean, undefined> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }
}
