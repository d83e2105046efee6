import { expect, test } from "vitest";
import { LinearMemory } from "linearview";
test("smoke", () => {
  const m = LinearMemory.create();
  const v = m.alloc("B", [4, 6]);
  v.set(1, 2, 77);
  const big = m.alloc("f", 1_000_000);
  expect(v.get(1, 2)).toBe(77);
  big.fill(1.5);
  expect(big.get(-1)).toBe(1.5);
  big.release();
  expect(() => big.get(0)).toThrow(/released/);
  expect(m.stats()).toMatchObject({ liveBlocks: 1, liveBytes: 24 });
  expect(() => structuredClone(v)).toThrow();
  console.log(v);
});
