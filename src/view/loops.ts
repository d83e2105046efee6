/*
 * The innermost two dimensions of every bulk operation, on words of one size. Loaded once per word size (see
 * `vite.config.ts`), so that each copy meets one typed array. Offsets, counts and steps are in words. Eight words a
 * round: the loop itself costs as much as a word.
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
  const t = to.item;
  const s = from.item;
  for (let y = 0; y < height; y++) {
    let i = to.first + y * to.row;
    let j = from.first + y * from.row;
    let left = width;
    for (; left >= 8; left -= 8, i += t, j += s) {
      target[i] = source[j]!;
      target[(i += t)] = source[(j += s)]!;
      target[(i += t)] = source[(j += s)]!;
      target[(i += t)] = source[(j += s)]!;
      target[(i += t)] = source[(j += s)]!;
      target[(i += t)] = source[(j += s)]!;
      target[(i += t)] = source[(j += s)]!;
      target[(i += t)] = source[(j += s)]!;
    }
    for (; left > 0; left--, i += t, j += s) target[i] = source[j]!;
  }
}

export function fillWords(target: Words, to: Steps, { height, width }: Rows, value: number): void {
  const t = to.item;
  for (let y = 0; y < height; y++) {
    let i = to.first + y * to.row;
    let left = width;
    for (; left >= 8; left -= 8, i += t) {
      target[i] = target[(i += t)] = target[(i += t)] = target[(i += t)] = value;
      target[(i += t)] = target[(i += t)] = target[(i += t)] = target[(i += t)] = value;
    }
    for (; left > 0; left--, i += t) target[i] = value;
  }
}

export function equalWords(a: Words, at: Steps, b: Words, from: Steps, { height, width }: Rows): boolean {
  const t = at.item;
  const s = from.item;
  for (let y = 0; y < height; y++) {
    let i = at.first + y * at.row;
    let j = from.first + y * from.row;
    let left = width;
    for (; left >= 8; left -= 8, i += t, j += s) {
      if (
        a[i] !== b[j] ||
        a[(i += t)] !== b[(j += s)] ||
        a[(i += t)] !== b[(j += s)] ||
        a[(i += t)] !== b[(j += s)] ||
        a[(i += t)] !== b[(j += s)] ||
        a[(i += t)] !== b[(j += s)] ||
        a[(i += t)] !== b[(j += s)] ||
        a[(i += t)] !== b[(j += s)]
      ) {
        return false;
      }
    }
    for (; left > 0; left--, i += t, j += s) if (a[i] !== b[j]) return false;
  }
  return true;
}
