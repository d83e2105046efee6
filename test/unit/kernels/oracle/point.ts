/*
 * Point operations by their definitions, in float64, on pixels of shares from 0 to 1; no code of the library.
 */

export type Pixel = readonly number[];
export type Pixels = readonly (readonly Pixel[])[];

const clamp = (v: number, low = 0, high = 1): number => Math.min(Math.max(v, low), high);

/** Changes the colours, or all channels. */
export const each =
  (change: (v: number, channel: number) => number, all = false) =>
  (pixel: Pixel): number[] =>
    pixel.map((v, c) => (c === 3 && !all ? v : change(v, c)));

/** Four rows of five. */
export const matrix =
  (rows: readonly (readonly number[])[]) =>
  (pixel: Pixel): number[] =>
    pixel.map((_, i) => rows[i]!.reduce((sum, x, j) => sum + x * (j === 4 ? 1 : (pixel[j] ?? 1)), 0));

/** Section 9.6 of W3C's Filter Effects, written out. */
export function saturate(s: number): number[][] {
  return [
    [0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s, 0, 0],
    [0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s, 0, 0],
    [0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s, 0, 0],
    [0, 0, 0, 1, 0],
  ];
}

export function hueRotate(degrees: number): number[][] {
  const [c, s] = [Math.cos((degrees / 180) * Math.PI), Math.sin((degrees / 180) * Math.PI)];
  return [
    [0.213 + c * 0.787 - s * 0.213, 0.715 - c * 0.715 - s * 0.715, 0.072 - c * 0.072 + s * 0.928, 0, 0],
    [0.213 - c * 0.213 + s * 0.143, 0.715 + c * 0.285 + s * 0.14, 0.072 - c * 0.072 - s * 0.283, 0, 0],
    [0.213 - c * 0.213 - s * 0.787, 0.715 - c * 0.715 + s * 0.715, 0.072 + c * 0.928 + s * 0.072, 0, 0],
    [0, 0, 0, 1, 0],
  ];
}

export function sepia(amount: number): number[][] {
  const a = 1 - amount;
  return [
    [0.393 + 0.607 * a, 0.769 - 0.769 * a, 0.189 - 0.189 * a, 0, 0],
    [0.349 - 0.349 * a, 0.686 + 0.314 * a, 0.168 - 0.168 * a, 0, 0],
    [0.272 - 0.272 * a, 0.534 - 0.534 * a, 0.131 + 0.869 * a, 0, 0],
    [0, 0, 0, 1, 0],
  ];
}

export const luma = ([r, g, b]: Pixel, standard: "bt601" | "bt709"): number =>
  standard === "bt601" ? 0.299 * r! + 0.587 * g! + 0.114 * b! : 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;

export const levels = (
  v: number,
  black: number,
  white: number,
  gamma: number,
  outBlack: number,
  outWhite: number,
): number => outBlack + clamp((v - black) / (white - black)) ** gamma * (outWhite - outBlack);

export const posterize = (v: number, steps: number): number => Math.floor(clamp(v) * (steps - 1) + 0.5) / (steps - 1);

/** Fritsch–Carlson in Hermite's form. */
export function curve(points: readonly (readonly [number, number])[], v: number): number {
  const n = points.length;
  if (v <= points[0]![0]) return points[0]![1];
  if (v >= points[n - 1]![0]) return points[n - 1]![1];
  const secant = (k: number): number => (points[k + 1]![1] - points[k]![1]) / (points[k + 1]![0] - points[k]![0]);
  const m = points.map((_, k) => {
    if (k === 0) return secant(0);
    if (k === n - 1) return secant(n - 2);
    return secant(k - 1) * secant(k) <= 0 ? 0 : (secant(k - 1) + secant(k)) / 2;
  });
  for (let k = 0; k < n - 1; k++) {
    if (secant(k) === 0) m[k] = m[k + 1] = 0;
    else {
      const [a, b] = [m[k]! / secant(k), m[k + 1]! / secant(k)];
      const size = a * a + b * b;
      if (size <= 9) continue;
      m[k] = (3 / Math.sqrt(size)) * a * secant(k);
      m[k + 1] = (3 / Math.sqrt(size)) * b * secant(k);
    }
  }
  const k = points.findIndex((_, i) => v < points[i + 1]![0]);
  const width = points[k + 1]![0] - points[k]![0];
  const t = (v - points[k]![0]) / width;
  const [y0, y1] = [points[k]![1], points[k + 1]![1]];
  return y0 * (1 + 2 * t) * (1 - t) ** 2 + width * m[k]! * t * (1 - t) ** 2 + y1 * t * t * (3 - 2 * t) + width * m[k + 1]! * t * t * (t - 1); // prettier-ignore
}

