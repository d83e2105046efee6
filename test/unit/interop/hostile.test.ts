import { memoryview, MemoryViewError, type MemorySource, type MemoryView } from "linearview";
import { readBmp, readNpy, readWav } from "linearview/interop";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { between, cases, pick, type Random, SEED } from "../support/random.ts";
import { bmp, bmpFacts, bytes, type Bytes, chunk, header, npy, npyFacts, u16, u32, wav, wavFacts } from "./writers.ts";

/** For any bytes: right facts that fit into the file, or one of our errors, soon: in milliseconds. */
const SOON = 250;

/** Runs what must not take long; up to eight times, as others may keep the machine busy. */
function soon(body: () => void): void {
  let best = Infinity;
  for (let left = 8; left > 0 && best >= SOON; left--) {
    const start = performance.now();
    body();
    best = Math.min(best, performance.now() - start);
  }
  expect(best).toBeLessThan(SOON);
}

const demand = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what);
};
const text = (value: object): string => JSON.stringify(Object.entries(value).sort());
/** The same names and values; `toEqual` would take most of the time of a hundred thousand files. */
const demandSame = (actual: object, wanted: object): void => {
  if (text(actual) !== text(wanted)) expect(actual).toEqual(wanted);
};

interface Kind {
  readonly name: string;
  readonly read: (source: MemorySource) => any;
  /** What the view of a result is called. */
  readonly main: string;
  /** Throws unless the facts of a result are those of an independent reader. */
  readonly check: (file: Bytes, result: any) => void;
  /** Whether the file may be refused: when an independent reader refuses it, or for want of one as strict. */
  readonly refuses: (file: Bytes) => boolean;
  readonly files: Bytes[];
}

const STANDARD = [0xff0000, 0xff00, 0xff];
const samples = Uint8Array.from({ length: 24 }, (_, i) => i * 11);
const pixels = [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]; // prettier-ignore

const KINDS: Kind[] = [
  {
    name: "readNpy",
    read: readNpy,
    main: "view",
    check(file, { descr, fortranOrder, shape, nbytes, view }) {
      const facts = npyFacts(file);
      demandSame({ descr, fortranOrder, shape, start: facts?.start }, facts ?? {});
      const items = shape.reduce((count: bigint, length: number) => count * BigInt(length), 1n);
      demand(BigInt(nbytes) === items * BigInt(view.itemsize), "nbytes");
      const sizes = typeof descr === "string" && /^[<>|=]?[bcfiuSV](\d+)$/.exec(descr);
      if (sizes) demand(view.itemsize === Number(sizes[1]), "itemsize");
      if (nbytes > 0) demand(view.bounds()[0] - file.byteOffset === facts!.start, "place");
    },
    refuses: () => true,
    files: [
      npy(header("'<f4'", "(2, 3)"), samples),
      npy(header("'>i2'", "(2, 2, 3)", true), samples, 2),
      npy(header("[('a', '|u1'), ('b', '<i2', (2,)), ('', '|V1'), ('c', [('d', '>f2')])]", "(3,)"), samples, 3),
      npy(header("'|S8'", "()"), samples),
    ],
  },
  {
    name: "readWav",
    read: readWav,
    main: "samples",
    check(file, { samples, ...facts }) {
      const { start, ...wanted } = wavFacts(file) ?? {};
      demandSame(facts, wanted);
      if (facts.frames > 0) demand(samples.byteOffset - file.byteOffset === start, "place");
    },
    refuses: (file) => wavFacts(file) === undefined,
    files: [
      wav(samples),
      wav(samples, { bits: 24, extensible: true, before: chunk("LIST", [1, 2, 3]), behind: chunk("id3 ", [1]) }),
      wav(samples, { tag: 3, bits: 32, dataSize: 0xffffffff, riffSize: 0xffffffff, long: { riff: 200, data: 16 } }),
      wav([], { channels: 1, bits: 8, behind: chunk("LIST", samples) }),
    ],
  },
  {
    name: "readBmp",
    read: readBmp,
    main: "view",
    check(file, { view, palette, ...facts }) {
      const { place, ...wanted } = bmpFacts(file)!;
      demandSame(facts, wanted);
      const { width, height } = facts;
      for (const [y, x] of [[0, 0], [height - 1, 0], [0, width - 1], [height - 1, width - 1]] as const) {
        const pixel = view.slice(y, x);
        demand(BigInt(pixel.byteOffset - file.byteOffset) === place!(y, x), `pixel ${y}, ${x}`);
      } // prettier-ignore
      if (palette) demand(palette.bounds()[1] <= view.bounds()[0], "palette");
    },
    refuses: (file) => bmpFacts(file) === undefined,
    files: [
      bmp(2, pixels),
      bmp(6, pixels, { bits: 8, topDown: true, colors: 2, palette: new Uint8Array(16), gap: 3 }),
      bmp(3, pixels, { bits: 16, headerSize: 56, compression: 3, masks: [0xf800, 0x7e0, 0x1f, 0] }),
      bmp(1, [[1, 2, 3, 4]], { bits: 32, headerSize: 124, compression: 3, masks: [...STANDARD, 0xff000000] }),
      bmp(2, pixels, { headerSize: 12 }),
    ],
  },
];

