import type { Loaded } from "./loaded.ts";
import { ITEMS, type ItemFormat, type Picture } from "./picture.ts";

/*
 * How the host describes a window of rows to a kernel of assembly/lane/window.ts.
 */

/** A summand: so many pixels to the right of the middle, so many rows below it. */
export type Term = readonly [x: number, y: number, weight: number];

/** How rows are in a window, by the kernels' numbers. */
export const ROWS = { plain: 0, wide: 1, words: 2, keys: 3 } as const;
type Rows = keyof typeof ROWS;

/** Fixed point for bytes: fractional bits of the weights that each pass takes away, and what the second adds. */
export interface Fixed {
  across: number;
  down: number;
  offset: number;
}

/** One run of a window of rows down a picture. */
export interface Pass {
  from: Picture;
  to: Picture;
  /** How rows are in the window: as they are, of f32, bytes as i16, or f32 as integers in the same order. */
  rows: Rows;
  /** Summed along each row first, where there are any. */
  across?: readonly Term[];
  down?: readonly Term[];
  /** Pixels and rows on each side of the middle. */
  sides: readonly [x: number, y: number];
  /** The kernels' number of the border rule, and one value per channel. */
  border?: number;
  values?: readonly number[];
  /** The row operation, where the kernel has several, and its parameters. */
  operation?: number;
  p?: number;
  q?: number;
  r?: number;
  /** Of words. The weights of the terms are then integers. */
  fixed?: Fixed;
  /** Address and row of a packed picture beside. */
  other?: readonly [address: number, row: number];
}

const FORMATS = "BHfhi";
const FIELDS = 48;
const round16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Room for a row: kernels read and write up to 128 bytes more. */
const SLACK = 144;

/** A packed picture at an address of scratch. */
export const packedAt = (address: number, { height, width, channels }: Picture, format: ItemFormat): Picture => {
  const item = ITEMS[format].size;
  const pixel = item * channels;
  return { address, height, width, channels, row: width * pixel, pixel, item, format, swapped: false };
};

/** Bytes of `packedAt`, and of what a vector reads beyond. */
export const packedBytes = ({ height, width, channels }: Picture, format: ItemFormat): number =>
  round16(height * width * channels * ITEMS[format].size + SLACK);

const isPacked = ({ channels, pixel, item, format }: Picture): boolean =>
  pixel === channels * ITEMS[format].size && (channels === 1 || item === ITEMS[format].size);

/** Where the parts of a pass are, from the beginning of its scratch; assembly/lane/window.ts says what they are. */
function plan({ from, to, rows, across = [], down = [], sides: [sideX, sideY] }: Pass, planar: boolean) {
  const { width, channels, height } = from;
  const lane = rows === "wide" ? 4 : rows === "words" ? 2 : ITEMS[from.format].size;
  const items = !planar && isPacked(from) && isPacked(to) ? channels : 1;
  const planes = channels / items;
  const plane = round16((width + 2 * sideX) * items * lane + 16);
  const pitch = round16(planes * plane + SLACK);
  const raw = round16(width * items * 4 + SLACK);
  const capacity = Math.min(height, 2 * sideY + 1);
  let end = 4 * FIELDS;
  const take = (bytes: number): number => (end += round16(bytes)) - round16(bytes);
  return {
    lane,
    items,
    planes,
    plane,
    pitch,
    capacity,
    span: (planes - 1) * plane + width * items * lane,
    values: take(16),
    across: take(32 * Math.ceil(across.length / 2)),
    down: take(32 * Math.ceil(down.length / 2)),
    table: take(4 * (2 * sideY + 1)),
    line: take(pitch),
    raw: take(raw),
    out: take(pitch),
    blank: take(pitch),
    ring: take(pitch * capacity),
    bytes: end,
  };
}

/** Bytes of scratch that a pass needs. */
export const passBytes = (pass: Pass, planar = false): number => plan(pass, planar).bytes;

