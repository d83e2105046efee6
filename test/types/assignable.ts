/** Which view stands for which: types written by hand, functions of any view, lists of views. */
import { LinearMemory, memoryview, type MemoryView, record } from "linearview";
import { typeOf } from "./support.ts";

const memory = LinearMemory.create();
const shared = LinearMemory.create({ shared: true });
const grid = memory.alloc("B", [2, 3]);
const records = memory.alloc(record({ id: "I", pos: "(3)f" }), 4);
declare const lengths: number[];

// ---- every view is a MemoryView ----------------------------------------------------------------------------------------

declare function anyView(view: MemoryView): void;
anyView(grid);
anyView(records);
anyView(records.field("pos"));
anyView(memory.alloc("q", lengths));
anyView(shared.alloc("T{F:z:}", []));
anyView(memoryview(new Float32Array(4)).slice("...", null));
export const all: MemoryView[] = [grid, records, grid.slice(0), shared.alloc("?", [1, 2, 3, 4, 5, 6, 7, 8, 9])];
export const mixed = [grid, grid.slice(0), memory.alloc("q", 3)].map((view) => view.nbytes);

// ---- less known stands for more known, not the other way ---------------------------------------------------------------

export const numbers: MemoryView<number> = grid;
export const unshared: MemoryView<number, ArrayBuffer> = grid;
export const flat: MemoryView<number, ArrayBuffer, 2> = grid;
export const exact: MemoryView<number, ArrayBuffer, 2, "B"> = grid;
export const either: MemoryView<number | bigint> = grid;
export const up: MemoryView<number> = flat;
export const ranks: MemoryView<number, ArrayBuffer, 1 | 2> = grid;
export const identified: MemoryView<{ id: number }> = records;
// @ts-expect-error items of another type
export const bigints: MemoryView<bigint> = grid;
// @ts-expect-error another number of dimensions
export const cube: MemoryView<number, ArrayBuffer, 3> = grid;
// @ts-expect-error a number of dimensions that is not known
export const guessed: MemoryView<number, ArrayBuffer, 2> = memory.alloc("B", lengths);
// @ts-expect-error shared memory
export const notShared: MemoryView<number, ArrayBuffer> = shared.alloc("B", [2, 3]);
// @ts-expect-error another format
export const halves: MemoryView<number, ArrayBuffer, 2, "e"> = grid;

// ---- types written by hand are as usable -------------------------------------------------------------------------------

declare const plain: MemoryView;
declare const byHand: MemoryView<number>;
declare const planar: MemoryView<number, ArrayBufferLike, 2>;
typeOf(plain.get(1, 2, 3)).is<any>();
plain.set(1, 2, "anything");
typeOf(byHand.get(1, 2)).is<number>();
byHand.set(1, 2, 3);
byHand.fill(1).assign([1, 2]).assign(byHand);
typeOf(byHand.slice(0).get(1)).is<number>();
typeOf(byHand.reshape([2, 3]).toList()).is<number[][]>();
typeOf(byHand.cast("q").get(0)).is<bigint>();
typeOf(byHand.shape).is<readonly number[]>();
typeOf(byHand.format).is<string>();
typeOf(byHand.field("any")).is<MemoryView<any, ArrayBufferLike>>();
typeOf(planar.get(1, 2)).is<number>();
typeOf(planar.toList()).is<number[][]>();
// @ts-expect-error an item is a number
byHand.set(0, "1");
// @ts-expect-error too few indices
planar.get(1);
export const sum = (view: MemoryView<number>): number => [...view.reshape(-1)].reduce((a, b) => a + b, 0);
typeOf(sum(grid)).is<number>();

// ---- in generic functions ------------------------------------------------------------------------------------------------

const same = <V extends MemoryView>(view: V): V => view;
typeOf(same(grid)).is<typeof grid>();
const first = <T>(view: MemoryView<T, ArrayBufferLike, 1>): T => view.get(0);
typeOf(first(records)).is<{ id: number; pos: [number, number, number] }>();
// @ts-expect-error of one dimension
first(grid);
const mirrored = <T, B extends ArrayBufferLike, N extends number>(view: MemoryView<T, B, N>): MemoryView<T, B, N> =>
  view.flip();
typeOf(mirrored(grid)).is<MemoryView<number, ArrayBuffer, 2>>();
const made = <F extends string>(format: F) => memory.alloc(format, [2, 2]);
typeOf(made("q").get(0, 0)).is<bigint>();
