import { EXPORT, memoryview, type MemorySource, type MemoryView } from "linearview";
import { readBmp, readNpy, readWav } from "linearview/interop";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { bmp, bytes, type Bytes, chunk, header, latin, npy, u16, u32, u64, wav } from "./writers.ts";

const buffer = (array: ArrayBufferView): number[] =>
  Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
/** The bytes of one item, the other way round. */
const reversed = (array: ArrayBufferView & { BYTES_PER_ELEMENT: number }): number[] => {
  const all = buffer(array);
  const size = array.BYTES_PER_ELEMENT;
  return all.map((_, i) => all[i - (i % size) + size - 1 - (i % size)]!);
};
const HALVES = [0x3c00, 0xc000, 0x7bff, 0x0001].flatMap(u16); // 1, -2, 65504, 2^-24

describe("readNpy", () => {
  test.each<[descr: string, format: string, data: number[], items: unknown[]]>([
    ["|b1", "?", [0, 1, 1], [false, true, true]],
    ["|i1", "b", [1, 0xff, 0x80], [1, -1, -128]],
    ["|u1", "B", [1, 0xff, 0x80], [1, 255, 128]],
    ["<i2", "h", buffer(Int16Array.of(1, -2, 300)), [1, -2, 300]],
    [">i2", ">h", reversed(Int16Array.of(1, -2, 300)), [1, -2, 300]],
    ["<u2", "H", buffer(Uint16Array.of(1, 65535)), [1, 65535]],
    ["<i4", "i", buffer(Int32Array.of(1, -70000)), [1, -70000]],
    ["<u4", "I", buffer(Uint32Array.of(1, 2 ** 32 - 1)), [1, 2 ** 32 - 1]],
    ["<i8", "q", buffer(BigInt64Array.of(1n, -(2n ** 62n))), [1n, -(2n ** 62n)]],
    [">i8", ">q", reversed(BigInt64Array.of(1n, -(2n ** 62n))), [1n, -(2n ** 62n)]],
    ["<u8", "Q", buffer(BigUint64Array.of(2n ** 63n)), [2n ** 63n]],
    ["<f2", "e", HALVES, [1, -2, 65504, 2 ** -24]],
    ["<f4", "f", buffer(Float32Array.of(0.5, -Infinity)), [0.5, -Infinity]],
    ["=f4", "f", buffer(Float32Array.of(0.5, -1)), [0.5, -1]],
    [">f8", ">d", reversed(Float64Array.of(0.1, -1)), [0.1, -1]],
    [
      "<c8",
      "F",
      buffer(Float32Array.of(1, 2, -3, 4)),
      [
        [1, 2],
        [-3, 4],
      ],
    ],
    [">c16", ">D", reversed(Float64Array.of(1, 2)), [[1, 2]]],
    ["|S5", "5s", latin("abc\0\0de\0\0\0"), [latin("abc\0\0"), latin("de\0\0\0")]],
    [
      "|V2",
      "2s",
      [1, 2, 3, 4],
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])("%s is read as %s", (descr, format, data, items) => {
    const file = readNpy(npy(header(`'${descr}'`, `(${items.length},)`), data));
    expect(file).toMatchObject({ descr, fortranOrder: false, shape: [items.length], nbytes: data.length });
    expect(file.view.format).toBe(format);
    expect(file.view.toList().map((item: unknown) => (item instanceof Uint8Array ? Array.from(item) : item))).toEqual(items); // prettier-ignore
  });

  test("the view is the file: what is written on one side is read on the other", () => {
    const file = npy(header("'<f4'", "(2, 3)"), buffer(Float32Array.of(1, 2, 3, 4, 5, 6)));
    const { view } = readNpy(file);
    expect(view.typedArray()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    view.set(1, 2, -0.5);
    expect(new DataView(file.buffer).getFloat32(file.length - 4, true)).toBe(-0.5);
    new DataView(file.buffer).setFloat32(file.length - 24, 7, true);
    expect(view.get(0, 0)).toBe(7);
    expect(view.bounds()).toEqual([file.length - 24, file.length]);
  });

  test("Fortran order is in the strides", () => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i);
    const { view, fortranOrder } = readNpy(npy(header("'|u1'", "(2, 3, 4)", true), data));
    expect(fortranOrder).toBe(true);
    expect([view.shape, view.strides]).toEqual([[2, 3, 4], [1, 2, 6]]); // prettier-ignore
    for (let i = 0; i < 24; i++) expect(view.get(i % 2, Math.floor(i / 2) % 3, Math.floor(i / 6))).toBe(i);
  });

  test("records: nested ones, sub-arrays, padding, titles and both byte orders are where NumPy put them", () => {
    const inner = "[('re', '>i2'), ('im', '<i2'), ('', '|V1')]";
    const descr = `[('flag', '|b1'), ('', '|V3'), (('a title', 'pos'), '<f4', (2,)), ('in', ${inner}, (2, 2)), ('tag', '|S3'), ('raw', '|V2')]`;
    const row = (n: number): number[] => [
      1,
      ...u16(0xaaaa),
      0xaa,
      ...buffer(Float32Array.of(n, -n)),
      ...[0, 1, 2, 3].flatMap((k) => [0, n + k, n + k, 0, 0xbb]),
      ...latin("xyz"),
      n,
      n,
    ];
    const file = npy(header(descr, "(2,)"), [...row(1), ...row(40)]);
    const { view } = readNpy(file);
    expect(view.itemsize).toBe(37);
    const pair = (n: number) => ({ re: n, im: n });
    expect(view.get(1)).toEqual({
      flag: true,
      pos: [40, -40],
      in: [[pair(40), pair(41)], [pair(42), pair(43)]],
      tag: Uint8Array.from(latin("xyz")),
      raw: Uint8Array.of(40, 40),
    }); // prettier-ignore
    view.field("pos").set(1, 0, 9);
    expect(new DataView(file.buffer).getFloat32(file.length - 37 + 4, true)).toBe(9);
    expect(memoryview(file.slice(-37), { format: view.format }).get(0)).toEqual(view.get(1));
  });

  test("a record as C's compiler aligns it, as NumPy writes it, and one of single bytes", () => {
    const descr = "[('a', '|u1'), ('', '|V3'), ('b', '<i4'), ('c', '|i1'), ('', '|V3')]";
    const { view } = readNpy(npy(header(descr, "()"), [1, 0, 0, 0, ...u32(70000), 0xff, 0, 0, 0]));
    expect([view.ndim, view.get()]).toEqual([0, { a: 1, b: 70000, c: -1 }]);
    expect(readNpy(npy(header("[('x', '|u1'), ('y', '>u1')]", "(2,)"), [1, 2, 3, 4])).view.toList()).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
  });

  test("names of fields are data: they neither end the format nor reach a prototype", () => {
    const names = ["__proto__", "constructor", "}", "T{<q", "*/", "a'b", " ", "\u00e9", "x".repeat(1000)];
    const fields = names.map((name) => `(${JSON.stringify(name)}, '|u1')`).join(", ");
    const { view } = readNpy(
      npy(
        header(`[${fields}]`, "(1,)"),
        names.map((_, i) => i),
      ),
    );
    const item = view.get(0);
    expect(Object.keys(item)).toEqual(names);
    names.forEach((name, i) => expect(Object.getOwnPropertyDescriptor(item, name)!.value).toBe(i));
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBe(undefined);
    failure(() => readNpy(npy(header("[('a:b', '|u1')]", "(1,)"), [1])), "ERR_UNSUPPORTED", "a:b");
    failure(() => readNpy(npy(header("[('a', '|u1'), ('a', '|u1')]", "(1,)"), [1, 2])), "ERR_FORMAT");
  });

  test.each([1, 2, 3])("version %i.0", (version) => {
    const name = version === 3 ? "Größe \u{1f600}" : "Gr\xf6\xdfe";
    const { view } = readNpy(npy(header(`[('${name}', '<u2')]`, "(1,)"), [1, 2], version));
    expect(view.get(0)).toEqual({ [name]: 513 });
  });

  test.each([
    `{'shape': (2,), 'fortran_order': False, 'descr': '|u1'}`,
    `{"descr":"|u1","fortran_order":False,"shape":(2,)}`,
    `{'descr': 'u1', 'fortran_order': False, 'shape': (2L,), }`,
    ` {\n'descr' :\t'|u1' , 'fortran_order': False,\r\n 'shape': ( 2 , ) } `,
  ])("the header may be written as %j", (text) => {
    expect(readNpy(npy(text, [7, 8])).view.toList()).toEqual([7, 8]);
  });

  test("no dimensions, and no items", () => {
    const { view } = readNpy(npy(header("'<i4'", "()"), u32(5)));
    expect([view.ndim, view.get()]).toEqual([0, 5]);
    for (const shape of ["(0,)", "(0, 3)", "(3, 0, 2)"]) {
      const empty = readNpy(npy(header("'<f8'", shape), []));
      expect([empty.nbytes, empty.view.nbytes]).toEqual([0, 0]);
    }
  });

  test("arrays one after the other in one file are read one after the other", () => {
    const file = bytes(npy(header("'|u1'", "(3,)"), [1, 2, 3]), npy(header("'<i2'", "(1,)"), u16(9)));
    const first = readNpy(file).view;
    const second = readNpy(file.subarray(first.bounds()[1])).view;
    expect([first.toList(), second.toList()]).toEqual([[1, 2, 3], [9]]);
  });

  test.each(["'|O'", "'<U3'", "'<f16'", "'<c32'", "'<M8[ns]'", "'<i3'", "''", "'<'", "'|S0'", "'|S1e3'", "'f4,f4'", "[('a', '|O')]", "'__proto__'"])(
    "items of %s are refused",
    (descr) => void failure(() => readNpy(npy(header(descr, "(1,)"), new Uint8Array(64))), "ERR_UNSUPPORTED", "readNpy"),
  ); // prettier-ignore
});

