import type { Field, FieldsOf, RecordText } from "../format/types.ts";
import type { TypedArrayOf } from "./bridges.ts";
import type { MemoryView } from "./memory-view.ts";
import type { Exporter } from "./memoryview.ts";

/*
 * What TypeScript knows of a view besides its item: `N`, the number of dimensions, and `F`, the text of its format.
 * `number` and `string` stand for "not known".
 *
 * `MemoryView` must be covariant in all its parameters, so that every view is a `MemoryView`. Ranks are therefore only
 * looked up in tables, `Less[N]`, and never asked about, `N extends 1 ? …`; ranks above 8 are not known. Where a type
 * must be asked about, a method takes it from its `this` parameter.
 */

/** A shape, as the caller writes it: a number is one dimension. */
export type Lengths = number | readonly number[];

/** How many dimensions a shape has; without a shape, one. */
export type RankOf<S> = 0 extends 1 & S ? number : S extends readonly unknown[] ? S["length"] & number : 1;

type Less = { [n: number]: number; 1: 0; 2: 1; 3: 2; 4: 3; 5: 4; 6: 5; 7: 6; 8: 7 };
type More = { [n: number]: number; 0: 1; 1: 2; 2: 3; 3: 4; 4: 5; 5: 6; 6: 7; 7: 8 };

/** One number per dimension. */
export interface Index {
  [n: number]: readonly number[];
  0: readonly [];
  1: readonly [number];
  2: readonly [number, number];
  3: readonly [number, number, number];
  4: readonly [number, number, number, number];
  5: readonly [number, number, number, number, number];
  6: readonly [number, number, number, number, number, number];
  7: readonly [number, number, number, number, number, number, number];
  8: readonly [number, number, number, number, number, number, number, number];
}

/** Arrays in arrays, as many as dimensions; `any` where these are not known. */
export interface Lists<Item> {
  [n: number]: any;
  0: Item;
  1: Item[];
  2: Item[][];
  3: Item[][][];
  4: Item[][][][];
  5: Item[][][][][];
  6: Item[][][][][][];
  7: Item[][][][][][][];
  8: Item[][][][][][][][];
}

/** What iteration gives: items of one dimension, else views of one dimension less. */
export interface Rows<Item, B extends ArrayBufferLike, F extends string> {
  [n: number]: any;
  0: never;
  1: Item;
  2: MemoryView<Item, B, 1, F>;
  3: MemoryView<Item, B, 2, F>;
  4: MemoryView<Item, B, 3, F>;
  5: MemoryView<Item, B, 4, F>;
  6: MemoryView<Item, B, 5, F>;
  7: MemoryView<Item, B, 6, F>;
  8: MemoryView<Item, B, 7, F>;
}

/** `N` dimensions and one more for each element of a tuple; an array of unknown length gives an unknown rank. */
export type Plus<N extends number, Added> = Added extends readonly [unknown, ...infer Rest]
  ? Plus<More[N], Rest>
  : Added extends readonly []
    ? N
    : number;

/** `N` dimensions and one less for each element of a tuple. */
export type Minus<N extends number, Taken> = Taken extends readonly [unknown, ...infer Rest]
  ? Minus<Less[N], Rest>
  : Taken extends readonly []
    ? N
    : number;

/** One argument as a tuple. */
export type AsTuple<A> = A extends number ? [A] : A;

/** What is accepted where an item is written: texts for bytes, a number for a complex one, read-only arrays. */
export type Writable<Item> = 0 extends 1 & Item
  ? any
  : Item extends Uint8Array
    ? Uint8Array | string
    : Item extends readonly unknown[]
      ? { readonly [K in keyof Item]: Writable<Item[K]> } | (Item extends [number, number] ? number : never)
      : Item extends object
        ? { readonly [K in keyof Item]: Writable<Item[K]> }
        : Item;

/** `F`, unless `To` was given. */
export type TextOr<F extends string, To extends string> = [To] extends [never] ? F : To;

// ---- slices ----------------------------------------------------------------------------------------------------------

type Trim<Text extends string> = Text extends ` ${infer Rest}` | `${infer Rest} ` ? Trim<Rest> : Text;

type NotedKey<Text extends string> = Text extends "..."
  ? "..."
  : Text extends "None"
    ? null
    : Text extends `${number}`
      ? 0
      : Text extends `${string}:${string}`
        ? []
        : unknown;

/** The keys of Python's notation, as far as the rank depends on them. */
type Notation<Text extends string, Found extends unknown[] = []> = string extends Text
  ? unknown[]
  : Text extends `${infer First},${infer Rest}`
    ? Notation<Rest, [...Found, NotedKey<Trim<First>>]>
    : Trim<Text> extends ""
      ? Found
      : [...Found, NotedKey<Trim<Text>>];

type Keep<N extends number, Keys> = Keys extends readonly [infer First, ...infer Rest]
  ? Keep<First extends number ? Less[N] : First extends null ? More[N] : First extends "..." | readonly unknown[] ? N : number, Rest>
  : Keys extends readonly []
    ? N
    : number; // prettier-ignore

