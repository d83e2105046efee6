// scijs: a class for each item type and rank, made with `new Function`; unchecked, bound to the buffer of the moment.
import { bytes, floats, FORMATS, integers, sizes } from "../data.mjs";

const { GROWTHS, HEIGHT, LIVE, MADE, N, SIDE, WIDTH } = sizes;

export const name = "scijs ndarray";

export async function load() {
  const [ndarray, operations] = await Promise.all([import("ndarray"), import("ndarray-ops")]);
  return { ndarray: ndarray.default, operations: operations.default };
}

export function serve({ ndarray, operations }) {
  for (const [, , Items] of FORMATS) {
    const v = ndarray(new Items(4096));
    const w = ndarray(new Items(4096), [64, 64]);
    const other = ndarray(new Items(4096), [64, 64]);
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 4096; i++) v.set(i, v.get(i));
      for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) w.set(y, x, w.get(y, x));
      operations.assign(other, w.transpose(1, 0));
      operations.equals(other, w.transpose(1, 0));
      operations.assigns(w.lo(1, 1).step(2, 3), 1);
      operations.sum(w);
    }
  }
}

const square = [SIDE, SIDE];
const line = ({ ndarray }, region) => ndarray(floats(region, N));
const every3 = ({ ndarray }, region) => ndarray(floats(region, 3 * N)).step(3);
const plane = ({ ndarray }, region) => ndarray(floats(region, SIDE * SIDE), square);

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
    const v = ndarray(integers("target", N));
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
  transpose(library) {
    const [from, to] = [plane(library, "plane"), plane(library, "target")];
    return () => void library.operations.assign(to, from.transpose(1, 0));
  },
  regionSum(library) {
    const v = plane(library, "plane");
    return () => library.operations.sum(v.lo(100, 50).hi(800, 900).step(2, 3));
  },
  slice1d(library) {
    const v = line(library, "line");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += v.lo(i).hi(16).shape[0];
      return sum;
    };
  },
  slice2d(library) {
    const v = plane(library, "plane");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) {
        const y = i & 511;
        sum += v.lo(y, y).hi(200, 150).step(2, 3).shape[0];
      }
      return sum;
    };
  },
  copy(library) {
    const [from, to] = [line(library, "line"), line(library, "target")];
    return () => void library.operations.assign(to, from);
  },
  gather(library) {
    const [from, to] = [every3(library, "sparse"), line(library, "target")];
    return () => void library.operations.assign(to, from);
  },
  scatter(library) {
    const [from, to] = [line(library, "line"), every3(library, "target")];
    return () => void library.operations.assign(to, from);
  },
  fill(library) {
    const v = line(library, "target");
    return () => void library.operations.assigns(v, 1.5);
  },
  fillStep3(library) {
    const v = every3(library, "target");
    return () => void library.operations.assigns(v, 1.5);
  },
  channel({ ndarray, operations }) {
    const frame = ndarray(bytes("frame"), [HEIGHT, WIDTH, 4]);
    const to = ndarray(bytes("channel"), [HEIGHT, WIDTH]);
    return () => void operations.assign(to, frame.pick(-1, -1, 1));
  },
  equal(library) {
    const [a, b] = [line(library, "line"), line(library, "twin")];
    return () => (library.operations.equals(a, b) ? 1 : 0);
  },
  equalTurned(library) {
    const [a, b] = [plane(library, "plane"), plane(library, "turned")];
    return () => (library.operations.equals(a, b.transpose(1, 0)) ? 1 : 0);
  },
  /** The user compares buffers and makes the arrays again. */
  growth({ ndarray }) {
    return () => {
      const own = new WebAssembly.Memory({ initial: 1, maximum: 4096 });
      const views = Array.from({ length: LIVE }, (_, k) => ndarray(new Float32Array(own.buffer, k * 256, 64)));
      views.forEach((view, k) => view.set(0, k));
      let sum = 0;
      for (let time = 0; time < GROWTHS; time++) {
        own.grow(1);
        const { buffer } = own;
        for (let k = 0; k < LIVE; k++) {
          if (views[k].data.buffer !== buffer) views[k] = ndarray(new Float32Array(buffer, k * 256, 64));
          sum += views[k].get(0);
        }
      }
      return sum;
    };
  },
};
