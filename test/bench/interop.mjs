// Data of modules from npm by a view, beside the ecosystem's own route to the same numbers. What a program does each time
// is in the time of each: taking the view or the buffer, reading, giving it back. Words choose rows by how they begin; each
// runs in a process of its own, so that no loop has seen another row's arrays.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { LinearMemory, memoryview, record } from "../../dist/index.js";
import { captureMemory, discover, fromArrow, fromPyodide } from "../../dist/interop.js";
import { race, report } from "./harness.mjs";

const require = createRequire(import.meta.url);

function versionOf(name) {
  const path = require.resolve.paths(name).map((folder) => `${folder}/${name}/package.json`);
  for (const file of path) {
    try {
      return JSON.parse(readFileSync(file, "utf8")).version;
    } catch {} // the next folder up
  }
  return "of unknown version";
}

/** A few of the items that were copied. */
const sample = (items) => items[1] + items[items.length >> 1] + items[items.length - 1];

/** Sums are exact: all numbers here are multiples of 1/4, and small. */
function sum(items) {
  let total = 0;
  for (let i = 0; i < items.length; i++) total += items[i];
  return total;
}
function sumView(view) {
  let total = 0;
  for (let i = 0, { length } = view; i < length; i++) total += view.get(i);
  return total;
}

async function python(what) {
  const { loadPyodide } = await import("pyodide");
  const pyodide = await loadPyodide();
  const [count, many] = [10_000, 100_000];
  pyodide.runPython(`
import array, ctypes
class Point(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint16), ("x", ctypes.c_double), ("v", ctypes.c_float * 3), ("tag", ctypes.c_char * 5)]
points = (Point * ${count})()
for i, point in enumerate(points): point.x = i / 4
doubles = array.array("d", (i / 4 for i in range(${many})))
def column(): return [point.x for point in points]
`);
  const [points, doubles, column] = ["points", "doubles", "column"].map((name) => pyodide.globals.get(name));
  /** Runs `read` with what `open` gives, which is given back. */
  const within = (opened, close, read) => {
    const result = read(opened);
    close(opened);
    return result;
  };
  const release = (one) => one.release();
  const records = [
    {
      name: "linearview",
      run: () => within(fromPyodide(pyodide, points), release, (view) => sumView(view.field("x"))),
    },
    { name: "a list made in Python, toJs()", run: () => within(column(), (list) => list.destroy(), (list) => sum(list.toJs())) }, // prettier-ignore
    {
      name: "a proxy of each record",
      run() {
        let total = 0;
        for (let i = 0; i < count; i++) total += within(points.get(i), (point) => point.destroy(), (point) => point.x); // prettier-ignore
        return total;
      },
    },
  ];
  const plain = [
    { name: "linearview, get()", run: () => within(fromPyodide(pyodide, doubles), release, sumView) },
    { name: "linearview, typedArray()", run: () => within(fromPyodide(pyodide, doubles), release, (view) => sum(view.typedArray())) }, // prettier-ignore
    { name: "getBuffer()", run: () => within(doubles.getBuffer(), release, ({ data }) => sum(data)) },
    { name: "toJs(), a copy", run: () => sum(doubles.toJs()) },
  ];
  const name = `pyodide ${versionOf("pyodide")}:`;
  if (what === "records") {
    const title = `${name} a field of 10,000 ctypes records (getBuffer() and toJs() refuse them)`;
    report(title, { items: count }, race(records, 9));
  } else report(`${name} 100,000 doubles of an array.array`, { items: many, bytes: 8 * many }, race(plain));
}

