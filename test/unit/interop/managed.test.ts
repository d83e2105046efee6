import { LinearMemory, type MemoryView, record } from "linearview";
import { fromManaged, textOf, toManaged } from "linearview/interop";
import { describe, expect, test } from "vitest";
import { type Exports } from "../memory/fixtures.ts";
import { failure } from "../support/failure.ts";
import { objects, RUNTIMES, type RuntimeName } from "./guests.ts";

const COUNT = 50;
const sum = (view: MemoryView): number => view.toList().reduce((total: number, item: number) => total + item, 0);
const upTo = <T>(item: (i: number) => T): T[] => Array.from({ length: COUNT }, (_, i) => item(i));

/** Maker, format, items, and the export that adds them up. */
const ARRAYS: [maker: string, format: string, items: unknown[], sum?: string][] = [
  ["bytes", "B", upTo((i) => (i * 3) % 256), "sumBytes"],
  ["clamped", "B", upTo(() => 0)],
  ["shorts", "h", upTo((i) => (i ? -i : 0))],
  ["words", "I", upTo((i) => 0xffffffff - i)],
  ["longs", "q", upTo((i) => -(BigInt(i) << 40n))],
  ["floats", "f", upTo((i) => i * 0.5)],
  ["doubles", "d", upTo((i) => i * 0.25), "sumDoubles"],
  ["list", "i", upTo((i) => i - 1), "sumList"],
  ["fixed", "f", upTo((i) => i + 0.5), "sumFixed"],
  ["flags", "B", upTo(() => 0)],
  ["buffer", "B", upTo((i) => i), "sumBuffer"],
];

/** Collects all there is, many times over, and overwrites what was freed. */
function churn({ __collect, churn: make }: Exports): void {
  for (let i = 0; i < 3; i++) {
    __collect();
    make(200, 16 + 100 * i);
  }
  __collect();
}

/** Whether the module can collect an object now. */
function collected(exports: Exports, pointer: number): boolean {
  exports.watch(pointer);
  churn(exports);
  return exports.collected() !== 0;
}

