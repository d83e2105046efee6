import { hex as kernelsModule } from "virtual:wasm/kernels";
import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { loadImage } from "linearview/image";
import { load as loadBlur } from "linearview/image/blur";
import { load as loadPoint } from "linearview/image/point";
import { loadStrided } from "linearview/strided";
import { describe, expect, test } from "vitest";
import { decodeHex } from "../../../src/kernels/wasm/instantiate.ts";
import { setLimits } from "../../../src/kernels/wasm/limits.ts";
import { exportsOf, sceneModule } from "../memory/fixtures.ts";
import { failure } from "../support/failure.ts";
import { seeded } from "../support/random.ts";

const PAGE = 65536;

/** Memories that pictures live in: ours, shared, far up, and a C module's. */
const WORLDS: Record<string, () => LinearMemory> = {
  "own": () => LinearMemory.create(), // prettier-ignore
  "shared": () => LinearMemory.create({ shared: true, maximum: 100 * PAGE }), // prettier-ignore
  "above 2 GiB": () => LinearMemory.create({ initial: 2 ** 31 + 4 * PAGE, base: 2 ** 31 + PAGE }),
  "a C module's": () => LinearMemory.from(sceneModule()),
};

/** Float64 definitions, on nested lists `[height][width][channels]`. */
const clamp = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)));
type Pixels = number[][][];
const each = (pixels: Pixels, change: (v: number, c: number) => number): Pixels =>
  pixels.map((row) => row.map((pixel) => pixel.map(change)));
const colors = (pixels: Pixels): number => (pixels[0]![0]!.length === 4 ? 3 : 4);
const DEFINITIONS: [name: string, tolerance: number, run: (i: ReturnType<typeof loadImage>, s: MemoryView, t: MemoryView) => void, define: (p: Pixels) => Pixels][] = [
  ["invert", 0, (i, s, t) => i.invert(s, t), (p) => each(p, (v, c) => (c < colors(p) ? 255 - v : v))],
  ["invert all", 0, (i, s, t) => i.invert(s, t, { channels: "all" }), (p) => each(p, (v) => 255 - v)],
  ["brightnessContrast", 1, (i, s, t) => i.brightnessContrast(s, t, { brightness: -0.1, contrast: 1.7 }), (p) => each(p, (v, c) => (c < colors(p) ? clamp((v - 127.5) * 1.7 + 127.5 - 0.1 * 255) : v))],
  ["boxBlur 5", 0, (i, s, t) => i.boxBlur(s, t, { size: 5 }), (p) => box(p, 5, 5, (n, length) => Math.min(Math.max(n, 0), length - 1))],
  ["boxBlur 3 × 9 mirror", 0, (i, s, t) => i.boxBlur(s, t, { size: { x: 3, y: 9 }, border: "mirror" }), (p) => box(p, 3, 9, (n, length) => { for (; n < 0 || n >= length; ) n = length === 1 ? 0 : n < 0 ? -n : 2 * length - 2 - n; return n; })],
]; // prettier-ignore

function box(pixels: Pixels, sizeX: number, sizeY: number, map: (n: number, length: number) => number): Pixels {
  return pixels.map((row, y) =>
    row.map((pixel, x) =>
      pixel.map((_, c) => {
        let sum = 0;
        for (let j = -(sizeY >> 1); j <= sizeY >> 1; j++) {
          for (let i = -(sizeX >> 1); i <= sizeX >> 1; i++)
            sum += pixels[map(y + j, pixels.length)]![map(x + i, row.length)]![c]!;
        }
        return Math.floor(sum / (sizeX * sizeY) + 0.5);
      }),
    ),
  );
}

/** Views on a crop of a larger picture: how each is made from it. */
const VIEWS: Record<string, (picture: MemoryView) => MemoryView> = {
  "a crop": (picture) => picture.slice([2, 13], [3, 22]),
  "reversed rows": (picture) => picture.slice([2, 13], [3, 22]).flip(0),
  "reversed columns": (picture) => picture.slice([2, 13], [3, 22]).flip(1),
  "a transpose": (picture) => picture.slice([2, 13], [3, 22]).transpose([1, 0, 2]),
  "every second pixel": (picture) => picture.slice([1, null, 2], [0, null, 2]),
  "one pixel": (picture) => picture.slice([5, 6], [7, 8]),
};

