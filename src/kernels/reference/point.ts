import type { PlainPicture } from "./picture.ts";

/*
 * The scalar references of the point kernels: the same integers in plain loops, for pictures of any strides. What the
 * tests compare with, bit for bit.
 */

/** 255 − v of the first `colors` channels; the others are copied. */
export function invert(target: PlainPicture, source: PlainPicture, colors: number): void {
  const { bytes: to, row: toRow, pixel: toPixel, item: toItem } = target;
  const { bytes: from, row, pixel, item, height, width, channels } = source;
  for (let y = 0, t = target.offset, s = source.offset; y < height; y++, t += toRow, s += row) {
    for (let c = 0; c < channels; c++) {
      const flip = c < colors ? 255 : 0;
      for (let x = 0, i = t + c * toItem, j = s + c * item; x < width; x++, i += toPixel, j += pixel) {
        to[i] = from[j]! ^ flip;
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
  const { bytes: to, row: toRow, pixel: toPixel, item: toItem } = target;
  const { bytes: from, row, pixel, item, height, width, channels } = source;
  for (let y = 0, t = target.offset, s = source.offset; y < height; y++, t += toRow, s += row) {
    for (let c = 0; c < channels; c++) {
      for (let x = 0, i = t + c * toItem, j = s + c * item; x < width; x++, i += toPixel, j += pixel) {
        const value = from[j]!;
        const scaled = (value * factor + offset) >> shift;
        to[i] = c >= colors ? value : scaled < 0 ? 0 : scaled > 255 ? 255 : scaled;
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
  const { bytes: to, row: toRow, pixel: toPixel, item: toItem, channels } = target;
  const { bytes: from, row, pixel, item, height, width } = source;
  for (let y = 0, t = target.offset, s = source.offset; y < height; y++, t += toRow, s += row) {
    for (let x = 0, i = t, j = s; x < width; x++, i += toPixel, j += pixel) {
      const luma = (from[j]! * red + from[j + item]! * green + from[j + 2 * item]! * blue + 16384) >> 15;
      if (channels === 4) to[i + 3 * toItem] = from[j + 3 * item]!;
      to[i] = luma;
      if (channels === 1) continue;
      to[i + toItem] = luma;
      to[i + 2 * toItem] = luma;
    }
  }
}

/** Four rows of the words of `matrixFixed`, as `pixels_u8` applies them; an alpha that is not there is 255. */
export function matrix(target: PlainPicture, source: PlainPicture, words: readonly number[]): void {
  const { bytes: to, row: toRow, pixel: toPixel, item: toItem, channels } = target;
  const { bytes: from, row, pixel, item, height, width } = source;
  const low = (word: number): number => (word << 16) >> 16;
  for (let y = 0, t = target.offset, s = source.offset; y < height; y++, t += toRow, s += row) {
    for (let x = 0, i = t, j = s; x < width; x++, i += toPixel, j += pixel) {
      const [r, g, b] = [from[j]!, from[j + item]!, from[j + 2 * item]!];
      const a = channels === 4 ? from[j + 3 * item]! : 255;
      for (let c = 0; c < channels; c++) {
        const [redBlue, greenAlpha, plus] = words.slice(3 * c, 3 * c + 3) as [number, number, number];
        const colors = r * low(redBlue) + g * low(greenAlpha) + b * (redBlue >> 16) + a * (greenAlpha >> 16);
        to[i + c * toItem] = Math.min(Math.max((colors + plus) >> words[12]!, 0), 255);
      }
    }
  }
}
