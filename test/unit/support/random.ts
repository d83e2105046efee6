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
