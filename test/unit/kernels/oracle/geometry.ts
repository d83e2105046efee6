/*
 * Float64 definitions of the geometry of pictures, on nested lists `[height][width][channels]`.
 */

export type Pixels = number[][][];

const built = (height: number, width: number, pixel: (y: number, x: number) => number[]): Pixels =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixel(y, x)));

export const turned: Record<string, (p: Pixels) => Pixels> = {
  flipX: (p) => built(p.length, p[0]!.length, (y, x) => p[y]![p[0]!.length - 1 - x]!),
  flipY: (p) => built(p.length, p[0]!.length, (y, x) => p[p.length - 1 - y]![x]!),
  transpose: (p) => built(p[0]!.length, p.length, (y, x) => p[x]![y]!),
  90: (p) => built(p[0]!.length, p.length, (y, x) => p[p.length - 1 - x]![y]!),
  180: (p) => built(p.length, p[0]!.length, (y, x) => p[p.length - 1 - y]![p[0]!.length - 1 - x]!),
  270: (p) => built(p[0]!.length, p.length, (y, x) => p[x]![p[0]!.length - 1 - y]!),
};
