import * as loops1 from "virtual:stamp/loops/1";
import * as loops2 from "virtual:stamp/loops/2";
import * as loops4 from "virtual:stamp/loops/4";
import { equalWords as equalSingles } from "virtual:stamp/loops/f";
import { equalWords as equalDoubles } from "virtual:stamp/loops/d";
import { extent } from "../layout/layout.ts";
import { eachOuter, simplify, type Walk } from "../layout/walk.ts";
import type { Rows, Steps, Words } from "./loops.ts";

/** Items of a fixed size in a buffer: what the bulk operations move, without knowing what the items mean. */
export interface Items {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly strides: readonly number[];
}

const WORDS = [
  { size: 4, array: Uint32Array, ...loops4 },
  { size: 2, array: Uint16Array, ...loops2 },
  { size: 1, array: Uint8Array, ...loops1 },
] as const;

/** Floats are equal by value: NaN differs, -0 is 0. */
const FLOATS = [
  { size: 4, array: Float32Array, equalWords: equalSingles },
  { size: 8, array: Float64Array, equalWords: equalDoubles },
] as const;

/** Rows of fewer bytes than this are copied faster by a loop than by making two subarrays. */
const SHORT_ROW = 96;

/** Columns of a strip: half of a cache line of words, which a round of a loop takes. */
const STRIP = 8;

/** Whether a word size divides every offset and stride. */
const aligned = (size: number, operands: readonly Items[]): boolean =>
  operands.every(
    ({ byteOffset, strides }) => byteOffset % size === 0 && strides.every((stride) => stride % size === 0),
  );

/** The largest word that divides every offset, stride and the item. */
const wordsOf = (itemsize: number, operands: readonly Items[]): (typeof WORDS)[number] =>
  WORDS.find(({ size }) => itemsize % size === 0 && aligned(size, operands))!;

/** One operand's rows, and the array they are in. */
interface Plane extends Steps {
  readonly items: Words;
}

/** An item of several words is one more dimension, the outermost: each pass moves one word of every item. */
function inWords(shape: readonly number[], itemsize: number, size: number, operands: readonly Items[]): Walk {
  const words = itemsize / size;
  const walk = simplify(shape, operands.map(({ strides }) => strides)); // prettier-ignore
  if (words === 1) return walk;
  return { shape: [words, ...walk.shape], strides: walk.strides.map((strides) => [size, ...strides]) };
}

/**
 * Visits the two innermost dimensions of the operands, in words. Where the rows of one are the columns of another they
 * are visited in strips, so that a cache line that was read is used up.
 */
function eachPlane(
  operands: readonly Items[],
  shape: readonly number[],
  itemsize: number,
  { array, size }: { readonly array: unknown; readonly size: number },
  visit: (planes: readonly Plane[], rows: Rows) => void,
): void {
  const bounds = operands.map((operand) => extent({ ...operand, shape }, itemsize));
  if (bounds.some(([low, high]) => high - low >= 2 ** 31)) {
    // More than an index of 31 bits reaches: one half of the longest axis after the other.
    const reach = (axis: number): number => Math.max(...operands.map(({ strides }) => Math.abs(strides[axis]!) * (shape[axis]! - 1))); // prettier-ignore
    const axis = [...shape.keys()].sort((a, b) => reach(b) - reach(a))[0]!;
    const half = Math.ceil(shape[axis]! / 2);
    const rest = operands.map((one) => ({ ...one, byteOffset: one.byteOffset + half * one.strides[axis]! }));
    eachPlane(operands, shape.with(axis, half), itemsize, { array, size }, visit);
    eachPlane(rest, shape.with(axis, shape[axis]! - half), itemsize, { array, size }, visit);
    return;
  }
  const arrays = operands.map(({ buffer }, k) => {
    const [low, high] = bounds[k]!;
    return new (array as Uint8ArrayConstructor)(buffer as ArrayBuffer, low, (high - low) / size) as Words;
  });
  const walk = inWords(shape, itemsize, size, operands);
  const height = walk.shape.at(-2) ?? 1;
  const width = walk.shape.at(-1) ?? 1;
  const steps = walk.strides.map((own) => [(own.at(-2) ?? 0) / size, (own.at(-1) ?? 0) / size] as const);
  const turned = height > 1 && steps.some(([row, item]) => Math.abs(item) > Math.abs(row));
  const strip = turned ? STRIP : width;
  eachOuter(walk, operands.map(({ byteOffset }, k) => byteOffset - bounds[k]![0]), 2, (...at) => {
    for (let x = 0; x < width; x += strip) {
      const planes = at.map((offset, k) => {
        const [row, item] = steps[k]!;
        return { items: arrays[k]!, first: offset / size + x * item, row, item };
      });
      visit(planes, { height, width: Math.min(strip, width - x) });
    }
  }); // prettier-ignore
}

/**
 * Copies items between two layouts of one shape, bit by bit. The operands must not overlap, unless both are packed in
 * the same order.
 */
export function copyItems(target: Items, source: Items, shape: readonly number[], itemsize: number): void {
  const walk = simplify(shape, [target.strides, source.strides]);
  const length = walk.shape.at(-1) ?? 1;
  const packed = walk.shape.length === 0 || walk.strides.every((strides) => strides.at(-1) === itemsize);
  const run = length * itemsize;
  if (packed && (run >= SHORT_ROW || walk.shape.length <= 1)) {
    const to = new Uint8Array(target.buffer);
    const from = new Uint8Array(source.buffer);
    eachOuter(walk, [target.byteOffset, source.byteOffset], 1, (i, j) => {
      to.set(from.subarray(j!, j! + run), i!);
    });
    return;
  }
  const operands = [target, source];
  const words = wordsOf(itemsize, operands);
  eachPlane(operands, shape, itemsize, words, ([t, s], rows) => words.copyWords(t!.items, t!, s!.items, s!, rows));
}

/** Writes the bytes of one item into every item. */
export function fillItems(target: Items, shape: readonly number[], item: Uint8Array): void {
  const words = wordsOf(item.length, [target]);
  const { array, size } = words;
  new array(item.slice().buffer).forEach((value, k) => {
    const part = { ...target, byteOffset: target.byteOffset + k * size };
    eachPlane([part], shape, size, words, ([t], rows) => {
      const { items, first, item: step } = t!;
      if (step === 1 && rows.height === 1) items.fill(value, first, first + rows.width);
      else words.fillWords(items, t!, rows, value);
    });
  });
}

/**
 * Whether all items agree: in their bytes, or as floats by their values. Undefined for floats at addresses where no
 * typed array can read them.
 */
export function equalItems(
  a: Items,
  b: Items,
  shape: readonly number[],
  itemsize: number,
  floats: boolean,
): boolean | undefined {
  const operands = [a, b];
  const words = floats
    ? FLOATS.find(({ size }) => size === itemsize && aligned(size, operands))
    : wordsOf(itemsize, operands);
  if (!words) return undefined;
  let equal = true;
  eachPlane(operands, shape, itemsize, words, ([x, y], rows) => {
    equal &&= words.equalWords(x!.items, x!, y!.items, y!, rows);
  });
  return equal;
}
