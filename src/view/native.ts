import type { NativeArray } from "../format/scalars.ts";
import type { Window } from "../memory/block.ts";
import { AlignedView } from "./aligned.ts";

/*
 * `get` and `set` of aligned views: one class per number of dimensions, and this file is loaded once per item type (see
 * `vite.config.ts`), because engines keep type feedback per function text.
 *
 * The hot path is one test of the index and one of the item: a number that is read is an answer; `undefined` means that
 * the memory grew, the block ended, or the index is not in the array, and goes to the cold path of `MemoryView`, which
 * finds out which. A released view has a length of 0, a read-only one writes 0 items, so neither costs a test of its own.
 * `i % 1 === 0` comes after the range: in this order the engine keeps the index an integer.
 */

class Native1 extends AlignedView {
  declare readonly _window: Window<NativeArray>;

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
}

class Native2 extends AlignedView {
  declare readonly _window: Window<NativeArray>;

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
}

class Native3 extends AlignedView {
  declare readonly _window: Window<NativeArray>;

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
}

/** By number of dimensions, from one. */
export const classes: (new (...parameters: ConstructorParameters<typeof AlignedView>) => AlignedView)[] = [
  Native1,
  Native2,
  Native3,
];
