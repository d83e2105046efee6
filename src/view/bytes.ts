import * as loops1 from "virtual:stamp/loops/1";
import * as loops2 from "virtual:stamp/loops/2";
import * as loops4 from "virtual:stamp/loops/4";
import { eachOuter, simplify } from "../layout/walk.ts";
import type { Steps, Words } from "./loops.ts";

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

/** Rows of fewer bytes than this are copied faster by a loop than by making two subarrays. */
const SHORT_ROW = 96;

/** The largest word that divides every offset, stride and the item. */
function wordsOf(itemsize: number, operands: readonly Items[]): (typeof WORDS)[number] {
  const numbers = operands.flatMap(({ byteOffset, strides }) => [byteOffset, ...strides]);
  return WORDS.find(({ size }) => itemsize % size === 0 && numbers.every((number) => number % size === 0))!;
}

const wholeWords = (buffer: ArrayBufferLike, { array, size }: (typeof WORDS)[number]): Words =>
  new (array as Uint8ArrayConstructor)(buffer as ArrayBuffer, 0, Math.floor(buffer.byteLength / size));

/** An item of several words is one more dimension, the outermost: each pass moves one word of every item. */
function inWords(shape: readonly number[], itemsize: number, size: number, operands: readonly Items[]) {
  const words = itemsize / size;
  const walk = simplify(shape, operands.map(({ strides }) => strides)); // prettier-ignore
  if (words === 1) return walk;
  return { shape: [words, ...walk.shape], strides: walk.strides.map((strides) => [size, ...strides]) };
}

/** Visits the two innermost dimensions of each operand as `Steps` in words. */
function eachPlane(
  walk: { shape: number[]; strides: number[][] },
  operands: readonly Items[],
  size: number,
  visit: (planes: Steps[]) => void,
): void {
  const { shape, strides } = walk;
  const [row, item] = [shape.length - 2, shape.length - 1];
  const offsets = operands.map(({ byteOffset }) => byteOffset);
  eachOuter(walk, offsets, 2, (...at) => {
    visit(
      at.map((byteOffset, k) => ({
        first: byteOffset / size,
        row: (strides[k]![row] ?? 0) / size,
        item: (strides[k]![item] ?? 0) / size,
      })),
    );
  });
}

/** Columns of a strip: as many words as a cache line has. */
const STRIP = 16;

/** The same rows from column `x` on. */
const along = ({ first, row, item }: Steps, x: number): Steps => ({ first: first + x * item, row, item });

const rowsOf = (shape: readonly number[]) => ({ height: shape.at(-2) ?? 1, width: shape.at(-1) ?? 1 });

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
  const words = wordsOf(itemsize, [target, source]);
  const to = wholeWords(target.buffer, words);
  const from = wholeWords(source.buffer, words);
  const plan = inWords(shape, itemsize, words.size, [target, source]);
  eachPlane(plan, [target, source], words.size, ([t, s]) => {
    const { height, width } = rowsOf(plan.shape);
    // A source whose rows are the target's columns is walked in strips, so that a cache line that was read is used up.
    const strip = Math.abs(s!.item) > Math.abs(s!.row) && height > 1 ? STRIP : width;
    for (let x = 0; x < width; x += strip) {
      const rows = { height, width: Math.min(strip, width - x) };
      words.copyWords(to, along(t!, x), from, along(s!, x), rows);
    }
  });
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
    eachPlane(walk, [part], size, ([t]) => {
      if (t!.item === 1 && walk.shape.length <= 1) to.fill(values[k]!, t!.first, t!.first + rowsOf(walk.shape).width);
      else words.fillWords(to, t!, rowsOf(walk.shape), values[k]!);
    });
  }
}

/** Whether the bytes of all items agree. */
export function equalItems(a: Items, b: Items, shape: readonly number[], itemsize: number): boolean {
  const words = wordsOf(itemsize, [a, b]);
  const left = wholeWords(a.buffer, words);
  const right = wholeWords(b.buffer, words);
  const plan = inWords(shape, itemsize, words.size, [a, b]);
  let equal = true;
  eachPlane(plan, [a, b], words.size, ([x, y]) => {
    equal &&= words.equalWords(left, x!, right, y!, rowsOf(plan.shape));
  });
  return equal;
}
