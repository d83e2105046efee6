import type { Format } from "../format/format.ts";
import { addressOf, type Layout } from "../layout/layout.ts";
import type { Block, Window } from "../memory/block.ts";
import { MemoryView } from "./memory-view.ts";

/** The codes that the `switch` below reads; engines compile it as they cannot a function they find in a format. */
const CODES = "bBhHiIfd";

/** A view of any format, at any address, of any number of dimensions; its items are read through a `DataView`. */
export class AnyView extends MemoryView {
  declare readonly _window: Window<Uint8Array>;
  declare readonly _layout: Layout;
  /** Number of dimensions where `get` takes them without a list, NaN for more; item `[0, 0]`, lengths and strides. */
  declare readonly axes: number;
  declare readonly first: number;
  declare readonly n0: number;
  declare readonly n1: number;
  declare readonly s0: number;
  declare readonly s1: number;
  /** Place in `CODES`, or -1. */
  declare readonly type: number;
  declare readonly little: boolean;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super();
    const { byteOffset, shape, strides } = layout;
    const { code, scalar, little } = format;
    this._window = block.window(Uint8Array);
    this._format = format;
    this._readonly = readonly;
    this._released = false;
    this._giveBack = undefined;
    this._layout = { byteOffset, shape: Object.freeze(shape), strides: Object.freeze(strides) };
    this.axes = shape.length > 2 ? NaN : shape.length;
    this.first = byteOffset;
    this.n0 = shape[0] ?? 1;
    this.n1 = shape[1] ?? 1;
    this.s0 = strides[0] ?? 0;
    this.s1 = strides[1] ?? 0;
    this.type = scalar ? CODES.indexOf(code!) : -1; // a value among padding has no scalar
    this.little = little;
  }

  get(...index: number[]): any;
  get(i?: any, j?: any): any {
    const { axes, _format: format } = this;
    let at = -1;
    if (arguments.length === axes) {
      const y = axes > 0 ? i : 0;
      const x = axes > 1 ? j : 0;
      const inside = typeof y === "number" && y >= 0 && y < this.n0 && typeof x === "number" && x >= 0 && x < this.n1;
      if (inside && y % 1 === 0 && x % 1 === 0) at = this.first + y * this.s0 + x * this.s1;
    }
    if (at < 0 && !this._released) at = addressOf(this._layout, Array.from(arguments), "MemoryView.get");
    const { items, block } = this._window;
    // The bytes are short when the memory grew or the block ended; then the cold path finds out which.
    if (this._released || at + format.itemsize > items.length)
      return this._get(arguments.length, Array.from(arguments));
    const { data } = block.source;
    const { little } = this;
    switch (this.type) {
      case 0:
        return data.getInt8(at);
      case 1:
        return data.getUint8(at);
      case 2:
        return data.getInt16(at, little);
      case 3:
        return data.getUint16(at, little);
      case 4:
        return data.getInt32(at, little);
      case 5:
        return data.getUint32(at, little);
      case 6:
        return data.getFloat32(at, little);
      case 7:
        return data.getFloat64(at, little);
      default:
        return format.read(data, at);
    }
  }

  set(...indexAndValue: any[]): void {
    this._set(indexAndValue.length, indexAndValue);
  }
}
