/*
 * One check of everything a view says, against a model that shares no code with the library: a list of items, each with
 * its index and the bytes it is made of, read by hand.
 */
import type { MemoryView } from "linearview";
import { expect } from "vitest";

/** A view as the model knows it: where every item is, in C order. */
export interface Model {
  readonly bytes: Uint8Array;
  readonly format: string;
  readonly shape: readonly number[];
  /** Byte positions of the items' first bytes, in C order. */
  readonly places: readonly number[];
  readonly readonly: boolean;
}

const SIZES: Record<string, number> = { b: 1, B: 1, h: 2, H: 2, i: 4, I: 4, q: 8, Q: 8, f: 4, d: 8 };

const codeOf = (format: string): string => format.at(-1)!;
export const sizeOf = (format: string): number => SIZES[codeOf(format)]!;

/** An item from its bytes, by the definition of its format. */
export function readItem(bytes: Uint8Array, place: number, format: string): number | bigint {
  const size = sizeOf(format);
  const digits = Array.from(bytes.subarray(place, place + size), BigInt);
  if (!format.startsWith(">")) digits.reverse();
  const unsigned = digits.reduce((value, digit) => value * 256n + digit, 0n);
  const code = codeOf(format);
  const signed = unsigned >= 1n << BigInt(size * 8 - 1) ? unsigned - (1n << BigInt(size * 8)) : unsigned;
  if (code === "f") return floatOf(unsigned, 8, 23);
  if (code === "d") return floatOf(unsigned, 11, 52);
  if (code === "q") return signed;
  if (code === "Q") return unsigned;
  return Number(code === code.toLowerCase() ? signed : unsigned);
}

/** IEEE 754 by its definition: sign, exponent, fraction. */
function floatOf(bits: bigint, exponentBits: number, fractionBits: number): number {
  const negative = bits >> BigInt(exponentBits + fractionBits) === 1n;
  const exponent = Number((bits >> BigInt(fractionBits)) & ((1n << BigInt(exponentBits)) - 1n));
  const fraction = Number(bits & ((1n << BigInt(fractionBits)) - 1n)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  let size: number;
  if (exponent === 2 ** exponentBits - 1) size = fraction === 0 ? Infinity : NaN;
  else size = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  return negative ? -size : size;
}

/** All index tuples of a shape, in C order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (tuples, length) => tuples.flatMap((tuple) => Array.from({ length }, (_, i) => [...tuple, i])),
    [[]],
  );
}

/** Items in nested lists. */
function nest(items: unknown[], shape: readonly number[]): unknown {
  if (shape.length === 0) return items[0];
  const [length, ...rest] = shape as [number, ...number[]];
  const each = length === 0 ? 0 : items.length / length;
  return Array.from({ length }, (_, i) => nest(items.slice(i * each, (i + 1) * each), rest));
}

/** Whether the places are those of items packed in the order of `tuples`. */
const isPacked = (places: number[], size: number): boolean =>
  places.every((place, i) => place === places[0]! + i * size);

/** Places in Fortran order: the first index runs fastest. */
function fortran({ shape, places }: Model): number[] {
  const tuples = indices(shape).map((tuple, i) => ({ tuple, place: places[i]! }));
  const key = (tuple: number[]): number[] => tuple.toReversed();
  return tuples
    .sort((a, b) => {
      const [x, y] = [key(a.tuple), key(b.tuple)];
      const axis = x.findIndex((value, i) => value !== y[i]);
      return axis < 0 ? 0 : x[axis]! - y[axis]!;
    })
    .map(({ place }) => place);
}

const gather = ({ bytes, format }: Model, places: readonly number[]): Uint8Array =>
  Uint8Array.from(places.flatMap((place) => [...bytes.subarray(place, place + sizeOf(format))]));

/** Asserts every attribute and every item of a view. */
export function verifyView(view: MemoryView, model: Model, where: string): void {
  const { bytes, format, shape, places, readonly } = model;
  const size = sizeOf(format);
  const items = places.map((place) => readItem(bytes, place, format));
  const fPlaces = fortran(model);
  expect(
    {
      format: view.format,
      itemsize: view.itemsize,
      ndim: view.ndim,
      shape: view.shape,
      nbytes: view.nbytes,
      readonly: view.readonly,
      released: view.released,
      cContiguous: view.cContiguous,
      fContiguous: view.fContiguous,
      contiguous: view.contiguous,
      byteOffset: places.length > 0 ? view.byteOffset : undefined,
      list: view.toList(),
      C: view.toBytes(),
      F: view.toBytes("F"),
    },
    where,
  ).toEqual({
    format,
    itemsize: size,
    ndim: shape.length,
    shape,
    nbytes: places.length * size,
    readonly,
    released: false,
    cContiguous: isPacked([...places], size),
    fContiguous: isPacked(fPlaces, size),
    contiguous: isPacked([...places], size) || isPacked(fPlaces, size),
    byteOffset: places[0],
    list: nest(items, shape),
    C: gather(model, places),
    F: gather(model, fPlaces),
  });
  expect(Object.isFrozen(view.shape) && Object.isFrozen(view.strides)).toBe(true);
  indices(shape).forEach((tuple, i) => {
    expect(view.get(...tuple), `${where} [${tuple}]`).toEqual(items[i]);
    expect(view.get(...tuple.map((index, axis) => index - shape[axis]!)), `${where} negative [${tuple}]`).toEqual(
      items[i],
    );
  });
  if (shape.length > 0) {
    expect(view.length).toBe(shape[0]);
    expect(Array.from(view, (part) => (shape.length === 1 ? part : (part as MemoryView).toList()))).toEqual(
      nest(items, shape),
    );
  }
  if (!items.some((item) => item !== item)) expect(view.equals(view.slice()), where).toBe(true);
}
