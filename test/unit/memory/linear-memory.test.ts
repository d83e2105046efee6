import { hex as heapModule } from "virtual:wasm/heap";
import { hex as kernelsModule } from "virtual:wasm/kernels";
import { LinearMemory, type MemoryView, memoryview, type Scope } from "linearview";
import { describe, expect, test } from "vitest";
import { decodeHex } from "../../../src/kernels/wasm/instantiate.ts";
import { setLimits } from "../../../src/kernels/wasm/limits.ts";
import { failure } from "../support/failure.ts";
import { seeded } from "../support/random.ts";

const PAGE = 65536;

/** Memories whose blocks lie at all kinds of addresses. */
const WORLDS: Record<string, () => LinearMemory> = {
  "own memory": () => LinearMemory.create(),
  "shared memory": () => LinearMemory.create({ shared: true, maximum: 64 * PAGE }),
  "above 2 GiB": () => LinearMemory.create({ initial: 2 ** 31 + 4 * PAGE, base: 2 ** 31 + PAGE }),
  "a memory of yours": () => LinearMemory.create({ memory: new WebAssembly.Memory({ initial: 1, maximum: 200 }) }),
  "a base of yours": () =>
    LinearMemory.create({ memory: new WebAssembly.Memory({ initial: 4, maximum: 200 }), base: PAGE + 5 }),
};

describe.each(Object.entries(WORLDS))("LinearMemory, %s", (_, make) => {
  test("alloc: blocks are aligned, zeroed, apart, and keep their bytes; random rounds against who owns which byte", () => {
    const memory = make();
    const random = seeded(11);
    const live: { view: MemoryView; tag: number; nbytes: number }[] = [];
    let bytes = 0;
    for (let round = 0; round < 1500; round++) {
      if (live.length === 0 || random(5) < 3) {
        const nbytes = random(3) ? random(300) : random(9000);
        const align = 16 << (random(4) ? 0 : random(9));
        const view = memory.alloc("B", nbytes, { align });
        expect(view.byteOffset % align, "alignment").toBe(0);
        expect(view.toBytes().every((byte) => byte === 0), "zeroed").toBe(true); // prettier-ignore
        const end = view.byteOffset + nbytes;
        const overlap = live.find(
          (other) => view.byteOffset < other.view.byteOffset + other.nbytes && other.view.byteOffset < end,
        );
        expect(overlap, `seed 11, round ${round}`).toBeUndefined();
        const tag = 1 + random(255);
        if (nbytes > 0) view.fill(tag);
        live.push({ view, tag, nbytes });
        bytes += nbytes;
      } else {
        const [gone] = live.splice(random(live.length), 1);
        expect(gone!.view.toBytes().every((byte) => byte === gone!.tag)).toBe(true);
        const { view } = gone!;
        const ways = [() => memory.free(view), () => memory.free(view.byteOffset), () => view.release()];
        ways[random(3)]!();
        expect(gone!.view.released).toBe(true);
        bytes -= gone!.nbytes;
      }
      expect(memory.stats()).toMatchObject({ liveBytes: bytes, liveBlocks: live.length });
    }
    memory[Symbol.dispose]();
    expect(memory.stats()).toMatchObject({ liveBytes: 0, liveBlocks: 0 });
  });

  test("free: revokes the view, its slices, casts and iterators, and names the block", () => {
    const memory = make();
    const view = memory.alloc("I", [4, 4]);
    const address = view.byteOffset;
    const family: MemoryView[] = [
      view,
      view.slice(1),
      view.cast("B"),
      view.transpose(),
      view.flip(),
      view.toReadonly(),
      memoryview(view),
    ];
    const iterator = view.slice(0)[Symbol.iterator]();
    memory.free(address);
    for (const one of family) {
      const uses: (() => unknown)[] = [
        () => one.get(0),
        () => one.set(0, 0),
        () => one.shape,
        () => one.strides,
        () => one.format,
        () => one.nbytes,
        () => one.byteOffset,
        () => one.length,
        () => one.slice(),
        () => one.cast("B"),
        () => one.transpose(),
        () => one.fill(0),
        () => one.assign(0),
        () => one.toBytes(),
        () => one.toList(),
        () => one.equals(one),
        () => one.typedArray(),
        () => one.dataView(),
        () => one.copy(),
        () => one.hold(),
        () => [...one],
        () => memoryview(one),
      ];
      for (const use of uses) failure(use, "ERR_RELEASED", `block at ${address} of 64 bytes`);
      expect(one.released).toBe(true);
      expect(String(one)).toContain("released");
      expect(JSON.parse(JSON.stringify(one)).released).toBe(true);
    }
    failure(() => iterator.next(), "ERR_RELEASED");
    const next = memory.alloc("I", [4, 4]).fill(7);
    failure(() => view.set(0, 0, 9), "ERR_RELEASED");
    expect(next.toList().flat()).toEqual(Array.from({ length: 16 }, () => 7));
  });

  test("growth on demand: live views keep their bytes and take writes", () => {
    const memory = make();
    const view = memory.alloc("d", 100).fill(0.5);
    const capacity = memory.stats().capacity;
    const big = memory.alloc("B", 3 * PAGE);
    expect(memory.stats().capacity).toBeGreaterThan(capacity);
    view.set(99, 2.5);
    expect([view.get(0), view.get(-1), big.get(-1)]).toEqual([0.5, 2.5, 0]);
  });
});

