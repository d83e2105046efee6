/** What TypeScript knows of an item from the literal text of its format: the parser of `parse.ts` once more, as types. */
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

type Mark = "@" | "=" | "<" | ">" | "!" | "^";
type Blank = " " | "\t" | "\n" | "\r" | "\f" | "\v";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

/** `[Item, Item, Item]` for a length of `"3"`; an array where the length is above 16 or not known. */
export type Times<Item, Length extends string, Done extends Item[] = []> = `${Done["length"]}` extends Length
  ? Done
  : Done["length"] extends 16
    ? Item[]
    : Times<Item, Length, [...Done, Item]>;

// ---- one item of a record ------------------------------------------------------------------------------------------

/** One field: what it holds, the lengths of its sub-array, and the format of what it holds. */
export type Field<Item = unknown, Lengths extends string[] = string[], Format extends string = string> = readonly [
  item: Item,
  lengths: Lengths,
  format: Format,
];

/** A text that carries the types of a record's fields; a colon is in no name. */
type Carries<Fields> = string & { readonly ":fields": Fields };

/**
 * The text of a record's format together with the types of its fields; what `record` returns. `infer` leaves no name
 * of this file in the types that come of it, so that declaration files of other packages can write them out.
 */
export type RecordText<Fields> = Fields extends infer All ? Carries<All> : never;

type Nest<Item, Lengths> = Lengths extends [...infer Outer, infer Last extends string]
  ? Nest<Times<Item, Last>, Outer>
  : Item;

type ValueOf<F> = F extends Field<infer Item, infer Lengths> ? Nest<Item, Lengths> : never;

/** `infer` makes editors show the properties and not how they came about. */
type RecordItem<Fields> = Fields extends infer All ? { [K in keyof All]: ValueOf<All[K]> } : never;

// ---- the dialect of PEP 3118 -----------------------------------------------------------------------------------------

/** `Name` is `""` and `Format` is `"x"` where the text gives no name, and for padding. */
interface Entry<Name extends string = string, F extends Field = Field> {
  name: Name;
  field: F;
}

type Split<Lengths extends string> = Lengths extends `${infer Length},${infer Rest}`
  ? [Length, ...Split<Rest>]
  : [Lengths];

/** The lengths before a code, and its count. */
type Counted<Lengths extends string[], Count extends string> = Count extends "" | "1" ? Lengths : [...Lengths, Count];

/** A name after the code, or none. */
type Named<F extends Field, Rest extends string, M extends string> = Rest extends `:${infer Name}:${infer After}`
  ? [Entry<Name, F>, After, M]
  : [Entry<"", F>, Rest, M];

type Order<M extends string> = M extends "@" | "^" ? "" : M;

/** The next entry of a text, the rest of the text, and the mark in force after it; 0 where there is none. */
type Next<
  Text extends string,
  M extends string,
  Lengths extends string[] = [],
  Count extends string = "",
> = Text extends `${infer C}${infer Rest}`
  ? C extends keyof Codes
    ? Named<readonly [Codes[C], Counted<Lengths, Count>, `${Order<M>}${C}`], Rest, M>
    : C extends Digit
      ? Next<Rest, M, Lengths, `${Count}${C}`>
      : C extends Mark
        ? Next<Rest, C, Lengths, Count>
        : C extends "("
          ? Rest extends `${infer Inner})${infer After}`
            ? Next<After, M, Split<Inner>, Count>
            : 0
          : C extends "s" | "p" | "x"
            ? Named<readonly [Uint8Array, Lengths, `${Count extends "" ? 1 : Count}${C}`], Rest, M>
            : C extends "T"
              ? Rest extends `{${infer Inner}`
                ? Entries<Inner, M> extends [infer List, `}${infer After}`, infer Last extends string]
                  ? Named<readonly [RecordItem<FieldMap<List>>, Counted<Lengths, Count>, RecordText<FieldMap<List>>], After, Last>
                  : 0
                : 0
              : C extends "Z"
                ? Rest extends `${infer D extends "f" | "d"}${infer After}`
                  ? Named<readonly [[number, number], Counted<Lengths, Count>, `${Order<M>}${Uppercase<D>}`], After, M>
                  : 0
                : C extends Blank
                  ? Next<Rest, M, Lengths, Count>
                  : 0
  : 0; // prettier-ignore

/** All entries up to a closing brace or the end, without padding; the rest of the text; the mark in force. 0 for a bad text. */
type Entries<Text extends string, M extends string = "@", Found extends Entry[] = []> = Text extends "" | `}${string}`
  ? [Found, Text, M]
  : Text extends `${Mark | Blank}`
    ? [Found, "", M]
    : Next<Text, M> extends [infer E extends Entry, infer Rest extends string, infer Last extends string]
      ? Entries<Rest, Last, E extends Entry<"", Field<unknown, [], `${string}x`>> ? Found : [...Found, E]>
      : 0;

