import { show, UnsupportedError, ValueError } from "../errors.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { Loaded } from "./loaded.ts";
import { checkView } from "./operands.ts";

/** What an `ImageData` has; of another realm, or of a platform without one, too. */
export interface ImageDataLike {
  readonly data: ArrayBufferView;
  readonly width: number;
  readonly height: number;
}

/** Pictures of the platform as views `[height, width, 4]` of straight RGBA, in blocks of the memory's allocator; and back. */
export interface ImageBridges {
  /**
   * A copy, to be freed. Also of `ImageData` on other memory, and of any `{ data, width, height }` of bytes.
   *
   * @example const pixels = image.fromImageData(context.getImageData(0, 0, 640, 480))
   * @throws ValueError for anything else, AllocationError
   */
  fromImageData(data: ImageDataLike): MemoryView;
  /**
   * A copy, to be freed, drawn on an `OffscreenCanvas`: colours of pixels that are not opaque can be off by what
   * premultiplying loses.
   *
   * @example const pixels = image.fromImageBitmap(await createImageBitmap(blob))
   * @throws ValueError for no bitmap or a closed one, UnsupportedError where there is no OffscreenCanvas, AllocationError
   */
  fromImageBitmap(bitmap: ImageBitmap): MemoryView;
  /**
   * A copy of what is visible, to be freed, converted by the platform straight into the block, shared or not. The frame stays
   * the caller's to close.
   *
   * @example const pixels = await image.fromVideoFrame(frame)
   * @throws ValueError for no frame or a closed one, AllocationError, UnsupportedError when the memory grew meanwhile; by the
   * promise. Then nothing is left allocated.
   */
  fromVideoFrame(frame: VideoFrame): Promise<MemoryView>;
  /**
   * An `ImageData` over the same bytes, no copy: of a packed view `[height, width, 4]` of `B`, until its memory grows.
   *
   * @example context.putImageData(image.toImageData(pixels), 0, 0)
   * @throws LayoutError, FormatError, ReadonlyError; UnsupportedError for shared memory, which ImageData refuses.
   */
  toImageData(view: MemoryView): ImageData;
}

/** @internal The bridges of a memory that is loaded. */
export function bridgesOn(loaded: Loaded): ImageBridges {
  const alloc = (width: number, height: number): MemoryView => loaded.owner.alloc("B", [height, width, 4]);
  /** An object of the platform that has pixels. @throws ValueError */
  const check = (value: object, kind: string, fits: (value: any) => unknown, name: string): void => {
    if (typeof value === "object" && value !== null && fits(value)) return;
    throw new ValueError(name, `the argument is ${show(value)} without pixels`, `pass ${kind} that is not closed`);
  };

  const fromImageData = (data: ImageDataLike, name = "image.fromImageData"): MemoryView => {
    const count = ({ data, width, height }: ImageDataLike): boolean =>
      [width, height].every((length) => Number.isInteger(length) && length > 0) &&
      (data instanceof Uint8Array || data instanceof Uint8ClampedArray) &&
      data.length === 4 * width * height;
    check(data, "an ImageData of bytes", count, name);
    const { data: source, width, height } = data;
    const view = alloc(width, height);
    loaded.source.array(Uint8Array).set(source as Uint8Array, view.byteOffset);
    return view;
  };

  return {
    fromImageData: (data) => fromImageData(data),
    fromImageBitmap(bitmap) {
      const name = "image.fromImageBitmap";
      check(bitmap, "an ImageBitmap", ({ width, height }) => width > 0 && height > 0, name);
      if (typeof OffscreenCanvas === "undefined") {
        throw new UnsupportedError(name, "this platform has no OffscreenCanvas", "draw it yourself, use fromImageData");
      }
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
      context.drawImage(bitmap, 0, 0);
      return fromImageData(context.getImageData(0, 0, width, height), name);
    },
    async fromVideoFrame(frame) {
      const name = "image.fromVideoFrame";
      check(frame, "a VideoFrame", ({ visibleRect }) => visibleRect?.width > 0, name);
      const { width, height } = frame.visibleRect!;
      const view = alloc(width, height);
      try {
        await view.forApi("VideoFrame.copyTo", (bytes) => frame.copyTo(bytes, { format: "RGBA", colorSpace: "srgb" }));
      } catch (error) {
        loaded.owner.free(view);
        throw error;
      }
      return view;
    },
    toImageData: (view) => checkView(view, "view", loaded, "image.toImageData").imageData(),
  };
}
