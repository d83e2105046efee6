import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import opencv from "@techstark/opencv-js";
import { LinearMemory } from "linearview";
import { rebase, withStack } from "linearview/interop";
import { loadPyodide } from "pyodide";
import { beforeAll, describe, expect, test } from "vitest";
import { failure } from "../../unit/support/failure.ts";

/** A stack as it is without this library: of the module's own functions. */
interface Target {
  readonly target: any;
  readonly top: () => number;
}

const cv = opencv as any;
const targets: Record<string, Target> = {};

beforeAll(async () => {
  const pyodide = await loadPyodide();
  const module = (pyodide as any)._module;
  targets["a pyodide, by its Module's names"] = { target: module, top: () => module.stackSave() };
  if (!cv.Mat) await new Promise<void>((ready) => (cv.onRuntimeInitialized = ready));
  targets["an OpenCV, of an older Emscripten"] = { target: cv, top: () => cv.stackSave() };
  const wasm = readFileSync(fileURLToPath(import.meta.resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm")));
  const imports: Record<string, Record<string, unknown>> = {};
  const compiled = new WebAssembly.Module(wasm);
  for (const { module: from, name, kind } of WebAssembly.Module.imports(compiled)) {
    (imports[from] ??= {})[name] =
      kind === "memory" ? new WebAssembly.Memory({ initial: 256, maximum: 32768 }) : () => 0;
  }
  const { exports } = new WebAssembly.Instance(compiled, imports as WebAssembly.Imports) as any;
  const memory = exports.memory ?? Object.values(imports.env!).find((value) => value instanceof WebAssembly.Memory);
  targets["SQLite, by the names of its exports"] = {
    target: { ...exports, memory },
    top: () => exports.emscripten_stack_get_current(),
  };
}, 120_000);

const NAMES = [
  "a pyodide, by its Module's names",
  "an OpenCV, of an older Emscripten",
  "SQLite, by the names of its exports",
];

describe.each(NAMES)("%s", (name) => {
  test("withStack: blocks are aligned, zeroed, apart, and gone with the scope, whose answer is returned", () => {
    const { target, top } = targets[name]!;
    const before = top();
    for (let round = 0; round < 3; round++) {
      const views = withStack(target, ({ alloc }) => {
        const made = [alloc("B", 5), alloc("d", [3, 4]), alloc("T{I:id:d:x:}", 2), alloc("h", [])] as const;
        const [bytes, doubles, records, one] = made;
        for (const view of made) {
          expect(view.byteOffset % 16).toBe(0);
          expect([...view.toBytes()].every((byte) => byte === 0)).toBe(true);
          expect(view.byteOffset >= top() && view.bounds()[1] <= before).toBe(true);
        }
        bytes.fill(255);
        doubles.fill(1.5);
        records.set(1, { id: 7, x: 2 });
        one.set(-3);
        expect([bytes.toList(), doubles.get(2, 3), records.get(0), records.get(1), one.get()]).toEqual([
          Array(5).fill(255),
          1.5,
          { id: 0, x: 0 },
          { id: 7, x: 2 },
          -3,
        ]);
        return [...made, bytes.slice([1, 3])];
      });
      expect(top()).toBe(before);
      for (const view of views) failure(() => view.toList(), "ERR_RELEASED", "the stack scope ended");
    }
  });

  test("withStack: scopes nest; an outer one cannot allocate below an inner one", () => {
    const { target, top } = targets[name]!;
    const before = top();
    withStack(target, (outer) => {
      const view = outer.alloc("I", 4).fill(1);
      const middle = top();
      const inner = withStack(target, ({ alloc }) => {
        const own = alloc("I", 400).fill(2);
        failure(() => outer.alloc("I", 1), "ERR_ALLOCATION", "withStack", top(), middle);
        expect(view.toList()).toEqual([1, 1, 1, 1]);
        return own;
      });
      expect([top(), inner.released, view.released]).toEqual([middle, true, false]);
      outer.alloc("I", 400).fill(3);
      expect(view.toList()).toEqual([1, 1, 1, 1]);
    });
    expect(top()).toBe(before);
  });

  test("withStack: a function that throws ends the scope; no alloc afterwards", () => {
    const { target, top } = targets[name]!;
    const before = top();
    let kept: any;
    expect(() =>
      withStack(target, (scope) => {
        kept = scope;
        scope.alloc("B", 1000);
        throw new Error("theirs");
      }),
    ).toThrow("theirs");
    expect(top()).toBe(before);
    failure(() => kept.alloc("B", 1), "ERR_RELEASED", "the stack scope ended");
  });

  test("withStack: an async function is refused, its views have ended, and its own failure is nobody's", async () => {
    const { target, top } = targets[name]!;
    const before = top();
    const seen: unknown[] = [];
    failure(
      () =>
        withStack(target, async ({ alloc }) => {
          const view = alloc("B", 16);
          await Promise.resolve();
          seen.push(view.released);
          alloc("B", 1);
        }),
      "ERR_UNSUPPORTED",
      "promise",
    );
    expect(top()).toBe(before);
    await new Promise((done) => setTimeout(done, 5));
    expect(seen).toEqual([true]);
  });

  test("withStack: more than the stack has is refused before anything moves", () => {
    const { target, top } = targets[name]!;
    const before = top();
    withStack(target, ({ alloc }) => {
      failure(() => alloc("B", 2 ** 31), "ERR_ALLOCATION", 2 ** 31, "the stack has");
      failure(() => alloc("B", before), "ERR_ALLOCATION", before);
      expect(top()).toBe(before);
      expect(alloc("B", 8).toList()).toEqual(Array(8).fill(0));
    });
  });
});

test("withStack: a module that exports the bounds of its stack refuses the first byte too many", () => {
  const { target } = targets["a pyodide, by its Module's names"]!;
  const room = target._emscripten_stack_get_free() as number;
  withStack(target, ({ alloc }) => {
    failure(() => alloc("B", room), "ERR_ALLOCATION", room);
    alloc("B", Math.floor(room / 2));
    failure(() => alloc("B", Math.ceil(room / 2) + 16), "ERR_ALLOCATION");
  });
});

test("withStack: the module's own functions write and read what is on the stack", () => {
  const { target } = targets["a pyodide, by its Module's names"]!;
  const module = target;
  withStack(target, ({ alloc }) => {
    const text = alloc("B", 32);
    text.slice([0, 6]).assign(new TextEncoder().encode("1 + 41"));
    const object = module._PyUnicode_FromString(text.byteOffset) as number;
    expect(module._PyUnicode_GetLength(object)).toBe(6);
    module._Py_DecRef(object);
  });
});

test("withStack: what shows no stack is refused", () => {
  for (const target of [null, {}, LinearMemory.create().memory, { stackSave: () => 0 }]) {
    failure(() => withStack(target, () => 1), "ERR_UNSUPPORTED", "stackSave");
  }
});

test("rebase: a matrix's data is seen after its memory grew, both ways; a copy and a detached array are refused", () => {
  const mat = new cv.Mat(4, 6, cv.CV_8UC1, new cv.Scalar(7));
  const stale = mat.data as Uint8Array;
  const view = rebase(cv, stale).reshape([mat.rows, mat.cols]);
  expect(view.byteOffset).toBe(stale.byteOffset);
  view.set(1, 2, 99);
  expect(mat.ucharAt(1, 2)).toBe(99);
  const big = cv._malloc(cv.HEAPU8.length);
  expect(stale.length).toBe(0);
  mat.ucharPtr(3)[5] = 42;
  expect([view.get(1, 2), view.get(3, 5)]).toEqual([99, 42]);
  view.fill(3);
  expect(cv.countNonZero(mat)).toBe(24);
  failure(() => rebase(cv, stale), "ERR_RELEASED", "rebase", "detached");
  failure(() => rebase(cv, mat.data.slice()), "ERR_RELEASED", "copy");
  const doubles = rebase(cv, cv.HEAPF64.subarray(100, 110));
  expect([doubles.format, doubles.shape, doubles.byteOffset]).toEqual(["d", [10], 800]);
  cv._free(big);
  mat.delete();
});