describe.each(Object.entries(WORLDS))("image kernels in memory that is %s", (_, make) => {
  const memory = make();
  const image = loadImage(memory);

  test.each([1, 3, 4])(
    "every operation on every kind of view of %i channels: by definition, and no other byte changes",
    (channels) => {
      const random = seeded(channels);
      for (const [name, tolerance, run, define] of DEFINITIONS) {
        for (const [kind, view] of Object.entries(VIEWS)) {
          memory.scope(({ alloc }) => {
            const [picture, other] = [alloc("B", [16, 24, channels]), alloc("B", [16, 24, channels])];
            const noise = Uint8Array.from({ length: picture.nbytes }, () => random(256));
            for (const inPlace of [false, true]) {
              picture.cast("B").assign(noise);
              other.cast("B").assign(noise);
              const [source, target] = [view(picture), view(inPlace ? picture : other)];
              const want = define(source.toList() as Pixels).flat(2);
              const holder = inPlace ? picture : other;
              const before = holder.toBytes();
              run(image, source, target);
              const got = target.toList().flat(2) as number[];
              const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!)), 0);
              expect(worst, `${name} on ${kind}, in place: ${inPlace}`).toBeLessThanOrEqual(tolerance);
              view(memoryview(before, { shape: [16, 24, channels] })).assign(target);
              expect(
                holder.toBytes().every((byte, i) => byte === before[i]),
                `${name} on ${kind}: outside`,
              ).toBe(true);
            }
          });
        }
      }
      image.release();
    },
  );

  test("grayscale: into a plane, into the same, by BT.601 and BT.709, within 1", () => {
    memory.scope(({ alloc }) => {
      const random = seeded(9);
      const picture = alloc("B", [9, 21, 4]);
      picture.cast("B").assign(Uint8Array.from({ length: picture.nbytes }, () => random(256)));
      const plane = alloc("B", [9, 21]);
      for (const [weights, r, g, b] of [
        ["bt601", 0.299, 0.587, 0.114],
        ["bt709", 0.2126, 0.7152, 0.0722],
      ] as const) {
        const pixels = picture.toList() as Pixels;
        image.grayscale(picture, plane, { weights });
        pixels.forEach((row, y) => row.forEach((p, x) => {
          expect(Math.abs((plane.get(y, x) as number) - clamp(p[0]! * r + p[1]! * g + p[2]! * b))).toBeLessThanOrEqual(1);
        })); // prettier-ignore
      }
      const [luma, alpha] = [plane.toList(), picture.slice("..., 3").toList()];
      image.grayscale(picture, picture, { weights: "bt709" });
      expect(picture.slice("..., 1").toList()).toEqual(luma);
      expect(picture.slice("..., 3").toList()).toEqual(alpha);
    });
  });

  test("after growth: the kernels and the views go on", () => {
    memory.scope(({ alloc }) => {
      const picture = alloc("B", [4, 4, 4]).fill(10);
      memory.grow(PAGE);
      image.invert(picture, picture);
      expect(picture.get(3, 3, 0)).toBe(245);
    });
  });
});

test("a C module's own picture: kernels run on its pixels, bottom-up and padded, and its padding stays", () => {
  const scene = exportsOf(sceneModule());
  const picture = scene.image_new(13, 6, 4, 16, 1);
  const view = memoryview(scene.memory, {
    byteOffset: scene.image_data(picture),
    shape: [6, 13, 4],
    strides: [scene.image_pitch(picture), 4, 1],
  });
  const before = view.toList() as Pixels;
  LinearMemory.from(scene); // whose allocator the kernels' scratch then comes from
  const image = loadImage(scene.memory);
  image.invert(view, view);
  image.boxBlur(view, view, { size: 3 });
  expect(view.toList()).toEqual(
    box(
      each(before, (v, c) => (c < 3 ? 255 - v : v)),
      3,
      3,
      (n, length) => Math.min(Math.max(n, 0), length - 1),
    ),
  );
  expect(scene.image_padding_intact(picture)).toBe(1);
  image.release();
});

