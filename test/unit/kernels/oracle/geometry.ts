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

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Keys' cubic convolution with a = −½, by its two pieces. */
export function keys(x: number): number {
  x = Math.abs(x);
  if (x >= 2) return 0;
  return x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2;
}

function mitchell(x: number): number {
  x = Math.abs(x);
  if (x >= 2) return 0;
  return x < 1 ? (7 / 6) * x ** 3 - 2 * x ** 2 + 8 / 9 : (-7 / 18) * x ** 3 + 2 * x ** 2 - (10 / 3) * x + 16 / 9;
}

const kernels: Record<string, [support: number, f: (x: number) => number]> = {
  box: [0.5, (x) => (x > -0.5 && x <= 0.5 ? 1 : 0)],
  bilinear: [1, (x) => Math.max(0, 1 - Math.abs(x))],
  bicubic: [2, keys],
  mitchell: [2, mitchell],
  lanczos3: [3, (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)],
};

/** Rows resized: of any kind of thing that can be weighted and added. */
function line(rows: number[][], length: number, filter: string, antialias: boolean): number[][] {
  const scale = rows.length / length;
  return Array.from({ length }, (_, i) => {
    if (filter === "nearest") return rows[Math.floor(((i * 2 + 1) * rows.length) / (length * 2))]!;
    const [support, f] = kernels[filter]!;
    const wide = antialias && scale > 1 ? scale : 1;
    const c = (i + 0.5) * scale;
    const low = Math.max(0, Math.floor(c - support * wide + 0.5));
    const high = Math.min(rows.length, Math.floor(c + support * wide + 0.5));
    const sums = rows[0]!.map(() => 0);
    let total = 0;
    for (let j = low; j < high; j++) {
      const w = f((j - c + 0.5) / wide);
      total += w;
      rows[j]!.forEach((v, k) => (sums[k]! += w * v));
    }
    return sums.map((v) => v / total);
  });
}

const across = (p: Pixels): Pixels => turned.transpose!(p);
const inRows = (p: Pixels, change: (rows: number[][]) => number[][]): Pixels => {
  const channels = p[0]![0]!.length;
  return change(p.map((row) => row.flat())).map((row) =>
    Array.from({ length: row.length / channels }, (_, x) => row.slice(x * channels, (x + 1) * channels)),
  );
};

export interface Resize {
  filter?: string;
  antialias?: boolean;
  alpha?: string;
  linear?: boolean;
}

/** Resizes pixels of a range that ends at `max`. */
export function resize(p: Pixels, height: number, width: number, max: number, { filter = "lanczos3", antialias = true, alpha = "premultiply", linear = false }: Resize): Pixels {
  const mixes = filter !== "nearest";
  const clamp = (v: number): number => (max === 1 ? v : Math.min(Math.max(v, 0), max));
  const decode = (v: number): number => (v / max <= 0.04045 ? v / 12.92 : max * ((v / max + 0.055) / 1.055) ** 2.4);
  const encode = (v: number): number => (v / max <= 0.0031308 ? v * 12.92 : max * (1.055 * (v / max) ** (1 / 2.4) - 0.055));
  const each = (pixels: Pixels, f: (pixel: number[]) => number[]): Pixels => pixels.map((row) => row.map(f));
  const color = (f: (v: number, a: number) => number) => (pixel: number[]) => pixel.map((v, c) => (c < 3 ? f(v, pixel[3]!) : v));
  const weighted = mixes && alpha === "premultiply" && p[0]![0]!.length === 4;
  if (linear && mixes) p = each(p, color(decode));
  if (weighted) p = each(p, color((v, a) => v * a));
  p = inRows(p, (rows) => line(rows, height, filter, antialias));
  p = across(inRows(across(p), (rows) => line(rows, width, filter, antialias)));
  if (weighted) p = each(p, (pixel) => { const a = clamp(pixel[3]!); return [...pixel.slice(0, 3).map((v) => (a > 0 ? v / a : 0)), a]; });
  if (linear && mixes) p = each(p, color((v) => encode(clamp(v))));
  return p;
} // prettier-ignore

/** [1 4 6 4 1] / 16 around every second pixel, the nearest one beyond the border. */
export function half(p: Pixels): Pixels {
  const rows = (from: number[][]): number[][] =>
    Array.from({ length: Math.ceil(from.length / 2) }, (_, i) =>
      from[0]!.map(
        (_, k) =>
        [1, 4, 6, 4, 1].reduce((sum, w, j) => sum + (w / 16) * from[Math.min(Math.max(2 * i + j - 2, 0), from.length - 1)]![k]!, 0), // prettier-ignore
      ),
    );
  return across(inRows(across(inRows(p, rows)), rows));
}

/** The index that stands for `i` of a line that goes on beyond both ends; −1 for the constant. */
function within(i: number, length: number, border: string): number {
  if (border === "constant") return i >= 0 && i < length ? i : -1;
  if (border === "nearest") return Math.min(Math.max(i, 0), length - 1);
  const edge = border === "reflect" ? 1 : 0;
  for (; i < 0 || i >= length;) i = length === 1 ? 0 : i < 0 ? -i - edge : 2 * length - 2 + edge - i;
  return i;
}

export interface Warp {
  matrix: number[][];
  interpolation?: string;
  border?: string;
  value?: number;
}

/** Pixels of a picture of height × width from where a matrix of two or three rows says that they are. */
export function warp(p: Pixels, height: number, width: number, { matrix, interpolation = "bilinear", border = "constant", value = 0 }: Warp): Pixels {
  const filters: Record<string, (x: number) => number> = { bilinear: (x) => Math.max(0, 1 - Math.abs(x)), bicubic: keys };
  return built(height, width, (y, x) => {
    const [u, v, w] = [...matrix, [0, 0, 1]].map(([a, b, c]) => a! * x + b! * y + c!) as [number, number, number];
    const [cx, cy] = [u / w, v / w];
    const at = (j: number, i: number, c: number): number => {
      const [row, column] = [within(j, p.length, border), within(i, p[0]!.length, border)];
      return row < 0 || column < 0 ? value : p[row]![column]![c]!;
    };
    return p[0]![0]!.map((_, c) => {
      if (interpolation === "nearest") return at(Math.floor(cy + 0.5), Math.floor(cx + 0.5), c);
      const f = filters[interpolation]!;
      let sum = 0;
      for (let j = Math.floor(cy) - 1; j < Math.floor(cy) + 3; j++) {
        for (let i = Math.floor(cx) - 1; i < Math.floor(cx) + 3; i++) {
          const weight = f(cy - j) * f(cx - i);
          if (weight !== 0) sum += weight * at(j, i, c);
        }
      }
      return sum;
    });
  });
} // prettier-ignore