async function parquet(what) {
  const arrow = await import("apache-arrow");
  const module = await import("parquet-wasm");
  const { parseRecordBatch } = await import("arrow-js-ffi");
  const rows = 100_000;
  const column = (name, step) => [name, Float64Array.from({ length: rows }, (_, i) => (i % 1000) * step)];
  const made = arrow.tableFromArrays(Object.fromEntries([column("x", 0.25), column("y", 1), column("z", 2)]));
  const file = module.writeParquet(module.Table.fromIPCStream(arrow.tableToIPC(made, "stream")));
  const table = module.readParquet(file, { batchSize: rows });
  const structures = (read) => {
    const ffi = table.toFFI();
    let total = 0;
    for (let i = 0; i < ffi.numArrays(); i++) {
      const batch = fromArrow(module, { array: ffi.arrayAddr(i), schema: ffi.schemaAddr(), owned: "none" });
      total += read(batch.child("x").values);
    }
    ffi.free();
    return total;
  };
  const parsed = (copy, read) => {
    const ffi = table.toFFI();
    let total = 0;
    for (let i = 0; i < ffi.numArrays(); i++) {
      const batch = parseRecordBatch(module.wasmMemory().buffer, ffi.arrayAddr(i), ffi.schemaAddr(), copy);
      total += read(batch.getChild("x"));
    }
    ffi.free();
    return total;
  };
  const stream = (read) => {
    let total = 0;
    for (let i = 0; i < table.numBatches; i++) {
      total += read(arrow.tableFromIPC(table.recordBatch(i).intoIPCStream()).getChild("x"));
    }
    return total;
  };
  const last = (column) => column.get(column.length - 1);
  const rivals = {
    column: [
      { name: "linearview, get()", run: () => structures(sumView) },
      { name: "linearview, typedArray()", run: () => structures((view) => sum(view.typedArray())) },
      { name: "arrow-js-ffi, dead after growth", run: () => parsed(false, (column) => sum(column.toArray())) },
      { name: "arrow-js-ffi, copied", run: () => parsed(true, (column) => sum(column.toArray())) },
      { name: "IPC stream, apache-arrow", run: () => stream((column) => sum(column.toArray())) },
    ],
    value: [
      { name: "linearview", run: () => structures((view) => view.get(-1)) },
      { name: "arrow-js-ffi, dead after growth", run: () => parsed(false, last) },
      { name: "arrow-js-ffi, copied", run: () => parsed(true, last) },
      { name: "IPC stream, apache-arrow", run: () => stream(last) },
    ],
  };
  const versions = `parquet-wasm ${versionOf("parquet-wasm")}, apache-arrow ${versionOf("apache-arrow")}, arrow-js-ffi ${versionOf("arrow-js-ffi")}`;
  const title = { column: "the sum of a column", value: "the last value of a column" }[what];
  report(`${versions}: ${title}, 100,000 rows of three`, { items: what === "value" ? 1 : rows }, race(rivals[what]));
}

async function rapier() {
  const capture = captureMemory({ filter: ({ exports }) => "reserve_memory" in exports });
  const RAPIER = await import("@dimforge/rapier3d-compat");
  await RAPIER.init();
  capture.stop();
  const world = new RAPIER.World({ x: 0, y: -9.75, z: 0 });
  const count = 10_000;
  const place = (i) => RAPIER.RigidBodyDesc.dynamic().setTranslation(i / 4, i / 2 + 1, -i);
  const bodies = Array.from({ length: count }, (_, i) => world.createRigidBody(place(i)));
  const read = () => bodies.map((body) => body.translation()).map(({ x, y, z }) => [x, y, z]);
  const before = performance.now();
  const [found] = discover(capture.memory, read(), { formats: ["f"], prove: { read } });
  const took = performance.now() - before;
  const positions = found.view();
  const instances = new Float32Array(3 * count);
  const target = memoryview(instances).reshape([count, 3]);
  const contenders = [
    { name: "linearview, assign()", run: () => (target.assign(positions), sample(instances)) },
    {
      name: "linearview, get()",
      run() {
        for (let i = 0, k = 0; i < count; i++) {
          for (let axis = 0; axis < 3; axis++) instances[k++] = positions.get(i, axis);
        }
        return sample(instances);
      },
    },
    {
      name: "translation() of each body",
      run() {
        for (let i = 0, k = 0; i < count; i++) {
          const { x, y, z } = bodies[i].translation();
          instances[k++] = x;
          instances[k++] = y;
          instances[k++] = z;
        }
        return sample(instances);
      },
    },
  ];
  report(`rapier3d ${versionOf("@dimforge/rapier3d-compat")}: 10,000 positions into an instancing array`, { items: count }, race(contenders)); // prettier-ignore
  console.log(`  found ${found.stride} bytes apart by discover() with a proof, once, in ${took.toFixed(0)} ms`);
}