describe("readWav", () => {
  const DATA = Uint8Array.from({ length: 96 }, (_, i) => (i * 37) & 255);
  const view = new DataView(DATA.buffer);
  const read: Record<string, (at: number) => number> = {
    B: (at) => view.getUint8(at),
    h: (at) => view.getInt16(at, true),
    i: (at) => view.getInt32(at, true),
    f: (at) => view.getFloat32(at, true),
    d: (at) => view.getFloat64(at, true),
  };

  test.each<[encoding: string, tag: number, bits: number, format: string]>([
    ["u8", 1, 8, "B"],
    ["i16", 1, 16, "h"],
    ["i16", 1, 12, "h"],
    ["i24", 1, 24, "B"],
    ["i24", 1, 20, "B"],
    ["i32", 1, 32, "i"],
    ["f", 3, 32, "f"],
    ["d", 3, 64, "d"],
    ["alaw", 6, 8, "B"],
    ["mulaw", 7, 8, "B"],
  ])("%s: format tag %i of %i bits is a view of %s, plain and extensible", (encoding, tag, bits, format) => {
    const size = Math.ceil(bits / 8);
    for (const channels of [1, 2, 4]) {
      for (const extensible of [false, true]) {
        const file = wav(DATA, { tag, bits, channels, extensible });
        const { samples, ...facts } = readWav(file);
        const frames = 96 / channels / size;
        expect(facts).toEqual({ channels, sampleRate: 44100, bitsPerSample: bits, frames, encoding });
        expect(samples.format).toBe(format);
        expect(samples.shape).toEqual(size === 3 ? [frames, channels, 3] : [frames, channels]);
        const items = samples.toList().flat(2);
        const step = size === 3 ? 1 : size;
        expect(items).toEqual(Array.from({ length: 96 / step }, (_, i) => read[format]!(i * step)));
        samples.set(...(samples.shape.map(() => -1) as [number, number]), 1);
        expect(file.slice(-size)).not.toEqual(DATA.slice(-size));
      }
    }
  });

  test("the view is the file: what is written on one side is read on the other", () => {
    const file = wav(Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0));
    const { samples } = readWav(file);
    samples.slice("..., 1").fill(-1);
    expect(Array.from(file.slice(-8))).toEqual([1, 0, 0xff, 0xff, 3, 0, 0xff, 0xff]);
    file[44] = 9;
    expect(samples.get(0, 0)).toBe(9);
  });

  test("unknown chunks, of odd length too, are stepped over, before and behind the samples", () => {
    const before = [...chunk("LIST", [1, 2, 3]), ...chunk("fact", u32(4)), ...chunk("junk", [])];
    const file = wav(Uint8Array.of(5, 6, 7), { channels: 1, bits: 8, before, behind: chunk("id3 ", [9]) });
    expect(readWav(file).samples.toList()).toEqual([[5], [6], [7]]);
  });

  test("RF64: sizes come from ds64 where the others are 0xffffffff", () => {
    const data = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0);
    const behind = chunk("LIST", [1, 2, 3, 4]);
    const size = 0xffffffff;
    const file = wav(data, { dataSize: size, riffSize: size, long: { riff: 200, data: 8 }, behind });
    expect(readWav(file).samples.toList()).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    const large = wav(data, { dataSize: size, riffSize: size, long: { riff: 2 ** 40, data: 2 ** 53 + 2 ** 40 } });
    expect(readWav(large).frames).toBe(2);
    expect(readWav(bytes("BW64", file.slice(4))).frames).toBe(2);
    expect(readWav(wav(data, { dataSize: 4, long: { riff: 200, data: 8 } })).frames).toBe(1);
  });

  test("a streamed file: what is there counts, whole frames only", () => {
    const data = new Uint8Array(10);
    for (const dataSize of [0xffffffff, 0x7fffffff, 1000, 10]) {
      for (const riffSize of [0xffffffff, 0, 36, 46]) expect(readWav(wav(data, { dataSize, riffSize })).frames).toBe(2);
    }
    for (const riffSize of [0xffffffff, 0, 36]) expect(readWav(wav(data, { dataSize: 0, riffSize })).frames).toBe(2);
    const long = { riff: 0, data: 0 };
    expect(readWav(wav(data, { dataSize: 0xffffffff, riffSize: 0xffffffff, long })).frames).toBe(2);
  });

  test("no samples at all: 0 is 0 where the file goes on behind them", () => {
    for (const behind of [[], chunk("LIST", new Uint8Array(20))]) {
      const { samples, frames } = readWav(wav([], { behind }));
      expect([frames, samples.shape]).toEqual([0, [0, 2]]);
    }
  });

  test.each<[what: string, file: Bytes, code: string]>([
    ["another kind of RIFF", bytes("RIFF", u32(4), "AVI ", new Uint8Array(40)), "ERR_UNSUPPORTED"],
    ["big-endian RIFX", bytes("RIFX", wav(DATA).slice(4)), "ERR_UNSUPPORTED"],
    ["ADPCM", wav(DATA, { tag: 2, bits: 4, frameSize: 2 }), "ERR_UNSUPPORTED"],
    ["PCM of 64 bits", wav(DATA, { bits: 64 }), "ERR_UNSUPPORTED"],
    ["float of 16 bits", wav(DATA, { tag: 3, bits: 16 }), "ERR_UNSUPPORTED"],
    ["float of 31 bits", wav(DATA, { tag: 3, bits: 31 }), "ERR_UNSUPPORTED"],
    ["a GUID of no format tag", wav(DATA, { extensible: true, guid: "\0\0\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\0\0\0" }), "ERR_UNSUPPORTED"],
    ["24 bits in frames of 32", wav(DATA, { bits: 24, channels: 1, frameSize: 4 }), "ERR_UNSUPPORTED"],
    ["no channels", wav(DATA, { channels: 0, frameSize: 4 }), "ERR_FORMAT"],
    ["no rate", wav(DATA, { rate: 0 }), "ERR_FORMAT"],
    ["frames of no bytes", wav(DATA, { frameSize: 0 }), "ERR_UNSUPPORTED"],
    ["no bits", wav(DATA, { bits: 0, frameSize: 4 }), "ERR_UNSUPPORTED"],
    ["a short fmt chunk", bytes("RIFF", u32(0), "WAVE", chunk("fmt ", new Uint8Array(14).fill(1)), chunk("data", [1])), "ERR_FORMAT"],
    ["samples before the fmt chunk", bytes("RIFF", u32(0), "WAVE", chunk("data", [1, 2]), wav(DATA).slice(12)), "ERR_FORMAT"],
    ["no samples chunk", wav([]).slice(0, -8), "ERR_BOUNDS"],
  ])("%s is refused", (_, file, code) => void failure(() => readWav(file), code, "readWav")); // prettier-ignore
});

