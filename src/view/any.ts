import type { Format } from "../format/format.ts";
import { addressOf, type Layout } from "../layout/layout.ts";
import type { Block, Window } from "../memory/block.ts";
import { MemoryView } from "./memory-view.ts";

/** A view of any format, at any address, of any number of dimensions; its items are read through a `DataView`. */
export class AnyView extends MemoryView {
  declare readonly _window: Window<Uint8Array>;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super(block.window(Uint8Array), format, layout, readonly);
  }

  get(...index: number[]): any {
    if (!this._released) {
      const { _format: format, _window: window } = this;
      const at = addressOf(this._layout, index, "MemoryView.get");
      // The bytes are short when the memory grew or the block ended; then the cold path finds out which.
      if (at + format.itemsize <= window.items.length) return format.read(window.block.source.data, at);
    }
    return this._get(index.length, index);
  }

  set(...indexAndValue: any[]): void {
    this._set(indexAndValue.length, indexAndValue);
  }
}
