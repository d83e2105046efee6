/*
 * The innermost two dimensions of every bulk operation, on words of one size. Loaded once per word size (see
 * `vite.config.ts`), so that each copy meets one typed array. Offsets, counts and steps are in words, and below 2^31, so
 * that `| 0` tells the engine that they are integers. Eight words a round: the loop itself costs as much as a word.
 */
export type Words = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

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
  const [toRow, t] = [to.row | 0, to.item | 0];
  const [fromRow, s] = [from.row | 0, from.item | 0];
  let [toFirst, fromFirst] = [to.first | 0, from.first | 0];
  for (let y = height; y > 0; y--, toFirst = (toFirst + toRow) | 0, fromFirst = (fromFirst + fromRow) | 0) {
    let i = toFirst;
    let j = fromFirst;
    let left = width;
    for (; left >= 8; left -= 8, i = (i + t) | 0, j = (j + s) | 0) {
      target[i] = source[j]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
      target[(i = (i + t) | 0)] = source[(j = (j + s) | 0)]!;
    }
    for (; left > 0; left--, i = (i + t) | 0, j = (j + s) | 0) target[i] = source[j]!;
  }
}

export function fillWords(target: Words, to: Steps, { height, width }: Rows, value: number): void {
  const [row, t] = [to.row | 0, to.item | 0];
  let first = to.first | 0;
  for (let y = height; y > 0; y--, first = (first + row) | 0) {
    let i = first;
    let left = width;
    for (; left >= 8; left -= 8, i = (i + t) | 0) {
      target[i] = target[(i = (i + t) | 0)] = target[(i = (i + t) | 0)] = target[(i = (i + t) | 0)] = value;
      target[(i = (i + t) | 0)] =
        target[(i = (i + t) | 0)] =
        target[(i = (i + t) | 0)] =
        target[(i = (i + t) | 0)] =
          value;
    }
    for (; left > 0; left--, i = (i + t) | 0) target[i] = value;
  }
}

export function equalWords(a: Words, at: Steps, b: Words, from: Steps, { height, width }: Rows): boolean {
  const [atRow, t] = [at.row | 0, at.item | 0];
  const [fromRow, s] = [from.row | 0, from.item | 0];
  let [atFirst, fromFirst] = [at.first | 0, from.first | 0];
  for (let y = height; y > 0; y--, atFirst = (atFirst + atRow) | 0, fromFirst = (fromFirst + fromRow) | 0) {
    let i = atFirst;
    let j = fromFirst;
    let left = width;
    for (; left >= 8; left -= 8, i = (i + t) | 0, j = (j + s) | 0) {
      if (
        a[i] !== b[j] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)] ||
        a[(i = (i + t) | 0)] !== b[(j = (j + s) | 0)]
      ) {
        return false;
      }
    }
    for (; left > 0; left--, i = (i + t) | 0, j = (j + s) | 0) if (a[i] !== b[j]) return false;
  }
  return true;
}
