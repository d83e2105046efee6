import { Worker } from "node:worker_threads";
import { LinearMemory } from "linearview";
import { expect, test } from "vitest";

/** A thread that knows nothing of this library: it adds, waits and notifies with the platform's own `Atomics`. */
const WORKER = `
const { parentPort, workerData: { memory, address, rounds } } = require("node:worker_threads");
const items = new Int32Array(memory.buffer, address, 4);
for (let i = 0; i < rounds; i++) Atomics.add(items, 2, 1);
Atomics.store(items, 0, 1);
Atomics.notify(items, 0);
const answer = Atomics.wait(items, 1, 0, 15000);
while (Atomics.load(items, 3) === 0);
parentPort.postMessage([answer, Atomics.load(items, 3)]);
`;

test("two threads: no addition is lost, and each wakes the other", { timeout: 20_000 }, async () => {
  const memory = LinearMemory.create({ shared: true });
  const view = memory.alloc("i", [2, 2]);
  const { atomics } = view;
  const rounds = 100_000;
  const workerData = { memory: memory.memory, address: view.byteOffset, rounds };
  const worker = new Worker(WORKER, { eval: true, workerData });
  try {
    const answer = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    for (let i = 0; i < rounds; i++) atomics.add(1, 0, 1);
    expect(["ok", "not-equal"]).toContain(atomics.wait(0, 0, 0, 15_000));
    expect(atomics.load(0, 0)).toBe(1);
    expect(atomics.load(1, 0)).toBe(2 * rounds);
    const end = Date.now() + 10_000;
    while (atomics.notify(0, 1, 1) === 0 && Date.now() < end);
    atomics.store(1, 1, 7);
    expect(atomics.notify(1, 1)).toBe(0);
    expect(await answer).toEqual(["ok", 7]);
  } finally {
    await worker.terminate();
  }
});

test("wait: not equal, or too late", () => {
  const memory = LinearMemory.create({ shared: true });
  const longs = memory.alloc("q", 3);
  expect(longs.atomics.wait(-1, 5n)).toBe("not-equal");
  expect(longs.atomics.wait(-1, 0n, 1)).toBe("timed-out");
  expect(longs.toReadonly().atomics.wait(0, 0n, 0)).toBe("timed-out");
});
