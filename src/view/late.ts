import type { Format } from "../format/format.ts";
import type { Layout } from "../layout/layout.ts";
import type { Block } from "../memory/block.ts";
import type { ViewHandle } from "./bridges.ts";
import type { MemoryView } from "./memory-view.ts";

/** What methods of `MemoryView` call, but only its subclasses make possible: set by the files that define them. */
interface Late {
  /** A view of the class that fits a format and a checked layout. Set by `create.ts`. */
  createView(block: Block, format: Format, layout: Layout, readonly: boolean): MemoryView;
  /** A view of anything whose items can be read at once; undefined for a value or a list. Set by `memoryview.ts`. */
  viewOf(value: unknown): MemoryView | undefined;
  /** See `MemoryView.fromHandle`. Set by `memoryview.ts`. */
  fromHandle(handle: ViewHandle): MemoryView;
}

export const late = {} as Late;
