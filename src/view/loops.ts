/*
 * The innermost two dimensions of every bulk operation, on words of one size. Loaded once per word size (see
 * `vite.config.ts`), so that each copy meets one typed array. Offsets, counts and steps are in words. Four words a
 * round, at multiples of the step that were taken before: the loop itself costs as much as a word.
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
  const [t, t2, t3, t4] = multiples(to.item);
  const [s, s2, s3, s4] = multiples(from.item);
  for (let y = 0; y < height; y++) {
    let i = to.first + y * to.row;
    let j = from.first + y * from.row;
    for (let rounds = Math.floor(width / 4); rounds > 0; rounds--, i += t4, j += s4) {
      target[i] = source[j]!;
      target[i + t] = source[j + s]!;
      target[i + t2] = source[j + s2]!;
      target[i + t3] = source[j + s3]!;
    }
    for (let left = width % 4; left > 0; left--, i += t, j += s) target[i] = source[j]!;
  }
}

export function fillWords(target: Words, to: Steps, { height, width }: Rows, value: number): void {
  const [t, t2, t3, t4] = multiples(to.item);
  for (let y = 0; y < height; y++) {
    let i = to.first + y * to.row;
    for (let rounds = Math.floor(width / 4); rounds > 0; rounds--, i += t4) {
      target[i] = target[i + t] = target[i + t2] = target[i + t3] = value;
    }
    for (let left = width % 4; left > 0; left--, i += t) target[i] = value;
  }
}

export function equalWords(a: Words, at: Steps, b: Words, from: Steps, { height, width }: Rows): boolean {
  const [t, t2, t3, t4] = multiples(at.item);
  const [s, s2, s3, s4] = multiples(from.item);
  for (let y = 0; y < height; y++) {
    let i = at.first + y * at.row;
    let j = from.first + y * from.row;
    for (let rounds = Math.floor(width / 4); rounds > 0; rounds--, i += t4, j += s4) {
      if (a[i] !== b[j] || a[i + t] !== b[j + s] || a[i + t2] !== b[j + s2] || a[i + t3] !== b[j + s3]) return false;
    }
    for (let left = width % 4; left > 0; left--, i += t, j += s) if (a[i] !== b[j]) return false;
  }
  return true;
}

const multiples = (step: number) => [step, 2 * step, 3 * step, 4 * step] as const;
