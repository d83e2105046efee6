/*
 * Matrices of colours: rows of numbers, applied to a column.
 */

export type Rows = readonly (readonly number[])[];

const IDENTITY: Rows = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const same = (row: readonly number[]): Rows => [row, row, row];
const mix = (a: Rows, b: Rows, share: number): Rows =>
  a.map((row, i) => row.map((x, j) => x + (b[i]![j]! - x) * share));

/** The weights of the luma, red and blue; green has the rest. Source: ITU-R BT.601-7, 2.5.1; ITU-R BT.709-6, item 3.2. */
export const LUMA = { bt601: [0.299, 0.587, 0.114], bt709: [0.2126, 0.7152, 0.0722] } as const;
export type Standard = keyof typeof LUMA;

/*
 * `saturate()`, `hue-rotate()` and `sepia()` of CSS.
 * Source: W3C Filter Effects Module Level 1, sections 11.1 and 9.6 ("feColorMatrix").
 */
const GRAY = /* @__PURE__ */ same([0.213, 0.715, 0.072]);
const SEPIA: Rows = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
];
const TURN: Rows = [
  [-0.213, -0.715, 0.928],
  [0.143, 0.14, -0.283],
  [-0.787, 0.715, 0.072],
];

export const grayMatrix = (standard: Standard): Rows => same(LUMA[standard]);
export const saturationMatrix = (amount: number): Rows => mix(GRAY, IDENTITY, amount);
export const sepiaMatrix = (amount: number): Rows => mix(IDENTITY, SEPIA, Math.min(amount, 1));

export function hueMatrix(degrees: number): Rows {
  const angle = (degrees * Math.PI) / 180;
  return mix(GRAY, IDENTITY, Math.cos(angle)).map((row, i) => row.map((x, j) => x + Math.sin(angle) * TURN[i]![j]!));
}

/** Three rows of three, or of four with what is added, as the four rows of five of RGBA. */
export const withAlpha = (rows: Rows): Rows => [
  ...rows.map(([a, b, c, plus = 0]) => [a!, b!, c!, 0, plus]),
  [0, 0, 0, 1, 0],
];

/** The inverse of three rows of three, or of four with what is added. */
export function inverse(rows: Rows): Rows {
  const m = (i: number, j: number): number => rows[i % 3]![j % 3]!;
  const cofactor = (i: number, j: number): number =>
    m(i + 1, j + 1) * m(i + 2, j + 2) - m(i + 1, j + 2) * m(i + 2, j + 1);
  const determinant = m(0, 0) * cofactor(0, 0) + m(0, 1) * cofactor(0, 1) + m(0, 2) * cofactor(0, 2);
  return [0, 1, 2].map((i) => {
    const row = [0, 1, 2].map((j) => cofactor(j, i) / determinant);
    return [...row, -row.reduce((sum, x, j) => sum + x * (rows[j]![3] ?? 0), 0)];
  });
}

/**
 * Y, Cb and Cr of RGB, in shares of the range that ends at `max`: 255, 65535 or 1. Limited are 16 to 235 and 16 to 240 of
 * 255, and 256 times that of 65535. Source: ITU-R BT.601-7, 2.5; ITU-R BT.709-6, items 3.3 to 4.6; full: ITU-T T.871.
 */
export function yCbCrMatrix(standard: Standard, limited: boolean, max: number): Rows {
  const luma = LUMA[standard];
  const unit = max === 65535 ? 256 / 65535 : 1 / 255;
  const [yScale, yStart, scale] = limited ? [219 * unit, 16 * unit, 224 * unit] : [1, 0, 1];
  const middle = max === 1 && !limited ? 0.5 : 128 * unit;
  const difference = (k: number): number[] => [
    ...luma.map((weight, i) => ((i === k ? 1 - weight : -weight) / 2 / (1 - luma[k]!)) * scale),
    middle,
  ];
  return [[...luma.map((weight) => weight * yScale), yStart], difference(2), difference(0)];
}

/** Linear sRGB to a space of cones or of CIE XYZ, a root of each, and from the roots to lightness and two opponents. */
export interface Opponents {
  readonly cones: Rows;
  readonly opponents: Rows;
  /** Up to here roots are a line: limit, slope, start, and the root of the limit. */
  readonly line: readonly [limit: number, slope: number, start: number, root: number];
}

const white = (row: readonly number[], at: number): number[] => row.map((x) => x / at);

/** CIE 1976 L*a*b*, D65, 2°. Source: CIE 15:2004, section 8.2.1; matrix: IEC 61966-2-1; white: 0.95047, 1, 1.08883. */
export const LAB: Opponents = {
  cones: [
    /* @__PURE__ */ white([0.4124564, 0.3575761, 0.1804375], 0.95047),
    [0.2126729, 0.7151522, 0.072175],
    /* @__PURE__ */ white([0.0193339, 0.119192, 0.9503041], 1.08883),
  ],
  opponents: [
    [0, 116, 0, -16],
    [500, -500, 0],
    [0, 200, -200],
  ],
  line: [216 / 24389, 24389 / 27 / 116, 16 / 116, 6 / 29],
};

/** Source: Björn Ottosson, "A perceptual color space for image processing" (2020), the matrices from linear sRGB. */
export const OKLAB: Opponents = {
  cones: [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ],
  opponents: [
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ],
  line: [-Infinity, 0, 0, -Infinity],
};
