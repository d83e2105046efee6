/*
 * Files as other programs write them, byte by byte, and readers of them that share no code with the library: they look
 * at text and at big integers.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

export const latin = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0) & 255);
export const u16 = (n: number): number[] => [n & 255, (n >> 8) & 255];
export const u32 = (n: number): number[] => [...u16(n), ...u16(n >>> 16)];
export const u64 = (n: number): number[] => [...u32(n % 2 ** 32), ...u32(Math.floor(n / 2 ** 32))];

export const bytes = (...parts: (number | string | ArrayLike<number>)[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? latin(part) : typeof part === "number" ? [part] : Array.from(part)))); // prettier-ignore

// ---- .npy ----------------------------------------------------------------------------------------------------------

/** Any text as a header, padded as NumPy does so that the array begins at a multiple of 64. */
export function npy(header: string, data: ArrayLike<number>, version = 1): Bytes {
  const text = version === 3 ? [...new TextEncoder().encode(header)] : latin(header);
  const start = version === 1 ? 10 : 12;
  while ((start + text.length + 1) % 64 !== 0) text.push(32);
  text.push(10);
  return bytes("\x93NUMPY", version, 0, version === 1 ? u16(text.length) : u32(text.length), text, data);
}

export const header = (descr: string, shape: string, fortran = false): string =>
  `{'descr': ${descr}, 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }`;

export interface NpyFacts {
  descr: unknown;
  fortranOrder: boolean;
  shape: number[];
  start: number;
}

/** What the header of a file says, when JSON can say it too. */
export function npyFacts(file: Bytes): NpyFacts | undefined {
  const text = String.fromCharCode(...file.subarray(0, 4096));
  const found = /^\x93NUMPY([^])\0([^]{2})([^]{2})/.exec(text);
  if (!found || !"\x01\x02\x03".includes(found[1]!)) return undefined;
  const sizes = (found[1] === "\x01" ? found[2]! : found[2]! + found[3]!).split("").reverse();
  const length = parseInt(sizes.map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join(""), 16);
  const start = (found[1] === "\x01" ? 10 : 12) + length;
  let literal = text.slice(start - length, start);
  if (found[1] === "\x03") literal = new TextDecoder().decode(Uint8Array.from(latin(literal)));
  const words: Record<string, string> = { "(": "[", ")": "]", True: "true", False: "false" };
  // Texts as they are; a number in parentheses is a number; JSON knows no last comma, no long integers, no form feed.
  const tokens = /'([^'\\\n]*)'|"([^"\\\n]*)"|\(\s*(\d+)\s*L?\s*\)|[()]|\bTrue|\bFalse|(?<=\d)\s*L|,(?=\s*[\])}])|\f/g;
  const json = literal.replace(tokens, (token, single?: string, double?: string, number?: string) => {
    const string = single ?? double;
    return string === undefined ? (number ?? words[token] ?? "") : JSON.stringify(string);
  });
  try {
    const { descr, fortran_order: fortranOrder, shape } = JSON.parse(json);
    return { descr, fortranOrder, shape, start };
  } catch {
    return undefined;
  }
}

// ---- WAV -----------------------------------------------------------------------------------------------------------

export interface WavOptions {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  frameSize?: number;
  /** Chunks before and behind the samples. */
  before?: ArrayLike<number>;
  behind?: ArrayLike<number>;
  /** What the header says. */
  dataSize?: number;
  riffSize?: number;
  extensible?: boolean;
  guid?: string;
  /** Sizes in a `ds64` chunk. */
  long?: { riff: number; data: number };
}

export const GUID = "\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";

export const chunk = (id: string, content: ArrayLike<number>): number[] => [
  ...latin(id),
  ...u32(content.length),
  ...Array.from(content),
  ...(content.length % 2 ? [0] : []),
];

