import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { fromRowPointers, Lifetime, RowPointers, toRowPointers } from "linearview/interop";
import { expect, test } from "vitest";
import { exportsOf, sceneModule } from "../memory/fixtures.ts";
import { failure } from "../support/failure.ts";

const PAGE = 65536;
const ramp = (height: number, width: number): number[][] =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => y * 10 + x));

/** The C module's own table of 4 rows of 6 bytes. */
function sceneRows() {
  const scene = exportsOf(sceneModule());
  const address = scene.rows_new(6, 4) as number;
  return { scene, address, rows: fromRowPointers(scene.memory, { byteOffset: address, rows: 4, shape: 6 }) };
}

test("row pointers: a C module's table reads as its rows, and what is written is in the module's memory", () => {
  const { scene, address, rows } = sceneRows();
  expect(rows).toBeInstanceOf(RowPointers);
  expect([rows.length, rows.toList()]).toEqual([4, ramp(4, 6)]);
  expect([rows.get(2, 3), rows.get(-1, -1), rows.row(1).toList()]).toEqual([23, 35, ramp(4, 6)[1]]);
  expect(Array.from(rows, (row) => row.get(0))).toEqual([0, 10, 20, 30]);
  rows.set(3, 5, 200);
  const pointers = new Uint32Array(scene.memory.buffer, address, 4);
  expect(new Uint8Array(scene.memory.buffer)[pointers[3]! + 5]).toBe(200);
  new Uint8Array(scene.memory.buffer)[pointers[2]!] = 99;
  expect(rows.get(2, 0)).toBe(99);
  scene.rows_free(address, 4);
  expect(scene.heap_live_blocks()).toBe(0);
});

test("row pointers: a pointer is read anew, so rows that the module swaps are followed; so is growth", () => {
  const { scene, address, rows } = sceneRows();
  const row = rows.row(0);
  const pointers = new Uint32Array(scene.memory.buffer, address, 4);
  [pointers[0], pointers[3]] = [pointers[3]!, pointers[0]!];
  expect([rows.get(0, 0), rows.get(3, 0), row.get(0)]).toEqual([30, 0, 0]);
  scene.grow_pages(3);
  scene.memory.grow(1);
  expect([rows.get(0, 5), rows.row(3).toList(), row.get(5)]).toEqual([35, ramp(1, 6)[0], 5]);
});

test("row pointers: a null pointer and one outside the memory are refused by the row's number, before anything is written", () => {
  const { scene, address, rows } = sceneRows();
  const pointers = new Uint32Array(scene.memory.buffer, address, 4);
  pointers[2] = 0;
  failure(() => rows.row(-2), "ERR_BOUNDS", "row(2)", "null");
  failure(() => rows.toList(), "ERR_BOUNDS", "row(2)");
  failure(() => rows.assign(7), "ERR_BOUNDS", "row(2)");
  pointers[2] = scene.memory.buffer.byteLength - 5;
  failure(() => rows.assign(7), "ERR_BOUNDS", "row(2)", scene.memory.buffer.byteLength);
  expect([rows.row(0).toList(), rows.row(3).toList()]).toEqual([ramp(4, 6)[0], ramp(4, 6)[3]]);
  failure(() => rows.row(4), "ERR_BOUNDS", 4);
  failure(() => rows.get(0, 6), "ERR_BOUNDS", 6);
});

test("row pointers: lists and views are assigned whole or not at all, and packed copies come out", () => {
  const { scene, rows } = sceneRows();
  const memory = LinearMemory.from(scene);
  failure(() => rows.assign([...ramp(3, 6), [0, 0, 0, 0, 0, 256]]), "ERR_VALUE", 256);
  failure(() => rows.assign(ramp(3, 6)), "ERR_LAYOUT");
  expect(rows.toList()).toEqual(ramp(4, 6));
  using packed = memory.alloc("B", [4, 6]);
  expect(rows.packed(packed)).toBe(packed);
  expect(packed.toList()).toEqual(ramp(4, 6));
  rows.assign(packed.slice("::-1"));
  expect(rows.toList()).toEqual(ramp(4, 6).reverse());
  expect(rows.assign([1, 2, 3, 4, 5, 6]).get(3, 5)).toBe(6);
  const copy = rows.packed();
  rows.row(0).fill(0);
  expect([copy.shape, copy.get(0, 0)]).toEqual([[4, 6], 1]);
  failure(() => rows.packed(memoryview(new Uint8Array(6))), "ERR_LAYOUT");
});

