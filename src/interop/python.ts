import { ExportedError, MemoryViewError, show, UnsupportedError } from "../errors.ts";
import { sameBytes } from "../memory/source.ts";
import { readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { viewAs } from "../view/memoryview.ts";
import { Guest, taking } from "./guest.ts";
import { FORMAT, type FromPyodideOptions, viewOf } from "./py-buffer.ts";

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
  readonly guest: Guest;
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

/** @throws UnsupportedError */
function pythonOf(pyodide: any, operation: string): Python {
  const module = Object(pyodide)._module;
  if (module?._PyObject_GetBuffer) return { module, guest: new Guest(module, operation) };
  throw new UnsupportedError(operation, `${show(pyodide)} is no pyodide`, "pass what loadPyodide() returned");
}

/** The Python exception that was raised, which is cleared, as an error. */
function raised({ module, guest }: Python): UnsupportedError {
  const error = module._PyErr_GetRaisedException();
  const text = error && module._PyObject_Repr(error);
  const utf8 = text && module._PyUnicode_AsUTF8(text);
  const shown = utf8 ? guest.text("the exception", utf8).slice(0, 200) : "an exception";
  for (const object of [text, error]) module._Py_DecRef(object);
  module._PyErr_Clear();
  return new UnsupportedError(guest.operation, `Python raised ${shown}`, "pass an object with the buffer protocol");
}

/** What `read` finds of an object. @throws UnsupportedError when it cannot be looked at */
function ofLiving<T>({ operation }: Guest, object: unknown, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const problem = `${show(object)} is no object of Python that is alive`;
    throw new UnsupportedError(operation, problem, "pass a PyProxy, a PyBufferView or an id()", { cause });
  }
}

/** The address of the Python object that is meant. */
function idOf({ module, guest }: Python, { ffi }: Pyodide, object: any): number {
  const id = ofLiving(guest, object, () => {
    if (object instanceof ffi.PyBufferView && !(object as any)._released) {
      return guest.read("the Py_buffer", (object as any)._view_ptr, "I", 2)[1];
    }
    return ["number", "bigint"].includes(typeof object) ? object : module.PyProxy_getPtr(object);
  });
  // An object has at least a reference count and a type.
  guest.read("the object", id, "2I");
  return guest.address("the object", id);
}

/** Fills the `Py_buffer` at `info`. @throws UnsupportedError with what Python raised */
function acquire(python: Python, id: number, info: number): void {
  let error;
  for (const flags of FLAGS) {
    if (ofLiving(python.guest, id, () => python.module._PyObject_GetBuffer(id, info, flags)) === 0) return;
    error = raised(python);
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
  const { module, guest } = python;
  const id = idOf(python, pyodide, object);
  return taking((later, giveBack) => {
    const info = guest.alloc(later, "I", WORDS).byteOffset;
    acquire(python, id, info);
    later(() => module._PyBuffer_Release(info));
    return viewOf(guest, info, format, giveBack);
  });
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

/** The function of `LEND` in each pyodide, from its first use. */
const lenders = /* @__PURE__ */ new WeakMap<object, Lend>();

/** Makes it, away from the names of the user's scripts. */
function lenderOf(pyodide: Pyodide, module: Module): Lend {
  const globals = pyodide.toPy({});
  const lend = lenders.get(module) ?? pyodide.runPython(LEND, { globals });
  lenders.set(module, lend);
  globals.destroy();
  return lend;
}

/** Whether Python has the bytes. Knows no proxy: Python keeps the end of a loan, and a proxy would keep Python's object. */
interface Loan {
  held: boolean;
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
  const { module, guest } = python;
  const own = viewAs(view, undefined, operation);
  const { kind, guard, source } = own._check(operation);
  const { byteOffset, shape, strides, ndim } = own;
  const problem = !sameBytes(source, guest.source)
    ? `is in a memory of ${source.byteLength} bytes, Python's has ${guest.source.byteLength}`
    : (guard || kind === "call" || kind === "mutation") && `ends without asking Python (${kind})`;
  if (problem) throw new UnsupportedError(operation, `${own} ${problem}`, "copy() it");
  try {
    return taking((later, giveBack) => {
      const loan: Loan = { held: true };
      later(() => own.release());
      later(own.hold());
      later(() => void (loan.held = false));
      const put = (format: string, values: ArrayLike<number>): number => guest.put(later, format, values);
      const format = put("B", new TextEncoder().encode(`${own.format}\0`));
      const lengths = put("i", [...shape, ...strides]);
      const steps = lengths + 4 * ndim;
      const info = put("I", [byteOffset, 0, own.nbytes, own.itemsize, +own.readonly, ndim, format, lengths, steps, 0, 0]); // prettier-ignore
      const add = (list: number): void => {
        const inner = module._PyMemoryView_FromBuffer(info);
        if (!inner) throw raised(python);
        module._PyList_Append(list, inner);
        module._Py_DecRef(inner);
      };
      return viewInPython(lenderOf(pyodide, module)(add, giveBack), loan);
    });
  } catch (cause) {
    if (cause instanceof MemoryViewError) throw cause;
    throw new UnsupportedError(operation, `Python made no memoryview of ${view}`, "see the cause", { cause });
  }
}
