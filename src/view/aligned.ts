import type { Format } from "../format/format.ts";
import type { NativeArray } from "../format/scalars.ts";
import type { Layout } from "../layout/layout.ts";
import type { Block } from "../memory/block.ts";
import { MemoryView } from "./memory-view.ts";

/** A view whose items are those of a typed array over the whole memory; `native.ts` reads and writes them. */
export abstract class AlignedView extends MemoryView {
  /** What `set` stores without a second look: set on the prototypes by `create.ts`, where they are constants. */
  declare readonly lowest: number;
  declare readonly highest: number;
  declare readonly whole: boolean;

  /**
   * Index of the first item, lengths, and steps in items. All fields of views are declared, not defined: a class field
   * is `undefined` before it is assigned, and the engine would never again take it for the small integer it is.
   */
  declare readonly first: number;
  declare n0: number;
  declare readonly n1: number;
  declare readonly n2: number;
  declare readonly s0: number;
  declare readonly s1: number;
  declare readonly s2: number;
  /** Length of the first dimension for `set`: none of a read-only view. */
  declare writable: number;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super(block.window<NativeArray>(format.array!), format, layout, readonly);
    const { itemsize } = format;
    const { byteOffset, shape, strides } = layout;
    this.first = byteOffset / itemsize;
    this.n0 = shape[0]!;
    this.n1 = shape[1] ?? 0;
    this.n2 = shape[2] ?? 0;
    this.s0 = strides[0]! / itemsize;
    this.s1 = (strides[1] ?? 0) / itemsize;
    this.s2 = (strides[2] ?? 0) / itemsize;
    this.writable = readonly ? 0 : this.n0;
  }

  protected override _close(): void {
    this.n0 = this.writable = 0;
  }
}
