import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { discover, probe } from "linearview/interop";
import { expect, test } from "vitest";
import { exportsOf, sceneModule, tableModule } from "../memory/fixtures.ts";
import { failure } from "../support/failure.ts";

const PAGE = 65536;
const COUNT = 12;
const PARTICLE = "T{<I:id:(3)<f:pos:<d:mass:(2)<h:cell:B:flags:7s:tag:<I:trail:<I:trail_len:4x}";

/** Particles of the C module, 48 bytes each, at the places that `particles_new` and two steps give them. */
function particles() {
  const scene = exportsOf(sceneModule());
  scene.malloc(1000);
  const address = scene.particles_new(COUNT) as number;
  scene.particles_step(address, COUNT, 0.375);
  const positions = Array.from({ length: COUNT }, (_, i) => [0, 1, 2].map((k) => i + 0.25 * k + 0.375 * (k + 1)));
  return { scene, address, positions, xs: positions.map(([x]) => x!) };
}

test("discover: one field of a C module's records: address, stride and format, and a view that both sides see", () => {
  const { scene, address, xs } = particles();
  const found = discover(scene.memory, xs);
  expect(found).toHaveLength(1);
  const { byteOffset, format, stride, shape, strides, view } = found[0]!;
  expect({ byteOffset, format, stride, shape, strides }).toEqual({ byteOffset: address + 4, format: "f", stride: 48, shape: [COUNT], strides: [48] }); // prettier-ignore
  const x = view();
  x.set(3, 1000);
  expect(scene.particles_sum_x(address, COUNT)).toBe(xs.reduce((a, b) => a + b) - xs[3]! + 1000);
  scene.particles_step(address, COUNT, 1);
  expect(x.get(3)).toBe(1001);
  scene.grow_pages(2);
  scene.memory.grow(1);
  scene.particles_step(address, COUNT, 1);
  expect([x.get(3), LinearMemory.from(scene).view(found[0]).get(3)]).toEqual([1002, 1002]);
});

test("discover: tuples of neighbouring fields, and fields of other formats of the same records", () => {
  const { scene, address, positions } = particles();
  const [place, ...others] = discover(scene.memory, positions);
  expect([place!.byteOffset, place!.stride, place!.shape, place!.strides, others]).toEqual([address + 4, 48, [COUNT, 3], [48, 4], []]); // prettier-ignore
  expect(place!.view().toList()).toEqual(positions);
  const records = memoryview(scene.memory, { byteOffset: address, format: PARTICLE, shape: COUNT });
  const places = (known: Parameters<typeof discover>[1], formats?: string[]) =>
    discover(scene.memory, known, formats && { formats }).map((one) => [one.format, one.byteOffset - address, one.stride]); // prettier-ignore
  const field = (name: "mass" | "cell" | "id") => records.field(name).toList() as number[];
  expect(places(field("mass"))).toEqual([["d", 16, 48]]);
  expect(places(field("cell"), ["h"])).toEqual([["h", 24, 48]]);
  expect(places(field("id"))).toContainEqual(["I", 0, 48]);
  expect(places(field("id"), ["I"])).toEqual([["I", 0, 48]]);
  expect(places(positions.slice(4, 9))).toEqual([["f", 4 + 4 * 48, 48]]);
});

test("discover: every format that holds the values is tried, at its own alignment", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const cases: [format: string, values: number[]][] = [
    ["f", [0.1, 0.2, 0.3]],
    ["d", [0.1, 0.2, 0.3]],
    ["i", [-70000, 70001, 3]],
    ["I", [2 ** 32 - 7, 1, 70000]],
    ["h", [-300, 301, 302, 5]],
    ["H", [50000, 2, 3, 50001]],
    ["b", [-3, 100, 101, 102, 103, -104, 7, 8]],
    ["B", [203, 100, 101, 102, 103, 104, 7, 8]],
    ["q", [-(2 ** 40), 2 ** 41, 5]],
    ["Q", [2 ** 40, 2 ** 41, 5]],
  ];
  for (const [format, values] of cases) {
    const bytes = memoryview(memory).fill(0);
    const step = { f: 12, d: 20, i: 4, I: 28, h: 6, H: 2, b: 3, B: 1, q: 12, Q: 100 }[format]!;
    const window = { byteOffset: 6000, format, shape: values.length, strides: step };
    const written = format < "R" && format > "P" ? values.map(BigInt) : format === "q" ? values.map(BigInt) : values;
    memoryview(memory, window).assign(written as never);
    const found = discover(bytes, values).map(({ view: _view, shape: _shape, strides: _strides, ...place }) => place);
    expect(found, format).toContainEqual({ byteOffset: 6000, format, stride: step });
  }
  const both = memoryview(memory).fill(0);
  memoryview(memory, { byteOffset: 800, format: "f", shape: 3 }).assign([0.1, 0.2, 0.3]);
  memoryview(memory, { byteOffset: 1600, format: "d", shape: 3 }).assign([0.1, 0.2, 0.3]);
  expect(discover(both, [0.1, 0.2, 0.3]).map(({ format }) => format)).toEqual(["d", "f"]);
});

