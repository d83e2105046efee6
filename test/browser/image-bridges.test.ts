import { LinearMemory } from "linearview";
import { loadImage } from "linearview/image";
import { describe, expect, test } from "vitest";
import { failure } from "../unit/support/failure.ts";

const PAGE = 65536;
const WORLDS: Record<string, () => LinearMemory> = {
  "own": () => LinearMemory.create(), // prettier-ignore
  "shared": () => LinearMemory.create({ shared: true, maximum: 100 * PAGE }), // prettier-ignore
};
const bytes = Uint8ClampedArray.from({ length: 3 * 5 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) & 255));
const data = (): ImageData => new ImageData(bytes.slice(), 5, 3);

describe.each(Object.entries(WORLDS))("pictures of the platform in memory that is %s", (world, make) => {
  const memory = make();
  const image = loadImage(memory);

  test("fromImageData: a copy of its pixels, to be freed", () => {
    const { liveBlocks } = memory.stats();
    const view = image.fromImageData(data());
    expect([view.format, view.shape]).toEqual(["B", [3, 5, 4]]);
    expect(view.toBytes()).toEqual(new Uint8Array(bytes));
    memory.free(view);
    expect(memory.stats().liveBlocks).toBe(liveBlocks);
  });

  test("fromImageBitmap: the pixels of a bitmap, right away", async () => {
    const bitmap = await createImageBitmap(data());
    const view = image.fromImageBitmap(bitmap);
    expect(view.shape).toEqual([3, 5, 4]);
    expect(view.toBytes()).toEqual(new Uint8Array(bytes));
    memory.free(view);
    bitmap.close();
    failure(() => image.fromImageBitmap(bitmap), "ERR_VALUE", "image.fromImageBitmap", "closed");
  });

  test("fromVideoFrame: the pixels of a frame, and its visible part only; nothing is left when it fails", async () => {
    const whole = { format: "RGBA", codedWidth: 5, codedHeight: 3, timestamp: 0 } as const;
    const frame = new VideoFrame(bytes, whole);
    const view = await image.fromVideoFrame(frame);
    expect(view.shape).toEqual([3, 5, 4]);
    expect(view.toBytes()).toEqual(new Uint8Array(bytes));
    memory.free(view);
    frame.close();
    const part = new VideoFrame(bytes, { ...whole, visibleRect: { x: 2, y: 0, width: 2, height: 3 } });
    const crop = await image.fromVideoFrame(part);
    expect(crop.toList()).toEqual([0, 1, 2].map((y) => [2, 3].map((x) => Array.from(bytes.subarray(20 * y + 4 * x, 20 * y + 4 * x + 4))))); // prettier-ignore
    memory.free(crop);
    part.close();
    const { liveBlocks } = memory.stats();
    await expect(image.fromVideoFrame(part)).rejects.toMatchObject({ code: "ERR_VALUE" });
    expect(memory.stats().liveBlocks).toBe(liveBlocks);
  });

  test("toImageData: the same bytes, or a refusal where the platform refuses", () => {
    const view = image.fromImageData(data());
    if (world === "shared") failure(() => image.toImageData(view), "ERR_UNSUPPORTED", "shared");
    else {
      const result = image.toImageData(view);
      expect([result.width, result.height]).toEqual([5, 3]);
      image.invert(view, view);
      expect(Array.from(result.data.slice(0, 4))).toEqual([255, 218, 181, 255]);
      result.data[0] = 7;
      expect(view.get(0, 0, 0)).toBe(7);
      failure(() => image.toImageData(view.slice([], [1, 3])), "ERR_LAYOUT");
    }
    memory.free(view);
  });
});

test("fromImageData: what has no pixels of bytes is refused, and nothing is allocated", () => {
  const memory = LinearMemory.create();
  const image = loadImage(memory);
  const { liveBlocks } = memory.stats();
  const refused = [{}, null, 5, { data: bytes, width: 5, height: 4 }, { data: new Float32Array(60), width: 5, height: 3 }, { data: bytes, width: 7.5, height: 2 }]; // prettier-ignore
  for (const value of refused) failure(() => image.fromImageData(value as ImageData), "ERR_VALUE", "an ImageData");
  expect(memory.stats().liveBlocks).toBe(liveBlocks);
});