test("row pointers: formats, strides, suboffsets, pointers of 64 bits and read-only rows", () => {
  const bytes = new Uint8Array(256);
  const data = new DataView(bytes.buffer);
  [160n, 96n].forEach((pointer, i) => data.setBigUint64(16 + i * 8, pointer, true));
  const window = { byteOffset: 16, rows: 2, format: "<h", shape: [2, 2], strides: [16, -2], pointer: "Q", suboffset: 10 } as const; // prettier-ignore
  const rows = fromRowPointers(bytes, window);
  rows.assign([
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  ]);
  expect([data.getInt16(170, true), data.getInt16(168, true), data.getInt16(184, true)]).toEqual([1, 2, 4]);
  expect([rows.get(1, 1, 0), data.getInt16(122, true)]).toEqual([7, 7]);
  const readonly = fromRowPointers(bytes, { ...window, readonly: true });
  failure(() => readonly.assign(0), "ERR_READONLY");
  failure(() => readonly.set(0, 0, 0, 1), "ERR_READONLY");
  expect(readonly.toList()).toEqual(rows.toList());
  data.setBigUint64(16, 2n ** 63n, true);
  failure(() => rows.row(0), "ERR_BOUNDS", "row(0)");
});

test("row pointers: a table outside the memory, and windows that are none, are refused", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  failure(() => fromRowPointers(memory, { byteOffset: PAGE - 8, rows: 3, shape: 1 }), "ERR_BOUNDS", PAGE);
  failure(() => fromRowPointers(memory, { byteOffset: 16, shape: 1 } as never), "ERR_VALUE", "rows");
  failure(() => fromRowPointers(memory, { byteOffset: 16, rows: 1.5, shape: 1 }), "ERR_VALUE", 1.5);
  failure(() => fromRowPointers(memory, { byteOffset: 16, rows: 1 } as never), "ERR_LAYOUT", "shape");
  failure(() => fromRowPointers(memory, { rows: 1, shape: 1 } as never), "ERR_BOUNDS", "byteOffset");
  failure(() => fromRowPointers(memory, { byteOffset: 16, rows: 1, shape: 1, pointer: "H" } as never), "ERR_VALUE", "'I', 'Q'"); // prettier-ignore
  failure(() => fromRowPointers(memory, undefined as never), "ERR_VALUE", "undefined");
  failure(() => fromRowPointers(memory, { byteOffset: 16, rows: 1, shape: 1, suboffset: "4" } as never).row(0), "ERR_BOUNDS"); // prettier-ignore
  failure(() => fromRowPointers(memory, { byteOffset: 16, rows: 1, shape: 1, format: "Y" }), "ERR_FORMAT");
  expect(fromRowPointers(memory, { byteOffset: 16, rows: 0, shape: 3 }).toList()).toEqual([]);
});

test("row pointers: rows of a lifetime end with it", () => {
  const { scene, address } = sceneRows();
  const lifetime = new Lifetime("release", { name: "the rows" });
  const rows = fromRowPointers(scene.memory, { byteOffset: address, rows: 4, shape: 6, lifetime });
  const row = rows.row(1);
  lifetime.end();
  failure(() => row.get(0), "ERR_RELEASED", "the rows");
  failure(() => rows.row(1), "ERR_RELEASED", "the rows");
});

