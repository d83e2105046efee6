import type { MemoryView } from "linearview";

/** Size of the built-in picture. */
export const HEIGHT = 540;
export const WIDTH = 960;

/** Colour of one pixel of the built-in picture: rings over a gradient, from integers alone, so that every engine agrees. */
export function colorAt(x: number, y: number): [red: number, green: number, blue: number] {
  const [dx, dy] = [x - 600, y - 230];
  const ring = ((dx * dx + dy * dy) >> 9) & 63;
  const wave = ((x * 3 + y * 5) >> 4) & 15;
  return [
    40 + Math.floor((x * 170) / WIDTH) + (ring >> 1),
    60 + Math.floor((y * 120) / HEIGHT) + ring,
    150 - (ring << 1) + wave,
  ];
}

/** Draws the built-in picture straight into a block of linear memory. */
export function drawProcedural(picture: MemoryView<number>): void {
  const pixels = picture.typedArray();
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += 4) {
      [pixels[i], pixels[i + 1], pixels[i + 2]] = colorAt(x, y);
      pixels[i + 3] = 255;
    }
  }
}
