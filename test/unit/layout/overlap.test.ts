import { expect, test } from "vitest";
import { extent, type Layout } from "../../../src/layout/layout.ts";
import { shareBytes } from "../../../src/layout/overlap.ts";
import ndOverlap from "../../fixtures/vectors/nd-overlap.json";
import { seeded } from "../support/random.ts";
import { indices } from "../support/verify.ts";

const SIZES: Record<string, number> = { B: 1, "3s": 3, "<h": 2, "<i": 4, "<q": 8 };

test("recorded answers: whether two windows share a byte, and the bytes that each spans", () => {
  for (const { id, ops } of ndOverlap.cases as any[]) {
    const windows: Record<string, { layout: Layout; size: number }> = {};
    for (const step of ops) {
      if (step.op === "window") {
        const { offset: byteOffset, shape, strides } = step;
        windows[step.as] = { layout: { byteOffset, shape, strides }, size: SIZES[step.dtype]! };
      } else if (step.op === "shares_memory") {
        const [a, b] = [windows[step.on]!, windows[step.with]!];
        expect(shareBytes(a.layout, a.size, b.layout, b.size), id).toBe(step.result);
        expect(shareBytes(b.layout, b.size, a.layout, a.size), id).toBe(step.result);
      } else if (!windows[step.on]!.layout.shape.includes(0)) {
        expect(extent(windows[step.on]!.layout, windows[step.on]!.size), id).toEqual(step.result);
      }
    }
  }
});

test("every pair of 3,000 random windows: shares a byte exactly when their bytes, listed, do", () => {
  const random = seeded(21);
  const window = (): { layout: Layout; size: number } => {
    const size = 1 + random(8);
    const shape = Array.from({ length: random(4) }, () => random(5));
    const strides = shape.map(() => random(41) - 20);
    return { layout: { byteOffset: 100 + random(80), shape, strides }, size };
  };
  const bytesOf = ({ layout: { byteOffset, shape, strides }, size }: ReturnType<typeof window>): Set<number> =>
    new Set(
      indices(shape).flatMap((index) => {
        const first = index.reduce((sum, i, axis) => sum + i * strides[axis]!, byteOffset);
        return Array.from({ length: size }, (_, k) => first + k);
      }),
    );
  let shared = 0;
  for (let round = 0; round < 3000; round++) {
    const [a, b] = [window(), window()];
    const bytes = bytesOf(a);
    const want = [...bytesOf(b)].some((byte) => bytes.has(byte));
    if (want) shared++;
    expect(shareBytes(a.layout, a.size, b.layout, b.size), `seed 21, round ${round}`).toBe(want);
  }
  expect(shared).toBeGreaterThan(500);
  expect(shared).toBeLessThan(2500);
});
