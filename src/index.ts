export { type BufferOf, EXPORT, type Export, type Exporter, memoryview, type MemorySource } from "./view/memoryview.ts";
/// <reference lib="esnext.disposable" preserve="true" />
export * as adapters from "./adapt/adapters.ts";
export type { Adapter, Names } from "./adapt/toolchains.ts";
export type { Allocator } from "./alloc/allocator.ts";
export type { Leak, LeakOptions } from "./alloc/books.ts";
export type { CreateOptions } from "./alloc/create.ts";
export {
  AllocationError,
  BoundsError,
  ExportedError,
  FormatError,
  LayoutError,
  MemoryViewError,
  ReadonlyError,
  ReleasedError,
  UnsupportedError,
  ValueError,
} from "./errors.ts";
export { type Fields, record, type RecordOptions } from "./format/record.ts";
export type { ItemOf, RecordText, ValuesOf } from "./format/types.ts";
export { broadcastShapes } from "./layout/broadcast.ts";
export type { Key, Slice } from "./layout/slice.ts";
export type { Assignable, AssignOptions } from "./view/assign.ts";
export type { ItemAtomics } from "./view/atomics.ts";
export type { TypedArrayOf, ViewHandle } from "./view/bridges.ts";
export type { Cursor, CursorOptions } from "./view/cursor.ts";
export type { Mode } from "./view/convert.ts";
export type { Order } from "./view/export.ts";
export { MemoryView, type StridedWindow } from "./view/memory-view.ts";
export type { PlatformApi, PlatformObject } from "./view/platform.ts";
export type { Summary } from "./view/show.ts";
export type { ViewWindow } from "./view/window.ts";
export { calcsize, pack, Struct, type StructBuffer, unpack } from "./view/struct.ts";
export { type AllocOptions, type FromOptions, LinearMemory, type Scope, type Stats } from "./linear-memory.ts";
