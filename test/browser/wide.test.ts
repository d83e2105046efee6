/*
 * Memories that an older Node cannot make: addresses of 64 bits, and two memories in one module.
 */
import { base64 as pairCode } from "virtual:fixture/modules/pair";
import { base64 as sceneCode } from "virtual:fixture/modules/scene64";
import { base64 as wideCode } from "virtual:fixture/modules/wide";
import { adapters, LinearMemory, memoryview, record } from "linearview";
import { loadImage } from "linearview/image";
import { expect, test } from "vitest";
import { compile, exportsOf } from "../unit/memory/fixtures.ts";
import { failure } from "../unit/support/failure.ts";

const load = (code: string, imports: WebAssembly.Imports = {}) =>
  exportsOf(new WebAssembly.Instance(compile(code), imports));

const PARTICLE = "T{<I:id:(3)<f:pos:<d:mass:(2)<h:cell:B:flags:7s:tag:4x<Q:trail:<I:trail_len:4x}";

test("64 bits: blocks of a module whose sizes and addresses are bigints", () => {
  const wide = load(wideCode);
  const memory = LinearMemory.from(wide);
  const view = memory.alloc("d", 100, { align: 64 });
  expect(view.byteOffset % 64).toBe(0);
  wide.ramp(BigInt(view.byteOffset), 100n, 1, 0.5);
  expect([view.get(0), view.get(99)]).toEqual([1, 50.5]);
  view.set(3, 1000);
  expect(wide.sum(BigInt(view.byteOffset), 100n, 8n)).toBe(view.toList().reduce((sum, value) => sum + value, 0));
  expect(wide.sum(BigInt(view.slice([99]).byteOffset), 100n, -8n)).toBe(wide.sum(BigInt(view.byteOffset), 100n, 8n));
  wide.grow(1n);
  memory.memory.grow(1n as never);
  expect(view.get(3)).toBe(1000);
  view.release();
  expect(wide.live()).toBe(0n);
});

test("64 bits: addresses are taken as bigints and as numbers, and refused past the end and below 0", () => {
  const wide = load(wideCode);
  const at = wide.alloc(16n, 16n) as bigint;
  const view = memoryview(wide.memory, { byteOffset: at, format: "d", shape: 2 });
  view.set(1, 2.5);
  expect(memoryview(wide.memory, { byteOffset: Number(at), format: "d", shape: 2 }).get(1)).toBe(2.5);
  const end = BigInt(wide.memory.buffer.byteLength);
  failure(() => memoryview(wide.memory, { byteOffset: end - 8n, shape: 16 }), "ERR_BOUNDS", Number(end) + 8);
  for (const byteOffset of [-16n, -16, 2n ** 64n, 2n ** 53n + 1n, 2 ** 53]) {
    failure(() => memoryview(wide.memory, { byteOffset, shape: 1 }), "ERR_BOUNDS", "byteOffset");
  }
});

test("64 bits: n N P are as wide as the memory's addresses, alone, in records and in casts; in others of 32", () => {
  const wide = load(wideCode);
  let at = wide.list(3n) as bigint;
  const values: number[] = [];
  for (; at !== 0n;) {
    const node = memoryview(wide.memory, { byteOffset: at, format: record({ next: "P", value: "d" }), shape: 1 });
    expect([node.itemsize, node.strides]).toEqual([16, [16]]);
    const { next, value } = node.get(0) as unknown as { next: bigint; value: number };
    values.push(value);
    at = next;
  }
  expect(values).toEqual([2, 1, 0]);
  const view = memoryview(wide.memory, { byteOffset: 256, shape: 32 });
  for (const [code, value] of [
    ["n", -5n],
    ["N", 2n ** 63n],
    ["P", 2n ** 40n],
  ] as const) {
    const pointers = view.cast(code) as never as ReturnType<typeof view.cast<"q", 4>>;
    expect([pointers.itemsize, pointers.shape]).toEqual([8, [4]]);
    pointers.set(1, value);
    expect([pointers.get(1), pointers.format, pointers.slice([1]).get(0)]).toEqual([value, code, value]);
    failure(() => pointers.set(0, 5 as never), "ERR_VALUE", "5n");
  }
  expect(memoryview(new WebAssembly.Memory({ initial: 1 }), { format: "P", shape: 1 }).itemsize).toBe(4);
  expect(memoryview(new ArrayBuffer(8), { format: "P" }).itemsize).toBe(4);
});

