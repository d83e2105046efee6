import { LinearMemory, memoryview } from "linearview";
import { formatter, installFormatter } from "linearview/devtools";
import { expect, test } from "vitest";

const inspect = Symbol.for("nodejs.util.inspect.custom");
const shown = (view: unknown): string => (view as Record<symbol, () => string>)[inspect]!();

test("inspect: one row of items for one dimension, cut after the first", () => {
  expect(shown(memoryview(Uint8Array.of(1, 2, 30)))).toBe("MemoryView 'B' [3] at 0\n  1  2  30");
  expect(shown(memoryview(new BigInt64Array(30)))).toMatch(/^MemoryView 'q' \[30\] at 0\n {2}0n .* 0n {2}…$/);
});

test("inspect: the rows of the first plane for more dimensions", () => {
  const view = memoryview(
    Uint8Array.from({ length: 12 }, (_, i) => i * 20),
    { shape: [2, 2, 3] },
  );
  expect(shown(view)).toBe("MemoryView 'B' [2, 2, 3] at 0\n   0  20   40\n  60  80  100\n   …");
  expect(shown(view.slice(0))).toBe("MemoryView 'B' [2, 3] at 0\n   0  20   40\n  60  80  100");
});

test("inspect: a column for each field of a record", () => {
  const view = memoryview(new Uint8Array(20), { format: "T{B:id:(2)H:pos:3s:tag:}" });
  view.set(1, { id: 7, pos: [1, 2], tag: "abc" });
  expect(shown(view)).toBe(
    [
      "MemoryView 'T{B:id:(2)H:pos:3s:tag:}' [2] at 0",
      "  id     pos         tag",
      "   0  [0, 0]  <00 00 00>",
      "   7  [1, 2]  <61 62 63>",
    ].join("\n"),
  );
});

test("inspect: a view that cannot be read any more is shown all the same", () => {
  const memory = LinearMemory.create();
  const view = memory.alloc("f", [2, 2]);
  view.release();
  expect(shown(view)).toMatch(/^MemoryView 'f' \[2, 2\] at \d+ released$/);
  const buffer = new ArrayBuffer(8);
  const lost = memoryview(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  expect(shown(lost)).toContain("BoundsError");
});

test("inspect: short whatever the size", () => {
  const wide = memoryview(new Float64Array(2 ** 19), { shape: [2 ** 10, 2 ** 9] });
  expect(shown(wide).length).toBeLessThan(1500);
  const names = Array.from({ length: 500 }, (_, i) => `B:${"n".repeat(100)}${i}:`).join("");
  expect(shown(memoryview(new Uint8Array(1000), { format: `T{${names}}` })).length).toBeLessThan(1500);
});

test("the formatter of developer tools describes views alone, as a table of the first items", () => {
  expect(formatter.header([1, 2])).toBeNull();
  expect(formatter.body({})).toBeNull();
  const view = memoryview(Uint8Array.of(1, 2, 3, 4), { shape: [2, 2] });
  expect(formatter.header(view)).toEqual(["span", {}, "MemoryView 'B' [2, 2] at 0"]);
  expect(formatter.hasBody(view)).toBe(true);
  const rows = (formatter.body(view) as unknown as any[])
    .slice(2)
    .map((row) => row.slice(2).map((cell: any[]) => cell[2]));
  expect(rows).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
  view.release();
  expect(formatter.header(view)![2]).toContain("released");
  expect(formatter.hasBody(view)).toBe(false);
});

test("installFormatter adds the formatter to the page once", () => {
  installFormatter();
  installFormatter();
  expect((globalThis as { devtoolsFormatters?: unknown[] }).devtoolsFormatters).toEqual([formatter]);
});
