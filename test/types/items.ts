/** What TypeScript infers. Compiled by `tsc`, not run: a line that should fail and does not is an error itself. */
import { type BufferOf, type ItemOf, LinearMemory, memoryview, type MemoryView } from "linearview";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

holds<Equal<ItemOf<"B">, number>>();
holds<Equal<ItemOf<"<q">, bigint>>();
holds<Equal<ItemOf<"?">, boolean>>();
holds<Equal<ItemOf<">F">, [number, number]>>();
holds<Equal<ItemOf<"8s">, Uint8Array>>();

const memory = LinearMemory.create();
const shared = LinearMemory.create({ shared: true });
holds<Equal<typeof memory, LinearMemory<ArrayBuffer>>>();
holds<Equal<typeof shared, LinearMemory<SharedArrayBuffer>>>();

const pixels = memory.alloc("B", [2, 2, 4]);
holds<Equal<typeof pixels, MemoryView<number, ArrayBuffer>>>();
holds<Equal<ReturnType<typeof pixels.get>, number>>();
holds<Equal<typeof pixels.buffer, ArrayBuffer>>();
const longs = pixels.cast("q");
holds<Equal<ReturnType<typeof longs.get>, bigint>>();
holds<Equal<BufferOf<Uint8Array<SharedArrayBuffer>>, SharedArrayBuffer>>();

const items = memoryview(new BigInt64Array(1));
holds<Equal<ReturnType<typeof items.get>, bigint>>();
const windowed = memoryview(new WebAssembly.Memory({ initial: 1 }), { format: "?", shape: 3 });
holds<Equal<ReturnType<typeof windowed.get>, boolean>>();

pixels.set(0, 0, 0, 255);
// @ts-expect-error an item of B is a number
pixels.set(0, 0, 0, "255");
// @ts-expect-error an item of q is a bigint
longs.set(0, 5);

export const painted = new ImageData(pixels.typedArray({ clamped: true }), 2);
// @ts-expect-error ImageData refuses shared memory
export const refused = new ImageData(shared.alloc("B", [2, 2, 4]).typedArray({ clamped: true }), 2);
