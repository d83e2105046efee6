import type { Format } from "../format/format.ts";
import { addressOf, type Layout } from "../layout/layout.ts";
import type { Block, Window } from "../memory/block.ts";
import { MemoryView } from "./memory-view.ts";

/** The codes that a `switch` reads faster than the format's own function, by position. */
const CODES = "bBhHiIfd";

/** A view of any format, at any address, of any number of dimensions; its items are read through a `DataView`. */
export class AnyView extends MemoryView {
  declare readonly _window: Window<Uint8Array>;
  declare readonly _layout: Layout;
  /** Number of dimensions where the fast path of `get` takes them, lengths and strides of the first two. */
  declare readonly axes: number;
  declare readonly n0: number;
  declare readonly n1: number;
  declare readonly s0: number;
  declare readonly s1: number;
  declare readonly type: number;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super();
    const { byteOffset, shape, strides } = layout;
    this._window = block.window(Uint8Array);
    this._format = format;
    this._readonly = readonly;
    this._released = false;
    this._giveBack = undefined;
    this._layout = { byteOffset, shape: Object.freeze(shape), strides: Object.freeze(strides) };
    this.axes = shape.length > 2 ? NaN : shape.length;
    this.n0 = shape[0] ?? 1;
    this.n1 = shape[1] ?? 1;
    this.s0 = strides[0] ?? 0;
    this.s1 = strides[1] ?? 0;
    this.type = format.code ? CODES.indexOf(format.code) : -1;
  }

  get(...index: number[]): any;
  get(i?: any, j?: any): any {
    const { axes, _window: window, _format: format } = this;
    let at = -1;
    if (arguments.length === axes) {
      const y = axes > 0 ? i : 0;
      const x = axes > 1 ? j : 0;
      if (typeof y === "number" && y >= 0 && y < this.n0 && y % 1 === 0 && typeof x === "number" && x >= 0 && x < this.n1 && x % 1 === 0) at = this._layout.byteOffset + y * this.s0 + x * this.s1; // prettier-ignore
    }
    if (this._released) return this._get(0, []);
    if (at < 0) at = addressOf(this._layout, Array.from(arguments), "MemoryView.get");
    // The bytes are short when the memory grew or the block ended; then the cold path finds out which.
    if (at + format.itemsize > window.items.length) return this._get(arguments.length, Array.from(arguments));
    return format.read(window.block.source.data, at);
  }

  set(...indexAndValue: any[]): void {
    this._set(indexAndValue.length, indexAndValue);
  }
}
