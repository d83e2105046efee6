import { MemoryViewError } from "linearview";
import { expect } from "vitest";

/** The error of a call that must fail with one of ours, of a code, and with a text that has all of `parts`. */
export function failure(body: () => unknown, code: string, ...parts: (string | number | RegExp)[]): MemoryViewError {
  let error: unknown;
  try {
    body();
  } catch (caught) {
    error = caught;
  }
  expect(error, "it did not fail").toBeInstanceOf(MemoryViewError);
  const own = error as MemoryViewError;
  expect(own.code, own.message).toBe(code);
  for (const part of parts) {
    if (part instanceof RegExp) expect(own.message).toMatch(part);
    else expect(own.message).toContain(String(part));
  }
  return own;
}
