import opencv from "@techstark/opencv-js";
import { LinearMemory, ReleasedError } from "linearview";
import { Lifetime, rebase } from "linearview/interop";
import { afterEach, beforeAll, expect, test } from "vitest";

const cv = opencv as any;
const mats: { isDeleted(): boolean; delete(): void }[] = [];
/** Deleted after the test. */
const keep = <T>(mat: T): T => (mats.push(mat as never), mat);
const malloc = (): number => {
  const address: number = cv._malloc(1000);
  cv._free(address);
  return address;
};
/** Takes blocks until the module's memory has grown, and gives them back. */
function growByMalloc(): void {
  const before = cv.HEAPU8.length;
  const blocks: number[] = [];
  while (cv.HEAPU8.length === before) blocks.push(cv._malloc(64 * 2 ** 20));
  blocks.forEach((address) => cv._free(address));
}

let free: number;
beforeAll(async () => {
  if (!cv.Mat) await new Promise<void>((ready) => (cv.onRuntimeInitialized = ready));
  free = malloc();
});
afterEach(() => {
  for (const mat of mats.splice(0)) if (!mat.isDeleted()) mat.delete();
  expect(malloc()).toBe(free);
  expect(LinearMemory.from(cv).stats().liveBlocks).toBe(0);
});

/** A picture whose pixel (y, x) is [y, x, y + x, 255], and 10 × 20 of it from (7, 5). */
function pictures() {
  const picture = keep(new cv.Mat(40, 60, cv.CV_8UC4));
  picture.data.set(Array.from({ length: 40 * 60 }, (_, i) => [i / 60, i % 60, i / 60 + (i % 60), 255]).flat());
  return { picture, roi: keep(picture.roi(new cv.Rect(5, 7, 20, 10))) };
}

/** The pixels of any Mat of bytes, in place. */
const pixelsOf = (mat: any, lifetime?: Lifetime) =>
  LinearMemory.from(cv).view({
    byteOffset: mat.data.byteOffset as number,
    shape: [mat.rows, mat.cols, mat.channels()],
    strides: [...mat.step, 1],
    ...(lifetime && { lifetime }),
  });

test("a region of interest is what OpenCV says of every pixel of it", () => {
  const { picture, roi } = pictures();
  const view = pixelsOf(roi);
  for (let y = 0; y < 10; y++) {
    for (let x = 0; x < 20; x++) expect(view.slice(y, x).toList()).toEqual([...picture.ucharPtr(y + 7, x + 5)]);
  }
  const copy = keep(new cv.Mat());
  roi.copyTo(copy);
  expect(view.toBytes()).toEqual(new Uint8Array(copy.data));
});

test("roi.data takes the padded rows for one: from the second on it shows pixels beside the region", () => {
  const { roi } = pictures();
  const view = pixelsOf(roi);
  expect(Array.from(roi.data.subarray(0, 80))).toEqual(view.slice(0).toList().flat());
  expect(Array.from(roi.data.subarray(80, 84))).toEqual([7, 25, 32, 255]);
  expect(view.get(1, 0, 0)).toBe(8);
});

