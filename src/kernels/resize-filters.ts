/*
 * Which items of a line are summed for each item of a line of another length, and their weights.
 */

/** Weights of items from `first` on. */
export interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/**
 * Mitchell and Netravali's cubics, from 0 to 2. Source: "Reconstruction Filters in Computer Graphics", SIGGRAPH 1988,
 * equation 8; B = 0, C = ½ is Catmull and Rom's.
 */
const cubic =
  (b: number, c: number) =>
  (x: number): number =>
    x < 1
      ? ((12 - 9 * b - 6 * c) * x ** 3 + (12 * b + 6 * c - 18) * x ** 2 + 6 - 2 * b) / 6
      : (-(b + 6 * c) * x ** 3 + (6 * b + 30 * c) * x ** 2 - (12 * b + 48 * c) * x + 8 * b + 24 * c) / 6;

/** The names of filters: how far each reaches, and its value at a distance below that. */
export const FILTERS = {
  nearest: [0, () => 1],
  box: [0.5, () => 1],
  bilinear: [1, (x) => 1 - x],
  bicubic: [2, /* @__PURE__ */ cubic(0, 0.5)],
  mitchell: [2, /* @__PURE__ */ cubic(1 / 3, 1 / 3)],
  lanczos3: [3, (x) => sinc(x) * sinc(x / 3)],
} satisfies Record<string, readonly [support: number, value: (distance: number) => number]>;
export type Filter = keyof typeof FILTERS;

/**
 * The taps of a line of `length` items made from one of `from`, by Pillow's definition: centres of pixels are at halves, a
 * filter gets as wide as an item of the result (not without `antialias`), and what exists of it has the sum 1.
 *
 * Source: Pillow, `precompute_coeffs` of src/libImaging/Resample.c.
 */
export function resizeTaps(from: number, length: number, filter: Filter, antialias: boolean): Taps[] {
  const [support, value] = FILTERS[filter];
  const scale = from / length;
  const wide = antialias ? Math.max(1, scale) : 1;
  return Array.from({ length }, (_, i) => {
    // Whole numbers are divided, so that a centre between two items is no matter of rounding.
    if (support === 0) return { first: Math.floor(((2 * i + 1) * from) / (2 * length)), weights: [1] };
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - support * wide + 0.5));
    const end = Math.min(from, Math.floor(center + support * wide + 0.5));
    const weights: number[] = [];
    for (let j = first; j < end; j++) {
      const x = (j - center + 0.5) / wide;
      // A box has its upper end, and not its lower one.
      const inside = support === 0.5 ? x > -support && x <= support : Math.abs(x) < support;
      weights.push(inside ? value(Math.abs(x)) : 0);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

const BINOMIAL = [1, 4, 6, 4, 1];

/** The taps of [1 4 6 4 1] / 16 around every second item; beyond the ends the last item stands for all. */
export function halfTaps(from: number): Taps[] {
  return Array.from({ length: Math.ceil(from / 2) }, (_, i) => {
    const first = Math.max(0, 2 * i - 2);
    const weights = Array.from({ length: Math.min(from, 2 * i + 3) - first }, () => 0);
    BINOMIAL.forEach((weight, k) => {
      weights[Math.min(Math.max(2 * i - 2 + k, 0), from - 1) - first]! += weight / 16;
    });
    return { first, weights };
  });
}
