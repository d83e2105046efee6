// One view task in this process: `node views.mjs TASK [used]`. With `used`, the library first serves eight item formats
// in one- and two-dimensional views, as a program does that has been running for a while.
import { memoryview } from "../../dist/index.js";
import { race, report, seeded } from "./harness.mjs";

const N = 1_000_000;
const SIDE = 1024;
const memory = new WebAssembly.Memory({ initial: 512 });
const random = seeded(7);
const at = (slot) => 65536 + slot * 4 * 1024 * 1024;
const raw = (slot, length = N) => new Float32Array(memory.buffer, at(slot), length);
const view = (slot, shape = [N], strides) =>
  memoryview(memory, { byteOffset: at(slot), format: "f", shape, ...(strides && { strides }) });
for (const slot of [0, 1, 2]) raw(slot).forEach((_, i, items) => (items[i] = Math.floor(random() * 1024) / 8));
raw(1).set(raw(0));

/** scijs/ndarray, the rival, where it is installed. */
const ndarray = await import("ndarray").then(
  (module) => module.default,
  () => undefined,
);
const operations = await import("ndarray-ops").then(
  (module) => module.default,
  () => undefined,
);
const rival = (name, run) => (ndarray && operations ? [{ name: `ndarray ${name}`, run }] : []);

function use() {
  let sum = 0;
  for (const format of ["b", "B", "h", "H", "i", "I", "f", "d"]) {
    const line = memoryview(memory, { format, shape: [4096] });
    const plane = memoryview(memory, { format, shape: [64, 64] });
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 4096; i++) {
        sum += line.get(i) + plane.get(i >> 6, i & 63);
        line.set(i, 1);
      }
      line.slice([0, 2048]).assign(line.slice([2048, 4096, 1]));
      plane.transpose().toBytes();
    }
    line.get(-1);
    line.fill(0);
  }
  return sum;
}

/** The loops that a program without the library writes: functions of the arrays they are given. */
const loops = {
  fill(to, count, step, value) {
    for (let i = 0, k = 0; k < count; k++, i += step) to[i] = value;
  },
  gather(to, from, count, step) {
    for (let i = 0, k = 0; k < count; k++, i += step) to[k] = from[i];
  },
  transpose(to, from, side) {
    for (let y = 0, k = 0; y < side; y++) for (let x = 0; x < side; x++, k++) to[k] = from[x * side + y];
  },
  equal(a, b, count) {
    for (let i = 0; i < count; i++) if (a[i] !== b[i]) return false;
    return true;
  },
};

