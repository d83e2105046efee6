import * as loops1 from "virtual:stamp/loops/1";
import * as loops2 from "virtual:stamp/loops/2";
import * as loops4 from "virtual:stamp/loops/4";
import { equalWords as equalSingles } from "virtual:stamp/loops/f";
import { equalWords as equalDoubles } from "virtual:stamp/loops/d";
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

const wholeWords = (buffer: ArrayBufferLike, { array, size }: { array: unknown; size: number }): Words =>
  new (array as Uint8ArrayConstructor)(buffer as ArrayBuffer, 0, Math.floor(buffer.byteLength / size));

/** An item of several words is one more dimension, the outermost: each pass moves one word of every item. */
function inWords(shape: readonly number[], itemsize: number, size: number, operands: readonly Items[]): Walk {
  const words = itemsize / size;
  const walk = simplify(shape, operands.map(({ strides }) => strides)); // prettier-ignore
  if (words === 1) return walk;
  return { shape: [words, ...walk.shape], strides: walk.strides.map((strides) => [size, ...strides]) };
}

/**
 * Visits the two innermost dimensions of the operands as `Steps` in words. Where the rows of one are the columns of
 * another they are visited in strips, so that a cache line that was read is used up.
 */
function eachPlane(
  walk: Walk,
  operands: readonly Items[],
  size: number,
  visit: (planes: Steps[], rows: Rows) => void,
): void {
  const { shape, strides } = walk;
  const height = shape.at(-2) ?? 1;
  const width = shape.at(-1) ?? 1;
  const steps = strides.map((own) => [(own.at(-2) ?? 0) / size, (own.at(-1) ?? 0) / size] as const);
  const turned = height > 1 && steps.some(([row, item]) => Math.abs(item) > Math.abs(row));
  const strip = turned ? STRIP : width;
  eachOuter(
    walk,
    operands.map(({ byteOffset }) => byteOffset),
    2,
    (...at) => {
      for (let x = 0; x < width; x += strip) {
        const planes = at.map((offset, k) => {
          const [row, item] = steps[k]!;
          return { first: offset / size + x * item, row, item };
        });
        visit(planes, { height, width: Math.min(strip, width - x) });
      }
    },
  );
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
  const to = wholeWords(target.buffer, words);
  const from = wholeWords(source.buffer, words);
  eachPlane(inWords(shape, itemsize, words.size, operands), operands, words.size, ([t, s], rows) =>
    words.copyWords(to, t!, from, s!, rows),
  );
}

/** Writes the bytes of one item into every item. */
export function fillItems(target: Items, shape: readonly number[], item: Uint8Array): void {
  const words = wordsOf(item.length, [target]);
  const { size } = words;
  const values = wholeWords(item.slice().buffer, words);
  const to = wholeWords(target.buffer, words);
  const walk = simplify(shape, [target.strides]);
  for (let k = 0; k < values.length; k++) {
    const part = { ...target, byteOffset: target.byteOffset + k * size };
    eachPlane(walk, [part], size, ([t], rows) => {
      if (t!.item === 1 && rows.height === 1) to.fill(values[k]!, t!.first, t!.first + rows.width);
      else words.fillWords(to, t!, rows, values[k]!);
    });
  }
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
  const left = wholeWords(a.buffer, words);
  const right = wholeWords(b.buffer, words);
  let equal = true;
  eachPlane(inWords(shape, itemsize, words.size, operands), operands, words.size, ([x, y], rows) => {
    equal &&= words.equalWords(left, x!, right, y!, rows);
  });
  return equal;
}
