import { LinearMemory, memoryview, type MemoryView, MemoryViewError } from "linearview";
import { addFunction, type ArrowColumn, fromArrow, functionAt, toArrow } from "linearview/interop";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { caller, rustModule } from "./modules.ts";

const ARRAY =
  "T{q:length:q:null_count:q:offset:q:n_buffers:q:n_children:I:buffers:I:children:I:dictionary:I:release:I:private_data:}";
const SCHEMA = "T{I:format:I:name:I:metadata:q:flags:q:n_children:I:children:I:dictionary:I:release:I:private_data:}";

/** What the module publishes: rows 0 to n - 1. */
const expected = (n: number): Record<string, unknown>[] =>
  Array.from({ length: n }, (_, i) => ({
    id: i * 10,
    ratio: i % 4 === 2 ? null : i / 4,
    ok: i % 3 === 0,
    name: "üx".repeat(i % 4),
    at: BigInt(i) + 2n ** 60n,
  }));

describe("fromArrow: a batch of a Rust module", () => {
  test.each([0, 1, 7, 8, 9, 100])("%i rows read as the module says", (n) => {
    const { exports, live } = rustModule();
    const [array, schema] = [exports.arrow_array(n), exports.arrow_schema()];
    const batch = fromArrow(exports, { array, schema });
    expect([batch.format, batch.length, batch.children.map(({ name, format }) => name + format)]).toEqual([
      "+s",
      n,
      ["idi", "ratiog", "okb", "nameu", "atl"],
    ]);
    expect(batch.toList()).toEqual(expected(n));
    expect([...batch]).toEqual(expected(n));
    expect(batch.child("at").offset).toBe(2);
    expect(batch.child("at").values!.toList()).toEqual(expected(n).map(({ at }) => at));
    const ratio = batch.child("ratio");
    expect([ratio.nullCount, ratio.nullable]).toEqual([expected(n).filter((row) => row.ratio === null).length, true]);
    if (n > 0) expect(batch.get(-1)).toEqual(expected(n)[n - 1]);
    failure(() => batch.get(n), "ERR_BOUNDS", "index");
    failure(() => batch.child("nope"), "ERR_FORMAT", "nope", "ratio");
    batch.release();
    for (const column of [batch, ...batch.children]) failure(() => column.toList(), "ERR_RELEASED");
    expect(exports.arrow_live()).toBe(0);
    exports.arrow_release(array, schema); // gives the two structures back, and must find nothing to release
    expect(live()).toBe(0);
  });

  test("writes through views and validity bits are seen by the module, also after it and JavaScript made memory grow", () => {
    const { exports } = rustModule();
    const [array, schema] = [exports.arrow_array(100), exports.arrow_schema()];
    using batch = fromArrow(exports, { array, schema });
    const ratio = batch.child("ratio");
    const sum = (): number => ratio.toList().reduce((total, value) => total + (value ?? 0), 0);
    expect(exports.arrow_sum_ratio(array)).toBe(sum());
    ratio.values!.set(1, 1000);
    expect(exports.arrow_sum_ratio(array)).toBe(sum());
    exports.churn(2 ** 22);
    ratio.values!.set(3, 2000);
    ratio.validity!.set(3, true);
    ratio.validity!.set(1, false);
    expect([ratio.get(1), ratio.get(3)]).toEqual([null, 2000]);
    expect(exports.arrow_sum_ratio(array)).toBe(sum());
    exports.memory.grow(1);
    ratio.values!.fill(2);
    expect([exports.arrow_sum_ratio(array), sum()]).toEqual([148, 148]);
    expect([ratio.nullCount, [...ratio.validity!].filter((bit) => !bit).length]).toEqual([26, 26]);
    batch.child("ok").bits!.set(9, false);
    expect(batch.child("ok").get(9)).toBe(false);
    failure(() => batch.child("ok").bits!.set(0, 1 as never), "ERR_VALUE");
  });

  test("release calls the callbacks once; then every view and every column throws by name", () => {
    const { exports } = rustModule();
    const [array, schema] = [exports.arrow_array(9), exports.arrow_schema()];
    const batch = fromArrow(exports, { array, schema });
    const [id, ratio, ok, name] = batch.children as [ArrowColumn, ArrowColumn, ArrowColumn, ArrowColumn];
    const { values } = ratio as { values: MemoryView };
    const part = values.slice([2, 5]);
    expect([values.lifetime, part.lifetime]).toEqual(["count", "count"]);
    const letGo = part.hold();
    failure(() => batch.release(), "ERR_EXPORTED", "Arrow array");
    expect([values.get(1), exports.arrow_live()]).toEqual([0.25, 12]);
    letGo();
    ratio.release(); // of any column: it is one array
    batch.release();
    batch[Symbol.dispose]();
    expect([exports.arrow_live(), batch.released, values.released]).toEqual([0, true, true]);
    const uses = [
      () => values.get(0),
      () => part.set(0, 1),
      () => ratio.validity!.get(0),
      () => ratio.validity!.set(0, true),
      () => ok.bits!.get(0),
      () => name.offsets!.toList(),
      () => name.data!.get(0),
      () => id.get(0),
      () => batch.get(0),
      () => batch.toList(),
      () => [...name],
      () => ratio.nullCount,
    ];
    for (const use of uses) failure(use, "ERR_RELEASED", "was released");
    failure(() => fromArrow(exports, { array, schema }), "ERR_RELEASED", "released");
  });

  test("owned: a schema of several arrays stays; what somebody else releases is left alone, and needs no table", () => {
    const { exports, memory } = rustModule();
    const schema = exports.arrow_schema();
    for (const n of [3, 5]) {
      const array = exports.arrow_array(n);
      using batch = fromArrow(memory, { array, schema, table: exports, owned: "array" });
      expect(batch.toList()).toEqual(expected(n));
    }
    expect(exports.arrow_live()).toBe(6);
    const array = exports.arrow_array(4);
    failure(() => fromArrow(memory, { array, schema }), "ERR_UNSUPPORTED", "table");
    failure(() => fromArrow(memory, { array, schema, table: new WebAssembly.Table({ element: "anyfunc", initial: 1 }) }), "ERR_BOUNDS", "table has 1"); // prettier-ignore
    failure(() => fromArrow(memory, { array, schema, owned: "all" as never }), "ERR_VALUE", "owned");
    const batch = fromArrow(memory, { array, schema, owned: "none" });
    expect(batch.toList()).toEqual(expected(4));
    batch.release();
    failure(() => batch.get(0), "ERR_RELEASED");
    expect(exports.arrow_live()).toBe(12);
    using again = fromArrow(memory, { array, schema, table: () => exports.__indirect_function_table });
    expect(again.length).toBe(4);
  });

  test("a callback that fails is an own error with its cause; what is released by somebody else is not released again", () => {
    const { exports, memory } = rustModule(true);
    const failing = addFunction(exports, () => {
      throw new Error("theirs");
    });
    const [array, schema] = [exports.arrow_array(1), exports.arrow_schema()];
    const batch = fromArrow(exports, { array, schema });
    const release = memory.view({ byteOffset: array, format: ARRAY, shape: [] }).field("release") as MemoryView;
    const own = release.get();
    release.set(failing.pointer);
    const error = failure(() => batch.release(), "ERR_UNSUPPORTED", "failed");
    expect((error.cause as Error).message).toBe("theirs");
    expect(exports.arrow_live()).toBe(6); // the schema was released all the same
    release.set(own);
    functionAt(exports, own)(array);
    expect(exports.arrow_live()).toBe(0);
    const other = fromArrow(exports, { array: exports.arrow_array(1), schema: exports.arrow_schema() });
    const { pointer, remove } = addFunction(exports, () => {});
    expect(pointer).toBeGreaterThan(14);
    remove();
    other.release();
    expect(exports.arrow_live()).toBe(0);
  });
});

