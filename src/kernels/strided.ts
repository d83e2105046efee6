import { base64 } from "virtual:wasm/strided";
import { FormatError } from "../errors.ts";
import { broadcastLayout } from "../layout/broadcast.ts";
import type { Layout } from "../layout/layout.ts";
import { shareBytes } from "../layout/overlap.ts";
import { cStrides, product } from "../layout/shape.ts";
import { eachOuter, simplify } from "../layout/walk.ts";
import type { LinearMemory } from "../linear-memory.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { checkTarget, checkView } from "./operands.ts";
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
  /** Writes one item into all. @throws ValueError, ReadonlyError */
  fill<T extends MemoryView>(target: T, value: unknown): T;
  /** Gives tables and scratch back. */
  release(): void;
}

type Three = [n0: number, n1: number, n2: number];
type CopyArguments = [target: number, source: number, ...counts: Three, ...target: Three, ...source: Three];
type FillArguments = [target: number, ...counts: Three, ...strides: Three];

interface Exports {
  copy_1(...args: CopyArguments): void;
  copy_2(...args: CopyArguments): void;
  copy_4(...args: CopyArguments): void;
  copy_8(...args: CopyArguments): void;
  copy_n(...args: [...CopyArguments, itemsize: number]): void;
  fill_1(...args: [...FillArguments, value: number]): void;
  fill_2(...args: [...FillArguments, value: number]): void;
  fill_4(...args: [...FillArguments, value: number]): void;
  fill_8(...args: [...FillArguments, value: bigint]): void;
  fill_n(...args: [...FillArguments, item: number, itemsize: number]): void;
}

const embedded = /* @__PURE__ */ new Embedded(base64);
const NAMES = ["copy", "fill"].flatMap((name) => ["1", "2", "4", "8", "n"].map((size) => `${name}_${size}`));

/** The inner three dimensions, with leading lengths of 1 where there are fewer. */
function innerThree(shape: readonly number[], strides: readonly number[][]): [Three, ...Three[]] {
  const last = (numbers: readonly number[], missing: number): Three =>
    [-3, -2, -1].map((at) => numbers.at(numbers.length + at < 0 ? numbers.length : at) ?? missing) as Three;
  return [last(shape, 1), ...strides.map((operand) => last(operand, 0))];
}

function copyWith(kernels: Exports, target: Layout, source: Layout, itemsize: number): void {
  const walk = simplify(target.shape, [target.strides, source.strides]);
  const [counts, to, from] = innerThree(walk.shape, walk.strides);
  eachOuter(walk, [target.byteOffset, source.byteOffset], 3, (at, other) => {
    const args: CopyArguments = [at!, other!, ...counts, ...to!, ...from!];
    if (itemsize === 1) kernels.copy_1(...args);
    else if (itemsize === 2) kernels.copy_2(...args);
    else if (itemsize === 4) kernels.copy_4(...args);
    else if (itemsize === 8) kernels.copy_8(...args);
    else kernels.copy_n(...args, itemsize);
  });
}

/** @internal */
export function stridedOn(loaded: Loaded, operation: string): StridedOperations {
  const kernels = embedded.on<Exports>(loaded.memory, loaded.module, NAMES, operation);
  return {
    copy(source, target) {
      const name = "strided.copy";
      const from = checkView(source, "source", loaded, name);
      const to = checkTarget(target, loaded, name);
      const { itemsize } = to._format;
      if (from._format.key !== to._format.key) {
        const problem = `the source has format '${from._format.text}', the target '${to._format.text}'`;
        throw new FormatError(name, problem, "assign() converts between formats");
      }
      const { shape } = to._layout;
      let items = broadcastLayout(from._layout, shape, name);
      if (product(shape) === 0) return target;
      if (shareBytes(items, itemsize, to._layout, itemsize) !== false) {
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
    fill(target, value) {
      const name = "strided.fill";
      const { _format: format, _layout: layout } = checkTarget(target, loaded, name);
      const { itemsize } = format;
      const item = new DataView(new ArrayBuffer(itemsize));
      format.write(item, 0, format.coerce(value, name));
      if (product(layout.shape) === 0) return target;
      const walk = simplify(layout.shape, [layout.strides]);
      const [counts, strides] = innerThree(walk.shape, walk.strides);
      const inMemory = [1, 2, 4, 8].includes(itemsize) ? 0 : putItem(loaded, item, name);
      target._live(name);
      eachOuter(walk, [layout.byteOffset], 3, (at) => {
        const args: FillArguments = [at!, ...counts, ...strides!];
        if (itemsize === 1) kernels.fill_1(...args, item.getUint8(0));
        else if (itemsize === 2) kernels.fill_2(...args, item.getUint16(0, true));
        else if (itemsize === 4) kernels.fill_4(...args, item.getUint32(0, true));
        else if (itemsize === 8) kernels.fill_8(...args, item.getBigUint64(0, true));
        else kernels.fill_n(...args, inMemory, itemsize);
      });
      return target;
    },
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
