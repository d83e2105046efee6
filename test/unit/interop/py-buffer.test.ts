import { LinearMemory, memoryview } from "linearview";
import { fromPyBuffer } from "linearview/interop";
import { expect, test } from "vitest";
import { failure } from "../support/failure.ts";

/** What a `Py_buffer` says; what is left out is null. */
interface Said {
  buf?: number;
  len: number;
  itemsize: number;
  readonly?: number;
  ndim?: number;
  format?: string;
  shape?: number[];
  strides?: number[];
  suboffsets?: number[];
}

const memory = LinearMemory.create();
const items = memory.alloc("B", 64);
items.assign(Uint8Array.from({ length: 64 }, (_, i) => i));

const words = (values?: number[]): number => {
  if (!values) return 0;
  const block = memory.alloc("i", values.length + 1);
  block.slice([0, values.length]).assign(values);
  return block.byteOffset;
};
const text = (value?: string): number => {
  if (value === undefined) return 0;
  const bytes = new TextEncoder().encode(value);
  const block = memory.alloc("B", bytes.length + 1);
  block.slice([0, bytes.length]).assign(bytes);
  return block.byteOffset;
};

/** The struct by hand, as CPython 3.14 has it in `Include/pybuffer.h`, on wasm32. */
const write = ({ buf = items.byteOffset, ...said }: Said): number =>
  words([
    buf,
    0,
    said.len,
    said.itemsize,
    said.readonly ?? 0,
    said.ndim ?? said.shape?.length ?? 1,
    text(said.format),
    words(said.shape),
    words(said.strides),
    words(said.suboffsets),
    0,
  ]);

test("fromPyBuffer: what is null is bytes, C order, one dimension", () => {
  const cases: [Said, shape: number[], strides: number[], format: string, first: unknown][] = [
    [{ len: 24, itemsize: 4, format: "<i", shape: [2, 3] }, [2, 3], [12, 4], "<i", 0x03020100],
    [{ len: 8, itemsize: 2, format: "H" }, [4], [2], "H", 0x0100],
    [{ len: 6, itemsize: 1, shape: [6] }, [6], [1], "B", 0],
    // PyBUF_SIMPLE: neither was asked for, so the items are bytes whatever itemsize says.
    [{ len: 8, itemsize: 8 }, [8], [1], "B", 0],
    [{ len: 8, itemsize: 8, format: "q", ndim: 0 }, [], [], "q", 0x0706050403020100n],
    [{ len: 4, itemsize: 1, format: "b", shape: [2, 2], strides: [-8, 3], buf: items.byteOffset + 8 }, [2, 2], [-8, 3], "b", 8], // prettier-ignore
    [{ len: 4, itemsize: 2, format: "h", shape: [2], suboffsets: [-1] }, [2], [2], "h", 0x0100],
    [{ buf: 0, len: 0, itemsize: 1, format: "B", shape: [0] }, [0], [1], "B", undefined],
  ];
  for (const [said, shape, strides, format, first] of cases) {
    using view = fromPyBuffer(memory, write(said));
    expect([view.shape, view.strides, view.format, view.lifetime]).toEqual([shape, strides, format, "lock"]);
    if (first !== undefined) expect(view.get(...shape.map(() => 0))).toBe(first);
  }
});

test("fromPyBuffer: read-only is kept, and what is written is in the memory", () => {
  using readonly = fromPyBuffer(memory, write({ len: 4, itemsize: 1, readonly: 1 }));
  failure(() => readonly.set(0, 1), "ERR_READONLY");
  using view = fromPyBuffer(memory, write({ len: 8, itemsize: 4, format: "I", shape: [2] }));
  view.set(1, 0xffffffff);
  expect(items.slice([3, 9]).toList()).toEqual([3, 255, 255, 255, 255, 8]);
  items.slice([4, 8]).assign([4, 5, 6, 7]);
  memory.grow(2 ** 20);
  expect(view.get(1)).toBe(0x07060504);
});

test("fromPyBuffer: formats as ctypes and array write them, names in UTF-8", () => {
  const read = (format: string, itemsize: number): string => {
    using view = fromPyBuffer(memory, write({ len: itemsize, itemsize, format }));
    return view.format;
  };
  expect(read("T{<H:größe:&T{<d:x:T{<c:T:}:y:}:X:X{}:f:&&<i:O:(2)<z:z:<Z:w:}", 26)).toBe(
    "T{<H:größe:<P:X:<P:f:<P:O:(2)<P:z:<P:w:}",
  );
  expect(read("T{<O:u:<u:O:<g:g:Zf:z:}", 32)).toBe("T{<P:u:<I:O:<16s:g:Zf:z:}");
  expect([read("&(3)<d", 4), read("w", 4), read("u", 4), read("O", 4), read("<g", 16)]).toEqual(
    ["<P", "I", "I", "P", "<16s"], // prettier-ignore
  );
});