/** Reads a file; asserts that it went as it must, and answers whether it was taken. */
function attempt({ read, main, check, refuses }: Kind, file: Bytes): boolean {
  const start = performance.now();
  let result;
  try {
    result = read(file);
  } catch (error) {
    if (!(error instanceof MemoryViewError)) throw new Error(`a foreign error: ${String(error)}`, { cause: error });
    if (!refuses(file)) throw error;
  }
  if (performance.now() - start > SOON) soon(() => expect(() => read(file)).toThrow());
  if (!result) return false;
  for (const view of [result[main], result.palette ?? result[main]] as MemoryView[]) {
    const [low, high] = view.bounds();
    demand(low >= file.byteOffset && high <= file.byteOffset + file.length, `bytes ${low} to ${high}`);
    if (view.nbytes > 0) view.get(...view.shape.map(() => -1));
  }
  check(file, result);
  return true;
}

const VALUES = [0, 1, 2, 3, 8, 16, 32, 39, 40, 41, 44, 48, 57, 58, 76, 93, 125, 127, 128, 254, 255]; // prettier-ignore

describe.each(KINDS)("$name", (kind) => {
  test("takes the files that the others are made from", () => {
    for (const file of kind.files) expect(attempt(kind, file)).toBe(true);
  });

  test("a file cut at any byte is refused, or says what is still there", () => {
    for (const file of kind.files) {
      for (let length = 0; length < file.length; length++) {
        attempt(kind, file.slice(0, length));
        // The same in the middle of other bytes, none of which is read.
        const around = new Uint8Array(length + 20).fill(0x20);
        around.set(file.subarray(0, length), 7);
        attempt(kind, around.subarray(7, 7 + length));
      }
    }
  });

  test("any byte of the header changed: right facts, or refused", () => {
    for (const file of kind.files) {
      let taken = 0;
      for (let at = 0; at < Math.min(file.length, 200); at++) {
        for (const value of VALUES) {
          const changed = file.slice();
          changed[at] = value;
          if (attempt(kind, changed)) taken++;
        }
      }
      expect(taken).toBeGreaterThan(100);
    }
  });

  test(`random changes, from seed ${SEED}`, () => {
    const interesting = [0, 1, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff, 2 ** 24];
    const change = (random: Random, file: Bytes): Bytes => {
      const at = random(Math.min(file.length, 160));
      const copy = file.slice();
      switch (random(7)) {
        case 0:
          copy[at] = random(256);
          break;
        case 1:
        case 2:
          copy[at]! ^= 1 << random(8);
          break;
        case 3:
          copy.set(u32(pick(random, interesting)).slice(0, file.length - at), at);
          break;
        case 4:
          copy.copyWithin(at, random(file.length), random(file.length));
          break;
        case 5:
          return bytes(file.slice(0, at), file.slice(at + between(random, 1, 8)));
        case 6:
          return bytes(file.slice(0, at), pick(random, kind.files).slice(random(50), random(90)), file.slice(at));
      }
      return copy;
    };
    cases(2000, (random) => {
      let file = pick(random, kind.files);
      for (let left = between(random, 1, 4); left > 0; left--) if (file.length > 0) file = change(random, file);
      attempt(kind, file);
    });
  }); // prettier-ignore

  test(`another thread rewrites the file during reading, from seed ${SEED}: what was checked is what is used`, () => {
    cases(200, (random) => {
      const file = pick(random, kind.files);
      const buffer = file.slice().buffer;
      const live = new Uint8Array(buffer);
      const other = file.slice();
      for (let left = 6; left > 0; left--) other[random(Math.min(file.length, 150))] = random(256);
      let looks = 0;
      const swap = pick(random, [1, 2, 3, 5]);
      // Whoever looks at the bytes asks for the buffer first.
      const source = (): ArrayBuffer => {
        if (looks++ % swap === 0) live.set(looks % (2 * swap) < swap ? other : file);
        return buffer;
      };
      let result;
      try {
        result = kind.read(source);
      } catch (error) {
        expect(error).toBeInstanceOf(MemoryViewError);
        return;
      }
      const view = result[kind.main] as MemoryView;
      const [low, high] = view.bounds();
      expect(low >= 0 && high <= file.length).toBe(true);
      if (view.nbytes > 0) view.get(...view.shape.map(() => -1));
    });
  });

  test("nothing, a few bytes, and only zeros or ones", () => {
    for (const length of [0, 1, 2, 3, 11, 12, 13, 54, 200]) {
      for (const value of [0, 255]) expect(attempt(kind, new Uint8Array(length).fill(value))).toBe(false);
    }
  });
});