describe("refusals, before the first store", () => {
  const memory = LinearMemory.create();
  const image = loadImage(memory);
  const picture = memory.alloc("B", [8, 8, 4]).fill(7);
  const view = (format: string, shape: number[]): MemoryView => memory.alloc(format, shape);

  test.each([
    ["another shape", () => image.invert(picture, view("B", [8, 9, 4])), "ERR_LAYOUT"],
    ["two channels", () => image.invert(view("B", [8, 8, 2]), view("B", [8, 8, 2])), "ERR_LAYOUT"],
    ["a line", () => image.invert(view("B", [8]), view("B", [8])), "ERR_LAYOUT"],
    ["a format of no picture", () => image.invert(view("i", [8, 8]), view("i", [8, 8])), "ERR_FORMAT"],
    ["a format not offered", () => image.rgbToHsv(picture, picture), "ERR_UNSUPPORTED"],
    ["a format not offered with the source's", () => image.invert(picture, view("H", [8, 8, 4])), "ERR_UNSUPPORTED"],
    ["a partial overlap", () => image.invert(picture.slice([0, 4]), picture.slice([1, 5])), "ERR_LAYOUT"],
    ["a flipped overlap", () => image.invert(picture, picture.flip(0)), "ERR_LAYOUT"],
    ["a read-only target", () => image.invert(picture, picture.toReadonly()), "ERR_READONLY"],
    ["a released source", () => image.invert(released(), picture), "ERR_RELEASED"],
    ["another memory", () => image.invert(LinearMemory.create().alloc("B", [8, 8, 4]), picture), "ERR_VALUE"],
    ["no view", () => image.invert(picture, new Uint8Array(4) as never), "ERR_VALUE"],
    ["an unknown option", () => image.invert(picture, picture, { channel: "all" } as never), "ERR_VALUE"],
    ["an unknown channel", () => image.invert(picture, picture, { channels: "red" } as never), "ERR_VALUE"],
    ["a contrast of NaN", () => image.brightnessContrast(picture, picture, { contrast: NaN }), "ERR_VALUE"],
    ["a brightness of text", () => image.brightnessContrast(picture, picture, { brightness: "1" } as never), "ERR_VALUE"],
    ["grayscale of gray", () => image.grayscale(view("B", [8, 8]), view("B", [8, 8])), "ERR_LAYOUT"],
    ["grayscale into RGB", () => image.grayscale(picture, view("B", [8, 8, 3])), "ERR_LAYOUT"],
    ["no size", () => image.boxBlur(picture, picture, {} as never), "ERR_VALUE"],
    ["an even size", () => image.boxBlur(picture, picture, { size: 4 }), "ERR_VALUE"],
    ["a size of 0", () => image.boxBlur(picture, picture, { size: { x: 3, y: 0 } }), "ERR_VALUE"],
    ["a size of millions", () => image.boxBlur(picture, picture, { size: 2049 }), "ERR_VALUE"],
    ["an unknown border", () => image.boxBlur(picture, picture, { size: 3, border: "wrap" as never }), "ERR_VALUE"],
    ["border values for other channels", () => image.boxBlur(picture, picture, { size: 3, border: "constant", value: [1, 2] }), "ERR_VALUE"],
    ["a border value of 256", () => image.boxBlur(picture, picture, { size: 3, border: "constant", value: 256 }), "ERR_VALUE"],
  ] as const)("%s", (_, run, code) => {
    failure(run, code);
    expect(picture.toBytes().every((byte) => byte === 7)).toBe(true);
  }); // prettier-ignore

  function released(): MemoryView {
    const gone = memory.alloc("B", [8, 8, 4]);
    gone.release();
    return gone;
  }

  test("interleaved channels are no overlap, and empty pictures nothing to do", () => {
    const own = memory.alloc("B", [4, 4, 4]).assign([10, 20, 30, 40]);
    image.invert(own.slice("..., 0"), own.slice("..., 1"));
    expect(own.get(3, 3, 1)).toBe(245);
    image.invert(own.slice([0, 0]), own.slice([0, 0]));
    image.boxBlur(own.slice([0, 0]), own.slice([0, 0]), { size: 3 });
  });
});