export function wav(data: ArrayLike<number>, options: WavOptions = {}): Bytes {
  const { tag = 1, channels = 2, rate = 44100, bits = 16, before = [], behind = [], extensible, long } = options;
  const { frameSize = channels * Math.ceil(bits / 8), dataSize = data.length, guid = GUID } = options;
  const format = [
    ...u16(extensible ? 0xfffe : tag),
    ...u16(channels),
    ...u32(rate),
    ...u32(rate * frameSize),
    ...u16(frameSize),
    ...u16(bits),
    ...(extensible ? [...u16(22), ...u16(bits), ...u32(3), ...u16(tag), ...latin(guid)] : []),
  ];
  const body = [
    ...latin("WAVE"),
    ...(long ? chunk("ds64", [...u64(long.riff), ...u64(long.data), ...u64(0), ...u32(0)]) : []),
    ...chunk("fmt ", format),
    ...Array.from(before),
    ...latin("data"),
    ...u32(dataSize),
    ...Array.from(data),
    ...(data.length % 2 ? [0] : []),
    ...Array.from(behind),
  ];
  return bytes(long ? "RF64" : "RIFF", u32(options.riffSize ?? body.length), body);
}

export interface WavFacts {
  channels: number;
  sampleRate: number;
  bitsPerSample: number;
  encoding: string;
  frames: number;
  start: number;
}

const little = (text: string): bigint => latin(text).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** What a WAV file says, or nothing where it contradicts itself. */
export function wavFacts(file: Bytes): WavFacts | undefined {
  const text = String.fromCharCode(...file);
  if (!/^(RIFF|RF64|BW64)[^]{4}WAVE/.test(text)) return undefined;
  let [format, long] = ["", ""];
  let at = 12n;
  const part = (from: bigint, count: number): string => text.substr(Number(from), count);
  while (part(at, 4) !== "data") {
    const size = little(part(at + 4n, 4));
    if (at + 8n > file.length) return undefined;
    if (part(at, 4) === "fmt ") format = size >= 40n ? part(at + 8n, 40).padEnd(40, "\0") : part(at + 8n, Number(size)); // prettier-ignore
    if (part(at, 4) === "ds64" && size >= 16n) long = part(at + 8n, 16).padEnd(16, "\0");
    at += 8n + size + (size & 1n);
  }
  if (at + 8n > file.length || format.length < 16) return undefined;
  const [tag, channels, , , , , frameSize, bits] = Array.from({ length: 8 }, (_, i) => Number(little(format.substr(i * 2, 2)))) as [number, number, number, number, number, number, number, number]; // prettier-ignore
  const sampleRate = Number(little(format.substr(4, 4)));
  const guid = format.length === 40 && tag === 0xfffe && format.endsWith(GUID);
  const kind = guid ? Number(little(format.substr(24, 2))) : tag;
  const names: Record<string, string> = { "1 8": "u8", "1 16": "i16", "1 24": "i24", "1 32": "i32", "3 32": "f", "3 64": "d", "6 8": "alaw", "7 8": "mulaw" }; // prettier-ignore
  const container = kind === 1 ? bits + ((8 - (bits % 8)) % 8) : bits;
  const encoding = names[`${kind} ${container}`];
  if (!encoding || channels === 0 || sampleRate === 0 || frameSize * 8 !== channels * container) return undefined;
  const start = at + 8n;
  const there = BigInt(file.length) - start;
  let said: bigint | undefined = little(part(at + 4n, 4));
  let end: bigint | undefined = little(text.substr(4, 4)) + 8n;
  if (said === 0xffffffffn) said = long ? little(long.slice(8)) : undefined;
  if (end === 0xffffffffn + 8n) end = long ? little(long.slice(0, 8)) + 8n : undefined;
  if (said === 0n && (end === undefined || end <= start)) said = undefined;
  const size = said === undefined || said > there ? there : said;
  return { channels, sampleRate, bitsPerSample: bits, encoding, frames: Number(size / BigInt(frameSize)), start: Number(start) }; // prettier-ignore
}

// ---- BMP -----------------------------------------------------------------------------------------------------------

export interface BmpOptions {
  bits?: number;
  headerSize?: number;
  compression?: number;
  /** Red, green, blue and alpha, in the header or behind it. */
  masks?: number[];
  colors?: number;
  palette?: ArrayLike<number>;
  /** Bytes between header and pixels. */
  gap?: number;
  topDown?: boolean;
}

