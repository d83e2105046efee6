// What is measured, and what linearview promises for it. Ratios are against the hand-written loop.
import { sizes } from "./data.mjs";

const { GROWTHS, HEIGHT, LIVE, MADE, N, RECORDS, SIDE, WIDTH } = sizes;

/** A ratio that must hold in a fresh process and after eight item formats. */
const ratio = (fresh, mixed = fresh) => ({ fresh, mixed });
/** Bulk work: as fast as the loop in JavaScript, much faster where the kernels run on the memory. */
const bulk = { ...ratio(1), kernels: 0.6 };

/**
 * `items`: what one run touches. `bytes`: what it reads and writes. `output`: the region and bytes that must hold the
 * same afterwards whoever ran. `target`: at most this ratio, or `ns` for each item.
 */
export const ROWS = {
  get1d: { title: "get(i), float32", items: N, bytes: N * 4, target: ratio(1.1, 1.25) },
  set1d: { title: "set(i, i * 0.5), float32", items: N, bytes: N * 4, output: N * 4, target: ratio(1.1, 1.25) },
  set1dInteger: { title: "set(i, i), int32", items: N, bytes: N * 4, output: N * 4, target: ratio(1.1, 1.25) },
  getStep3: { title: "get(i) of every third float32", items: N, target: ratio(1.1, 1.25) },
  columns: { title: "get(y, x) down the columns, 1024 × 1024 float32", items: SIDE * SIDE, target: ratio(1.4) },
  iterate: { title: "for..of, float32", items: N, bytes: N * 4, target: ratio(1) },
  transpose: { title: "materialise a transpose, 1024 × 1024 float32", items: SIDE * SIDE, bytes: SIDE * SIDE * 8, output: SIDE * SIDE * 4, target: bulk }, // prettier-ignore
  regionSum: { title: "sum of [100:900:2, 50:950:3]", items: 400 * 300, target: bulk },
  recordLittle: { title: "H, f, I of packed little-endian records", items: RECORDS * 3, target: ratio(1.3) },
  recordBig: { title: "H, f, I of packed big-endian records", items: RECORDS * 3, target: ratio(1.3) },
  recordInt64: { title: "int64 of packed records, as number", items: RECORDS, target: ratio(0.2) },
  recordWrite: {
    title: "write I of packed little-endian records",
    items: RECORDS,
    output: RECORDS * 18,
    region: "little",
    target: ratio(1.4),
  },
  slice1d: { title: "make a slice", items: MADE, target: { ns: 30 } },
  slice2d: { title: "make a 2-d window with steps", items: MADE, target: { ns: 30 } },
  copy: { title: "packed to packed, float32", items: N, bytes: N * 8, output: N * 4, target: ratio(1.1) },
  gather: { title: "every third float32 to packed", items: N, output: N * 4, target: bulk },
  scatter: { title: "packed to every third float32", items: N, output: N * 12, target: bulk },
  fill: { title: "fill, packed float32", items: N, bytes: N * 4, output: N * 4, target: ratio(1.1) },
  fillStep3: { title: "fill every third float32", items: N, output: N * 12, target: bulk },
  channel: { title: "one channel of 1080p RGBA to a plane", items: HEIGHT * WIDTH, bytes: HEIGHT * WIDTH * 5, output: HEIGHT * WIDTH, region: "channel", target: bulk }, // prettier-ignore
  equal: { title: "equality of two packed lines, float32", items: N, bytes: N * 8, target: bulk },
  equalTurned: { title: "equality of a plane and a transposed view", items: SIDE * SIDE, bytes: SIDE * SIDE * 8, target: bulk }, // prettier-ignore
  growth: { title: `${GROWTHS} growths, ${LIVE} views read again after each`, items: GROWTHS * LIVE, target: ratio(1) },
};
