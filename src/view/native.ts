import type { Format } from "../format/format.ts";
import type { NativeArray } from "../format/scalars.ts";
import type { Layout } from "../layout/layout.ts";
import type { Block, Window } from "../memory/block.ts";
import { MemoryView } from "./memory-view.ts";

/*
 * Views whose items are those of a typed array: one class per number of dimensions, loaded once per item type.
 *
 * The hot path is one test of the index and one of the item: a number that is read is an answer; `undefined` means that
 * the memory grew, the block ended, or the index is not in the array, and goes to the cold path of `MemoryView`, which
 * finds out which. A released view has a length of 0, a read-only one writes 0 items, so neither costs a test of its own.
 *
 * `lowest`, `highest` and `whole` say what `set` stores without a second look; `create.ts` puts them on the prototypes,
 * where they are constants. `i % 1 === 0` comes after the range: in this order the engine keeps the index an integer.
 */

export class Native1 extends MemoryView {
  declare readonly _window: Window<NativeArray>;
  declare readonly lowest: number;
  declare readonly highest: number;
  declare readonly whole: boolean;
  first: number;
  n0: number;
  s0: number;
  writable: number;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super(block.window<NativeArray>(format.array!), format, layout, readonly);
    const { itemsize } = format;
    this.first = layout.byteOffset / itemsize;
    this.n0 = layout.shape[0]!;
    this.s0 = layout.strides[0]! / itemsize;
    this.writable = readonly ? 0 : this.n0;
  }

  get(i?: number, j?: number): any {
    if (arguments.length === 1 && typeof i === "number" && i >= 0 && i < this.n0 && i % 1 === 0) {
      const item = this._window.items[this.first + i * this.s0];
      if (item !== undefined) return item;
    }
    return this._get(arguments.length, [i, j]);
  }

  set(...indexAndValue: any[]): void;
  set(i: any, value?: any, extra?: any): void {
    if (
      arguments.length === 2 &&
      typeof i === "number" &&
      i >= 0 &&
      i < this.writable &&
      i % 1 === 0 &&
      typeof value === "number" &&
      value >= this.lowest &&
      value <= this.highest &&
      (!this.whole || value % 1 === 0)
    ) {
      const { items } = this._window;
      const at = this.first + i * this.s0;
      if (items[at] !== undefined) {
        items[at] = value;
        return;
      }
    }
    this._set(arguments.length, [i, value, extra]);
  }

  protected override _close(): void {
    this.n0 = this.writable = 0;
  }
}

export class Native2 extends MemoryView {
  declare readonly _window: Window<NativeArray>;
  declare readonly lowest: number;
  declare readonly highest: number;
  declare readonly whole: boolean;
  first: number;
  n0: number;
  n1: number;
  s0: number;
  s1: number;
  writable: number;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super(block.window<NativeArray>(format.array!), format, layout, readonly);
    const { itemsize } = format;
    this.first = layout.byteOffset / itemsize;
    this.n0 = layout.shape[0]!;
    this.n1 = layout.shape[1]!;
    this.s0 = layout.strides[0]! / itemsize;
    this.s1 = layout.strides[1]! / itemsize;
    this.writable = readonly ? 0 : this.n0;
  }

  get(i?: number, j?: number, extra?: number): any {
    if (
      arguments.length === 2 &&
      typeof i === "number" &&
      i >= 0 &&
      i < this.n0 &&
      i % 1 === 0 &&
      typeof j === "number" &&
      j >= 0 &&
      j < this.n1 &&
      j % 1 === 0
    ) {
      const item = this._window.items[this.first + i * this.s0 + j * this.s1];
      if (item !== undefined) return item;
    }
    return this._get(arguments.length, [i, j, extra]);
  }

  set(...indexAndValue: any[]): void;
  set(i: any, j?: any, value?: any, extra?: any): void {
    if (
      arguments.length === 3 &&
      typeof i === "number" &&
      i >= 0 &&
      i < this.writable &&
      i % 1 === 0 &&
      typeof j === "number" &&
      j >= 0 &&
      j < this.n1 &&
      j % 1 === 0 &&
      typeof value === "number" &&
      value >= this.lowest &&
      value <= this.highest &&
      (!this.whole || value % 1 === 0)
    ) {
      const { items } = this._window;
      const at = this.first + i * this.s0 + j * this.s1;
      if (items[at] !== undefined) {
        items[at] = value;
        return;
      }
    }
    this._set(arguments.length, [i, j, value, extra]);
  }

  protected override _close(): void {
    this.n0 = this.writable = 0;
  }
}

export class Native3 extends MemoryView {
  declare readonly _window: Window<NativeArray>;
  declare readonly lowest: number;
  declare readonly highest: number;
  declare readonly whole: boolean;
  first: number;
  n0: number;
  n1: number;
  n2: number;
  s0: number;
  s1: number;
  s2: number;
  writable: number;

  constructor(block: Block, format: Format, layout: Layout, readonly: boolean) {
    super(block.window<NativeArray>(format.array!), format, layout, readonly);
    const { itemsize } = format;
    this.first = layout.byteOffset / itemsize;
    this.n0 = layout.shape[0]!;
    this.n1 = layout.shape[1]!;
    this.n2 = layout.shape[2]!;
    this.s0 = layout.strides[0]! / itemsize;
    this.s1 = layout.strides[1]! / itemsize;
    this.s2 = layout.strides[2]! / itemsize;
    this.writable = readonly ? 0 : this.n0;
  }

  get(i?: number, j?: number, k?: number, extra?: number): any {
    if (
      arguments.length === 3 &&
      typeof i === "number" &&
      i >= 0 &&
      i < this.n0 &&
      i % 1 === 0 &&
      typeof j === "number" &&
      j >= 0 &&
      j < this.n1 &&
      j % 1 === 0 &&
      typeof k === "number" &&
      k >= 0 &&
      k < this.n2 &&
      k % 1 === 0
    ) {
      const item = this._window.items[this.first + i * this.s0 + j * this.s1 + k * this.s2];
      if (item !== undefined) return item;
    }
    return this._get(arguments.length, [i, j, k, extra]);
  }

  set(...indexAndValue: any[]): void;
  set(i: any, j?: any, k?: any, value?: any, extra?: any): void {
    if (
      arguments.length === 4 &&
      typeof i === "number" &&
      i >= 0 &&
      i < this.writable &&
      i % 1 === 0 &&
      typeof j === "number" &&
      j >= 0 &&
      j < this.n1 &&
      j % 1 === 0 &&
      typeof k === "number" &&
      k >= 0 &&
      k < this.n2 &&
      k % 1 === 0 &&
      typeof value === "number" &&
      value >= this.lowest &&
      value <= this.highest &&
      (!this.whole || value % 1 === 0)
    ) {
      const { items } = this._window;
      const at = this.first + i * this.s0 + j * this.s1 + k * this.s2;
      if (items[at] !== undefined) {
        items[at] = value;
        return;
      }
    }
    this._set(arguments.length, [i, j, k, value, extra]);
  }

  protected override _close(): void {
    this.n0 = this.writable = 0;
  }
}
