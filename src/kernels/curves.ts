import type { Check } from "../options.ts";

/** Points [x, y] of a curve in shares of the range, x ascending. */
export type Curve = readonly (readonly [x: number, y: number])[];

/** Whether a value is a list of points [x, y] from 0 to 1. */
export const isCurve: Check = (value) => {
  const share = (v: unknown): boolean => typeof v === "number" && v >= 0 && v <= 1;
  const isPoint = (point: unknown, i: number, all: unknown[]): boolean =>
    Array.isArray(point) &&
    point.length === 2 &&
    point.every(share) &&
    (i === 0 || point[0] > (all[i - 1] as number[])[0]!);
  return (
    !(Array.isArray(value) && value.length > 0 && value.every(isPoint)) && "points [x, y] from 0 to 1, x ascending"
  );
};

/**
 * A monotone cubic through points, as pieces of five numbers: where it starts, and the coefficients of 1, t, t² and t³
 * from there. It is level before the first point and after the last.
 *
 * Source: Fritsch and Carlson, "Monotone Piecewise Cubic Interpolation", SIAM J. Numer. Anal. 17 (1980), with the slopes
 * of the secants' mean, limited to a circle of radius 3.
 */
export function cubicPieces(points: Curve): number[] {
  const x = points.map((point) => point[0]);
  const y = points.map((point) => point[1]);
  const last = x.length - 1;
  const secants = y.slice(1).map((v, i) => (v - y[i]!) / (x[i + 1]! - x[i]!));
  const slopes = y.map((_, i) => {
    const [before, after] = [secants[i - 1] ?? secants[i]!, secants[i] ?? secants[i - 1]!];
    return before * after > 0 ? (before + after) / 2 : 0;
  });
  secants.forEach((secant, i) => {
    const length = Math.hypot(slopes[i]!, slopes[i + 1]!) / Math.abs(secant);
    if (!(length > 3)) return;
    slopes[i]! *= 3 / length;
    slopes[i + 1]! *= 3 / length;
  });
  const pieces = secants.flatMap((secant, i) => {
    const [a, b, width] = [slopes[i]!, slopes[i + 1]!, x[i + 1]! - x[i]!];
    return [x[i]!, y[i]!, a, (3 * secant - 2 * a - b) / width, (a + b - 2 * secant) / width ** 2];
  });
  return [0, y[0]!, 0, 0, 0, ...pieces, x[last]!, y[last]!, 0, 0, 0];
}

/**
 * The smallest value that, as a threshold, gives the classes up to it and above it the largest variance between them.
 *
 * Source: Otsu, "A Threshold Selection Method from Gray-Level Histograms", IEEE Trans. SMC 9 (1979), equation 14.
 */
export function otsuThreshold(counts: ArrayLike<number>): number {
  let [total, sum] = [0, 0];
  for (let value = 0; value < counts.length; value++) {
    total += counts[value]!;
    sum += value * counts[value]!;
  }
  let [below, belowSum, most, threshold] = [0, 0, 0, 0];
  for (let value = 0; value < counts.length; value++) {
    below += counts[value]!;
    belowSum += value * counts[value]!;
    const variance = (total * belowSum - below * sum) ** 2 / (below * (total - below));
    if (!(variance > most)) continue; // not a number where a class is empty
    most = variance;
    threshold = value;
  }
  return threshold;
}
