import { memoryview, type MemoryView, type PlatformApi } from "linearview";
import { describe, expect, test } from "vitest";
import { PLATFORM_APIS } from "../../src/view/platform.ts";
import { failure } from "../unit/support/failure.ts";

/** Every view of these tests is of so many bytes: 16 pixels, or 16 floats. */
const SIZE = 64;
const AT = 1024;

interface Api {
  /** `"f"` for samples; bytes elsewhere. */
  readonly format?: "f";
  /** What the view has before; pixels that are opaque where nothing is said. */
  readonly content?: () => Promise<Uint8Array>;
  /** Calls the API. Of one that reads, the answer tells what it got, in bytes where it can be asked for them. */
  call(object: any): unknown;
}

const pixels = Uint8Array.from({ length: SIZE }, (_, i) => (i % 4 === 3 ? 255 : i * 3 + 1));
const samples = new Uint8Array(Float32Array.from({ length: SIZE / 4 }, (_, i) => i / 16 - 0.5).buffer);

const gl = new OffscreenCanvas(4, 4).getContext("webgl2")!;
const audio = new OfflineAudioContext(1, 128, 48000);
const rgba = { format: "RGBA", codedWidth: 4, codedHeight: 4, timestamp: 0 } as const;
const chunk = { type: "key", timestamp: 0 } as const;
const sound = {
  format: "f32",
  sampleRate: 48000,
  numberOfFrames: SIZE / 4,
  numberOfChannels: 1,
  timestamp: 0,
} as const;
const filled = (): Uint8Array<ArrayBuffer> => new Uint8Array(SIZE).fill(77);
let names = 0;

/** The bytes that something fills: in memory of its own. */
async function collect(fill: (target: Uint8Array<ArrayBuffer>) => unknown): Promise<Uint8Array> {
  const target = new Uint8Array(SIZE);
  await fill(target);
  return target;
}

const bytesOf = async (body: Blob | Response | Request): Promise<Uint8Array> =>
  new Uint8Array(await body.arrayBuffer());

async function through(stream: CompressionStream | DecompressionStream, bytes: any): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  const result = new Response(stream.readable).arrayBuffer();
  result.catch(() => {}); // a refused write fails both ends
  await writer.write(bytes);
  await writer.close();
  return new Uint8Array(await result);
}

function buffer(data: number | Uint8Array<ArrayBuffer>): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, data as number, gl.STATIC_DRAW);
}

function texture(data: Uint8Array | null): void {
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 4, 4, 0, gl.RGBA, gl.UNSIGNED_BYTE, data);
}

function texels(target: Uint8Array): void {
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(
    gl.FRAMEBUFFER,
    gl.COLOR_ATTACHMENT0,
    gl.TEXTURE_2D,
    gl.getParameter(gl.TEXTURE_BINDING_2D),
    0,
  );
  gl.readPixels(0, 0, 4, 4, gl.RGBA, gl.UNSIGNED_BYTE, target);
  expect(gl.getError()).toBe(gl.NO_ERROR);
}

async function withDatabase<T>(use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const open = indexedDB.open(`platform-apis-${names++}`);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    open.onupgradeneeded = () => open.result.createObjectStore("items");
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error!);
  });
  try {
    const request = use(database.transaction("items", "readwrite").objectStore("items"));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error!);
    });
  } finally {
    database.close();
    indexedDB.deleteDatabase(database.name);
  }
}

function posted(object: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise<unknown>((resolve) => {
    port2.onmessage = ({ data }) => resolve(data);
    port1.postMessage(object);
  }).finally(() => port1.close());
}

