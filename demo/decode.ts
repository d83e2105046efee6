import type { MemoryView } from "linearview";

/** What a canvas of today's browsers can show. */
const MAX_SIDE = 65_535;
const MAX_PIXELS = 268_435_456;

/** A failure in words for the visitor. */
export class PictureError extends Error {}

/** A picture whose size is known, and whose pixels are not decoded yet. */
export interface Undecoded {
  readonly height: number;
  readonly width: number;
  /** Decodes, and writes the pixels once, as RGBA, into a packed `[height, width, 4]` view. */
  writeTo(picture: MemoryView<number, ArrayBuffer>): Promise<void>;
}

/** Reads a file's size before it is decoded: a picture of gigabytes is refused, not tried. @throws PictureError */
export async function openPicture(file: Blob): Promise<Undecoded> {
  const url = URL.createObjectURL(file);
  const element = new Image();
  try {
    await new Promise((resolve, reject) => {
      element.onload = resolve;
      element.onerror = reject;
      element.src = url;
    });
  } catch {
    throw new PictureError("This file is no picture that your browser can decode. Try a JPEG, PNG or WebP.");
  } finally {
    URL.revokeObjectURL(url);
  }
  const { naturalHeight: height, naturalWidth: width } = element;
  if (height === 0 || width === 0) throw new PictureError("This picture is empty: 0 × 0 pixels.");
  if (height > MAX_SIDE || width > MAX_SIDE || height * width > MAX_PIXELS) {
    const size = `${width.toLocaleString("en")} × ${height.toLocaleString("en")}`;
    throw new PictureError(
      `This picture has ${size} pixels; a canvas shows at most ${MAX_PIXELS.toLocaleString("en")}.`,
    );
  }
  return { height, width, writeTo: (picture) => write(file, picture) };
}

async function write(file: Blob, picture: MemoryView<number, ArrayBuffer>): Promise<void> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new PictureError("This picture is damaged: it could not be decoded.");
  }
  try {
    if (await writeThroughFrame(bitmap, picture)) return;
    // The platform's other way out of a bitmap makes an array of its own first.
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    picture.typedArray().set(context.getImageData(0, 0, bitmap.width, bitmap.height).data);
  } finally {
    bitmap.close();
  }
}

/** A VideoFrame writes its pixels straight into the block. False where the browser has none for this picture. */
async function writeThroughFrame(bitmap: ImageBitmap, picture: MemoryView<number, ArrayBuffer>): Promise<boolean> {
  if (typeof VideoFrame === "undefined") return false;
  let frame: VideoFrame | undefined;
  try {
    frame = new VideoFrame(bitmap, { timestamp: 0 });
    const target = picture.typedArray() as Uint8Array<ArrayBuffer>;
    await frame.copyTo(target, { format: "RGBA" } as VideoFrameCopyToOptions);
    return true;
  } catch {
    return false;
  } finally {
    frame?.close();
  }
}
