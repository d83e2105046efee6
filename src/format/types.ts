/** What TypeScript knows of an item from the literal text of its format. */
interface Items {
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

type Prefix = "@" | "=" | "<" | ">" | "!";

/**
 * The type of an item: `ItemOf<"B">` is `number`, `ItemOf<"<q">` is `bigint`. A text that is not a literal, or not a
 * single code, gives `any`.
 */
export type ItemOf<F extends string> = string extends F
  ? any
  : F extends keyof Items
    ? Items[F]
    : F extends `${Prefix}${infer Code}`
      ? Code extends keyof Items
        ? Items[Code]
        : any
      : F extends `${number}s` | `${number}p`
        ? Uint8Array
        : any;