/** How each row of the table is called, and asked what it got. */
const APIS: Record<string, Api> = {
  // Bytes above 127 are characters from U+F780 on there.
  "TextDecoder.decode": { call: (bytes) => Uint8Array.from(new TextDecoder("x-user-defined").decode(bytes), (c) => c.charCodeAt(0)) }, // prettier-ignore
  "crypto.subtle.digest": { call: (bytes) => crypto.subtle.digest("SHA-256", bytes) },
  Blob: { call: (bytes) => bytesOf(new Blob([bytes])) },
  "WebSocket.send": {
    // Looks at its argument, and then finds that it is not connected yet.
    call(bytes) {
      const socket = new WebSocket(location.origin.replace("http", "ws"));
      try {
        socket.send(bytes);
      } catch (error) {
        if ((error as Error).name !== "InvalidStateError") throw error;
        return "it was taken";
      } finally {
        socket.close();
      }
      throw new Error("it was connected already");
    },
  },
  "FileSystemWritableFileStream.write": {
    async call(bytes) {
      const folder = await navigator.storage.getDirectory();
      const file = await folder.getFileHandle(`platform-apis-${names++}`, { create: true });
      const stream = await file.createWritable();
      await stream.write(bytes);
      await stream.close();
      return bytesOf(await file.getFile());
    },
  },
  CompressionStream: {
    call: async (bytes) =>
      through(new DecompressionStream("gzip"), await through(new CompressionStream("gzip"), bytes)),
  },
  DecompressionStream: {
    content: () => through(new CompressionStream("gzip"), pixels.slice(0, 20)),
    call: (bytes) => through(new DecompressionStream("gzip"), bytes),
  },
  "AudioBuffer.copyToChannel": {
    format: "f",
    call(floats) {
      const target = audio.createBuffer(1, SIZE / 4, 48000);
      target.copyToChannel(floats, 0);
      return new Uint8Array(target.getChannelData(0).slice().buffer);
    },
  },
  ImageData: {
    call(image) {
      const context = new OffscreenCanvas(4, 4).getContext("2d")!;
      context.putImageData(image, 0, 0);
      return new Uint8Array(context.getImageData(0, 0, 4, 4).data);
    },
  },
  "TextEncoder.encodeInto": { call: (bytes) => new TextEncoder().encodeInto("a text", bytes) },
  "crypto.getRandomValues": { call: (bytes) => void crypto.getRandomValues(bytes) },
  "AnalyserNode.getByteTimeDomainData": { call: (bytes) => audio.createAnalyser().getByteTimeDomainData(bytes) },
  "AnalyserNode.getByteFrequencyData": { call: (bytes) => audio.createAnalyser().getByteFrequencyData(bytes) },
  "AudioBuffer.copyFromChannel": {
    format: "f",
    call(floats) {
      const source = audio.createBuffer(1, SIZE / 4, 48000);
      source.getChannelData(0).fill(0.75);
      source.copyFromChannel(floats, 0);
    },
  },
  "AnalyserNode.getFloatTimeDomainData": {
    format: "f",
    call: (floats) => audio.createAnalyser().getFloatTimeDomainData(floats),
  },
  "AnalyserNode.getFloatFrequencyData": {
    format: "f",
    call: (floats) => audio.createAnalyser().getFloatFrequencyData(floats),
  },
  "WebGL.bufferSubData": {
    call(bytes) {
      buffer(SIZE);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, bytes);
      return collect((target) => gl.getBufferSubData(gl.ARRAY_BUFFER, 0, target));
    },
  },
  "WebGL.bufferData": {
    call(bytes) {
      buffer(bytes);
      return collect((target) => gl.getBufferSubData(gl.ARRAY_BUFFER, 0, target));
    },
  },
  VideoFrame: {
    async call(bytes) {
      const frame = new VideoFrame(bytes, rgba);
      return collect((target) => frame.copyTo(target)).finally(() => frame.close());
    },
  },
  ImageDecoder: {
    // A picture of one pixel.
    content: async () => Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="), (c) => c.charCodeAt(0)), // prettier-ignore
    async call(data) {
      const decoder = new ImageDecoder({ data, type: "image/gif" });
      const { image } = await decoder.decode();
      const { codedWidth, codedHeight } = image;
      image.close();
      return [codedWidth, codedHeight];
    },
  },
  EncodedVideoChunk: {
    call: (data) => collect((target) => new EncodedVideoChunk({ ...chunk, data }).copyTo(target)),
  },
  EncodedAudioChunk: {
    call: (data) => collect((target) => new EncodedAudioChunk({ ...chunk, data }).copyTo(target)),
  },
  "WebGL.texImage2D": {
    call(items) {
      texture(items);
      return collect(texels);
    },
  },
  "WebGL.texSubImage2D": {
    call(items) {
      texture(null);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 4, 4, gl.RGBA, gl.UNSIGNED_BYTE, items);
      return collect(texels);
    },
  },
  AudioData: {
    format: "f",
    call(data) {
      const audioData = new AudioData({ ...sound, data });
      return collect((target) => audioData.copyTo(target, { planeIndex: 0 })).finally(() => audioData.close());
    },
  },
  "WebGL.getBufferSubData": {
    call(bytes) {
      buffer(filled());
      gl.getBufferSubData(gl.ARRAY_BUFFER, 0, bytes);
    },
  },
  "VideoFrame.copyTo": {
    async call(bytes) {
      const frame = new VideoFrame(filled(), rgba);
      await frame.copyTo(bytes).finally(() => frame.close());
    },
  },
  "AudioData.copyTo": {
    format: "f",
    call: (bytes) => new AudioData({ ...sound, data: filled() }).copyTo(bytes, { planeIndex: 0 }),
  },
  "EncodedVideoChunk.copyTo": {
    call: (bytes) => new EncodedVideoChunk({ ...chunk, data: filled() }).copyTo(bytes),
  },
  "EncodedAudioChunk.copyTo": {
    call: (bytes) => new EncodedAudioChunk({ ...chunk, data: filled() }).copyTo(bytes),
  },
  "WebGL.readPixels": {
    call(items) {
      texture(filled());
      texels(items);
    },
  },
  Response: { call: (body) => bytesOf(new Response(body)) },
  Request: { call: (body) => bytesOf(new Request("/", { method: "POST", body })) },
  // What arrives at a server is not seen here; the body is read as that of `Request` is.
  fetch: { call: async (body) => (await fetch("/nowhere", { method: "POST", body })).status },
  postMessage: { call: posted },
  structuredClone: { call: (object) => structuredClone(object) },
  "IndexedDB.put": {
    call: (object) =>
      withDatabase<any>((store) => {
        store.put(object, 1);
        return store.get(1);
      }),
  },
};

