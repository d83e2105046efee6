import { hex } from "virtual:wasm/strided";
import { FormatError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { Format } from "../format/format.ts";
import { broadcastLayout } from "../layout/broadcast.ts";
import { extent, type Layout } from "../layout/layout.ts";
import { shareBytes } from "../layout/overlap.ts";
import { cStrides, product } from "../layout/shape.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { oneOf, readOptions } from "../options.ts";
import type { AssignOptions } from "../view/assign.ts";
import { isLossless } from "../view/convert.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkOverlap, checkSameShape, checkTarget, checkView } from "./operands.ts";
import { type CopyArguments, type CopyExports, copyWith } from "./strided-copy.ts";
import { type SumExports, sumOf } from "./strided-sum.ts";
import { eachBox, type Three } from "./strided-walk.ts";
import { Embedded } from "./wasm/instantiate.ts";

/** Bulk operations on views of any format, rank and strides, as the methods of `MemoryView` define them. */
export interface StridedOperations {
  /**
   * Copies the items, as if the source had been copied first; the source is broadcast. Overlapping views take scratch
   * from the memory's allocator.
   *
   * @throws FormatError for another format, LayoutError, ReadonlyError, ValueError, before the first store.
   */
  copy<T extends MemoryView>(source: MemoryView, target: T): T;
  /**
   * What `target.assign(source, { mode })` does: converts the numbers of one format to another, rounded once. `mode` is
   * needed where values could be lost: `"c"` truncates and wraps, `"saturate"` clamps.
   *
   * @example
   * strided.convert(pixels, samples); // 'B' to 'f'
   * strided.convert(samples, pixels, { mode: "saturate" });
   * @throws FormatError without a mode, LayoutError, ReadonlyError, ValueError, before the first store.
   */
  convert<T extends MemoryView>(source: MemoryView, target: T, options?: AssignOptions): T;
  /** Writes one item into all. @throws ValueError, ReadonlyError */
  fill<T extends MemoryView>(target: T, value: unknown): T;
  /**
   * Writes every number with its bytes reversed, each part of a complex one; the target may be the source itself.
   *
   * @throws FormatError when the items are no numbers, or numbers of another size, LayoutError for other shapes or a
   * partial overlap, ReadonlyError, ValueError, before the first store.
   */
  swapBytes<T extends MemoryView>(source: MemoryView, target: T): T;
  /** What `a.equals(b)` answers, for two views of the loaded memory. @throws ValueError, ReleasedError */
  equals(a: MemoryView, b: MemoryView): boolean;
  /**
   * The sum of numbers or booleans. Integers: exact up to 2^53, and the nearest number beyond; of `q Q` an exact bigint.
   *
   * Floats are added in f64, in the order of their addresses: each row (the innermost axis, after axes that lie end to
   * end are joined) in runs of 1024 items, in which the k-th goes to the (k mod 4)th of four sums; runs follow one
   * another. The result is off by at most (258 + runs) × 2^-53 × Σ|item|.
   *
   * @throws FormatError when the items are no real numbers, ValueError, ReleasedError
   */
  sum(source: MemoryView): number | bigint;
  /** Gives tables and scratch back. */
  release(): void;
}

type FillArguments = [target: number, ...counts: Three, ...strides: Three];

interface Exports extends SumExports, CopyExports {
  fill_1(...args: [...FillArguments, value: number]): void;
  fill_2(...args: [...FillArguments, value: number]): void;
  fill_4(...args: [...FillArguments, value: number]): void;
  fill_8(...args: [...FillArguments, value: bigint]): void;
  fill_n(...args: [...FillArguments, item: number, itemsize: number]): void;
  swap_items(...args: [...CopyArguments, size: number]): void;
  equal_items(...args: [...CopyArguments, size: number, float: number]): number;
  convert_items(...args: [...CopyArguments, to: number, from: number, clamp: number]): void;
}

const embedded = /* @__PURE__ */ new Embedded(hex);
const SIZES: Record<string, readonly string[]> = {
  copy: ["1", "2", "4", "8", "n"],
  fill: ["1", "2", "4", "8", "n"],
  sum: ["1", "2", "4", "f32", "f64"],
  swap: ["items"],
  equal: ["items"],
  convert: ["items"],
};

/** The numbers that the conversion knows, in the order of its codes; from this one on they are floats. */
const NUMBERS = ["b", "B", "h", "H", "i", "I", "f", "d"] as const;
const REAL = 6;

/** The code of a format's numbers, or -1. */
const codeOf = ({ key }: Format): number => NUMBERS.findIndex((code) => formatOf(code, "").key === key);

const sameItems = (a: Layout, b: Layout): boolean =>
  a.byteOffset === b.byteOffset && a.shape.every((length, axis) => length <= 1 || a.strides[axis] === b.strides[axis]);

/** Whether two layouts may have a byte in common. Most lie apart, which costs less to see than what `shareBytes` does. */
function mayShare(a: Layout, aItemsize: number, b: Layout, bItemsize: number): boolean {
  const [aLow, aHigh] = extent(a, aItemsize);
  const [bLow, bHigh] = extent(b, bItemsize);
  return aLow < bHigh && bLow < aHigh && shareBytes(a, aItemsize, b, bItemsize) !== false;
}

/** A complex number is two of half its size, side by side. */
function inParts({ _format: { itemsize, scalar }, _layout: { byteOffset, shape, strides } }: MemoryView) {
  if (scalar?.kind !== "complex") return { size: itemsize, layout: { byteOffset, shape, strides } };
  const size = itemsize / 2;
  return { size, layout: { byteOffset, shape: [...shape, 2], strides: [...strides, size] } };
}

/** @internal */
export function stridedOn(loaded: Loaded, operation: string): StridedOperations {
  const names = Object.entries(SIZES).flatMap(([name, sizes]) => sizes.map((size) => `${name}_${size}`));
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, names, operation);
  return {
    copy(source, target) {
      const name = "strided.copy";
      const from = checkView(source, "source", loaded, name);
      const to = checkTarget(target, loaded, name);
      const { itemsize } = to._format;
      if (from._format.key !== to._format.key) {
        const problem = `the source has format '${from._format.text}', the target '${to._format.text}'`;
        throw new FormatError(name, problem, "convert() turns one into the other");
      }
      const { shape } = to._layout;
      let items = broadcastLayout(from._layout, shape, name);
      if (product(shape) === 0) return target;
      if (mayShare(items, itemsize, to._layout, itemsize)) {
        const own = from._layout.shape;
        const packed = {
          byteOffset: loaded.scratch(product(own) * itemsize, name),
          shape: own,
          strides: cStrides(own, itemsize),
        };
        copyWith(kernels, packed, from._layout, itemsize);
        items = broadcastLayout(packed, shape, name);
      }
      copyWith(kernels, to._layout, items, itemsize);
      return target;
    },
    convert(source, target, options) {
      const name = "strided.convert";
      const { _format: from, _layout: layout } = checkView(source, "source", loaded, name);
      const { _format: to, _layout: place } = checkTarget(target, loaded, name);
      const { mode } = readOptions(options, { mode: oneOf(["c", "saturate"]) }, name);
      const { shape } = place;
      const same = from.key === to.key;
      const [code, fromCode] = [codeOf(to), codeOf(from)];
      const fits = same || (code >= 0 && fromCode >= 0 && (mode !== undefined || isLossless(from, to)));
      // The method takes what no kernel does, refuses what it must, and drops leading axes of length 1.
      const assign = (): typeof target => target.assign(source, mode && { mode });
      if (!fits || shape.length < layout.shape.length) return assign();
      const items = broadcastLayout(layout, shape, name);
      const inPlace = from.itemsize === to.itemsize && sameItems(place, items);
      if (!inPlace && mayShare(items, from.itemsize, place, to.itemsize)) return assign();
      const clamp = mode === "saturate" ? 1 : 0;
      // Integers of one size wrap to the same bits.
      if (same || (clamp === 0 && fromCode >> 1 === code >> 1 && code < REAL)) {
        if (!inPlace) copyWith(kernels, place, items, to.itemsize);
        return target;
      }
      eachBox(shape, [place, items], ([t, s], counts, [toStrides, fromStrides]) =>
        kernels.convert_items(t!, s!, ...counts, ...toStrides!, ...fromStrides!, code, fromCode, clamp),
      );
      return target;
    },
    fill(target, value) {
      const name = "strided.fill";
      const { _format: format, _layout: layout } = checkTarget(target, loaded, name);
      const { itemsize } = format;
      const item = new DataView(new ArrayBuffer(itemsize));
      format.write(item, 0, format.coerce(value, name));
      if (product(layout.shape) === 0) return target;
      const inMemory = [1, 2, 4, 8].includes(itemsize) ? 0 : putItem(loaded, item, name);
      target._live(name);
      eachBox(layout.shape, [layout], ([at], counts, [strides]) => {
        const args: FillArguments = [at!, ...counts, ...strides!];
        if (itemsize === 1) kernels.fill_1(...args, item.getUint8(0));
        else if (itemsize === 2) kernels.fill_2(...args, item.getUint16(0, true));
        else if (itemsize === 4) kernels.fill_4(...args, item.getUint32(0, true));
        else if (itemsize === 8) kernels.fill_8(...args, item.getBigUint64(0, true));
        else kernels.fill_n(...args, inMemory, itemsize);
      });
      return target;
    },
    swapBytes(source, target) {
      const name = "strided.swapBytes";
      const from = checkView(source, "source", loaded, name);
      const to = checkTarget(target, loaded, name);
      const [a, b] = [inParts(from), inParts(to)];
      const known = [from, to].every(({ _format: { scalar } }) => scalar && scalar.kind !== "character");
      if (!known || a.size !== b.size || from._format.itemsize !== to._format.itemsize) {
        const problem = `the source has format '${from._format.text}', the target '${to._format.text}'`;
        throw new FormatError(name, problem, "use numbers of one size");
      }
      checkSameShape(from, to, name);
      const inPlace = checkOverlap(from, to, true, name);
      if (a.size === 1) {
        if (!inPlace) copyWith(kernels, b.layout, a.layout, 1);
        return target;
      }
      eachBox(b.layout.shape, [b.layout, a.layout], ([t, s], counts, [toStrides, fromStrides]) =>
        kernels.swap_items(t!, s!, ...counts, ...toStrides!, ...fromStrides!, a.size),
      );
      return target;
    },
    equals(a, b) {
      const name = "strided.equals";
      const left = checkView(a, "first view", loaded, name);
      const right = checkView(b, "second view", loaded, name);
      const { key, scalar } = left._format;
      const [x, y] = [inParts(left), inParts(right)];
      const float = scalar?.kind === "float" || scalar?.kind === "complex";
      const bytes = ["integer", "bigint", "character"].includes(scalar?.kind ?? "");
      const native = float && left._format.little && x.size >= 4;
      const sameShape = x.layout.shape.length === y.layout.shape.length && x.layout.shape.every((length, axis) => length === y.layout.shape[axis]); // prettier-ignore
      if (key !== right._format.key || !sameShape || !(bytes || native)) return left.equals(right);
      let equal = true;
      eachBox(x.layout.shape, [x.layout, y.layout], ([at, other], counts, [s, t]) => {
        equal &&= kernels.equal_items(at!, other!, ...counts, ...s!, ...t!, x.size, float ? 1 : 0) === 1;
      });
      return equal;
    },
    sum: (source) => sumOf(kernels, checkView(source, "source", loaded, "strided.sum"), "strided.sum"),
    release: () => loaded.release(),
  };
}

/** Puts the bytes of an item of another size where a kernel can read them. */
function putItem(loaded: Loaded, item: DataView, operation: string): number {
  const address = loaded.scratch(item.byteLength, operation);
  loaded.source.array(Uint8Array).set(new Uint8Array(item.buffer), address);
  return address;
}

/** The strided kernels, instantiated on a memory; synchronous. @throws UnsupportedError */
export function loadStrided(memory: LinearMemory | WebAssembly.Memory, options?: LoadOptions): StridedOperations {
  return stridedOn(new Loaded(memory, options, "loadStrided"), "loadStrided");
}
