import { LinearMemory } from "linearview";
import { loadPyodide } from "pyodide";
import sqlite3InitModule from "@sqlite.org/sqlite-wasm";
import * as parquet from "parquet-wasm";
import { expect, test } from "vitest";

test("what a loader returns is enough: the memory in it, and its allocator", async () => {
  const pyodide = await loadPyodide();
  pyodide.runPython("name = 'a proxy whose tag Python answers'");
  const sqlite = await sqlite3InitModule();
  for (const target of [pyodide, (pyodide as unknown as { _module: object })._module, sqlite, sqlite.wasm, parquet]) {
    const memory = LinearMemory.from(target);
    expect(LinearMemory.from(target)).toBe(memory);
    expect(memory.stats().capacity).toBeGreaterThan(65536);
  }
  for (const target of [pyodide, sqlite]) {
    const memory = LinearMemory.from(target);
    const view = memory.alloc("d", 1000, { align: 64 }).fill(0.5);
    expect([view.byteOffset % 64, view.get(999), memory.stats().liveBlocks]).toEqual([0, 0.5, 1]);
    view.release();
  }
});