describe("readNpy: traps", () => {
  const data = new Uint8Array(64);
  const long = (text: string, count: number): string => text.repeat(count);

  test.each<[what: string, shape: string]>([
    ["2^32 items", "(4294967297,)"],
    ["a product of 2^64", "(4294967296, 4294967296)"],
    ["a product of 2^64 that wraps to a small one", "(4294967296, 4294967296, 2)"],
    ["more than 2^53", "(9007199254740993,)"],
    ["hundreds of digits", `(${long("9", 400)},)`],
    ["a negative length", "(-1,)"],
    ["a fraction", "(2.0, 3)"],
    ["an exponent", "(1e1,)"],
    ["hexadecimal", "(0x10,)"],
    ["octal", "(010,)"],
    ["truth for a length", "(True,)"],
    ["a text for a length", "('1',)"],
    ["a number for a tuple", "(3)"],
    ["None", "None"],
    ["two commas", "(1,,)"],
    ["only a comma", "(,)"],
    ["no comma", "(1 1)"],
    ["a wrong bracket", "(1]"],
    ["lists in lists", "((1,),)"],
    ["an expression", "(2*4,)"],
    ["a call", "(exit(),)"],
    ["65 dimensions", `(${long("1,", 65)})`],
    ["infinitely many without items", "(0, 9007199254740991, 9007199254740991)"],
  ])("%s is refused", (_, shape) => {
    const file = npy(header("'|u1'", shape), data);
    soon(() => expect(() => readNpy(file)).toThrow(MemoryViewError));
  });

  test.each<[what: string, text: string]>([
    ["nothing", ""],
    ["no dictionary", "[]"],
    ["a text as long as a dictionary", "'sixsix'"],
    ["an empty dictionary", "{}"],
    ["a key missing", "{'descr': '|u1', 'shape': (1,)}"],
    ["a key twice", "{'descr': '|u1', 'shape': (1,), 'descr': '|u1'}"],
    ["a fourth key", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), '__proto__': 1}"],
    ["a set", "{'descr', '|u1', 'fortran_order', False, 'shape', (1,)}"],
    ["a dictionary for a shape", "{'descr': '|u1', 'fortran_order': False, 'shape': {1: 1}}"],
    ["more behind it", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} 1"],
    ["numbers for truth", "{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}"],
    ["JavaScript's truth", "{'descr': '|u1', 'fortran_order': false, 'shape': (1,)}"],
    ["an open text", "{'descr': '|u1"],
    ["a text over two lines", "{'descr': '|u\n1', 'fortran_order': False, 'shape': (1,)}"],
    ["an escape", "{'descr': '\\x7cu1', 'fortran_order': False, 'shape': (1,)}"],
    ["a byte of 0", "{'descr': '|u1',\0 'fortran_order': False, 'shape': (1,)}"],
    ["30,000 brackets", long("(", 30_000)],
    ["30,000 brackets in a dictionary", `{'descr': ${long("[", 30_000)}`],
    ["30,000 quotes", long("'", 30_001)],
    ["30,000 blanks", long(" ", 30_000)],
    ["32,000 digits", `{'descr': '|u1', 'fortran_order': False, 'shape': (${long("9", 32_000)},)}`],
  ])("%s for a header is refused", (_, text) => {
    const file = npy(text, data);
    soon(() => void failure(() => readNpy(file), /[0-9]{65}/.test(text) ? "ERR_LAYOUT" : "ERR_FORMAT", "readNpy"));
  });

  test.each<[what: string, descr: string]>([
    ["no fields", "[]"],
    ["a field that is no tuple", "['|u1']"],
    ["a field of one", "[('a',)]"],
    ["a field of four", "[('a', '|u1', (1,), 1)]"],
    ["a number for a name", "[(1, '|u1')]"],
    ["a number for a type", "[('a', 1)]"],
    ["a negative sub-array", "[('a', '|u1', (-1,))]"],
    ["a huge sub-array", "[('a', '<f8', (2147483647, 2147483647))]"],
    ["a huge text", "'|S2147483647'"],
    ["a larger text", "'|S99999999999999999999'"],
    ["a text of Arabic digits", "'|S\u0663'"],
    ["sub-arrays of nothing, which cost to read", "[('a', '|u1'), ('b', '|u1', (1000000000, 0))]"],
    ["texts of nothing, which cost to read", "[('a', '|u1'), ('b', '|S0', (1000000000,))]"],
    ["records in 100 records", `${long("[('a', ", 100)}'|u1'${long(")]", 100)}`],
    ["a sub-array of 65 dimensions", `[('a', '|u1', (${long("1,", 65)}))]`],
    ["2,000 fields of one name", `[${long("('a','|u1'),", 2000)}]`],
  ])("%s for a type is refused", (_, descr) => {
    const file = npy(header(descr, "(1,)"), data, 3);
    soon(() => expect(() => readNpy(file)).toThrow(MemoryViewError));
  });

  test("as many fields as a header holds are read soon", () => {
    const fields = Array.from({ length: 2000 }, (_, i) => `('${i}', '|u1')`).join(",");
    const file = npy(header(`[${fields}]`, "(1,)"), new Uint8Array(2000).fill(7));
    soon(() => void readNpy(file));
    expect(readNpy(file).view.field("1999").get(0)).toBe(7);
  });

  test("a length of the header that is not there, or too long, buys nothing", () => {
    const file = npy(header("'|u1'", "(1,)"), data, 2);
    for (const length of [0xffffffff, 0x80000000, file.length]) {
      const lying = file.slice();
      lying.set(u32(length), 8);
      failure(() => readNpy(lying), "ERR_BOUNDS", "readNpy", length + 12, file.length);
    }
    const large = npy(header("'|u1'", "(1,)") + " ".repeat(40_000), data, 2);
    failure(() => readNpy(large), "ERR_UNSUPPORTED", 32768);
  });

  test("bytes that are no UTF-8, and a version that is none", () => {
    const file = npy(header("[('aaa', '|u1')]", "(1,)"), data, 3);
    const broken = file.slice();
    broken[broken.indexOf(0x61, 30)] = 0xff;
    failure(() => readNpy(broken), "ERR_FORMAT", "UTF-8");
    for (const [major, minor] of [[0, 0], [4, 0], [1, 1], [255, 255]] as const) {
      const other = file.slice();
      other.set([major, minor], 6);
      failure(() => readNpy(other), "ERR_UNSUPPORTED", "version");
    } // prettier-ignore
  });

  test("no name of a field reaches a prototype", () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    for (const name of ["__proto__", "constructor", "prototype", "toString", "then"]) {
      const { view } = readNpy(npy(header(`[('${name}', [('${name}', '|u1')])]`, "(1,)"), [5]));
      const item = view.get(0);
      expect(JSON.stringify(item)).toBe(`{"${name}":{"${name}":5}}`);
      expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
      failure(() => readNpy(npy(header(`'${name}'`, "(1,)"), data)), "ERR_UNSUPPORTED", name);
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});

describe("readWav: traps", () => {
  test.each<[what: string, file: Bytes]>([
    ["chunks of 0xffffffff bytes", bytes("RIFF", u32(0), "WAVE", "junk", u32(0xffffffff), new Uint8Array(100))],
    ["chunks of 0xfffffff8 bytes, which wrap to the same place", bytes("RIFF", u32(0), "WAVE", "junk", u32(0xfffffff8), new Uint8Array(100))],
    ["a fmt chunk of 0xffffffff bytes", bytes("RIFF", u32(0), "WAVE", "fmt ", u32(0xffffffff), wav(samples).slice(20))],
    ["an odd chunk at the end", bytes("RIFF", u32(0), "WAVE", "junk", u32(1), [0])],
  ])("%s are refused", (_, file) => void failure(() => readWav(file), "ERR_BOUNDS", "readWav")); // prettier-ignore

  test("a hundred million empty chunks are not walked", () => {
    const memory = new WebAssembly.Memory({ initial: 16384 });
    const file = new Uint8Array(memory.buffer);
    file.set(bytes("RIFF", u32(0), "WAVE"));
    soon(() => void failure(() => readWav(memoryview(memory)), "ERR_UNSUPPORTED", 1000));
  });

  test("999 chunks before the samples are", () => {
    const before = Array.from({ length: 998 }, () => chunk("junk", [])).flat();
    expect(readWav(wav(samples, { before })).frames).toBe(6);
    failure(() => readWav(wav(samples, { before: [...before, ...chunk("junk", [])] })), "ERR_UNSUPPORTED");
  });

  test("65,535 channels are one frame of what is there, or none", () => {
    const file = wav(samples, { channels: 65535, bits: 8, frameSize: 65535 });
    expect(readWav(file).samples.shape).toEqual([0, 65535]);
    expect(readWav(bytes(file, new Uint8Array(65535))).frames).toBe(0);
    expect(readWav(wav(samples, { channels: 24, bits: 8 })).samples.shape).toEqual([1, 24]);
  });
});

describe("readBmp: traps", () => {
  const changed = (at: number, ...values: number[]): Bytes => {
    const file = bmp(2, pixels);
    file.set(values, at);
    return file;
  };

  test.each<[what: string, file: Bytes, code: string]>([
    ["2^31 - 1 pixels in a row", changed(18, ...u32(2 ** 31 - 1)), "ERR_BOUNDS"],
    ["2^31 - 1 by 2^31 - 1", changed(18, ...u32(2 ** 31 - 1), ...u32(2 ** 31 - 1)), "ERR_BOUNDS"],
    ["rows whose product with their size wraps to 0", changed(18, ...u32(2 ** 30), ...u32(2 ** 30)), "ERR_BOUNDS"],
    ["a height of -2^31", changed(22, ...u32(2 ** 31)), "ERR_BOUNDS"],
    ["a width of -1", changed(18, ...u32(-1)), "ERR_FORMAT"],
    ["a width of 0", changed(18, ...u32(0)), "ERR_FORMAT"],
    ["a height of 0", changed(22, ...u32(0)), "ERR_FORMAT"],
    ["no planes", changed(26, ...u16(0)), "ERR_FORMAT"],
    ["3 planes", changed(26, ...u16(3)), "ERR_FORMAT"],
    ["0 bits", changed(28, ...u16(0)), "ERR_UNSUPPORTED"],
    ["64 bits", changed(28, ...u16(64)), "ERR_UNSUPPORTED"],
    ["pixels at 0xffffffff", changed(10, ...u32(0xffffffff)), "ERR_BOUNDS"],
    ["pixels at 0", changed(10, ...u32(0)), "ERR_FORMAT"],
    ["a header of 0xffffffff bytes", changed(14, ...u32(0xffffffff)), "ERR_UNSUPPORTED"],
    ["a header longer than the file", changed(14, ...u32(124)), "ERR_BOUNDS"],
  ])("%s is refused", (_, file, code) => void failure(() => readBmp(file), code, "readBmp")); // prettier-ignore
});