/** Writes a pass into its scratch, 16-aligned, and returns the address for the kernel. */
export function writePass(pass: Pass, scratch: number, { source }: Loaded, planar = false): number {
  const { from, to, rows, across = [], down = [], border = 0, values = [], sides, other = [0, 0], fixed } = pass;
  const [sideX, sideY] = sides;
  const { lane, items, plane, ...at } = plan(pass, planar);
  const step = items * lane;
  const [integers, floats] = [source.array(Int32Array), source.array(Float32Array)];
  const words = rows === "words" && fixed !== undefined;
  /** Words are added two at a time. */
  const even = (terms: readonly Term[]): Term[] => (words && terms.length % 2 ? [...terms, [0, 0, 0]] : [...terms]);
  const [first, second] = [even(across), even(down)];
  const operands = [to.address, to.row, to.pixel, to.item, from.address, from.row, from.pixel, from.item];
  const sizes = [from.height, from.width, at.planes, items, plane, at.pitch, at.span, lane, ROWS[rows]];
  const rules = [FORMATS.indexOf(from.format), FORMATS.indexOf(to.format), sideX, sideY, border];
  const terms = [scratch + at.values, scratch + at.across, first.length, scratch + at.down, second.length];
  const places = [at.table, at.line, at.raw, at.out, at.blank, at.ring].map((part) => scratch + part);
  const shifts = fixed ? [fixed.across, fixed.down, fixed.offset] : [0, 0, 0];
  const parameters = [at.capacity, pass.operation ?? 0, ...shifts, 0, 0, 0, ...other];
  const fields = [...operands, ...sizes, ...rules, ...terms, ...places, ...parameters];
  integers.set(fields, scratch / 4);
  floats.set([pass.p ?? 0, pass.q ?? 0, pass.r ?? 0], scratch / 4 + fields.length - 5);
  const constants = lane === 1 ? source.array(Uint8Array) : lane === 2 ? source.array(Uint16Array) : floats;
  constants.set(values, (scratch + at.values) / lane);
  // The pass along rows has moved them to the left.
  for (const [terms, place, left, top] of [
    [first, at.across, sideX, 0],
    [second, at.down, across.length > 0 ? 0 : sideX, sideY],
  ] as const) {
    for (const [i, [x, y, weight]] of terms.entries()) {
      const index = (scratch + place) / 4 + 4 * i;
      integers[index] = y + top;
      integers[index + 1] = (x + left) * step;
      if (!words) floats[index + 2] = weight;
      else if (i % 2 === 0) integers[index + 2] = (weight & 0xffff) | (terms[i + 1]![2] << 16);
    }
  }
  return scratch;
}

/** The largest sum of the sizes of weights. */
const reach = (terms: readonly Term[]): number => terms.reduce((sum, [, , weight]) => sum + Math.abs(weight), 0);
const largest = (terms: readonly Term[]): number =>
  terms.reduce((most, [, , weight]) => Math.max(most, Math.abs(weight)), 0);

/** Weights in units of 2^−bits; what rounding leaves over goes to the largest, so that the sum is right. */
function scaled(terms: readonly Term[], bits: number): Term[] {
  const unit = 2 ** bits;
  const whole = terms.map(([x, y, weight]) => [x, y, Math.round(weight * unit)] as const);
  const left = Math.round(terms.reduce((sum, [, , weight]) => sum + weight, 0) * unit) - whole.reduce((sum, [, , weight]) => sum + weight, 0); // prettier-ignore
  const top = terms.findIndex(([, , weight]) => Math.abs(weight) === largest(terms));
  return whole.map(([x, y, weight], i) => [x, y, i === top ? weight + left : weight]);
}

/**
 * Sums of weighted bytes, in fixed point where weights of i16 and sums of i32 are as good as f32: rows are words then.
 * Otherwise of f32. The first pass leaves as many fractional bits as its sums have room for in i16.
 */
export function weightedPass(pass: Omit<Pass, "rows">): Pass {
  const { from, to, across = [], down = [], p = 0 } = pass;
  const wide: Pass = { ...pass, rows: "wide" };
  if (from.format !== "B" || to.format === "f" || to.format === "i") return wide;
  const log = (room: number, of: number): number => (of > 0 ? Math.floor(Math.log2(room / of)) : 30);
  let [size, bits, most] = [255, 0, 0]; // of the sums after the first pass, without fractional bits
  if (across.length > 0) {
    most = Math.min(log(32766, largest(across)), log(2 ** 30, 255 * reach(across)));
    size *= reach(across);
    bits = log(32700, size);
    if (bits < 5 || most < 12 || most < bits) return wide;
  }
  const least = Math.min(log(32766, largest(down)), log(2 ** 30, size * 2 ** bits * reach(down) + Math.abs(p) * 2 ** bits)); // prettier-ignore
  if (least + bits < 1 || least < 10 - (Number.isInteger(reach(down)) ? 10 : 0)) return wide;
  const shift = least + bits;
  const offset = Math.round(p * 2 ** shift) + 2 ** (shift - 1);
  return {
    ...pass,
    rows: "words",
    across: scaled(across, most),
    down: scaled(down, least),
    fixed: { across: most - bits, down: shift, offset },
  };
}