test("create: the options are checked, with both numbers", () => {
  failure(() => LinearMemory.create({ initial: 4 * PAGE, maximum: PAGE }), "ERR_VALUE", 4 * PAGE, PAGE);
  failure(() => LinearMemory.create({ initial: -1 }), "ERR_VALUE", -1);
  failure(() => LinearMemory.create({ initial: NaN }), "ERR_VALUE", "NaN");
  failure(() => LinearMemory.create({ initial: 2 ** 33 }), "ERR_VALUE", 2 ** 33);
  failure(() => LinearMemory.create({ size: 1 } as never), "ERR_VALUE", "size");
  failure(() => LinearMemory.create({ shared: "yes" } as never), "ERR_VALUE", "yes");
  failure(() => LinearMemory.create({ memory: {} } as never), "ERR_VALUE");
  failure(() => LinearMemory.create({ module: {} } as never), "ERR_VALUE");
  failure(() => LinearMemory.create({ memory: new WebAssembly.Memory({ initial: 1 }), initial: PAGE }), "ERR_VALUE", "initial"); // prettier-ignore
  failure(() => LinearMemory.create({ base: 2 * PAGE, maximum: PAGE }), "ERR_VALUE", PAGE, 2 * PAGE + 4096);
  failure(() => LinearMemory.create({ base: 1.5 }), "ERR_BOUNDS", 1.5);
  expect(LinearMemory.create({ base: BigInt(5 * PAGE) }).alloc("B", 1).byteOffset).toBeGreaterThan(5 * PAGE);
  failure(() => LinearMemory.create({ memory: new WebAssembly.Memory({ initial: 1, maximum: 1 }), base: PAGE - 16 }), "ERR_BOUNDS", PAGE - 16); // prettier-ignore
  failure(() => LinearMemory.create({ memory: new WebAssembly.Memory({ initial: 1, maximum: 1 }) }), "ERR_ALLOCATION", PAGE); // prettier-ignore
});

