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

/** Σ of a 2-D Gaussian window of 11 × 11 around each place where it fits; Wang et al. 2004, equations 13 to 17. */
export function ssim(a: readonly (readonly number[])[], b: readonly (readonly number[])[], max: number): number {
  const bell = (i: number, j: number): number => Math.exp(-((i - 5) ** 2 + (j - 5) ** 2) / (2 * 1.5 ** 2));
  let [all, count, mass] = [0, 0, 0];
  for (let j = 0; j < 11; j++) for (let i = 0; i < 11; i++) mass += bell(i, j);
  for (let y = 0; y + 11 <= a.length; y++) {
    for (let x = 0; x + 11 <= a[0]!.length; x++) {
      const mean = (f: (p: number, q: number) => number): number => {
        let sum = 0;
        for (let j = 0; j < 11; j++) for (let i = 0; i < 11; i++) sum += (bell(i, j) / mass) * f(a[y + j]![x + i]!, b[y + j]![x + i]!);
        return sum;
      };
      const [ma, mb] = [mean((p) => p), mean((_, q) => q)];
      const [va, vb, cov] = [mean((p) => (p - ma) ** 2), mean((_, q) => (q - mb) ** 2), mean((p, q) => (p - ma) * (q - mb))];
      const [c1, c2] = [(0.01 * max) ** 2, (0.03 * max) ** 2];
      all += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2));
      count++;
    }
  }
  return all / count;
} // prettier-ignore

/** By counting, for each item, how many are not above it. */
export function equalize(items: readonly number[], max: number): (v: number) => number {
  const least = items.reduce((a, b) => Math.min(a, b));
  const ofLeast = items.filter((v) => v === least).length;
  if (ofLeast === items.length) return (v) => v;
  return (v) => ((items.filter((other) => other <= v).length - ofLeast) / (items.length - ofLeast)) * max;
}

/** By sorting. */
export function autoLevels(items: readonly number[], max: number, clip: number): (v: number) => number {
  const sorted = [...items].sort((a, b) => a - b);
  const cut = Math.floor(items.length * clip);
  const [low, high] = [sorted[cut]!, sorted[items.length - 1 - cut]!];
  return high > low ? (v) => (Math.min(Math.max(v, low), high) - low) / (high - low) * max : (v) => v;
} // prettier-ignore

const mirror = (i: number, n: number): number => {
  while (i < 0 || i >= n) i = n === 1 ? 0 : i < 0 ? -i : 2 * (n - 1) - i;
  return i;
};

/** OpenCV's CLAHE in float64: tiles of the picture padded by mirroring, tables of clipped counts, mixed by distance. */
export function clahe(items: readonly (readonly number[])[], [across, down]: readonly [number, number], clipLimit: number): number[][] {
  const [height, width] = [items.length, items[0]!.length];
  const pad = (n: number, tiles: number): number => n + tiles - (n % tiles);
  const fits = width % across === 0 && height % down === 0;
  const [wide, high] = fits ? [width / across, height / down] : [pad(width, across) / across, pad(height, down) / down];
  const tables = Array.from({ length: down }, (_, v) => Array.from({ length: across }, (_, u) => {
    const counts = Array<number>(256).fill(0);
    for (let y = v * high; y < (v + 1) * high; y++) for (let x = u * wide; x < (u + 1) * wide; x++) counts[items[mirror(y, height)]![mirror(x, width)]!]!++;
    if (clipLimit > 0) {
      const limit = Math.max(Math.floor(clipLimit * wide * high / 256), 1);
      let excess = 0;
      for (let i = 0; i < 256; i++) if (counts[i]! > limit) { excess += counts[i]! - limit; counts[i] = limit; }
      const batch = Math.floor(excess / 256);
      let residual = excess - batch * 256;
      for (let i = 0; i < 256; i++) counts[i]! += batch;
      if (residual > 0) {
        const step = Math.max(Math.floor(256 / residual), 1);
        for (let i = 0; i < 256 && residual > 0; i += step, residual--) counts[i]!++;
      }
    }
    let sum = 0;
    return counts.map((count) => Math.floor((sum += count) * 255 / (wide * high) + 0.5));
  }));
  const hold = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);
  return items.map((row, y) => row.map((value, x) => {
    const [fy, fx] = [y / high - 0.5, x / wide - 0.5];
    const [v, u] = [Math.floor(fy), Math.floor(fx)];
    const at = (j: number, i: number): number => tables[hold(j, down)]![hold(i, across)]![value]!;
    const [sy, sx] = [fy - v, fx - u];
    return (at(v, u) * (1 - sx) + at(v, u + 1) * sx) * (1 - sy) + (at(v + 1, u) * (1 - sx) + at(v + 1, u + 1) * sx) * sy;
  }));
} // prettier-ignore

/** By flooding from each pixel that has no label yet. */
export function components(items: readonly (readonly number[])[], connectivity: number): { labels: number[][]; count: number } {
  const labels = items.map((row) => row.map(() => 0));
  const steps = [[0, 1], [1, 0], [0, -1], [-1, 0], [1, 1], [1, -1], [-1, 1], [-1, -1]].slice(0, connectivity);
  let count = 0;
  items.forEach((row, y) => row.forEach((value, x) => {
    if (value === 0 || labels[y]![x] !== 0) return;
    const stack = [[y, x]];
    labels[y]![x] = ++count;
    while (stack.length > 0) {
      const [j, i] = stack.pop()! as [number, number];
      for (const [dy, dx] of steps) {
        const [b, a] = [j + dy!, i + dx!];
        if (!items[b]?.[a] || labels[b]![a] !== 0) continue;
        labels[b]![a] = count;
        stack.push([b, a]);
      }
    }
  }));
  return { labels, count };
} // prettier-ignore
