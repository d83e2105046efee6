import sqlite3InitModule from "@sqlite.org/sqlite-wasm";
import { calcsize, LinearMemory, memoryview, record, ReleasedError } from "linearview";
import { Lifetime } from "linearview/interop";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

let sqlite3: any;
let memory: LinearMemory;
let db: any;
let used: number;

/** Bytes that SQLite has allocated. */
const usedBytes = (): number =>
  memory.scope(({ alloc }) => {
    const pair = alloc("i", 2);
    const { capi } = sqlite3;
    capi.sqlite3_status(capi.SQLITE_STATUS_MEMORY_USED, pair.byteOffset, pair.byteOffset + 4, 0);
    return pair.get(0);
  });

beforeAll(async () => {
  sqlite3 = await sqlite3InitModule();
  memory = LinearMemory.from(sqlite3);
  new sqlite3.oo1.DB().close(); // what SQLite keeps for good
});
beforeEach(() => {
  used = usedBytes();
  db = new sqlite3.oo1.DB();
  expect(usedBytes()).toBeGreaterThan(used);
});
afterEach(() => {
  db.close();
  expect(memory.stats().liveBlocks).toBe(0);
  expect(usedBytes()).toBe(used);
});

const floats = Float32Array.from({ length: 12 }, (_, i) => i / 2);

/** Rows of a blob each, and the statement at the first of them. */
function statementOf(...blobs: ArrayBufferView[]) {
  db.exec("create table if not exists t (v blob)");
  for (const { buffer, byteOffset, byteLength } of blobs) {
    db.exec({ sql: "insert into t values (?)", bind: [new Uint8Array(buffer, byteOffset, byteLength)] });
  }
  const statement = db.prepare("select v from t");
  statement.step();
  return statement;
}

/** The blob of the row that a statement is at: until `step` or `end`, which are all that moves it on. */
function blobOf(statement: any, format: string, shape: readonly number[]) {
  const lifetime = new Lifetime("call", { name: "the row" });
  const byteOffset = sqlite3.capi.sqlite3_column_blob(statement.pointer, 0);
  const view = memory.view({ byteOffset, format, shape, lifetime });
  return {
    view,
    step: lifetime.watch(() => statement.step()),
    end: lifetime.watch(() => statement.finalize()),
  };
}

test("a blob is the matrix that was stored, in place", () => {
  const { view, end } = blobOf(statementOf(floats), "f", [3, 4]);
  expect(view.toList().flat()).toEqual([...floats]);
  expect(view.transpose().slice(1).toList()).toEqual([0.5, 2.5, 4.5]);
  expect(view.lifetime).toBe("call");
  end();
});

test("the row ends with the statement's next step: every view of it throws and names it", () => {
  const statement = statementOf(
    floats,
    floats.map((x) => -x),
  );
  const first = blobOf(statement, "f", [12]);
  const tail = first.view.slice("-2:");
  expect(first.step()).toBe(true);
  expect(() => tail.toList()).toThrow(ReleasedError);
  expect(() => first.view.get(0)).toThrow("the row ended with a call");
  const second = blobOf(statement, "f", [12]);
  expect(second.view.get(-1)).toBe(-5.5);
  expect(second.step()).toBe(false);
  expect(second.view.released).toBe(true);
  second.end();
});

test("a view of a blob goes on when SQLite has grown its memory", () => {
  const { view, end } = blobOf(statementOf(floats), "f", [3, 4]);
  const { buffer } = memory.memory;
  db.exec(`create table big (v blob); insert into big values (zeroblob(${buffer.byteLength}))`);
  expect(memory.memory.buffer).not.toBe(buffer);
  expect(view.toList().flat()).toEqual([...floats]);
  end();
});

