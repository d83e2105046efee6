// A vector of Apache Arrow over the same bytes: reading only.
import { floats, FORMATS, sizes } from "../data.mjs";

const { MADE, N } = sizes;

export const name = "apache-arrow";

export const load = () => import("apache-arrow");

export function serve({ makeVector }) {
  for (const [, , Items] of FORMATS) {
    const v = makeVector(new Items(4096));
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 4096; i++) v.get(i);
      for (const item of v) if (item !== 0) return;
    }
  }
}

export const rows = {
  get1d({ makeVector }) {
    const v = makeVector(floats("line", N));
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get(i);
      return sum;
    };
  },
  iterate({ makeVector }) {
    const v = makeVector(floats("line", N));
    return () => {
      let sum = 0;
      for (const item of v) sum += item;
      return sum;
    };
  },
  slice1d({ makeVector }) {
    const v = makeVector(floats("line", N));
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += v.slice(i, i + 16).length;
      return sum;
    };
  },
};
