// @thi.ng/tensors, on the registries that have it.
import { bytes, floats, FORMATS, integers, sizes } from "../data.mjs";

const { HEIGHT, MADE, N, SIDE, WIDTH } = sizes;

export const name = "@thi.ng/tensors";

export const load = () => import("@thi.ng/tensors");

const on = ({ tensor }, data, shape, stride, type = "f32") => tensor(type, shape, { data, copy: false, stride });
const line = (library, region) => on(library, floats(region, N), [N]);
const every3 = (library, region) => on(library, floats(region, 3 * N), [N], [3]);
const plane = (library, region) => on(library, floats(region, SIDE * SIDE), [SIDE, SIDE]);

export function serve(library) {
  for (const [, type, Items] of FORMATS) {
    const short = type.replace(/[a-z]+/, (word) => word[0]);
    const v = on(library, new Items(4096), [4096], undefined, short);
    const w = on(library, new Items(4096), [64, 64], undefined, short);
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 4096; i++) v.set([i], v.get([i]));
      for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) w.set([y, x], w.get([y, x]));
      library.set(w, w.transpose([1, 0]));
    }
  }
}

export const rows = {
  get1d(library) {
    const v = line(library, "line");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get([i]);
      return sum;
    };
  },
  set1d(library) {
    const v = line(library, "target");
    return () => {
      for (let i = 0; i < N; i++) v.set([i], i * 0.5);
    };
  },
  set1dInteger(library) {
    const v = on(library, integers("target", N), [N], undefined, "i32");
    return () => {
      for (let i = 0; i < N; i++) v.set([i], i);
    };
  },
  getStep3(library) {
    const v = every3(library, "sparse");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get([i]);
      return sum;
    };
  },
  columns(library) {
    const v = plane(library, "plane");
    return () => {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) sum += v.get([y, x]);
      return sum;
    };
  },
  iterate(library) {
    const v = line(library, "line");
    return () => {
      let sum = 0;
      for (const item of v) sum += item;
      return sum;
    };
  },
  transpose(library) {
    const [from, to] = [plane(library, "plane"), plane(library, "target")];
    return () => void library.set(to, from.transpose([1, 0]));
  },
  regionSum(library) {
    const v = plane(library, "plane");
    return () => library.sum(v.crop([100, 50], [800, 900]).step([2, 3]));
  },
  slice1d(library) {
    const v = line(library, "line");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += v.crop([i], [16]).shape[0];
      return sum;
    };
  },
  slice2d(library) {
    const v = plane(library, "plane");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) {
        const y = i & 511;
        sum += v.crop([y, y], [200, 150]).step([2, 3]).shape[0];
      }
      return sum;
    };
  },
  copy(library) {
    const [from, to] = [line(library, "line"), line(library, "target")];
    return () => void library.set(to, from);
  },
  gather(library) {
    const [from, to] = [every3(library, "sparse"), line(library, "target")];
    return () => void library.set(to, from);
  },
  scatter(library) {
    const [from, to] = [line(library, "line"), every3(library, "target")];
    return () => void library.set(to, from);
  },
  fill(library) {
    const v = line(library, "target");
    return () => void v.fill(1.5);
  },
  fillStep3(library) {
    const v = every3(library, "target");
    return () => void v.fill(1.5);
  },
  channel(library) {
    const frame = on(library, bytes("frame"), [HEIGHT, WIDTH, 4], undefined, "u8");
    const to = on(library, bytes("channel"), [HEIGHT, WIDTH], undefined, "u8");
    return () => void library.set(to, frame.pick([-1, -1, 1]));
  },
  equal(library) {
    const [a, b] = [line(library, "line"), line(library, "twin")];
    return () => (a.equiv(b) ? 1 : 0);
  },
  equalTurned(library) {
    const [a, b] = [plane(library, "plane"), plane(library, "turned")];
    return () => (a.equiv(b.transpose([1, 0])) ? 1 : 0);
  },
};