async function opencv(what) {
  const { default: cv } = await import("@techstark/opencv-js");
  if (!cv.Mat) await new Promise((ready) => (cv.onRuntimeInitialized = ready));
  const picture = new cv.Mat(1080, 1920, cv.CV_8UC4);
  picture.data.forEach((_, i, data) => (data[i] = i * 7));
  const roi = picture.roi(new cv.Rect(700, 300, 400, 300));
  const pixels = 400 * 300;
  const window = { byteOffset: roi.data.byteOffset, shape: [300, 400, 4], strides: [...roi.step, 1] };
  const memory = LinearMemory.from(cv);
  const packed = new Uint8Array(4 * pixels);
  const out = memoryview(packed).reshape([300, 400, 4]);
  const copies = [
    { name: "linearview, assign()", run: () => (out.assign(memory.view(window)), sample(packed)) },
    {
      name: "copyTo() a Mat, its data",
      run() {
        const copy = new cv.Mat();
        roi.copyTo(copy);
        packed.set(copy.data);
        copy.delete();
        return sample(packed);
      },
    },
  ];
  const name = `opencv-js ${versionOf("@techstark/opencv-js")}: a region of 400 × 300 of 1080p RGBA`;
  const green = [
    {
      name: "linearview, get()",
      run() {
        const channel = memory.view(window).slice("..., 1");
        let total = 0;
        for (let y = 0; y < 300; y++) for (let x = 0; x < 400; x++) total += channel.get(y, x);
        return total;
      },
    },
    {
      name: "ucharAt()",
      run() {
        let total = 0;
        for (let y = 0; y < 300; y++) for (let x = 0; x < 400; x++) total += roi.ucharAt(y, 4 * x + 1);
        return total;
      },
    },
    {
      name: "copyTo() a Mat, its data",
      run() {
        const copy = new cv.Mat();
        roi.copyTo(copy);
        const { data } = copy;
        let total = 0;
        for (let i = 1; i < data.length; i += 4) total += data[i];
        copy.delete();
        return total;
      },
    },
  ];
  if (what === "region") {
    const title = `${name} into a packed array (roi.data has other pixels)`;
    report(title, { items: pixels, bytes: 8 * pixels }, race(copies));
  } else report(`${name}, the sum of one channel`, { items: pixels }, race(green));
}

async function harfbuzz() {
  const capture = captureMemory({ filter: ({ exports }) => "hb_shape" in exports });
  const hb = await import("harfbuzzjs");
  capture.stop();
  const memory = LinearMemory.from(capture.exports);
  const file = readFileSync(new URL("../fixtures/tiny.ttf", import.meta.url));
  const font = new hb.Font(new hb.Face(new hb.Blob(file)));
  const count = 10_000;
  const run = new hb.Buffer();
  run.addText("ABCDDCBABD".repeat(count / 10));
  run.guessSegmentProperties();
  hb.shape(font, run);
  const format = record({ xAdvance: "i", yAdvance: "i", xOffset: "i", yOffset: "i", own: "I" });
  const positions = () => {
    const byteOffset = capture.exports.hb_buffer_get_glyph_positions(run.ptr, 0);
    return memory.view({ byteOffset, format, shape: run.getLength() });
  };
  const contenders = [
    { name: "linearview", run: () => sumView(positions().field("xAdvance")) },
    {
      name: "getGlyphPositions()",
      run: () => run.getGlyphPositions().reduce((sum, { xAdvance }) => sum + xAdvance, 0),
    },
  ];
  report(`harfbuzzjs ${versionOf("harfbuzzjs")}: the advances of 10,000 glyphs`, { items: count }, race(contenders));
}

const ROWS = {
  "python records": () => python("records"),
  "python doubles": () => python("doubles"),
  "parquet column": () => parquet("column"),
  "parquet value": () => parquet("value"),
  rapier,
  "opencv region": () => opencv("region"),
  "opencv channel": () => opencv("channel"),
  harfbuzz,
};

const [row, ...others] = process.argv.slice(2);
if (ROWS[row] && others.length === 0) {
  await ROWS[row]();
  process.exit(0); // some of the modules keep timers
}
const words = [row ?? "", ...others];
for (const name of Object.keys(ROWS)) {
  if (!words.some((word) => name.startsWith(word))) continue;
  execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), name], { stdio: "inherit" });
}
