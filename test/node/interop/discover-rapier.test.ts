import RAPIER from "@dimforge/rapier3d-compat";
import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { captureMemory, discover, probe } from "linearview/interop";
import { beforeAll, expect, test } from "vitest";

/** The physics engine publishes no memory, no address and no stride: all of it is found from what `translation()` answers. */
let memory: LinearMemory;
beforeAll(async () => {
  using capture = captureMemory({ filter: ({ exports }) => "rawrigidbodyset_new" in exports });
  await RAPIER.init();
  memory = LinearMemory.from(capture.target);
});

const COUNT = 200;

function fallingBodies() {
  const world = new RAPIER.World({ x: 0, y: -9.81, z: 0 });
  const bodies = Array.from({ length: COUNT }, (_, i) => {
    const body = RAPIER.RigidBodyDesc.dynamic().setTranslation(i * 3.1, 5 + i * 0.37, -i * 2.3);
    const made = world.createRigidBody(body);
    world.createCollider(RAPIER.ColliderDesc.ball(0.5), made);
    return made;
  });
  world.step();
  const read = (): number[][] => bodies.map((body) => body.translation()).map(({ x, y, z }) => [x, y, z]);
  return { world, bodies, read };
}

test("rapier: of several live arrays, the one that translation() answers from is found, and proven by a write", () => {
  const { world, bodies, read } = fallingBodies();
  const places = discover(memory.memory, read());
  // Solver bodies, colliders and bodies of this version; each also holds the positions of the step before, or the next.
  expect([...new Set(places.map(({ stride }) => stride))].sort((a, b) => a - b)).toEqual([64, 240, 464]);
  const before = read();
  const proven = discover(memory.memory, before, { prove: { read } });
  expect(proven).toHaveLength(1);
  expect(read()).toEqual(before);
  const positions = proven[0]!.view() as MemoryView<number>;
  expect([positions.format, positions.shape]).toEqual(["f", [COUNT, 3]]);

  for (let i = 0; i < 20; i++) world.step();
  expect(positions.toList()).toEqual(read());
  positions.set(7, 1, 1000);
  expect(bodies[7]!.translation().y).toBe(1000);
  world.step();
  expect(bodies[7]!.translation().y).toBeGreaterThan(999);
  expect(positions.get(7, 1)).toBe(bodies[7]!.translation().y);
  world.free();
});

test("rapier: a view survives the growth of the memory; arrays that moved are found again", () => {
  const { world, read } = fallingBodies();
  const prove = { read };
  const [place] = discover(memory.memory, read(), { prove });
  const pages = memory.buffer.byteLength;
  const others = Array.from({ length: 3 }, fallingBodies);
  const more = Array.from({ length: 5000 }, (_, i) => others[0]!.world.createRigidBody(RAPIER.RigidBodyDesc.fixed().setTranslation(i, 0, 0))); // prettier-ignore
  expect(memory.buffer.byteLength).toBeGreaterThan(pages);
  world.step();
  expect(place!.view().toList()).toEqual(read());
  const [first] = more;
  const known = () => more.map((body) => body.translation().x);
  const found = discover(memory.memory, known(), { prove: { read: known } });
  expect(found.map(({ stride }) => stride)).toEqual([place!.stride]);
  (found[0]!.view() as MemoryView<number>).set(0, 12.5);
  expect(first!.translation().x).toBe(12.5);
  for (const one of [world, ...others.map((other) => other.world)]) one.free();
});

test("rapier: probe tells a live array from a copy of it", () => {
  const { world, bodies, read } = fallingBodies();
  const [place] = discover(memory.memory, read(), { prove: { read } });
  const view = place!.view();
  const { x } = bodies[0]!.translation();
  const changed = () => bodies[0]!.translation().x !== x;
  expect([probe(view, changed), probe(memoryview(view.copy()), changed), changed()]).toEqual([true, false, false]);
  world.free();
});