test("64 bits: C's structures, pictures and packed records, read, written and grown", () => {
  const scene = load(sceneCode, { env: { on_block() {} } });
  const memory = LinearMemory.from(scene);
  const at = scene.particles_new(6) as bigint;
  const layout = memory.view({ byteOffset: scene.particle_layout(), format: "I", shape: 10 });
  expect(layout.get(0)).toBe(56);
  const particles = memory.view({ byteOffset: at, format: PARTICLE, shape: 6 });
  expect([particles.itemsize, particles.field("id").toList()]).toEqual([56, [100, 101, 102, 103, 104, 105]]);
  scene.particles_step(at, 6, 0.5);
  expect(
    particles
      .field("pos")
      .slice("..., 0")
      .toList()
      .reduce((sum: number, x: number) => sum + x, 0),
  ).toBe(scene.particles_sum_x(at, 6));
  scene.particle_set_trail(at, 9);
  const { trail, trail_len } = particles.get(0);
  expect(memory.view({ byteOffset: trail, format: "f", shape: trail_len }).get(8)).toBe(4);
  const block = memory.alloc("I", 1 << 20).fill(3);
  particles.field("mass").fill(2);
  expect([scene.particles_total_mass(at, 6), block.get(-1)]).toEqual([12, 3]);
  block.release();
  scene.particles_free(at, 6);
  expect(scene.heap_live_blocks()).toBe(0);
  const picture = scene.image_new(5, 4, 3, 16, 1);
  const pixels = memory.view({
    byteOffset: scene.image_data(picture),
    shape: [4, 5, 3],
    strides: [Number(scene.image_pitch(picture)), 3, 1],
  });
  pixels.set(2, 1, 1, 99);
  expect([scene.image_get(picture, 1, 2, 1), scene.image_padding_intact(picture)]).toEqual([99, 1]);
});

test("64 bits: views past 4 GiB", () => {
  const own = new WebAssembly.Memory({ initial: 65536n + 4n, address: "i64" } as never);
  const far = 2 ** 32 + 64;
  const view = memoryview(own, { byteOffset: far, format: "d", shape: [2, 3] });
  view.assign([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
  expect([view.get(1, 2), view.transpose().toList(), view.byteOffset]).toEqual([6, [[1, 4], [2, 5], [3, 6]], far]); // prettier-ignore
  expect(new Float64Array(own.buffer, far, 6)[5]).toBe(6);
  const packed = memoryview(own, { byteOffset: BigInt(far) + 65n, format: "<I", shape: 3 });
  packed.assign([7, 8, 9]);
  expect([packed.get(2), packed.copy(), packed.indexOf(8)]).toEqual([9, Uint32Array.of(7, 8, 9), 1]);
  own.grow(1n as never);
  expect([view.get(0, 1), packed.get(0)]).toEqual([2, 7]);
});

test("64 bits: the heap and the kernels are of 32, and say so", () => {
  const { memory } = load(wideCode);
  failure(() => LinearMemory.create({ memory }), "ERR_UNSUPPORTED", "64 bits");
  failure(() => loadImage(memory), "ERR_UNSUPPORTED", "64 bits");
  expect(adapters.rust(load(wideCode)).align).toBe(2 ** 31);
});

test("two memories: one address, other bytes; views of them are never confused", () => {
  const pair = load(pairCode);
  failure(() => LinearMemory.from(pair), "ERR_UNSUPPORTED", "heap, pixels");
  const window = { byteOffset: 128, shape: 4 };
  const [heap, pixels] = [memoryview(pair.heap, window), memoryview(pair.pixels, window)];
  heap.assign([1, 2, 3, 4]);
  pair.fill(128, 4, 9);
  expect([heap.toList(), pixels.toList()]).toEqual([[1, 2, 3, 4], [9, 9, 9, 9]]); // prettier-ignore
  expect([heap.sharesMemory(pixels), heap.equals(pixels)]).toEqual([false, false]);
  pair.stage(128, 128, 4);
  expect([pixels.get(2), heap.equals(pixels), heap.sharesMemory(pixels)]).toEqual([3, true, false]);
  pair.grow_pixels(1);
  heap.set(0, 50);
  pixels.set(0, 60);
  expect([pair.get_heap(128), pair.get_pixels(128), heap.obj, pixels.obj]).toEqual([50, 60, pair.heap, pair.pixels]);
  const kernels = loadImage(pair.heap);
  const picture = { byteOffset: 128, shape: [2, 2] };
  failure(() => kernels.invert(memoryview(pair.pixels, picture), memoryview(pair.pixels, picture)), "ERR_VALUE");
});
