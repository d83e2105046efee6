/** The buffer that a view is on, and the platform's own objects over it. */
import { type BufferOf, type Exporter, LinearMemory, memoryview, type MemoryView } from "linearview";
import { type Equal, rule, typeOf } from "./support.ts";

const memory = LinearMemory.create();
const shared = LinearMemory.create({ shared: true });
const pixels = memory.alloc("B", [2, 2, 4]);
const sharedPixels = shared.alloc("B", [2, 2, 4]);
declare const format: string;
declare const anyone: LinearMemory;

// ---- which buffer ----------------------------------------------------------------------------------------------------

typeOf(memory).is<LinearMemory<ArrayBuffer>>();
typeOf(shared).is<LinearMemory<SharedArrayBuffer>>();
typeOf(pixels.buffer).is<ArrayBuffer>();
typeOf(sharedPixels.buffer).is<SharedArrayBuffer>();
typeOf(sharedPixels.slice(0).cast("f").transpose().buffer).is<SharedArrayBuffer>(); // views keep it
typeOf(anyone.alloc("B", 4).buffer).is<ArrayBufferLike>();
typeOf(memoryview(new SharedArrayBuffer(4)).buffer).is<SharedArrayBuffer>();
typeOf(memoryview(new Uint8Array(new SharedArrayBuffer(4))).buffer).is<SharedArrayBuffer>();
typeOf(memoryview(sharedPixels).buffer).is<SharedArrayBuffer>();
typeOf(memoryview(() => new ArrayBuffer(4)).buffer).is<ArrayBuffer>();
rule<"the buffer of a typed array", Equal<BufferOf<Uint8Array<SharedArrayBuffer>>, SharedArrayBuffer>>();

// ---- the format of a source ------------------------------------------------------------------------------------------

typeOf(memoryview(new Int8Array(1))).is<MemoryView<number, ArrayBuffer, 1, "b">>();
typeOf(memoryview(new Uint8Array(1))).is<MemoryView<number, ArrayBuffer, 1, "B">>();
typeOf(memoryview(new Uint8ClampedArray(1))).is<MemoryView<number, ArrayBuffer, 1, "B">>();
typeOf(memoryview(new Int16Array(1))).is<MemoryView<number, ArrayBuffer, 1, "h">>();
typeOf(memoryview(new Uint16Array(1))).is<MemoryView<number, ArrayBuffer, 1, "H">>();
typeOf(memoryview(new Int32Array(1))).is<MemoryView<number, ArrayBuffer, 1, "i">>();
typeOf(memoryview(new Uint32Array(1))).is<MemoryView<number, ArrayBuffer, 1, "I">>();
typeOf(memoryview(new BigInt64Array(1))).is<MemoryView<bigint, ArrayBuffer, 1, "q">>();
typeOf(memoryview(new BigUint64Array(1))).is<MemoryView<bigint, ArrayBuffer, 1, "Q">>();
typeOf(memoryview(new Float32Array(1))).is<MemoryView<number, ArrayBuffer, 1, "f">>();
typeOf(memoryview(new Float64Array(1))).is<MemoryView<number, ArrayBuffer, 1, "d">>();
typeOf(memoryview(new DataView(new ArrayBuffer(1)))).is<MemoryView<number, ArrayBuffer, 1, "B">>();
typeOf(memoryview(Buffer.from("a")).get(0)).is<number>();
typeOf(memoryview(new WebAssembly.Memory({ initial: 1 })).format).is<"B">();
typeOf(memoryview(new ImageData(1, 1)).format).is<"B">();
typeOf(memoryview(new Float64Array(1), { format: "?" }).get(0)).is<boolean>(); // a window says otherwise
typeOf(memoryview(pixels.cast("q")).get(0)).is<bigint>();
declare const one: ArrayBufferView;
typeOf(memoryview(one).get(0)).is<any>(); // which class is not known
declare const numbers: Float32Array | Float64Array;
typeOf(memoryview(numbers).get(0)).is<number>();
declare const exporter: Exporter;
typeOf(memoryview(exporter).get(0, 0)).is<any>();
declare const samples: Exporter<{ source: ArrayBuffer; format: "<h" }>;
typeOf(memoryview(samples).get(0)).is<number>();

// ---- typed arrays ----------------------------------------------------------------------------------------------------

typeOf(memory.alloc("f", 4).typedArray()).is<Float32Array<ArrayBuffer>>();
typeOf(memory.alloc("<f", [2, 2]).typedArray()).is<Float32Array<ArrayBuffer>>();
typeOf(shared.alloc("f", 4).typedArray()).is<Float32Array<SharedArrayBuffer>>();
typeOf(pixels.typedArray()).is<Uint8Array<ArrayBuffer>>();
typeOf(pixels.typedArray({})).is<Uint8Array<ArrayBuffer>>();
typeOf(pixels.typedArray({ clamped: true })).is<Uint8ClampedArray<ArrayBuffer>>();
typeOf(sharedPixels.typedArray({ clamped: true })).is<Uint8ClampedArray<SharedArrayBuffer>>();
typeOf(pixels.slice(0).typedArray()).is<Uint8Array<ArrayBuffer>>();
typeOf(pixels.cast("q").typedArray()).is<BigInt64Array<ArrayBuffer>>();
typeOf(pixels.cast("l").typedArray()).is<Int32Array<ArrayBuffer>>(); // C's names of the same integers
typeOf(pixels.cast("P").typedArray()).is<Uint32Array<ArrayBuffer>>();
typeOf(memoryview(new Int16Array(4)).typedArray()).is<Int16Array<ArrayBuffer>>();
typeOf(pixels.cast(format).typedArray()).is<any>();
export const never = (): never => memory.alloc("?", 1).typedArray(); // no typed array has such items
declare const where: MemoryView<number, ArrayBuffer, 1, "f"> | MemoryView<number, SharedArrayBuffer, 1, "f">;
typeOf(where.typedArray()).is<Float32Array<ArrayBuffer> | Float32Array<SharedArrayBuffer>>();
// @ts-expect-error clamped is true or false
pixels.typedArray({ clamped: 1 });
// @ts-expect-error there is no such option
pixels.typedArray({ clampd: true });
typeOf(sharedPixels.dataView()).is<DataView<SharedArrayBuffer>>();

typeOf(sharedPixels.copy()).is<Uint8Array<ArrayBuffer>>(); // a copy is never shared
typeOf(memory.alloc("f", 4).slice([null, null, 2]).copy()).is<Float32Array<ArrayBuffer>>();
typeOf(memory.alloc(">f", 4).copy()).is<Float32Array<ArrayBuffer>>(); // in the byte order of the platform
typeOf(memory.alloc("T{I:id:}", 4).copy()).is<Uint8Array<ArrayBuffer>>(); // else bytes
typeOf(memory.alloc(">F", 4).imag().copy()).is<Float32Array<ArrayBuffer>>();

export const painted = new ImageData(pixels.typedArray({ clamped: true }), 2);
export const random = crypto.getRandomValues(pixels.typedArray());
// @ts-expect-error ImageData refuses shared memory
export const refused = new ImageData(sharedPixels.typedArray({ clamped: true }), 2);
// @ts-expect-error so does Crypto
export const unsafe = crypto.getRandomValues(sharedPixels.typedArray());
// @ts-expect-error and it may be shared where that is not known
export const perhaps = new ImageData(anyone.alloc("B", [2, 2, 4]).typedArray({ clamped: true }), 2);
