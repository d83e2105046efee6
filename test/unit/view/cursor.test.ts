import { LinearMemory, memoryview, record } from "linearview";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { cases } from "../support/random.ts";

const particle = "T{<H:h:>f:f:<I:i:(3)<h:pos:4s:tag:}";
const SIZE = 20;

/** Three records at an odd address, whose bytes are all different. */
function particles(count = 3) {
  const buffer = new ArrayBuffer(1 + count * SIZE);
  const view = memoryview(buffer, { byteOffset: 1, format: particle, shape: count });
  for (let i = 0; i < count; i++) {
    view.set(i, { h: 100 + i, f: i + 0.5, i: 4e9 + i, pos: [i, -i, 7], tag: new Uint8Array([i, 1, 2, 3]) });
  }
  return { buffer, view, data: new DataView(buffer, 1) };
}

describe("a record, live", () => {
  test("properties are the bytes of the fields, read and written in place", () => {
    const { view, data } = particles();
    const c = view.cursor(1);
    expect([c.h, c.f, c.i, c.pos]).toEqual([101, 1.5, 4e9 + 1, [1, -1, 7]]);
    c.h = 65535;
    c.f = -2.25;
    c.i = 2 ** 32 - 1;
    c.pos = [1, 2, -3];
    c.tag = new Uint8Array([9]);
    expect(data.getUint16(SIZE, true)).toBe(65535);
    expect(data.getFloat32(SIZE + 2, false)).toBe(-2.25);
    expect(data.getUint32(SIZE + 6, true)).toBe(2 ** 32 - 1);
    expect(view.get(1)).toEqual({
      h: 65535,
      f: -2.25,
      i: 2 ** 32 - 1,
      pos: [1, 2, -3],
      tag: new Uint8Array([9, 0, 0, 0]),
    });
    data.setUint16(SIZE, 77, true);
    expect(c.h).toBe(77);
  });

  test("moveTo: any record by its index, negative from the end; returns the cursor", () => {
    const { view } = particles();
    const c = view.cursor();
    expect(c.h).toBe(100);
    expect(c.moveTo(2)).toBe(c);
    expect([c.h, c.moveTo(-3).h, c.moveTo(-1).h, c.moveTo(1).h]).toEqual([102, 100, 102, 101]);
    expect(view.cursor(-2).h).toBe(101);
    for (const i of [3, -4, 0.5, NaN, "1", undefined, null, 1n, 2 ** 32]) {
      failure(() => c.moveTo(i as never), "ERR_BOUNDS", "moveTo", "length 3");
      if (i !== undefined) failure(() => view.cursor(i as never), "ERR_BOUNDS", "length 3");
    }
    expect(c.h).toBe(101);
  });

  test("strides of any kind: steps, reversed, all at one place", () => {
    const { view } = particles(6);
    const walk = (v: typeof view) => Array.from({ length: v.length }, (_, i) => v.cursor(i).h);
    expect(walk(view.slice([1, null, 2]) as never)).toEqual([101, 103, 105]);
    expect(walk(view.flip() as never)).toEqual([105, 104, 103, 102, 101, 100]);
    expect(walk(view.strided({ byteOffset: SIZE, shape: 3, strides: 0 }) as never)).toEqual([101, 101, 101]);
  });

  test("a view without dimensions is one record; of more it is to be sliced", () => {
    const { view } = particles(6);
    const one = view.slice(2).cursor();
    expect([one.h, one.moveTo(0).h, one.moveTo(-1).h]).toEqual([102, 102, 102]);
    failure(() => one.moveTo(1), "ERR_BOUNDS");
    const table = view.cast(particle, [2, 3]);
    failure(() => (table as never as typeof view).cursor(), "ERR_LAYOUT", "[2, 3]", "slice()");
    expect(table.slice("1").cursor(1).h).toBe(104);
  });

  test("a view of no records has a cursor that is nowhere", () => {
    const { view } = particles();
    const empty = view.slice([3]);
    const c = empty.cursor();
    failure(() => c.h, "ERR_BOUNDS", "length 0");
    failure(() => (c.h = 1), "ERR_BOUNDS", "length 0");
    failure(() => c.pos, "ERR_BOUNDS", "length 0");
    failure(() => c.moveTo(0), "ERR_BOUNDS", "length 0");
    failure(() => empty.cursor(0), "ERR_BOUNDS", "length 0");
    expect(view.get(2).h).toBe(102);
  });

  test("what is no record has none", () => {
    for (const format of ["B", "<q", "(2)f", "2h", "8s"]) {
      failure(() => memoryview(new ArrayBuffer(16), { format, shape: 1 }).cursor(), "ERR_FORMAT", format, "get()");
    }
    const { view } = particles();
    failure(() => view.cursor(0, { int64: "double" } as never), "ERR_VALUE", "int64", "bigint");
    failure(() => view.cursor(0, { int: "number" } as never), "ERR_VALUE", "int");
  });
});