/** What Chromium takes besides; Node and Firefox refuse shared bodies, so they are copied. */
const MORE: Record<string, string> = { Response: "fsg", Request: "fsg", fetch: "fsg" };

/** Memories by the first letter of fixed, shared, resizable and growable shared. */
const KINDS = ["f", "s", "r", "g"] as const;
type Kind = (typeof KINDS)[number];

function memoryOf(kind: Kind): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: kind === "s" || kind === "g" });
  if (kind === "r" || kind === "g") (memory as unknown as { toResizableBuffer(): ArrayBuffer }).toResizableBuffer();
  return memory;
}

/** The object that an API wants, made by the platform alone. */
const OBJECTS: Record<string, (bytes: Uint8Array, format: string) => any> = {
  bytes: (bytes) => bytes,
  items: ({ buffer, byteOffset, length }, format) =>
    format === "f" ? new Float32Array(buffer, byteOffset, length / 4) : new Uint8Array(buffer, byteOffset, length),
  image: ({ buffer, byteOffset, length }) =>
    new ImageData(new Uint8ClampedArray(buffer as ArrayBuffer, byteOffset, length), 4),
};

const ROWS = PLATFORM_APIS.flatMap((row) => {
  const [kinds, way, object, ...apis] = row.split(" ") as [string, string, string, ...PlatformApi[]];
  return apis.map((name) => ({ name, kinds, object, writes: way === "writes", format: "B" as string, ...APIS[name]! }));
});
const READERS = ROWS.filter(({ writes }) => !writes);
const WRITERS = ROWS.filter(({ writes }) => writes);

const contentOf = async ({ content, format }: (typeof ROWS)[number]): Promise<Uint8Array> =>
  content ? content() : format === "f" ? samples : pixels;

/** Where a view of a shape can be: packed and aligned, and three that are not. */
const PLACES: Record<string, (memory: WebAssembly.Memory, format: string, shape: number[]) => MemoryView> = {
  packed: (memory, format, shape) => memoryview(memory, { byteOffset: AT, format, shape }),
  flipped: (memory, format, shape) => memoryview(memory, { byteOffset: AT, format, shape }).flip(-1),
  "every second": (memory, format, shape) =>
    memoryview(memory, { byteOffset: AT, format, shape: [...shape.slice(0, -1), shape.at(-1)! * 2] }).slice("..., ::2"),
  misaligned: (memory, format, shape) => memoryview(memory, { byteOffset: AT + 1, format, shape }),
};

function viewIn(kind: Kind, place: string, { format }: (typeof ROWS)[number], content: Uint8Array): MemoryView {
  const shape = format === "f" ? [SIZE / 4] : content.length === SIZE ? [4, 4, 4] : [content.length];
  return PLACES[place]!(memoryOf(kind), format, shape).assign(memoryview(content.slice()).cast(format, shape));
}

/** The bytes of what an API got or answered; what has none, as it is. */
function seen(value: any): unknown {
  const { buffer, byteOffset, byteLength } = (value?.data ?? value ?? {}) as Uint8Array;
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  return buffer ? [...new Uint8Array(buffer, byteOffset, byteLength)] : value;
}

/** Whether the items of a place can be handed out as they are; bytes are aligned everywhere. */
const fits = ({ object, format }: (typeof ROWS)[number], place: string): boolean =>
  place === "packed" || (place === "misaligned" && (object === "bytes" || format === "B"));

/** Whether a view in a memory of this kind is handed out as it is. */
const taken = (row: (typeof ROWS)[number], kind: Kind, place: string): boolean =>
  row.kinds.includes(kind) && fits(row, place);

test("every row of the table is called here, and there is no other", () => {
  expect(Object.keys(APIS).sort()).toEqual(ROWS.map(({ name }) => name as string).sort());
  expect(crossOriginIsolated).toBe(true);
});

