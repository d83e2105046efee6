/*
 * Neighbourhood operations by their definitions, in float64 on nested lists `[height][width][channels]`. Shares no code
 * with the library.
 */

export type Pixels = number[][][];

/** The index that stands for `i`, −1 for the constant: by unrolling the pattern of a line that repeats. */
export function border(i: number, length: number, rule: string): number {
  if (i >= 0 && i < length) return i;
  if (rule === "constant") return -1;
  if (rule === "nearest") return i < 0 ? 0 : length - 1;
  const line = Array.from({ length }, (_, k) => k);
  const back = [...line].reverse();
  const period = rule === "reflect" ? [...line, ...back] : length === 1 ? [0] : [...line, ...back.slice(1, -1)];
  return period[((i % period.length) + period.length) % period.length]!;
}

export type Read = (dx: number, dy: number, c: number) => number;

/** A result for every item, from a reader of the items around it. */
export function around(
  pixels: Pixels,
  rule: string,
  value: number | readonly number[],
  compute: (read: Read, c: number) => number,
): Pixels {
  const [height, width] = [pixels.length, pixels[0]!.length];
  return pixels.map((row, y) =>
    row.map((pixel, x) => {
      const read: Read = (dx, dy, c) => {
        const [j, i] = [border(y + dy, height, rule), border(x + dx, width, rule)];
        return j < 0 || i < 0 ? (typeof value === "number" ? value : value[c]!) : pixels[j]![i]![c]!;
      };
      return pixel.map((_, c) => compute(read, c));
    }),
  );
}

/** Σ kernel × item, the kernel not flipped, its middle on the item. */
export const correlate = (
  pixels: Pixels,
  kernel: readonly (readonly number[])[],
  rule = "nearest",
  value: number | readonly number[] = 0,
  scale = 1,
  offset = 0,
): Pixels =>
  around(pixels, rule, value, (read, c) => {
    const [midY, midX] = [kernel.length >> 1, kernel[0]!.length >> 1];
    let sum = 0;
    kernel.forEach((row, j) => row.forEach((weight, i) => { if (weight !== 0) sum += weight * read(i - midX, j - midY, c); })); // prettier-ignore
    return sum * scale + offset;
  });

const bell = (sigma: number, truncate: number): number[] => {
  const radius = Math.floor(truncate * sigma + 0.5);
  const all = [];
  for (let i = -radius; i <= radius; i++) all.push(sigma === 0 ? 1 : Math.exp((-i * i) / (2 * sigma * sigma)));
  const sum = all.reduce((a, b) => a + b, 0);
  return all.map((weight) => weight / sum);
};

export function gaussian(
  pixels: Pixels,
  [sigmaX, sigmaY]: readonly [number, number],
  rule = "nearest",
  value: number | readonly number[] = 0,
  truncate = 4,
): Pixels {
  const rows = correlate(pixels, [bell(sigmaX, truncate)], rule, value);
  return correlate(
    rows,
    bell(sigmaY, truncate).map((weight) => [weight]),
    rule,
    value,
  );
}
