import { at, type PlainPicture } from "./picture.ts";

/** Fa and Fb, each a number + a factor × the other picture's alpha, of 0, 1 and −1. */
export type Factors = readonly [number, number, number, number];

/** (s × Fa + b × Fb) / 255 of premultiplied RGBA, rounded once and clamped; the same integers as the kernel's. */
export function composite(
  target: PlainPicture,
  source: PlainPicture,
  backdrop: PlainPicture,
  [a0, a1, b0, b1]: Factors,
): void {
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const fa = 255 * a0 + a1 * backdrop.bytes[at(backdrop, y, x, 3)]!;
      const fb = 255 * b0 + b1 * source.bytes[at(source, y, x, 3)]!;
      for (let c = 0; c < 4; c++) {
        const sum = source.bytes[at(source, y, x, c)]! * fa + backdrop.bytes[at(backdrop, y, x, c)]! * fb;
        target.bytes[at(target, y, x, c)] = Math.floor((Math.min(sum, 65025) + 127) / 255);
      }
    }
  }
}