describe("records in records", () => {
  const nested = "T{B:id:T{>H:x:T{<d:y:<q:z:}:deep:}:inner:(2)T{<H:a:<q:b:}:list:}";
  const make = () => {
    const view = memoryview(new ArrayBuffer(1 + 3 * 39), { byteOffset: 1, format: nested, shape: 3 });
    const value = (i: number) => ({
      id: i,
      inner: { x: 10 + i, deep: { y: i / 2, z: BigInt(i) } },
      list: [
        { a: i, b: 1n },
        { a: 2, b: BigInt(-i) },
      ],
    });
    for (let i = 0; i < 3; i++) view.set(i, value(i) as never);
    return { view, value };
  };

  test("are live, made once, and move with their record", () => {
    const { view } = make();
    const c = view.cursor() as any;
    const { inner } = c;
    const { deep } = inner;
    expect([inner.x, deep.y, deep.z]).toEqual([10, 0, 0n]);
    c.moveTo(2);
    expect(c.inner).toBe(inner);
    expect([inner.x, deep.y, deep.z]).toEqual([12, 1, 2n]);
    deep.y = -1.25;
    inner.x = 65535;
    expect((view.get(2) as any).inner).toEqual({ x: 65535, deep: { y: -1.25, z: 2n } });
    expect(inner.moveTo).toBe(undefined);
  });

  test("are assigned as a whole, from an object or another cursor, or not at all", () => {
    const { view, value } = make();
    const c = view.cursor(0) as any;
    c.inner = { x: 1, deep: { y: 2, z: 3n } };
    expect((view.get(0) as any).inner).toEqual({ x: 1, deep: { y: 2, z: 3n } });
    c.inner = (view.cursor(2) as any).inner;
    expect((view.get(0) as any).inner).toEqual(value(2).inner);
    const before = view.toBytes();
    failure(() => (c.inner = { x: 1, deep: { y: 2, z: 3 } }), "ERR_VALUE", "inner");
    failure(() => (c.inner = { x: 1 }), "ERR_VALUE");
    failure(() => (c.inner = null), "ERR_VALUE");
    expect(view.toBytes()).toEqual(before);
  });

  test("in sub-arrays are copies, assigned as lists", () => {
    const { view, value } = make();
    const c = view.cursor(1) as any;
    expect(c.list).toEqual(value(1).list);
    c.list[0].a = 99;
    expect(c.list[0].a).toBe(1);
    c.list = [
      { a: 5, b: 6n },
      { a: 7, b: 8n },
    ];
    expect((view.get(1) as any).list).toEqual([
      { a: 5, b: 6n },
      { a: 7, b: 8n },
    ]);
  });

  test("a cursor is a record's value: get and set of another view take and give the same", () => {
    const { view } = make();
    view.set(0, view.cursor(2) as never);
    expect(view.get(0)).toEqual(view.get(2));
    expect({ ...view.cursor(1) }).toEqual(view.get(1));
  });

  test("64-bit integers as numbers, at every depth", () => {
    const { view } = make();
    const c = view.cursor(2, { int64: "number" }) as any;
    expect([c.inner.deep.z, c.list]).toEqual([
      2,
      [
        { a: 2, b: 1 },
        { a: 2, b: -2 },
      ],
    ]);
    c.inner.deep.z = -(2 ** 40) - 3;
    c.list = [
      { a: 0, b: 2 ** 53 - 1 },
      { a: 0, b: 0 },
    ];
    expect((view.get(2) as any).inner.deep.z).toBe(-(2n ** 40n) - 3n);
    expect((view.get(2) as any).list[0].b).toBe(2n ** 53n - 1n);
    c.inner = { x: 3, deep: { y: 0, z: 4 } };
    expect(c.inner.deep.z).toBe(4);
    failure(() => (c.inner = { x: 3, deep: { y: 0, z: 4n } }), "ERR_VALUE", "4n");
    view.set(2, {
      ...(view.get(2) as any),
      list: [
        { a: 0, b: 2n ** 53n },
        { a: 0, b: 0n },
      ],
    });
    failure(() => c.list, "ERR_VALUE", 2 ** 53, "bigint");
  });
});

