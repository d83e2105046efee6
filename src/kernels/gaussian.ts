import { show, ValueError } from "../errors.ts";
import type { Check } from "../options.ts";
import type { Term } from "./window.ts";

/**
 * Weights of a Gaussian from −radius to radius, which add up to 1: exp(−i² / 2 sigma²), radius = floor(truncate × sigma
 * + 0.5). Source: scipy.ndimage.gaussian_filter.
 */
export function gaussianWeights(sigma: number, truncate: number): number[] {
  const radius = Math.floor(truncate * sigma + 0.5);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    sigma > 0 ? Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)) : 1,
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Weights of a line around its middle, along a row or down a column. */
export const along = (weights: readonly number[]): Term[] =>
  weights.map((weight, i) => [i - (weights.length >> 1), 0, weight]);
export const down = (weights: readonly number[]): Term[] => along(weights).map(([x, , weight]) => [0, x, weight]);

/**
 * Two damped waves: decay, frequency, and the weights of cosine and sine, for sigma 1.
 *
 * Source: R. Deriche, "Recursively implementing the Gaussian and its derivatives", INRIA report 1893 (1993), order 4.
 */
const WAVES = [
  [1.783, 0.6318, 1.68, 3.735],
  [1.723, 1.997, -0.6803, -0.2598],
] as const;

/** For each wave the complex factor from item to item, and its weights; on a line of ones the result is 1. */
export function gaussianWaves(sigma: number): number[] {
  let sum = 0;
  const waves = WAVES.map(([decay, frequency, cos, sin]) => {
    const size = Math.exp(-decay / sigma);
    const [re, im] = [size * Math.cos(frequency / sigma), size * Math.sin(frequency / sigma)].map(Math.fround) as [number, number]; // prettier-ignore
    // The real part of (cos − sin i) × (1 + p) / (1 − p), p being re + im i.
    const norm = (1 - re) ** 2 + im ** 2;
    sum += (cos * (1 - re * re - im * im) + sin * 2 * im) / norm;
    return [re, im, cos, sin] as const;
  });
  return waves.flatMap(([re, im, cos, sin]) => [re, im, cos / sum, sin / sum]);
}

/** A number from 0 up, or two of them. */
export const positive: Check = (value) => !((value as number) >= 0 && Number.isFinite(value)) && "a number from 0";

/** Standard deviations of a Gaussian in both directions. @throws ValueError */
export function sigmasOf(sigma: unknown, operation: string): [x: number, y: number] {
  const { x, y } = (typeof sigma === "object" && sigma !== null ? sigma : { x: sigma, y: sigma }) as Record<
    string,
    unknown
  >;
  for (const one of [x, y]) {
    const takes = positive(one);
    if (takes) throw new ValueError(operation, `sigma is ${show(one)}`, `sigma takes ${takes}, or { x, y } of two`);
  }
  return [x as number, y as number];
}
