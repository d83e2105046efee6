/*
 * What becomes of the values of a channel, by how often each is there.
 */
export type Counts = Uint32Array;
/** What becomes of a value. */
export type Curve = (value: number) => number;
const stays: Curve = (value) => value;

/** Values by how many are below. */
export function equalized(counts: Counts, total: number): Curve {
  const max = counts.length - 1;
  const least = counts.findIndex((count) => count > 0);
  const rest = total - counts[least]!;
  if (rest === 0) return stays;
  let below = -counts[least]!;
  const sums = Array.from(counts, (count) => (below += count));
  return (value) => (sums[value]! * max) / rest;
}

/** Values by how far they are between the least and the greatest that are left when some are cut off. */
export function leveled(counts: Counts, total: number, clip: number): Curve {
  const max = counts.length - 1;
  const cut = Math.floor(total * clip);
  const end = (from: number, step: number): number => {
    let value = from;
    for (let left = cut - counts[from]!; left >= 0 && value >= 0 && value <= max;) left -= counts[(value += step)] ?? 0;
    return value;
  };
  const [low, high] = [end(0, 1), end(max, -1)];
  return high > low ? (value) => ((value - low) * max) / (high - low) : stays;
}

/** The table of one tile, as OpenCV's CLAHE: what is above the limit is spread over all values. */
export function clipped(counts: Counts, total: number, clipLimit: number, table: Uint8Array): void {
  if (clipLimit > 0) {
    const limit = Math.max(1, Math.floor((clipLimit * total) / 256));
    let over = 0;
    counts.forEach((count, i) => {
      over += Math.max(0, count - limit);
      counts[i] = Math.min(count, limit);
    });
    const each = Math.floor(over / 256);
    let rest = over % 256;
    const step = Math.max(1, Math.floor(256 / rest));
    counts.forEach((_, i) => {
      counts[i]! += each;
      if (i % step === 0 && rest-- > 0) counts[i]!++;
    });
  }
  let sum = 0;
  counts.forEach((count, i) => (table[i] = Math.floor(((sum += count) * 255) / total + 0.5)));
}