test("discover: -0 is 0, NaN is NaN of any bits, bigints are found", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const data = new DataView(memory.buffer);
  [-0, 1.5, NaN, 2.5].forEach((value, i) => data.setFloat64(256 + 24 * i, value, true));
  data.setUint32(256 + 48, 77, true); // other bits of the NaN
  const [place, ...others] = discover(memory, [0, 1.5, NaN, 2.5]);
  expect([place!.byteOffset, place!.stride, others]).toEqual([256, 24, []]);
  [2n ** 60n + 1n, 7n, 2n ** 63n - 1n].forEach((value, i) => data.setBigInt64(1024 + 16 * i, value, true));
  const [big] = discover(memory, [2n ** 60n + 1n, 7n, 2n ** 63n - 1n], { formats: ["<q"] });
  expect([big!.byteOffset, big!.stride, big!.view().get(0)]).toEqual([1024, 16, 2n ** 60n + 1n]);
});

test("discover: packed records at odd addresses are found with align 1, in a range, and only there", () => {
  const scene = exportsOf(sceneModule());
  const address = scene.packets_new(9) as number;
  expect(address % 2).toBe(1);
  const packets = memoryview(scene.memory, { byteOffset: address, format: "T{B:kind:>H:len:>I:seq:<d:value:<q:stamp:B:crc:}", shape: 9 }); // prettier-ignore
  const values = (packets.field("value") as MemoryView<number>).toList() as unknown as number[];
  const shifted = new Uint8Array(scene.memory.buffer.byteLength + 1);
  shifted.set(new Uint8Array(scene.memory.buffer), 1);
  expect((address + 8) % 4).not.toBe(0);
  expect(discover(shifted, values)).toEqual([]);
  expect(discover(shifted, values, { align: 1 }).map(({ byteOffset }) => byteOffset)).toEqual([address + 8]);
  const found = discover(scene.memory, values, { align: 1 });
  expect(found.map(({ byteOffset, stride }) => [byteOffset, stride])).toEqual([[address + 7, 24]]);
  const place = address + 7;
  const inside = [place, place + 8 * 24 + 8] as const;
  expect(discover(scene.memory, values, { align: 1, range: inside })).toHaveLength(1);
  expect(discover(scene.memory, values, { align: 1, range: [place + 1, inside[1]] })).toEqual([]);
  expect(discover(scene.memory, values, { align: 1, range: [place, inside[1] - 1] })).toEqual([]);
  expect(discover(scene.memory, values, { align: 1, maxStride: 23 })).toEqual([]);
  expect(discover(scene.memory, values, { align: 1, maxStride: 24 })).toHaveLength(1);
  failure(() => discover(scene.memory, values, { range: [0, 2 ** 31] }), "ERR_BOUNDS", 2 ** 31);
});

test("discover: all places are found, and prove keeps the one that the module answers from, changing nothing", () => {
  const { scene, address, xs } = particles();
  const copies = LinearMemory.from(scene).alloc("f", [COUNT, 6]);
  (copies.slice(":, 2") as MemoryView).assign(xs);
  const read = () => {
    // The module tells nothing but sums; the difference of two is one particle.
    const sums = Array.from({ length: COUNT + 1 }, (_, n) => scene.particles_sum_x(address, n) as number);
    return sums.slice(1).map((sum, i) => sum - sums[i]!);
  };
  const before = new Uint8Array(scene.memory.buffer).slice();
  const places = discover(scene.memory, xs).map(({ byteOffset, stride }) => [byteOffset, stride]);
  expect(places.sort(([, a], [, b]) => a! - b!)).toEqual([
    [copies.byteOffset + 8, 24],
    [address + 4, 48],
  ]);
  const proven = discover(scene.memory, xs, { prove: { read } });
  expect(proven.map(({ byteOffset, stride }) => [byteOffset, stride])).toEqual([[address + 4, 48]]);
  expect(discover(scene.memory, xs, { prove: { read: () => xs } })).toEqual([]);
  expect(new Uint8Array(scene.memory.buffer)).toEqual(before);
});