/** A picture from its rows, top row first, each the bytes of its pixels. */
export function bmp(width: number, rows: number[][], options: BmpOptions = {}): Bytes {
  const { bits = 24, headerSize = 40, compression = 0, masks = [], colors = 0, palette = [], gap = 0, topDown } = options; // prettier-ignore
  const height = rows.length;
  const file = topDown ? rows : [...rows].reverse();
  const size = Math.ceil((width * bits) / 32) * 4;
  const pixels = file.flatMap((row) => [...row, ...Array.from({ length: size - row.length }, () => 0xee)]);
  const head =
    headerSize === 12
      ? [...u32(12), ...u16(width), ...u16(height), ...u16(1), ...u16(bits)]
      : [
          ...u32(headerSize),
          ...u32(width),
          ...u32(topDown ? -height : height),
          ...u16(1),
          ...u16(bits),
          ...u32(compression),
          ...u32(pixels.length),
          ...u32(2835),
          ...u32(2835),
          ...u32(colors),
          ...u32(0),
        ];
  const info = [...head, ...masks.flatMap(u32)];
  while (info.length < headerSize) info.push(0);
  const start = 14 + info.length + palette.length + gap;
  return bytes("BM", u32(start + pixels.length), u32(0), u32(start), info, palette, Array.from({ length: gap }, () => 0xdd), pixels); // prettier-ignore
}

export interface BmpFacts {
  width: number;
  height: number;
  bitsPerPixel: number;
  topDown: boolean;
  channels: string;
  /** Where a pixel's bytes begin. */
  place: (y: number, x: number) => bigint;
}

/** What a BMP file says, or nothing where it contradicts itself. */
export function bmpFacts(file: Bytes): BmpFacts | undefined {
  const text = String.fromCharCode(...file);
  const number = (at: number, count: number): bigint => little(text.substr(at, count));
  const signed = (at: number): bigint => BigInt.asIntN(32, number(at, 4));
  const size = Number(number(14, 4));
  if (!text.startsWith("BM") || ![12, 40, 52, 56, 108, 124].includes(size) || file.length < 14 + size) return undefined;
  const old = size === 12;
  const [width, rows] = old ? [number(18, 2), number(20, 2)] : [signed(18), signed(22)];
  const [planes, bits] = old ? [number(22, 2), number(24, 2)] : [number(26, 2), number(28, 2)];
  const kind = old ? 0n : number(30, 4);
  const height = rows < 0n ? -rows : rows;
  if (width <= 0n || height === 0n || planes !== 1n) return undefined;
  let behind = BigInt(14 + size);
  let channels: string | undefined;
  if (kind === 0n) channels = { 8: "index", 16: "bgr555", 24: "bgr", 32: "bgrx" }[Number(bits)];
  else if (kind === 3n || kind === 6n) {
    const own = size === 40 ? (kind === 3n ? 3 : 4) : size === 52 ? 3 : 4;
    if (size === 40) behind += BigInt(own * 4);
    const hex = [54, 58, 62, 66].slice(0, own).map((at) => number(at, 4).toString(16).padStart(8, "0"));
    if (bits === 16n) {
      const alpha = hex[3] ?? "00000000";
      if (hex.slice(0, 3).join() === "00007c00,000003e0,0000001f") channels = { "00000000": "bgr555", "00008000": "bgra5551" }[alpha]; // prettier-ignore
      if (hex.slice(0, 3).join() === "0000f800,000007e0,0000001f" && alpha === "00000000") channels = "bgr565";
    }
    if (bits === 32n) {
      const order = ["x", "x", "x", "x"];
      let fits = true;
      hex.forEach((mask, i) => {
        const place = ["000000ff", "0000ff00", "00ff0000", "ff000000"].indexOf(mask);
        if (place < 0 || order[place] !== "x") fits &&= i === 3 && mask === "00000000";
        else order[place] = "rgba"[i]!;
      });
      if (fits) channels = order.join("");
    }
  }
  const start = number(10, 4);
  if (!channels || start < behind) return undefined;
  const rowSize = ((width * bits + 31n) / 32n) * 4n;
  if (start + (height - 1n) * rowSize + (width * bits) / 8n > file.length) return undefined;
  const place = (y: number, x: number): bigint => {
    const row = rows < 0n ? BigInt(y) : height - 1n - BigInt(y);
    return start + row * rowSize + (BigInt(x) * bits) / 8n;
  };
  return { width: Number(width), height: Number(height), bitsPerPixel: Number(bits), topDown: rows < 0n, channels, place }; // prettier-ignore
}