test("create: { module } is the heap compiled elsewhere; one for the other kind of memory, or of something else, is refused", () => {
  const compiled = (hex: string, kind: "shared" | "unshared") =>
    new WebAssembly.Module(setLimits(decodeHex(hex), kind));
  const memory = LinearMemory.create({ module: compiled(heapModule, "unshared") });
  expect(memory.alloc("B", 100).fill(7).get(99)).toBe(7);
  const shared = LinearMemory.create({ module: compiled(heapModule, "shared"), shared: true });
  expect(shared.alloc("B", 100).fill(7).get(99)).toBe(7);
  failure(() => LinearMemory.create({ module: compiled(heapModule, "shared") }), "ERR_UNSUPPORTED", "unshared");
  failure(() => LinearMemory.create({ module: compiled(kernelsModule, "unshared") }), "ERR_UNSUPPORTED", "heap_alloc");
});

test("create: one memory has one owner", () => {
  const memory = LinearMemory.create();
  expect(LinearMemory.from(memory.memory)).toBe(memory);
  expect(LinearMemory.from(memory)).toBe(memory);
  failure(() => LinearMemory.create({ memory: memory.memory, base: 1024 }), "ERR_ALLOCATION", "owner");
  const allocator = { alloc: () => 0, free: () => {} };
  for (const owned of [memory, memory.memory]) failure(() => LinearMemory.from(owned, { allocator }), "ERR_ALLOCATION");
  const bare = LinearMemory.from(new WebAssembly.Memory({ initial: 1 }));
  const given = LinearMemory.from(bare, { allocator: { alloc: () => 1024, free: () => {} } });
  expect([given.alloc("B", 4).byteOffset, LinearMemory.from(bare.memory) === given]).toEqual([1024, true]);
});

test("alloc: too much is refused with the bytes asked for and what is there; everything else is as before", () => {
  const memory = LinearMemory.create({ maximum: 4 * PAGE });
  const view = memory.alloc("B", 1000).fill(3);
  const before = memory.stats();
  failure(
    () => memory.alloc("B", 10 * PAGE),
    "ERR_ALLOCATION",
    10 * PAGE,
    /largest free block has \d+/,
    /maximum|free blocks/,
  );
  failure(() => memory.alloc("B", 2 ** 40), "ERR_ALLOCATION", 2 ** 40);
  expect(memory.stats()).toMatchObject({ ...before, capacity: memory.stats().capacity });
  expect(view.get(999)).toBe(3);
  expect(memory.alloc("B", 2 * PAGE).nbytes).toBe(2 * PAGE);
});

test("alloc: shapes, formats and options are checked before anything is taken", () => {
  const memory = LinearMemory.create();
  failure(() => memory.alloc("B", [2, -1]), "ERR_LAYOUT", -1);
  failure(() => memory.alloc("B", [1.5]), "ERR_LAYOUT", 1.5);
  failure(() => memory.alloc("B", [2 ** 30, 2 ** 30]), "ERR_LAYOUT", "2^53");
  failure(() => memory.alloc("Y", 1), "ERR_FORMAT", "Y");
  failure(() => memory.alloc("B", 1, { align: 24 }), "ERR_VALUE", 24);
  failure(() => memory.alloc("B", 1, { align: 8 }), "ERR_VALUE", 8);
  failure(() => memory.alloc("B", 1, { align: 2 ** 32 }), "ERR_VALUE", 2 ** 32);
  for (const align of ["32", 32n, NaN, Infinity]) failure(() => memory.alloc("B", 1, { align } as never), "ERR_VALUE");
  failure(() => memory.alloc("B", 1, { zero: 1 } as never), "ERR_VALUE", 1);
  expect(memory.stats()).toMatchObject({ liveBlocks: 0, peakBytes: 0 });
  expect(memory.alloc("d", []).ndim).toBe(0);
  expect(memory.alloc("B", [0, 4]).nbytes).toBe(0);
});

test("alloc: zero: false leaves the bytes of the last owner", () => {
  const memory = LinearMemory.create();
  const first = memory.alloc("B", 64).fill(9);
  const address = first.byteOffset;
  first.release();
  const second = memory.alloc("B", 64, { zero: false });
  expect(second.byteOffset).toBe(address);
  expect(second.get(63)).toBe(9);
});

