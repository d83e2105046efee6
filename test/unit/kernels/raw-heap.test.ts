import { hex } from "virtual:wasm/heap";
import { describe, expect, test } from "vitest";
import { type Kernels, kernelsOn, randomNumbers } from "./support.ts";

const PAGE = 65536;

/** A heap on a memory, whose addresses are unsigned. */
class Heap {
  readonly memory: WebAssembly.Memory;
  readonly at: number;
  readonly #exports: Kernels["exports"];

  constructor(memory: WebAssembly.Memory, at: number, end = Math.min(memory.buffer.byteLength, 0xfffffff0)) {
    this.memory = memory;
    this.at = at;
    this.#exports = kernelsOn({ memory, base: at }, hex).exports;
    this.#exports.heap_init!(at, end);
  }
  get control(): number {
    return this.#exports.heap_bytes!() >>> 0;
  }
  alloc(size: number, align = 16): number {
    return this.#exports.heap_alloc!(this.at, size, align) >>> 0;
  }
  free(address: number): boolean {
    return this.#exports.heap_free!(this.at, address) === 1;
  }
  add(start: number, end: number): void {
    this.#exports.heap_add!(this.at, start, end);
  }
  largest(): number {
    return this.#exports.heap_largest!(this.at) >>> 0;
  }
}

interface Block {
  readonly size: number;
  readonly tag: number;
}

/** Who owns which bytes, kept by the test: every block is filled with a tag of its own. */
class Owners {
  readonly blocks = new Map<number, Block>();
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }
  add(address: number, size: number, tag: number): void {
    for (const [other, block] of this.blocks) {
      const apart = other + Math.max(block.size, 1) <= address || address + Math.max(size, 1) <= other;
      if (!apart) throw new Error(`${size} bytes at ${address} overlap ${block.size} at ${other}`);
    }
    new Uint8Array(this.#memory.buffer, address, size).fill(tag);
    this.blocks.set(address, { size, tag });
  }
  /** Takes a block off the books. Its bytes are those that were written. */
  remove(address: number): void {
    const { size, tag } = this.blocks.get(address)!;
    const wrong = new Uint8Array(this.#memory.buffer, address, size).findIndex((byte) => byte !== tag);
    if (wrong >= 0) throw new Error(`byte ${wrong} of ${size} at ${address} has changed`);
    this.blocks.delete(address);
  }
}

/** Pages that are never touched cost nothing. */
const PLACES: Record<string, () => { memory: WebAssembly.Memory; at: number }> = {
  "at 1024": () => ({ memory: new WebAssembly.Memory({ initial: 4 }), at: 1024 }),
  "in shared memory": () => ({ memory: new WebAssembly.Memory({ initial: 4, maximum: 40, shared: true }), at: 1024 }),
  "above 2 GiB": () => ({ memory: new WebAssembly.Memory({ initial: 32768 + 8 }), at: 2 ** 31 + PAGE }),
  "at the end of 4 GiB": () => ({ memory: new WebAssembly.Memory({ initial: 65536 }), at: 2 ** 32 - 5 * PAGE }),
};

describe.each(Object.entries(PLACES))("heap %s", (_, place) => {
  test.each([1, 2, 3, 4, 5, 6])("random alloc, free and add, seed %i: no block overlaps, moves or changes", (seed) => {
    const { memory, at } = place();
    const heap = new Heap(memory, at);
    const owners = new Owners(memory);
    const random = randomNumbers(seed);
    const whole = heap.largest();
    let regions = 1;
    const freeOne = (): void => {
      const address = [...owners.blocks.keys()][random(owners.blocks.size)]!;
      owners.remove(address);
      expect(heap.free(address)).toBe(true);
      expect(heap.free(address), "freed twice").toBe(false);
    };
    for (let step = 0; step < 2500; step++) {
      if (owners.blocks.size > 0 && random(3) === 0) {
        freeOne();
        continue;
      }
      const size = random(2) === 0 ? random(200) : random(6000);
      const align = random(3) === 0 ? 16 << random(9) : 16;
      const address = heap.alloc(size, align);
      if (address !== 0) {
        expect(address % align).toBe(0);
        expect(address).toBeGreaterThanOrEqual(at + heap.control);
        owners.add(address, size, random(256));
      } else if (regions < 4 && memory.buffer.byteLength + 3 * PAGE <= 2 ** 32) {
        const before = memory.grow(3) * PAGE;
        heap.add(before + random(2) * PAGE, memory.buffer.byteLength); // one that follows, or one with a gap
        regions++;
      } else if (owners.blocks.size > 0) freeOne();
    }
    while (owners.blocks.size > 0) freeOne();
    if (regions === 1) expect(heap.largest()).toBe(whole);
    const all = heap.alloc(heap.largest());
    expect(all).not.toBe(0);
    expect(heap.free(all)).toBe(true);
  });

  test("filled to the end and freed in any order, it is one block of the size it had", () => {
    const { memory, at } = place();
    const heap = new Heap(memory, at);
    const random = randomNumbers(99);
    const whole = heap.largest();
    const addresses: number[] = [];
    for (const size of [5000, 300, 24]) {
      for (let address = heap.alloc(size); address !== 0; address = heap.alloc(size)) addresses.push(address);
    }
    expect(heap.largest()).toBe(0);
    expect(new Set(addresses).size).toBe(addresses.length);
    while (addresses.length > 0) expect(heap.free(addresses.splice(random(addresses.length), 1)[0]!)).toBe(true);
    expect(heap.largest()).toBe(whole);
    const all = heap.alloc(whole);
    expect(all).not.toBe(0);
    expect(heap.alloc(0)).toBe(0);
    expect(heap.free(all)).toBe(true);
  });
});

test("heap_alloc: 0 when no block is large enough, for sizes up to 4 GiB and any alignment; never a trap", () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 4 }), 1024);
  const whole = heap.largest();
  for (const size of [whole + 1, 2 ** 31, 2 ** 32 - 257, 2 ** 32 - 256, 2 ** 32 - 17, 2 ** 32 - 1]) {
    for (const align of [16, 4096, 2 ** 20, 2 ** 31]) expect(heap.alloc(size, align), `${size} ${align}`).toBe(0);
  }
  for (const align of [2 ** 20, 2 ** 31]) expect(heap.alloc(16, align)).toBe(0);
  expect(heap.largest()).toBe(whole);
  expect(heap.alloc(0)).not.toBe(0);
});

