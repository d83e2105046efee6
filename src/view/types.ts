import type { Field, FieldsOf, RecordText, Times } from "../format/types.ts";
import type { Key } from "../layout/slice.ts";
import type { MemoryView } from "./memory-view.ts";

/*
 * What TypeScript knows of a view besides its item: `N`, the number of dimensions, and `F`, the text of its format.
 * `number` and `string` stand for "not known". Dimensions are counted as the length of a tuple, one 0 each, in which an
 * array `0[]` is the unknown.
 */

/** A shape, as the caller writes it: a number is one dimension. */
export type Lengths = number | readonly number[];

/** How many dimensions a shape has; without a shape, one. */
export type RankOf<S> = 0 extends 1 & S ? number : S extends readonly unknown[] ? S["length"] : 1;

type Axes<N extends number> = number extends N ? 0[] : Times<0, `${N}`>;

/** `N + M` dimensions. */
export type Plus<N extends number, M extends number> = [...Axes<N>, ...Axes<M>]["length"];

/** `N` dimensions without `M` of them. */
export type Minus<N extends number, M extends number> = number extends N | M
  ? number
  : Axes<N> extends [...Axes<M>, ...infer Rest]
    ? Rest["length"]
    : number;

/** One number per dimension. */
export type Index<N extends number> = number extends N ? number[] : Times<number, `${N}`>;

/** Arrays in arrays, as many as dimensions; of unknown depth, `any`. */
export type ListOf<Item, N extends number> = number extends N ? any : N extends 0 ? Item : ListsOf<Item, Axes<N>>;
type ListsOf<Item, A> = A extends [0, ...infer Rest] ? ListsOf<Item[], Rest> : Item;

/** What iteration gives: items of one dimension, else views of one dimension less. */
export type RowOf<Item, B extends ArrayBufferLike, N extends number, F extends string> = number extends N
  ? any
  : N extends 1
    ? Item
    : MemoryView<Item, B, Minus<N, 1>, F>;

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

// ---- slices ----------------------------------------------------------------------------------------------------------

type Trim<Text extends string> = Text extends ` ${infer Rest}` | `${infer Rest} ` ? Trim<Rest> : Text;

/** The keys of Python's notation, as far as the rank depends on them. */
type Notation<Text extends string, Found extends Key[] = []> = string extends Text
  ? Key[]
  : Text extends `${infer First},${infer Rest}`
    ? Notation<Rest, [...Found, NotedKey<Trim<First>>]>
    : Trim<Text> extends ""
      ? Found
      : [...Found, NotedKey<Trim<Text>>];
type NotedKey<Text extends string> = Text extends "..." ? "..." : Text extends "None" ? null : Text extends `${string}:${string}` ? [] : 0; // prettier-ignore

type Keep<Keys, Left extends unknown[], New extends unknown[] = []> = Keys extends readonly [infer First, ...infer Rest]
  ? First extends number
    ? Left extends [unknown, ...infer Others]
      ? Keep<Rest, Others, New>
      : number
    : First extends null
      ? Keep<Rest, Left, [...New, 0]>
      : First extends "..." | readonly unknown[]
        ? Keep<Rest, Left, New>
        : number
  : Keys extends readonly []
    ? [...Left, ...New]["length"]
    : number;

/** How many dimensions a slice has: an integer takes one away, `null` adds one. */
export type SliceRank<N extends number, Keys> = number extends N
  ? number
  : Keys extends readonly [infer Text extends string]
    ? Keep<Notation<Text>, Axes<N>>
    : Keep<Keys, Axes<N>>;

/** How many axes an argument names: as many as a tuple has, or one. */
type Named<A> = 0 extends 1 & A ? number : A extends readonly unknown[] ? A["length"] : A extends number ? 1 : number;

/** `N` dimensions and those that `expandDims` makes. */
export type Expanded<N extends number, A> = Plus<N, Named<A>>;
/** `N` dimensions without those that `squeeze` names. */
export type Squeezed<N extends number, A> = Minus<N, Named<A>>;

// ---- fields ----------------------------------------------------------------------------------------------------------

/** The names that `field` takes. */
export type FieldName<F extends string> = unknown extends FieldsOf<F> ? string : keyof FieldsOf<F> & string;

/** What `field` gives: the dimensions of a sub-array come after those of the view. */
export type FieldView<B extends ArrayBufferLike, N extends number, F extends string, Name extends string> =
  FieldsOf<F> extends { readonly [K in Name]: Field<infer Item, infer Sizes, infer Format> }
    ? MemoryView<Item, B, Plus<N, Sizes["length"]>, Format>
    : MemoryView<any, B>;

/** The format of some of a record's fields. */
export type FieldsText<F extends string, Name extends string> = string extends Name
  ? string
  : unknown extends FieldsOf<F>
    ? string
    : RecordText<Pick<FieldsOf<F>, Name & keyof FieldsOf<F>>>;

/** The item and the format of the real parts, or the imaginary ones. */
export type PartItem<Item> = 0 extends 1 & Item ? number : Item extends bigint | boolean ? Item : number;
export type PartText<Item, F extends string> = Item extends [number, number] ? string : F;
