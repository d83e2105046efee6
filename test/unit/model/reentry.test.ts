/*
 * Values, lists, keys and options whose looks run code of their owner, which grows the memory, ends the view or gives
 * its block to somebody else in the middle of a call.
 */
import { LinearMemory, memoryview, MemoryViewError, type MemoryView, record, Struct } from "linearview";
import { describe, expect, test } from "vitest";

const PAGE = 65536;

/** What a call is given to look at: an array or an object that runs `act` when its part `name` is read. */
type Hook = <T extends object>(value: T, name: string) => T;

const plain: Hook = (value) => value;
const hooked =
  (act: () => void): Hook =>
  (value, name) => {
    let done = false;
    return new Proxy(value, {
      get(target, key) {
        if (key === name && !done) {
          done = true;
          act();
        }
        return Reflect.get(target, key);
      },
    });
  };

interface Call {
  readonly format: string;
  readonly shape: number[];
  readonly run: (view: any, hook: Hook) => unknown;
}

const RECORD = record({ id: "I", pos: "(2)h" });

const CALLS: Record<string, Call> = {
  "set of a complex pair": { format: "F", shape: [3], run: (v, h) => v.set(1, h([1, 2], "0")) },
  "set of a complex pair, at its last part": { format: "D", shape: [3], run: (v, h) => v.set(1, h([1, 2], "1")) },
  "set of a record": { format: RECORD, shape: [3], run: (v, h) => v.set(1, h({ id: 7, pos: [1, 2] }, "pos")) },
  "set of a record's sub-array": { format: RECORD, shape: [3], run: (v, h) => v.set(1, { id: 7, pos: h([1, 2], "1") }) },
  "set of a sub-array": { format: "(3)f", shape: [2], run: (v, h) => v.set(0, h([1, 2, 3], "length")) },
  "fill of a complex pair": { format: "F", shape: [3], run: (v, h) => v.fill(h([1, 2], "1")) },
  "fill of a record": { format: RECORD, shape: [3], run: (v, h) => v.fill(h({ id: 7, pos: [1, 2] }, "id")) },
  "assign of a list, at its length": { format: "B", shape: [4], run: (v, h) => v.assign(h([1, 2, 3, 4], "length")) },
  "assign of a list, at its first": { format: "H", shape: [4], run: (v, h) => v.assign(h([1, 2, 3, 4], "0")) },
  "assign of a list, at its last": { format: "d", shape: [4], run: (v, h) => v.assign(h([1, 2, 3, 4], "3")) },
  "assign of a nested list": { format: ">i", shape: [2, 2], run: (v, h) => v.assign([[1, 2], h([3, 4], "1")]) }, // prettier-ignore
  "assign of a list, converted": { format: "b", shape: [4], run: (v, h) => v.assign(h([1e9, 300, 3, 4], "2"), { mode: "c" }) },
  "assign with an option": { format: "B", shape: [4], run: (v, h) => v.assign(Int16Array.of(1, -2, 300, 4), h({ mode: "saturate" }, "mode")) }, // prettier-ignore
  "assign of its own reverse, with an option": { format: "B", shape: [4], run: (v, h) => v.assign(v.flip(), h({ mode: "c" }, "mode")) }, // prettier-ignore
  "slice": { format: "B", shape: [4, 4], run: (v, h) => v.slice(h([1, 3], "1"), h([null, null, -1], "2")) },
  "transpose": { format: "B", shape: [2, 3], run: (v, h) => v.transpose(h([1, 0], "0")) },
  "flip": { format: "H", shape: [2, 3], run: (v, h) => v.flip(h([1], "0")) },
  "rot90": { format: "B", shape: [2, 3], run: (v, h) => v.rot90(1, h([0, 1], "1")) },
  "moveAxis": { format: "B", shape: [2, 3], run: (v, h) => v.moveAxis(h([0], "0"), h([1], "0")) },
  "squeeze": { format: "B", shape: [1, 3], run: (v, h) => v.squeeze(h([0], "0")) },
  "expandDims": { format: "B", shape: [3], run: (v, h) => v.expandDims(h([0], "0")) },
  "reshape": { format: "B", shape: [6], run: (v, h) => v.reshape(h([2, -1], "1")) },
  "cast": { format: "B", shape: [8], run: (v, h) => v.cast("H", h([2, 2], "0")) },
  "broadcastTo": { format: "B", shape: [3], run: (v, h) => v.broadcastTo(h([2, 3], "0")) },
  "slidingWindow": { format: "B", shape: [5], run: (v, h) => v.slidingWindow(h([2], "0"), h([0], "0")) },
  "fields": { format: RECORD, shape: [3], run: (v, h) => v.fields(h(["pos"], "0")) },
  "strided": { format: "B", shape: [8], run: (v, h) => v.strided(h({ byteOffset: 1, shape: h([2, 2], "1"), strides: [3, 1] }, "strides")) }, // prettier-ignore
  "a window of the view": { format: "B", shape: [8], run: (v, h) => memoryview(v, h({ byteOffset: 2, shape: h([2], "0") }, "shape")) }, // prettier-ignore
  "count": { format: "F", shape: [3], run: (v, h) => v.count(h([0, 0], "0")) },
  "indexOf": { format: "T{B:a:B:b:}", shape: [3], run: (v, h) => v.indexOf(h({ a: 0, b: 0 }, "b")) },
  "packInto": { format: "B", shape: [16], run: (v, h) => new Struct("<hF").packInto(v, 2, 5, h<[number, number]>([1, 2], "1")) },
  "typedArray": { format: "B", shape: [4], run: (v, h) => [...v.typedArray(h({ clamped: true }, "clamped"))] },
}; // prettier-ignore

