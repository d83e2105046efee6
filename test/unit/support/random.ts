/** A seeded generator of integers below `n`. */
export type Random = (n: number) => number;

export function seeded(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % n;
  };
}

export const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)]!;
/** An integer of a range, both ends included. */
export const between = (random: Random, low: number, high: number): number => low + random(high - low + 1);
export const percent = (random: Random, chance: number): boolean => random(100) < chance;
export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Random bytes with as many of the interesting ones: zeros, signs, NaN, infinities. */
export const randomBytes = (random: Random, count: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: count }, () => (random(3) ? random(256) : pick(random, [0, 0, 1, 0x7f, 0x80, 0xff, 0x7c, 0xf0, 0x3c]))); // prettier-ignore

/*
 * How many cases, and from which seed. `npm test` runs a sample, always the same; `npm run test:long` runs 50 times as
 * many (more than a million), from a seed of its own. `VITE_SCALE` and `VITE_SEED` set either. One case has one seed:
 * with `VITE_SEED=n` the case that failed with seed n comes first.
 */
// Written in one piece: Vite fills in `import.meta.env` by its text.
const env = (import.meta as unknown as { env: Record<string, string | undefined> }).env;
export const SEED = Number(env.VITE_SEED ?? 1);
export const SCALE = Number(env.VITE_SCALE ?? 1);

/** Runs random cases; the error of one that fails begins with its seed. */
export function cases(sample: number, body: (random: Random, seed: number) => void): void {
  const count = Math.ceil(sample * SCALE);
  const start = performance.now();
  for (let seed = SEED; seed < SEED + count; seed++) {
    try {
      body(seeded(seed), seed);
    } catch (error) {
      (error as Error).message = `VITE_SEED=${seed}: ${(error as Error).message}`;
      throw error;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  if (SCALE > 1) console.info(`${count} cases from seed ${SEED}, ${Math.round(count / seconds)} per second`);
}
