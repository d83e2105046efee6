import { FormatError, LayoutError, list, show, UnsupportedError } from "../errors.ts";
import { checkDimensions, product } from "../layout/shape.ts";
import { Lifetime } from "../memory/lifetime.ts";
import { anything, callable, type Check, readOptions } from "../options.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { EXPORT, type Export, type MemorySource, viewAs } from "../view/memoryview.ts";
import { fromPythonFormat } from "./python-format.ts";

/**
 * `Py_buffer`, in whatever memory: addresses and `Py_ssize_t` are of its width.
 *
 * Source: CPython 3.14, `Include/pybuffer.h`.
 */
const PY_BUFFER = "T{P:buf:P:obj:n:len:n:itemsize:i:readonly:i:ndim:P:format:P:shape:P:strides:P:suboffsets:}";
/** Bytes of a text that are looked at: one more than a format may have. */
const MAX_TEXT = 65537;

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

/** UTF-8 up to a zero, or as far as is looked. */
export function textAt(memory: MemorySource, address: number | bigint, operation: string): string {
  const bytes = viewAs(memory, { byteOffset: address }, operation).slice([0, MAX_TEXT]);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.slice([0, end < 0 ? null : end]).toBytes());
}

interface Described extends Export {
  format: string;
  itemsize: number;
}

/** The window that a `Py_buffer` describes. What is in it is read once. */
function windowOf(
  memory: MemorySource,
  address: number | bigint,
  given: string | undefined,
  operation: string,
): Described {
  const at = (byteOffset: number | bigint, format: string, shape: number[]): MemoryView =>
    viewAs(memory, { byteOffset, format, shape }, operation);
  const { buf, ndim, format, readonly, ...info } = at(address, PY_BUFFER, []).get();
  checkDimensions(ndim, "the Py_buffer", operation);
  const axes = (table: number | bigint): number[] | undefined =>
    table && ndim ? at(table, "n", [ndim]).toList().map(Number) : undefined;
  const suboffsets = axes(info.suboffsets);
  if (suboffsets?.some((offset) => offset >= 0)) {
    const problem = `suboffsets ${list(suboffsets)}: items are behind pointers`;
    throw new UnsupportedError(operation, problem, `use fromRowPointers for the table at ${buf}, or tobytes()`);
  }
  const lengths = ndim ? axes(info.shape) : [];
  // Who was asked for neither shape nor format gave bytes, whatever the items are.
  const itemsize = lengths || format ? Number(info.itemsize) : 1;
  const shape = lengths ?? [Number(info.len) / itemsize];
  if (product(shape) * itemsize !== Number(info.len)) {
    const problem = `no Py_buffer at ${address}: len is ${info.len}, shape ${list(shape)} × itemsize ${itemsize}`;
    throw new LayoutError(operation, problem, "pass its address");
  }
  const strides = lengths && axes(info.strides);
  return {
    source: memory,
    byteOffset: buf,
    format: given ?? (format ? fromPythonFormat(textAt(memory, format, operation)) : "B"),
    shape,
    ...(strides && { strides }),
    readonly: readonly !== 0,
    itemsize,
  };
}

/** A view of what a `Py_buffer` describes; `giveBack` is called once, also when there will be no view. */
export function viewOf(
  memory: MemorySource,
  address: number | bigint,
  format: string | undefined,
  giveBack: () => void,
  operation: string,
): MemoryView {
  let window: Described;
  try {
    window = windowOf(memory, address, format, operation);
  } catch (error) {
    giveBack();
    throw error;
  }
  const name = `the Python buffer at ${window.byteOffset}`;
  const lifetime = new Lifetime("lock", { name });
  const release = (): void => {
    lifetime.checkFree("MemoryView.release");
    lifetime.end(`${name} was released`);
    giveBack();
  };
  try {
    return viewAs({ [EXPORT]: () => ({ ...window, lifetime, release }) }, undefined, operation);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const problem = `no view reads ${show(window.format)} of ${window.itemsize} bytes`;
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
 * @param memory where the struct and the items are; of 64-bit memory it is the 64-bit struct.
 * @throws FormatError for items that no view reads (pass `format`), LayoutError for what is no `Py_buffer`, BoundsError
 * when it or its items are outside of the memory, UnsupportedError for suboffsets.
 * @example using view = fromPyBuffer(memory, info, { release: () => exports.PyBuffer_Release(info) });
 */
export function fromPyBuffer(
  memory: MemorySource,
  address: number | bigint,
  options?: FromPyBufferOptions,
): MemoryView {
  const operation = "fromPyBuffer";
  const { release = () => {}, format } = readOptions(options, { ...FORMAT, release: callable }, operation);
  return viewOf(memory, address, format, release, operation);
}
