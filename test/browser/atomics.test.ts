import { LinearMemory } from "linearview";
import { expect, test } from "vitest";
import { failure } from "../unit/support/failure.ts";

test("wait: on a thread that may not block it is refused in words, waitAsync works", async () => {
  const { atomics } = LinearMemory.create({ shared: true }).alloc("i", 2);
  failure(() => atomics.wait(0, 0, 1), "ERR_UNSUPPORTED", "atomics.wait", "waitAsync()");
  const waiting = atomics.waitAsync(0, 0);
  expect(atomics.notify(0)).toBe(1);
  expect(await waiting.value).toBe("ok");
});
