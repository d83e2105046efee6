import { at, type PlainPicture } from "./picture.ts";

/** The index that stands for index `i` of a line that goes on beyond both ends, by walking; −1 for the constant. */
export function inside(i: number, length: number, border: string): number {
  if (border === "constant") return i >= 0 && i < length ? i : -1;
  if (border === "nearest") return Math.min(Math.max(i, 0), length - 1);
  if (length === 1) return 0;
  const edge = border === "reflect" ? 1 : 0; // reflections repeat the end, mirrors do not
  while (i < 0 || i >= length) i = i < 0 ? -i - edge : 2 * length - 2 + edge - i;
  return i;
}

/** The mean of sizeX × sizeY pixels around each, rounded once, by the definition. Source and target lie apart. */
export function boxBlur(
  target: PlainPicture,
  source: PlainPicture,
  [sizeX, sizeY]: readonly [number, number],
  border: string,
  values: readonly number[],
): void {
  const [halfX, halfY] = [sizeX >> 1, sizeY >> 1];
  const { height, width, channels } = source;
  const read = (y: number, x: number, c: number): number => {
    const [row, column] = [inside(y, height, border), inside(x, width, border)];
    return row < 0 || column < 0 ? values[c]! : source.bytes[at(source, row, column, c)]!;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let j = -halfY; j <= halfY; j++) for (let i = -halfX; i <= halfX; i++) sum += read(y + j, x + i, c);
        target.bytes[at(target, y, x, c)] = Math.floor(sum / (sizeX * sizeY) + 0.5);
      }
    }
  }
}
