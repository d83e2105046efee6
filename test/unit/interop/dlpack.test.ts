import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { addFunction, fromDLPack, functionAt, toDLPack } from "linearview/interop";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { caller, rustModule } from "./modules.ts";

const FIELDS = "I:data:i:device_type:i:device_id:i:ndim:B:code:B:bits:H:lanes:I:shape:I:strides:Q:byte_offset:";
const MANAGED = `T{${FIELDS}I:manager_ctx:I:deleter:}`;
const VERSIONED = `T{I:major:I:minor:I:manager_ctx:I:deleter:Q:flags:${FIELDS}}`;

/** A tensor made by hand: 2 × 3 of 16-bit integers, 4 bytes behind 8192, with room for whatever a test says instead. */
function byHand(
  memory: LinearMemory,
  fields: object = {},
  lengths = [2n, 3n],
  steps: bigint[] | null = null,
  at = 4096,
) {
  const place = (offset: number, values: bigint[]): number => {
    memory.view({ byteOffset: at + offset, format: "q", shape: values.length }).assign(values);
    return at + offset;
  };
  const tensor = { data: 8192, device_type: 1, device_id: 0, ndim: lengths.length, code: 0, bits: 16, lanes: 1, byte_offset: 4n }; // prettier-ignore
  const struct = memory.view({ byteOffset: at, format: MANAGED, shape: [] });
  const axes = { shape: place(512, lengths), strides: steps ? place(1024, steps) : 0 };
  struct.set({ ...tensor, ...axes, manager_ctx: 0, deleter: 0, ...fields } as never);
  return { address: at, struct };
}

