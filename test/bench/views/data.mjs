// The bytes that every contender works on: one WebAssembly memory, the same addresses for all who can view it.
import { seeded } from "../harness.mjs";

/**
 * Taken apart with `const { N } = sizes` where loops use them: an imported binding is read again in every iteration, which
 * made the DataView loops up to four times slower than they are.
 */
export const sizes = {
  /** Items of a line, of a plane's side; records; views made in one run. */
  N: 1_000_000,
  SIDE: 1024,
  RECORDS: 100_000,
  MADE: 100_000,
  /** A video frame, RGBA. */
  HEIGHT: 1080,
  WIDTH: 1920,
  /** How often a memory grows in one run, and how many views of it are read again each time. */
  GROWTHS: 200,
  LIVE: 64,
  /** `<HfIq`, packed, in bytes: unaligned on purpose. */
  RECORD: 18,
};
const { N, SIDE, RECORDS, HEIGHT, WIDTH, RECORD } = sizes;

/** Codes of `struct`, names and arrays of the eight item formats that a program in the "mixed" state has used. */
export const FORMATS = [
  ["b", "int8", Int8Array],
  ["B", "uint8", Uint8Array],
  ["h", "int16", Int16Array],
  ["H", "uint16", Uint16Array],
  ["i", "int32", Int32Array],
  ["I", "uint32", Uint32Array],
  ["f", "float32", Float32Array],
  ["d", "float64", Float64Array],
];

const SIZES = {
  line: N * 4, //           float32
  twin: N * 4, //           the same items
  sparse: N * 12, //        float32, of which every third is looked at
  plane: SIDE * SIDE * 4, // float32, rows
  turned: SIDE * SIDE * 4, // the same, columns first
  target: N * 12, //        where results go
  little: RECORDS * RECORD,
  big: RECORDS * RECORD,
  frame: HEIGHT * WIDTH * 4,
  channel: HEIGHT * WIDTH,
};

export const memory = new WebAssembly.Memory({ initial: 1024, maximum: 2048 });

/** Address of each region. */
export const at = {};
let top = 65536;
for (const [name, bytes] of Object.entries(SIZES)) {
  at[name] = top;
  top = (top + bytes + 63) & ~63;
}

export const floats = (region, length) => new Float32Array(memory.buffer, at[region], length);
export const integers = (region, length) => new Int32Array(memory.buffer, at[region], length);
export const bytes = (region, length = SIZES[region]) => new Uint8Array(memory.buffer, at[region], length);

// Eighths below 128: sums of a million of them are exact in double precision, in any order.
const random = seeded(7);
const eighth = () => Math.floor(random() * 1024) / 8;
floats("line", N).forEach((_, i, items) => (items[i] = eighth()));
floats("twin", N).set(floats("line", N));
floats("sparse", 3 * N).forEach((_, i, items) => (items[i] = eighth()));
const plane = floats("plane", SIDE * SIDE);
const turned = floats("turned", SIDE * SIDE);
for (let y = 0; y < SIDE; y++) {
  for (let x = 0; x < SIDE; x++) turned[x * SIDE + y] = plane[y * SIDE + x] = eighth();
}
bytes("frame").forEach((_, i, items) => (items[i] = random() * 256));
const all = new DataView(memory.buffer);
for (let i = 0; i < RECORDS; i++) {
  const [h, f, integer] = [random() * 65536, eighth(), random() * 2 ** 32];
  const q = BigInt(Math.floor((random() - 0.5) * 2 ** 40));
  for (const [region, little] of [
    ["little", true],
    ["big", false],
  ]) {
    const address = at[region] + i * RECORD;
    all.setUint16(address, h, little);
    all.setFloat32(address + 2, f, little);
    all.setUint32(address + 6, integer, little);
    all.setBigInt64(address + 10, q, little);
  }
}
