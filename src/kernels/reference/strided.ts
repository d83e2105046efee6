/*
 * The scalar references of the strided kernels: the same results in plain loops, item by item, for layouts of three
 * dimensions at any address. What the tests compare with, bit for bit.
 */

export type Three = readonly [number, number, number];

/** Items in memory: the byte of item [0, 0, 0], and strides in bytes. */
export interface PlainItems {
  readonly data: DataView;
  readonly offset: number;
  readonly strides: Three;
}

/** The types of numbers, by the codes of the conversion: how they are read and written, and their range. */
export const NUMBERS = [
  { name: "i8", size: 1, get: "getInt8", set: "setInt8", min: -(2 ** 7), max: 2 ** 7 - 1 },
  { name: "u8", size: 1, get: "getUint8", set: "setUint8", min: 0, max: 2 ** 8 - 1 },
  { name: "i16", size: 2, get: "getInt16", set: "setInt16", min: -(2 ** 15), max: 2 ** 15 - 1 },
  { name: "u16", size: 2, get: "getUint16", set: "setUint16", min: 0, max: 2 ** 16 - 1 },
  { name: "i32", size: 4, get: "getInt32", set: "setInt32", min: -(2 ** 31), max: 2 ** 31 - 1 },
  { name: "u32", size: 4, get: "getUint32", set: "setUint32", min: 0, max: 2 ** 32 - 1 },
  { name: "f32", size: 4, get: "getFloat32", set: "setFloat32", min: -Infinity, max: Infinity },
  { name: "f64", size: 8, get: "getFloat64", set: "setFloat64", min: -Infinity, max: Infinity },
] as const;

/** The bytes of each operand's items, the last dimension innermost. */
function* places([n0, n1, n2]: Three, ...operands: PlainItems[]): Generator<number[]> {
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        yield operands.map(({ offset, strides: [s0, s1, s2] }) => offset + i * s0 + j * s1 + k * s2);
      }
    }
  }
}

/** Whether all items are equal: by their bytes, or floats by value. */
export function equalItems(a: PlainItems, b: PlainItems, counts: Three, size: number, float: boolean): boolean {
  const get = size === 4 ? "getFloat32" : "getFloat64";
  for (const [i, j] of places(counts, a, b) as Iterable<[number, number]>) {
    if (float) {
      if (a.data[get](i, true) !== b.data[get](j, true)) return false;
      continue;
    }
    for (let k = 0; k < size; k++) if (a.data.getUint8(i + k) !== b.data.getUint8(j + k)) return false;
  }
  return true;
}

/** Reverses the bytes of each item. */
export function swapItems(target: PlainItems, source: PlainItems, counts: Three, size: number): void {
  for (const [i, j] of places(counts, target, source) as Iterable<[number, number]>) {
    const bytes = Array.from({ length: size }, (_, k) => source.data.getUint8(j + k));
    bytes.reverse().forEach((byte, k) => target.data.setUint8(i + k, byte));
  }
}

/** The sum of `item XOR flip`, unsigned, modulo 2^64. */
export function sumIntegers(source: PlainItems, counts: Three, size: 1 | 2 | 4, flip: number): bigint {
  const { get } = NUMBERS.find((type) => type.size === size && type.min === 0)!;
  let total = 0n;
  for (const [i] of places(counts, source)) total += BigInt((source.data[get](i!, true) ^ flip) >>> 0);
  return BigInt.asUintN(64, total);
}

/** Each row in runs of 1024 items, the k-th to sum k mod 4; a run is (a + b) + (c + d), added to the total in turn. */
export function sumFloats(source: PlainItems, counts: Three, size: 4 | 8, total: number): number {
  const get = size === 4 ? "getFloat32" : "getFloat64";
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  let k = 0;
  for (const [i] of places(counts, source)) {
    sums[(k % 1024) % 4]! += source.data[get](i!, true);
    k++;
    if (k % 1024 !== 0 && k !== counts[2]) continue;
    total += sums[0] + sums[1] + (sums[2] + sums[3]);
    sums.fill(0);
    if (k === counts[2]) k = 0;
  }
  return total;
}

/** Converts numbers of type `from` into type `to`, by their codes. */
export function convertItems(
  target: PlainItems,
  source: PlainItems,
  counts: Three,
  to: number,
  from: number,
  clamp: boolean,
): void {
  const { set, min, max, size } = NUMBERS[to]!;
  const { get } = NUMBERS[from]!;
  const wrap = (value: number): number =>
    Number.isFinite(value) ? Number(BigInt.asUintN(8 * size, BigInt(Math.trunc(value)))) : 0;
  const limit = (value: number): number => (value !== value ? 0 : Math.trunc(Math.min(Math.max(value, min), max)));
  for (const [i, j] of places(counts, target, source) as Iterable<[number, number]>) {
    const value = source.data[get](j, true);
    target.data[set](i, max === Infinity ? value : clamp ? limit(value) : wrap(value), true);
  }
}
