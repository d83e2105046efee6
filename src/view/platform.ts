import { show, UnsupportedError, ValueError } from "../errors.ts";
import { cached } from "../format/format.ts";
import { isCContiguous } from "../layout/layout.ts";
import { cStrides } from "../layout/shape.ts";
import { isShared } from "../memory/source.ts";
import { callable, checkOption } from "../options.ts";
import { copyOf, imageDataOf } from "./bridges.ts";
import { bytesOf } from "./export.ts";
import { late } from "./late.ts";
import type { MemoryView } from "./memory-view.ts";
import type { ArrayOf, CopyOf } from "./types.ts";

/**
 * Which platform APIs take which memory, a row for those that agree: the kinds of memory they take as they are, whether
 * they read the bytes or write them, the object they get, and their names.
 *
 * Kinds: `f` fixed, `s` shared, `g` growable shared; none takes resizable memory. `-` are those that take all, and ship or
 * store the whole memory. Objects: `bytes` is a `Uint8Array`, `items` the typed array of the format, `image` an `ImageData`.
 *
 * Source: measured in Chromium 156, and again by every run of `test/browser/platform-apis.test.ts`.
 */
export const PLATFORM_APIS = [
  "f reads bytes TextDecoder.decode crypto.subtle.digest Blob Response Request fetch WebSocket.send FileSystemWritableFileStream.write CompressionStream DecompressionStream",
  "f reads items AudioBuffer.copyToChannel",
  "f reads image ImageData",
  "f writes bytes TextEncoder.encodeInto crypto.getRandomValues AnalyserNode.getByteTimeDomainData AnalyserNode.getByteFrequencyData",
  "f writes items AnalyserNode.getFloatTimeDomainData AnalyserNode.getFloatFrequencyData AudioBuffer.copyFromChannel",
  "fs reads bytes WebGL.bufferSubData",
  "fsg reads bytes WebGL.bufferData VideoFrame ImageDecoder EncodedVideoChunk EncodedAudioChunk",
  "fsg reads items WebGL.texImage2D WebGL.texSubImage2D AudioData",
  "fsg writes bytes WebGL.getBufferSubData VideoFrame.copyTo AudioData.copyTo EncodedVideoChunk.copyTo EncodedAudioChunk.copyTo",
  "fsg writes items WebGL.readPixels",
  "- reads items postMessage structuredClone IndexedDB.put",
] as const;

const OPERATION = "MemoryView.forApi";

/** The row of an API, in words. */
const rowOf = cached((name: string): string[] => {
  const rows = PLATFORM_APIS.map((row) => row.split(" "));
  const called = (known: string, i: number): boolean => i > 2 && `.${known}`.endsWith(`.${name}`);
  const row = typeof name === "string" && rows.find((words) => words.some(called));
  if (row) return row;
  const known = rows.flatMap((words) => words.slice(3));
  throw new ValueError(OPERATION, `${show(name)} is no API of the table`, `known are ${known.join(", ")}`);
});

/** See `MemoryView.forApi`. */
export function forApi(view: MemoryView, name: string, call?: (object: any) => unknown): unknown {
  const block = view._check(OPERATION);
  const [kinds, way, wants] = rowOf(name, OPERATION);
  if (call !== undefined) checkOption(call, "call", callable, OPERATION);
  const writes = way === "writes";
  if (writes) view._checkWritable(OPERATION);
  const { _format: format, _layout: layout } = view;
  const { buffer } = view._live(OPERATION);
  // Items that no typed array has are their bytes; of items in the other byte order only a copy can be one.
  const items = wants === "bytes" ? undefined : format.scalar?.array;
  const array = items ? format.array : Uint8Array;
  const type = items ?? Uint8Array;
  const size = type.BYTES_PER_ELEMENT;
  const fits = array && isCContiguous(layout, format.itemsize) && layout.byteOffset % size === 0;
  const kind = isShared(buffer) ? (buffer.growable ? "growable shared" : "shared") : buffer.resizable ? "resizable" : "fixed"; // prettier-ignore
  const taken = fits && !view._readonly && kinds!.includes(kind[0]!);
  if (writes && !taken && !call) {
    throw new UnsupportedError(
      OPERATION,
      fits ? `${name} refuses ${kind} memory` : `${name} takes packed, aligned items`,
      "pass a call that fills a copy: (copy) => …",
    );
  }
  let target = view;
  if (!taken) {
    const copy = late.viewOf(array ? bytesOf(view) : copyOf(view))!;
    const { shape } = layout;
    const packed = { byteOffset: 0, shape, strides: cStrides(shape, format.itemsize) };
    target = copy._derive(packed, array ? format : copy._format);
  }
  const { nbytes } = target;
  const object =
    wants === "image"
      ? imageDataOf(target)
      : new type(target._live(OPERATION).buffer, target.byteOffset, nbytes / size);
  if (!call) return object;

  const finish = (result: unknown): unknown => {
    if (writes && !taken) view.assign(target);
    // Its buffer was replaced while somebody wrote into it.
    if (writes && (object as Uint8Array).byteLength !== nbytes) {
      throw new UnsupportedError(OPERATION, `the memory grew while ${name} wrote into it`, "call it again");
    }
    return result;
  };
  const letGo = block.hold(OPERATION);
  let waits = false;
  try {
    const result = call(object);
    waits = typeof (result as PromiseLike<unknown> | undefined)?.then === "function";
    return waits ? Promise.resolve(result).then(finish).finally(letGo) : finish(result);
  } finally {
    if (!waits) letGo();
  }
}

// ---- types -----------------------------------------------------------------------------------------------------------

type Row = (typeof PLATFORM_APIS)[number];
type Words<Text> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
type Endings<Name> = Name extends `${string}.${infer Rest}` ? Name | Endings<Rest> : Name;
type Names<R> = R extends `${string} ${string} ${string} ${infer Text}` ? Endings<Words<Text>> : never;

/** The platform APIs that `forApi` knows; the last word of a name will do: `"TextDecoder.decode"`, `"decode"`. */
export type PlatformApi = Names<Row>;

/** The buffers of what an API gets: its copy, or the memory's own where it takes that. */
type Handed<Kinds, B extends ArrayBufferLike> = Kinds extends `${string}s${string}` ? B | ArrayBuffer : ArrayBuffer;

/** The typed array of a format: a copy where the numbers are in the other byte order, bytes where there is no such array. */
type Items<I, B extends ArrayBufferLike, F extends string> = F extends `${">" | "!"}${string}`
  ? CopyOf<I, F> extends Uint8Array
    ? Uint8Array<B>
    : CopyOf<I, F>
  : [ArrayOf<I, B, F>] extends [never]
    ? Uint8Array<B>
    : ArrayOf<I, B, F>;

/** What a platform API gets from a view of items `I` in a buffer `B` with the format `F`. */
export type PlatformObject<Name, I, B extends ArrayBufferLike, F extends string, R = Row> = R extends unknown
  ? Name extends Names<R>
    ? R extends `${infer Kinds} ${string} ${infer Object} ${string}`
      ? {
          bytes: Uint8Array<Handed<Kinds, B>>;
          items: Items<I, Handed<Kinds, B>, F>;
          image: ImageData;
        }[Object & ("bytes" | "items" | "image")]
      : never
    : never
  : never;
