import { broadcastShapes, memoryview, MemoryViewError } from "linearview";
import { describe, expect, test } from "vitest";
import { load, sameBytes, toBytes } from "../support/recorded.ts";
import { isError, viewOf, WORLDS } from "../support/vectors.ts";

describe.each(Object.entries(WORLDS))("recorded layouts, %s", (_, makeWorld) => {
  test("slice: 5,852 slices of 1-d views have the offset, length, stride and bytes of CPython's", async () => {
    const world = makeWorld();
    for (const { base, format, n, rows } of (await load("mv-slice1d")).cases) {
      const view = viewOf(world, toBytes(base)).cast(format as string);
      expect(view.length).toBe(n);
      for (const [start, stop, step, offset, length, stride, bytes] of rows) {
        world.before(world.memory);
        const slice = view.slice([start, stop, step]);
        const same =
          slice.length === length &&
          sameBytes(slice.toBytes(), toBytes(bytes)) &&
          (offset === null || length === 0 || slice.byteOffset - world.address === offset) &&
          (stride === null || length < 2 || slice.strides[0] === stride);
        if (!same) expect.fail(`${format} of ${n} [${start}:${stop}:${step}] is ${slice}`);
      }
    }
  });
});

test("memoryview: a window is made exactly when all of its items lie inside the memory", async () => {
  const { cases } = await load("nd-bounds");
  for (const [size, itemsize, byteOffset, shape, strides, valid] of cases[0].rows) {
    const window = { byteOffset, shape, strides, format: `${itemsize}s` };
    let made = true;
    try {
      memoryview(new Uint8Array(size), window);
    } catch (error) {
      if (!(error instanceof MemoryViewError)) throw error;
      expect(error.code).toBe("ERR_BOUNDS");
      made = false;
    }
    expect(made, JSON.stringify({ size, ...window })).toBe(valid);
  }
});

test("broadcastShapes: 150 recorded sets of shapes", async () => {
  const { cases } = await load("nd-broadcast");
  for (const [shapes, want] of cases[0].rows) {
    let result: unknown;
    try {
      result = broadcastShapes(...shapes);
    } catch (error) {
      expect(isError(want, (error as MemoryViewError).code), String(error)).toBe(true);
      continue;
    }
    expect(result).toEqual(want);
  }
});