describe("fromDLPack", () => {
  const memory = LinearMemory.create({ initial: 2 ** 17 });

  test.each([
    [0, 8, "b"],
    [0, 16, "h"],
    [0, 32, "i"],
    [0, 64, "q"],
    [1, 8, "B"],
    [1, 16, "H"],
    [1, 32, "I"],
    [1, 64, "Q"],
    [2, 16, "e"],
    [2, 32, "f"],
    [2, 64, "d"],
    [5, 64, "F"],
    [5, 128, "D"],
    [6, 8, "?"],
  ])("type %i of %i bits is '%s', in C order without strides, at any address", (code, bits, format) => {
    for (const at of [4096, 4099]) {
      const view = fromDLPack(memory, byHand(memory, { code, bits }, [2n, 3n], null, at).address);
      expect([view.format, view.shape, view.strides, view.byteOffset, view.lifetime]).toEqual([format, [2, 3], [bits / 8 * 3, bits / 8], 8196, "count"]); // prettier-ignore
      const same = memory.view({ byteOffset: 8196, format, shape: [2, 3] });
      view.set(1, 2, same.get(0, 0));
      expect(view.toList()).toEqual(same.toList());
    }
  });

  test("strides are items, also negative ones and 0; lanes are a last dimension", () => {
    const items = memory.view({ byteOffset: 8192, format: "h", shape: 64 });
    items.assign(Array.from({ length: 64 }, (_, i) => i));
    const read = (...rest: [object, bigint[], (bigint[] | null)?]): unknown => fromDLPack(memory, byHand(memory, ...rest).address).toList(); // prettier-ignore
    expect(read({}, [2n, 3n], [1n, 2n])).toEqual([[2, 4, 6], [3, 5, 7]]); // prettier-ignore
    expect(read({ byte_offset: 20n }, [3n], [-1n])).toEqual([10, 9, 8]);
    expect(read({}, [3n], [0n])).toEqual([2, 2, 2]);
    expect(read({ lanes: 2 }, [2n])).toEqual([[2, 3], [4, 5]]); // prettier-ignore
    expect(read({ lanes: 2 }, [2n], [3n])).toEqual([[2, 3], [8, 9]]); // prettier-ignore
    expect(read({ shape: 0 }, [])).toBe(2);
    expect(read({ data: 0 }, [0n, 3n])).toEqual([]);
  });

  test.each([
    ["data", 0, "ERR_LAYOUT"],
    ["data", 0xffffff00, "ERR_BOUNDS"],
    ["device_type", 2, "ERR_UNSUPPORTED"],
    ["ndim", -1, "ERR_LAYOUT"],
    ["ndim", 65, "ERR_LAYOUT"],
    ["code", 3, "ERR_UNSUPPORTED"],
    ["code", 4, "ERR_UNSUPPORTED"],
    ["code", 255, "ERR_UNSUPPORTED"],
    ["bits", 0, "ERR_UNSUPPORTED"],
    ["bits", 4, "ERR_UNSUPPORTED"],
    ["bits", 24, "ERR_UNSUPPORTED"],
    ["bits", 128, "ERR_UNSUPPORTED"],
    ["lanes", 0, "ERR_UNSUPPORTED"],
    ["lanes", 65535, "ERR_BOUNDS"],
    ["shape", 0, "ERR_BOUNDS"],
    ["shape", 0xfffffff8, "ERR_BOUNDS"],
    ["strides", 0xfffffff8, "ERR_BOUNDS"],
    ["byte_offset", 2n ** 17n, "ERR_BOUNDS"],
    ["byte_offset", 2n ** 53n, "ERR_LAYOUT"],
    ["byte_offset", 2n ** 64n - 4n, "ERR_LAYOUT"],
  ] as const)("%s = %s is refused", (field, value, code) => {
    const { address } = byHand(memory, { [field]: value });
    failure(() => fromDLPack(memory, address), code, "fromDLPack");
  });

  test.each([
    [[-1n, 3n], null],
    [[2n ** 53n, 1n], null],
    [[2n ** 40n, 2n ** 40n], null],
    [
      [2n, 3n],
      [2n ** 53n, 1n],
    ],
    [
      [2n, 3n],
      [-(2n ** 52n), 1n],
    ],
    [
      [2n, 3n],
      [-9000n, 1n],
    ],
    [[2n, 2n ** 20n], null],
  ])("shape %s with strides %s is refused", (lengths, steps) => {
    const { address } = byHand(memory, {}, lengths, steps);
    expect(() => fromDLPack(memory, address)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_(LAYOUT|BOUNDS)$/) })); // prettier-ignore
  });

  test("addresses that are none", () => {
    for (const address of [0, -1, 0.5, NaN, "8", null, 2n ** 60n, 2 ** 17 - 8]) {
      failure(() => fromDLPack(memory, address as never), "ERR_BOUNDS", "fromDLPack");
    }
    failure(() => fromDLPack(memory, 4096, { managed: 1 as never }), "ERR_VALUE", "managed");
  });

  test("managed: the deleter is called once, with the address, and the views end; not when it is refused", () => {
    const { exports, memory: own } = rustModule(true);
    const calls: number[] = [];
    const { pointer } = addFunction(exports, (address: number) => void calls.push(address));
    const block = own.alloc("B", 8192).byteOffset;
    const { address, struct } = byHand(own, { deleter: pointer }, [2n, 3n], null, block);
    const data = block + 4096;
    struct.field("data").set(data as never);
    failure(() => fromDLPack(own, address, { managed: true }), "ERR_UNSUPPORTED", "table");
    struct.field("deleter").set(9999 as never);
    failure(() => fromDLPack(exports, address, { managed: true }), "ERR_BOUNDS", "9999");
    struct.field("deleter").set(pointer as never);
    struct.field("data").set(0xfffffff0 as never);
    failure(() => fromDLPack(exports, address, { managed: true }), "ERR_BOUNDS");
    struct.field("data").set(data as never);
    expect(calls).toEqual([]);
    const view = fromDLPack(exports, address, { managed: true });
    const row = view.slice(1);
    const letGo = row.hold();
    failure(() => view.release(), "ERR_EXPORTED", "DLTensor");
    letGo();
    exports.churn(2 ** 21);
    row.set(0, 77);
    expect(own.view({ byteOffset: data + 4 + 6, format: "h", shape: [] }).get()).toBe(77);
    view.release();
    view.release();
    expect(calls).toEqual([address]);
    failure(() => row.get(0), "ERR_RELEASED", "DLTensor");
    struct.field("deleter").set(0 as never); // there is none: nothing to call
    fromDLPack(exports, address, { managed: true }).release();
    fromDLPack(own, address).release();
    expect(calls).toEqual([address]);
  });

  test("tensors above 2 GiB", () => {
    const big = LinearMemory.from(new WebAssembly.Memory({ initial: 32770 }));
    const at = 2 ** 31 + 65537;
    const { address } = byHand(big, { data: 2 ** 31 + 3 }, [2n, 3n], null, at);
    const view = fromDLPack(big, address | 0);
    view.set(1, 2, -5);
    expect(big.view({ byteOffset: 2 ** 31 + 3 + 4 + 10, format: "h", shape: [] }).get()).toBe(-5);
  });
});

