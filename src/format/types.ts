/** What TypeScript knows of an item from the literal text of its format: the parser once more, as types. */
interface Codes {
  b: number;
  B: number;
  h: number;
  H: number;
  i: number;
  I: number;
  l: number;
  L: number;
  n: number;
  N: number;
  P: number;
  e: number;
  f: number;
  d: number;
  q: bigint;
  Q: bigint;
  F: [number, number];
  D: [number, number];
  "?": boolean;
  c: string;
}

type Skipped = "@" | "=" | "<" | ">" | "!" | "^" | " ";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

declare const ITEM: unique symbol;

/** The text of a format together with the type of its item; what `record` returns. */
export type RecordText<Item> = string & { readonly [ITEM]: Item };

/** `[number, number, number]` for a length of 3; an array where the length is long or not known. */
type Times<Item, N extends string, Done extends Item[] = []> = `${Done["length"]}` extends N
  ? Done
  : Done["length"] extends 16
    ? Item[]
    : Times<Item, N, [...Done, Item]>;

/** Nested arrays of the shape `"2,3"`, the last length innermost. */
type Nest<Item, Shape extends string> = Shape extends ""
  ? Item
  : Shape extends `${infer N},${infer Rest}`
    ? Times<Nest<Item, Rest>, N>
    : Times<Item, Shape>;

type Counted<Item, Count extends string> = Count extends "" | "1" ? Item : Times<Item, Count>;

interface Padding {
  readonly padding: true;
}

/** One item of a text: its type without count, the rest of the text, the shape and the count before it. */
type Parse<Text extends string, Shape extends string = "", Count extends string = ""> = Text extends `${infer C}${infer Rest}`
  ? C extends Skipped
    ? Parse<Rest, Shape, Count>
    : C extends Digit
      ? Parse<Rest, Shape, `${Count}${C}`>
      : C extends "("
        ? Rest extends `${infer Lengths})${infer After}`
          ? Parse<After, Lengths, Count>
          : never
        : C extends "T"
          ? Rest extends `{${infer Inner}`
            ? Fields<Inner> extends [infer Item, infer After extends string]
              ? [Item, After, Shape, Count]
              : never
            : never
          : C extends "Z"
            ? Rest extends `${string}${infer After}`
              ? [[number, number], After, Shape, Count]
              : never
            : C extends "s" | "p"
              ? [Uint8Array, Rest, Shape, ""]
              : C extends "x"
                ? [Padding, Rest, Shape, ""]
                : C extends keyof Codes
                  ? [Codes[C], Rest, Shape, Count]
                  : never
  : never; // prettier-ignore

type Simplify<T> = { [K in keyof T]: T[K] };

/** The named fields up to the closing brace, and the rest of the text; never where a field has no name. */
type Fields<Text extends string, Found = {}> = Text extends `}${infer Rest}`
  ? [Simplify<Found>, Rest]
  : Parse<Text> extends [infer Item, infer Rest extends string, infer Shape extends string, infer Count extends string]
    ? Rest extends `:${infer Name}:${infer After}`
      ? Fields<After, Found & { [K in Name]: Nest<Counted<Item, Count>, Shape> }>
      : Item extends Padding
        ? Fields<Rest, Found>
        : never
    : never;

/** The values of a `struct` text, one after the other: `"<4s2H"` is `[Uint8Array, number, number]`. */
export type ValuesOf<Text extends string, Found extends unknown[] = []> = string extends Text
  ? any[]
  : Text extends "" | Skipped
    ? Found
    : Parse<Text> extends [infer Item, infer Rest extends string, infer Shape extends string, infer Count extends string]
      ? Item extends Padding
        ? ValuesOf<Rest, Found>
        : Shape extends ""
          ? ValuesOf<Rest, Count extends "" ? [...Found, Item] : [...Found, ...Times<Item, Count>]>
          : ValuesOf<Rest, [...Found, Nest<Counted<Item, Count>, Shape>]>
      : any[];

/**
 * The type of an item: `ItemOf<"B">` is `number`, `ItemOf<"<q">` is `bigint`, `ItemOf<"T{I:id:(2)f:pos:}">` is
 * `{ id: number; pos: [number, number] }`, and so is that of a `record`. A text that is not a literal gives `any`.
 */
export type ItemOf<F extends string> = F extends { readonly [ITEM]: infer Item }
  ? Item
  : string extends F
    ? any
    : Parse<F> extends [infer Item, infer Rest extends string, infer Shape extends string, infer Count extends string]
      ? Rest extends ""
        ? Nest<Counted<Item, Count>, Shape>
        : ValuesOf<F>
      : any;

/** The item of names and formats, as `record` takes them. */
export type RecordOf<F> = F extends readonly (readonly [string, string])[]
  ? { [P in F[number] as P[0]]: ItemOf<P[1]> }
  : { -readonly [K in keyof F]: F[K] extends string ? ItemOf<F[K]> : never };
