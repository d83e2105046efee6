import { around, correlate, gaussian, type Pixels, type Read } from "./window.ts";

/*
 * The filters by their definitions, in float64. Shares no code with the library.
 */

const zip = (a: Pixels, b: Pixels, f: (x: number, y: number) => number): Pixels =>
  a.map((row, y) => row.map((pixel, x) => pixel.map((value, c) => f(value, b[y]![x]![c]!))));

const square = (read: Read, size: number, c: number): number[] => {
  const half = (size - 1) / 2;
  const items = [];
  for (let y = -half; y <= half; y++) for (let x = -half; x <= half; x++) items.push(read(x, y, c));
  return items;
};

export const median = (pixels: Pixels, size: number, rule: string, value: number): Pixels =>
  around(pixels, rule, value, (read, c) => square(read, size, c).sort((a, b) => a - b)[(size * size - 1) / 2]!);

export function bilateral(
  pixels: Pixels,
  space: number,
  color: number,
  size: number,
  rule: string,
  value: number,
): Pixels {
  const half = (size - 1) / 2;
  const channels = pixels[0]![0]!.map((_, c) => c);
  return around(pixels, rule, value, (read, c) => {
    let [sum, weights] = [0, 0];
    for (let y = -half; y <= half; y++) {
      for (let x = -half; x <= half; x++) {
        const distance = channels.reduce((all, k) => all + (read(x, y, k) - read(0, 0, k)) ** 2, 0);
        const weight = Math.exp(-(x * x + y * y) / (2 * space ** 2) - distance / (2 * color ** 2));
        sum += weight * read(x, y, c);
        weights += weight;
      }
    }
    return sum / weights;
  });
}

export function unsharp(
  pixels: Pixels,
  sigma: readonly [number, number],
  amount: number,
  threshold: number,
  rule: string,
  value: number,
): Pixels {
  // prettier-ignore
  const detail = zip(pixels, gaussian(pixels, sigma, rule, value), (a, b) => a - b);
  return zip(pixels, detail, (a, d) => (Math.abs(d) > threshold ? a + amount * d : a));
}

export const gradients = (pixels: Pixels, [edge, middle]: readonly [number, number], rule: string, value: number): [x: Pixels, y: Pixels] => [
  correlate(pixels, [[-edge, 0, edge], [-middle, 0, middle], [-edge, 0, edge]], rule, value),
  correlate(pixels, [[-edge, -middle, -edge], [0, 0, 0], [edge, middle, edge]], rule, value),
]; // prettier-ignore

export const magnitude = (
  pixels: Pixels,
  weights: readonly [number, number],
  norm: string,
  rule: string,
  value: number,
): Pixels => {
  // prettier-ignore
  const [x, y] = gradients(pixels, weights, rule, value);
  return zip(x, y, norm === "L1" ? (a, b) => Math.abs(a) + Math.abs(b) : Math.hypot);
};

/** Canny's edges: 1 where there is one. */
export function canny(
  pixels: Pixels,
  low: number,
  high: number,
  sigma: number,
  norm: string,
  rule: string,
  value: number,
): Pixels {
  // prettier-ignore
  const [x, y] = gradients(sigma > 0 ? gaussian(pixels, [sigma, sigma], rule, value) : pixels, [1, 2], rule, value);
  const length = (j: number, i: number): number => {
    const [a, b] = [x[j]?.[i]?.[0] ?? 0, y[j]?.[i]?.[0] ?? 0];
    return norm === "L1" ? Math.abs(a) + Math.abs(b) : Math.sqrt(a * a + b * b);
  };
  const thin = pixels.map((row, j) => row.map((_, i) => {
    const m = length(j, i);
    if (!(m > low)) return 0;
    const [a, b] = [x[j]![i]![0]!, y[j]![i]![0]!];
    const angle = (Math.atan2(Math.abs(b), Math.abs(a)) * 180) / Math.PI;
    if (angle < 22.5) return m > length(j, i - 1) && m >= length(j, i + 1) ? m : 0;
    if (angle > 67.5) return m > length(j - 1, i) && m >= length(j + 1, i) ? m : 0;
    const s = a * b < 0 ? -1 : 1;
    return m > length(j - 1, i - s) && m > length(j + 1, i + s) ? m : 0;
  })); // prettier-ignore
  const edges = thin.map((row) => row.map((m) => [m > high ? 1 : 0]));
  for (let changed = true; changed;) {
    changed = false;
    thin.forEach((row, j) => row.forEach((m, i) => {
      if (m === 0 || edges[j]![i]![0] === 1) return;
      const near = [-1, 0, 1].some((dy) => [-1, 0, 1].some((dx) => edges[j + dy]?.[i + dx]?.[0] === 1));
      if (near) [edges[j]![i]![0], changed] = [1, true];
    })); // prettier-ignore
  }
  return edges;
}

type Element = readonly (readonly number[])[];

/** The least, or the largest, of the pixels of the picture under the element, which `sign` −1 turns by 180°. */
function extreme(
  pixels: Pixels,
  element: Element,
  pick: (...values: number[]) => number,
  sign: number,
  none: number,
): Pixels {
  // prettier-ignore
  const [midY, midX] = [(element.length - 1) / 2, (element[0]!.length - 1) / 2];
  return around(pixels, "constant", NaN, (read, c) => {
    const items = element.flatMap((row, j) => row.flatMap((one, i) => (one ? [read(sign * (i - midX), sign * (j - midY), c)] : []))); // prettier-ignore
    const inside = items.filter((value) => !Number.isNaN(value));
    return inside.length > 0 ? pick(...inside) : none;
  });
}

export function morphology(pixels: Pixels, kind: string, element: Element, full: number, least = 0): Pixels {
  const erode = (p: Pixels): Pixels => extreme(p, element, Math.min, 1, full);
  const dilate = (p: Pixels): Pixels => extreme(p, element, Math.max, -1, least);
  const minus = (a: Pixels, b: Pixels): Pixels => zip(a, b, (x, y) => x - y);
  return {
    erode: () => erode(pixels),
    dilate: () => dilate(pixels),
    open: () => dilate(erode(pixels)),
    close: () => erode(dilate(pixels)),
    gradient: () => minus(dilate(pixels), erode(pixels)),
    tophat: () => minus(pixels, dilate(erode(pixels))),
    blackhat: () => minus(erode(dilate(pixels)), pixels),
  }[kind]!();
}