const TASKS = {
  get1d() {
    const items = raw(0);
    const v = view(0);
    const nd = ndarray?.(items);
    return [
      "get(i), 1-d float32, 1e6 items",
      { items: N, bytes: N * 4 },
      { name: "typed array loop", run: () => { let s = 0; for (let i = 0; i < N; i++) s += items[i]; return s; } }, // prettier-ignore
      { name: "linearview", run: () => { let s = 0; for (let i = 0; i < N; i++) s += v.get(i); return s; } }, // prettier-ignore
      ...rival("get", () => { let s = 0; for (let i = 0; i < N; i++) s += nd.get(i); return s; }), // prettier-ignore
    ];
  },
  set1d() {
    const items = raw(2);
    const v = view(2);
    const nd = ndarray?.(items);
    return [
      "set(i, value), 1-d float32, 1e6 items",
      { items: N, bytes: N * 4 },
      { name: "typed array loop", run: () => { for (let i = 0; i < N; i++) items[i] = i; return items[N - 1]; } }, // prettier-ignore
      { name: "linearview", run: () => { for (let i = 0; i < N; i++) v.set(i, i); return items[N - 1]; } }, // prettier-ignore
      ...rival("set", () => { for (let i = 0; i < N; i++) nd.set(i, i); return items[N - 1]; }), // prettier-ignore
    ];
  },
  get2d() {
    const items = raw(0, SIDE * SIDE);
    const v = view(0, [SIDE, SIDE]);
    const nd = ndarray?.(items, [SIDE, SIDE]);
    return [
      "get(y, x) down the columns, 1024 × 1024 float32",
      { items: SIDE * SIDE, bytes: SIDE * SIDE * 4 },
      { name: "typed array loop", run: () => { let s = 0; for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) s += items[y * SIDE + x]; return s; } }, // prettier-ignore
      { name: "linearview", run: () => { let s = 0; for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) s += v.get(y, x); return s; } }, // prettier-ignore
      ...rival("get", () => { let s = 0; for (let x = 0; x < SIDE; x++) for (let y = 0; y < SIDE; y++) s += nd.get(y, x); return s; }), // prettier-ignore
    ];
  },
  fill() {
    const items = raw(2);
    const v = view(2);
    const nd = ndarray?.(items);
    return [
      "fill, packed float32, 1e6 items",
      { items: N, bytes: N * 4 },
      { name: "TypedArray.fill", run: () => { items.fill(1.5); return items[N - 1]; } }, // prettier-ignore
      { name: "linearview", run: () => { v.fill(1.5); return items[N - 1]; } }, // prettier-ignore
      ...rival("assigns", () => { operations.assigns(nd, 1.5); return items[N - 1]; }), // prettier-ignore
    ];
  },
  fillStep3() {
    const count = Math.floor(N / 3);
    const items = raw(2);
    const v = view(2, [count], [12]);
    const nd = ndarray?.(items, [count], [3]);
    return [
      "fill, every third float32, 333,333 items",
      { items: count, bytes: count * 4 },
      { name: "typed array loop", run: () => { loops.fill(items, count, 3, 1.5); return items[0]; } }, // prettier-ignore
      { name: "linearview", run: () => { v.fill(1.5); return items[0]; } }, // prettier-ignore
      ...rival("assigns", () => { operations.assigns(nd, 1.5); return items[0]; }), // prettier-ignore
    ];
  },
  copy() {
    const [from, to] = [raw(0), raw(2)];
    const [v, w] = [view(0), view(2)];
    return [
      "assign, packed float32, 1e6 items",
      { items: N, bytes: N * 4 },
      { name: "TypedArray.set", run: () => { to.set(from); return to[N - 1]; } }, // prettier-ignore
      { name: "linearview", run: () => { w.assign(v); return to[N - 1]; } }, // prettier-ignore
      ...rival("assign", () => { operations.assign(ndarray(to), ndarray(from)); return to[N - 1]; }), // prettier-ignore
    ];
  },
  gather() {
    const count = Math.floor(N / 3);
    const [from, to] = [raw(0), raw(2)];
    const [v, w] = [view(0, [count], [12]), view(2, [count])];
    return [
      "assign, every third float32 to packed, 333,333 items",
      { items: count, bytes: count * 4 },
      { name: "typed array loop", run: () => { loops.gather(to, from, count, 3); return to[count - 1]; } }, // prettier-ignore
      { name: "linearview", run: () => { w.assign(v); return to[count - 1]; } }, // prettier-ignore
      ...rival("assign", () => { operations.assign(ndarray(to, [count]), ndarray(from, [count], [3])); return to[count - 1]; }), // prettier-ignore
    ];
  },
  transpose() {
    const [from, to] = [raw(0, SIDE * SIDE), raw(2, SIDE * SIDE)];
    const [v, w] = [view(0, [SIDE, SIDE]).transpose(), view(2, [SIDE, SIDE])];
    return [
      "assign of a transposed view, 1024 × 1024 float32",
      { items: SIDE * SIDE, bytes: SIDE * SIDE * 4 },
      { name: "typed array loop", run: () => { loops.transpose(to, from, SIDE); return to[5]; } }, // prettier-ignore
      { name: "linearview", run: () => { w.assign(v); return to[5]; } }, // prettier-ignore
      ...rival("assign", () => { operations.assign(ndarray(to, [SIDE, SIDE]), ndarray(from, [SIDE, SIDE]).transpose(1, 0)); return to[5]; }), // prettier-ignore
    ];
  },
  equal() {
    const [a, b] = [raw(0), raw(1)];
    const [v, w] = [view(0).cast("B").cast("I"), view(1).cast("B").cast("I")];
    return [
      "equals, packed uint32, 1e6 items",
      { items: N, bytes: N * 8 },
      { name: "typed array loop", run: () => (loops.equal(a, b, N) ? 1 : 0) }, // prettier-ignore
      { name: "linearview", run: () => (v.equals(w) ? 1 : 0) },
    ];
  },
  toBytes() {
    const items = new Uint8Array(memory.buffer, at(0), N * 4);
    const v = view(0);
    return [
      "toBytes, packed float32, 1e6 items",
      { items: N, bytes: N * 4 },
      { name: "Uint8Array.slice", run: () => items.slice()[N] },
      { name: "linearview", run: () => v.toBytes()[N] },
    ];
  },
};

export const taskNames = Object.keys(TASKS);

const [, script, task, state] = process.argv;
if (script?.endsWith("views.mjs") && task) {
  if (state === "used") globalThis.sink = use();
  for (const slot of [0, 1]) raw(slot).forEach((_, i, items) => (items[i] = (i * 37) % 1024));
  const [title, size, ...contenders] = TASKS[task]();
  report(`${title}${state === "used" ? ", after eight formats were in use" : ""}`, size, race(contenders));
}