const isView = (value: unknown): value is MemoryView =>
  typeof value === "object" && value !== null && "strides" in value;

/** What a call did: what it returned, and the bytes after it. */
const outcome = (view: MemoryView, result: unknown): unknown => ({
  result: isView(result) ? (result === view ? "itself" : [result.format, result.shape, result.toList()]) : result,
  bytes: view.toBytes(),
});

function make({ format, shape }: Call): { memory: LinearMemory; view: MemoryView } {
  const memory = LinearMemory.create({ initial: 2 * PAGE });
  memory.alloc("B", 40); // so that blocks do not begin where memories do
  const view: MemoryView = memory.alloc(format, shape);
  view.cast("B").assign(Uint8Array.from({ length: view.nbytes }, (_, i) => i % 7));
  return { memory, view };
}

describe.each(Object.entries(CALLS))("code that runs inside of a call: %s", (_, call) => {
  const quiet = make(call);
  const wanted = outcome(quiet.view, call.run(quiet.view, plain));

  test.each(["heap", "page", "nothing"])("growth (%s) changes nothing of what the call does", (kind) => {
    const { memory, view } = make(call);
    let ran = 0;
    const grow = { heap: () => memory.grow(PAGE), page: () => memory.memory.grow(1), nothing: () => memory.memory.grow(0) }; // prettier-ignore
    const hook = hooked(() => {
      ran++;
      grow[kind as keyof typeof grow]();
    });
    expect(outcome(view, call.run(view, hook))).toEqual(wanted);
    expect(ran).toBeGreaterThan(0);
  });

  test("a view that ends is refused or done with; its bytes, now somebody else's, stay", () => {
    const { memory, view } = make(call);
    const address = view.byteOffset;
    const { nbytes } = view;
    let next: MemoryView | undefined;
    const hook = hooked(() => {
      if (next) return;
      memory.free(view);
      next = memory.alloc("B", nbytes).fill(0xa5);
    });
    let result: unknown;
    try {
      result = call.run(view, hook);
    } catch (error) {
      expect(error).toBeInstanceOf(MemoryViewError);
      expect((error as MemoryViewError).code).toBe("ERR_RELEASED");
    }
    expect(next!.byteOffset).toBe(address);
    expect(next!.toBytes().every((byte) => byte === 0xa5)).toBe(true);
    if (isView(result)) expect(result.released).toBe(true);
    expect(view.released).toBe(true);
  });

  test("a view that is released is refused, or the call was past needing it", () => {
    const { memory, view } = make(call);
    const family = memoryview(view);
    const before = view.toBytes();
    try {
      call.run(family, hooked(() => family.release())); // prettier-ignore
    } catch (error) {
      expect(error).toBeInstanceOf(MemoryViewError);
      expect((error as MemoryViewError).code).toBe("ERR_RELEASED");
      expect(view.toBytes()).toEqual(before);
    }
    expect(memory.stats().liveBlocks).toBe(2);
  });

  test("an error of the owner's passes through, and nothing is written", () => {
    const { view } = make(call);
    const before = view.toBytes();
    const own = new Error("mine");
    const hook = hooked(() => {
      throw own;
    });
    expect(() => call.run(view, hook)).toThrow(own);
    expect(view.toBytes()).toEqual(before);
  });
});
