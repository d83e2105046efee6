// The library's strided kernels, instantiated on the memory that the views are of.
import { memoryview } from "../../../../dist/index.js";
import { loadStrided } from "../../../../dist/strided.js";
import { at, FORMATS, memory, sizes } from "../data.mjs";

const { HEIGHT, N, SIDE, WIDTH } = sizes;

export const name = "linearview/strided";

const line = (region, format = "f") => memoryview(memory, { byteOffset: at[region], format, shape: [N] });
const every3 = (region) => memoryview(memory, { byteOffset: at[region], format: "f", shape: [N], strides: [12] });
const plane = (region) => memoryview(memory, { byteOffset: at[region], format: "f", shape: [SIDE, SIDE] });

export const load = () => loadStrided(memory);

export function serve(strided) {
  for (const [format] of FORMATS) {
    const v = memoryview(memory, { byteOffset: at.target, format, shape: [64, 64] });
    const w = memoryview(memory, { byteOffset: at.target + 65536, format, shape: [64, 64] });
    for (let round = 0; round < 200; round++) {
      strided.fill(v.slice([0, 64, 2], [0, 64, 3]), 1);
      strided.copy(v.transpose(), w);
      strided.equals?.(v, w.transpose());
      strided.sum?.(v);
    }
  }
}

export const rows = {
  transpose(strided) {
    const [from, to] = [plane("plane"), plane("target")];
    return () => void strided.copy(from.transpose(), to);
  },
  regionSum(strided) {
    const v = plane("plane");
    return strided.sum && (() => strided.sum(v.slice([100, 900, 2], [50, 950, 3])));
  },
  copy(strided) {
    const [from, to] = [line("line"), line("target")];
    return () => void strided.copy(from, to);
  },
  gather(strided) {
    const [from, to] = [every3("sparse"), line("target")];
    return () => void strided.copy(from, to);
  },
  scatter(strided) {
    const [from, to] = [line("line"), every3("target")];
    return () => void strided.copy(from, to);
  },
  fill(strided) {
    const v = line("target");
    return () => void strided.fill(v, 1.5);
  },
  fillStep3(strided) {
    const v = every3("target");
    return () => void strided.fill(v, 1.5);
  },
  channel(strided) {
    const frame = memoryview(memory, { byteOffset: at.frame, shape: [HEIGHT, WIDTH, 4] });
    const to = memoryview(memory, { byteOffset: at.channel, shape: [HEIGHT, WIDTH] });
    return () => void strided.copy(frame.slice("..., 1"), to);
  },
  equal(strided) {
    const [a, b] = [line("line"), line("twin")];
    return strided.equals && (() => (strided.equals(a, b) ? 1 : 0));
  },
  equalTurned(strided) {
    const [a, b] = [plane("plane"), plane("turned")];
    return strided.equals && (() => (strided.equals(a, b.transpose()) ? 1 : 0));
  },
};