describe("toDLPack", () => {
  const layouts: [string, (view: MemoryView) => MemoryView][] = [
    ["packed", (view) => view],
    ["transposed", (view) => view.transpose()],
    ["a region", (view) => view.slice("1:3, ::2")],
    ["upside down", (view) => view.flip(0)],
    ["a column", (view) => view.slice(null, "...", 1)],
    ["one item", (view) => view.slice(1, 1)],
    ["no items", (view) => view.slice("0:0")],
  ];

  test.each(layouts)(
    "%s goes to the module's side and back without a copy, and is released by its table",
    (_, layout) => {
      const { exports, memory, live } = rustModule(true);
      const call = caller(exports.__indirect_function_table);
      for (const format of "bBhHiIlqQefdFD?") {
        const block = memory.alloc(format, [4, 6]);
        const view = layout(block as MemoryView);
        for (const managed of [true, "versioned"] as const) {
          const exported = toDLPack(memory, view, { table: exports, versioned: managed === "versioned" });
          const back = fromDLPack(exports, exported.address, { managed });
          expect([back.shape, back.strides, back.itemsize, back.readonly]).toEqual([view.shape, view.strides, view.itemsize, false]); // prettier-ignore
          expect(back.nbytes === 0 || back.byteOffset === view.byteOffset).toBe(true);
          expect(back.toList()).toEqual(view.toList());
          failure(() => memory.free(block), "ERR_EXPORTED");
          back.release();
          exported.release();
          expect(memory.stats().liveBlocks).toBe(1);
          const other = toDLPack(memory, view, { table: exports, versioned: managed === "versioned" });
          const struct = memory.view({ byteOffset: other.address, format: managed === true ? MANAGED : VERSIONED, shape: [] }); // prettier-ignore
          call(struct.get().deleter, other.address);
          other[Symbol.dispose]();
          toDLPack(memory, view, { table: exports }).release();
        }
        block.release();
      }
      expect([live(), memory.stats().liveBlocks, exports.__indirect_function_table.length]).toEqual([0, 0, 16]);
    },
  );

  test("versioned says read-only; a version to come is refused", () => {
    const { exports, memory } = rustModule(true);
    const block = memory.alloc("f", 4);
    using exported = toDLPack(memory, block.toReadonly(), { table: exports, versioned: true });
    const struct = memory.view({ byteOffset: exported.address, format: VERSIONED, shape: [] });
    expect([struct.get().flags, struct.get().major]).toEqual([1n, 1]);
    expect(fromDLPack(memory, exported.address, { managed: "versioned", table: exports }).readonly).toBe(true);
    struct.field("major").set(2 as never);
    failure(() => fromDLPack(exports, exported.address, { managed: "versioned" }), "ERR_UNSUPPORTED", "version 2");
  });

  test("what cannot be described is refused; so is a table that cannot grow, and every allocation that fails", () => {
    const { exports, memory } = rustModule(true);
    const block = memory.alloc("i", 4);
    const odd = memory.alloc("T{H:a:B:b:}", 4);
    const cases: [unknown, string][] = [
      [block.reinterpret(">i"), "ERR_FORMAT"],
      [odd, "ERR_FORMAT"],
      [memory.view({ format: "4s", shape: 2 }), "ERR_FORMAT"],
      [memory.view({ byteOffset: 0, format: "h", shape: 4, strides: 3 }), "ERR_LAYOUT"],
      [block.toReadonly(), "ERR_READONLY"],
      [memoryview(new Int32Array(4)), "ERR_VALUE"],
      [new Int32Array(4), "ERR_VALUE"],
      [undefined, "ERR_VALUE"],
    ];
    for (const [view, code] of cases)
      failure(() => toDLPack(memory, view as never, { table: exports }), code, "toDLPack");
    failure(() => toDLPack(memory, block), "ERR_UNSUPPORTED", "table");
    const fixed = rustModule();
    const other = fixed.memory.alloc("i", 4);
    failure(() => toDLPack(fixed.memory, other, { table: fixed.exports }), "ERR_ALLOCATION", "growable");
    other.release();
    expect(fixed.memory.stats().liveBlocks).toBe(0);
    block.release();
    odd.release();
    const none = LinearMemory.create({ initial: 65536, maximum: 65536 });
    const all = none.alloc("B", 60000);
    const rest: MemoryView[] = [];
    for (let nbytes = 4096; nbytes >= 1; nbytes >>= 1) {
      try {
        for (;;) rest.push(none.alloc("B", nbytes));
      } catch {
        // full
      }
    }
    const { liveBlocks } = none.stats();
    failure(() => toDLPack(none, all, { table: exports }), "ERR_ALLOCATION", "no room");
    expect(none.stats().liveBlocks).toBe(liveBlocks);
    all.release(); // and nothing holds it
  });
});