describe("values", () => {
  /** A format, values it keeps, values it refuses. */
  const VALUES: [string, unknown[], unknown[]][] = [
    ["b", [-128, 127, -0], [128, -129, 0.5, "1", 1n, null, NaN]],
    ["B", [0, 255], [256, -1, 0.5, true]],
    ["h", [-32768, 32767], [32768, -32769, 1.5]],
    ["H", [0, 65535], [65536, -1, 1.5]],
    ["i", [-(2 ** 31), 2 ** 31 - 1], [2 ** 31, -(2 ** 31) - 1, 2 ** 32, 0.5]],
    ["I", [0, 2 ** 32 - 1], [2 ** 32, -1, 0.5, Infinity]],
    ["l", [-(2 ** 31)], [2 ** 31]],
    ["N", [2 ** 32 - 1], [-1]],
    ["P", [2 ** 32 - 1], [2 ** 32]],
    ["q", [-(2n ** 63n), 2n ** 63n - 1n], [2n ** 63n, -(2n ** 63n) - 1n, 5, 2n ** 64n]],
    ["Q", [0n, 2n ** 64n - 1n], [2n ** 64n, -1n, 5]],
    ["e", [1.5, 65504, -Infinity, NaN], [65520, "1", 1n]],
    ["f", [1.5, 3.4028234663852886e38, -Infinity, NaN], [3.5e38, -1e300, "1", 1n, undefined]],
    ["d", [Math.PI, 1.7e308, NaN, -Infinity], ["1", 1n, null, { valueOf: () => 1 }]],
    ["?", [true, false], [1, 0, "true"]],
    ["c", ["a", "ÿ"], ["ab", "", "Ā", 97]],
    ["F", [[1.5, -2]], [[1], "1", [1, 3.5e38]]],
    ["D", [[Math.PI, NaN]], [[1, 2, 3], [1, "2"]]],
    ["3s", [new Uint8Array([1, 2, 3])], [new Uint8Array(4), 5]],
    ["3p", [new Uint8Array([1, 2])], [new Uint8Array(3), [1]]],
    ["(2,2)h", [[[1, 2], [3, -4]]], [[1, 2, 3, 4], [[1, 2], [3, 40000]], 5]],
  ]; // prettier-ignore

  test.each(VALUES)("%s: kept in every byte order, and refused when they do not fit", (code, kept, refused) => {
    for (const mark of ["@", "<", ">", "="]) {
      const bytes = new Uint8Array(64);
      const view = memoryview(bytes, {
        byteOffset: 1,
        format: `T{=B:pad:^${mark === "@" ? "" : mark}${code}:v:}`,
        shape: 1,
      });
      const c = view.cursor() as { v: unknown };
      for (const value of kept) {
        c.v = value;
        expect(c.v).toEqual(Object.is(value, -0) ? 0 : value);
        expect(c.v).toEqual((view.get(0) as { v: unknown }).v);
      }
      const before = bytes.slice();
      for (const value of refused) failure(() => (c.v = value), "ERR_VALUE", "'v'");
      expect(bytes).toEqual(before);
    }
  });

  test("a pointer of −1 is one, and a number is a complex value, as set takes them", () => {
    const c = memoryview(new ArrayBuffer(12), { format: "T{<P:p:<F:z:}", shape: 1 }).cursor() as any;
    c.p = -1;
    c.z = 2;
    expect([c.p, c.z]).toEqual([2 ** 32 - 1, [2, 0]]);
  });

  const LIMIT = Number.MAX_SAFE_INTEGER;
  test.each([
    ["<q", [0, 1, -1, LIMIT, -LIMIT, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, -(2 ** 32) - 1]],
    [">q", [0, -1, LIMIT, -LIMIT, -(2 ** 31)]],
    ["<Q", [0, LIMIT, 2 ** 32, 2 ** 31]],
    [">Q", [0, LIMIT, 2 ** 32 + 1]],
  ])("%s as a number: exact to 2^53, and refused beyond", (format, kept) => {
    const view = memoryview(new ArrayBuffer(17), { byteOffset: 1, format: `T{${format}:a:${format}:b:}`, shape: 1 });
    const c = view.cursor(0, { int64: "number" }) as any;
    const big = view.cursor() as any;
    for (const value of kept) {
      c.b = value;
      expect([c.b, big.b, c.a]).toEqual([value, BigInt(value), 0]);
    }
    const before = view.toBytes();
    for (const value of [2 ** 53, 0.5, NaN, Infinity, 1n, "1", null, ...(format.endsWith("Q") ? [-1] : [])]) {
      failure(() => (c.b = value), "ERR_VALUE", "'b'", LIMIT);
    }
    expect(view.toBytes()).toEqual(before);
    const signed = [-(2n ** 53n), -(2n ** 63n), -(2n ** 53n) - 1n];
    for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, ...(format.endsWith("q") ? signed : [2n ** 64n - 1n])]) {
      big.b = value;
      failure(() => c.b, "ERR_VALUE", "bigint");
      expect(c.a).toBe(0);
    }
  });

  test("random records: a cursor and get agree, and so do a cursor and set", () => {
    const codes = [..."bBhHiIlLnNPqQefd?cFD", "3s", "4p", "(2)h", "(2,3)B"];
    cases(200, (random) => {
      const text = Array.from(
        { length: 1 + random(6) },
        (_, i) => `^${["", "<", ">"][random(3)]}${codes[random(codes.length)]}:n${i}:`,
      );
      const format = `T{${text.join("")}}`;
      const bytes = Uint8Array.from({ length: 400 }, () => random(256));
      const view = memoryview(bytes, { byteOffset: random(8), format, shape: 2, strides: 150 + random(20) });
      const i = random(2);
      const c = view.cursor(i);
      expect({ ...c }, format).toEqual(view.get(i));
      const other = view.cursor(1 - i);
      const before = view.get(i) as Record<string, unknown>;
      // A signalling NaN, and what follows the text of `p`, may change their bytes, but not their value.
      Object.assign(other, before);
      expect(view.get(1 - i), format).toEqual(before);
    });
  });
});