test("free: what is no live block is refused with its address, and nothing changes", () => {
  const memory = LinearMemory.create();
  const other = LinearMemory.create();
  const view = memory.alloc("B", 64).fill(5);
  const p = view.byteOffset;
  for (const address of [p + 1, p + 8, p - 16, 0, 12345, 2 ** 32 - 16]) {
    failure(() => memory.free(address), "ERR_ALLOCATION", `address ${address}`);
  }
  failure(() => memory.free(p + 8), "ERR_ALLOCATION", `block at ${p} of 64 bytes contains it`);
  for (const address of [NaN, 0.5, "8", null, undefined, 2 ** 53, 2n ** 64n, {}]) {
    failure(() => memory.free(address as never), "ERR_BOUNDS");
  }
  failure(() => other.free(view), "ERR_ALLOCATION", "of no live block of this memory");
  other.alloc("B", 64);
  failure(() => other.free(view), "ERR_ALLOCATION", "of no live block of this memory");
  failure(() => memory.free(memory.view({ byteOffset: p, shape: 64 })), "ERR_ALLOCATION");
  memory.free(BigInt(p));
  failure(() => memory.free(p), "ERR_ALLOCATION", p);
  const next = memory.alloc("B", 64).fill(6);
  expect(next.byteOffset).toBe(p);
  failure(() => memory.free(view), "ERR_RELEASED");
  expect(next.get(0)).toBe(6);
  expect(memory.stats().liveBlocks).toBe(1);
});

test("free: an address above 2 GiB may come as a negative i32", () => {
  const memory = LinearMemory.create({ initial: 2 ** 31 + 4 * PAGE, base: 2 ** 31 + PAGE });
  const view = memory.alloc("B", 16);
  expect(view.byteOffset).toBeGreaterThan(2 ** 31);
  memory.free(view.byteOffset | 0);
  expect(view.released).toBe(true);
});

test("release: a derived view ends only itself, the owned view frees its block", () => {
  const memory = LinearMemory.create();
  const view = memory.alloc("B", 64);
  const part = view.slice([0, 8]);
  part.release();
  part.release();
  failure(() => part.get(0), "ERR_RELEASED");
  expect(view.get(0)).toBe(0);
  const kept = view.slice([8, 16]);
  view.release();
  failure(() => kept.get(0), "ERR_RELEASED", "freed");
  expect(memory.stats().liveBlocks).toBe(0);
});

test("hold: a block that is held cannot be freed, by any way, until the last hold is released", () => {
  const memory = LinearMemory.create();
  const view = memory.alloc("B", 64);
  const [first, second] = [view.hold(), view.slice(0).hold()];
  failure(() => memory.free(view), "ERR_EXPORTED", "2 holds");
  failure(() => view.release(), "ERR_EXPORTED");
  failure(() => memory[Symbol.dispose](), "ERR_EXPORTED");
  first();
  first();
  failure(() => memory.free(view.byteOffset), "ERR_EXPORTED", "1 hold");
  expect(view.get(0)).toBe(0);
  second();
  view.release();
  expect(memory.stats().liveBlocks).toBe(0);
});

test("scope: everything is freed at the end, once, whatever happens inside", async () => {
  const memory = LinearMemory.create();
  let escaped: MemoryView | undefined;
  const sum = memory.scope(({ alloc }) => {
    escaped = alloc("B", 8).fill(2);
    alloc("d", 1000);
    memory.free(alloc("B", 16)); // by hand: no double free
    return escaped.get(0) + escaped.get(7);
  });
  expect(sum).toBe(4);
  failure(() => escaped!.get(0), "ERR_RELEASED");
  const error = new Error("mine");
  expect(() => memory.scope(({ alloc }) => {
    alloc("B", 8);
    throw error;
  })).toThrow(error); // prettier-ignore
  expect(memory.stats().liveBlocks).toBe(0);
  const promise = memory.scope(async ({ alloc }) => {
    const view = alloc("B", 8);
    await Promise.resolve();
    view.set(0, 5);
    return view.get(0);
  });
  expect(memory.stats().liveBlocks).toBe(1);
  expect(await promise).toBe(5);
  expect(memory.stats().liveBlocks).toBe(0);
});

