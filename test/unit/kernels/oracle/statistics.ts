/*
 * Statistics by their definitions, in float64 on nested lists `[height][width][channels]`; no code of the library.
 */

export type Pixels = readonly (readonly (readonly number[])[])[];

export const channelOf = (pixels: Pixels, c: number): number[][] => pixels.map((row) => row.map((pixel) => pixel[c]!));

export function stats(items: readonly number[]): Record<"min" | "max" | "sum" | "mean" | "std", number> {
  const sum = items.reduce((a, b) => a + b, 0);
  const mean = sum / items.length;
  const variance = items.reduce((a, v) => a + (v - mean) ** 2, 0) / items.length;
  return { min: Math.min(...items), max: Math.max(...items), sum, mean, std: Math.sqrt(variance) };
}

export function histogram(items: readonly number[], values: number): number[] {
  const counts = Array<number>(values).fill(0);
  for (const v of items) counts[v]!++;
  return counts;
}

export const luma = ([r, g, b]: readonly number[], standard: string): number =>
  standard === "bt601" ? 0.299 * r! + 0.587 * g! + 0.114 * b! : 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;

/** Each sum by itself. */
export const integral = (items: readonly (readonly number[])[]): number[][] =>
  Array.from({ length: items.length + 1 }, (_, y) =>
    Array.from({ length: items[0]!.length + 1 }, (_, x) =>
      items.slice(0, y).reduce((all, row) => row.slice(0, x).reduce((sum, v) => sum + v, all), 0),
    ),
  );

export function psnr(a: readonly number[], b: readonly number[], max: number): number {
  const mean = a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length;
  return mean === 0 ? Infinity : 20 * Math.log10(max) - 10 * Math.log10(mean);
}
