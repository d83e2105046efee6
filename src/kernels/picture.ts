import { FormatError, LayoutError, list, UnsupportedError } from "../errors.ts";
import { SCALARS } from "../format/scalars.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { Loaded } from "./loaded.ts";
import { checkOverlap, checkSameShape, checkTarget, checkView } from "./operands.ts";

/**
 * Items of pictures, by format: what the names of their kernels end in, bytes, and where the full range ends. Views of
 * `B`, `H` and `f` are pictures; the others are of results.
 */
export const ITEMS = {
  B: { suffix: "u8", size: 1, max: 255 },
  H: { suffix: "u16", size: 2, max: 65535 },
  f: { suffix: "f32", size: 4, max: 1 },
  h: { suffix: "i16", size: 2, max: 32767 },
  i: { suffix: "i32", size: 4, max: 2 ** 31 - 1 },
  I: { suffix: "u32", size: 4, max: 2 ** 32 - 1 },
  d: { suffix: "f64", size: 8, max: 1 },
} as const;
export type ItemFormat = keyof typeof ITEMS;

/** A picture as kernels take it: where its first item is, and three strides in bytes. */
export interface Picture {
  readonly address: number;
  readonly height: number;
  readonly width: number;
  /** 1 gray, 3 RGB, 4 RGBA. */
  readonly channels: number;
  readonly row: number;
  readonly pixel: number;
  readonly item: number;
  readonly format: ItemFormat;
  /** Whether the bytes of its items are in the other order. */
  readonly swapped: boolean;
}

/** Formats that pictures have by contract, beside those an operation takes. */
const OFFERED = "BHf";

/**
 * A view `[height, width]` or `[height, width, 1 | 3 | 4]` of one of the formats, which a `>` among them allows in either
 * byte order. @throws LayoutError, FormatError, UnsupportedError
 */
export function pictureOf(view: MemoryView, name: string, operation: string, formats = "B"): Picture {
  const { shape, strides, byteOffset: address } = view._layout;
  const channels = shape.length === 2 ? 1 : shape[2]!;
  if ((shape.length !== 2 && shape.length !== 3) || ![1, 3, 4].includes(channels)) {
    throw new LayoutError(
      operation,
      `the ${name} has shape ${list(shape)}`,
      "pass [height, width] or [height, width, 1, 3 or 4]",
    );
  }
  const { array, text, code = "" } = view._format;
  const format = (Object.keys(ITEMS) as ItemFormat[]).find((known) =>
    array ? SCALARS[known].array === array : formats.includes(">") && known === code,
  );
  if (!format || !formats.includes(format)) {
    const problem = `the ${name} has format '${text}', the operation takes '${[...formats].join("', '")}'`;
    if (format && OFFERED.includes(format)) throw new UnsupportedError(operation, problem, "convert it first");
    throw new FormatError(operation, problem, "pictures are of 'B', 'H' or 'f'");
  }
  const [height, width] = shape as [number, number];
  const [row, pixel, item = 0] = strides as [number, number, number?];
  return { address, height, width, channels, row, pixel, item, format, swapped: !array };
}

/** What a source and a target must be, beside pictures of one height and width. */
export interface PictureRules {
  /** Formats of the source, `"B"` unless said. */
  formats?: string;
  /** Formats of the target, for each of the source or for all; that of the source unless said. */
  targets?: string | Partial<Record<ItemFormat, string>>;
  /** Whether the number of channels may differ. */
  anyChannels?: boolean;
  /** Whether the operation cannot run in place. */
  apart?: boolean;
}

/** A source and a target, checked; `run` is called unless they are empty. Returns the target view. */
export function onPictures<T extends MemoryView>(
  source: MemoryView,
  target: T,
  loaded: Loaded,
  operation: string,
  run: (source: Picture, target: Picture, inPlace: boolean) => void,
  { formats, targets, anyChannels, apart = false }: PictureRules = {},
): T {
  const from = pictureOf(checkView(source, "source", loaded, operation), "source", operation, formats);
  const to = pictureOf(
    checkTarget(target, loaded, operation),
    "target",
    operation,
    (typeof targets === "object" ? targets[from.format] : targets) ?? from.format,
  );
  if (anyChannels) checkSameSize(source, target, operation);
  else checkSameShape(source, target, operation);
  const inPlace = checkOverlap(source, target, !apart, operation);
  if (from.height > 0 && from.width > 0) run(from, to, inPlace);
  return target;
}

/** @throws LayoutError unless height and width are equal. */
export function checkSameSize(source: MemoryView, target: MemoryView, operation: string): void {
  const [a, b] = [source._layout.shape, target._layout.shape];
  if (a[0] === b[0] && a[1] === b[1]) return;
  const sizes = `the source has shape ${list(a)}, the target ${list(b)}`;
  throw new LayoutError(operation, sizes, "make height and width equal");
}

/** The leading parameters of every picture kernel: target, then source, each with its strides. */
export type Operands = [
  target: number,
  targetRow: number,
  targetPixel: number,
  targetItem: number,
  source: number,
  sourceRow: number,
  sourcePixel: number,
  sourceItem: number,
];

export const operands = (to: Picture, from: Picture): Operands => [
  to.address,
  to.row,
  to.pixel,
  to.item,
  from.address,
  from.row,
  from.pixel,
  from.item,
];
