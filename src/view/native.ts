import type { Format } from "../format/format.ts";
import type { NativeArray } from "../format/scalars.ts";
import type { Window } from "../memory/block.ts";
import type { AlignedClass, Parts } from "./aligned.ts";

/*
 * What happens once per item: one class per number of dimensions, and this file is loaded once per item type (see
 * `vite.config.ts`), because engines keep type feedback per function text.
 *
 * The hot paths call nothing that is not inlined: a call in a loop, taken or not, costs more than an item. So a negative
 * index is counted from the end here, and only refusals and a memory that grew go to the cold path of `MemoryView`. A
 * released view has a length of 0, a read-only one writes 0 items, a detached array has none, so neither costs a test of
 * its own. `i >>> 0 === i` refuses fractions and what is negative, and tells the engine that the index is an integer.
 */

/** What `create.ts` makes views of: a window of one type, and the classes by number of dimensions from one. */
interface Native {
  readonly NativeWindow: typeof Window<NativeArray>;
  readonly classes: AlignedClass[];
}

/**
 * Makes the classes by number of dimensions, from one. A function, and without imports, so that minified copies of this
 * file agree to the letter and compress to one, and come first in a bundle, where they keep nothing else apart.
 */
export const native = ({ AlignedView, Window, countPlain, iteratorPrototype }: Parts): Native => {
  /** A window of one type of array, which the engine can rely on. */
  class NativeWindow extends Window<NativeArray> {}

  abstract class Base extends AlignedView {
    declare readonly _window: Window<NativeArray>;

    constructor(
      window: Window<NativeArray>,
      format: Format,
      readonly: boolean,
      first: number,
      n0: number,
      s0: number,
      n1 = 0,
      s1 = 0,
      n2 = 0,
      s2 = 0,
    ) {
      super();
      this._window = window;
      this._format = format;
      this._readonly = readonly;
      this._released = false;
      this._giveBack = undefined;
      this.first = first;
      this.n0 = n0;
      this.n1 = n1;
      this.n2 = n2;
      this.s0 = s0;
      this.s1 = s1;
      this.s2 = s2;
      this.writable = readonly ? 0 : n0;
      this.made = undefined;
    }

    override get length(): any {
      return this._released || this._window.block.ended ? super.length : this.n0;
    }

    /** The cold path. A sign says that it gives a number, which the engine then keeps in a register. */
    late(count: number, index: unknown[]): any {
      const item = this._get(count, index);
      return ITEM === "q" || ITEM === "Q" ? item : +item;
    }
  }

  class Native1 extends Base {
    get(i?: number, j?: number): any {
      if (arguments.length === 1 && typeof i === "number") {
        const { n0 } = this;
        const x = i < 0 ? i + n0 : i;
        if (x >>> 0 === x && x < n0) {
          const { items } = this._window;
          const at = this.first + x * this.s0;
          if (at < items.length) return items[at];
        }
      }
      return this.late(arguments.length, [i, j]);
    }

    set(...indexAndValue: any[]): void;
    set(i: any, value?: any, extra?: any): void {
      if (arguments.length === 2 && typeof i === "number") {
        const { writable } = this;
        const x = i < 0 ? i + writable : i;
        if (x >>> 0 === x && x < writable && typeof value === "number" && FITS) {
          const { items } = this._window;
          const at = this.first + x * this.s0;
          if (items[at] !== undefined) {
            items[at] = value;
            return;
          }
        }
      }
      this._set(arguments.length, [i, value, extra]);
    }

    override slice(...keys: any): any;
    override slice(key?: any): any {
      if (arguments.length === 1 && Array.isArray(key) && !this._released && !this._window.block.ended) {
        const { length } = key;
        const start = key[0];
        const step = length < 3 ? 1 : key[2];
        const count = countPlain(length, start, key[1], step, this.n0);
        if (count > 0) {
          const { _window, _format, _readonly, first, s0 } = this;
          return new Native1(_window, _format, _readonly, first + start * s0, count, step * s0);
        }
      }
      return super.slice(...(arguments as unknown as []));
    }

    override [Symbol.iterator](): any {
      return new Items(this);
    }
  }

  /** Iterates over the items of a view, as they are when their turn comes. */
  class Items {
    declare view: Native1;
    declare i: number;
    declare done: boolean;

    constructor(view: Native1) {
      this.view = view;
      this.i = 0;
      this.done = false;
    }

    next(): IteratorResult<unknown, undefined> {
      const { view, i } = this;
      if (i < view.n0) {
        this.i = i + 1;
        return { done: false, value: view.get(i) };
      }
      if (!this.done) view._check("MemoryView iteration");
      this.done = true;
      return { done: true, value: undefined };
    }
  }
  Object.setPrototypeOf(Items.prototype, iteratorPrototype);

  class Native2 extends Base {
    get(i?: number, j?: number, extra?: number): any {
      if (arguments.length === 2 && typeof i === "number" && typeof j === "number") {
        const { n0, n1 } = this;
        const y = i < 0 ? i + n0 : i;
        const x = j < 0 ? j + n1 : j;
        if (y >>> 0 === y && y < n0 && x >>> 0 === x && x < n1) {
          const { items } = this._window;
          const at = this.first + y * this.s0 + x * this.s1;
          if (at < items.length) return items[at];
        }
      }
      return this.late(arguments.length, [i, j, extra]);
    }

    set(...indexAndValue: any[]): void;
    set(i: any, j?: any, value?: any, extra?: any): void {
      if (arguments.length === 3 && typeof i === "number" && typeof j === "number") {
        const { writable, n1 } = this;
        const y = i < 0 ? i + writable : i;
        const x = j < 0 ? j + n1 : j;
        if (y >>> 0 === y && y < writable && x >>> 0 === x && x < n1 && typeof value === "number" && FITS) {
          const { items } = this._window;
          const at = this.first + y * this.s0 + x * this.s1;
          if (items[at] !== undefined) {
            items[at] = value;
            return;
          }
        }
      }
      this._set(arguments.length, [i, j, value, extra]);
    }

    override slice(...keys: any): any;
    override slice(rows?: any, columns?: any): any {
      const { n0, n1, first, s0, s1, _window, _format, _readonly } = this;
      if (arguments.length === 1) {
        // One row; `n0` is 0 of a released view.
        if (typeof rows === "number" && rows >= 0 && rows < n0 && rows % 1 === 0 && n1 > 0 && !_window.block.ended) {
          return new Native1(_window, _format, _readonly, first + rows * s0, n1, s1);
        }
      } else if (
        arguments.length === 2 &&
        Array.isArray(rows) &&
        Array.isArray(columns) &&
        !this._released &&
        !_window.block.ended
      ) {
        const { length: m } = rows;
        const { length: n } = columns;
        const y = rows[0];
        const x = columns[0];
        const yStep = m < 3 ? 1 : rows[2];
        const xStep = n < 3 ? 1 : columns[2];
        const height = countPlain(m, y, rows[1], yStep, n0);
        const width = countPlain(n, x, columns[1], xStep, n1);
        if (height > 0 && width > 0) {
          const at = first + y * s0 + x * s1;
          return new Native2(_window, _format, _readonly, at, height, yStep * s0, width, xStep * s1);
        }
      }
      return super.slice(...(arguments as unknown as []));
    }
  }

  class Native3 extends Base {
    get(i?: number, j?: number, k?: number, extra?: number): any {
      if (arguments.length === 3 && typeof i === "number" && typeof j === "number" && typeof k === "number") {
        const { n0, n1, n2 } = this;
        const z = i < 0 ? i + n0 : i;
        const y = j < 0 ? j + n1 : j;
        const x = k < 0 ? k + n2 : k;
        if (z >>> 0 === z && z < n0 && y >>> 0 === y && y < n1 && x >>> 0 === x && x < n2) {
          const { items } = this._window;
          const at = this.first + z * this.s0 + y * this.s1 + x * this.s2;
          if (at < items.length) return items[at];
        }
      }
      return this.late(arguments.length, [i, j, k, extra]);
    }

    set(...indexAndValue: any[]): void;
    set(i: any, j?: any, k?: any, value?: any, extra?: any): void {
      if (arguments.length === 4 && typeof i === "number" && typeof j === "number" && typeof k === "number") {
        const { writable, n1, n2 } = this;
        const z = i < 0 ? i + writable : i;
        const y = j < 0 ? j + n1 : j;
        const x = k < 0 ? k + n2 : k;
        if (
          z >>> 0 === z &&
          z < writable &&
          y >>> 0 === y &&
          y < n1 &&
          x >>> 0 === x &&
          x < n2 &&
          typeof value === "number" &&
          FITS
        ) {
          const { items } = this._window;
          const at = this.first + z * this.s0 + y * this.s1 + x * this.s2;
          if (items[at] !== undefined) {
            items[at] = value;
            return;
          }
        }
      }
      this._set(arguments.length, [i, j, k, value, extra]);
    }
  }

  return { NativeWindow, classes: [Native1, Native2, Native3] as AlignedClass[] };
};