describe("names of every kind", () => {
  const names = [
    "__proto__",
    "constructor",
    "then",
    "toString",
    "toJSON",
    "valueOf",
    "hasOwnProperty",
    "a b",
    "*/",
    "0",
    "é",
    "place",
    "_view",
    "x".repeat(1000),
  ];

  test("are properties of the cursor's own, and pollute nothing", () => {
    const format = record(
      names.map((name) => [name, "<H"] as const),
      { align: "packed" },
    );
    const view = memoryview(new ArrayBuffer(names.length * 2 * 2), { format, shape: 2 });
    const c = view.cursor(1) as any;
    names.forEach((name, i) => {
      c[name] = 1000 + i;
    });
    names.forEach((name, i) => {
      expect(c[name], name).toBe(1000 + i);
      expect(Object.hasOwn(c, name)).toBe(true);
      failure(() => (c[name] = -1), "ERR_VALUE", name.slice(0, 30));
    });
    expect(Object.keys(c).toSorted()).toEqual(names.toSorted());
    expect(view.toList()[1]).toEqual(Object.fromEntries(names.map((name, i) => [name, 1000 + i])));
    expect([({} as any).then, Object.prototype.constructor, Object.getPrototypeOf({})]).toEqual([
      undefined,
      Object,
      Object.prototype,
    ]);
  });

  test("but for moveTo, which is the cursor's: a record with such a field has none, one inside may", () => {
    const view = memoryview(new ArrayBuffer(8), { format: "T{B:moveTo:}", shape: 8 });
    failure(() => view.cursor(), "ERR_FORMAT", "moveTo", "field(");
    const outer = memoryview(new ArrayBuffer(8), { format: "T{T{B:moveTo:}:in:}", shape: 8 }).cursor(1) as any;
    outer.in.moveTo = 3;
    expect(outer.in.moveTo).toBe(3);
  });

  test("a name that is no field is not added", () => {
    const c = particles().view.cursor() as any;
    expect(() => (c.hh = 1)).toThrow(TypeError);
    expect(() => Object.defineProperty(c, "h", { value: 1 })).toThrow(TypeError);
    expect(() => delete c.h).toThrow(TypeError);
    expect(c.hh).toBe(undefined);
  });
});

