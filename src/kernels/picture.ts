import { FormatError, LayoutError, list, UnsupportedError } from "../errors.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { Loaded } from "./loaded.ts";
import { checkOverlap, checkSameShape, checkTarget, checkView } from "./operands.ts";

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
}

/** Formats that pictures have by contract, beside those the kernels of this version run on. */
const OFFERED = ["B", "H", "f"];

/** A view `[height, width]` or `[height, width, 1 | 3 | 4]` of bytes. @throws LayoutError, FormatError, UnsupportedError */
export function pictureOf(view: MemoryView, name: string, operation: string): Picture {
  const { shape, strides, byteOffset: address } = view._layout;
  const channels = shape.length === 2 ? 1 : shape[2]!;
  if ((shape.length !== 2 && shape.length !== 3) || ![1, 3, 4].includes(channels)) {
    throw new LayoutError(
      operation,
      `the ${name} has shape ${list(shape)}`,
      "pass [height, width] or [height, width, 1, 3 or 4]",
    );
  }
  if (view._format.array !== Uint8Array) {
    const { text } = view._format;
    if (!OFFERED.includes(text))
      throw new FormatError(operation, `the ${name} has format '${text}'`, "pictures are of 'B'");
    throw new UnsupportedError(
      operation,
      `the ${name} has format '${text}', the kernel runs on 'B'`,
      "convert it with assign()",
    );
  }
  const [height, width] = shape as [number, number];
  return { address, height, width, channels, row: strides[0]!, pixel: strides[1]!, item: strides[2] ?? 0 };
}

/** A source and a target of one shape, checked; `run` is called unless they are empty. Returns the target view. */
export function onPictures<T extends MemoryView>(
  source: MemoryView,
  target: T,
  loaded: Loaded,
  operation: string,
  run: (source: Picture, target: Picture, inPlace: boolean) => void,
  sameChannels = true,
): T {
  const from = pictureOf(checkView(source, "source", loaded, operation), "source", operation);
  const to = pictureOf(checkTarget(target, loaded, operation), "target", operation);
  if (sameChannels) checkSameShape(source, target, operation);
  else if (from.height !== to.height || from.width !== to.width) {
    const sizes = `the source has shape ${list(source._layout.shape)}, the target ${list(target._layout.shape)}`;
    throw new LayoutError(operation, sizes, "make height and width equal");
  }
  const inPlace = checkOverlap(source, target, true, operation);
  if (from.height > 0 && from.width > 0) run(from, to, inPlace);
  return target;
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
