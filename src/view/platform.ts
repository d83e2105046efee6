import { FormatError, show, UnsupportedError, ValueError } from "../errors.ts";
import { cached } from "../format/format.ts";
import { isCContiguous } from "../layout/layout.ts";
import { cStrides } from "../layout/shape.ts";
import { isShared } from "../memory/source.ts";
import { checkOption } from "../options.ts";
import { copyOf, imageDataOf, typedArrayOf } from "./bridges.ts";
import { bytesOf } from "./export.ts";
import { late } from "./late.ts";
import type { MemoryView } from "./memory-view.ts";
import type { ArrayOf, CopyOf } from "./types.ts";

/**
 * Which platform APIs take which memory, a row for those that agree: the kinds of memory they take as they are, whether
 * they read the bytes or write them, the object they get, and their names.
 *
 * Kinds: `F` fixed, `S` shared, `R` resizable, `G` growable shared. A small letter is one that Chromium takes and another
 * engine refuses, so it gets a copy; `-` are those that take all and ship or store the whole memory. Objects: `bytes` is
 * a `Uint8Array`, `items` the typed array of the format, `floats` a `Float32Array`, `image` an `ImageData`.
 *
 * Source: measured in Chromium 156, and again by every run of `test/browser/platform-apis.test.ts`.
 */
export const PLATFORM_APIS = [
  "F reads bytes TextDecoder.decode crypto.subtle.digest Blob WebSocket.send FileSystemWritableFileStream.write CompressionStream DecompressionStream",
  "F reads floats AudioBuffer.copyToChannel",
  "F reads image ImageData",
  "F writes bytes TextEncoder.encodeInto crypto.getRandomValues AnalyserNode.getByteTimeDomainData AnalyserNode.getByteFrequencyData",
  "F writes floats AudioBuffer.copyFromChannel AnalyserNode.getFloatTimeDomainData AnalyserNode.getFloatFrequencyData",
  "FS reads bytes WebGL.bufferSubData",
  "FSG reads bytes WebGL.bufferData VideoFrame ImageDecoder EncodedVideoChunk EncodedAudioChunk",
  "FSG reads items WebGL.texImage2D WebGL.texSubImage2D AudioData",
  "FSG writes bytes WebGL.getBufferSubData VideoFrame.copyTo AudioData.copyTo EncodedVideoChunk.copyTo EncodedAudioChunk.copyTo",
  "FSG writes items WebGL.readPixels",
  "Fsg reads bytes Response Request fetch",
  "- reads items postMessage structuredClone IndexedDB.put",
] as const;

/** What a memory of each kind is called, in the order of `kindOf`. */
const MEMORIES = { F: "unshared", R: "resizable", S: "shared", G: "growable shared" };

/** Every API as words: kinds, reads or writes, object, names. */
const rows = (): string[][] => PLATFORM_APIS.map((row) => row.split(" "));

const apiOf = cached((name: string, operation: string): string[] => {
  const found = rows().find((row) =>
    row.some((known, i) => i > 2 && (known === name || (typeof name === "string" && known.endsWith(`.${name}`)))),
  );
  if (found) return found;
  const known = rows().flatMap((row) => row.slice(3)).join(", "); // prettier-ignore
  throw new ValueError(operation, `${show(name)} is no platform API of the table`, `known are ${known}`);
});

function kindOf(buffer: ArrayBufferLike): keyof typeof MEMORIES {
  if (isShared(buffer)) return buffer.growable ? "G" : "S";
  return buffer.resizable ? "R" : "F";
}

/** See `MemoryView.forApi`. */
export function forApi(view: MemoryView, name: string, call?: (object: any) => unknown): unknown {
  const operation = "MemoryView.forApi";
  const block = view._check(operation);
  const [kinds, way, wants] = apiOf(name, operation) as [string, string, string];
  checkOption(call, "call", (value) => value !== undefined && typeof value !== "function" && "a function", operation);
  const writes = way === "writes";
  if (writes) view._checkWritable(operation);
  const { _format: format, _layout: layout } = view;
  const { array, scalar, itemsize, text } = format;
  if (wants === "floats" && scalar?.array !== Float32Array) {
    throw new FormatError(operation, `${name} takes 'f', the format is ${show(text)}`, "assign() it to a view of 'f'");
  }
  // Where no typed array has such items, the items are their bytes.
  const bytes = wants === "bytes" || (wants === "items" && !scalar?.array);
  const swapped = !bytes && !array && scalar?.array !== undefined;
  const kind = kindOf(view._live(operation).buffer);
  const fits = !swapped && isCContiguous(layout, itemsize) && (bytes || layout.byteOffset % itemsize === 0);
  const taken = fits && kinds.includes(kind) && !view._readonly;
  if (writes && !taken && !call) {
    throw new UnsupportedError(
      operation,
      `${name} does not write into ${fits ? `${MEMORIES[kind]} memory` : "items that are not packed, aligned and in native byte order"}`,
      `pass what fills a copy: forApi('${name}', (object) => …)`,
    );
  }
  const target = taken ? view : packed(view, swapped);
  const object = bytes
    ? new Uint8Array(target._live(operation).buffer, target.byteOffset, target.nbytes)
    : wants === "image"
      ? imageDataOf(target)
      : typedArrayOf(target, undefined, operation);
  if (!call) return object;

  const { byteLength } = object as Uint8Array;
  const finish = (result: unknown): unknown => {
    if (writes && !taken) view.assign(target);
    // A buffer that was replaced while somebody wrote into it.
    else if (writes && (object as Uint8Array).byteLength !== byteLength) {
      throw new UnsupportedError(operation, `the memory grew while ${name} wrote into it`, "call it again");
    }
    return result;
  };
  const letGo = block.hold(operation);
  let waits = false;
  try {
    const result = call(object);
    waits = typeof (result as PromiseLike<unknown> | undefined)?.then === "function";
    return waits ? Promise.resolve(result).then(finish).finally(letGo) : finish(result);
  } finally {
    if (!waits) letGo();
  }
}

/** A view of a packed copy: of the same format, or of the native one where the bytes are in the other order. */
function packed(view: MemoryView, swapped: boolean): MemoryView {
  const { shape } = view._layout;
  const copy = late.viewOf(swapped ? copyOf(view) : bytesOf(view))!;
  const format = swapped ? copy._format : view._format;
  return copy._derive({ byteOffset: 0, shape, strides: cStrides(shape, format.itemsize) }, format);
}

// ---- types -----------------------------------------------------------------------------------------------------------

type Row = (typeof PLATFORM_APIS)[number];
type Words<Text> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;
type Endings<Name> = Name extends `${string}.${infer Rest}` ? Name | Endings<Rest> : Name;
type Names<R> = R extends `${string} ${string} ${string} ${infer Text}` ? Endings<Words<Text>> : never;

/** The platform APIs that `forApi` knows; the last word of a name will do: `"TextDecoder.decode"`, `"decode"`. */
export type PlatformApi = Names<Row>;

/** The buffers of what an API gets: its copy, or the memory's own where it takes that. */
type Handed<Kinds, B extends ArrayBufferLike> = Kinds extends `${string}S${string}` ? B | ArrayBuffer : ArrayBuffer;

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
          floats: Float32Array<ArrayBuffer>;
          image: ImageData;
        }[Object & ("bytes" | "items" | "floats" | "image")]
      : never
    : never
  : never;
