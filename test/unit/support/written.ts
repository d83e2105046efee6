import { expect } from "vitest";

/** A value as the README writes it. */
export function written(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (value instanceof Uint8Array) return `Uint8Array [${[...value].join(", ")}]`;
  return String(value);
}

/** Runs a block of the README and compares what it checks. */
export async function verifyBlock(run: () => unknown, checks: { value: unknown; text: string }[]): Promise<void> {
  checks.length = 0;
  await run();
  expect(checks.length).toBeGreaterThan(0);
  for (const { value, text } of checks) expect(written(value)).toBe(text);
}