/** A record of one of SQLite's C structures, from the module's own table of them. */
function layoutOf({ members }: any): string {
  const codes: Record<string, string> = { i: "i", j: "q", d: "d", C: "B" };
  const sorted = Object.entries<any>(members).sort(([, a], [, b]) => a.offset - b.offset);
  return record(sorted.map(([name, { signature }]) => [name, codes[signature] ?? "P"]));
}

test("every C structure of the module's table is a record of its size, with the members at their offsets", () => {
  const { structs } = sqlite3.wasm.ctype;
  expect(structs.length).toBeGreaterThan(9);
  for (const struct of structs) {
    const layout = layoutOf(struct);
    expect([struct.name, calcsize(layout)]).toEqual([struct.name, struct.sizeof]);
    const view = memory.view({ byteOffset: 1024, format: layout, shape: [] });
    for (const [name, { offset, sizeof }] of Object.entries<any>(struct.members)) {
      const field = view.field(name);
      expect([name, field.byteOffset, field.itemsize]).toEqual([name, 1024 + offset, sizeof]);
    }
  }
});

test("a structure of ours, filled by name, goes to a C function, and what that writes is read by name", () => {
  const layout = layoutOf(sqlite3.wasm.ctype.structs.find(({ name }: any) => name === "WasmTestStruct"));
  using one = memory.alloc(layout, []);
  one.set({ v4: 21, ppV: one.byteOffset, cstr: 0, v8: 2n ** 53n, xFunc: 0 });
  sqlite3.wasm.exports.sqlite3__wasm_test_struct(one.byteOffset);
  expect(one.get()).toMatchObject({ v4: 42, v8: 84n });
});

test("the default VFS of the module: its names and sizes, by the same table", () => {
  const vfs = sqlite3.capi.sqlite3_vfs_find(0);
  const layout = layoutOf(sqlite3.wasm.ctype.structs.find(({ name }: any) => name === "sqlite3_vfs"));
  const fields = memory.view({ byteOffset: vfs, format: layout, shape: [] }).get() as Record<string, number>;
  const own = new sqlite3.capi.sqlite3_vfs(vfs);
  for (const name of ["iVersion", "szOsFile", "mxPathname", "zName", "xOpen"]) {
    expect([name, fields[name]]).toEqual([name, own[`$${name}`]]);
  }
  own.dispose();
});

test("a whole database as one block of ours: its big-endian header is a record, live while SQL runs", () => {
  db.exec("create table t (x); insert into t values (1)");
  const bytes: Uint8Array = sqlite3.capi.sqlite3_js_db_export(db);
  const block = memory.alloc("B", bytes.length);
  block.assign(bytes);
  const letGo = block.hold();
  const copy = new sqlite3.oo1.DB();
  const n = BigInt(bytes.length);
  expect(sqlite3.capi.sqlite3_deserialize(copy.pointer, "main", block.byteOffset, n, n, 0)).toBe(0);
  // Source: SQLite 3, "Database File Format", section 1.3.
  const fields = { magic: "16s", pageSize: ">H", _: "6B", change: ">I", pages: ">I" };
  const header = memoryview(block).strided({
    format: record(fields, { align: "packed" }),
    shape: [],
    strides: [],
  });
  const before: any = header.get();
  expect(new TextDecoder().decode(before.magic)).toBe("SQLite format 3\0");
  expect(before.pageSize * before.pages).toBe(bytes.length);
  copy.exec("insert into t values (2)");
  expect((header.get() as any).change).toBe(before.change + 1);
  expect(() => memory.free(block)).toThrow(expect.objectContaining({ code: "ERR_EXPORTED" }));
  copy.close();
  letGo();
  block.release();
});

test("room is made by SQLite's own malloc: its arrays stay alive", () => {
  const heap = sqlite3.wasm.heap8u();
  using block = memory.alloc("B", 1000);
  expect(sqlite3.wasm.heap8u()).toBe(heap);
  memory.grow(heap.length);
  block.assign(7);
  expect(sqlite3.wasm.peek(block.byteOffset + 999, "i8")).toBe(7);
});
