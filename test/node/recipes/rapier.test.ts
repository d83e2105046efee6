import { LinearMemory, ReleasedError, type MemoryView } from "linearview";
import { captureMemory, discover, Lifetime } from "linearview/interop";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

type Rapier = typeof import("@dimforge/rapier3d-compat");

const capture = captureMemory({ filter: ({ exports }) => "reserve_memory" in exports });
let RAPIER: Rapier;
let world: InstanceType<Rapier["World"]>;
let bodies: InstanceType<Rapier["RigidBody"]>[];

const add = (i: number): InstanceType<Rapier["RigidBody"]> =>
  world.createRigidBody(
    RAPIER.RigidBodyDesc.dynamic()
      .setTranslation(i / 8, 1.5 * i + 1, -i)
      .setAdditionalMass(1),
  );
/** What the module answers: `[x, y, z]` of each body. */
const read = (): number[][] => bodies.map((body) => body.translation()).map(({ x, y, z }) => [x, y, z]);
/** The positions that the module answers from. */
const find = () => discover(capture.memory, read(), { formats: ["f"], prove: { read } });

beforeAll(async () => {
  RAPIER = await import("@dimforge/rapier3d-compat");
  await RAPIER.init();
  capture.stop();
});
beforeEach(() => {
  world = new RAPIER.World({ x: 0, y: -10, z: 0 });
  bodies = Array.from({ length: 200 }, (_, i) => add(i));
});
afterEach(() => world.free());

test("positions are found by what the module says of them, one place of it is what it answers from", () => {
  expect(discover(capture.memory, read(), { formats: ["f"] }).length).toBeGreaterThanOrEqual(1);
  const found = find();
  expect(found).toHaveLength(1);
  expect(found[0]!.shape).toEqual([200, 3]);
  expect(found[0]!.stride).toBeGreaterThan(12);
  expect(found[0]!.view().toList()).toEqual(read());
});

test("steps of the world are seen through the view, and what is written through it is where the next step begins", () => {
  const positions = find()[0]!.view();
  const before = positions.copy();
  for (let i = 0; i < 10; i++) world.step();
  expect(positions.toList()).toEqual(read());
  expect(positions.get(0, 1)).toBeLessThan(before[1]!);
  positions.slice("::2, 1").fill(512);
  expect(bodies[8]!.translation().y).toBe(512);
  expect(bodies[9]!.translation().y).not.toBe(512);
  world.step();
  expect(bodies[8]!.translation().y).toBeLessThan(512);
  expect(bodies[8]!.translation().y).toBeGreaterThan(511);
  expect(positions.toList()).toEqual(read());
});

test("a view goes on when the module has grown its memory", () => {
  const positions = find()[0]!.view();
  const { buffer } = capture.memory;
  RAPIER.reserveMemory(buffer.byteLength * 2);
  expect(capture.memory.buffer).not.toBe(buffer);
  world.step();
  expect(positions.toList()).toEqual(read());
  positions.set(0, 0, 3);
  expect(bodies[0]!.translation().x).toBe(3);
});

test("bodies that are added move the others: the view ends by name, and what is found anew is right", () => {
  const [found] = find();
  const lifetime = new Lifetime("mutation", { name: "the positions" });
  const { byteOffset, format, shape, strides } = found!;
  const positions = LinearMemory.from(capture.target).view({ byteOffset, format, shape, strides, lifetime });
  const rows: MemoryView = positions.slice("::-1");
  expect(rows.slice(0).toList()).toEqual(read().at(-1));
  const create = lifetime.watch(add);
  bodies.push(create(200));
  expect(() => positions.get(0, 0)).toThrow(ReleasedError);
  expect(() => rows.toList()).toThrow("the positions ended with a call");
  for (let i = 201; i < 2000; i++) bodies.push(add(i));
  expect(find()[0]!.view().toList()).toEqual(read());
});

test("an address that is kept instead shows old positions: the memory did not grow, the bodies moved in it", () => {
  const kept = find()[0]!;
  RAPIER.reserveMemory(2 ** 22);
  const { buffer } = capture.memory;
  for (let i = 200; i < 600; i++) bodies.push(add(i));
  expect(capture.memory.buffer).toBe(buffer);
  for (let i = 0; i < 10; i++) world.step();
  expect(kept.view().toList()).not.toEqual(read().slice(0, 200));
  expect(find()[0]!.byteOffset).not.toBe(kept.byteOffset);
});

test("the allocator behind numbered names is recognised; what it gives is aligned, and all is given back", () => {
  const memory = LinearMemory.from(capture.target);
  expect(LinearMemory.from(capture.memory)).toBe(memory);
  const before = read();
  const block = memory.alloc("d", [1000], { align: 64 });
  expect(block.byteOffset % 64).toBe(0);
  block.fill(1);
  expect(read()).toEqual(before);
  block.release();
  expect(memory.stats().liveBlocks).toBe(0);
});

test("worlds that are freed leave nothing: fifty of them with views do not make the memory grow", () => {
  find()[0]!.view().release();
  const size = capture.memory.buffer.byteLength;
  for (let i = 0; i < 50; i++) {
    world.free();
    world = new RAPIER.World({ x: 0, y: -10, z: 0 });
    bodies = Array.from({ length: 200 }, (_, k) => add(k));
    expect(read()[3]).toEqual([0.375, 5.5, -3]);
  }
  expect(find()[0]!.view().get(3, 1)).toBe(5.5);
  expect(capture.memory.buffer.byteLength).toBe(size);
});