describe("readBmp", () => {
  /** Rows of pixels whose every byte differs from its neighbours'. */
  const rows = (height: number, rowBytes: number): number[][] =>
    Array.from({ length: height }, (_, y) => Array.from({ length: rowBytes }, (_, x) => (y * 50 + x * 7 + 1) & 255));
  const STANDARD = [0xff0000, 0xff00, 0xff];

  test.each([1, 2, 3, 4, 5])("24 bits, %i wide: padding is in the strides, the top row first whatever the file has", (width) => {
    for (const topDown of [false, true]) {
      for (const headerSize of [40, 52, 56, 108, 124]) {
        const pixels = rows(3, width * 3);
        const file = bmp(width, pixels, { topDown, headerSize, gap: headerSize % 5 });
        const { view, ...facts } = readBmp(file);
        expect(facts).toEqual({ width, height: 3, bitsPerPixel: 24, topDown, channels: "bgr" });
        const stride = Math.ceil((width * 3) / 4) * 4;
        expect([view.shape, view.strides]).toEqual([[3, width, 3], [topDown ? stride : -stride, 3, 1]]);
        expect(view.toList().map((row: number[][]) => row.flat())).toEqual(pixels);
        view.set(2, width - 1, 2, 0);
        const last = file.length - (topDown ? 1 : 1 + 2 * stride) - (stride - width * 3);
        expect(file[last]).toBe(0);
      }
    }
  }); // prettier-ignore

  test.each<[channels: string, options: object]>([
    ["bgrx", {}],
    ["bgrx", { compression: 3, masks: STANDARD }],
    ["bgra", { compression: 6, masks: [...STANDARD, 0xff000000] }],
    ["bgrx", { compression: 3, headerSize: 52, masks: STANDARD }],
    ["bgra", { compression: 3, headerSize: 56, masks: [...STANDARD, 0xff000000] }],
    ["bgra", { compression: 3, headerSize: 124, masks: [...STANDARD, 0xff000000] }],
    ["bgrx", { compression: 3, headerSize: 108, masks: [...STANDARD, 0] }],
    ["rgba", { compression: 3, headerSize: 124, masks: [0xff, 0xff00, 0xff0000, 0xff000000] }],
    ["xbgr", { compression: 3, masks: [0xff000000, 0xff0000, 0xff00] }],
  ])("32 bits: %s of %j", (channels, options) => {
    const pixels = rows(2, 12);
    const file = readBmp(bmp(3, pixels, { bits: 32, ...options }));
    expect(file.channels).toBe(channels);
    expect(file.view.toList().map((row: number[][]) => row.flat())).toEqual(pixels);
  });

  test.each<[channels: string, options: object]>([
    ["bgr555", {}],
    ["bgr555", { compression: 3, masks: [0x7c00, 0x3e0, 0x1f] }],
    ["bgr565", { compression: 3, masks: [0xf800, 0x7e0, 0x1f] }],
    ["bgra5551", { compression: 3, headerSize: 56, masks: [0x7c00, 0x3e0, 0x1f, 0x8000] }],
  ])("16 bits: %s of %j", (channels, options) => {
    const pixels = rows(2, 6);
    const file = readBmp(bmp(3, pixels, { bits: 16, ...options }));
    expect([file.channels, file.view.format]).toEqual([channels, "H"]);
    expect(file.view.toList()).toEqual(pixels.map((row) => [0, 2, 4].map((x) => row[x]! + row[x + 1]! * 256)));
  });

  test("8 bits: indices, and the palette beside them, both the file's own bytes", () => {
    const pixels = [[0, 1, 2], [2, 1, 0]]; // prettier-ignore
    const palette = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0];
    const file = bmp(3, pixels, { bits: 8, colors: 3, palette });
    const { view, palette: colors, channels } = readBmp(file);
    expect([view.toList(), colors!.shape, channels]).toEqual([pixels, [3, 4], "index"]);
    expect(colors!.toList().flat()).toEqual(palette);
    colors!.set(1, 0, 99);
    expect(file[14 + 40 + 4]).toBe(99);
  });

  test("8 bits: a palette has no more colors than there are, than 256, and than fit before the pixels", () => {
    const colors = (options: object) => readBmp(bmp(1, [[0]], { bits: 8, ...options })).palette!.shape;
    expect(colors({ palette: new Uint8Array(1024) })).toEqual([256, 4]);
    expect(colors({ palette: new Uint8Array(1024), colors: 2 })).toEqual([2, 4]);
    expect(colors({ palette: new Uint8Array(2048), colors: 400 })).toEqual([256, 4]);
    expect(colors({ palette: new Uint8Array(9), colors: 0xffffffff })).toEqual([2, 4]);
    expect(colors({})).toEqual([0, 4]);
  });

  test("the header of OS/2 1.x, whose palette has three bytes a color", () => {
    const palette = [1, 2, 3, 4, 5, 6];
    const { view, palette: colors } = readBmp(bmp(2, [[0, 1], [1, 1]], { bits: 8, headerSize: 12, palette })); // prettier-ignore
    expect([view.toList(), colors!.toList()]).toEqual([[[0, 1], [1, 1]], [[1, 2, 3], [4, 5, 6]]]); // prettier-ignore
    expect(readBmp(bmp(1, [[1, 2, 3]], { headerSize: 12 })).view.toList()).toEqual([[[1, 2, 3]]]);
  });

  test("the last row's padding may be missing", () => {
    const file = bmp(1, [[1, 2, 3]]);
    expect(readBmp(file.slice(0, -1)).view.toList()).toEqual([[[1, 2, 3]]]);
    failure(() => readBmp(file.slice(0, -2)), "ERR_BOUNDS", "readBmp", file.length - 1, file.length - 2);
  });

  test.each<[what: string, options: object, code: string]>([
    ["RLE8", { bits: 8, compression: 1 }, "ERR_UNSUPPORTED"],
    ["RLE4", { bits: 4, compression: 2 }, "ERR_UNSUPPORTED"],
    ["JPEG", { bits: 0, compression: 4 }, "ERR_UNSUPPORTED"],
    ["1 bit", { bits: 1 }, "ERR_UNSUPPORTED"],
    ["4 bits", { bits: 4 }, "ERR_UNSUPPORTED"],
    ["masks for 24 bits", { compression: 3, masks: STANDARD }, "ERR_UNSUPPORTED"],
    ["masks of 10 bits", { bits: 32, compression: 3, masks: [0x3ff00000, 0xffc00, 0x3ff] }, "ERR_UNSUPPORTED"],
    ["a mask twice", { bits: 32, compression: 3, masks: [0xff, 0xff, 0xff00] }, "ERR_UNSUPPORTED"],
    ["alpha within red", { bits: 32, compression: 6, masks: [...STANDARD, 0xff0000] }, "ERR_UNSUPPORTED"],
    ["a header of 64 bytes", { headerSize: 64 }, "ERR_UNSUPPORTED"],
    ["pixels inside the header", { gap: -8 }, "ERR_FORMAT"],
  ])("%s is refused", (_, options, code) => {
    failure(() => readBmp(bmp(2, rows(2, 6), { bits: 24, ...options })), code, "readBmp");
  });
});

