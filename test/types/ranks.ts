/** The number of dimensions that a view has, from literal shapes on. */
import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { typeOf } from "./support.ts";

const memory = LinearMemory.create();
declare const lengths: number[];
declare const height: number;
declare const width: number;

const line = memory.alloc("B", 5);
const grid = memory.alloc("B", [2, 3]);
const cube = memory.alloc("B", [2, 3, 4]);
const point = memory.alloc("B", []);
const unknown = memory.alloc("B", lengths);
type Bytes<N extends number> = MemoryView<number, ArrayBuffer, N, "B">;

// ---- where the rank comes from ---------------------------------------------------------------------------------------

typeOf(line).is<Bytes<1>>(); // a number is one dimension
typeOf(memory.alloc("B", [5])).is<Bytes<1>>();
typeOf(grid).is<Bytes<2>>();
typeOf(cube).is<Bytes<3>>();
typeOf(point).is<Bytes<0>>();
typeOf(memory.alloc("B", [height, width, 4])).is<Bytes<3>>(); // the lengths need not be literals
typeOf(memory.alloc("B", height)).is<Bytes<1>>();
typeOf(unknown).is<Bytes<number>>();
typeOf(memory.alloc("B", height > 1 ? height : [height, width])).is<Bytes<1 | 2>>();
typeOf(memory.scope((scope) => scope.alloc("B", [2, 3]))).is<Bytes<2>>();
typeOf(memory.view()).is<Bytes<1>>();
typeOf(memory.view({ byteOffset: 16, shape: [2, 3] })).is<Bytes<2>>();
typeOf(memory.view({ format: "h", shape: 5 })).is<MemoryView<number, ArrayBuffer, 1, "h">>();
typeOf(memory.view({ shape: lengths })).is<Bytes<number>>();

const buffer = new ArrayBuffer(24);
typeOf(memoryview(buffer)).is<Bytes<1>>();
typeOf(memoryview(memory)).is<Bytes<1>>();
typeOf(memoryview(buffer, { shape: [2, 3, 4] })).is<Bytes<3>>();
typeOf(memoryview(buffer, { shape: [2, 3], strides: [12, 4] })).is<Bytes<2>>();
typeOf(memoryview(buffer, { byteOffset: 4 })).is<Bytes<1>>();
typeOf(memoryview(new Uint8Array(4))).is<Bytes<1>>();
typeOf(memoryview(grid)).is<Bytes<2>>(); // a view keeps its own
typeOf(memoryview(grid, { shape: 6 })).is<Bytes<1>>();
typeOf(memoryview(grid, { byteOffset: 1 })).is<Bytes<number>>(); // or is of one dimension: it depends

// ---- indices ---------------------------------------------------------------------------------------------------------

typeOf(line.get(-1)).is<number>();
typeOf(grid.get(1, 2)).is<number>();
typeOf(cube.get(1, 2, 3)).is<number>();
typeOf(point.get()).is<number>();
line.set(4, 255);
grid.set(1, 2, 255);
cube.set(1, 2, 3, 255);
point.set(255);
// @ts-expect-error too few indices
grid.get(1);
// @ts-expect-error too many
grid.get(1, 2, 3);
// @ts-expect-error none for none
point.get(0);
// @ts-expect-error the value is missing, or an index
grid.set(1, 2);
// @ts-expect-error one index too many
line.set(1, 2, 255);
// @ts-expect-error an index is a number
grid.get("1", 2);
unknown.get();
unknown.get(1, 2, 3, 4);
unknown.set(1, 2, 255);
// @ts-expect-error the value is the last
unknown.set(1, 2, "255");

// ---- shape, strides, lists, iteration ----------------------------------------------------------------------------------

typeOf(grid.ndim).is<2>();
typeOf(grid.shape).is<readonly [number, number]>();
typeOf(grid.strides).is<readonly [number, number]>();
typeOf(point.shape).is<readonly []>();
typeOf(unknown.ndim).is<number>();
typeOf(unknown.shape).is<readonly number[]>();
export const [rows, columns] = grid.shape;
// @ts-expect-error there is no third dimension
export const third = grid.shape[2];
// @ts-expect-error a shape is frozen
grid.shape[0] = 1;

typeOf(point.toList()).is<number>();
typeOf(line.toList()).is<number[]>();
typeOf(grid.toList()).is<number[][]>();
typeOf(cube.toList()).is<number[][][]>();
typeOf(unknown.toList()).is<any>();
typeOf(memory.alloc("T{I:id:}", [2, 2]).toList()).is<{ id: number }[][]>();

for (const item of line) typeOf(item).is<number>();
for (const row of grid) typeOf(row).is<Bytes<1>>();
for (const row of grid) for (const item of row) typeOf(item).is<number>();
for (const plane of cube) typeOf(plane).is<Bytes<2>>();
for (const either of unknown) typeOf(either).is<any>();
typeOf([...line]).is<number[]>();
typeOf(Array.from(grid, (row) => row.get(0))).is<number[]>();
typeOf(Math.max(...line)).is<number>();

// ---- slices ----------------------------------------------------------------------------------------------------------