describe("functions and pointers", () => {
  test("signatures of every type, and bigints for 64 bits", () => {
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    const cases: [string, unknown[], unknown][] = [
      ["v", [], undefined],
      ["vi", [-1], undefined],
      ["iii", [3, 4], 7],
      ["jj", [2n ** 40n], 2n ** 40n],
      ["ff", [0.5], 0.5],
      ["dd", [0.1], 0.1],
    ];
    for (const [signature, values, result] of cases) {
      const seen: unknown[][] = [];
      const call = (...given: unknown[]): unknown => {
        seen.push(given);
        return result;
      };
      const added = addFunction(table, call, signature);
      expect(added.pointer).toBe(1);
      expect(functionAt(table, added.pointer)(...(values as number[]))).toBe(result);
      expect(seen).toEqual([values]);
      added.remove();
      added.remove();
      failure(() => functionAt(table, 1), "ERR_BOUNDS", "no function at 1", "2 places");
    }
    for (const signature of ["", "x", "ix", "vv"])
      failure(() => addFunction(table, () => {}, signature), "ERR_UNSUPPORTED");
    failure(() => addFunction(table, 5 as never), "ERR_VALUE");
    for (const pointer of [0, 2, -1, 2n ** 40n]) failure(() => functionAt(table, pointer), "ERR_BOUNDS");
    failure(() => functionAt(table, NaN), "ERR_BOUNDS");
    failure(() => functionAt({}, 1), "ERR_UNSUPPORTED");
    failure(() => functionAt(undefined, 1), "ERR_UNSUPPORTED");
  });

  test("two functions have two places; a place that was given back is the next one's", () => {
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 1, maximum: 3 });
    const [a, b] = [
      addFunction({ wasmTable: table }, () => 1, "i"),
      addFunction(
        () => table,
        () => 2,
        "i",
      ),
    ];
    expect([a.pointer, b.pointer, functionAt({ _functionTable: () => table }, 2)()]).toEqual([1, 2, 2]);
    failure(() => addFunction(table, () => 3, "i"), "ERR_ALLOCATION", "3 places");
    a.remove();
    const c = addFunction({ exports: { __indirect_function_table: table } }, () => 3, "i");
    expect([c.pointer, functionAt(table, 1)(), functionAt(table, 2)()]).toEqual([1, 3, 2]);
  });
});
