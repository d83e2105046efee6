import { base64 as blurModule } from "virtual:wasm/image/blur";
import { base64 as pointModule } from "virtual:wasm/image/point";
import { describe, expect, test } from "vitest";
import { boxDivisor, brightnessFixed, GRAY_WEIGHTS } from "../../../src/kernels/fixed-point.ts";
import { boxBlur } from "../../../src/kernels/reference/blur.ts";
import { at, type PlainPicture } from "../../../src/kernels/reference/picture.ts";
import { brightness, grayscale, invert } from "../../../src/kernels/reference/point.ts";
import { firstDifference, type Kernels, kernelsOn, randomBytes, WORLDS } from "./support.ts";

/** A layout of a picture inside a region of bytes, as strides and the place of item [0, 0, 0]. */
const LAYOUTS: Record<
  string,
  (height: number, width: number, channels: number) => Omit<PlainPicture, "bytes" | "height" | "width" | "channels">
> = {
  packed: (_, width, channels) => ({ offset: 0, row: width * channels, pixel: channels, item: 1 }),
  "padded rows": (_, width, channels) => ({ offset: 3, row: width * channels + 7, pixel: channels, item: 1 }),
  "rows upside down": (height, width, channels) => ({
    offset: Math.max(0, height - 1) * (width * channels + 5),
    row: -(width * channels + 5),
    pixel: channels,
    item: 1,
  }),
  mirrored: (_, width, channels) => ({
    offset: Math.max(0, width - 1) * channels,
    row: width * channels,
    pixel: -channels,
    item: 1,
  }),
  "wide pixels": (_, width, channels) => ({ offset: 1, row: width * (channels + 3), pixel: channels + 3, item: 1 }),
  planes: (height, width) => ({ offset: 0, row: width, pixel: 1, item: width * height }),
  "channels backwards": (_, width, channels) => ({
    offset: channels - 1,
    row: width * channels,
    pixel: channels,
    item: -1,
  }),
};

type Case = { height: number; width: number; channels: number; source: string; target: string; align: number };
type Run = (kernels: Kernels, target: PlainPicture, source: PlainPicture, base: number, scratch: number) => void;
type Reference = (target: PlainPicture, source: PlainPicture) => void;

/** Bytes that a picture of at most 5 rows spans in any layout. */
const REGION = 12288;

const picture = (
  bytes: Uint8Array,
  offset: number,
  name: string,
  { height, width }: Case,
  channels: number,
): PlainPicture => {
  const layout = LAYOUTS[name]!(height, width, channels);
  return { bytes, height, width, channels, ...layout, offset: offset + layout.offset };
};

const operands = (base: number, to: PlainPicture, from: PlainPicture): number[] => [
  base + to.offset,
  to.row,
  to.pixel,
  to.item,
  base + from.offset,
  from.row,
  from.pixel,
  from.item,
];

/** Runs a kernel and its reference on the same random bytes; every byte of the memory around must agree. */
function agree(
  kernels: Kernels,
  layout: Case,
  inPlace: boolean,
  targetChannels: number,
  run: Run,
  reference: Reference,
): void {
  const { memory, base } = kernels;
  const live = new Uint8Array(memory.buffer, base, 2 * REGION);
  live.set(randomBytes(live.length, layout.width * 31 + layout.align));
  const model = live.slice();
  const places = (bytes: Uint8Array): [PlainPicture, PlainPicture] => {
    const source = picture(bytes, layout.align, layout.source, layout, layout.channels);
    return [inPlace ? source : picture(bytes, REGION + layout.align, layout.target, layout, targetChannels), source];
  };
  const [to, from] = places(live);
  run(kernels, to, from, base, base + 4 * REGION);
  const [modelTo, modelFrom] = places(model);
  reference(modelTo, inPlace ? { ...modelFrom, bytes: model.slice() } : modelFrom);
  const wrong = firstDifference(live, model);
  expect(wrong, `first wrong byte of ${JSON.stringify({ ...layout, inPlace })}`).toBe(-1);
}

/** Widths 0 to 67, every alignment, every layout as source and as target, one to five rows. */
function* cases(channels: number): Generator<Case> {
  const names = Object.keys(LAYOUTS);
  for (let width = 0; width <= 67; width++) {
    const source = names[width % names.length]!;
    const target = names[(width * 3 + channels) % names.length]!;
    yield { height: 1 + (width % 5), width, channels, source, target, align: width % 16 };
    yield { height: 1 + (width % 3), width, channels, source: "packed", target: "packed", align: (width * 7) % 16 };
    yield { height: 2, width, channels, source: "padded rows", target: "rows upside down", align: (width * 5) % 16 };
  }
}