describe.each(ROWS)("$name", (row) => {
  const { name, kinds, object, writes, format, call } = row;

  test.each(KINDS)("takes memory of kind %s as the table says", async (kind) => {
    const content = await contentOf(row);
    const bytes = new Uint8Array(memoryOf(kind).buffer, AT, content.length);
    bytes.set(content);
    const answer = (async () => call(OBJECTS[object]!(bytes, format)))();
    if (kinds === "-") {
      // All of the memory arrives, or a store finds that it is shared; either way a copy of the items is meant.
      const result = await answer.catch((error: Error) => error.name);
      const size = (result as Uint8Array).buffer?.byteLength ?? result;
      expect(size).toBe(name === "IndexedDB.put" && (kind === "s" || kind === "g") ? "DataCloneError" : 65536);
    } else if ((MORE[name] ?? kinds).includes(kind)) {
      await answer;
      expect([...bytes].join() === [...content].join()).toBe(!writes);
    } else {
      await expect(answer).rejects.toThrow(TypeError);
    }
  });
});

describe.each(READERS)("forApi: $name", (row) => {
  const { name, call } = row;

  test.each(KINDS)("gets the items of any view in memory of kind %s, and nothing else", async (kind) => {
    const content = await contentOf(row);
    const own = OBJECTS[row.object]!(content.slice(), row.format);
    const expected = seen(await call(own));
    for (const place of Object.keys(PLACES)) {
      const view = viewIn(kind, place, row, content);
      const given = view.forApi(name as "ImageData");
      expect(Object.getPrototypeOf(given), place).toBe(Object.getPrototypeOf(own));
      const { buffer } = (given.data ?? given) as ArrayBufferView;
      expect(buffer === view.buffer, place).toBe(taken(row, kind, place));
      if (buffer !== view.buffer) expect(buffer.byteLength, place).toBe(content.length);
      const results = [call(given), view.forApi(name, call), view.toReadonly().forApi(name, call)];
      for (const result of results) expect(seen(await result), place).toEqual(expected);
      expect([...view.toBytes()], place).toEqual([...content]);
    }
  });

  test("gets a copy of a read-only view, never a way to write", async () => {
    const content = await contentOf(row);
    const view = viewIn("f", "packed", row, content);
    const given = view.toReadonly().forApi(name as "ImageData");
    const { buffer, byteOffset } = (given.data ?? given) as ArrayBufferView;
    new Uint8Array(buffer, byteOffset).fill(0);
    expect([...view.toBytes()]).toEqual([...content]);
  });
});

describe.each(WRITERS)("forApi: $name", (row) => {
  const { name, call, format } = row;

  test.each(KINDS)("writes into any view in memory of kind %s, and nowhere else", async (kind) => {
    const content = await contentOf(row);
    for (const place of Object.keys(PLACES)) {
      const view = viewIn(kind, place, row, content);
      const around = new Uint8Array(view.buffer.slice(0));
      const written: unknown[] = [];
      const note = (given: Uint8Array): void => void written.push(seen(given.slice()));
      const result = view.forApi(name, (given: any) => {
        const answer = call(given);
        if (answer instanceof Promise) return answer.then(() => note(given));
        note(given);
        return answer;
      });
      await result;
      expect([...view.toBytes()], place).toEqual(written[0]);
      expect(written[0], place).not.toEqual([...content]);
      view.assign(memoryview(content.slice()).cast(format, view.shape));
      expect(memoryview(view.buffer).equals(around), place).toBe(true);
    }
  });

  test.each(KINDS)("without a call is handed memory of kind %s, or told why not", async (kind) => {
    const content = await contentOf(row);
    for (const place of Object.keys(PLACES)) {
      const view = viewIn(kind, place, row, content);
      failure(() => view.toReadonly().forApi(name), "ERR_READONLY", "forApi");
      if (taken(row, kind, place)) {
        await call(view.forApi(name));
        expect([...view.toBytes()], place).not.toEqual([...content]);
      } else {
        const reason = fits(row, place) ? "memory" : "packed";
        failure(() => view.forApi(name), "ERR_UNSUPPORTED", name, reason, "(copy) =>");
      }
    }
  });
});

test.each(KINDS)("forApi: a memory of kind %s that grows while an API writes loses nothing unsaid", async (kind) => {
  const memory = memoryOf(kind);
  const view = memoryview(memory, { byteOffset: AT, shape: SIZE });
  const result = view.forApi("VideoFrame.copyTo", (bytes) => {
    const frame = new VideoFrame(filled(), rgba);
    const copied = frame.copyTo(bytes);
    memory.grow(1);
    return copied.finally(() => frame.close());
  });
  if (kind === "f") {
    await expect(result).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", message: expect.stringContaining("grew") });
  } else {
    await result;
    expect([...view.toBytes()]).toEqual([...filled()]);
  }
});