export const decode = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
export const encode = (v: number): number => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

function hueOf([r, g, b]: Pixel): number {
  const [most, least] = [Math.max(r!, g!, b!), Math.min(r!, g!, b!)];
  if (most === least) return 0;
  const d = most - least;
  const hue = most === r ? (g! - b!) / d : most === g ? (b! - r!) / d + 2 : (r! - g!) / d + 4;
  return (hue * 60 + 360) % 360;
}

export function hsv(pixel: Pixel): number[] {
  const [most, least] = [Math.max(...pixel.slice(0, 3)), Math.min(...pixel.slice(0, 3))];
  return [hueOf(pixel), most === 0 ? 0 : (most - least) / most, most, ...pixel.slice(3)];
}

export function hsl(pixel: Pixel): number[] {
  const [most, least] = [Math.max(...pixel.slice(0, 3)), Math.min(...pixel.slice(0, 3))];
  const l = (most + least) / 2;
  const s = most === least ? 0 : l <= 0.5 ? (most - least) / (most + least) : (most - least) / (2 - most - least);
  return [hueOf(pixel), s, l, ...pixel.slice(3)];
}

export function lab(pixel: Pixel): number[] {
  const [r, g, b] = pixel.slice(0, 3).map(decode) as [number, number, number];
  const x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047;
  const y = 0.2126729 * r + 0.7151522 * g + 0.072175 * b;
  const z = (0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883;
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z)), ...pixel.slice(3)];
}

export function oklab(pixel: Pixel): number[] {
  const [r, g, b] = pixel.slice(0, 3).map(decode) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ...pixel.slice(3),
  ];
}

/** Y, Cb and Cr in the units of 8, of 16 bits, or of shares, from shares. */
export function yCbCr(pixel: Pixel, max: number, standard: "bt601" | "bt709", limited: boolean): number[] {
  const [kr, kb] = standard === "bt601" ? [0.299, 0.114] : [0.2126, 0.0722];
  const [r, g, b] = pixel as [number, number, number];
  const y = kr * r + (1 - kr - kb) * g + kb * b;
  const [blue, red] = [(b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))];
  const unit = max === 65535 ? 256 : max / 255;
  const alpha = pixel.slice(3).map((v) => v * max);
  if (limited) return [(16 + 219 * y) * unit, (128 + 224 * blue) * unit, (128 + 224 * red) * unit, ...alpha];
  const middle = max === 1 ? 0.5 : 128 * unit;
  return [y * max, blue * max + middle, red * max + middle, ...alpha];
}

/** Otsu by every split of the items. */
export function otsu(items: readonly number[], max: number): number {
  let [best, most] = [0, 0];
  const mean = (part: readonly number[]): number => part.reduce((sum, v) => sum + v, 0) / part.length;
  for (const t of [...new Set(items)].sort((a, b) => a - b)) {
    const [low, high] = [items.filter((v) => v <= t), items.filter((v) => v > t)];
    if (high.length === 0 || t > max) continue;
    const variance = low.length * high.length * (mean(low) - mean(high)) ** 2;
    if (variance > most * (1 + 1e-12)) [best, most] = [t, variance];
  }
  return best;
}

/** Which index stands for one that lies outside, −1 for the constant. */
function inside(i: number, length: number, border: string): number {
  if (i >= 0 && i < length) return i;
  if (border === "constant") return -1;
  if (border === "nearest") return clamp(i, 0, length - 1);
  const line = Array.from({ length }, (_, k) => k);
  const back = border === "reflect" ? line.toReversed() : line.slice(1, -1).toReversed();
  const period = [...line, ...back];
  return period[((i % period.length) + period.length) % period.length]!;
}

/** The mean of a window around each item of one channel. */
export function means(
  items: readonly (readonly number[])[],
  x: number,
  y: number,
  border: string,
  value: number,
): number[][] {
  return items.map((row, top) =>
    row.map((_, left) => {
      let sum = 0;
      for (let j = 0; j < y; j++) {
        for (let i = 0; i < x; i++) {
          const m = inside(top + j - (y >> 1), items.length, border);
          const n = inside(left + i - (x >> 1), row.length, border);
          sum += m < 0 || n < 0 ? value : items[m]![n]!;
        }
      }
      return sum / (x * y);
    }),
  );
}
