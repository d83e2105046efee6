import { LinearMemory, memoryview, type MemoryView, type PlatformApi, record } from "linearview";
import { describe, expect, test } from "vitest";
import { PLATFORM_APIS } from "../../../src/view/platform.ts";
import { failure } from "../support/failure.ts";

const names = PLATFORM_APIS.flatMap((row) => row.split(" ").slice(3));
const shared = LinearMemory.create({ shared: true });

describe("names", () => {
  const view = memoryview(Uint8Array.of(104, 105));

  test("no name stands in two rows, and every last word means one row", () => {
    expect(new Set(names).size).toBe(names.length);
    const last = (row: string): string[] => row.split(" ").slice(3).map((name) => name.split(".").at(-1)!); // prettier-ignore
    for (const row of PLATFORM_APIS) {
      for (const other of PLATFORM_APIS) {
        if (row !== other) expect(last(row).filter((name) => last(other).includes(name))).toEqual([]);
      }
    }
  });

  test("the last words of a name will do", () => {
    for (const name of ["TextDecoder.decode", "decode", "crypto.subtle.digest", "subtle.digest", "digest"] as const) {
      expect(view.forApi(name), name).toEqual(Uint8Array.of(104, 105));
    }
  });

  test.each(["Decoder.decode", "", "toString", "TextDecoder.", 5, null, undefined, {}, Symbol("decode")])(
    "an unknown one is refused with those that are known: %s",
    (name) => {
      const { message } = failure(() => view.forApi(name as PlatformApi), "ERR_VALUE", "forApi", ...names);
      expect(message.length).toBeLessThan(1200);
    },
  );

  test("a call that is no function is refused", () => {
    failure(() => view.forApi("decode", 5 as never), "ERR_VALUE", "call", 5);
  });

  test("a released view is refused first", () => {
    const released = memoryview(new Uint8Array(1));
    released.release();
    failure(() => released.forApi("none" as PlatformApi), "ERR_RELEASED", "forApi");
  });
});

describe("what an API gets", () => {
  test("bytes of any format, records too, as they are stored", () => {
    const memory = LinearMemory.create();
    const points = memory.alloc(record({ id: "I", mass: ">d" }), 3);
    points.set(1, { id: 7, mass: 0.5 });
    const bytes = points.forApi("Blob");
    expect(bytes).toEqual(points.toBytes());
    bytes[0] = 99; // no copy
    expect(points.get(0).id).toBe(99);
    expect(points.field("mass").forApi("Blob")).toEqual(points.field("mass").toBytes());
    expect(memoryview(Uint8Array.of(1, 2)).cast(">H").forApi("Blob")).toEqual(Uint8Array.of(1, 2));
  });

  test("items in the byte order of the platform", () => {
    const big = memoryview(Uint8Array.of(1, 2, 3, 4)).cast(">H");
    expect(big.forApi("WebGL.texImage2D")).toEqual(Uint16Array.of(0x102, 0x304));
    const halves = memoryview(new Uint16Array([1, 2])).cast("e");
    expect(halves.forApi("WebGL.texImage2D")).toEqual(Uint8Array.of(1, 0, 2, 0)); // no array class has them everywhere
  });

  test("floats of a view of floats, in either byte order", () => {
    const big = memoryview(new Uint8Array(8)).cast(">f").assign([0.25, -2]);
    expect(big.forApi("AudioBuffer.copyToChannel")).toEqual(Float32Array.of(0.25, -2));
    const written = big.forApi("copyFromChannel", (floats) => floats.fill(1.5));
    expect(written).toEqual(Float32Array.of(1.5, 1.5));
    expect(big.toList()).toEqual([1.5, 1.5]);
  });

  test("an image of packed or strided RGBA alone", () => {
    const view = memoryview(new Uint8Array(64), { shape: [4, 4, 4] });
    if (typeof ImageData === "undefined") failure(() => view.forApi("ImageData"), "ERR_UNSUPPORTED", "ImageData");
    else expect(view.slice([1, 3], [0, 2]).forApi("ImageData").data).toHaveLength(16);
    failure(() => view.slice("..., :3").forApi("ImageData"), "ERR_LAYOUT", "[4, 4, 3]");
    failure(() => view.reinterpret("T{B:r:B:g:B:b:B:a:}").forApi("ImageData"), "ERR_FORMAT", "'B'");
    failure(() => view.reinterpret(">H").forApi("ImageData"), "ERR_FORMAT", "'B'");
  });

  test("nothing, of a view without items", () => {
    expect(memoryview(new Uint8Array(4)).slice([2, 2]).forApi("Blob")).toHaveLength(0);
    expect(shared.alloc("B", 4).slice([2, 2]).forApi("Blob")).toHaveLength(0);
  });
});