/** A small file of each kind, and what is found in it. */
const FILES: [name: string, file: Bytes, read: (source: MemorySource) => MemoryView, items: unknown][] = [
  ["readNpy", npy(header("'<i2'", "(2, 2)", true), [1, 2, 3, 4].flatMap(u16)), (s) => readNpy(s).view, [[1, 3], [2, 4]]], // prettier-ignore
  ["readWav", wav([1, 2, 3, 4].flatMap(u16)), (s) => readWav(s).samples, [[1, 2], [3, 4]]], // prettier-ignore
  ["readBmp", bmp(1, [[1, 2, 3], [4, 5, 6]]), (s) => readBmp(s).view, [[[1, 2, 3]], [[4, 5, 6]]]], // prettier-ignore
];

describe.each(FILES)("%s: a file may lie anywhere", (_, file, read, items) => {
  test.each([0, 1, 2, 3, 5, 7])("at address 1000 + %i of a memory that grows", (odd) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    new Uint8Array(memory.buffer).set(file, 1000 + odd);
    const view = read(memoryview(memory, { byteOffset: 1000 + odd, shape: file.length }));
    memory.grow(1);
    expect(view.toList()).toEqual(items);
    const [low, high] = view.bounds();
    expect(low >= 1000 + odd && high <= 1000 + odd + file.length).toBe(true);
    view.set(...view.shape.map(() => 0), 77);
    expect(new DataView(memory.buffer).getUint8(view.byteOffset)).toBe(77);
  });

  test("above 2 GiB, to the last byte of 4 GiB", () => {
    const memory = new WebAssembly.Memory({ initial: 65536 });
    for (const at of [2 ** 31 + 1, 2 ** 32 - file.length]) {
      new Uint8Array(memory.buffer).set(file, at);
      const view = read(memoryview(memory, { byteOffset: at | 0, shape: file.length }));
      expect(view.toList()).toEqual(items);
      expect(view.byteOffset).toBeGreaterThan(at);
    }
  });

  test("in shared memory, a typed array, a buffer, a window, a function, an exporter", () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    new Uint8Array(shared.buffer).set(file, 3);
    const inside = bytes([1, 2, 3], file);
    const words = new Uint32Array(Math.ceil(file.length / 4));
    new Uint8Array(words.buffer).set(file);
    const sources: MemorySource[] = [
      memoryview(shared, { byteOffset: 3, shape: file.length }),
      inside.subarray(3),
      file.buffer,
      words,
      new DataView(file.buffer),
      memoryview(inside).slice([3]),
      memoryview(file, { format: "c" }),
      () => file.buffer,
      { [EXPORT]: () => ({ source: inside, byteOffset: 3, shape: [file.length] }) },
    ];
    for (const source of sources) expect(read(source).toList()).toEqual(items);
  });

  test("a file that is read-only gives a read-only view", () => {
    const view = read(memoryview(file, { readonly: true }));
    expect(view.readonly).toBe(true);
    failure(() => view.set(...view.shape.map(() => 0), 1), "ERR_READONLY");
  });

  test("bytes that are not one after the other are refused", () => {
    const twice = Uint8Array.from({ length: file.length * 2 }, (__, i) => file[i >> 1]!);
    failure(() => read(memoryview(twice).slice("::2")), "ERR_LAYOUT");
    failure(() => read(memoryview(file).flip()), "ERR_LAYOUT");
    failure(() => read("text" as never), "ERR_UNSUPPORTED", _);
  });

  test("what an exporter locked is given back with the view, or at once when the file is refused", () => {
    let locks = 0;
    const exporter = (source: Bytes) => ({
      [EXPORT]: () => {
        locks++;
        return { source, release: () => void locks-- };
      },
    });
    const view = read(exporter(file));
    expect(locks).toBe(1);
    view.release();
    expect(locks).toBe(0);
    failure(() => read(exporter(file.slice(0, 30))), "ERR_BOUNDS");
    expect(locks).toBe(0);
  });
});

test("readWav: a file of more than 4 GiB - 1 bytes has its sizes in ds64, and views reach its end", () => {
  const memory = new WebAssembly.Memory({ initial: 65536 });
  const size = 2 ** 32 - 80;
  const head = wav([], { dataSize: 0xffffffff, riffSize: 0xffffffff, long: { riff: size + 72, data: size } });
  expect(head.length).toBe(80);
  const live = new Uint8Array(memory.buffer);
  live.set(head);
  live.set([...u16(5), ...u16(6)], 2 ** 32 - 4);
  const { frames, samples } = readWav(memory);
  expect(frames).toBe(size / 4);
  expect([samples.get(-1, 0), samples.get(-1, 1)]).toEqual([5, 6]);
  expect(u64(size)).toHaveLength(8);
});
