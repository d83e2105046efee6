/*
 * The innermost two dimensions of every bulk operation, on words of one size. Loaded once per word size (see
 * `vite.config.ts`), so that each copy meets one typed array. Offsets, counts and steps are in words.
 */
export type Words = Uint8Array | Uint16Array | Uint32Array;

export interface Rows {
  readonly height: number;
  readonly width: number;
}

/** Where the rows of one operand are. */
export interface Steps {
  readonly first: number;
  readonly row: number;
  readonly item: number;
}

export function copyWords(target: Words, to: Steps, source: Words, from: Steps, { height, width }: Rows): void {
  const toItem = to.item;
  const fromItem = from.item;
  for (let y = 0, row = to.first, other = from.first; y < height; y++, row += to.row, other += from.row) {
    for (let x = 0, i = row, j = other; x < width; x++, i += toItem, j += fromItem) target[i] = source[j]!;
  }
}

export function fillWords(target: Words, to: Steps, { height, width }: Rows, value: number): void {
  const toItem = to.item;
  for (let y = 0, row = to.first; y < height; y++, row += to.row) {
    for (let x = 0, i = row; x < width; x++, i += toItem) target[i] = value;
  }
}

export function equalWords(a: Words, at: Steps, b: Words, from: Steps, { height, width }: Rows): boolean {
  const atItem = at.item;
  const fromItem = from.item;
  for (let y = 0, row = at.first, other = from.first; y < height; y++, row += at.row, other += from.row) {
    for (let x = 0, i = row, j = other; x < width; x++, i += atItem, j += fromItem) if (a[i] !== b[j]) return false;
  }
  return true;
}
