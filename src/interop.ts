// In an order that compresses well: what is alike is near.
export * as adapters from "./adapt/adapters.ts";
export { type Encoding, readWav, type Wav } from "./interop/wav.ts";
export { Lifetime, type LifetimeOptions } from "./memory/lifetime.ts";
export { fromRowPointers, RowPointers, type RowPointersWindow, toRowPointers } from "./interop/rows.ts";
export { type Candidate, discover, type DiscoverOptions, type KnownValues, probe } from "./interop/discover.ts";
export { fromManaged, type ManagedOptions, textOf, toManaged } from "./interop/managed.ts";
export { type StackScope, withStack } from "./interop/stack.ts";
export { type AddedFunction, addFunction, functionAt, type PointedFunction } from "./interop/callback.ts";
export { type Capture, type Captured, captureMemory, type CaptureOptions } from "./interop/capture.ts";
export { rebase } from "./interop/embind.ts";
export { fromPyBuffer, type FromPyBufferOptions, type FromPyodideOptions } from "./interop/py-buffer.ts";
export { type Descr, type Npy, readNpy } from "./interop/npy.ts";
export { fromPyodide, type Pyodide, type PythonView, toPyodide } from "./interop/python.ts";
export { type ArrowAddresses, ArrowColumn, fromArrow } from "./interop/arrow.ts";
export { type ArrowExport, toArrow, type ToArrowOptions } from "./interop/arrow-export.ts";
export { type Bmp, readBmp } from "./interop/bmp.ts";
export { Bits } from "./interop/bits.ts";
export { type DLPackExport, type DLPackOptions, fromDLPack, toDLPack, type ToDLPackOptions } from "./interop/dlpack.ts";
