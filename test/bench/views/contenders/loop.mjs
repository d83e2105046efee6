// What a careful person writes by hand, without checks; every ratio is against this file.
import { at, bytes, floats, integers, memory, sizes } from "../data.mjs";

const { GROWTHS, LIVE, MADE, N, RECORD, RECORDS, SIDE } = sizes;

export const name = "hand-written loop";

/** The least a window of a plane can be, where nothing is checked. */
const windowOf = (items, first, height, width, rowStep, step) => ({ items, first, height, width, rowStep, step });

export const rows = {
  get1d() {
    const items = floats("line", N);
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += items[i];
      return sum;
    };
  },
  set1d() {
    const items = floats("target", N);
    return () => {
      for (let i = 0; i < N; i++) items[i] = i * 0.5;
    };
  },
  set1dInteger() {
    const items = integers("target", N);
    return () => {
      for (let i = 0; i < N; i++) items[i] = i;
    };
  },
  getStep3() {
    const items = floats("sparse", 3 * N);
    return () => {
      let sum = 0;
      for (let i = 0, k = 0; k < N; k++, i += 3) sum += items[i];
      return sum;
    };
  },
  columns() {
    const items = floats("plane", SIDE * SIDE);
    return () => {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) sum += items[y * SIDE + x];
      return sum;
    };
  },
  iterate() {
    const items = floats("line", N);
    return () => {
      let sum = 0;
      for (const item of items) sum += item;
      return sum;
    };
  },
  /** Eight rows at a time: twice as fast as the plain double loop. */
  transpose() {
    const [from, to] = [floats("plane", SIDE * SIDE), floats("target", SIDE * SIDE)];
    return () => {
      for (let y = 0; y < SIDE; y += 8) {
        for (let x = 0, i = y * SIDE, k = y; x < SIDE; x++, i++, k += SIDE) {
          to[k] = from[i];
          to[k + 1] = from[i + SIDE];
          to[k + 2] = from[i + 2 * SIDE];
          to[k + 3] = from[i + 3 * SIDE];
          to[k + 4] = from[i + 4 * SIDE];
          to[k + 5] = from[i + 5 * SIDE];
          to[k + 6] = from[i + 6 * SIDE];
          to[k + 7] = from[i + 7 * SIDE];
        }
      }
    };
  },
  regionSum() {
    const items = floats("plane", SIDE * SIDE);
    return () => {
      let sum = 0;
      for (let y = 0, row = 100 * SIDE + 50; y < 400; y++, row += 2 * SIDE) {
        for (let x = 0, i = row; x < 300; x++, i += 3) sum += items[i];
      }
      return sum;
    };
  },
  recordLittle() {
    const first = at.little;
    const all = new DataView(memory.buffer);
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) {
        sum += all.getUint16(p, true) + all.getFloat32(p + 2, true) + all.getUint32(p + 6, true);
      }
      return sum;
    };
  },
  recordBig() {
    const first = at.big;
    const all = new DataView(memory.buffer);
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) {
        sum += all.getUint16(p) + all.getFloat32(p + 2) + all.getUint32(p + 6);
      }
      return sum;
    };
  },
  recordInt64() {
    const first = at.little + 10;
    const all = new DataView(memory.buffer);
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) sum += Number(all.getBigInt64(p, true));
      return sum;
    };
  },
  recordWrite() {
    const first = at.little + 6;
    const all = new DataView(memory.buffer);
    return () => {
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) all.setUint32(p, i, true);
    };
  },
  slice1d() {
    const items = floats("line", N);
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += items.subarray(i, i + 16).length;
      return sum;
    };
  },
  slice2d() {
    const items = floats("plane", SIDE * SIDE);
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) {
        const y = i & 511;
        sum += windowOf(items, y * SIDE + y, 100, 50, 2 * SIDE, 3).height;
      }
      return sum;
    };
  },
  copy() {
    const [from, to] = [floats("line", N), floats("target", N)];
    return () => to.set(from);
  },
  gather() {
    const [from, to] = [floats("sparse", 3 * N), floats("target", N)];
    return () => {
      for (let i = 0, k = 0; k < N; k++, i += 3) to[k] = from[i];
    };
  },
  scatter() {
    const [from, to] = [floats("line", N), floats("target", 3 * N)];
    return () => {
      for (let i = 0, k = 0; k < N; k++, i += 3) to[i] = from[k];
    };
  },
  fill() {
    const items = floats("target", N);
    return () => void items.fill(1.5);
  },
  fillStep3() {
    const items = floats("target", 3 * N);
    return () => {
      for (let i = 0; i < 3 * N; i += 3) items[i] = 1.5;
    };
  },
  channel() {
    const [from, to] = [bytes("frame"), bytes("channel")];
    return () => {
      for (let i = 1, k = 0; k < to.length; k++, i += 4) to[k] = from[i];
    };
  },
  equal() {
    const [a, b] = [floats("line", N), floats("twin", N)];
    return () => {
      for (let i = 0; i < N; i++) if (a[i] !== b[i]) return 0;
      return 1;
    };
  },
  equalTurned() {
    const [a, b] = [floats("plane", SIDE * SIDE), floats("turned", SIDE * SIDE)];
    return () => {
      for (let y = 0; y < SIDE; y += 8) {
        for (let x = 0, i = y * SIDE, k = y; x < SIDE; x++, i++, k += SIDE) {
          if (
            b[k] !== a[i] ||
            b[k + 1] !== a[i + SIDE] ||
            b[k + 2] !== a[i + 2 * SIDE] ||
            b[k + 3] !== a[i + 3 * SIDE] ||
            b[k + 4] !== a[i + 4 * SIDE] ||
            b[k + 5] !== a[i + 5 * SIDE] ||
            b[k + 6] !== a[i + 6 * SIDE] ||
            b[k + 7] !== a[i + 7 * SIDE]
          ) {
            return 0;
          }
        }
      }
      return 1;
    };
  },
  /** The usual discipline: compare the buffer before every use, and make the array again. */
  growth() {
    return () => {
      const own = new WebAssembly.Memory({ initial: 1, maximum: 4096 });
      const views = Array.from({ length: LIVE }, (_, k) => new Float32Array(own.buffer, k * 256, 64));
      views.forEach((view, k) => (view[0] = k));
      let sum = 0;
      for (let time = 0; time < GROWTHS; time++) {
        own.grow(1);
        const { buffer } = own;
        for (let k = 0; k < LIVE; k++) {
          if (views[k].buffer !== buffer) views[k] = new Float32Array(buffer, k * 256, 64);
          sum += views[k][0];
        }
      }
      return sum;
    };
  },
};
