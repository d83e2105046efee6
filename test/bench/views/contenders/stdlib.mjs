// @stdlib/ndarray through its base packages, the quickest doors it has.
import { createRequire } from "node:module";
import { bytes, floats, FORMATS, integers, sizes } from "../data.mjs";

const { HEIGHT, MADE, N, SIDE, WIDTH } = sizes;

export const name = "@stdlib/ndarray";

export function load() {
  const require = createRequire(import.meta.url);
  const base = (part) => require(`@stdlib/ndarray/base/${part}`);
  const [Slice, MultiSlice] = [require("@stdlib/slice/ctor"), require("@stdlib/slice/multi")];
  return {
    ndarray: base("ctor"),
    assign: base("assign"),
    fill: base("fill"),
    forEach: base("for-each"),
    transpose: base("transpose"),
    values: require("@stdlib/ndarray/iter/values"),
    view: (array, ...keys) => base("slice")(array, new MultiSlice(...keys), true, false),
    range: (start, stop, step) => new Slice(start, stop, step),
  };
}

const line = ({ ndarray }, region) => ndarray("float32", floats(region, N), [N], [1], 0, "row-major");
const every3 = ({ ndarray }, region) => ndarray("float32", floats(region, 3 * N), [N], [3], 0, "row-major");
const plane = ({ ndarray }, region) =>
  ndarray("float32", floats(region, SIDE * SIDE), [SIDE, SIDE], [SIDE, 1], 0, "row-major");

export function serve({ ndarray, assign, fill, transpose, view, range }) {
  for (const [, type, Items] of FORMATS) {
    const v = ndarray(type, new Items(4096), [4096], [1], 0, "row-major");
    const w = ndarray(type, new Items(4096), [64, 64], [64, 1], 0, "row-major");
    const other = ndarray(type, new Items(4096), [64, 64], [64, 1], 0, "row-major");
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 4096; i++) v.set(i, v.get(i));
      for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) w.set(y, x, w.get(y, x));
      assign([transpose(w, false), other]);
      view(w, range(0, 64, 2), range(0, 64, 3));
    }
    fill(v, 1);
  }
}

export const rows = {
  get1d(library) {
    const v = line(library, "line");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get(i);
      return sum;
    };
  },
  set1d(library) {
    const v = line(library, "target");
    return () => {
      for (let i = 0; i < N; i++) v.set(i, i * 0.5);
    };
  },
  set1dInteger({ ndarray }) {
    const v = ndarray("int32", integers("target", N), [N], [1], 0, "row-major");
    return () => {
      for (let i = 0; i < N; i++) v.set(i, i);
    };
  },
  getStep3(library) {
    const v = every3(library, "sparse");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get(i);
      return sum;
    };
  },
  columns(library) {
    const v = plane(library, "plane");
    return () => {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) sum += v.get(y, x);
      return sum;
    };
  },
  iterate(library) {
    const v = line(library, "line");
    return () => {
      let sum = 0;
      for (const item of library.values(v)) sum += item;
      return sum;
    };
  },
  transpose(library) {
    const [from, to] = [plane(library, "plane"), plane(library, "target")];
    return () => void library.assign([library.transpose(from, false), to]);
  },
  regionSum(library) {
    const v = plane(library, "plane");
    const { forEach, view, range } = library;
    return () => {
      let sum = 0;
      forEach([view(v, range(100, 900, 2), range(50, 950, 3))], (item) => {
        sum += item;
      });
      return sum;
    };
  },
  slice1d(library) {
    const v = line(library, "line");
    const { view, range } = library;
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += view(v, range(i, i + 16, 1)).shape[0];
      return sum;
    };
  },
  slice2d(library) {
    const v = plane(library, "plane");
    const { view, range } = library;
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) {
        const y = i & 511;
        sum += view(v, range(y, y + 200, 2), range(y, y + 150, 3)).shape[0];
      }
      return sum;
    };
  },
  copy(library) {
    const [from, to] = [line(library, "line"), line(library, "target")];
    return () => void library.assign([from, to]);
  },
  gather(library) {
    const [from, to] = [every3(library, "sparse"), line(library, "target")];
    return () => void library.assign([from, to]);
  },
  scatter(library) {
    const [from, to] = [line(library, "line"), every3(library, "target")];
    return () => void library.assign([from, to]);
  },
  fill(library) {
    const v = line(library, "target");
    return () => void library.fill(v, 1.5);
  },
  fillStep3(library) {
    const v = every3(library, "target");
    return () => void library.fill(v, 1.5);
  },
  channel({ ndarray, assign, view }) {
    const shape = [HEIGHT, WIDTH, 4];
    const frame = ndarray("uint8", bytes("frame"), shape, [WIDTH * 4, 4, 1], 0, "row-major");
    const to = ndarray("uint8", bytes("channel"), [HEIGHT, WIDTH], [WIDTH, 1], 0, "row-major");
    return () => void assign([view(frame, null, null, 1), to]);
  },
};
