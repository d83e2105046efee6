/*
 * Compositing by its definitions, in float64, on pixels of shares from 0 to 1; no code of the library.
 */

export interface Layer {
  /** Straight. */
  readonly color: readonly number[];
  readonly alpha: number;
}

/** Premultiplied colour and alpha: W3C Compositing and Blending Level 1, section 9.1, written out. */
export const OPERATORS: Record<string, (cs: number, as: number, cb: number, ab: number) => number> = {
  clear: () => 0,
  copy: (cs) => cs,
  over: (cs, as, cb) => cs + cb * (1 - as),
  in: (cs, _, __, ab) => cs * ab,
  out: (cs, _, __, ab) => cs * (1 - ab),
  atop: (cs, as, cb, ab) => cs * ab + cb * (1 - as),
  dest: (_, __, cb) => cb,
  "dest-over": (cs, _, cb, ab) => cs * (1 - ab) + cb,
  "dest-in": (_, as, cb) => cb * as,
  "dest-out": (_, as, cb) => cb * (1 - as),
  "dest-atop": (cs, as, cb, ab) => cs * (1 - ab) + cb * as,
  xor: (cs, as, cb, ab) => cs * (1 - ab) + cb * (1 - as),
  plus: (cs, _, cb) => Math.min(1, cs + cb),
};

/** Premultiplied colours, then alpha. */
export function composite(operator: string, s: Layer, b: Layer): number[] {
  const rule = OPERATORS[operator]!;
  const colors = s.color.map((c, i) => rule(c * s.alpha, s.alpha, b.color[i]! * b.alpha, b.alpha));
  return [...colors, rule(s.alpha, s.alpha, b.alpha, b.alpha)];
}

const softLight = (b: number, s: number): number => {
  if (s <= 0.5) return b - (1 - 2 * s) * b * (1 - b);
  const d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : Math.sqrt(b);
  return b + (2 * s - 1) * (d - b);
};
const hardLight = (b: number, s: number): number => (s <= 0.5 ? b * 2 * s : b + (2 * s - 1) - b * (2 * s - 1));

/** Section 10.1. */
export const SEPARABLE: Record<string, (b: number, s: number) => number> = {
  normal: (_, s) => s,
  multiply: (b, s) => b * s,
  screen: (b, s) => b + s - b * s,
  overlay: (b, s) => hardLight(s, b),
  darken: Math.min,
  lighten: Math.max,
  "color-dodge": (b, s) => (b === 0 ? 0 : s >= 1 ? 1 : Math.min(1, b / (1 - s))),
  "color-burn": (b, s) => (b >= 1 ? 1 : s <= 0 ? 0 : 1 - Math.min(1, (1 - b) / s)),
  "hard-light": hardLight,
  "soft-light": softLight,
  difference: (b, s) => Math.abs(b - s),
  exclusion: (b, s) => b + s - 2 * b * s,
};

type Color = readonly number[];
const lum = ([r, g, b]: Color): number => 0.3 * r! + 0.59 * g! + 0.11 * b!;
const sat = (c: Color): number => Math.max(...c) - Math.min(...c);

function clipColor(c: Color): number[] {
  const [l, n, x] = [lum(c), Math.min(...c), Math.max(...c)];
  let clipped = [...c];
  if (n < 0) clipped = clipped.map((v) => l + ((v - l) * l) / (l - n));
  if (x > 1) clipped = clipped.map((v) => l + ((v - l) * (1 - l)) / (x - l));
  return clipped;
}

const setLum = (c: Color, l: number): number[] => clipColor(c.map((v) => v + l - lum(c)));

function setSat(c: Color, s: number): number[] {
  const order = [0, 1, 2].sort((i, j) => c[i]! - c[j]!) as [number, number, number];
  const [min, mid, max] = order;
  const result = [0, 0, 0];
  if (c[max]! > c[min]!) {
    result[mid] = ((c[mid]! - c[min]!) * s) / (c[max]! - c[min]!);
    result[max] = s;
  }
  return result;
}

/** Section 10.2. */
const TOGETHER: Record<string, (b: Color, s: Color) => number[]> = {
  hue: (b, s) => setLum(setSat(s, sat(b)), lum(b)),
  saturation: (b, s) => setLum(setSat(b, sat(s)), lum(b)),
  color: (b, s) => setLum(s, lum(b)),
  luminosity: (b, s) => setLum(b, lum(s)),
};

export const MODES = [...Object.keys(SEPARABLE), ...Object.keys(TOGETHER)];
export const isTogether = (mode: string): boolean => mode in TOGETHER;

export function blend(mode: string, s: Layer, b: Layer): number[] {
  const mixed = TOGETHER[mode]?.(b.color, s.color) ?? s.color.map((c, i) => SEPARABLE[mode]!(b.color[i]!, c));
  const color = s.color.map((c, i) => (1 - b.alpha) * c + b.alpha * mixed[i]!);
  return composite("over", { color, alpha: s.alpha }, b);
}

const MATRIX = [[0, 2], [3, 1]]; // prettier-ignore
/** Bayer's matrix, by its recursion: four times a quarter, and the place of the quarter. */
// prettier-ignore
export const bayer = (x: number, y: number, size = 8): number =>
  size === 1 ? 0 : 4 * bayer(x % (size / 2), y % (size / 2), size / 2) + MATRIX[Math.floor((2 * y) / size)]![Math.floor((2 * x) / size)]!;

// prettier-ignore
export function dither(items: readonly (readonly number[])[], levels: number, method: string): number[][] {
  const steps = levels - 1;
  if (method === "ordered") {
    return items.map((row, y) => row.map((v, x) => Math.floor((Math.floor((v * steps) / 255 + (bayer(x % 8, y % 8) + 0.5) / 64) * 255) / steps + 0.5)));
  }
  const wanted = items.map((row) => [...row]);
  return wanted.map((row, y) => row.map((v, x) => {
    const level = Math.min(Math.max(Math.floor((row[x]! * steps) / 255 + 0.5), 0), steps);
    const got = Math.floor((level * 255) / steps + 0.5);
    for (const [dx, dy, share] of [[1, 0, 7], [-1, 1, 3], [0, 1, 5], [1, 1, 1]] as const) {
      const line = wanted[y + dy];
      if (line && x + dx in line) line[x + dx]! += (row[x]! - got) * (share / 16);
    }
    return got;
  }));
}