describe("life", () => {
  test("a read-only view has a cursor that only reads", () => {
    const { view } = particles();
    const c = view.toReadonly().cursor(1);
    expect([c.h, c.pos]).toEqual([101, [1, -1, 7]]);
    const before = view.toBytes();
    failure(() => (c.h = 5), "ERR_READONLY", "'h'");
    failure(() => (c.pos = [1, 2, 3]), "ERR_READONLY", "'pos'");
    failure(() => (c.h = "no" as never), "ERR_READONLY");
    failure(() => ((view.toReadonly().cursor(0, { int64: "number" }) as any).i = 5), "ERR_READONLY");
    expect(view.toBytes()).toEqual(before);
  });

  test("a released view ends its cursors, and no others", () => {
    const { view } = particles();
    const part = view.slice([1]);
    const [c, other] = [part.cursor(), view.cursor()];
    part.release();
    failure(() => c.h, "ERR_RELEASED", "'h'");
    failure(() => c.pos, "ERR_RELEASED");
    failure(() => (c.h = 1), "ERR_RELEASED");
    failure(() => (c.pos = [1, 2, 3]), "ERR_RELEASED");
    failure(() => c.moveTo(0), "ERR_RELEASED");
    failure(() => c.moveTo(99), "ERR_RELEASED");
    failure(() => part.cursor(), "ERR_RELEASED");
    expect(other.h).toBe(100);
  });

  test("a freed block ends the cursors of all its views", () => {
    const memory = LinearMemory.create();
    const view = memory.alloc("T{<I:a:(2)<q:b:}", 4);
    const [c, part, exact] = [view.cursor(1), view.slice([2]).cursor(), view.cursor(0, { int64: "number" })] as any[];
    c.a = 5;
    view.release();
    const next = memory.alloc("B", 80);
    for (const cursor of [c, part, exact]) {
      failure(() => cursor.a, "ERR_RELEASED");
      failure(() => cursor.b, "ERR_RELEASED");
      failure(() => (cursor.a = 1), "ERR_RELEASED");
      failure(() => cursor.moveTo(0), "ERR_RELEASED");
    }
    expect(next.toBytes()).toEqual(new Uint8Array(80));
  });

  test("a memory that grows under a cursor changes nothing, whoever grew it", () => {
    for (const shared of [false, true]) {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 20, shared });
      const format = "T{<H:h:>q:q:(2)<h:list:T{<f:x:}:in:}";
      const view = memoryview(memory, { byteOffset: 65536 - 18 * 3, format, shape: 3 });
      const c = view.cursor(2) as any;
      const exact = view.cursor(2, { int64: "number" }) as any;
      for (const name of ["h", "q", "list", "in"]) {
        memory.grow(1);
        c[name] = { h: 7, q: -5n, list: [1, -2], in: { x: 0.5 } }[name];
        memory.grow(1);
        expect(name === "in" ? c.in.x : c[name]).toEqual({ h: 7, q: -5n, list: [1, -2], in: 0.5 }[name]);
      }
      memory.grow(1);
      c.in.x = 2.5;
      memory.grow(1);
      expect(exact.q).toBe(-5);
      memory.grow(1);
      exact.q = 2 ** 40;
      expect(memoryview(memory, { byteOffset: 65536 - 18, format, shape: 1 }).get(0)).toEqual({
        h: 7,
        q: 2n ** 40n,
        list: [1, -2],
        in: { x: 2.5 },
      });
    }
  });

  test("a value whose getter grows or frees the memory is written where the record is, or refused", () => {
    const memory = LinearMemory.create();
    const view = memory.alloc("T{T{<I:a:<I:b:}:in:}", 2);
    const c = view.cursor(1) as any;
    c.in = {
      a: 1,
      get b() {
        memory.grow(65536);
        return 2;
      },
    };
    expect(view.get(1)).toEqual({ in: { a: 1, b: 2 } });
    const freed = { a: 3, get b() { view.release(); return 4; } }; // prettier-ignore
    failure(() => (c.in = freed), "ERR_RELEASED");
  });

  test("a buffer that was detached or became shorter is refused in words", () => {
    const { buffer, view } = particles();
    const c = view.cursor(2);
    structuredClone(buffer, { transfer: [buffer] });
    failure(() => c.h, "ERR_BOUNDS", "buffer has 0");
    failure(() => (c.h = 1), "ERR_BOUNDS", "buffer has 0");
    failure(() => c.tag, "ERR_BOUNDS", "buffer has 0");
    const resizable = new (ArrayBuffer as any)(40, { maxByteLength: 80 });
    const short = memoryview(resizable as ArrayBuffer, { format: "T{<I:a:<q:q:8x}", shape: 2 }).cursor(1, {
      int64: "number",
    }) as any;
    resizable.resize(30);
    expect([(short.a = 3), short.a]).toEqual([3, 3]);
    failure(() => (short.q = 5), "ERR_BOUNDS", 32, 30);
    failure(() => short.q, "ERR_BOUNDS", 32, 30);
    expect(new Uint8Array(resizable).subarray(24)).toEqual(new Uint8Array(6));
    resizable.resize(80);
    expect([(short.q = 5), short.q]).toEqual([5, 5]);
  });

  test("above 2 GiB", () => {
    const memory = new WebAssembly.Memory({ initial: 32770 });
    const view = memoryview(memory, { byteOffset: 2 ** 31 - 3, format: "T{<I:a:>d:b:}", shape: 1000 });
    const c = view.cursor() as any;
    for (let i = 0; i < 1000; i++) Object.assign(c.moveTo(i), { a: i, b: i / 4 });
    expect([view.get(999), c.a, c.moveTo(1).b]).toEqual([{ a: 999, b: 249.75 }, 999, 0.25]);
  });
});

describe("how it shows", () => {
  test("as its fields: listed, spread, written as JSON, cloned", () => {
    const view = memoryview(new ArrayBuffer(32), { format: "T{<H:h:T{B:x:(2)B:y:}:in:}", shape: 2 });
    const c = view.cursor(1) as any;
    c.in = { x: 1, y: [2, 3] };
    expect(Object.entries({ ...c })).toEqual([
      ["h", 0],
      ["in", c.in],
    ]);
    expect(JSON.stringify(c)).toBe('{"h":0,"in":{"x":1,"y":[2,3]}}');
    expect(structuredClone(c)).toEqual(view.get(1));
    expect(view.get(1)).toEqual({ h: 0, in: { x: 1, y: [2, 3] } });
  });

  test("in Node's console: its values, or that it has ended", () => {
    const { view } = particles();
    const c = view.cursor(1) as any;
    const symbol = Symbol.for("nodejs.util.inspect.custom");
    expect(c[symbol]()).toEqual(view.get(1));
    view.release();
    expect(c[symbol]()).toContain("released");
    expect(String(c)).toBe("[object Object]");
  });
});
