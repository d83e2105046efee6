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
  readonly array?: NativeArrayConstructor;
  read(data: DataView, at: number, little: boolean): unknown;
  write(data: DataView, at: number, value: never, little: boolean): void;
}

/** The largest magnitudes that still round to a finite half and a finite float. */
const HALF_MAX = 65519.99999999999;
const FLOAT_MAX = 3.4028235677973362e38;

const integer = (
  bits: number,
  signed: boolean,
  array: NativeArrayConstructor,
  read: Scalar["read"],
  write: (data: DataView, at: number, value: number, little: boolean) => void,
): Scalar => ({
  size: bits / 8,
  align: bits / 8,
  kind: "integer",
  min: signed ? -(2 ** (bits - 1)) : 0,
  max: 2 ** (signed ? bits - 1 : bits) - 1,
  array,
  read,
  write: write as Scalar["write"],
});

const int32 = integer(32, true, Int32Array, (d, at, le) => d.getInt32(at, le), (d, at, v, le) => d.setInt32(at, v, le)); // prettier-ignore
const uint32 = integer(32, false, Uint32Array, (d, at, le) => d.getUint32(at, le), (d, at, v, le) => d.setUint32(at, v, le)); // prettier-ignore

const complex = (size: number, max: number, get: "getFloat32" | "getFloat64"): Scalar => {
  const set = get === "getFloat32" ? "setFloat32" : "setFloat64";
  return {
    size,
    align: size / 2,
    kind: "complex",
    min: -max,
    max,
    read: (d, at, le) => [d[get](at, le), d[get](at + size / 2, le)],
    write(d, at, value: readonly [number, number], le) {
      d[set](at, value[0], le);
      d[set](at + size / 2, value[1], le);
    },
  } as Scalar;
};

const float = (
  size: number,
  max: number,
  read: Scalar["read"],
  write: (data: DataView, at: number, value: number, little: boolean) => void,
  array?: NativeArrayConstructor,
): Scalar => ({ size, align: size, kind: "float", min: -max, max, read, write: write as Scalar["write"], ...(array && { array }) }); // prettier-ignore

/**
 * The codes of `struct`, with the sizes of C on wasm32. `x`, `s` and `p` are not here: their size is their count.
 *
 * Source: Python 3.14, library reference, `struct`, "Format Characters".
 */
export const SCALARS = {
  b: integer(
    8,
    true,
    Int8Array,
    (d, at) => d.getInt8(at),
    (d, at, v) => d.setInt8(at, v),
  ),
  B: integer(
    8,
    false,
    Uint8Array,
    (d, at) => d.getUint8(at),
    (d, at, v) => d.setUint8(at, v),
  ),
  h: integer(
    16,
    true,
    Int16Array,
    (d, at, le) => d.getInt16(at, le),
    (d, at, v, le) => d.setInt16(at, v, le),
  ),
  H: integer(
    16,
    false,
    Uint16Array,
    (d, at, le) => d.getUint16(at, le),
    (d, at, v, le) => d.setUint16(at, v, le),
  ),
  i: int32,
  I: uint32,
  l: int32,
  L: uint32,
  n: int32,
  N: uint32,
  // C hands out addresses as signed numbers too, so -1 is a pointer.
  P: { ...uint32, min: -(2 ** 31) },
  q: {
    size: 8,
    align: 8,
    kind: "bigint",
    min: -(2 ** 63),
    max: 2 ** 63,
    array: BigInt64Array,
    read: (d, at, le) => d.getBigInt64(at, le),
    write: (d, at, value: bigint, le) => d.setBigInt64(at, value, le),
  },
  Q: {
    size: 8,
    align: 8,
    kind: "bigint",
    min: 0,
    max: 2 ** 64,
    array: BigUint64Array,
    read: (d, at, le) => d.getBigUint64(at, le),
    write: (d, at, value: bigint, le) => d.setBigUint64(at, value, le),
  },
  e: float(2, HALF_MAX, (d, at, le) => halfToNumber(d.getUint16(at, le)), (d, at, v, le) => d.setUint16(at, numberToHalf(v), le)), // prettier-ignore
  f: float(
    4,
    FLOAT_MAX,
    (d, at, le) => d.getFloat32(at, le),
    (d, at, v, le) => d.setFloat32(at, v, le),
    Float32Array,
  ),
  d: float(
    8,
    Infinity,
    (d, at, le) => d.getFloat64(at, le),
    (d, at, v, le) => d.setFloat64(at, v, le),
    Float64Array,
  ),
  F: complex(8, FLOAT_MAX, "getFloat32"),
  D: complex(16, Infinity, "getFloat64"),
  "?": {
    size: 1,
    align: 1,
    kind: "boolean",
    min: 0,
    max: 1,
    read: (d, at) => d.getUint8(at) !== 0,
    write: (d, at, value: boolean) => d.setUint8(at, value ? 1 : 0),
  },
  c: {
    size: 1,
    align: 1,
    kind: "character",
    min: 0,
    max: 255,
    read: (d, at) => String.fromCharCode(d.getUint8(at)),
    write: (d, at, value: string) => d.setUint8(at, value.charCodeAt(0)),
  },
} as const satisfies Record<string, Scalar>;

export type ScalarCode = keyof typeof SCALARS;

/** The codes whose items are read straight from a typed array; `l L n N P` are `i` and `I` there. */
export const NATIVE_CODES = ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d"] as const;
export type NativeCode = (typeof NATIVE_CODES)[number];

/** The native code of a typed array of the platform; a clamped array reads as `B`. */
export function codeOfArray(array: ArrayBufferView): NativeCode | "e" | undefined {
  const name = (array as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (name === "Uint8ClampedArray") return "B";
  if (name === "Float16Array") return "e";
  return NATIVE_CODES.find((code) => SCALARS[code].array!.name === name);
}
