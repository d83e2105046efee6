import { halfToNumber, numberToHalf } from "./half.ts";

export type NativeArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export interface NativeArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NativeArray & { readonly buffer: ArrayBuffer };
  new (items: ArrayLike<number>): NativeArray & { readonly buffer: ArrayBuffer };
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): NativeArray;
}

/** What values an item takes, and how they are checked. */
export type Kind = "integer" | "bigint" | "float" | "boolean" | "character" | "complex";

/** One code of Python's `struct` that stands for one value of a fixed size. */
export interface Scalar {
  readonly size: number;
  /** Alignment in native mode; equal to the size but for complex numbers. */
  readonly align: number;
  readonly kind: Kind;
  /** The limits of an integer; the largest finite number of a float. */
  readonly min: number;
  readonly max: number;
  /** The typed array whose items are these, in the byte order of WebAssembly. */
  readonly array?: NativeArrayConstructor | undefined;
  read(data: DataView, at: number, little: boolean): unknown;
  write(data: DataView, at: number, value: never, little: boolean): void;
}

/** The largest magnitudes that still round to a finite half and a finite float. */
const HALF_MAX = 65519.99999999999;
const FLOAT_MAX = 3.4028235677973362e38;

type Read = (data: DataView, at: number, little: boolean) => unknown;

/**
 * One code, stored as the items of `array`; `encode` makes these of its values where they are others. Each code has a
 * function of its own to read with, which engines compile as they cannot a method they find by name.
 */
const scalar = (
  kind: Kind,
  array: NativeArrayConstructor,
  min: number,
  max: number,
  read: Read,
  encode?: (value: any) => number,
): Scalar => {
  const size = array.BYTES_PER_ELEMENT;
  const set = `set${array.name.slice(0, -5)}` as "setInt8";
  return {
    kind,
    size,
    min,
    max,
    align: size,
    array: encode ? undefined : array,
    read,
    write: (data: any, at, value, little) => data[set](at, encode ? encode(value) : value, little),
  };
};

/** Two numbers, one after the other. */
const complex = (part: Scalar): Scalar => {
  const { size, read, write } = part;
  return {
    ...part,
    kind: "complex",
    size: size * 2,
    array: undefined,
    read: (data, at, little) => [read(data, at, little), read(data, at + size, little)],
    write(data, at, value: any, little) {
      write(data, at, value[0] as never, little);
      write(data, at + size, value[1] as never, little);
    },
  };
};

const int32 = scalar("integer", Int32Array, -(2 ** 31), 2 ** 31 - 1, (d, at, le) => d.getInt32(at, le));
const uint32 = scalar("integer", Uint32Array, 0, 2 ** 32 - 1, (d, at, le) => d.getUint32(at, le));
const float32 = scalar("float", Float32Array, -FLOAT_MAX, FLOAT_MAX, (d, at, le) => d.getFloat32(at, le));
const float64 = scalar("float", Float64Array, -Infinity, Infinity, (d, at, le) => d.getFloat64(at, le));

/**
 * The codes of `struct`, with the sizes of C on wasm32. `x`, `s` and `p` are not here: their size is their count.
 *
 * Source: Python 3.14, library reference, `struct`, "Format Characters".
 */
const CODES = {
  b: scalar("integer", Int8Array, -128, 127, (d, at) => d.getInt8(at)),
  B: scalar("integer", Uint8Array, 0, 255, (d, at) => d.getUint8(at)),
  h: scalar("integer", Int16Array, -32768, 32767, (d, at, le) => d.getInt16(at, le)),
  H: scalar("integer", Uint16Array, 0, 65535, (d, at, le) => d.getUint16(at, le)),
  i: int32,
  I: uint32,
  l: int32,
  L: uint32,
  n: int32,
  N: uint32,
  // C hands out addresses as signed numbers too, so -1 is a pointer.
  P: { ...uint32, min: int32.min },
  q: scalar("bigint", BigInt64Array, -(2 ** 63), 2 ** 63, (d, at, le) => d.getBigInt64(at, le)),
  Q: scalar("bigint", BigUint64Array, 0, 2 ** 64, (d, at, le) => d.getBigUint64(at, le)),
  e: scalar("float", Uint16Array, -HALF_MAX, HALF_MAX, (d, at, le) => halfToNumber(d.getUint16(at, le)), numberToHalf),
  f: float32,
  d: float64,
  F: complex(float32),
  D: complex(float64),
  "?": scalar("boolean", Uint8Array, 0, 1, (d, at) => d.getUint8(at) !== 0, Number),
  c: scalar("character", Uint8Array, 0, 255, (d, at) => String.fromCharCode(d.getUint8(at)), (c) => c.charCodeAt(0)), // prettier-ignore
};

export type ScalarCode = keyof typeof CODES;
export const SCALARS: Readonly<Record<ScalarCode, Scalar>> = CODES;

/** The codes whose items are read straight from a typed array; `l L n N P` are `i` and `I` there. */
export type NativeCode = "b" | "B" | "h" | "H" | "i" | "I" | "q" | "Q" | "f" | "d";

/** The native code of a typed array of the platform; a clamped array reads as `B`. */
export function codeOfArray(array: ArrayBufferView): ScalarCode | undefined {
  const name = (array as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (name === "Uint8ClampedArray") return "B";
  if (name === "Float16Array") return "e";
  return (Object.keys(SCALARS) as ScalarCode[]).find((code) => SCALARS[code].array?.name === name);
}