typeOf(grid.slice()).is<Bytes<2>>();
typeOf(grid.slice(0)).is<Bytes<1>>(); // an integer drops its axis
typeOf(grid.slice(height, width)).is<Bytes<0>>(); // literal or not
typeOf(grid.slice([1, 2])).is<Bytes<2>>(); // a range keeps it
typeOf(grid.slice([], [null, null, -1])).is<Bytes<2>>();
typeOf(grid.slice([1, 2], 0)).is<Bytes<1>>();
typeOf(grid.slice(null)).is<Bytes<3>>(); // null adds one
typeOf(grid.slice(null, "...", 0, null)).is<Bytes<3>>(); // "..." is those not named
typeOf(cube.slice("...", 0)).is<Bytes<2>>();
typeOf(cube.slice("10:20, ::-1, 0")).is<Bytes<2>>(); // one text says the same
typeOf(cube.slice("...")).is<Bytes<3>>();
typeOf(cube.slice("0,")).is<Bytes<2>>();
typeOf(cube.slice("None, ..., -1")).is<Bytes<3>>();
declare const text: string;
declare const keys: (number | [number, number])[];
declare const key: number | null;
typeOf(cube.slice(`${height}:${width}, 0`)).is<Bytes<2>>();
typeOf(cube.slice(`0, ${text}`)).is<Bytes<number>>(); // not known any more
typeOf(cube.slice(text)).is<Bytes<number>>();
typeOf(cube.slice(...keys)).is<Bytes<number>>();
typeOf(cube.slice(key)).is<Bytes<2 | 4>>();
typeOf(unknown.slice(0, 1)).is<Bytes<number>>();
typeOf(cube.slice(1).slice([0, 2]).slice(0, 0).get()).is<number>();
// @ts-expect-error a key is an integer, a range, "..." or null
grid.slice({ start: 1 });
// @ts-expect-error a range has numbers
grid.slice(["1", 2]);
// @ts-expect-error a text stands alone
grid.slice("0", 1);

// ---- other views -----------------------------------------------------------------------------------------------------

typeOf(grid.cast("f")).is<MemoryView<number, ArrayBuffer, 1, "f">>(); // as in Python
typeOf(grid.cast("q", [3, 1])).is<MemoryView<bigint, ArrayBuffer, 2, "q">>();
typeOf(grid.cast("B", lengths)).is<Bytes<number>>();
typeOf(grid.reinterpret("h")).is<MemoryView<number, ArrayBuffer, 2, "h">>();
typeOf(grid.reshape([3, 1, 2])).is<Bytes<3>>();
typeOf(grid.reshape(-1)).is<Bytes<1>>();
typeOf(grid.reshape(lengths)).is<Bytes<number>>();
typeOf(unknown.reshape([2, 3])).is<Bytes<2>>();
typeOf(grid.transpose()).is<Bytes<2>>();
typeOf(grid.transpose([1, 0])).is<Bytes<2>>();
typeOf(grid.flip()).is<Bytes<2>>();
typeOf(grid.flip(0)).is<Bytes<2>>();
typeOf(grid.swapAxes(0, 1)).is<Bytes<2>>();
typeOf(cube.moveAxis(2, 0)).is<Bytes<3>>();
typeOf(grid.rot90()).is<Bytes<2>>();
typeOf(grid.toReadonly()).is<Bytes<2>>();
typeOf(cube.squeeze(0)).is<Bytes<2>>();
typeOf(cube.squeeze([0, 1])).is<Bytes<1>>();
typeOf(cube.squeeze()).is<Bytes<number>>(); // depends on the lengths
typeOf(grid.expandDims(0)).is<Bytes<3>>();
typeOf(grid.expandDims([0, -1])).is<Bytes<4>>();
typeOf(line.broadcastTo([2, 5])).is<Bytes<2>>();
typeOf(line.slidingWindow(3)).is<Bytes<2>>();
typeOf(grid.slidingWindow([2, 2])).is<Bytes<4>>();
typeOf(grid.slidingWindow(2, 1)).is<Bytes<3>>();
typeOf(grid.diagonal()).is<Bytes<1>>();
typeOf(cube.diagonal(1, 0, 2)).is<Bytes<2>>();
typeOf(grid.strided({ shape: [1, 2, 3], strides: [0, 1, 1] })).is<Bytes<3>>();
typeOf(grid.strided({ shape: 3, strides: 1, format: "h" })).is<MemoryView<number, ArrayBuffer, 1, "h">>();
typeOf(grid.strided({ shape: lengths, strides: lengths })).is<Bytes<number>>();

// ---- as it is written with ndarray -----------------------------------------------------------------------------------

const image = memoryview(new Float32Array(64 * 48), { shape: [48, 64] });
typeOf(image.slice([10, 20], [10, 20])).is<MemoryView<number, ArrayBuffer, 2, "f">>(); // lo(10, 10).hi(10, 10)
typeOf(image.slice([null, null, 2], [null, null, -1])).is<MemoryView<number, ArrayBuffer, 2, "f">>(); // step(2, -1)
typeOf(image.slice([], 3)).is<MemoryView<number, ArrayBuffer, 1, "f">>(); // pick(-1, 3)
typeOf(image.transpose([1, 0]).get(0, 0)).is<number>(); // transpose(1, 0)
const rgba = memory.alloc("B", [48, 64, 4]);
typeOf(rgba.slice([], [], 0).toList()).is<number[][]>(); // one channel
typeOf(rgba.moveAxis(2, 0).slice(0)).is<Bytes<2>>(); // planes