describe("an API that writes", () => {
  const seven = (bytes: Uint8Array): number => bytes.fill(7).length;

  test("needs a call where it gets a copy, and says so with the kind of memory", () => {
    const view = shared.alloc("B", 4);
    failure(
      () => view.forApi("crypto.getRandomValues"),
      "ERR_UNSUPPORTED",
      "crypto.getRandomValues",
      "shared",
      "(copy) =>",
    );
    expect(view.forApi("getRandomValues", seven)).toBe(4);
    expect(view.toList()).toEqual([7, 7, 7, 7]);
  });

  test("leaves a strided view's gaps alone, and records whole", () => {
    const bytes = new Uint8Array(8);
    memoryview(bytes).slice("::2").forApi("encodeInto", seven);
    expect(bytes).toEqual(Uint8Array.of(7, 0, 7, 0, 7, 0, 7, 0));
    const points = shared.alloc("T{B:id:3x>H:mass:}", [2, 2]);
    points.forApi("getRandomValues", seven);
    expect([...points.toBytes()]).toEqual(Array.from({ length: 24 }, () => 7));
  });

  test("writes nothing when it throws", () => {
    const view = shared.alloc("B", 4).fill(1);
    const fails = (bytes: Uint8Array): never => {
      bytes.fill(9);
      throw new RangeError("no");
    };
    expect(() => view.forApi("encodeInto", fails)).toThrow(RangeError);
    expect(view.toList()).toEqual([1, 1, 1, 1]);
    view.release(); // not held any more
  });

  test("may be asynchronous: its block is held until then, and assigned where it lives by then", async () => {
    const memory = LinearMemory.create();
    const wide = memory.alloc("B", 8);
    let write = (): void => {};
    const result = wide.slice("::2").forApi("encodeInto", (bytes) => {
      return new Promise<string>((resolve) => {
        write = () => resolve(`${bytes.fill(5).length} bytes`);
      });
    });
    failure(() => wide.release(), "ERR_EXPORTED", "hold");
    memory.grow(65536);
    write();
    expect(await result).toBe("4 bytes");
    expect(wide.toList()).toEqual([5, 0, 5, 0, 5, 0, 5, 0]);
    wide.release();
    expect(memory.stats().liveBlocks).toBe(0);
  });

  test("that fails later writes nothing, and lets go", async () => {
    const view = shared.alloc("B", 4).fill(1);
    const fails = async (bytes: Uint8Array): Promise<void> => {
      bytes.fill(9);
      await Promise.resolve();
      throw new RangeError("no");
    };
    await expect(view.forApi("VideoFrame.copyTo", fails)).rejects.toThrow(RangeError);
    await expect(view.forApi("encodeInto", fails)).rejects.toThrow(RangeError);
    expect(view.toList()).toEqual([9, 9, 9, 9]); // the first was handed the bytes themselves
    view.release();
  });

  test("into bytes that a growth took away is reported", () => {
    const memory = LinearMemory.create();
    const view = memory.alloc("B", 4);
    const grows = (bytes: Uint8Array): void => {
      memory.grow(65536);
      bytes[0] = 9; // goes nowhere
    };
    failure(() => view.forApi("encodeInto", grows), "ERR_UNSUPPORTED", "encodeInto", "grew");
    view.forApi("Blob", grows); // a reading one has read
    view.release();
  });

  test("needs a view that may be written", () => {
    const view = memoryview(new Uint8Array(4)).toReadonly();
    failure(() => view.forApi("encodeInto"), "ERR_READONLY");
    failure(() => view.forApi("encodeInto", seven), "ERR_READONLY");
    failure(() => view.broadcastTo([2, 4]).forApi("encodeInto", seven), "ERR_READONLY");
  });
});

describe("posting", () => {
  const large = LinearMemory.create({ initial: 1 << 20 });
  const view = large.alloc("H", [4, 4]).fill(3);
  const things: Record<string, unknown> = {
    "a view": view,
    "a slice": view.slice([1, 3]),
    "a view in an object": { view },
    "a view of a shared memory": shared.alloc("B", 4),
    "a view of one item": large.alloc("d", []),
    "a view of odd bytes": memoryview(large.memory!, { byteOffset: 1, format: ">I", shape: 2 }),
    "a view of a buffer": memoryview(new ArrayBuffer(1 << 20)),
    "a memory": large,
    "a shared memory": shared,
  };

  /** Bytes of every buffer that can be reached. */
  function bytesIn(value: unknown, found = new Set<unknown>()): number {
    if (typeof value !== "object" || value === null || found.has(value)) return 0;
    found.add(value);
    if (ArrayBuffer.isView(value)) return bytesIn(value.buffer, found);
    if (Object.prototype.toString.call(value).endsWith("ArrayBuffer]")) return (value as ArrayBuffer).byteLength;
    return Object.values(value).reduce((sum: number, one) => sum + bytesIn(one, found), 0);
  }

  /** What arrives at the other end of a channel. */
  function posted(value: unknown): Promise<unknown> {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
      port2.onmessage = ({ data }) => resolve(data);
      port1.postMessage(value);
    }).finally(() => port1.close());
  }

  test.each(Object.keys(things))("%s is refused, or arrives without the memory", async (name) => {
    expect(bytesIn(large.memory!.buffer)).toBeGreaterThanOrEqual(1 << 20);
    for (const send of [async (value: unknown) => structuredClone(value), posted]) {
      const arrived: unknown = await send(things[name]).catch((error: Error) => error.name);
      if (typeof arrived === "string") expect(arrived).toBe("DataCloneError");
      else expect(bytesIn(arrived)).toBe(0);
    }
  });

  test("a copy is just the items, of strided and of shared views too", async () => {
    const three = shared.alloc("H", [2, 2]).fill(3);
    for (const one of [view.slice("::2, 1"), three.slice(0), three.diagonal()] as MemoryView<number>[]) {
      for (const arrived of [structuredClone(one.copy()), await posted(one.copy()), one.forApi("postMessage")]) {
        expect(arrived).toEqual(Uint16Array.of(3, 3));
        expect((arrived as Uint16Array).buffer.byteLength).toBe(4);
      }
    }
  });
});
