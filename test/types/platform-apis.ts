/** What the platform's APIs get from `forApi`. */
import { LinearMemory, memoryview, type MemoryView, type PlatformApi } from "linearview";
import { typeOf } from "./support.ts";

const memory = LinearMemory.create();
const shared = LinearMemory.create({ shared: true });
const pixels = memory.alloc("B", [4, 4, 4]);
const sharedPixels = shared.alloc("B", [4, 4, 4]);
const samples = shared.alloc("f", 16);
declare const anyone: MemoryView;
declare const gl: WebGL2RenderingContext;
declare const frame: VideoFrame;
declare const buffer: AudioBuffer;
declare const analyser: AnalyserNode;
declare const socket: WebSocket;

// ---- APIs that refuse shared memory take what they get, whatever the memory ------------------------------------------

typeOf(sharedPixels.forApi("TextDecoder.decode")).is<Uint8Array<ArrayBuffer>>();
typeOf(anyone.forApi("Blob")).is<Uint8Array<ArrayBuffer>>();
typeOf(samples.forApi("digest")).is<Uint8Array<ArrayBuffer>>();
typeOf(sharedPixels.forApi("ImageData")).is<ImageData>();
typeOf(samples.forApi("AudioBuffer.copyToChannel")).is<Float32Array<ArrayBuffer>>();

export const text: string = new TextDecoder().decode(sharedPixels.forApi("TextDecoder.decode"));
export const blob = new Blob([sharedPixels.forApi("Blob"), anyone.forApi("Blob")]);
export const image = new ImageData(sharedPixels.forApi("ImageData").data, 4);
export const hash: Promise<ArrayBuffer> = crypto.subtle.digest("SHA-256", anyone.forApi("crypto.subtle.digest"));
export const body = new Response(sharedPixels.forApi("Response"));
export const sent = fetch("/", { method: "POST", body: sharedPixels.forApi("fetch") });
socket.send(samples.forApi("WebSocket.send"));
buffer.copyToChannel(samples.forApi("AudioBuffer.copyToChannel"), 0);

// ---- others get the bytes themselves or a copy -----------------------------------------------------------------------

typeOf(pixels.forApi("VideoFrame")).is<Uint8Array<ArrayBuffer>>();
typeOf(sharedPixels.forApi("VideoFrame")).is<Uint8Array<SharedArrayBuffer | ArrayBuffer>>();
typeOf(pixels.forApi("texImage2D")).is<Uint8Array<ArrayBuffer>>();
typeOf(samples.forApi("texImage2D")).is<Float32Array<SharedArrayBuffer | ArrayBuffer>>();
typeOf(shared.alloc("T{B:r:B:g:}", 4).forApi("texImage2D")).is<Uint8Array<SharedArrayBuffer | ArrayBuffer>>();
typeOf(shared.alloc(">H", 4).forApi("texImage2D")).is<Uint16Array<ArrayBuffer>>(); // in the byte order of the platform
typeOf(shared.alloc(">H", 4).forApi("structuredClone")).is<Uint16Array<ArrayBuffer>>();
typeOf(samples.forApi("postMessage")).is<Float32Array<ArrayBuffer>>();
typeOf(anyone.forApi("postMessage")).is<any>(); // which class is not known

gl.bufferData(gl.ARRAY_BUFFER, samples.forApi("WebGL.bufferData"), gl.STATIC_DRAW);
gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 4, 4, 0, gl.RGBA, gl.UNSIGNED_BYTE, sharedPixels.forApi("WebGL.texImage2D"));
const rgba = { format: "RGBA", codedWidth: 4, codedHeight: 4, timestamp: 0 } as const;
export const made = new VideoFrame(sharedPixels.forApi("VideoFrame"), rgba);

// ---- calls: the object has its type, the answer is the call's --------------------------------------------------------

typeOf(sharedPixels.forApi("crypto.getRandomValues", (bytes) => crypto.getRandomValues(bytes))).is<Uint8Array<ArrayBuffer>>(); // prettier-ignore
typeOf(sharedPixels.forApi("encodeInto", (bytes) => new TextEncoder().encodeInto("a", bytes).written)).is<number>();
typeOf(sharedPixels.forApi("VideoFrame.copyTo", (bytes) => frame.copyTo(bytes))).is<Promise<PlaneLayout[]>>();
typeOf(samples.forApi("copyFromChannel", (floats) => buffer.copyFromChannel(floats, 0))).is<void>();
typeOf(samples.forApi("getFloatTimeDomainData", (floats) => analyser.getFloatTimeDomainData(floats))).is<void>();

// ---- names -----------------------------------------------------------------------------------------------------------

export const names: PlatformApi[] = ["crypto.subtle.digest", "subtle.digest", "digest", "fetch", "IndexedDB.put"];
// @ts-expect-error there is no such name
memoryview(new Uint8Array(1)).forApi("TextDecoder.encode");
// @ts-expect-error nor is a part of a name one
memoryview(new Uint8Array(1)).forApi("TextDecoder");
