import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { expect } from "vitest";
import { seeded } from "../support/random.ts";
import type { Pixels } from "./oracle/window.ts";

const PAGE = 65536;

/** Memories that pictures live in. */
export const WORLDS: Record<string, () => LinearMemory> = {
  "own": () => LinearMemory.create(), // prettier-ignore
  "shared": () => LinearMemory.create({ shared: true, maximum: 400 * PAGE }), // prettier-ignore
  "above 2 GiB": () => LinearMemory.create({ initial: 2 ** 31 + 4 * PAGE, base: 2 ** 31 + PAGE }),
};

/** How a view of height × width × channels is cut out of a picture of `whole` shape. */
interface Cut {
  whole(h: number, w: number, c: number): number[];
  cut(view: MemoryView, h: number, w: number): MemoryView;
}
export const CUTS: Record<string, Cut> = {
  packed: { whole: (h, w, c) => [h, w, c], cut: (view) => view },
  "a crop": { whole: (h, w, c) => [h + 3, w + 5, c], cut: (view, h, w) => view.slice([1, 1 + h], [2, 2 + w]) },
  "reversed rows": { whole: (h, w, c) => [h + 1, w + 1, c], cut: (view, h, w) => view.slice([0, h], [0, w]).flip(0) },
  mirrored: { whole: (h, w, c) => [h, w + 1, c], cut: (view, _, w) => view.slice([], [0, w]).flip(1) },
  "a transpose": { whole: (h, w, c) => [w, h + 2, c], cut: (view, h) => view.slice([], [0, h]).transpose([1, 0, 2]) },
  "every second pixel": { whole: (h, w, c) => [h, 2 * w + 1, c], cut: (view) => view.slice([], [1, null, 2]) },
  "some channels of more": { whole: (h, w, c) => [h, w, c + 2], cut: (view, h, w) => view.slice([0, h], [0, w], [1, -1]) }, // prettier-ignore
};

const FULL: Record<string, number> = { B: 255, H: 65535, f: 1 };
const RANGES: Record<string, readonly [number, number]> = { B: [0, 255], H: [0, 65535], h: [-32768, 32767], i: [-(2 ** 31), 2 ** 31 - 1] }; // prettier-ignore

/** A float64 result as an item of a format holds it: rounded half up and clamped. */
const asItem = (value: number, format: string): number => {
  const range = RANGES[format];
  return range ? Math.min(range[1], Math.max(range[0], Math.floor(value + 0.5))) : value;
};

export interface Case {
  format?: string;
  /** Format of the target, the source's unless said. */
  result?: string;
  size: readonly [height: number, width: number];
  channels?: number;
  source?: string;
  target?: string;
  inPlace?: boolean;
  seed?: number;
  /** In units of items; for floats in shares of the full range of the source. */
  tolerance?: number;
  /** Changes the noise, for pictures that are something else. */
  paint?: (value: number, y: number, x: number, c: number) => number;
}

/** Runs an operation on noise in some layout and compares with a definition; no byte outside the target changes. */
export function verify(
  memory: LinearMemory,
  run: (source: MemoryView, target: MemoryView) => unknown,
  define: (pixels: Pixels) => Pixels,
  {
    format = "B",
    result = format,
    size: [h, w],
    channels = 1,
    source = "packed",
    target = source,
    inPlace = false,
    seed = 1,
    tolerance = 0,
    paint,
  }: Case,
): void {
  const random = seeded(seed);
  memory.scope(({ alloc }) => {
    const make = (kind: string, of: string): [MemoryView, MemoryView] => {
      const whole = alloc(of, CUTS[kind]!.whole(h, w, channels));
      const noise = (): number => (of === "f" ? random(65536) / 65535 : random(of === "H" ? 65536 : 256));
      whole.assign(
        memoryview(Float64Array.from({ length: whole.nbytes / whole.itemsize }, noise)).reshape(whole.shape),
        { mode: "saturate" },
      );
      return [whole, CUTS[kind]!.cut(whole, h, w)];
    };
    const [whole, from] = make(source, format);
    if (paint) for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) for (let c = 0; c < channels; c++) (from as any).set(y, x, c, paint(from.get(y, x, c) as number, y, x, c)); // prettier-ignore
    const [holder, to] = inPlace ? [whole, from] : make(target, result);
    const want = define(from.toList() as Pixels);
    const before = holder.toBytes();
    const sourceBefore = whole.toBytes();
    run(from, to);
    const got = to.toList() as Pixels;
    const text = JSON.stringify({ format, result, size: [h, w], channels, source, target, inPlace, seed });
    const bound = tolerance * (result === "f" ? FULL[format]! : 1);
    got.forEach((row, y) => row.forEach((pixel, x) => pixel.forEach((value, c) => {
      const right = asItem(want[y]![x]![c]!, result);
      if (!(Math.abs(value - right) <= bound)) throw new Error(`${text}: [${y}, ${x}, ${c}] is ${value}, not ${want[y]![x]![c]}`);
    }))); // prettier-ignore
    CUTS[inPlace ? source : target]!.cut(memoryview(before, { format: result, shape: holder.shape }), h, w).assign(to);
    expect(holder.toBytes(), `${text}: bytes outside the target`).toEqual(before);
    if (!inPlace) expect(whole.toBytes(), `${text}: bytes of the source`).toEqual(sourceBefore);
  });
}

/** Cases in turn: every layout, channel count, format and border once at least, in place and not. */
export function* layouts(
  count: number,
  formats = "BHf",
): Generator<Case & { border: string; value: number; turn: number }> {
  const kinds = Object.keys(CUTS);
  const sizes = [[1, 1], [5, 67], [7, 3], [2, 19], [12, 33], [1, 8], [9, 1]] as const; // prettier-ignore
  const borders = ["nearest", "reflect", "mirror", "constant"];
  for (let turn = 0; turn < count; turn++) {
    const format = formats[turn % formats.length]!;
    yield {
      turn,
      format,
      size: sizes[turn % sizes.length]!,
      channels: [1, 3, 4, 4][(turn + (turn >> 2)) % 4]!,
      source: kinds[(turn * 3) % kinds.length]!,
      target: kinds[(turn * 3 + (turn >> 1)) % kinds.length]!,
      inPlace: turn % 3 === 1,
      seed: turn + 1,
      border: borders[turn % 4]!,
      value: format === "f" ? 0.25 : 77,
    };
  }
}