test("fromPyBuffer: what is no Py_buffer is refused, and given back once", () => {
  const end = memory.buffer.byteLength;
  const wrong: [said: Said | number | bigint, code: string, ...parts: (string | number)[]][] = [
    [{ len: 23, itemsize: 4, format: "i", shape: [2, 3] }, "ERR_LAYOUT", "len is 23", "[2, 3]"],
    [{ len: 10, itemsize: 4, format: "i" }, "ERR_LAYOUT"],
    [{ len: 8, itemsize: 0, format: "i" }, "ERR_LAYOUT"],
    [{ len: 8, itemsize: 8, ndim: 65, format: "q", shape: [1] }, "ERR_LAYOUT", 65],
    [{ len: 8, itemsize: 8, ndim: 2 ** 31 - 1, format: "q", shape: [1] }, "ERR_LAYOUT", 64],
    [{ len: 8, itemsize: 8, ndim: -1, format: "q", shape: [1] }, "ERR_LAYOUT", -1],
    [{ len: -4, itemsize: 4, format: "i", shape: [-1] }, "ERR_LAYOUT"],
    [{ len: 8, itemsize: 8, format: "q", shape: [1], suboffsets: [0] }, "ERR_UNSUPPORTED", "fromRowPointers"],
    [{ len: 8, itemsize: 8, shape: [1] }, "ERR_FORMAT", "'B' of 8 bytes", "format"],
    [{ len: 8, itemsize: 8, format: "T{&:", shape: [1] }, "ERR_FORMAT"],
    [{ len: 8, itemsize: 8, format: "&".repeat(70000), shape: [1] }, "ERR_FORMAT"],
    [{ len: 8, itemsize: 8, format: "T{".repeat(20000), shape: [1] }, "ERR_FORMAT"],
    [{ len: 8, itemsize: 8, format: `T{<i:${"x".repeat(70000)}:}`, shape: [1] }, "ERR_FORMAT"],
    [{ buf: end - 4, len: 8, itemsize: 8, format: "q", shape: [1] }, "ERR_BOUNDS"],
    [{ buf: -16, len: 8, itemsize: 8, format: "q", shape: [1] }, "ERR_BOUNDS"],
    [end - 8, "ERR_BOUNDS"],
    [-8, "ERR_BOUNDS"],
    [NaN, "ERR_BOUNDS", "NaN"],
    [2n ** 64n, "ERR_BOUNDS"],
  ];
  for (const [said, code, ...parts] of wrong) {
    let released = 0;
    const address = typeof said === "object" ? write(said) : said;
    const start = performance.now();
    failure(() => fromPyBuffer(memory, address, { release: () => released++ }), code, "fromPyBuffer", ...parts);
    expect([released, performance.now() - start < 1000]).toEqual([1, true]);
  }
  failure(() => fromPyBuffer(memory, write({ len: 1, itemsize: 1 }), { release: 1 as never }), "ERR_VALUE", "release");
  failure(() => fromPyBuffer({} as never, 0), "ERR_UNSUPPORTED");
});

test("fromPyBuffer: release is called once, when nothing holds a view of it, and every view has ended", () => {
  let released = 0;
  const view = fromPyBuffer(memory, write({ len: 8, itemsize: 2, format: "h", shape: [4] }), {
    release: () => released++,
  });
  const part = view.slice([1]);
  const letGo = part.hold();
  failure(() => view.release(), "ERR_EXPORTED", "the Python buffer at");
  expect([released, view.released]).toEqual([0, false]);
  letGo();
  view.release();
  view.release();
  expect(released).toBe(1);
  failure(() => part.get(0), "ERR_RELEASED", "the Python buffer at");
});

test("fromPyBuffer: with a format, items that Python's text does not tell; in any memory", () => {
  const address = write({ len: 16, itemsize: 8, format: "B", shape: [2] });
  using view = fromPyBuffer(memory, address, { format: "(2)i" });
  expect(view.get(1)).toEqual([0x0b0a0908, 0x0f0e0d0c]);
  failure(() => fromPyBuffer(memory, address, { format: "i" }), "ERR_FORMAT", "'i' of 8 bytes");
  using same = fromPyBuffer(() => memory.buffer, address, { format: "(2)i" });
  expect(same.equals(view)).toBe(true);
  using bare = fromPyBuffer(memory.memory, address, { format: "q" });
  expect(bare.sharesMemory(memoryview(memory.memory))).toBe(true);
});
