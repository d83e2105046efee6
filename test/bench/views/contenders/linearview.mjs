// The library in JavaScript: checked, growth-safe, and with nothing done by hand.
import { memoryview } from "../../../../dist/index.js";
import { at, FORMATS, memory, sizes } from "../data.mjs";

const { GROWTHS, HEIGHT, LIVE, MADE, N, RECORDS, SIDE, WIDTH } = sizes;

export const name = "linearview";

const line = (region, format = "f") => memoryview(memory, { byteOffset: at[region], format, shape: [N] });
const every3 = (region) => memoryview(memory, { byteOffset: at[region], format: "f", shape: [N], strides: [12] });
const plane = (region) => memoryview(memory, { byteOffset: at[region], format: "f", shape: [SIDE, SIDE] });

/** A cursor over the records of a region; nothing while the library has none. */
function cursor(region, options) {
  const order = region === "big" ? ">" : "<";
  const format = `T{${order}H:h:${order}f:f:${order}I:i:${order}q:q:}`;
  const view = memoryview(memory, { byteOffset: at[region], format, shape: [RECORDS] });
  return view.cursor?.(0, options);
}

export function serve() {
  for (const [format] of FORMATS) {
    const v = memoryview(memory, { byteOffset: at.target, format, shape: [4096] });
    const w = memoryview(memory, { byteOffset: at.target, format, shape: [64, 64] });
    const other = memoryview(memory, { byteOffset: at.target + 65536, format, shape: [64, 64] });
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 4096; i++) v.set(i, v.get(i));
      for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) w.set(y, x, w.get(y, x));
      for (const item of v.slice([0, 512])) v.set(0, item);
      v.slice([null, 2048]).assign(v.slice([2048, null]));
      other.assign(w.transpose());
      other.slice([0, 64, 2], [0, 64, 3]).fill(1);
      other.equals(w.transpose());
    }
    v.get(-1);
    v.fill(0);
    const records = memoryview(memory, { byteOffset: at.target, format: `T{<${format}:a:<H:b:}`, shape: [256] });
    const record = records.cursor?.();
    if (!record) continue;
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 256; i++) {
        record.moveTo(i);
        record.a = record.b & 1;
      }
    }
  }
}

export const rows = {
  get1d() {
    const v = line("line");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get(i);
      return sum;
    };
  },
  set1d() {
    const v = line("target");
    return () => {
      for (let i = 0; i < N; i++) v.set(i, i * 0.5);
    };
  },
  set1dInteger() {
    const v = line("target", "i");
    return () => {
      for (let i = 0; i < N; i++) v.set(i, i);
    };
  },
  getStep3() {
    const v = every3("sparse");
    return () => {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += v.get(i);
      return sum;
    };
  },
  columns() {
    const v = plane("plane");
    return () => {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) sum += v.get(y, x);
      return sum;
    };
  },
  iterate() {
    const v = line("line");
    return () => {
      let sum = 0;
      for (const item of v) sum += item;
      return sum;
    };
  },
  transpose() {
    const [from, to] = [plane("plane"), plane("target")];
    return () => void to.assign(from.transpose());
  },
  regionSum() {
    const v = plane("plane");
    return () => {
      const region = v.slice([100, 900, 2], [50, 950, 3]);
      const [height, width] = region.shape;
      let sum = 0;
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) sum += region.get(y, x);
      return sum;
    };
  },
  recordLittle() {
    const record = cursor("little");
    if (!record) return undefined;
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) {
        record.moveTo(i);
        sum += record.h + record.f + record.i;
      }
      return sum;
    };
  },
  recordBig() {
    const record = cursor("big");
    if (!record) return undefined;
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) {
        record.moveTo(i);
        sum += record.h + record.f + record.i;
      }
      return sum;
    };
  },
  recordInt64() {
    const record = cursor("little", { int64: "number" });
    if (!record) return undefined;
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) {
        record.moveTo(i);
        sum += record.q;
      }
      return sum;
    };
  },
  recordWrite() {
    const record = cursor("little");
    if (!record) return undefined;
    return () => {
      for (let i = 0; i < RECORDS; i++) {
        record.moveTo(i);
        record.i = i;
      }
    };
  },
  slice1d() {
    const v = line("line");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) sum += v.slice([i, i + 16]).length;
      return sum;
    };
  },
  slice2d() {
    const v = plane("plane");
    return () => {
      let sum = 0;
      for (let i = 0; i < MADE; i++) {
        const y = i & 511;
        sum += v.slice([y, y + 200, 2], [y, y + 150, 3]).length;
      }
      return sum;
    };
  },
  copy() {
    const [from, to] = [line("line"), line("target")];
    return () => void to.assign(from);
  },
  gather() {
    const [from, to] = [every3("sparse"), line("target")];
    return () => void to.assign(from);
  },
  scatter() {
    const [from, to] = [line("line"), every3("target")];
    return () => void to.assign(from);
  },
  fill() {
    const v = line("target");
    return () => void v.fill(1.5);
  },
  fillStep3() {
    const v = every3("target");
    return () => void v.fill(1.5);
  },
  channel() {
    const frame = memoryview(memory, { byteOffset: at.frame, shape: [HEIGHT, WIDTH, 4] });
    const to = memoryview(memory, { byteOffset: at.channel, shape: [HEIGHT, WIDTH] });
    return () => void to.assign(frame.slice("..., 1"));
  },
  equal() {
    const [a, b] = [line("line"), line("twin")];
    return () => (a.equals(b) ? 1 : 0);
  },
  equalTurned() {
    const [a, b] = [plane("plane"), plane("turned")];
    return () => (a.equals(b.transpose()) ? 1 : 0);
  },
  growth() {
    return () => {
      const own = new WebAssembly.Memory({ initial: 1, maximum: 4096 });
      const views = Array.from({ length: LIVE }, (_, k) =>
        memoryview(own, { byteOffset: k * 256, format: "f", shape: [64] }),
      );
      views.forEach((view, k) => view.set(0, k));
      let sum = 0;
      for (let time = 0; time < GROWTHS; time++) {
        own.grow(1);
        for (let k = 0; k < LIVE; k++) sum += views[k].get(0);
      }
      return sum;
    };
  },
};
