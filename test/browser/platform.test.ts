import { LinearMemory, memoryview } from "linearview";
import { loadImage } from "linearview/image";
import { expect, test } from "vitest";
import { failure } from "../unit/support/failure.ts";

test("the page is cross-origin isolated, so that shared memory can be had", () => {
  expect(crossOriginIsolated).toBe(true);
});

test("imageData: the same bytes as the view, painted without a copy, and made anew after growth", () => {
  const memory = LinearMemory.create();
  const picture = memory.alloc("B", [6, 9, 4]).assign([10, 20, 30, 255]);
  const data = picture.imageData();
  expect([data.width, data.height, data.data.buffer]).toEqual([9, 6, memory.memory.buffer]);
  data.data[0] = 99;
  expect(picture.get(0, 0, 0)).toBe(99);
  loadImage(memory).invert(picture, picture);
  expect(data.data[0]).toBe(156);
  memory.grow(65536);
  expect(data.data.length).toBe(0);
  const context = new OffscreenCanvas(9, 6).getContext("2d")!;
  context.putImageData(picture.imageData(), 0, 0);
  expect([...context.getImageData(8, 5, 1, 1).data]).toEqual([245, 235, 225, 255]);
  expect([...context.getImageData(0, 0, 1, 1).data]).toEqual([156, 235, 225, 255]);
});

test("imageData: what it does not take is refused in words, shared memory above all", () => {
  const memory = LinearMemory.create();
  failure(() => memory.alloc("B", [6, 9, 3]).imageData(), "ERR_LAYOUT", "[6, 9, 3]");
  failure(() => memory.alloc("B", [6, 9, 4]).slice([0, 3], [0, 3]).imageData(), "ERR_LAYOUT", "C order");
  failure(() => memory.alloc("H", [6, 9, 4]).imageData(), "ERR_FORMAT", "'H'");
  failure(() => memory.alloc("B", [6, 9, 4]).toReadonly().imageData(), "ERR_READONLY");
  failure(
    () => LinearMemory.create({ shared: true }).alloc("B", [6, 9, 4]).imageData(),
    "ERR_UNSUPPORTED",
    "shared",
    "copy()",
  );
});

test("ImageData is a source", () => {
  const data = new ImageData(4, 3);
  const view = memoryview(data, { shape: [3, 4, 4] });
  view.set(2, 3, 1, 77);
  expect([data.data[(2 * 4 + 3) * 4 + 1], view.obj]).toEqual([77, data]);
});

test("postMessage: a view is refused, its copy is just its bytes", () => {
  const view = LinearMemory.create().alloc("H", [4, 4]).slice("..., 1");
  const { port1, port2 } = new MessageChannel();
  expect(() => port1.postMessage(view)).toThrow();
  expect(() => port1.postMessage(view.copy())).not.toThrow();
  expect(structuredClone(view.copy()).buffer.byteLength).toBe(8);
  port1.close();
  port2.close();
});

test("another thread: grows a shared memory and writes; the views see both", async () => {
  const memory = LinearMemory.create({ shared: true, maximum: 8 * 65536 });
  const view = memory.alloc("I", 4);
  const code = `onmessage = ({ data: { memory, address } }) => {
    memory.grow(2);
    new Uint32Array(memory.buffer)[address >> 2] = 123;
    new Uint8Array(memory.buffer)[memory.buffer.byteLength - 1] = 45;
    postMessage(memory.buffer.byteLength);
  };`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const size = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data as number);
    worker.postMessage({ memory: memory.memory, address: view.byteOffset });
  });
  expect(view.get(0)).toBe(123);
  expect(memory.view({ byteOffset: size - 1, shape: 1 }).get(0)).toBe(45);
  worker.terminate();
});
