import { base64 as ringCode } from "virtual:fixture/modules/ring";
import { LinearMemory, memoryview, MemoryView, record, type ViewHandle } from "linearview";
import { expect, test } from "vitest";
import { compile, exportsOf } from "../unit/memory/fixtures.ts";
import { failure } from "../unit/support/failure.ts";

interface Seen {
  seen: unknown;
  refused: string;
  shape: number[];
  strides: number[];
  format: string;
}

/** What a worker makes of a handle. */
function elsewhere(handle: ViewHandle, value: number, grow = 0): Promise<Seen> {
  const worker = new Worker(new URL("./threads.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Seen>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as Seen);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ handle, value, grow });
  }).finally(() => worker.terminate());
}

test("handle: another thread has the same bytes, layout and format; each sees what the other writes", async () => {
  const memory = LinearMemory.create({ shared: true });
  const view = memory.alloc("H", [4, 6]).assign([1, 2, 3, 4, 5, 6]).slice("::2, ::-3");
  const answer = await elsewhere(view.handle(), 77);
  expect(answer).toEqual({ seen: [[6, 3], [6, 3]], refused: "", shape: [2, 2], strides: [24, -6], format: "H" }); // prettier-ignore
  expect(view.toList()).toEqual([[77, 77], [77, 77]]); // prettier-ignore
  const other = await elsewhere(view.toReadonly().handle(), 5);
  expect([other.refused, view.get(0, 0)]).toEqual(["ERR_READONLY", 77]);
});

test("handle: records, and memory that the other thread grew, which is seen here without a call of ours", async () => {
  const memory = LinearMemory.create({ shared: true, maximum: 64 * 65536 });
  const view = memory.alloc(record({ id: "I", x: ">d" }), 2);
  const item = { id: 1, x: 0.5 };
  view.assign(item);
  const before = memory.memory.buffer.byteLength;
  const answer = await elsewhere(view.field("id").handle(), 9, 8);
  expect(answer.refused).toBe("");
  expect(view.toList()).toEqual([{ id: 9, x: 0.5 }, { id: 9, x: 0.5 }]); // prettier-ignore
  const far = memoryview(memory.memory, { byteOffset: before + 7 * 65536, format: "d", shape: 8 });
  far.fill(2.5);
  expect([far.get(7), memory.view({ byteOffset: before + 8 * 65536 - 8, format: "B", shape: 8 }).nbytes]).toEqual([
    2.5, 8,
  ]);
  failure(() => memoryview(memory.memory, { byteOffset: before + 8 * 65536, shape: 1 }), "ERR_BOUNDS");
});

test("handle: unshared memory has none; a handle is checked as every window", () => {
  failure(() => LinearMemory.create().alloc("B", 1).handle(), "ERR_UNSUPPORTED", "copy()");
  const memory = LinearMemory.create({ shared: true });
  const handle = memory.alloc("f", 3).handle();
  expect(structuredClone(Object.keys(handle))).toContain("memory");
  failure(() => MemoryView.fromHandle({ ...handle, byteOffset: 2 ** 31 }), "ERR_BOUNDS");
  failure(() => MemoryView.fromHandle({ ...handle, itemsize: 3 }), "ERR_FORMAT", 3);
  failure(() => MemoryView.fromHandle(null as never), "ERR_VALUE", "null");
  failure(() => MemoryView.fromHandle({} as never), "ERR_UNSUPPORTED");
  const plain = memoryview(new SharedArrayBuffer(16), { format: "i" });
  plain.set(1, 5);
  expect(MemoryView.fromHandle(structuredClone(plain.handle())).toList()).toEqual([0, 5, 0, 0]);
});

test("a module's own ring in shared memory: its head, counters and records as views, with atomics, through growth", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 256, shared: true });
  const ring = exportsOf(new WebAssembly.Instance(compile(ringCode), { env: { memory } }));
  const address = 1024;
  ring.ring_init(address, 8);
  const head = memoryview(memory, {
    byteOffset: address,
    format: record({ head: "I", tail: "I", capacity: "I", mask: "I", dropped: "I" }),
    shape: [],
  });
  const records = memoryview(memory, {
    byteOffset: address + 32,
    format: "T{<q:stamp:<d:value:<I:producer:<I:seq:}",
    shape: 8,
  });
  const tail = head.field("tail");
  expect(ring.produce(address, 10, 7)).toBe(8);
  expect(head.get()).toEqual({ head: 8, tail: 0, capacity: 8, mask: 7, dropped: 2 });
  expect(records.get(3)).toEqual({ stamp: -3n, value: 1.5, producer: 7, seq: 3 });
  expect(tail.atomics.add(3)).toBe(0); // takes three records
  expect(ring.pop(address)).toBe(address + 32 + 3 * 24);
  ring.advance(address, 1);
  expect(tail.atomics.load()).toBe(4);
  ring.grow(2);
  records.field("value").set(4, 99);
  expect(memoryview(memory, { byteOffset: ring.pop(address) + 8, format: "d", shape: [] }).get()).toBe(99);
  const cell = memoryview(memory, { byteOffset: 64, format: "I", shape: 1 });
  ring.count(64, 1000);
  expect(cell.atomics.add(0, 5)).toBe(1000);
  ring.count(64, 1);
  expect(cell.atomics.exchange(0, 0)).toBe(1006);
});