/** How many dimensions a slice has: an integer takes one away, `null` adds one. */
export type SliceRank<N extends number, Keys> = Keep<N, Keys extends readonly [infer Text extends string] ? Notation<Text> : Keys>; // prettier-ignore

// ---- fields ----------------------------------------------------------------------------------------------------------

/** The names that `field` takes. */
export type FieldName<F extends string> = unknown extends FieldsOf<F> ? string : keyof FieldsOf<F> & string;

/** What `field` gives: the dimensions of a sub-array come after those of the view. */
export type FieldView<B extends ArrayBufferLike, N extends number, F extends string, Name extends string> =
  FieldsOf<F> extends { readonly [K in Name]: Field<infer Item, infer Sizes, infer Format> }
    ? MemoryView<Item, B, Plus<N, Sizes>, Format>
    : MemoryView<any, B>;

/** The format of some of a record's fields. */
export type FieldsText<F extends string, Name extends string> = string extends Name
  ? string
  : unknown extends FieldsOf<F>
    ? string
    : RecordText<Pick<FieldsOf<F>, Name & keyof FieldsOf<F>>>;

/** The format of a part of a complex item. */
type Parts = { F: "f"; D: "d"; Zf: "f"; Zd: "d" };

/** The item and the format of the real parts, or the imaginary ones. */
export type PartItem<Item> = 0 extends 1 & Item ? any : Item extends bigint | boolean ? Item : number;
export type PartText<Item, F extends string> =
  Code<F, "@" | "=" | "<"> extends infer C extends keyof Parts
    ? Parts[C]
    : F extends `${">" | "!"}${infer C extends keyof Parts}`
      ? `>${Parts[C]}`
      : Item extends number | bigint | boolean
        ? F
        : string;

// ---- typed arrays ----------------------------------------------------------------------------------------------------

/** The platform's array class of each code. */
interface Arrays<B extends ArrayBufferLike> {
  b: Int8Array<B>;
  B: Uint8Array<B>;
  h: Int16Array<B>;
  H: Uint16Array<B>;
  i: Int32Array<B>;
  I: Uint32Array<B>;
  l: Int32Array<B>;
  L: Uint32Array<B>;
  n: Int32Array<B>;
  N: Uint32Array<B>;
  P: Uint32Array<B>;
  q: BigInt64Array<B>;
  Q: BigUint64Array<B>;
  f: Float32Array<B>;
  d: Float64Array<B>;
}

type ArrayCode = keyof Arrays<ArrayBuffer>;
type Code<F extends string, Mark extends string> = F extends `${Mark}${infer C}` ? C : F;
type IsNumeric<Item> = 0 extends 1 & Item ? true : [Item] extends [number | bigint] ? true : false;

/** What `typedArray` gives; never where no typed array has such items. */
export type ArrayOf<Item, B extends ArrayBufferLike, F extends string> =
  Code<F, "@" | "=" | "<"> extends infer C extends ArrayCode
    ? Arrays<B>[C]
    : IsNumeric<Item> extends true
      ? TypedArrayOf<Item, B>
      : never;

/** What `copy` gives: numbers in the byte order of the platform, or bytes where no typed array has such items. */
export type CopyOf<Item, F extends string> =
  Code<F, "@" | "=" | "<" | ">" | "!"> extends infer C extends ArrayCode
    ? Arrays<ArrayBuffer>[C]
    : IsNumeric<Item> extends true
      ? TypedArrayOf<Item, ArrayBuffer>
      : Uint8Array<ArrayBuffer>;

/** The formats of typed arrays, by the name that distinguishes their types. */
interface ArrayCodes {
  Int8Array: "b";
  Uint8Array: "B";
  Uint8ClampedArray: "B";
  Int16Array: "h";
  Uint16Array: "H";
  Int32Array: "i";
  Uint32Array: "I";
  BigInt64Array: "q";
  BigUint64Array: "Q";
  Float16Array: "e";
  Float32Array: "f";
  Float64Array: "d";
}

/** The format of what an exporter describes: bytes where it names none. */
type ExportText<E> = "format" extends keyof E ? (E extends { format: infer F extends string } ? F : string) : "B";

/** The format that a source has by itself: bytes, unless it is a typed array or a view; `string` where that is not known. */
export type SourceText<S> =
  S extends MemoryView<any, any, any, infer F>
    ? F
    : S extends Exporter<infer E>
      ? ExportText<E>
      : S extends { readonly [Symbol.toStringTag]: infer Tag extends keyof ArrayCodes }
        ? ArrayCodes[Tag]
        : S extends ArrayBufferView
          ? S extends DataView
            ? "B"
            : string
          : "B";

/** The number of dimensions that a source has by itself. */
export type SourceRank<S> =
  S extends MemoryView<any, any, infer N>
    ? N
    : S extends Exporter<infer E>
      ? "shape" extends keyof E
        ? number
        : 1
      : 1;

/** The same with a window that has no shape: some windows on a view are of one dimension. */
export type WindowRank<S> = S extends MemoryView ? number : SourceRank<S>;

// ---- structs ---------------------------------------------------------------------------------------------------------

/** What is packed for the values of a `struct` text. */
export type Packed<Values> = Values extends infer All extends unknown[]
  ? { [K in keyof All]: Writable<All[K]> }
  : never;
