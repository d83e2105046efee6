import { FormatError, LayoutError, list, show, UnsupportedError } from "../errors.ts";
import { MAX_DIMENSIONS, product } from "../layout/shape.ts";
import { anything, callable, type Check, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { viewAs } from "../view/memoryview.ts";
import { Guest, lend, taking } from "./guest.ts";
import { fromPythonFormat } from "./python-format.ts";

/**
 * `Py_buffer`, in whatever memory, addresses and `Py_ssize_t` of its width: buf, obj; len, itemsize; readonly, ndim;
 * format, shape, strides, suboffsets.
 *
 * Source: CPython 3.14, `Include/pybuffer.h`.
 */
const PY_BUFFER = "2P2n2i4P";

export interface FromPyodideOptions {
  /** How items are read where Python's text does not tell, as for unions and bit fields of ctypes; of as many bytes. */
  format?: string;
}

export interface FromPyBufferOptions extends FromPyodideOptions {
  /** Called once: when the view is released, or at once where no view can be made. */
  release?: () => void;
}

/** The options of both; `format` is looked at as a format. */
export const FORMAT: Record<"format", Check> = { format: anything };

/** A view of what the `Py_buffer` at an address describes, which is read once; its release gives back. */
export function viewOf(guest: Guest, address: unknown, given: string | undefined, giveBack: () => void): MemoryView {
  const { operation, owner } = guest;
  const [[buf, , len, size, readonly, axesCount, text, ...tables]] = guest.read("the Py_buffer", address, PY_BUFFER);
  const ndim = guest.whole("ndim of the Py_buffer", axesCount, 0, MAX_DIMENSIONS);
  const [lengthsGiven, stepsGiven, suboffsets] = tables.map((table: unknown): number[] | undefined =>
    table && ndim ? guest.read("a table of the Py_buffer", table, "n", ndim).map(Number) : undefined,
  );
  if (suboffsets?.some((offset: number) => offset >= 0)) {
    const problem = `suboffsets ${list(suboffsets)}: items are behind pointers`;
    throw new UnsupportedError(operation, problem, `use fromRowPointers for the table at ${buf}, or tobytes()`);
  }
  const lengths = ndim ? lengthsGiven : [];
  // Who was asked for neither shape nor format gave bytes, whatever the items are.
  const itemsize = lengths || text ? Number(size) : 1;
  const nbytes = Number(len);
  const shape = lengths ?? [nbytes / itemsize];
  if (product(shape) * itemsize !== nbytes) {
    const problem = `no Py_buffer at ${address}: len is ${nbytes}, shape ${list(shape)} × itemsize ${itemsize}`;
    throw new LayoutError(operation, problem, "pass its address");
  }
  const format = given ?? (text ? fromPythonFormat(guest.text("the format", text)) : "B");
  const strides = lengths && stepsGiven;
  const { lifetime, release } = lend("lock", `the Python buffer at ${buf}`, giveBack);
  const window = { byteOffset: buf, format, shape, strides, readonly: readonly !== 0, itemsize, lifetime };
  try {
    const view = viewAs(owner, window, operation);
    view._giveBack = release;
    return view;
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const problem = `no view reads ${show(format)} of ${itemsize} bytes`;
    throw new FormatError(operation, problem, "pass { format }", { cause });
  }
}

/**
 * The buffer that a `Py_buffer` of CPython describes, as a view: any shape, strides and format, records of ctypes and
 * NumPy included; no copy. The struct is read now and not looked at again. The view is of the lifetime `"lock"`: when it
 * is released, it and all views made of it end, and `release` is called.
 *
 * A format that is missing is `"B"`, strides that are missing are C order, a shape that is missing is one dimension.
 * Pointers, functions and objects read as addresses, `u` and `w` as code points, long doubles as 16 bytes.
 *
 * @param memory where the struct and the items are: what `LinearMemory.from` takes, a buffer, or a function that returns
 * it. Of 64-bit memory it is the 64-bit struct.
 * @throws FormatError for items that no view reads (pass `format`), LayoutError for what is no `Py_buffer`, BoundsError
 * when it or its items are outside of the memory, UnsupportedError for suboffsets.
 * @example using view = fromPyBuffer(memory, info, { release: () => exports.PyBuffer_Release(info) });
 */
export function fromPyBuffer(memory: unknown, address: number | bigint, options?: FromPyBufferOptions): MemoryView {
  const operation = "fromPyBuffer";
  const { release = () => {}, format } = readOptions(options, { ...FORMAT, release: callable }, operation);
  return taking((later, giveBack) => {
    later(release);
    return viewOf(new Guest(memory, operation), address, format, giveBack);
  });
}