test("what either side writes, the other one sees, and nothing beside the region changes", () => {
  const { picture, roi } = pictures();
  const view = pixelsOf(roi);
  const before = new Uint8Array(picture.data);
  view.fill(9);
  expect([...picture.ucharPtr(7, 5)]).toEqual([9, 9, 9, 9]);
  const changed = before.map((byte, i) => Number(picture.data[i] !== byte));
  expect(changed.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(800);
  expect([...picture.ucharPtr(7, 25)]).toEqual([7, 25, 32, 255]);
  roi.setTo(new cv.Scalar(1, 2, 3, 4));
  expect(view.slice("-1, -1").toList()).toEqual([1, 2, 3, 4]);
});

test("a view of a column, of a channel, upside down and mirrored is that of OpenCV's own copies", () => {
  const { roi } = pictures();
  const view = pixelsOf(roi);
  const turned = keep(new cv.Mat());
  for (const [code, axes] of [
    [0, [0]],
    [1, [1]],
    [-1, [0, 1]],
  ] as const) {
    cv.flip(roi, turned, code);
    expect(axes.reduce((flipped, axis) => flipped.flip(axis), view).toBytes()).toEqual(new Uint8Array(turned.data));
  }
  const planes = keep(new cv.MatVector());
  cv.split(roi, planes);
  expect(view.slice("..., 2").toBytes()).toEqual(new Uint8Array(keep(planes.get(2) as typeof turned).data));
  const column = keep(roi.col(3));
  expect(pixelsOf(column).equals(view.slice(":, 3:4"))).toBe(true);
});

test("numbers of other types: a column of a matrix of floats", () => {
  const matrix = keep(new cv.Mat(3, 5, cv.CV_32FC1));
  matrix.data32F.set(Array.from({ length: 15 }, (_, i) => i / 4));
  const column = keep(matrix.col(2));
  const { byteOffset } = column.data32F;
  const view = LinearMemory.from(cv).view({ byteOffset, format: "f", shape: [3], strides: [column.step[0]] });
  expect(view.toList()).toEqual([0.5, 1.75, 3]);
  view.set(1, -8);
  expect(matrix.floatAt(1, 2)).toBe(-8);
  expect(rebase(cv, matrix.data32F).get(7)).toBe(-8);
});

test("a view goes on when OpenCV's malloc has grown the memory; an array taken before is dead", () => {
  const { picture, roi } = pictures();
  const view = pixelsOf(roi);
  const { data } = roi;
  growByMalloc();
  expect([data.length, data[0]]).toEqual([0, undefined]);
  expect(view.get(0, 0, 0)).toBe(7);
  view.set(0, 0, 0, 70);
  expect(picture.ucharAt(7, 5 * 4)).toBe(70);
});

test("room is made by OpenCV's malloc alone: its own arrays stay alive", () => {
  const { roi } = pictures();
  const memory = LinearMemory.from(cv);
  const view = pixelsOf(roi);
  const heap = cv.HEAPU8;
  view.fill(1);
  using block = memory.alloc("f", [1000]);
  expect(view.count(1)).toBe(800);
  block.release();
  expect(cv.HEAPU8).toBe(heap);
  memory.grow(2 ** 28);
  expect(cv.HEAPU8.length).toBeGreaterThan(2 ** 28);
  expect([roi.data.length, roi.data[0], view.get(0, 0, 0)]).toEqual([800, 1, 1]);
});

test("a padded block of ours as a Mat: OpenCV writes to the pixels and not to the padding, and is asked first", () => {
  const memory = LinearMemory.from(cv);
  const rows = memory.alloc("B", [10, 64]).fill(0xee);
  const letGo = rows.hold();
  const mat = keep(new cv.Mat(10, 20, cv.CV_8UC1, rows.byteOffset, 64));
  mat.setTo(new cv.Scalar(7));
  expect(rows.slice(":, :20").count(7)).toBe(200);
  expect(rows.slice(":, 20:").count(0xee)).toBe(440);
  rows.set(3, 4, 99);
  expect(mat.ucharAt(3, 4)).toBe(99);
  expect(() => rows.release()).toThrow(expect.objectContaining({ code: "ERR_EXPORTED" }));
  mat.delete();
  letGo();
  rows.release();
});

test("what OpenCV frees: a lifetime that is told ends every view; without one a view shows the bytes of that address", () => {
  const { picture, roi } = pictures();
  const lifetime = new Lifetime("count", { name: "the picture" });
  const view = pixelsOf(roi, lifetime);
  const drop = lifetime.watch(() => [roi, picture].forEach((mat) => mat.delete()));
  const untold = pixelsOf(roi);
  drop();
  expect(() => view.slice(0)).toThrow(ReleasedError);
  expect(() => view.get(0, 0, 0)).toThrow("the picture ended with a call");
  expect(untold.get(0, 0, 3)).toBeTypeOf("number");
});
