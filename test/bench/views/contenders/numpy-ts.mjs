// numpy-ts keeps arrays in a WebAssembly heap of its own: everything is copied in first, which is not timed here.
import { bytes, floats, FORMATS, integers, sizes } from "../data.mjs";

const { HEIGHT, MADE, N, SIDE, WIDTH } = sizes;

export const name = "numpy-ts (own heap)";
/** It adds in single precision. */
export const tolerance = 1e-4;

export const load = () => import("numpy-ts");

export function serve(np) {
  for (const [, , Items] of FORMATS) {
    const v = np.array(new Items(4096));
    const w = v.reshape(64, 64);
    for (let i = 0; i < 4096; i++) v.set([i], v.get([i]));
    for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) w.get([y, x]);
    for (let round = 0; round < 50; round++) {
      w.transpose().tobytes();
      np.array_equal(w, w.transpose());
      w.slice("0:64:2", "0:64:3").sum();
      v.slice("::3").fill(1);
    }
  }
}

const line = (np, region) => np.array(floats(region, N));
const plane = (np, region) => np.array(floats(region, SIDE * SIDE)).reshape(SIDE, SIDE);

/** A contender whose result has to be fetched from its own heap. */
const own = (run, array) => Object.assign(run, { output: () => array.tobytes() });

export const rows = {
  get1d(np) {
    const v = line(np, "line");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get([i]);
      return sum;
    };
  },
  set1d(np) {
    const v = np.zeros([N], "float32");
    return own(() => {
      for (let i = 0; i < N; i++) v.set([i], i * 0.5);
    }, v);
  },
  set1dInteger(np) {
    const v = np.array(integers("target", N));
    return own(() => {
      for (let i = 0; i < N; i++) v.set([i], i);
    }, v);
  },
  getStep3(np) {
    const v = np.array(floats("sparse", 3 * N)).slice("::3");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get([i]);
      return sum;
    };
  },
  columns(np) {
    const v = plane(np, "plane");
    return () => {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) sum += v.get([y, x]);
      return sum;
    };
  },
  iterate(np) {
    const v = line(np, "line");
    return () => {
      let sum = 0;
      for (const item of v) sum += item;
      return sum;
    };
  },
  transpose(np) {
    const [from, to] = [plane(np, "plane"), np.zeros([SIDE, SIDE], "float32")];
    return own(() => void np.copyto(to, from.transpose()), to);
  },
  regionSum(np) {
    const v = plane(np, "plane");
    return () => Number(v.slice("100:900:2", "50:950:3").sum());
  },
  slice1d(np) {
    const v = line(np, "line");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += v.slice(`${i}:${i + 16}`).shape[0];
      return sum;
    };
  },
  slice2d(np) {
    const v = plane(np, "plane");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) {
        const y = i & 511;
        sum += v.slice(`${y}:${y + 200}:2`, `${y}:${y + 150}:3`).shape[0];
      }
      return sum;
    };
  },
  copy(np) {
    const [from, to] = [line(np, "line"), np.zeros([N], "float32")];
    return own(() => void np.copyto(to, from), to);
  },
  gather(np) {
    const [from, to] = [np.array(floats("sparse", 3 * N)).slice("::3"), np.zeros([N], "float32")];
    return own(() => void np.copyto(to, from), to);
  },
  scatter(np) {
    const [from, to] = [line(np, "line"), np.zeros([3 * N], "float32")];
    return own(() => void np.copyto(to.slice("::3"), from), to);
  },
  fill(np) {
    const v = np.zeros([N], "float32");
    return own(() => void v.fill(1.5), v);
  },
  fillStep3(np) {
    const v = np.zeros([3 * N], "float32");
    return own(() => void v.slice("::3").fill(1.5), v);
  },
  channel(np) {
    const frame = np.array(bytes("frame")).reshape(HEIGHT, WIDTH, 4);
    const to = np.zeros([HEIGHT, WIDTH], "uint8");
    return own(() => void np.copyto(to, frame.slice(":", ":", "1")), to);
  },
  equal(np) {
    const [a, b] = [line(np, "line"), line(np, "twin")];
    return () => (np.array_equal(a, b) ? 1 : 0);
  },
  equalTurned(np) {
    const [a, b] = [plane(np, "plane"), plane(np, "turned")];
    return () => (np.array_equal(a, b.transpose()) ? 1 : 0);
  },
};
