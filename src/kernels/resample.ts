import type { Taps } from "./resize-filters.ts";
import type { Loaded } from "./loaded.ts";
import { ITEMS, operands, type Picture } from "./picture.ts";

/*
 * How the host describes a resampling to the kernel of assembly/image/geometry/resample.ts.
 */

export interface ResampleExports {
  /** Jobs in bytes and in f32; either may be 0. */
  resample(bytes: number, floats: number): void;
}

/** Colours are light, and times alpha, while they are summed. */
export interface Mixing {
  linear?: boolean;
  premultiply?: boolean;
}

const FIELDS = 48;
const FORMATS = "BHf";
const ONE = 2 ** 14;
const upTo = (count: number, unit: number): number => Math.ceil(count / unit) * unit;

/** How many taps each item gets, where the first is a multiple of `align` and there are a multiple of `unit`. */
const tapsOf = (line: readonly Taps[], align: number, unit: number): number =>
  line.reduce((most, { first, weights }) => Math.max(most, upTo((first % align) + weights.length, unit)), unit);

/** Weights as integers of 14 bits. Sums are rounded, so that they are right wherever neighbours are alike. */
function writeWhole(target: Int16Array, at: number, weights: readonly number[]): void {
  let sum = 0;
  let before = 0;
  for (const weight of weights) {
    sum += weight * ONE;
    const next = Math.round(sum);
    target[at++] = next - before;
    before = next;
  }
}

/** Where the parts of a job are, from its beginning. */
function plan(to: Picture, from: Picture, down: readonly Taps[], across: readonly Taps[], bytes: boolean) {
  const { channels } = from;
  const lanes = bytes && channels > 1 ? 4 : 1;
  const item = bytes ? 2 : 4;
  // Two pixels of four lanes are side by side in the middle row.
  const align = lanes === 4 ? 2 : 1;
  const downTaps = tapsOf(down, 1, bytes ? 2 : 1);
  const acrossTaps = tapsOf(across, align, lanes === 4 ? 2 : 16 / item);
  const width = upTo(to.width, 4);
  const plane = upTo(4 * from.width, 16);
  const pitch = bytes ? upTo(from.width * lanes, 16) : upTo(plane * channels, 64);
  let end = 4 * FIELDS;
  const take = (size: number): number => (end += upTo(size, 16)) - upTo(size, 16);
  return {
    lanes,
    item,
    align,
    downTaps,
    acrossTaps,
    width,
    plane,
    pitch, // prettier-ignore
    downFirst: take(4 * to.height),
    downWeights: take(item * downTaps * to.height),
    acrossFirst: take(4 * width),
    acrossWeights: take(item * acrossTaps * width),
    rows: take(4 * downTaps),
    ring: take(pitch * downTaps),
    middle: take(2 * pitch + acrossTaps * item * lanes + 64),
    out: take(bytes ? width * lanes : 4 * width * channels),
    bytes: end,
  };
}

function writeJob(
  job: number,
  { lanes, item, align, downTaps, acrossTaps, width, plane, pitch, ...at }: ReturnType<typeof plan>,
  to: Picture,
  from: Picture,
  down: readonly Taps[],
  across: readonly Taps[],
  { linear = false, premultiply = false }: Mixing,
  { source }: Loaded,
): void {
  const words = source.array(Int32Array);
  const floats = source.array(Float32Array);
  const weightsOf = item === 2 ? source.array(Int16Array) : floats;
  const write = (
    line: readonly Taps[],
    firsts: number,
    all: number,
    taps: number,
    unit: number,
    step: number,
  ): void => {
    const start = (job + all) / item;
    weightsOf.fill(0, start, start + taps * line.length);
    line.forEach(({ first, weights }, i) => {
      const skipped = first % unit;
      words[(job + firsts) / 4 + i] = (first - skipped) * step;
      if (weightsOf instanceof Int16Array) writeWhole(weightsOf, start + i * taps + skipped, weights);
      else weightsOf.set(weights, start + i * taps);
    });
  };
  write(down, at.downFirst, at.downWeights, downTaps, 1, 1);
  // The kernel makes four pixels at a time.
  const padded = Array.from({ length: width }, (_, x) => across[Math.min(x, across.length - 1)]!);
  write(padded, at.acrossFirst, at.acrossWeights, acrossTaps, align, item * lanes);
  const fields = [
    ...operands(to, from), to.height, to.width, from.height, from.width, from.channels,
    job + at.downFirst, job + at.downWeights, downTaps, job + at.acrossFirst, job + at.acrossWeights, acrossTaps,
    job + at.rows, job + at.ring, pitch, job + at.middle, job + at.out,
    FORMATS.indexOf(from.format), plane, 4 * width, Number(premultiply), Number(linear),
  ]; // prettier-ignore
  words.set(fields, job / 4);
  const { max } = ITEMS[from.format];
  // The sRGB encoding of a range that ends at `max`, from and to light that ends at 1. Source: IEC 61966-2-1.
  const decode = [0.04045 * max, 1 / 12.92 / max, 1 / 1.055 / max, 0.055 / 1.055, 2.4, 1, 0];
  const encode = [0.0031308, 12.92 * max, 1, 0, 1 / 2.4, 1.055 * max, -0.055 * max];
  floats.set([from.format === "f" ? Infinity : max, ...decode, ...encode], job / 4 + fields.length);
}

/**
 * Makes one picture from another. `premultiply` is for pictures with alpha; that all of it is 255 is seen by the kernel,
 * so that a plan sees it each time.
 */
export function resample(
  kernels: ResampleExports,
  to: Picture,
  from: Picture,
  down: readonly Taps[],
  across: readonly Taps[],
  mixing: Mixing,
  loaded: Loaded,
  operation: string,
): void {
  const bytes = from.format === "B" && !mixing.linear ? plan(to, from, down, across, true) : undefined;
  const floats = !bytes || mixing.premultiply ? plan(to, from, down, across, false) : undefined;
  const first = bytes ? upTo(bytes.bytes, 16) : 0;
  const scratch = loaded.scratch(first + (floats?.bytes ?? 0), operation);
  if (bytes) writeJob(scratch, bytes, to, from, down, across, {}, loaded);
  if (floats) writeJob(scratch + first, floats, to, from, down, across, mixing, loaded);
  kernels.resample(bytes ? scratch : 0, floats ? scratch + first : 0);
}
