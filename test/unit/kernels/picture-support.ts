import { type LinearMemory, memoryview, type MemoryView } from "linearview";
import { expect } from "vitest";
import { seeded } from "../support/random.ts";
import { CUTS } from "./window-support.ts";

/** Where the full range ends. */
export const MAX: Record<string, number> = { B: 255, H: 65535, f: 1 };

/** A view of noise in some layout, and what it holds. */
export function noise(
  memory: Pick<LinearMemory, "alloc">,
  format: string,
  [h, w]: readonly [number, number],
  channels: number,
  kind = "packed",
  seed = 1,
): { view: MemoryView; whole: MemoryView; pixels: number[][][] } {
  const random = seeded(seed);
  const whole: MemoryView = memory.alloc(format, CUTS[kind]!.whole(h, w, channels));
  const next = (): number => (format === "f" ? random(65536) / 65535 : random(MAX[format]! + 1));
  whole.assign(memoryview(Float64Array.from({ length: whole.nbytes / whole.itemsize }, next)).reshape(whole.shape), {
    mode: "c",
  });
  const view = CUTS[kind]!.cut(whole, h, w);
  return { view, whole, pixels: view.toList() as number[][][] };
}

/** A view into the middle of a larger one, and a check that nothing around it changes. */
export function within(memory: Pick<LinearMemory, "alloc">, format: string, shape: number[]): [MemoryView, () => void] {
  const whole: MemoryView = memory.alloc(
    format,
    shape.map((n) => 2 * n + 3),
  );
  whole.fill(7);
  const cut = (view: MemoryView): MemoryView => view.slice(...shape.map((n) => [1, 1 + 2 * n, 2] as const));
  const before = whole.toBytes();
  return [
    cut(whole),
    () => {
      cut(memoryview(before, { format, shape: whole.shape })).assign(cut(whole));
      expect(whole.toBytes(), "bytes outside the target").toEqual(before);
    },
  ];
}