/** Structures made by hand in a memory of ours: a tree of `[format, array fields, buffers, children]`. */
function byHand(memory: LinearMemory, start: number, skew = 0) {
  let at = start + skew;
  const place = (bytes: number): number => {
    const address = at;
    at += bytes;
    return address;
  };
  const bytes = (values: ArrayLike<number> & { buffer: ArrayBufferLike }): number => {
    const array = new Uint8Array(values.buffer);
    const address = place(array.length);
    memory.view({ byteOffset: address, shape: array.length }).assign(array);
    return address;
  };
  const pointers = (addresses: number[]): number => bytes(Uint32Array.from(addresses));
  const struct = (format: string, fields: object): number => {
    const view = memory.view({ byteOffset: place(memory.view({ format, shape: 1 }).itemsize), format, shape: [] });
    view.set(fields as never);
    return view.byteOffset;
  };
  interface Node {
    format: string;
    name?: string;
    length: number;
    offset?: number;
    nulls?: number;
    buffers?: (({ buffer: ArrayBufferLike } & ArrayLike<number>) | null)[];
    children?: Node[];
    dictionary?: Node;
  }
  function make({ format, name = "", length, offset = 0, nulls = 0, buffers = [], children = [], dictionary }: Node) {
    const inner: [number, number][] = children.map(make);
    const values: [number, number] = dictionary ? make(dictionary) : [0, 0];
    const n_children = BigInt(children.length);
    const ends = { dictionary: 0, release: 1, private_data: 0, n_children };
    const text = (value: string): number => bytes(new TextEncoder().encode(`${value}\0`));
    const array = {
      length: BigInt(length),
      null_count: BigInt(nulls),
      offset: BigInt(offset),
      n_buffers: BigInt(buffers.length),
      buffers: pointers(buffers.map((values) => (values ? bytes(values as never) : 0))),
      children: pointers(inner.map(([a]) => a)),
    };
    const schema = {
      format: text(format),
      name: text(name),
      metadata: 0,
      flags: 2n,
      children: pointers(inner.map(([, s]) => s)),
    };
    return [
      struct(ARRAY, { ...array, ...ends, dictionary: values[0] }),
      struct(SCHEMA, { ...schema, ...ends, dictionary: values[1] }),
    ] as [number, number];
  }
  return (node: Node): { array: number; schema: number } => {
    const [array, schema] = make(node);
    return { array, schema };
  };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bits = (...values: number[]): Uint8Array =>
  Uint8Array.from({ length: Math.ceil(values.length / 8) }, (_, i) =>
    values.slice(i * 8, i * 8 + 8).reduce((byte, bit, k) => byte | (bit << k), 0),
  );

describe("fromArrow: types", () => {
  const memory = LinearMemory.create({ initial: 2 ** 20 });
  /** A column of structures at the same place every time. */
  const read = (node: Parameters<ReturnType<typeof byHand>>[0], skew = 0): ArrowColumn => {
    return fromArrow(memory, { ...byHand(memory, 4096, skew)(node), owned: "none" });
  };

  test.each([
    ["c", Int8Array.of(-1, 2, 3), [2, 3]],
    ["C", Uint8Array.of(255, 2, 3), [2, 3]],
    ["s", Int16Array.of(-1, -2, 3), [-2, 3]],
    ["S", Uint16Array.of(1, 65535, 3), [65535, 3]],
    ["i", Int32Array.of(1, -2, 3), [-2, 3]],
    ["I", Uint32Array.of(1, 4294967295, 3), [4294967295, 3]],
    ["l", BigInt64Array.of(1n, -2n, 3n), [-2n, 3n]],
    ["L", BigUint64Array.of(1n, 2n ** 64n - 1n, 3n), [2n ** 64n - 1n, 3n]],
    ["e", Uint16Array.of(0, 0x3c00, 0xc000), [1, -2]],
    ["f", Float32Array.of(0, 0.5, -1), [0.5, -1]],
    ["g", Float64Array.of(0, 0.1, NaN), [0.1, NaN]],
    ["tdD", Int32Array.of(0, 19000, -1), [19000, -1]],
    ["tdm", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tts", Int32Array.of(0, 5, 6), [5, 6]],
    ["ttm", Int32Array.of(0, 5, 6), [5, 6]],
    ["ttu", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["ttn", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tss:", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tsm:+05:30", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tsu:Europe/Paris", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tsn:UTC", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tDs", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tDm", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tDu", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tDn", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["tiM", Int32Array.of(0, 5, 6), [5, 6]],
    ["tiD", Int32Array.of(0, 0, 5, 6, 7, 8), [{ days: 5, milliseconds: 6 }, { days: 7, milliseconds: 8 }]], // prettier-ignore
    ["tin", Int32Array.of(0, 0, 0, 0, 1, 2, 3, 0, 4, 5, -1, -1), [{ months: 1, days: 2, nanoseconds: 3n }, { months: 4, days: 5, nanoseconds: -1n }]], // prettier-ignore
    ["d:9,2,32", Int32Array.of(0, 5, 6), [5, 6]],
    ["d:18,2,64", BigInt64Array.of(0n, 5n, -1n), [5n, -1n]],
    ["d:38,10", BigInt64Array.of(0n, 0n, 5n, 0n, -1n, -1n), [{ low: 5n, high: 0n }, { low: 2n ** 64n - 1n, high: -1n }]], // prettier-ignore
    [
      "d:38,10,128",
      BigInt64Array.of(0n, 0n, 5n, 0n, 0n, 1n),
      [
        { low: 5n, high: 0n },
        { low: 0n, high: 1n },
      ],
    ],
    ["d:76,10,256", new Uint8Array(96).fill(7, 32, 64), [new Uint8Array(32).fill(7), new Uint8Array(32)]],
    ["w:3", utf8("abcdefghi"), [utf8("def"), utf8("ghi")]],
  ])("%s, at any address and with an offset", (format, values, items) => {
    for (const skew of [0, 1, 3]) {
      const column = read({ format, length: 2, offset: 1, buffers: [null, values as never] }, skew);
      expect(column.toList()).toEqual(items);
      expect([column.values!.length, column.nullCount, column.validity]).toEqual([2, 0, undefined]);
      const nulls = read({ format, length: 2, offset: 1, nulls: -1, buffers: [bits(1, 0, 1), values as never] }, skew);
      expect([nulls.toList(), nulls.nullCount]).toEqual([[null, items[1]], 1]);
    }
  });

  test("nulls, booleans and validity at every bit offset", () => {
    expect(read({ format: "n", length: 3, nulls: 3 }).toList()).toEqual([null, null, null]);
    const [values, valid] = [[1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0]]; // prettier-ignore
    for (let offset = 0; offset < 19; offset++) {
      for (const length of [0, 1, 8, 11].filter((n) => offset + n <= 19)) {
        const column = read({ format: "b", length, offset, nulls: -1, buffers: [bits(...valid), bits(...values)] });
        const flags = values.slice(offset, offset + length).map(Boolean);
        const there = valid.slice(offset, offset + length);
        expect(column.toList()).toEqual(flags.map((flag, i) => (there[i] ? flag : null)));
        expect([...column.bits!]).toEqual(flags);
        expect([column.bits!.count(), column.validity!.count()]).toEqual([flags.filter(Boolean).length, there.filter(Boolean).length]); // prettier-ignore
        if (length === 0) continue;
        // One bit changes, and no other.
        const before = [...column.bits!];
        column.bits!.set(length - 1, !before.at(-1));
        expect([...column.bits!]).toEqual([...before.slice(0, -1), !before.at(-1)]);
        failure(() => column.bits!.get(length), "ERR_BOUNDS");
      }
    }
  });

  test("texts, binaries, lists, maps and dictionaries, with offsets of 32 and 64 bits", () => {
    const text = utf8("aéb\ufeffz");
    const cuts = [0, 1, 1, 4, 8];
    for (const [format, offsets] of [
      ["u", Int32Array.from(cuts)],
      ["U", BigInt64Array.from(cuts.map(BigInt))],
    ] as const) {
      const column = read({ format, length: 3, offset: 1, buffers: [null, offsets as never, text] });
      expect(column.toList()).toEqual(["", "éb", "\ufeffz"]);
      expect([column.offsets!.length, column.data!.length]).toEqual([4, 8]);
      const binary = read({
        format: format === "u" ? "z" : "Z",
        length: 4,
        buffers: [bits(1, 1, 0, 1), offsets as never, text],
      });
      expect(binary.toList()).toEqual([utf8("a"), utf8(""), null, utf8("\ufeffz")]);
      const items = {
        format: "s",
        name: "item",
        length: 6,
        offset: 2,
        buffers: [null, Int16Array.of(8, 9, 0, 1, 2, 3, 4, 5)],
      };
      const lists = [0, 2, 2, 6];
      const list = read({
        format: format === "u" ? "+l" : "+L",
        length: 3,
        buffers: [null, (format === "u" ? Int32Array.from(lists) : BigInt64Array.from(lists.map(BigInt))) as never],
        children: [items],
      });
      expect(list.toList()).toEqual([[0, 1], [], [2, 3, 4, 5]]);
    }
    const numbers = { format: "i", name: "item", length: 6, buffers: [null, Int32Array.of(0, 1, 2, 3, 4, 5)] };
    const pairs = read({ format: "+w:2", length: 2, offset: 1, buffers: [bits(1, 0, 1)], children: [numbers] });
    expect([pairs.toList(), pairs.children[0]!.toList()]).toEqual([
      [null, [4, 5]],
      [2, 3, 4, 5],
    ]);
    const entries = {
      format: "+s",
      name: "entries",
      length: 6,
      buffers: [null],
      children: [numbers, { ...numbers, name: "value" }],
    };
    const map = read({ format: "+m", length: 2, buffers: [null, Int32Array.of(0, 1, 2)], children: [entries] });
    expect(map.toList()).toEqual([[{ item: 0, value: 0 }], [{ item: 1, value: 1 }]]);
    const words = { format: "u", length: 2, buffers: [null, Int32Array.of(0, 3, 6), utf8("onetwo")] };
    const coded = read({ format: "c", length: 3, buffers: [bits(1, 1, 0), Int8Array.of(1, 0, 77)], dictionary: words });
    expect([coded.toList(), coded.values!.toList(), coded.dictionary!.toList()]).toEqual([["two", "one", null], [1, 0, 77], ["one", "two"]]); // prettier-ignore
  });

  test("a struct's offset and length are a window on its children; names are own properties", () => {
    const column = read({
      format: "+s",
      length: 2,
      offset: 1,
      nulls: 1,
      buffers: [bits(0, 1, 0)],
      children: [{ format: "C", name: "__proto__", length: 3, offset: 1, buffers: [null, Uint8Array.of(9, 0, 1, 2)] }],
    });
    expect(column.child("__proto__").values!.toList()).toEqual([1, 2]);
    expect(Object.entries(column.get(0))).toEqual([["__proto__", 1]]);
    expect(column.get(1)).toBe(null);
  });

  test("offsets and keys that point outside are refused, and so is nothing else", () => {
    const text = read({ format: "u", length: 3, buffers: [null, Int32Array.of(0, 99, -5, 3), utf8("abc")] });
    failure(() => text.get(0), "ERR_BOUNDS", "0 to 99 of 3");
    failure(() => text.get(1), "ERR_BOUNDS", "99 to -5");
    failure(() => text.toList(), "ERR_BOUNDS");
    const words = { format: "u", length: 1, buffers: [null, Int32Array.of(0, 3), utf8("one")] };
    const coded = read({ format: "c", length: 2, buffers: [null, Int8Array.of(-1, 1)], dictionary: words });
    for (const i of [0, 1]) failure(() => coded.get(i), "ERR_BOUNDS", "of 1");
  });

  test.each([
    "",
    "x",
    "ii",
    "i:3",
    "w",
    "w:",
    "w:0",
    "w:-1",
    "w:1e3",
    "w:99999999999999999999",
    "d:",
    "d:1,2,7",
    "+w",
    "+w:",
    "+w:x",
    "+us:0,1",
    "+vl",
    "+r",
    "vu",
    "tsq:",
    "tsm",
    "tDm:",
    "u:5",
    "__proto__",
    "+l:1",
    "é".repeat(99),
  ])("the format %j is refused", (format) => {
    expect(() => read({ format, length: 0, buffers: [null, null] })).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_(FORMAT|LAYOUT)$/) })); // prettier-ignore
  });
});

