import { AllocationError, ExportedError, MemoryViewError, show, UnsupportedError } from "../errors.ts";
import { readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { type MemorySource, viewAs } from "../view/memoryview.ts";
import { FORMAT, type FromPyodideOptions, textAt, viewOf } from "./py-buffer.ts";

/** Words of a `Py_buffer` in a 32-bit memory, which pyodide's is; the second is the object. */
const WORDS = 11;
/** `PyBUF_FULL` asks for a buffer that can be written, `PyBUF_FULL_RO` takes any. */
const FLAGS = [0x11d, 0x11c];

/** What `loadPyodide()` returns, as far as it is needed here. */
export interface Pyodide {
  readonly ffi: { readonly PyBufferView: abstract new (...values: any[]) => object };
  runPython(code: string, options?: { globals?: any }): any;
  toPy(value: unknown): any;
}

/** What is used of `pyodide._module`: CPython's C API, and the address behind a proxy. */
interface Module {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  PyProxy_getPtr(proxy: unknown): number;
  _Py_DecRef(object: number): void;
  _PyBuffer_Release(info: number): void;
  _PyErr_Clear(): void;
  _PyErr_GetRaisedException(): number;
  _PyList_Append(list: number, item: number): number;
  _PyMemoryView_FromBuffer(info: number): number;
  _PyObject_GetBuffer(object: number, info: number, flags: number): number;
  _PyObject_Repr(object: number): number;
  _PyUnicode_AsUTF8(text: number): number;
}

type Lend = (add: (list: number) => void, end: () => void) => any;

/** A pyodide as it is reached here. */
interface Python {
  readonly module: Module;
  readonly memory: MemorySource;
  /** The function of `LEND`, from its first use. */
  lend?: Lend;
}

/** What Python has of a view; see `toPyodide`. */
export interface PythonView {
  /** The PyProxy of the `memoryview`: for `pyodide.globals.set`, and as an argument. */
  readonly object: any;
  /** Whether the bytes are out of Python's reach. */
  readonly released: boolean;
  /**
   * Ends the `memoryview`, and its proxy. @throws ExportedError while Python has slices or buffers of it; the block is
   * held until these are gone too.
   */
  release(): void;
  [Symbol.dispose](): void;
}

const known = /* @__PURE__ */ new WeakMap<object, Python>();

/** @throws UnsupportedError */
function pythonOf(pyodide: any, operation: string): Python {
  const module = Object(pyodide)._module;
  if (!module?._PyObject_GetBuffer) {
    throw new UnsupportedError(operation, `${show(pyodide)} is no pyodide`, "pass what loadPyodide() returned");
  }
  let python = known.get(module);
  if (!python) known.set(module, (python = { module, memory: () => module.HEAPU8.buffer }));
  return python;
}

/** Words in Python's memory, for what CPython keeps the address of, to be freed by `_free`. @throws AllocationError */
function allocate({ module, memory }: Python, count: number, operation: string): MemoryView {
  const byteOffset = module._malloc(4 * count);
  if (byteOffset) return viewAs(memory, { byteOffset, format: "i", shape: count }, operation);
  throw new AllocationError(operation, `Python's memory has no room for ${4 * count} bytes`, "free what is not needed");
}

/** The Python exception that was raised, which is cleared, as an error. */
function raised({ module, memory }: Python, operation: string): UnsupportedError {
  const error = module._PyErr_GetRaisedException();
  const text = error && module._PyObject_Repr(error);
  const utf8 = text && module._PyUnicode_AsUTF8(text);
  const shown = utf8 ? textAt(memory, utf8, operation).slice(0, 200) : "an exception";
  for (const object of [text, error]) module._Py_DecRef(object);
  module._PyErr_Clear();
  return new UnsupportedError(operation, `Python raised ${shown}`, "pass an object with the buffer protocol");
}

const notAlive = (object: unknown, operation: string, cause: unknown): UnsupportedError =>
  new UnsupportedError(
    operation,
    `${show(object)} is no object of Python that is alive`,
    "pass a PyProxy, a PyBufferView or an id()",
    { cause },
  );

/** The address of the Python object that is meant. */
function idOf({ module, memory }: Python, { ffi }: Pyodide, object: any, operation: string): number {
  let id = object;
  try {
    if (object instanceof ffi.PyBufferView && !(object as any)._released) {
      const struct = { byteOffset: (object as any)._view_ptr, format: "I", shape: WORDS };
      id = viewAs(memory, struct, operation).get(1);
    } else if (!["number", "bigint"].includes(typeof object)) id = module.PyProxy_getPtr(object);
  } catch (cause) {
    throw notAlive(object, operation, cause);
  }
  // An object has at least a reference count and a type.
  return viewAs(memory, { byteOffset: id, shape: 8 }, operation).byteOffset;
}

/** Fills the `Py_buffer` at `info`. @throws UnsupportedError with what Python raised */
function acquire(python: Python, id: number, info: number, operation: string): void {
  let error;
  for (const flags of FLAGS) {
    try {
      if (python.module._PyObject_GetBuffer(id, info, flags) === 0) return;
      error = raised(python, operation);
    } catch (cause) {
      error = notAlive(id, operation, cause);
    }
  }
  throw error;
}

/**
 * Any Python object with the buffer protocol as a view of its own bytes, what `getBuffer()` refuses included: records of
 * ctypes and NumPy, sub-arrays, any strides; `fromPyBuffer` tells what is read how. No copy: each side sees what the
 * other writes, and the view survives the growth of Python's memory.
 *
 * Until the view is released Python keeps the object where it is, with or without a proxy, and refuses to resize it
 * (`BufferError`). The view can be written if the object lets it.
 *
 * @param object a PyProxy, what its `getBuffer()` returned, or an `id()`, which must be that of an object that is alive.
 * @throws UnsupportedError with what Python raised for an object without a buffer, FormatError for items that no view
 * reads (pass `format`).
 * @example using points = fromPyodide(pyodide, pyodide.globals.get("points"));
 */
export function fromPyodide(pyodide: Pyodide, object: unknown, options?: FromPyodideOptions): MemoryView {
  const operation = "fromPyodide";
  const { format } = readOptions(options, FORMAT, operation);
  const python = pythonOf(pyodide, operation);
  const { module, memory } = python;
  const id = idOf(python, pyodide, object, operation);
  const info = allocate(python, WORDS, operation).byteOffset;
  try {
    acquire(python, id, info, operation);
  } catch (error) {
    module._free(info);
    throw error;
  }
  const release = (): void => {
    module._PyBuffer_Release(info);
    module._free(info);
  };
  return viewOf(memory, info, format, release, operation);
}

/**
 * Makes a `memoryview` of what tells exactly when the last buffer of it is given back, slices and arrays over it
 * included. `add` puts the view of the bytes into the list of that address.
 *
 * Source: PEP 688, "Making the buffer protocol accessible in Python".
 */
const LEND = `
class Lent(list):
    def __buffer__(self, flags):
        return self[0]
    def __release_buffer__(self, view):
        self[0].release()
        self[1]()
def lend(add, end):
    lent = Lent()
    add(id(lent))
    lent.append(end)
    return memoryview(lent)
lend`;

/** The function of `LEND`, away from the names of the user's scripts. */
function lenderOf(pyodide: Pyodide): Lend {
  const globals = pyodide.toPy({});
  const lend = pyodide.runPython(LEND, { globals });
  globals.destroy();
  return lend;
}

interface Loan {
  held: boolean;
  readonly end: () => void;
}

/** What was lent, until `end` is called. Knows no proxy: Python keeps `end`, and a proxy would keep Python's object. */
function loanOf(ends: readonly (() => void)[]): Loan {
  const loan = {
    held: true,
    end(): void {
      if (!loan.held) return;
      loan.held = false;
      for (const end of ends) end();
    },
  };
  return loan;
}

/** What is returned for a loan. */
function viewInPython(object: any, loan: Loan): PythonView {
  return {
    object,
    get released() {
      return !loan.held;
    },
    release() {
      let cause: unknown;
      try {
        if (loan.held) object.release();
      } catch (error) {
        cause = error;
      }
      if (loan.held) {
        throw new ExportedError("PythonView.release", "Python uses slices or buffers of it", "del them", { cause });
      }
      object.destroy();
    },
    [Symbol.dispose]() {
      this.release();
    },
  };
}

/**
 * A view of Python's own memory as a Python `memoryview` of the same format, shape, strides and read-only-ness; no copy.
 * Such views are blocks of `LinearMemory.from(pyodide)`, what `fromPyodide` gave, and all that is made of either.
 *
 * Until Python has given up the `memoryview` and every slice of it, by itself or by `release()` of what is returned, the
 * block is held: freeing or releasing it throws `ExportedError`. Python's own `m[0]` reads native formats alone, `"d"` and
 * not `"<d"`; NumPy, ctypes and slices take all.
 *
 * @throws UnsupportedError for a view of another memory, and for one that ends by itself (`"call"`, `"mutation"`).
 * @example pyodide.globals.set("samples", toPyodide(pyodide, memory.alloc("d", 1000)).object);
 */
export function toPyodide(pyodide: Pyodide, view: MemoryView): PythonView {
  const operation = "toPyodide";
  const python = pythonOf(pyodide, operation);
  const { module } = python;
  const own = viewAs(view, undefined, operation);
  const { kind, guard } = own._check(operation);
  const { buffer, byteOffset, shape, strides, ndim } = own;
  const problem =
    buffer !== module.HEAPU8.buffer
      ? `is in a memory of ${buffer.byteLength} bytes, Python's has ${module.HEAPU8.length}`
      : (guard || kind === "call" || kind === "mutation") && `ends without asking Python (${kind})`;
  if (problem) throw new UnsupportedError(operation, `${own} ${problem}`, "copy() it");
  const ends = [own.hold(), () => own.release()];
  const loan = loanOf(ends);
  try {
    const text = new TextEncoder().encode(`${own.format}\0`);
    const size = WORDS + 2 * ndim;
    // The struct, the shape, the strides, the text.
    const room = allocate(python, size + Math.ceil(text.length / 4), operation);
    const info = room.byteOffset;
    ends.push(() => module._free(info));
    const [lengths, steps, format] = [WORDS, WORDS + ndim, size].map((word) => info + 4 * word) as [number, number, number]; // prettier-ignore
    const words = [byteOffset, 0, own.nbytes, own.itemsize, +own.readonly, ndim, format, lengths, steps, 0, 0];
    room.slice([0, size]).assign([...words, ...shape, ...strides].map((word) => word | 0));
    room.cast("B").slice([4 * size, 4 * size + text.length]).assign(text); // prettier-ignore
    const add = (list: number): void => {
      const inner = module._PyMemoryView_FromBuffer(info);
      if (!inner) throw raised(python, operation);
      module._PyList_Append(list, inner);
      module._Py_DecRef(inner);
    };
    python.lend ??= lenderOf(pyodide);
    return viewInPython(python.lend(add, loan.end), loan);
  } catch (cause) {
    loan.end();
    if (cause instanceof MemoryViewError) throw cause;
    throw new UnsupportedError(operation, `Python made no memoryview of ${view}`, "see the cause", { cause });
  }
}