describe.each(Object.entries(WORLDS))("point kernels, %s memory", (_, makeMemory) => {
  const kernels = kernelsOn(makeMemory(), pointModule);

  test.each([
    [1, 1],
    [3, 3],
    [4, 4],
    [4, 3],
  ])("invert_u8: of %i channels inverts %i, and writes no byte beyond", (channels, colors) => {
    for (const layout of cases(channels)) {
      for (const inPlace of [false, true]) {
        agree(
          kernels,
          layout,
          inPlace,
          channels,
          ({ invert_u8 }, to, from, base) =>
            invert_u8!(...operands(base, to, from), from.height, from.width, channels, colors),
          (to, from) => invert(to, from, colors),
        );
      }
    }
  });

  test.each([
    [1, 0.25, 1.5],
    [3, -0.5, 0.3],
    [4, 0.1, -2],
    [4, 0, 300],
  ])("brightness_u8: %i channels, brightness %d, contrast %d", (channels, bright, contrast) => {
    const fixed = brightnessFixed(bright, contrast);
    const colors = Math.min(channels, 3);
    for (const layout of cases(channels)) {
      for (const inPlace of [false, true]) {
        agree(
          kernels,
          layout,
          inPlace,
          channels,
          ({ brightness_u8 }, to, from, base) => {
            const { factor, offset, shift } = fixed;
            const size = [from.height, from.width, channels, colors];
            brightness_u8!(...operands(base, to, from), ...size, factor, offset, shift);
          },
          (to, from) => brightness(to, from, colors, fixed),
        );
      }
    }
  });

  test.each([
    [3, 1],
    [3, 3],
    [4, 1],
    [4, 4],
  ])("grayscale_u8: %i channels to %i", (channels, targetChannels) => {
    for (const weights of Object.values(GRAY_WEIGHTS)) {
      for (const layout of cases(channels)) {
        for (const inPlace of channels === targetChannels ? [false, true] : [false]) {
          agree(
            kernels,
            layout,
            inPlace,
            targetChannels,
            ({ grayscale_u8 }, to, from, base) => {
              const size = [from.height, from.width, channels, targetChannels];
              grayscale_u8!(...operands(base, to, from), ...size, ...weights);
            },
            (to, from) => grayscale(to, from, weights),
          );
        }
      }
    }
  });
});

describe.each(Object.entries(WORLDS))("box_u8, %s memory", (_, makeMemory) => {
  const kernels = kernelsOn(makeMemory(), blurModule);
  const borders = ["nearest", "reflect", "mirror", "constant"];

  test.each([1, 3, 4])("box_u8: %i channels, every border and size, also larger than the picture", (channels) => {
    const sizes = [[1, 1], [3, 3], [5, 1], [1, 7], [9, 5], [31, 3], [3, 31]] as const; // prettier-ignore
    let turn = 0;
    for (const layout of cases(channels)) {
      if (layout.width === 0) continue;
      const size = sizes[turn++ % sizes.length]!;
      const border = borders[turn % 4]!;
      const values = [7, 200, 99, 255].slice(0, channels);
      for (const inPlace of [false, true]) {
        agree(
          kernels,
          layout,
          inPlace,
          channels,
          ({ box_u8 }, to, from, base, scratch) => {
            const { magic, shift } = boxDivisor(size[0] * size[1]);
            const value = values.reduce((packed, byte, c) => packed | (byte << (8 * c)), 0);
            const shape = [from.height, from.width, channels, ...size];
            box_u8!(...operands(base, to, from), ...shape, borders.indexOf(border), value, magic, shift, scratch);
          },
          (to, from) => boxBlur(to, from, size, border, values),
        );
      }
    }
  });

  test("box_u8: needs no more scratch than box_scratch says, and writes none beyond it", () => {
    const { memory, base, exports } = kernels;
    for (const [height, width, channels, sizeX, sizeY] of [
      [1, 1, 1, 1, 1],
      [5, 67, 4, 9, 3],
      [3, 7, 3, 31, 5],
      [40, 3, 1, 3, 61],
    ] as const) {
      // prettier-ignore
      const bytes = exports.box_scratch!(height, width, channels, sizeX, sizeY);
      const scratch = base + 4 * REGION;
      const guard = new Uint8Array(memory.buffer, scratch + bytes, 64).fill(0xa5);
      const { magic, shift } = boxDivisor(sizeX * sizeY);
      const row = width * channels;
      exports.box_u8!(base, row, channels, 1, base, row, channels, 1, height, width, channels, sizeX, sizeY, 0, 0, magic, shift, scratch); // prettier-ignore
      expect(guard.every((byte) => byte === 0xa5)).toBe(true);
    }
  });
});

test("boxDivisor: divides exactly for every area, at the numbers where it would fail first", () => {
  const areas = [1, 3, 9, 15, 25, 81, 225, 961, 65_535, 1_048_575, 2_000_001, 4_194_303];
  for (const area of areas) {
    const { magic, shift } = boxDivisor(area);
    expect(magic).toBeLessThan(2 ** 32);
    for (const mean of [0, 1, 2, 127, 128, 254, 255]) {
      for (const n of [mean * area - 1, mean * area, mean * area + 1, mean * area + (area >> 1)]) {
        if (n < 0 || n > 255.5 * area) continue;
        expect((BigInt(n) * BigInt(magic)) >> BigInt(shift)).toBe(BigInt(n) / BigInt(area));
      }
    }
  }
});

test("brightnessFixed: within 1 of the real numbers, and finite for any", () => {
  const parameters = [-1e300, -40000, -3.7, -1, -0.2, 0, 1e-9, 0.5, 1, 1.0001, 2.5, 255, 40000, 1e300];
  for (const contrast of parameters) {
    for (const bright of parameters) {
      const { factor, offset, shift } = brightnessFixed(bright, contrast);
      expect(Math.abs(factor)).toBeLessThanOrEqual(32767);
      for (let v = 0; v < 256; v++) {
        expect(Math.abs(v * factor + offset)).toBeLessThan(2 ** 31);
        const got = Math.min(Math.max((v * factor + offset) >> shift, 0), 255);
        const real = (v - 127.5) * contrast + 127.5 + bright * 255;
        const want = Math.min(Math.max(Math.floor(real + 0.5), 0), 255);
        if (Number.isFinite(real)) expect(Math.abs(got - want), `${v} ${contrast} ${bright}`).toBeLessThanOrEqual(1);
      }
    }
  }
});

test("at: counts rows, pixels and items", () => {
  const plain = { bytes: new Uint8Array(0), offset: 5, height: 1, width: 1, channels: 1, row: 100, pixel: 10, item: 1 };
  expect(at(plain, 1, 2, 3)).toBe(128);
});