test("heap_alloc: all but a little of 4 GiB in one block, and the rest after it", () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 65536 }), 1024);
  const most = heap.alloc(2 ** 32 - PAGE);
  expect(most).not.toBe(0);
  const rest = heap.alloc(1000);
  expect(rest).toBeGreaterThanOrEqual(most + 2 ** 32 - PAGE);
  expect(rest + 1000).toBeLessThanOrEqual(2 ** 32 - 16);
  expect(heap.free(most)).toBe(true);
  expect(heap.free(rest)).toBe(true);
});

test("heap_add: a region that begins where the last one ended makes one block with it, used or free", () => {
  for (const used of [false, true]) {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const heap = new Heap(memory, 1024);
    const before = heap.largest();
    const block = used ? heap.alloc(before) : 0;
    memory.grow(2);
    heap.add(2 * PAGE, 4 * PAGE);
    if (used) {
      expect(heap.largest()).toBe(2 * PAGE - 8);
      expect(heap.free(block)).toBe(true);
    }
    expect(heap.largest()).toBe(before + 2 * PAGE);
  }
});

test("heap_add: a region apart stays apart", () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const heap = new Heap(memory, 1024);
  const before = heap.largest();
  memory.grow(3);
  heap.add(3 * PAGE, 5 * PAGE);
  expect(heap.largest()).toBe(2 * PAGE - 24); // a header at 8 modulo 16, and one of size 0 at the end
  expect(heap.alloc(heap.largest())).toBeGreaterThanOrEqual(3 * PAGE);
  expect(heap.largest()).toBe(before);
});

test("heap_free: 0, and nothing changed, for addresses where no block begins", () => {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const heap = new Heap(memory, 1024);
  const [a, b] = [heap.alloc(100), heap.alloc(2000)];
  new Uint8Array(memory.buffer, b, 2000).fill(0xff);
  const largest = heap.largest();
  const wrong = [
    0,
    16,
    1024,
    a - 16,
    a + 8,
    a + 16,
    b + 16,
    b + 1024,
    4 * PAGE - 16,
    4 * PAGE,
    5 * PAGE,
    2 ** 31,
    2 ** 32 - 16,
  ];
  for (const address of wrong) expect(heap.free(address), `${address}`).toBe(false);
  expect(heap.largest()).toBe(largest);
  expect(heap.free(a)).toBe(true);
  expect(heap.free(b)).toBe(true);
});

test("heap_alloc: a size that comes and goes stays in one place", () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 64 }), 1024);
  const kept = [];
  let last = 0;
  for (let i = 0; i < 100; i++) {
    const address = heap.alloc(3000);
    if (i > 0) expect(address).toBe(last);
    last = address;
    kept.push(heap.alloc(64)); // so that the block does not merge with the rest
    expect(heap.free(address)).toBe(true);
  }
  expect(new Set(kept).size).toBe(100);
});