test("scope: a body's error counts more than a block that stays because it is held, also when a promise brings it", async () => {
  const memory = LinearMemory.create();
  const error = new Error("mine");
  let letGo = (): void => {};
  const body = ({ alloc }: Scope): never => {
    letGo = alloc("B", 8).hold();
    alloc("B", 8);
    throw error;
  };
  expect(() => memory.scope(body)).toThrow(error);
  letGo();
  await expect(memory.scope(async (scope) => body(scope))).rejects.toBe(error);
  letGo();
  expect(memory.stats().liveBlocks).toBe(2); // both that were held
  failure(() => memory.scope(({ alloc }) => void alloc("B", 8).hold()), "ERR_EXPORTED", "LinearMemory.scope");
  const late = memory.scope(({ alloc }) => alloc);
  failure(() => late("B", 8), "ERR_RELEASED", "scope");
});

test("scope: when the n-th allocation fails, for every n, the ones before are freed", () => {
  for (let n = 0; n < 6; n++) {
    let left = n;
    let live = 0;
    const memory = LinearMemory.from(new WebAssembly.Memory({ initial: 1 }), {
      allocator: {
        align: 16,
        alloc: () => (left-- > 0 ? (live++, 1024 + left * 1024) : 0),
        free: () => void live--,
      },
    });
    failure(
      () => memory.scope(({ alloc }) => Array.from({ length: 6 }, () => alloc("B", 64))),
      "ERR_ALLOCATION",
      "64 bytes",
    );
    expect([live, memory.stats().liveBlocks], `n = ${n}`).toEqual([0, 0]);
  }
});

test("100,000 rounds of alloc and free leave nothing, and grow nothing after the first", () => {
  const memory = LinearMemory.create();
  memory.alloc("B", 4096).release();
  const { capacity } = memory.stats();
  for (let round = 0; round < 100_000; round++) memory.alloc("B", 16 + (round % 4000), { zero: false }).release();
  expect(memory.stats()).toMatchObject({ liveBytes: 0, liveBlocks: 0, capacity });
});

test("grow: whole pages, and the new size is returned", () => {
  const memory = LinearMemory.create({ maximum: 40 * PAGE });
  const view = memory.alloc("B", 10).fill(1);
  const size = memory.grow(5 * PAGE + 1);
  expect(size).toBeGreaterThanOrEqual(7 * PAGE);
  expect([memory.stats().capacity, view.get(9), size % PAGE]).toEqual([size, 1, 0]);
  failure(() => memory.grow(100 * PAGE), "ERR_ALLOCATION", 100 * PAGE);
  failure(() => memory.grow(-1), "ERR_VALUE", -1);
  failure(() => memory.grow(0.5), "ERR_VALUE", 0.5);
  expect(memory.grow(0)).toBe(size);
  expect(memory.alloc("B", 5 * PAGE).nbytes).toBe(5 * PAGE);
});

test("dispose: ends every block, and the memory gives out no more", () => {
  const memory = LinearMemory.create();
  const view = memory.alloc("B", 4);
  memory[Symbol.dispose]();
  memory[Symbol.dispose]();
  failure(() => view.get(0), "ERR_RELEASED");
  failure(() => memory.alloc("B", 4), "ERR_RELEASED", "disposed");
  failure(() => memory.view(), "ERR_RELEASED");
  const next = LinearMemory.create({ memory: memory.memory });
  expect(next.alloc("B", 4).toList()).toEqual([0, 0, 0, 0]);
  expect(LinearMemory.from(memory.memory)).toBe(next);
});