test("discover: a proof puts the bytes back when the question throws, and when memory grows meanwhile", () => {
  const { scene, address, positions } = particles();
  const before = new Uint8Array(scene.memory.buffer).slice(address, address + 48 * COUNT);
  const trap = new Error("the API is gone");
  const changed: boolean[] = [];
  const bytes = () => new Uint8Array(scene.memory.buffer).slice(address, address + 48 * COUNT);
  const read = (): never => {
    changed.push(!bytes().every((byte, i) => byte === before[i]));
    scene.memory.grow(1);
    throw trap;
  };
  expect(() => discover(scene.memory, positions, { prove: { read } })).toThrow(trap);
  expect([bytes(), changed]).toEqual([before, [true]]);
  failure(() => discover(scene.memory, positions, { prove: { read: () => 5 as never } }), "ERR_VALUE", "values are 5");
  expect(bytes()).toEqual(before);
  const table = memoryview(scene.memory, { byteOffset: address + 4, format: "f", shape: [COUNT, 3], strides: [48, 4] });
  const grows = discover(scene.memory, positions, { prove: { read: () => (scene.memory.grow(1), table.toList()) } });
  expect(grows).toHaveLength(1);
  expect(bytes()).toEqual(before);
});

test("discover: Rust's rows, whose storage moves: found again where they are", () => {
  const table = exportsOf(tableModule());
  const log = table.log_new(4) as number;
  table.log_push(log, 4);
  const out = table.mem_alloc(16, 4) as number;
  const raw = () => (table.log_raw(log, out), [...new Uint32Array(table.memory.buffer, out, 3)] as [number, number, number]); // prettier-ignore
  const values = (n: number) => memoryview(table.memory, { byteOffset: raw()[0] + 8, format: "d", shape: n, strides: 32 }).toList() as number[]; // prettier-ignore
  const first = values(4);
  expect(discover(table.memory, first).map(({ byteOffset, stride }) => [byteOffset, stride])).toContainEqual([raw()[0] + 8, 32]); // prettier-ignore
  const old = raw()[0];
  table.log_push(log, 200);
  expect(raw()[0]).not.toBe(old);
  const found = discover(table.memory, values(100), { range: [raw()[0], raw()[0] + 204 * 32] });
  expect(found.map(({ byteOffset, stride }) => [byteOffset, stride])).toEqual([[raw()[0] + 8, 32]]);
});

test("discover: shared memory, memory above 2 GiB, buffers, typed arrays and views are searched; offsets count as windows'", () => {
  const values = [3.25, -4.5, 1e9, 7];
  const shared = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const high = new WebAssembly.Memory({ initial: 2 ** 15 + 1 });
  const own = LinearMemory.create();
  const block = own.alloc("B", 256);
  const buffer = new ArrayBuffer(512);
  const sources: [source: Parameters<typeof discover>[0], address: number, offset: number][] = [
    [shared, 4000, 4000],
    [high, 2 ** 31 + 4000, 2 ** 31 + 4000],
    [own, block.byteOffset + 64, block.byteOffset + 64],
    [block, block.byteOffset + 64, 64],
    [buffer, 200, 200],
    [new Float32Array(buffer, 100, 64), 200, 100],
    [() => buffer, 200, 200],
  ];
  for (const [source, address, offset] of sources) {
    const live = memoryview(source).buffer;
    memoryview(live, { byteOffset: address, format: "f", shape: 4, strides: 16 }).assign(values);
    const range = source === high ? ([-(2 ** 31), -(2 ** 31) + PAGE] as const) : undefined;
    const [place, ...others] = discover(source, values, range && { range });
    expect([place!.byteOffset, place!.stride, others]).toEqual([offset, 16, []]);
    const again = memoryview(source, place) as MemoryView<number>;
    place!.view().set(2, 5);
    expect(again.toList()).toEqual([3.25, -4.5, 5, 7]);
  }
});

test("discover: a single tuple has no stride to find; what is not there is not guessed", () => {
  const { scene, address, positions } = particles();
  const found = discover(scene.memory, [positions[5]!]);
  expect(found.map(({ byteOffset, stride, shape }) => [byteOffset, stride, shape])).toEqual([[address + 4 + 240, 12, [1, 3]]]); // prettier-ignore
  expect(discover(scene.memory, [0.123, 0.456, 0.789])).toEqual([]);
  expect(discover(scene.memory, positions.with(7, [1, 2, 3]))).toEqual([]);
  expect(discover(new ArrayBuffer(0), [1.5, 2.5, 3.5])).toEqual([]);
});

test.each([
  ["zeros", [0, 0, 0, 0], "everywhere"],
  ["one value over and over", [5, 5, 5, 5], "everywhere"],
  ["one value and zeros", [0, 5, 0, 0, -0], "everywhere"],
  ["NaN", [NaN, NaN, 3], "everywhere"],
  ["one value", [5], "everywhere"],
  ["values of one item only", [[1, 2], [0, 0]], "everywhere"], // prettier-ignore
  ["no values", [], "list of numbers"],
  ["tuples of no values", [[], []], "tuples of one length"],
  ["tuples of several lengths", [[1, 2], [3]], "tuples of one length"],
  ["tuples among numbers", [1, [2], 3, [4, 5]], "tuples of one length"],
  ["texts", ["1", "2"], "list of numbers"],
  ["no list", 5, "values are 5"],
])("discover: %s are refused, because they tell no place", (_, known, text) => {
  failure(() => discover(new WebAssembly.Memory({ initial: 1 }), known as never), "ERR_VALUE", text);
});