test("scratch: taken once, given back by release(), and asked for in words where there is none", () => {
  const memory = LinearMemory.create();
  const blur = loadBlur(memory);
  const picture = memory.alloc("B", [32, 32, 4]);
  const before = memory.stats();
  blur.boxBlur(picture, picture, { size: 5 });
  const during = memory.stats();
  expect(during.liveBlocks).toBe(before.liveBlocks + 1);
  for (let i = 0; i < 10; i++) blur.boxBlur(picture, picture, { size: 5 });
  expect(memory.stats()).toEqual(during);
  blur.release();
  blur.release();
  expect(memory.stats().liveBlocks).toBe(before.liveBlocks);

  const bare = new WebAssembly.Memory({ initial: 2 });
  const view = memoryview(bare, { shape: [4, 4] });
  failure(() => loadBlur(bare).boxBlur(view, view, { size: 3 }), "ERR_UNSUPPORTED", "allocator");
  const allocator = { align: 16, alloc: () => PAGE, free: () => {} };
  loadBlur(bare, { allocator }).boxBlur(view, view, { size: 3 });
  expect(loadPoint(bare).invert(view, view).get(0, 0)).toBe(255);
});

test("{ module }: compiled elsewhere, for either kind of memory; a wrong one is refused", () => {
  const compiled = (kind: "shared" | "unshared") => new WebAssembly.Module(setLimits(decodeHex(kernelsModule), kind));
  const memory = LinearMemory.create();
  const picture = memory.alloc("B", [2, 2, 4]);
  loadImage(memory, { module: compiled("unshared") }).invert(picture, picture, { channels: "all" });
  loadStrided(memory, { module: compiled("unshared") }).fill(picture.slice(0), 3);
  expect(picture.toList()).toEqual([[[3, 3, 3, 3], [3, 3, 3, 3]], [[255, 255, 255, 255], [255, 255, 255, 255]]]); // prettier-ignore
  failure(() => loadImage(memory, { module: compiled("shared") }), "ERR_UNSUPPORTED", "unshared");
  failure(() => loadImage(memory, { module: new Uint8Array(8) as never }), "ERR_VALUE");
  failure(() => loadImage({} as never), "ERR_VALUE");
  const scene = LinearMemory.create({ shared: true });
  loadImage(scene, { module: compiled("shared") });
});

test("strided: copy and fill do what assign and fill do, for every format and layout, overlapping too", () => {
  const memory = LinearMemory.create();
  const strided = loadStrided(memory);
  const random = seeded(5);
  for (const format of ["B", "h", ">I", "f", "q", "3s", "D"]) {
    const [a, b] = [memory.alloc(format, [6, 7, 5]), memory.alloc(format, [6, 7, 5])];
    const noise = Uint8Array.from({ length: a.nbytes }, () => random(256));
    const layouts: ((v: MemoryView) => [MemoryView, MemoryView])[] = [
      (v) => [v, v.flip(0)],
      (v) => [v.slice([0, 5], [0, 5]), v.slice([1, 6], [0, 5]).transpose([1, 0, 2])],
      (v) => [v.slice([0, 3]), v.slice([3, 6])],
      (v) => [v.slice(0), v],
      (v) => [v.slice([0, 6, 2], [null, null, -1]), v.slice([1, 6, 2])],
    ];
    for (const layout of layouts) {
      for (const view of [a, b]) view.cast("B").assign(noise);
      const [from, to] = layout(a);
      const [model, modelTo] = layout(b);
      strided.copy(from, to);
      modelTo.assign(model);
      expect(a.toBytes()).toEqual(b.toBytes());
      const item = model.toReadonly().get(...model.shape.map(() => 0));
      strided.fill(to.slice([0, null, 2]), item);
      modelTo.slice([0, null, 2]).fill(item);
      expect(a.toBytes(), format).toEqual(b.toBytes());
    }
  }
  failure(() => strided.copy(memory.alloc("B", 4), memory.alloc("H", 4)), "ERR_FORMAT", "'B'", "'H'");
  failure(() => strided.copy(memory.alloc("B", 4), memory.alloc("B", 5)), "ERR_LAYOUT");
  failure(() => strided.fill(memory.alloc("B", 4), 256), "ERR_VALUE");
  const repeated = memory.alloc("B", 4).strided({ shape: 4, strides: 0 });
  failure(() => strided.fill(repeated, 1), "ERR_LAYOUT");
});
