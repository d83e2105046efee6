import { blocks, checks } from "virtual:readme";
import { expect, test } from "vitest";

/** A value as the README writes it. */
function written(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (value instanceof Uint8Array) return `Uint8Array [${[...value].join(", ")}]`;
  return String(value);
}

test.each(blocks.map((run, i) => [i + 1, run] as const))("README: block %i does what it says", async (_, run) => {
  checks.length = 0;
  await run();
  expect(checks.length).toBeGreaterThan(0);
  for (const { value, text } of checks) expect(written(value)).toBe(text);
});