test("discover: options out of range, and formats that are no numbers, are refused", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const refused = (options: object, code: string, ...parts: string[]) =>
    failure(() => discover(memory, [1.5, 2.5, 3.5], options), code, ...parts);
  refused({ formats: [] }, "ERR_VALUE", "formats");
  refused({ formats: "f" }, "ERR_VALUE", "formats");
  refused({ formats: [">f"] }, "ERR_FORMAT", "'>f'");
  refused({ formats: ["c"] }, "ERR_FORMAT", "'c'");
  refused({ formats: ["3f"] }, "ERR_FORMAT");
  refused({ formats: ["Y"] }, "ERR_FORMAT");
  refused({ formats: ["f", "i"] }, "ERR_VALUE", "1.5", "'i'");
  refused({ maxStride: 0 }, "ERR_VALUE", "maxStride");
  refused({ maxStride: 2 ** 21 }, "ERR_VALUE", "maxStride");
  refused({ align: 3 }, "ERR_VALUE", "align");
  refused({ range: 0 }, "ERR_VALUE", "range");
  refused({ range: [0] }, "ERR_BOUNDS", "range is undefined");
  refused({ range: [0.5, 9] }, "ERR_BOUNDS", "0.5");
  refused({ prove: {} }, "ERR_VALUE", "prove");
  refused({ stride: 3 }, "ERR_VALUE", "stride");
});

test("discover: 64 MiB of noise, of zeros and of a ramp are searched in about a second, or refused with the limit", () => {
  const memory = new WebAssembly.Memory({ initial: 1024 });
  const words = new Uint32Array(memory.buffer);
  const positions = Array.from({ length: 1000 }, (_, i) => Math.fround(Math.sin(i)));
  const place = (at: number) => memoryview(memory, { byteOffset: at, format: "f", shape: 1000, strides: 464 }).assign(positions); // prettier-ignore
  const timed = (body: () => unknown): unknown => {
    const start = performance.now();
    const result = body();
    expect(performance.now() - start).toBeLessThan(5000); // the machine may be busy
    return result;
  };
  const places = () => discover(memory, positions).map(({ byteOffset, stride }) => [byteOffset, stride]);
  place(40_000_000);
  expect(timed(places)).toEqual([[40_000_000, 464]]);
  for (let i = 0, state = 1; i < words.length; i++) words[i] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  place(50_000_000);
  expect(timed(places)).toEqual([[50_000_000, 464]]);
  timed(() => failure(() => discover(memory, [1, 2, 3, 4], { formats: ["B"] }), "ERR_VALUE", "places", "range"));
  words.forEach((_, i) => (words[i] = i % 1000));
  timed(() => failure(() => discover(memory, [1, 2, 3, 4], { formats: ["I"] }), "ERR_VALUE", "1000 places"));
});

test("probe: tells what the owner of the bytes sees from a copy, and changes nothing", () => {
  const { scene, address } = particles();
  const live = memoryview(scene.memory, { byteOffset: address + 4, format: "f", shape: COUNT, strides: 48 });
  const copy = memoryview(live.copy());
  const before = scene.particles_sum_x(address, COUNT) as number;
  const changed = () => scene.particles_sum_x(address, COUNT) !== before;
  expect([probe(live, changed), probe(copy, changed)]).toEqual([true, false]);
  expect([changed(), live.get(0)]).toEqual([false, 0.375]);
  const records = memoryview(scene.memory, { byteOffset: address, format: PARTICLE, shape: COUNT });
  expect(probe(records, () => new Uint32Array(scene.memory.buffer, address, 1)[0] !== 100)).toBe(true);
  expect(probe(records.slice(3) as MemoryView, () => (scene.memory.grow(1), records.get(3).id === 102))).toBe(true); // 103 ^ 1
  expect(records.get(3).id).toBe(103);
});

test("probe: puts the bytes back when the question throws or answers nonsense; read-only and empty views are refused", () => {
  const view = memoryview(new Uint8Array([1, 2, 3]));
  const trap = new Error("no");
  expect(() =>
    probe(view, () => {
      expect(view.get(0)).toBe(0);
      throw trap;
    }),
  ).toThrow(trap);
  failure(() => probe(view, (() => Promise.resolve(true)) as never), "ERR_VALUE", "changed()");
  expect(view.toList()).toEqual([1, 2, 3]);
  failure(() => probe(view.toReadonly(), () => true), "ERR_READONLY");
  failure(() => probe(view.slice("0:0") as MemoryView, () => true), "ERR_BOUNDS");
});
