import { type LinearMemory, memoryview, type MemoryView } from "linearview";
import { expect } from "vitest";
import { seeded } from "../support/random.ts";
import type { Pixels } from "./oracle/geometry.ts";
import { CUTS } from "./window-support.ts";

export { CUTS, WORLDS } from "./window-support.ts";

const LIMITS: Record<string, number> = { B: 255, H: 65535 };

/** A picture: its format, `[height, width]`, channels, and how it lies in a larger one. */
export interface Side {
  format?: string;
  size: readonly [height: number, width: number];
  channels?: number;
  cut?: string | undefined;
}

/** A float64 result as an item holds it: integers rounded half up, and clamped. */
const asItem = (value: number, limit: number | undefined): number =>
  limit === undefined ? value : Math.min(limit, Math.max(0, Math.floor(value + 0.5)));

/**
 * Runs an operation on noise and compares with its float64 definition. Beyond `tolerance` (in items of B and H, in shares
 * of the source's range for f) nothing differs, and no byte outside the target changes.
 */
export function verifyInto(
  memory: LinearMemory,
  from: Side,
  to: Partial<Side>,
  run: (source: MemoryView, target: MemoryView) => unknown,
  define: (pixels: Pixels) => Pixels,
  {
    inPlace = false,
    seed = 1,
    tolerance = 0,
    paint,
  }: {
    inPlace?: boolean;
    seed?: number;
    tolerance?: number;
    paint?: (value: number, y: number, x: number, c: number) => number;
  } = {},
): void {
  const random = seeded(seed);
  memory.scope(({ alloc }) => {
    const make = ({ format = "B", size: [h, w], channels = 1, cut = "packed" }: Side): [MemoryView, MemoryView] => {
      const whole = alloc(format, CUTS[cut]!.whole(h, w, channels));
      const noise = (): number => (LIMITS[format] ? random(LIMITS[format]! + 1) : random(65536) / 65535);
      const items = Float64Array.from({ length: whole.nbytes / whole.itemsize }, noise);
      whole.assign(memoryview(items).reshape(whole.shape), { mode: "c" });
      return [whole, CUTS[cut]!.cut(whole, h, w)];
    };
    const [, source] = make(from);
    if (paint) {
      const painted = (source.toList() as Pixels).map((row, y) => row.map((pixel, x) => pixel.map((v, c) => paint(v, y, x, c)))); // prettier-ignore
      const flat = memoryview(Float64Array.from(painted.flat(2))).reshape(source.shape);
      source.assign(flat, { mode: "c" });
    }
    const side = { ...from, ...to };
    const [holder, target] = inPlace ? [undefined, source] : make(side);
    const want = define(source.toList() as Pixels);
    const before = holder?.toBytes();
    run(source, target);
    const text = JSON.stringify({ from, to, inPlace, seed });
    const limit = LIMITS[target.format];
    const bound = tolerance * (limit === undefined ? (LIMITS[source.format] ?? 1) : 1);
    const got = target.toList() as Pixels;
    expect([got.length, got[0]?.length], text).toEqual([want.length, want[0]?.length]);
    got.forEach((row, y) => row.forEach((pixel, x) => pixel.forEach((value, c) => {
      const right = asItem(want[y]![x]![c]!, limit);
      if (!(Math.abs(value - right) <= bound)) throw new Error(`${text}: [${y}, ${x}, ${c}] is ${value}, not ${want[y]![x]![c]}`);
    }))); // prettier-ignore
    if (!holder) return;
    const [h, w] = side.size;
    CUTS[side.cut ?? "packed"]!.cut(memoryview(before!, { format: holder.format, shape: holder.shape }), h, w).assign(target); // prettier-ignore
    expect(holder.toBytes(), `${text}: bytes outside the target`).toEqual(before);
  });
}
