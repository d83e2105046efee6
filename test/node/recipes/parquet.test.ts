import { Bool, Float64, makeVector, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { LinearMemory, ReleasedError } from "linearview";
import { type ArrowColumn, fromArrow } from "linearview/interop";
import * as parquet from "parquet-wasm";
import { expect, test } from "vitest";

const ROWS = 1000;
const numbers = Array.from({ length: ROWS }, (_, i) => i);
const table = (scale = 1): Table =>
  new Table({
    id: makeVector(Int32Array.from(numbers, (i) => 7 * i)),
    wide: makeVector(BigInt64Array.from(numbers, (i) => -(2n ** 60n) + BigInt(i))),
    ratio: vectorFromArray(numbers.map((i) => (i % 3 ? (i * scale) / 4 : null)), new Float64()), // prettier-ignore
    odd: vectorFromArray(numbers.map((i) => (i % 5 ? i % 2 === 1 : null)), new Bool()), // prettier-ignore
    name: vectorFromArray(numbers.map((i) => (i % 7 ? `é${i}` : null)), new Utf8()), // prettier-ignore
  });
const fileOf = (made: Table): Uint8Array =>
  parquet.writeParquet(parquet.Table.fromIPCStream(tableToIPC(made, "stream")));
const file = fileOf(table());
const NAMES = ["id", "wide", "ratio", "odd", "name"];

/** A column as Arrow's own JavaScript has it, by an IPC stream. */
const streamed = (batch: { intoIPCStream(): Uint8Array }, name: string): unknown[] => [
  ...tableFromIPC(batch.intoIPCStream()).getChild(name)!,
];

/** A batch whose structures the module frees with `ffi`. */
const borrow = (ffi: { arrayAddr(i: number): number; schemaAddr(): number }, i = 0): ArrowColumn =>
  fromArrow(parquet, { array: ffi.arrayAddr(i), schema: ffi.schemaAddr(), owned: "none" });

/** Makes the module's memory grow, by its own doing. */
function growByReading(): void {
  const memory = parquet.wasmMemory() as WebAssembly.Memory;
  const { buffer } = memory;
  const held: parquet.Table[] = [];
  while (memory.buffer === buffer) held.push(parquet.readParquet(file));
  for (const one of held) one.free();
}

test("every column is what Arrow's own reader makes of the IPC stream", () => {
  const read = parquet.readParquet(file);
  const ffi = read.toFFI();
  const batch = borrow(ffi);
  expect(batch.length).toBe(ROWS);
  for (const name of NAMES) expect(batch.child(name).toList()).toEqual(streamed(read.recordBatch(0)!, name));
  const ratio = batch.child("ratio");
  expect(ratio.nullCount).toBe(334);
  expect([ratio.validity!.get(0), ratio.validity!.get(1), ratio.values!.get(1)]).toEqual([false, true, 0.25]);
  ffi.free();
  read.free();
});

test("a slice that begins in the middle of a byte of bits has its own validity and booleans", () => {
  const read = parquet.readParquet(file);
  const slice = read.recordBatch(0)!.slice(13, 101);
  const ffi = slice.toFFI();
  const batch = borrow(ffi);
  expect([batch.length, batch.child("odd").offset]).toEqual([101, 13]);
  for (const name of NAMES) expect(batch.child(name).toList()).toEqual(streamed(slice.slice(0, 101), name));
  ffi.free();
  slice.free();
  read.free();
});

test("writes go into the table: values, validity and booleans are in what the module exports next", () => {
  const read = parquet.readParquet(file);
  const ffi = read.toFFI();
  const batch = borrow(ffi);
  const [ratio, odd] = [batch.child("ratio"), batch.child("odd")];
  ratio.values!.slice("1::3").fill(-0.5);
  ratio.validity!.set(0, true);
  ratio.values!.set(0, 42);
  ratio.validity!.set(2, false);
  odd.bits!.set(1, false);
  ffi.free();
  const batchNow = read.recordBatch(0)!;
  expect(streamed(batchNow, "ratio").slice(0, 5)).toEqual([42, -0.5, null, null, -0.5]);
  expect(streamed(read.recordBatch(0)!, "odd").slice(0, 4)).toEqual([null, false, false, true]);
  read.free();
});

test("columns go on when the module has grown its memory; a typed array taken before answers undefined", () => {
  const read = parquet.readParquet(file);
  const ffi = read.toFFI();
  const { values } = borrow(ffi).child("ratio");
  const array = values!.typedArray() as Float64Array;
  expect(array[4]).toBe(1);
  growByReading();
  expect(array[4]).toBe(undefined);
  expect(values!.get(4)).toBe(1);
  values!.set(4, 1.5);
  expect(streamed(read.recordBatch(0)!, "ratio")[4]).toBe(1.5);
  ffi.free();
  read.free();
});

test("several batches have one schema; each is an array of its own", () => {
  const two = parquet.Table.fromIPCStream(tableToIPC(table().concat(table(2)), "stream"));
  const ffi = two.toFFI();
  expect(ffi.numArrays()).toBe(2);
  expect(borrow(ffi, 0).child("ratio").get(4)).toBe(1);
  expect(borrow(ffi, 1).child("ratio").get(4)).toBe(2);
  ffi.free();
  two.free();
});

test("a batch that is ours ends with its release, which gives the memory back: a hundred do not make it grow", () => {
  const memory = parquet.wasmMemory() as WebAssembly.Memory;
  const once = (): number => {
    const ffi = parquet.readParquet(file).intoFFI();
    using batch = fromArrow(parquet, { array: ffi.arrayAddr(0), schema: ffi.schemaAddr() });
    const ratio = batch.child("ratio");
    const letGo = ratio.values!.hold();
    expect(() => batch.release()).toThrow(expect.objectContaining({ code: "ERR_EXPORTED" }));
    letGo();
    batch.release();
    expect(() => ratio.get(0)).toThrow(ReleasedError);
    expect(() => ratio.values!.get(0)).toThrow(ReleasedError);
    ffi.free(); // the structures themselves
    return memory.buffer.byteLength;
  };
  once();
  const after = once();
  for (let i = 0; i < 100; i++) expect(once()).toBe(after);
});

test("the module hides its allocator: its memory can be viewed, and is never grown from here", () => {
  const memory = LinearMemory.from(parquet);
  const { buffer } = memory.memory;
  expect(() => memory.alloc("B", 16)).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
  expect(() => memory.grow(65536)).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
  expect(memory.memory.buffer).toBe(buffer);
});