describe.each(Object.keys(RUNTIMES) as RuntimeName[])("%s runtime", (runtime) => {
  const collects = runtime !== "stub";

  test.each(ARRAYS)(
    "fromManaged: %s is found out to be of '%s', reads and writes its own items",
    (maker, format, items, summer) => {
      const { exports } = objects(runtime);
      const pointer = exports[maker](COUNT) as number;
      const view = fromManaged(exports, pointer);
      expect([view.format, view.shape, view.readonly, view.lifetime]).toEqual([format, [COUNT], false, "count"]);
      expect(view.toList()).toEqual(items);
      view.set(3, format === "q" ? 77n : 77);
      churn(exports);
      exports.grow(3);
      expect(view.toList()).toEqual(items.with(3, format === "q" ? 77n : 77));
      if (summer) expect(exports[summer](pointer)).toBe(sum(view));
      view.fill(format === "q" ? 2n : 2);
      if (summer) expect(exports[summer](pointer)).toBe(2 * COUNT);
      view.release();
      expect(collected(exports, pointer)).toBe(collects);
    },
  );

  test("fromManaged: a view survives growth by the module, by JavaScript, and a memory full of garbage", () => {
    const { instance, exports } = objects(runtime);
    const pointer = exports.doubles(8) as number;
    const view = fromManaged(instance, pointer);
    const part = view.slice([2, 5]);
    exports.memory.grow(1);
    part.set(0, 100);
    exports.churn(4000, 4000);
    expect(view.toList()).toEqual([0, 0.25, 100, 0.75, 1, 1.25, 1.5, 1.75]);
    expect(exports.sumDoubles(pointer)).toBe(sum(view));
  });

  test("fromManaged: a subarray begins where it says, and keeps the buffer it is a part of", () => {
    const { exports } = objects(runtime);
    const pointer = exports.part(exports.__pin(exports.doubles(10)), 6) as number;
    const view = fromManaged(exports, pointer);
    churn(exports);
    expect(view.toList()).toEqual([1.5, 1.75, 2, 2.25]);
    view.set(-1, 9);
    expect(exports.sumDoubles(pointer)).toBe(sum(view));
  });

  test("fromManaged: a string is its UTF-16 units, read-only; textOf gives the text", () => {
    const { exports } = objects(runtime);
    const { pointer } = toManaged(exports, "Zoë");
    for (const [made, text] of [
      [exports.greeting(pointer), "Grüße, Zoë 🎈"],
      [exports.literal(), "in the data"],
    ] as const) {
      using view = fromManaged(exports, made as number);
      churn(exports);
      expect([view.format, view.readonly, view.length, textOf(view)]).toEqual(["H", true, text.length, text]);
      expect(exports.unitsOf(made)).toBe(sum(view));
      failure(() => view.set(0, 65), "ERR_READONLY");
      expect(textOf(view.cast("B"))).toBe(text);
    }
    // Static data can be pinned and unpinned any number of times.
    for (let i = 0; i < 3; i++) fromManaged(exports, exports.literal() as number).release();
    churn(exports);
  });

  test("fromManaged: a class instance is a record, without the padding that C would add", () => {
    const { exports } = objects(runtime);
    const pointer = exports.particle(7, 1.5, 9) as number;
    const Particle = record({ id: "I", mass: "d", kind: "B" });
    const view = fromManaged(exports, pointer, { format: Particle, id: exports.idOfParticle() });
    expect([view.shape, view.itemsize, view.get()]).toEqual([[], 17, { id: 7, mass: 1.5, kind: 9 }]);
    const live = view.cursor();
    live.mass = 2.5;
    live.kind = 255;
    expect(exports.particleSum(pointer)).toBe(7 + 2.5 + 255);
    view.set({ id: 1, mass: -1, kind: 3 });
    churn(exports);
    expect(exports.particleSum(pointer)).toBe(3);
    view.release();
    expect(collected(exports, pointer)).toBe(collects);
  });

  test("fromManaged: views of one object share one pin, and the last release unpins", () => {
    const { instance, exports } = objects(runtime);
    const pointer = exports.doubles(4) as number;
    const views = [fromManaged(exports, pointer), fromManaged(instance, pointer), fromManaged({ instance }, pointer)];
    for (const view of views) {
      const part = view.slice([1, 3]);
      expect(collected(exports, pointer)).toBe(false);
      expect(part.toList()).toEqual([0.25, 0.5]);
      view.release();
      view.release();
      failure(() => part.get(0), "ERR_RELEASED", `the object at ${pointer}`, "was released");
    }
    expect(collected(exports, pointer)).toBe(collects);
  });

  test("fromManaged: what the user or an allocator pinned is not pinned twice, and their unpin ends the view", () => {
    const { exports } = objects(runtime);
    const memory = LinearMemory.from(exports);
    const block = memory.alloc("I", 4);
    const same = fromManaged(exports, block.byteOffset, { format: "I" });
    same.set(1, 5);
    expect(block.get(1)).toBe(5);
    const other = fromManaged(exports, block.byteOffset);
    other.release();
    expect(same.get(1)).toBe(5);
    block.release();
    if (collects) failure(() => same.get(1), "ERR_RELEASED", "the object at", "no longer valid");
    same.release();
    expect(collected(exports, same.released ? 0 : 1)).toBe(false);
  });

  test("fromManaged: an Array that moved its items ends the view by name; a new view reads the new place", () => {
    const { exports } = objects(runtime);
    const pointer = exports.list(4) as number;
    const view = fromManaged(exports, pointer);
    const part = view.slice([1, 3]);
    // Something behind it, so that it cannot grow where it is.
    exports.__pin(exports.bytes(64));
    for (let i = 0; !view.released && i < 1000; i++) exports.push(pointer, i);
    for (const use of [() => view.get(0), () => view.set(0, 1), () => part.toList(), () => [...part]]) {
      failure(use, "ERR_RELEASED", `the object at ${pointer}`, "no longer valid");
    }
    const now = fromManaged(exports, pointer);
    expect(now.slice([0, 4]).toList()).toEqual([-1, 0, 1, 2]);
    expect(sum(now)).toBe(exports.sumList(pointer));
    view.release();
    churn(exports);
    expect(sum(now)).toBe(exports.sumList(pointer));
    now.release();
    expect(collected(exports, pointer)).toBe(collects);
  });

  test("fromManaged: an Array that got longer where it is keeps the view, one that got shorter ends it", () => {
    const { exports } = objects(runtime);
    const pointer = exports.list(4) as number;
    const view = fromManaged(exports, pointer);
    exports.push(pointer, 5);
    expect(view.toList()).toEqual([-1, 0, 1, 2]);
    exports.pop(pointer);
    exports.pop(pointer);
    failure(() => view.toList(), "ERR_RELEASED", "no longer valid");
  });

  test("fromManaged: elements that are references are read-only pointers", () => {
    const { exports } = objects(runtime);
    const view = fromManaged(exports, exports.names() as number);
    expect([view.format, view.readonly]).toEqual(["I", true]);
    expect(view.toList().map((pointer: number) => textOf(fromManaged(exports, pointer)))).toEqual(["one", "two"]);
  });

  test("fromManaged: vectors of 128 bits are 16 bytes each, and any format that divides the bytes reads them", () => {
    const { exports } = objects(runtime);
    const pointer = exports.vectors(2) as number;
    expect(fromManaged(exports, pointer).toList()).toEqual([Array(16).fill(1), Array(16).fill(2)]);
    expect(fromManaged(exports, pointer, { format: "H" }).toList()).toEqual([
      ...Array(8).fill(257),
      ...Array(8).fill(514),
    ]);
    failure(() => fromManaged(exports, pointer, { format: "5B" }), "ERR_LAYOUT", "5 bytes", "32");
  });

  test("fromManaged: what is no object is refused, and nothing is pinned", () => {
    const { exports } = objects(runtime);
    const pointer = exports.doubles(4) as number;
    const particle = exports.particle(1, 2, 3) as number;
    const refused: [() => unknown, string, ...(string | number)[]][] = [
      [() => fromManaged(exports, 0), "ERR_BOUNDS", "no object is at 0"],
      [() => fromManaged(exports, Number.NaN), "ERR_BOUNDS", "NaN"],
      [() => fromManaged(exports, pointer + 8), "ERR_BOUNDS", pointer + 8],
      [() => fromManaged(exports, -16), "ERR_BOUNDS", 4294967280],
      [() => fromManaged(exports, 16), "ERR_BOUNDS"],
      [() => fromManaged(exports, pointer, { id: exports.idOfList() }), "ERR_VALUE", exports.idOfDoubles()],
      [() => fromManaged(exports, pointer, { id: 0.5 }), "ERR_VALUE", "id is 0.5"],
      [() => fromManaged(exports, pointer, { format: "Y" }), "ERR_FORMAT"],
      [() => fromManaged(exports, pointer, { format: "12s" }), "ERR_LAYOUT", 12, 32],
      [() => fromManaged(exports, particle), "ERR_FORMAT", "record"],
      [() => fromManaged(exports, exports.table() as number), "ERR_FORMAT", "record"],
      [() => fromManaged(exports, particle, { format: record({ id: "I", mass: "d" }) }), "ERR_LAYOUT", 16, 17],
      [() => fromManaged(exports, particle, { format: "24s" }), "ERR_LAYOUT", 24, 17],
      [() => fromManaged(exports.memory, pointer), "ERR_UNSUPPORTED", "--exportRuntime"],
      [() => fromManaged({ memory: exports.memory }, pointer), "ERR_UNSUPPORTED", "__new"],
      [() => fromManaged(null, pointer), "ERR_UNSUPPORTED", "null"],
    ];
    for (const [call, code, ...parts] of refused) failure(call, code, "fromManaged", ...parts);
    expect(collected(exports, pointer)).toBe(collects);
    if (collects) failure(() => fromManaged(exports, pointer), "ERR_RELEASED");
  });

  test("fromManaged: a view that is held cannot be released", () => {
    const { exports } = objects(runtime);
    const pointer = exports.doubles(4) as number;
    const view = fromManaged(exports, pointer);
    const letGo = view.slice([0, 2]).hold();
    failure(() => view.release(), "ERR_EXPORTED", pointer);
    expect(collected(exports, pointer)).toBe(false);
    letGo();
    view.release();
    expect(collected(exports, pointer)).toBe(collects);
  });

  test("toManaged: what is made is seen by the module, of every kind, and collected after release", () => {
    const { exports } = objects(runtime);
    const values = [1, 2, 250, 3];
    const kinds: [id: number | undefined, sum: string, format: string][] = [
      [undefined, "sumBuffer", "B"],
      [1, "sumBuffer", "B"],
      [exports.idOfBytes(), "sumBytes", "B"],
      [exports.idOfDoubles(), "sumDoubles", "d"],
      [exports.idOfList(), "sumList", "i"],
      [exports.idOfFixed(), "sumFixed", "f"],
    ];
    for (const [id, summer, format] of kinds) {
      for (const given of [
        values,
        new Uint8Array(values),
        toManaged(exports, new Uint8Array(values)).view.flip().flip(),
      ]) {
        const { pointer, view } = toManaged(exports, given, { id: id! });
        expect([view.format, view.toList()]).toEqual([format, values]);
        expect(collected(exports, pointer)).toBe(false);
        view.set(0, 9);
        expect(exports[summer](pointer)).toBe(264);
        view.release();
        expect(collected(exports, pointer)).toBe(collects);
      }
    }
  });

  test("toManaged: shapes are made packed, formats of an ArrayBuffer are those of the values, lists may be empty", () => {
    const { exports } = objects(runtime);
    const picture = LinearMemory.create().alloc("h", [2, 3]).assign([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
    const turned = toManaged(exports, picture.transpose()).view;
    expect([turned.format, turned.toList()]).toEqual(["h", [1, 4, 2, 5, 3, 6]]);
    const { pointer, view } = toManaged(exports, [], { id: exports.idOfList() });
    expect([view.shape, exports.sumList(pointer)]).toEqual([[0], 0]);
    exports.push(pointer, 5);
    expect(exports.sumList(pointer)).toBe(5);
    const records = toManaged(exports, [{ a: 1, b: 2 }], { format: record({ a: "B", b: "f" }) }).view;
    expect(records.toList()).toEqual([{ a: 1, b: 2 }]);
  });

  test("toManaged: what does not fit is refused, and what was begun is collected", () => {
    const { exports } = objects(runtime);
    const before = exports.freedObjects() as number;
    const refused: [() => unknown, string, ...(string | number)[]][] = [
      [() => toManaged(exports, [1, 256], { id: exports.idOfBytes() }), "ERR_VALUE", 256],
      [() => toManaged(exports, [1, 2, 3], { id: exports.idOfDoubles(), format: "5B" }), "ERR_LAYOUT", 5, 24],
      [() => toManaged(exports, [1], { id: -1 }), "ERR_UNSUPPORTED", "class -1"],
      [() => toManaged(exports, null as never), "ERR_LAYOUT", "toManaged", "undefined"],
      [() => toManaged(exports, [1], { id: exports.idOfParticle() }), "ERR_UNSUPPORTED", "class 4"],
      [() => toManaged(exports, [1], { id: exports.idOfNames() }), "ERR_UNSUPPORTED", "references"],
      [() => toManaged(exports, [1], { id: 1000 }), "ERR_UNSUPPORTED", 1000],
      [() => toManaged(exports, 5 as never), "ERR_LAYOUT", "toManaged", "undefined"],
      [() => toManaged(exports, new Uint8Array(2 ** 30)), "ERR_ALLOCATION", 2 ** 30],
    ];
    for (const [call, code, ...parts] of refused) failure(call, code, ...parts);
    exports.__collect();
    expect((exports.freedObjects() as number) - before).toBe(collects ? 3 : 0);
  });

  test("managed: 1000 rounds of every kind leave nothing pinned and the memory as large as before", () => {
    const { exports } = objects(runtime);
    const round = (i: number): void => {
      toManaged(exports, [1, 2, 3], { id: exports.idOfList() }).view.release();
      const text = toManaged(exports, "abc");
      fromManaged(exports, exports.greeting(text.pointer) as number).release();
      text.view.release();
      fromManaged(exports, exports.floats(10) as number).release();
      if (i % 50 === 0) exports.__collect();
    };
    for (let i = 0; i < 100; i++) round(i);
    exports.__collect();
    const before = exports.memory.buffer.byteLength;
    const freed = exports.freedObjects() as number;
    for (let i = 0; i < 900; i++) round(i);
    exports.__collect();
    // A list and its buffer, a text and another made of it, and a typed array and its buffer.
    if (collects) expect(exports.memory.buffer.byteLength).toBe(before);
    expect((exports.freedObjects() as number) - freed).toBeGreaterThanOrEqual(collects ? 6 * 900 : 0);
  });
});

test("managed: two instances with equal pointers are two things", () => {
  const [a, b] = [objects("minimal").exports, objects("minimal").exports];
  const pointer = a.doubles(4) as number;
  expect(b.doubles(4)).toBe(pointer);
  const [one, two] = [fromManaged(a, pointer), fromManaged(b, pointer)];
  one.release();
  expect([collected(a, pointer), collected(b, pointer)]).toEqual([true, false]);
  expect(two.get(1)).toBe(0.25);
});
