import { describe, expect, test } from "vitest";
import { STEP_DIFFERENCES } from "../support/differences.ts";
import { load } from "../support/recorded.ts";
import { newTally, runCase, STEP_FAMILIES, WORLDS } from "../support/vectors.ts";

describe.each(Object.keys(WORLDS))("recorded answers, %s", (name) => {
  const tally = newTally();
  test.each(STEP_FAMILIES)("%s", async (family) => {
    const world = WORLDS[name]!();
    for (const one of (await load(family)).cases) runCase(one, world, tally);
  });

  test("every step was compared, or answered otherwise for a documented reason", () => {
    const sum = (map: ReadonlyMap<unknown, number>): number => [...map.values()].reduce((a, b) => a + b, 0);
    expect(tally.compared + sum(tally.skipped) + sum(tally.different)).toBe(16825);
    expect(tally.compared).toBeGreaterThan(15750);
  });

  test("every documented difference occurs", () => {
    expect(STEP_DIFFERENCES.filter((difference) => !tally.different.has(difference))).toEqual([]);
  });
});
