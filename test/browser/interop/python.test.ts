/*
 * The same as in Node, in short, where a page loads Python; and the 64-bit struct, whose memory an older Node cannot make.
 */
import { LinearMemory, memoryview } from "linearview";
import { fromPyBuffer, fromPyodide, toPyodide } from "linearview/interop";
import { expect, test } from "vitest";
import { failure } from "../../unit/support/failure.ts";

test("python: records of ctypes as a view, and a block as a memoryview, in a page", async () => {
  // By its address: Vite would bundle the package first, and load the page anew.
  const indexURL = new URL("/node_modules/pyodide/", location.href).href;
  const { loadPyodide } = (await import(/* @vite-ignore */ `${indexURL}pyodide.mjs`)) as typeof import("pyodide");
  const pyodide = await loadPyodide({ indexURL });
  const memory = LinearMemory.from((pyodide as any)._module);
  pyodide.runPython(`
from ctypes import *
class Point(Structure): _fields_ = [("id", c_uint16), ("x", c_double)]
points = (Point * 100)()
owner = bytearray(8)
`);
  const proxy = pyodide.globals.get("points");
  using view = fromPyodide(pyodide, proxy);
  view.field("x").fill(0.5);
  pyodide.runPython("big = bytearray(2**26); points[99].id = 7");
  expect([view.get(99), pyodide.runPython("sum(p.x for p in points)")]).toEqual([{ id: 7, x: 0.5 }, 50]);
  const owner = fromPyodide(pyodide, pyodide.globals.get("owner"));
  expect(() => pyodide.runPython("owner.append(1)")).toThrow("BufferError");
  owner.release();
  expect(pyodide.runPython("owner.append(1) or len(owner)")).toBe(9);

  const block = memory.alloc("d", [2, 3]);
  const lent = toPyodide(pyodide, block.slice(":, ::-1"));
  pyodide.globals.set("m", lent.object);
  pyodide.runPython("m[1, 0] = 2.5");
  expect(block.get(1, 2)).toBe(2.5);
  failure(() => block.release(), "ERR_EXPORTED");
  pyodide.runPython("del m");
  lent.release();
  block.release();
});

test("fromPyBuffer: in a 64-bit memory the struct is that of 64 bits", () => {
  const wide = new WebAssembly.Memory({ initial: 1n, address: "i64" } as never);
  const all = memoryview(wide);
  all.strided({ byteOffset: 512, format: "q", shape: [4], strides: [8] }).assign([2n, 3n, 24n, -4n]);
  all.slice([600, 604]).assign([..."<H"].map((c) => c.charCodeAt(0)).concat(0, 0));
  const info = [1024n, 0n, 12n, 2n, 2n << 32n, 600n, 512n, 528n, 0n, 0n];
  all.strided({ byteOffset: 256, format: "q", shape: [10], strides: [8] }).assign(info);
  let released = 0;
  const view = fromPyBuffer(wide, 256n, { release: () => released++ });
  expect([view.format, view.shape, view.strides, view.byteOffset, view.readonly]).toEqual(["<H", [2, 3], [24, -4], 1024, false]); // prettier-ignore
  view.set(1, 2, 0xabcd);
  expect(all.slice([1024 + 24 - 8, 1024 + 24 - 6]).toList()).toEqual([0xcd, 0xab]);
  view.release();
  expect(released).toBe(1);
});
