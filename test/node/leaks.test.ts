import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Leak, LinearMemory } from "linearview";
import { expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects garbage until something is true, for ten seconds. */
async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!done() && Date.now() < end) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("onLeak: the block of views that were all dropped is reported, and stays until it is freed by address", async () => {
  const leaks: Leak[] = [];
  const memory = LinearMemory.create({ sites: true, onLeak: (leak) => leaks.push(leak) });
  const kept = memory.alloc("B", 8).slice([1]); // a view made from it keeps a block as well
  const address = ((): number => memory.alloc("d", 4).fill(1).byteOffset)();
  memory.alloc("B", 1).release();
  await until(() => leaks.length > 0);
  expect(leaks.map((leak) => [leak.address, leak.nbytes])).toEqual([[address, 32]]);
  expect(leaks[0]!.site).toContain("leaks.test");
  expect([memory.view({ byteOffset: address, format: "d", shape: 1 }).get(0), memory.stats().liveBlocks]).toEqual([
    1, 2,
  ]);
  memory.free(address);
  expect([memory.stats().liveBlocks, kept.get(0)]).toEqual([1, 0]);
});
