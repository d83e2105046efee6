import { at, type PlainPicture } from "./picture.ts";

/*
 * The scalar references of the point kernels: the same integers in plain loops. What the tests compare with, bit for
 * bit, and what the benchmarks call the plain JavaScript loop.
 */

/** 255 − v of the first `colors` channels; the others are copied. */
export function invert(target: PlainPicture, source: PlainPicture, colors: number): void {
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      for (let c = 0; c < source.channels; c++) {
        const value = source.bytes[at(source, y, x, c)]!;
        target.bytes[at(target, y, x, c)] = c < colors ? 255 - value : value;
      }
    }
  }
}

/** clamp((v × factor + offset) >> shift) of the first `colors` channels; the others are copied. */
export function brightness(
  target: PlainPicture,
  source: PlainPicture,
  colors: number,
  { factor, offset, shift }: { factor: number; offset: number; shift: number },
): void {
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      for (let c = 0; c < source.channels; c++) {
        const value = source.bytes[at(source, y, x, c)]!;
        const scaled = Math.min(Math.max((value * factor + offset) >> shift, 0), 255);
        target.bytes[at(target, y, x, c)] = c < colors ? scaled : value;
      }
    }
  }
}

/** (r × red + g × green + b × blue + 16384) >> 15, into one channel or three; alpha is copied. */
export function grayscale(
  target: PlainPicture,
  source: PlainPicture,
  [red, green, blue]: readonly [number, number, number],
): void {
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      const [r, g, b] = [0, 1, 2].map((c) => source.bytes[at(source, y, x, c)]!) as [number, number, number];
      const luma = (r * red + g * green + b * blue + 16384) >> 15;
      const alpha = source.channels === 4 ? source.bytes[at(source, y, x, 3)]! : 0;
      for (let c = 0; c < target.channels; c++) target.bytes[at(target, y, x, c)] = c === 3 ? alpha : luma;
    }
  }
}