test("fromArrow: shared memory", () => {
  const memory = LinearMemory.create({ shared: true });
  const { array, schema } = byHand(memory, 4096)({ format: "u", name: "é", length: 2, buffers: [bits(1, 1), Int32Array.of(0, 1, 3), utf8("aé")] }); // prettier-ignore
  const column = fromArrow(memory, { array, schema, owned: "none" });
  expect([column.name, column.toList(), column.nullCount]).toEqual(["é", ["a", "é"], 0]);
  column.validity!.set(0, false);
  expect(column.toList()).toEqual([null, "é"]);
});

describe("fromArrow: hostile structures", () => {
  /** A field is given what it must not have; nothing may be released, and nothing changes. */
  const corruptions: [field: string, value: number | bigint, code: RegExp][] = [
    ...["length", "null_count", "offset", "n_buffers", "n_children"].flatMap((field) =>
      [-2n, 2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 31n].map((value): [string, bigint, RegExp] => [
        field,
        value,
        /^ERR_(LAYOUT|BOUNDS)$/,
      ]),
    ),
    ...["buffers", "children"].flatMap((field) =>
      [0, 0xfffffff0].map((value): [string, number, RegExp] => [field, value, /^ERR_(BOUNDS|LAYOUT|RELEASED)$/]),
    ),
    ["dictionary", 8, /^ERR_LAYOUT$/],
    ["release", 0, /^ERR_RELEASED$/],
    ["release", 0xffff, /^ERR_BOUNDS$/],
  ];

  test.each(corruptions)("ArrowArray.%s = %s", (field, value, code) => {
    const { exports, memory } = rustModule();
    const [array, schema] = [exports.arrow_array(9), exports.arrow_schema()];
    const view = memory.view({ byteOffset: array, format: ARRAY, shape: [] }).field(field as "length") as MemoryView;
    const own = view.get();
    view.set(value);
    expect(() => fromArrow(exports, { array, schema })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(code) }),
    );
    expect(exports.arrow_live()).toBe(12);
    view.set(own);
    using batch = fromArrow(exports, { array, schema });
    expect(batch.toList()).toEqual(expected(9));
  });

  test.each([
    ["format", 0, /^ERR_BOUNDS$/],
    ["format", 0xfffffff0, /^ERR_BOUNDS$/],
    ["name", 0xfffffff0, /^ERR_BOUNDS$/],
    ["n_children", 2n ** 40n, /^ERR_LAYOUT$/],
    ["n_children", 4n, /^ERR_LAYOUT$/],
    ["n_children", -1n, /^ERR_LAYOUT$/],
    ["children", 0, /^ERR_BOUNDS$/],
    ["children", 0xfffffff0, /^ERR_BOUNDS$/],
    ["dictionary", 8, /^ERR_LAYOUT$/],
    ["release", 0, /^ERR_RELEASED$/],
    ["release", 0xffff, /^ERR_BOUNDS$/],
  ] as const)("ArrowSchema.%s = %s", (field, value, code) => {
    const { exports, memory } = rustModule();
    const [array, schema] = [exports.arrow_array(9), exports.arrow_schema()];
    const view = memory.view({ byteOffset: schema, format: SCHEMA, shape: [] }).field(field) as MemoryView;
    view.set(value);
    expect(() => fromArrow(exports, { array, schema })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(code) }),
    );
    expect(exports.arrow_live()).toBe(12);
  });

  test("a child that was moved, a tree that contains itself, buffers that are missing or far away", () => {
    const { exports, memory } = rustModule();
    const [array, schema] = [exports.arrow_array(9), exports.arrow_schema()];
    const struct = (address: number): MemoryView => memory.view({ byteOffset: address, format: ARRAY, shape: [] });
    const children = memory.view({ byteOffset: struct(array).get().children, format: "I", shape: 5 });
    const ratio = struct(children.get(1));
    const refused = (code: string, ...parts: string[]) => failure(() => fromArrow(exports, { array, schema }), code, ...parts); // prettier-ignore
    const { release } = ratio.get();
    ratio.field("release").set(0 as never);
    refused("ERR_RELEASED", "'ratio'");
    ratio.field("release").set(release as never);
    const own = children.get(1);
    children.set(1, array);
    refused("ERR_RELEASED", "twice");
    children.set(1, children.get(0));
    refused("ERR_RELEASED", "twice");
    children.set(1, 0);
    refused("ERR_BOUNDS", "ArrowArray");
    children.set(1, own);
    const buffers = memory.view({ byteOffset: ratio.get().buffers, format: "I", shape: 2 });
    const [validity, values] = buffers.toList() as [number, number];
    for (const [k, address] of [
      [0, 0],
      [1, 0],
      [1, 0xfffffff8],
      [1, memory.stats().capacity - 71],
    ] as const) {
      buffers.set(k, address);
      refused(k === 0 ? "ERR_LAYOUT" : "ERR_BOUNDS", "'ratio'");
      buffers.assign([validity, values]);
    }
    ratio.field("length").set(8n as never);
    refused("ERR_LAYOUT", "'ratio'", "9");
    expect(exports.arrow_live()).toBe(12);
  });

  test("every byte of the structures changed: an own error, or columns that lie in the memory", () => {
    const memory = LinearMemory.create({ initial: 65536 });
    const numbers = {
      format: "i",
      name: "n",
      length: 4,
      buffers: [bits(1, 0, 1, 1), Int32Array.of(0, 1, 2, 3)],
      nulls: 1,
    };
    const names = { format: "u", name: "u", length: 4, buffers: [null, Int32Array.of(0, 1, 1, 3, 4), utf8("abcd")] };
    const coded = { format: "C", name: "d", length: 4, buffers: [null, Uint8Array.of(0, 1, 2, 3)], dictionary: names };
    const lists = { format: "+l", name: "l", length: 4, buffers: [null, Int32Array.of(0, 1, 1, 3, 4)], children: [numbers] }; // prettier-ignore
    const pairs = { format: "+w:1", name: "w", length: 4, buffers: [null], children: [{ ...numbers, format: "tdD" }] };
    const start = 1024;
    const nothing = { format: "n", name: "0", length: 4, nulls: 4 };
    const { array, schema } = byHand(
      memory,
      start,
    )({
      format: "+s",
      length: 4,
      buffers: [null],
      children: [numbers, names, coded, lists, pairs, nothing],
    });
    const bytes = memory.view({ byteOffset: start, shape: schema + 48 - start });
    const before = bytes.copy();
    let refused = 0;
    for (let at = 0; at < before.length; at++) {
      const change = [1, 0x80, 0xff][at % 3]!;
      bytes.set(at, before[at]! ^ change);
      try {
        fromArrow(memory, { array, schema, owned: "none" }).toList();
      } catch (error) {
        expect(error, `byte ${at} ^ ${change}`).toBeInstanceOf(MemoryViewError);
        refused++;
      }
      bytes.set(at, before[at]!);
    }
    expect(refused).toBeGreaterThan(before.length / 2);
    expect(bytes.copy()).toEqual(before);
  });

  test("addresses that are none", () => {
    const { exports } = rustModule();
    const schema = exports.arrow_schema();
    for (const array of [
      0,
      -8,
      2 ** 32,
      0.5,
      NaN,
      "8",
      undefined,
      null,
      2n ** 60n,
      exports.memory.buffer.byteLength - 63,
    ]) {
      failure(() => fromArrow(exports, { array: array as never, schema }), "ERR_BOUNDS", "fromArrow");
    }
    failure(() => fromArrow({}, { array: 8, schema }), "ERR_UNSUPPORTED");
    failure(() => fromArrow(exports, undefined as never), "ERR_BOUNDS");
    failure(() => fromArrow(exports, { array: 8, schema, other: 1 } as never), "ERR_VALUE", "other");
  });

  test("lists in lists end at 64, whatever is said", () => {
    const memory = LinearMemory.create({ initial: 2 ** 20 });
    let node: any = { format: "n", length: 1, nulls: 1 };
    const nest = (times: number): void => {
      for (let i = 0; i < times; i++) node = { format: "+l", length: 1, buffers: [null, Int32Array.of(0, 1)], children: [node] }; // prettier-ignore
    };
    nest(64);
    const deep = fromArrow(memory, { ...byHand(memory, 4096)(node), owned: "none" });
    expect(JSON.stringify(deep.toList())).toBe(`${"[".repeat(65)}null${"]".repeat(65)}`);
    nest(1);
    failure(() => fromArrow(memory, { ...byHand(memory, 2 ** 18)(node), owned: "none" }), "ERR_LAYOUT", "64");
  });

  test("structures and buffers above 2 GiB, addresses as exports return them", () => {
    let memory: LinearMemory;
    try {
      memory = LinearMemory.from(new WebAssembly.Memory({ initial: 32769 }));
    } catch {
      return void expect.soft(true, "the engine has no memory of 2 GiB").toBe(true);
    }
    const base = 2 ** 31 + 1;
    const { array, schema } = byHand(memory, base)({ format: "h".replace("h", "s"), name: "x", length: 3, nulls: 1, buffers: [bits(1, 0, 1), Int16Array.of(1, 2, 3)] }); // prettier-ignore
    const column = fromArrow(memory, { array: array | 0, schema: schema | 0, owned: "none" });
    expect([column.name, column.toList()]).toEqual(["x", [1, null, 3]]);
    column.values!.set(0, 7);
    expect(memory.view({ byteOffset: column.values!.byteOffset, format: "h", shape: [] }).get()).toBe(7);
    expect(column.values!.byteOffset).toBeGreaterThan(2 ** 31);
  });
});

