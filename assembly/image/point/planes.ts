import { loadPlane, storePlane } from "../../lane/plane";
import {
  Affine,
  Alpha,
  ColorStep,
  curve,
  FromHue,
  Matrix,
  PLANE,
  Power,
  Round,
  Threshold,
  ToHue,
  ValueStep,
} from "./steps";

/** Pixels that are computed at a time. */
const STRIP: usize = 256;

/**
 * What becomes of the pixels of a picture of any format, its channels wherever they are.
 *
 *   job   16-aligned: the words below, 64 in all; then five rows of 256 f32 as scratch
 *
 *     0 height  1 width  of the target
 *     2 how many steps   3 their address
 *     4 channels read   5 channels written
 *     6 format of the source   7 of the target: lane/plane.ts
 *     8 height  9 width  of the source, of which a block of  10 rows × 11 columns  is averaged for each pixel
 *     16 …   for each channel read: 0 address, 1 row, 2 pixel (strides in bytes, any sign), 3 kind: 0, or 1 and 2 where
 *            it has half the width and half the height, or 4 where 0 is a number, f32, for all pixels
 *     32 …   for each channel written: 0 address, 1 row, 2 pixel
 *     for each step: 0 which, 1 the address of its parameters, 2 the first channel that it changes and 3 how many,
 *            where it takes each alone
 *
 * A strip of a row is read as a whole, then written, so source and target may be the same picture. Whole numbers that
 * are not computed with come through as they are.
 */
export function planes_items(job: usize): void {
  const height = load<usize>(job);
  const width = load<usize>(job, 4);
  const first = load<usize>(job, 12);
  const end = first + (load<usize>(job, 8) << 4);
  const read = load<usize>(job, 16);
  const written = load<usize>(job, 20);
  const sourceFormat = load<i32>(job, 24);
  const format = load<i32>(job, 28);
  const planes = job + 256;
  for (let y: usize = 0; y < height; y++) {
    for (let x: usize = 0; x < width; x += STRIP) {
      const count = min(width - x, STRIP);
      for (let c: usize = 0; c < read; c++) {
        const from = job + 64 + (c << 4);
        const plane = planes + c * PLANE;
        const kind = load<usize>(from, 12);
        const step = load<usize>(from, 8);
        if (kind == 4) fill(plane, load<f32>(from), count);
        else if (kind != 0) {
          const row = load<usize>(from) + (kind >> 1 ? y >> 1 : y) * load<usize>(from, 4);
          const halved = kind & 1;
          loadPlane(plane, row + (x >> halved) * step, step, (count + halved) >> halved, sourceFormat);
          if (halved) spread(plane, count);
        } else loadBlock(plane, job, from, y, x, count, sourceFormat);
      }
      for (let step = first; step != end; step += 16) change(planes, count, step);
      for (let c: usize = 0; c < written; c++) {
        const to = job + 128 + (c << 4);
        const step = load<isize>(to, 8);
        const row = load<usize>(to) + y * load<usize>(to, 4) + x * <usize>step;
        storePlane(row, step, planes + c * PLANE, count, format);
      }
    }
  }
}

function fill(plane: usize, value: f32, count: usize): void {
  for (const end = plane + 4 * count; plane < end; plane += 16) v128.store(plane, f32x4.splat(value));
}

/** Each of a half as many, twice. */
function spread(plane: usize, count: usize): void {
  for (let i = count; i > 0; i--) store<f32>(plane + 4 * (i - 1), load<f32>(plane + 4 * ((i - 1) >> 1)));
}

/** The mean of a block for each pixel. At the end of a row or column what is there stands for what is not. */
function loadBlock(plane: usize, job: usize, from: usize, y: usize, x: usize, count: usize, format: i32): void {
  const rows = load<usize>(job, 40);
  const columns = load<usize>(job, 44);
  const last = load<usize>(job, 36) - 1;
  const pixel = load<usize>(from, 8);
  const step = columns * pixel;
  const spare = job + 256 + 4 * PLANE;
  for (let j: usize = 0; j < rows; j++) {
    const row = load<usize>(from) + min(y * rows + j, load<usize>(job, 32) - 1) * load<usize>(from, 4);
    for (let i: usize = 0; i < columns; i++) {
      const first = i + j == 0;
      const to = first ? plane : spare;
      const start = row + (x * columns + i) * pixel;
      // Without the last one, where its column is beyond the row.
      const whole = (x + count - 1) * columns + i > last ? count - 1 : count;
      loadPlane(to, start, step, whole, format);
      if (whole < count) loadPlane(to + 4 * whole, row + last * pixel, step, 1, format);
      if (first) continue;
      for (let k: usize = 0; k < 4 * count; k += 16) {
        v128.store(plane + k, f32x4.add(v128.load(plane + k), v128.load(spare + k)));
      }
    }
  }
  const scale = f32x4.splat(1 / <f32>(rows * columns));
  if (rows * columns == 1) return;
  for (let k: usize = 0; k < 4 * count; k += 16) v128.store(plane + k, f32x4.mul(v128.load(plane + k), scale));
}

function change(planes: usize, count: usize, step: usize): void {
  const p = load<usize>(step, 4);
  const from = planes + load<usize>(step, 8) * PLANE;
  const to = from + load<usize>(step, 12) * PLANE;
  switch (load<i32>(step)) {
    case 0:
      eachValue<Affine>(from, to, count, p);
      break;
    case 1:
      eachValue<Power>(from, to, count, p);
      break;
    case 2:
      eachValue<Threshold>(from, to, count, p);
      break;
    case 3:
      eachValue<Round>(from, to, count, p);
      break;
    case 4:
      curve(from, count, p);
      break;
    case 5:
      eachColor<Matrix>(planes, count, p);
      break;
    case 6:
      eachColor<Alpha>(planes, count, p);
      break;
    case 7:
      eachColor<ToHue>(planes, count, p);
      break;
    default:
      eachColor<FromHue>(planes, count, p);
  }
}

function eachValue<S extends ValueStep>(plane: usize, end: usize, count: usize, p: usize): void {
  for (; plane != end; plane += PLANE) {
    for (let at = plane; at < plane + 4 * count; at += 16) {
      v128.store(at, changetype<S>(0).apply(v128.load(at), p));
    }
  }
}

function eachColor<S extends ColorStep>(planes: usize, count: usize, p: usize): void {
  for (const end = planes + 4 * count; planes < end; planes += 16) changetype<S>(0).apply(planes, p);
}
