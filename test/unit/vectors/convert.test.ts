import { memoryview } from "linearview";
import { describe, expect, test } from "vitest";
import { load, sameBytes, toValue } from "../support/recorded.ts";
import { viewOf, WORLDS } from "../support/vectors.ts";

describe.each(Object.entries(WORLDS))("recorded conversions, %s", (_, makeWorld) => {
  test("assign: wraps and saturates with exactly one rounding", async () => {
    const world = makeWorld();
    const bytes = viewOf(world, new Uint8Array(48));
    let rows = 0;
    for (const { id, mode, from, to, rows: table } of (await load("nd-convert")).cases) {
      const source = memoryview(bytes, { format: from as string, shape: [1] });
      const [target, expected] = [16, 32].map((byteOffset) =>
        memoryview(bytes, { byteOffset, format: to, shape: [1] }),
      );
      for (const [value, want] of table) {
        world.before(world.memory);
        source.set(0, toValue(value, from));
        target!.assign(source, { mode });
        expected!.set(0, toValue(want, to));
        if (!sameBytes(target!.toBytes(), expected!.toBytes())) expect.fail(`${id}: ${value} became ${target!.get(0)}, not ${want}`); // prettier-ignore
        rows++;
      }
    }
    expect(rows).toBe(5604);
  });
});