test("row pointers above 2 GiB: a table and rows there, through addresses as exports return them", () => {
  const memory = new WebAssembly.Memory({ initial: 2 ** 15 + 1 });
  const high = 2 ** 31 + 64;
  new Uint32Array(memory.buffer, high, 2).set([high + 256, high + 128]);
  const rows = fromRowPointers(memory, { byteOffset: high - 2 ** 32, rows: 2, shape: 3 });
  rows.set(1, 2, 77);
  expect(new Uint8Array(memory.buffer, high + 128, 3)).toEqual(new Uint8Array([0, 0, 77]));
});

test("toRowPointers: a view's rows as a table of addresses, that reads back as the view, both ways", () => {
  const scene = exportsOf(sceneModule());
  const memory = LinearMemory.from(scene);
  using image = memory.alloc("h", [3, 8]);
  const upsideDown = image.slice("::-1, 2:6") as MemoryView;
  using table = toRowPointers(memory, upsideDown);
  const pointers = [...new Uint32Array(scene.memory.buffer, table.byteOffset, 3)];
  expect(pointers).toEqual([2, 1, 0].map((y) => image.byteOffset + y * 16 + 4));
  expect(table.toList()).toEqual(pointers);
  const rows = fromRowPointers(scene.memory, { byteOffset: table.byteOffset, rows: 3, format: "h", shape: 4 });
  rows.set(0, 1, -5);
  expect([upsideDown.get(0, 1), image.get(2, 3)]).toEqual([-5, -5]);
});

test("toRowPointers: the block is kept while the table is, and all is given back", () => {
  const scene = exportsOf(sceneModule());
  const memory = LinearMemory.from(scene);
  const image = memory.alloc("B", [3, 8]);
  const table = toRowPointers(memory, image);
  expect(scene.heap_live_blocks()).toBe(2);
  failure(() => image.release(), "ERR_EXPORTED", "1 hold");
  table.release();
  table.release();
  failure(() => table.get(0), "ERR_RELEASED");
  const other = toRowPointers(memory, image);
  memory.free(other); // the table's bytes alone
  failure(() => image.release(), "ERR_EXPORTED");
  other.release();
  image.release();
  expect([scene.heap_live_blocks(), memory.stats().liveBlocks]).toEqual([0, 0]);
});

test("toRowPointers: another memory, rows that are not packed, and no room are refused, and nothing is left", () => {
  const memory = LinearMemory.create({ maximum: PAGE });
  const image = memory.alloc("B", [3, 8, 2]);
  failure(() => toRowPointers(LinearMemory.create(), image), "ERR_VALUE", "of this memory");
  failure(() => toRowPointers(memory, image.slice(":, :, 0")), "ERR_LAYOUT", "not packed");
  failure(() => toRowPointers(memory, memoryview(memory, { byteOffset: image.byteOffset, shape: [] })), "ERR_LAYOUT");
  failure(() => toRowPointers(memory, memory.view({ byteOffset: 0, shape: [PAGE / 2, 1] })), "ERR_ALLOCATION");
  expect(memory.stats().liveBlocks).toBe(1);
  image.release();
  expect(toRowPointers(memory, memory.view({ shape: [0, 4] })).length).toBe(0);
});

test("toRowPointers: when the table cannot be allocated nothing is held, and the next one works", () => {
  let fails = false;
  let top = 1024;
  const allocator = {
    align: 16,
    alloc: (bytes: number) => (fails ? 0 : (top += 4096) - Math.max(4096, bytes)),
    free() {},
  };
  const memory = LinearMemory.from(new WebAssembly.Memory({ initial: 2 }), { allocator });
  const view = memory.alloc("B", [3, 4]);
  fails = true;
  failure(() => toRowPointers(memory, view), "ERR_ALLOCATION", "12 bytes");
  expect(memory.stats().liveBlocks).toBe(1);
  fails = false;
  toRowPointers(memory, view).release();
  view.release();
  expect(memory.stats().liveBlocks).toBe(0);
});
