import { FormatError, list, UnsupportedError } from "../errors.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { BufferOf, MemorySource } from "../view/memoryview.ts";
import { readFile } from "./reading.ts";

/** The header of a BMP file, and its pixels where they are. */
export interface Bmp<B extends ArrayBufferLike = ArrayBufferLike> {
  width: number;
  height: number;
  bitsPerPixel: number;
  /** Whether the file has the top row first. The view always has. */
  topDown: boolean;
  /**
   * What a pixel is, in the order of the bytes: `"bgr"`, `"bgra"`, `"bgrx"` (the fourth byte means nothing) or another
   * order of a file that says so; `"bgr555"`, `"bgr565"`, `"bgra5551"` from the lowest bit of an `H`; `"index"` into the palette.
   */
  channels: string;
  /** `[height, width, 3 or 4]` of `B`; of 8 bits `[height, width]` of `B`, of 16 bits of `H`. */
  view: MemoryView<number, B>;
  /** Of 8 bits: `[colors, 4 or 3]` of `B`, as blue, green, red. May have fewer colors than the pixels name. */
  palette?: MemoryView<number, B>;
}

/**
 * Width, height, planes, bits per pixel of the header of OS/2 1.x; also compression, colors and masks of a
 * `BITMAPINFOHEADER` and what it grew to: the masks follow the shorter ones and are part of the longer.
 */
const CORE = "HHHH";
const INFO = "iiHHI12xI4x4I";
/** Sizes of the headers that are read. */
const CORE_SIZE = 12;
const SIZES = [CORE_SIZE, 40, 52, 56, 108, 124];
/** Values of `biCompression`. */
const BITFIELDS = 3;
const ALPHABITFIELDS = 6;
/** Masks of red, green, blue and alpha. */
const BITS16: Readonly<Record<string, string>> = {
  "31744,992,31,0": "bgr555",
  "31744,992,31,32768": "bgra5551",
  "63488,2016,31,0": "bgr565",
};

const OPERATION = "readBmp";

/**
 * The pixels of a BMP file as a view of the file's own bytes, no copy: what is written through it is in the file. Row
 * padding is in the strides, and a file that has the bottom row first in a negative one: the top row is always `[0]`.
 * Uncompressed, of 8 bits with a palette, 16, 24 and 32, where a color is one byte or 5 or 6 bits.
 *
 * Source: Microsoft, `BITMAPFILEHEADER`, `BITMAPCOREHEADER`, `BITMAPINFOHEADER` to `BITMAPV5HEADER`.
 *
 * @example
 * const { view, channels } = readBmp(bytes);
 * view.get(0, 0, channels.indexOf("r")); // red, top left
 * @throws UnsupportedError for another kind of file, compression or depth, FormatError for a header that contradicts
 * itself, BoundsError when the file ends before its pixels.
 */
export function readBmp<S extends MemorySource>(source: S): Bmp<BufferOf<S>> {
  return readFile(source, OPERATION, ({ values, need, view }) => {
    const unsupported = (problem: string): never => {
      throw new UnsupportedError(OPERATION, problem, "convert it to 24 or 32 bits, uncompressed");
    };
    const [magic, first, headerSize] = values("2s8xII", 0);
    if (magic !== "BM") unsupported("the bytes do not begin as a BMP file");
    if (!SIZES.includes(headerSize)) unsupported(`a header of ${headerSize} bytes`);
    need(14 + headerSize, "the header");

    const core = headerSize === CORE_SIZE;
    const [width, rows, planes, bitsPerPixel, compression = 0, most = 0, ...words] = values(core ? CORE : INFO, 18);
    const height = Math.abs(rows);
    if (width <= 0 || height === 0 || planes !== 1) {
      throw new FormatError(OPERATION, `${width} by ${rows} pixels in ${planes} planes, some of both in 1 are needed`);
    }

    let tables = 14 + headerSize;
    let channels: string | undefined = { 8: "index", 16: "bgr555", 24: "bgr", 32: "bgrx" }[bitsPerPixel as 8];
    let masks: number[] = [];
    if (compression === BITFIELDS || compression === ALPHABITFIELDS) {
      const inside = (headerSize - 40) / 4;
      const count = inside || (compression === BITFIELDS ? 3 : 4);
      if (inside === 0) tables += count * 4;
      masks = words.map((mask, i) => (i < count ? mask : 0));
      const letters = [0xff, 0xff00, 0xff0000, 0xff000000].map((mask) => "rgba"[masks.indexOf(mask)] ?? "x").join("");
      const bytewise = masks.every((mask, i) => letters.includes("rgba"[i]!) || (i === 3 && mask === 0));
      channels = { 16: BITS16[masks.join()], 32: bytewise ? letters : undefined }[bitsPerPixel as 16];
    } else if (compression !== 0) channels = undefined;
    if (!channels) unsupported(`pixels of ${bitsPerPixel} bits, compression ${compression}, masks ${list(masks)}`);
    if (first < tables) {
      throw new FormatError(OPERATION, `pixels from byte ${first}, where the header ends at ${tables}`);
    }

    const pixel = bitsPerPixel / 8;
    const stride = Math.ceil((width * pixel) / 4) * 4;
    const topDown = rows < 0;
    const color = core ? 3 : 4;
    const colors = Math.min(most || 256, 256, Math.floor((first - tables) / color));
    const axes = pixel > 2 ? 3 : 2;
    return {
      width,
      height,
      bitsPerPixel,
      topDown,
      channels,
      view: view(
        pixel === 2 ? "H" : "B",
        topDown ? first : first + stride * (height - 1),
        [height, width, pixel].slice(0, axes),
        [topDown ? stride : -stride, pixel, 1].slice(0, axes),
      ),
      ...(pixel === 1 && { palette: view("B", tables, [colors, color]) }),
    } as Bmp<BufferOf<S>>;
  });
}
