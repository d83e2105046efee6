import { show, ValueError } from "../errors.ts";

/**
 * A monotone cubic through points, as pieces of five numbers: where it starts, and the coefficients of 1, t, t² and t³
 * from there. It is level before the first point and after the last.
 *
 * Source: Fritsch and Carlson, "Monotone Piecewise Cubic Interpolation", SIAM J. Numer. Anal. 17 (1980), with the slopes
 * of the secants' mean, limited to a circle of radius 3.
 *
 * @throws ValueError unless there are points [x, y] from 0 to 1, x ascending.
 */
export function cubicPieces(points: unknown, name: string, operation: string): number[] {
  const given = Array.isArray(points) ? points.map((point) => (Array.isArray(point) ? [...point] : [])) : [];
  const x = given.map((point) => point[0] as number);
  const y = given.map((point) => point[1] as number);
  given.forEach((point, i) => {
    const fits = point.length === 2 && [x[i], y[i]].every((v) => typeof v === "number" && v >= 0 && v <= 1);
    if (fits && (i === 0 || x[i]! > x[i - 1]!)) return;
    const problem = `point ${i} of ${name} is [${point.map(show).join(", ")}]`;
    throw new ValueError(operation, problem, "points are [x, y] from 0 to 1, each x above the last");
  });
  if (x.length === 0) throw new ValueError(operation, `${name} is ${show(points)}`, "pass a list of points [x, y]");

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
