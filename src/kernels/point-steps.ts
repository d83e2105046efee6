import { ITEMS, type ItemFormat, type Picture } from "./picture.ts";

/*
 * What point operations are made of: a few steps, as numbers. For each value of bytes the host computes them once, into a
 * table; for other formats, and where channels depend on one another, the kernel `planes_items` does.
 */

/** One step, and the channels that it changes. */
export interface Step {
  /** Its number in `assembly/image/point/planes.ts`. */
  readonly kind: number;
  readonly parameters: readonly number[];
  readonly first: number;
  readonly count: number;
}

export const [AFFINE, POWER, THRESHOLD, ROUND, CURVE, MATRIX, ALPHA, TO_HUE, FROM_HUE] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const; // prettier-ignore

export const step = (kind: number, parameters: readonly number[], count = 3, first = 0): Step => ({
  kind,
  parameters,
  first,
  count,
});

/** v × factor + offset, clamped where limits are given. */
export const affine = (
  factor: number,
  offset: number,
  count: number,
  first = 0,
  low = -Infinity,
  high = Infinity,
): Step => step(AFFINE, [factor, offset, low, high], count, first);

/** (v × factor)^exponent × scale + offset, of negative numbers as of positive ones. */
export const power = (factor: number, exponent: number, scale: number, offset: number, count: number): Step =>
  step(POWER, [-Infinity, factor, 0, exponent, scale, offset, 0, 0], count);

/** Light of the sRGB encoding between two ranges from 0. Source: IEC 61966-2-1. */
export const decoding = (max: number, toMax: number, count: number): Step =>
  step(POWER, [0.04045 * max, 1 / 1.055 / max, 0.055 / 1.055, 2.4, toMax, 0, toMax / max / 12.92, 0], count);

/** The sRGB encoding of light. */
export const encoding = (max: number, toMax: number, count: number): Step =>
  step(POWER, [0.0031308 * max, 1 / max, 0, 1 / 2.4, 1.055 * toMax, -0.055 * toMax, (12.92 * toMax) / max, 0], count);

/** The steps that take each value alone, in the order of their numbers. */
const VALUES: ((v: number, p: readonly number[]) => number)[] = [
  (v, [factor, offset, low, high]) => Math.min(Math.max(v * factor! + offset!, low!), high!),
  (v, [limit, factor, plus, exponent, scale, offset, slope, start]) => {
    const base = v * factor! + plus!;
    return v > limit! ? Math.sign(base) * Math.abs(base) ** exponent! * scale! + offset! : v * slope! + start!;
  },
  (v, [limit, above, below]) => (v > limit! ? above! : below!),
  (v) => Math.floor(v + 0.5),
  (v, pieces) => {
    let at = 0;
    while (at + 5 < pieces.length && v >= pieces[at + 5]!) at += 5;
    const t = v - pieces[at]!;
    return pieces[at + 1]! + t * (pieces[at + 2]! + t * (pieces[at + 3]! + t * pieces[at + 4]!));
  },
];

export const changes = ({ first, count }: Step, channel: number): boolean =>
  channel >= first && channel < first + count;

/** Whether a table for each channel says what the steps do. */
export const inTables = (steps: readonly Step[]): boolean => steps.every(({ kind }) => kind < VALUES.length);

/** What the steps make of a value of one channel. */
export const valueOf = (steps: readonly Step[], value: number, channel: number): number =>
  steps.reduce((v, one) => (changes(one, channel) ? VALUES[one.kind]!(v, one.parameters) : v), value);

/** Fills tables of 256 items, one for each channel. Integers are rounded half up, and clamped. */
export function fillTables(
  data: DataView,
  at: number,
  steps: readonly Step[],
  tables: number,
  { format, swapped }: Pick<Picture, "format" | "swapped">,
): void {
  const { size, max } = ITEMS[format];
  for (let channel = 0; channel < tables; channel++, at += 256 * size) {
    for (let value = 0; value < 256; value++) {
      const result = valueOf(steps, value, channel);
      const whole = Math.min(Math.max(Math.floor(result + 0.5), 0), max);
      if (format === "B") data.setUint8(at + value, whole);
      else if (format === "H") data.setUint16(at + 2 * value, whole, !swapped);
      else data.setFloat32(at + 4 * value, result, !swapped);
    }
  }
}

/** One channel as the kernel reads or writes it; of half the width or height where `kind` has bit 0 or 1. */
export type Plane = readonly [address: number, row: number, pixel: number, kind?: number];

export const planesOf = ({ address, row, pixel, item, channels }: Picture): Plane[] =>
  Array.from({ length: channels }, (_, channel) => [address + channel * item, row, pixel]);

/** A channel of one value. */
export function constant(value: number): Plane {
  const data = new DataView(new ArrayBuffer(4));
  data.setFloat32(0, value);
  return [data.getInt32(0), 0, 0, 4];
}

const FORMATS = "BHf";
const formatCode = ({ format, swapped }: { format: ItemFormat; swapped?: boolean }): number =>
  FORMATS.indexOf(format) + (swapped ? 4 : 0);

/** What `planes_items` is to do. */
export interface Job {
  readonly from: readonly Plane[];
  readonly to: readonly Plane[];
  readonly source: Pick<Picture, "format" | "swapped" | "height" | "width">;
  readonly target: Pick<Picture, "format" | "swapped" | "height" | "width">;
  readonly steps: readonly Step[];
}

/** Words before the steps: what the kernel is told, and its rows. */
const HEADER = 64;
const ROWS = 5 * 256;

/** Words of scratch that a job needs. */
export const jobWords = (steps: readonly Step[]): number =>
  steps.reduce((words, { parameters }) => words + parameters.length + 5, HEADER + ROWS);

/** Writes a job, as `assembly/image/point/planes.ts` says, at word `at`. */
export function writeJob(
  words: Int32Array,
  floats: Float32Array,
  at: number,
  { from, to, source, target, steps }: Job,
): void {
  const { height, width } = target;
  const formats = [formatCode(source), formatCode(target)];
  const block = [Math.ceil(source.height / height), Math.ceil(source.width / width)];
  const first = at + HEADER + ROWS;
  words.fill(0, at, at + HEADER);
  words.set([height, width, steps.length, 4 * first, from.length, to.length, ...formats, source.height, source.width, ...block], at); // prettier-ignore
  from.forEach((plane, i) => words.set(plane as readonly number[], at + 16 + 4 * i));
  to.forEach((plane, i) => words.set(plane as readonly number[], at + 32 + 4 * i));
  let next = first + 4 * steps.length;
  steps.forEach(({ kind, parameters, first: channel, count }, i) => {
    words.set([kind, 4 * next, channel, count], first + 4 * i);
    if (kind === CURVE) words[next++] = parameters.length / 5;
    floats.set(parameters, next);
    next += parameters.length;
  });
}