describe("toArrow", () => {
  const make = () => {
    const module = rustModule(true);
    const { memory } = module;
    const id = memory.alloc("i", 5).assign([0, 10, 20, 30, 40]);
    const ratio = memory.alloc("d", 5).assign([0, 0.25, 0.5, 0.75, 1]);
    return { ...module, id, ratio };
  };

  test("a batch goes to the module's side and back without a copy; the module's table releases it, once", () => {
    const { exports, memory, live, id, ratio } = make();
    const exported = toArrow(memory, { id, ratio }, { table: exports });
    const { array, schema } = exported;
    const batch = fromArrow(exports, { array, schema });
    expect(batch.toList()).toEqual(id.toList().map((value, i) => ({ id: value, ratio: ratio.get(i) })));
    ratio.set(1, 9);
    batch.child("id").values!.set(0, -1);
    expect([batch.child("ratio").get(1), id.get(0)]).toEqual([9, -1]);
    failure(() => memory.free(id), "ERR_EXPORTED");
    failure(() => ratio.release(), "ERR_EXPORTED");
    failure(() => memory[Symbol.dispose](), "ERR_EXPORTED");
    batch.release();
    memory.free(id);
    ratio.release();
    failure(() => fromArrow(exports, { array, schema }), "ERR_RELEASED");
    exported.release();
    exported.release();
    expect([live(), memory.stats().liveBlocks]).toEqual([0, 0]);
  });

  test("the module itself calls the callbacks, and reads what it expects", () => {
    const { exports, memory, live, id, ratio } = make();
    const call = caller(exports.__indirect_function_table);
    const exported = toArrow(memory, { id, ratio, more: id }, { table: exports });
    const array = memory.view({ byteOffset: exported.array, format: ARRAY, shape: [] });
    const schema = memory.view({ byteOffset: exported.schema, format: SCHEMA, shape: [] });
    expect([array.get().n_children, schema.get().n_children, array.get().length]).toEqual([3n, 3n, 5n]);
    const { release } = array.get();
    call(release, exported.array);
    expect(array.get().release).toBe(0);
    call(release, exported.array); // a consumer that counts badly
    for (const view of [id, ratio]) view.release();
    call(schema.get().release, exported.schema);
    expect(memory.stats().liveBlocks).toBeGreaterThan(0);
    exported[Symbol.dispose]();
    expect([live(), memory.stats().liveBlocks]).toEqual([0, 0]);
  });

  test("a structure or a child that was moved lives until its own release, wherever it is by then", () => {
    const { exports, memory, live, id, ratio } = make();
    const call = caller(exports.__indirect_function_table);
    const exported = toArrow(memory, { id, ratio }, { table: exports });
    const moved = memory.alloc(ARRAY, 2);
    const root = memory.view({ byteOffset: exported.array, format: ARRAY, shape: [] });
    const child = memory.view({ byteOffset: memory.view({ byteOffset: root.get().children + 4, format: "I", shape: [] }).get(), format: ARRAY, shape: [] }); // prettier-ignore
    moved.set(0, root.get());
    root.field("release").set(0 as never);
    moved.set(1, child.get());
    child.field("release").set(0 as never);
    exported.release();
    failure(() => memory.free(id), "ERR_EXPORTED");
    call(moved.get(0).release, moved.byteOffset);
    memory.free(id);
    failure(() => memory.free(ratio), "ERR_EXPORTED");
    call(moved.get(1).release, moved.byteOffset + 64);
    memory.free(ratio);
    moved.release();
    expect([live(), memory.stats().liveBlocks]).toEqual([0, 0]);
  });

  test.each([..."bBhHiIlLqQefdnN", "5s"])("a view of %s is an array by itself, its places are used again", (format) => {
    const { exports, memory, id, ratio } = make();
    const view = memory.alloc(format, 3);
    const first = exports.__indirect_function_table.length;
    for (let round = 0; round < 3; round++) {
      using exported = toArrow(memory, view, { table: exports });
      const { array, schema } = exported;
      const column = fromArrow(exports, { array, schema });
      expect([column.toList(), column.name]).toEqual([view.toList(), ""]);
      expect(column.values!.byteOffset).toBe(view.byteOffset);
      column.release();
    }
    expect(exports.__indirect_function_table.length).toBe(first + 2);
    for (const each of [view, id, ratio]) each.release();
    expect(memory.stats().liveBlocks).toBe(0);
  });

  test("what cannot be described is refused, and nothing is held", () => {
    const { exports, memory, id, ratio } = make();
    const flags = memory.alloc("?", 5);
    const image = memory.alloc("B", [5, 4]);
    const gone = memory.view({ shape: 5 });
    gone.release();
    const cases: [unknown, string, string][] = [
      [{ id, short: ratio.slice([0, 4]) }, "ERR_LAYOUT", "short"],
      [{ flags }, "ERR_FORMAT", "'flags'"],
      [{ id, big: id.reinterpret(">i") }, "ERR_FORMAT", "'big'"],
      [{ image }, "ERR_LAYOUT", "[5, 4]"],
      [{ every: id.slice("::2") }, "ERR_LAYOUT", "strides"],
      [{ other: memoryview(new Int32Array(5)) }, "ERR_VALUE", "view of this memory"],
      [{ id, other: 5 }, "ERR_VALUE", "'other'"],
      [{ "a\0b": id }, "ERR_VALUE", "named"],
      [{ id, gone }, "ERR_RELEASED", "released"],
      [null, "ERR_VALUE", "columns"],
    ];
    for (const [columns, code, part] of cases)
      failure(() => toArrow(memory, columns as never, { table: exports }), code, part);
    failure(() => toArrow(memory, { id }), "ERR_UNSUPPORTED", "table");
    failure(() => toArrow(memory, { id }, { tabel: exports } as never), "ERR_VALUE", "tabel");
    for (const view of [id, ratio, flags, image]) view.release();
    expect(memory.stats().liveBlocks).toBe(0);
    using none = toArrow(memory, {}, { table: exports });
    using batch = fromArrow(exports, { array: none.array, schema: none.schema });
    expect(batch.toList()).toEqual([]);
  });

  test("where the table cannot grow it is said, and nothing is left; the same for every allocation that fails", () => {
    const fixed = rustModule();
    const view = fixed.memory.alloc("i", 3);
    failure(() => toArrow(fixed.memory, view, { table: fixed.exports }), "ERR_ALLOCATION", "15", "growable");
    expect(fixed.memory.stats().liveBlocks).toBe(1);
    view.release();
    for (let n = 0, failed = true; failed; n++) {
      const { exports, memory: own } = rustModule(true);
      let left = n;
      const allocator = {
        alloc: (size: number, align: number) => (left-- > 0 ? (exports.mem_alloc(size, align) as number) : 0),
        free: (address: number, size: number, align: number) => void exports.mem_free(address, size, align),
        align: 2 ** 31,
      };
      own[Symbol.dispose]();
      const memory = LinearMemory.from(exports.memory, { allocator });
      const run = (): void => {
        using id = memory.alloc("i", 3);
        using ratio = memory.alloc("d", 3);
        using exported = toArrow(memory, { id, ratio }, { table: exports });
        using batch = fromArrow(exports, { array: exported.array, schema: exported.schema });
        expect(batch.length).toBe(3);
        batch.release();
        exported.release();
      };
      try {
        run();
        failed = false;
        expect(n).toBeGreaterThan(2); // two views, and what is exported
      } catch (error) {
        failure(() => { throw error; }, "ERR_ALLOCATION", "no room"); // prettier-ignore
      }
      expect([memory.stats().liveBlocks, exports.mem_live()]).toEqual([0, 0]);
    }
  });
});
