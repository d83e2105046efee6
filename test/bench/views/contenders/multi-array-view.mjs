// A getter compiled for each view with `new Function`, the strides in it as literals; unchecked.
import { floats, FORMATS, integers, sizes } from "../data.mjs";

const { N, SIDE } = sizes;

export const name = "multi-array-view";

export async function load() {
  const module = await import("multi-array-view");
  return module.default?.default ?? module.default ?? module.MultiArrayView;
}

export function serve(MultiArrayView) {
  for (const [, , Items] of FORMATS) {
    const v = MultiArrayView.wrap(new Items(4096), [4096]);
    const w = MultiArrayView.wrap(new Items(4096), [64, 64]);
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 4096; i++) v.set(v.get(i), i);
      for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) w.set(w.get(y, x), y, x);
    }
  }
}

export const rows = {
  get1d(MultiArrayView) {
    const v = MultiArrayView.wrap(floats("line", N), [N]);
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get(i);
      return sum;
    };
  },
  set1d(MultiArrayView) {
    const v = MultiArrayView.wrap(floats("target", N), [N]);
    return () => {
      for (let i = 0; i < N; i++) v.set(i * 0.5, i);
    };
  },
  set1dInteger(MultiArrayView) {
    const v = MultiArrayView.wrap(integers("target", N), [N]);
    return () => {
      for (let i = 0; i < N; i++) v.set(i, i);
    };
  },
  columns(MultiArrayView) {
    const v = MultiArrayView.wrap(floats("plane", SIDE * SIDE), [SIDE, SIDE]);
    return () => {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) sum += v.get(y, x);
      return sum;
    };
  },
};