type Merge<Fields> = Fields extends infer All ? { [K in keyof All]: All[K] } : never;

/** The fields by name; those without one are `f0`, `f1`, …. */
type FieldMap<List, Fields = {}, Unnamed extends 0[] = []> = List extends [Entry<infer Name, infer F>, ...infer Rest]
  ? Name extends ""
    ? FieldMap<Rest, Fields & { [K in `f${Unnamed["length"]}`]: F }, [...Unnamed, 0]>
    : FieldMap<Rest, Fields & { [K in Name]: F }, Unnamed>
  : Merge<Fields>;

type EntryValues<List extends Entry[]> = { [K in keyof List]: ValueOf<List[K]["field"]> };

type EntriesItem<List> = List extends Entry[]
  ? List[number]["name"] extends ""
    ? List extends [Entry<"", infer F>]
      ? ValueOf<F>
      : EntryValues<List>
    : RecordItem<FieldMap<List>>
  : any;

/** What makes a text one of PEP 3118. */
type Extended = `${string}${"{" | "(" | ":"}${string}`;

// ---- the dialect of `struct` -----------------------------------------------------------------------------------------

type StructValues<Text extends string, Count extends string = "", Found extends unknown[] = []> =
  Text extends `${infer C}${infer Rest}`
    ? C extends Digit
      ? StructValues<Rest, `${Count}${C}`, Found>
      : C extends keyof Codes
        ? StructValues<Rest, "", Count extends "" ? [...Found, Codes[C]] : [...Found, ...Times<Codes[C], Count>]>
        : C extends "s" | "p"
          ? StructValues<Rest, "", [...Found, Uint8Array]>
          : C extends "x" | Mark | Blank
            ? StructValues<Rest, "", Found>
            : C extends "Z"
              ? Rest extends `${infer D extends "f" | "d"}${infer After}`
                ? StructValues<`${Uppercase<D>}${After}`, Count, Found>
                : 0
              : 0
    : Found; // prettier-ignore

// ---- what others ask -------------------------------------------------------------------------------------------------

/** Whether a type says nothing about the text: `string`, `any`. */
type Unknown<F extends string> = string extends F ? true : false;

/**
 * The values of a `struct` text, one after the other: `ValuesOf<"<4s2H">` is `[Uint8Array, number, number]`. Counts
 * above 16 are arrays. A text that is not a literal gives `any[]`.
 */
export type ValuesOf<F extends string> = F extends Carries<infer Fields>
  ? [RecordItem<Fields>]
  : Unknown<F> extends true
    ? any[]
    : F extends Extended
      ? Entries<F> extends [infer List extends Entry[], string, string]
        ? EntryValues<List>
        : any[]
      : StructValues<F> extends infer Values extends unknown[]
        ? Values
        : any[]; // prettier-ignore

/**
 * The type of an item: `ItemOf<"B">` is `number`, `ItemOf<"<q">` is `bigint`, `ItemOf<"T{I:id:(2)f:pos:}">` is
 * `{ id: number; pos: [number, number] }`, and so is that of a `record`. A text that is not a literal gives `any`.
 */
export type ItemOf<F extends string> = F extends Carries<infer Fields>
  ? RecordItem<Fields>
  : Unknown<F> extends true
    ? any
    : F extends Extended
      ? Entries<F> extends [infer List, string, string]
        ? EntriesItem<List>
        : any
      : StructValues<F> extends infer Values
        ? Values extends [] | 0
          ? any
          : Values extends [infer Item]
            ? Item
            : Values
        : never; // prettier-ignore

/** The fields by name of a record's format; `unknown` where the type of the format does not tell. */
export type FieldsOf<F extends string> = F extends Carries<infer Fields>
  ? Fields
  : F extends Extended
    ? Entries<F> extends [infer List, string, string]
      ? List extends [Entry<"", Field<unknown, [], Carries<infer Fields>>>]
        ? Fields
        : List extends Entry[]
          ? List[number]["name"] extends "" ? unknown : FieldMap<List>
          : unknown
      : unknown
    : unknown; // prettier-ignore

/** One field of `record`: a format text that is one item. */
type FieldOf<F> =
  F extends Carries<infer Fields>
    ? readonly [RecordItem<Fields>, [], F & string]
    : F extends string
      ? Unknown<F> extends true
        ? readonly [any, any, string]
        : Entries<F> extends [[Entry<string, infer Found>], string, string]
          ? Found
          : readonly [any, any, string]
      : never;

/** The fields of names and formats, as `record` takes them. */
export type RecordFields<F> = F extends readonly (readonly [string, string])[]
  ? { [P in F[number] as P[0]]: FieldOf<P[1]> }
  : { -readonly [K in keyof F]: FieldOf<F[K]> };
