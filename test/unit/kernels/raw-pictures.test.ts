import { hex as blurModule } from "virtual:wasm/image/blur";
import { hex as pointModule } from "virtual:wasm/image/point";
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
const NOISE = randomBytes(2 * REGION + 4096, 1);

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
  fill?: (bytes: Uint8Array) => void,
): void {
  const { memory, base } = kernels;
  const live = new Uint8Array(memory.buffer, base, 2 * REGION);
  live.set(NOISE.subarray(layout.width * 31 + layout.align).subarray(0, live.length));
  fill?.(live);
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
    [2, 1],
    [3, 3],
    [3, 2],
    [4, 4],
    [4, 3],
    [4, 0],
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

  /** The kernel and the definition agree, also in place. */
  const check = (layout: Case, size: readonly [number, number], border: string, fill?: (bytes: Uint8Array) => void) => {
    const { channels } = layout;
    const values = [7, 200, 99, 255].slice(0, channels);
    const value = values.reduce((packed, byte, c) => packed | (byte << (8 * c)), 0);
    const { magic, shift } = boxDivisor(size[0] * size[1]);
    const run: Run = ({ box_u8 }, to, from, base, scratch) => {
      const shape = [from.height, from.width, channels, ...size];
      box_u8!(...operands(base, to, from), ...shape, borders.indexOf(border), value, magic, shift, scratch);
    };
    const reference: Reference = (to, from) => boxBlur(to, from, size, border, values);
    for (const inPlace of [false, true]) agree(kernels, layout, inPlace, channels, run, reference, fill);
  };

  test.each([1, 2, 3, 4])("box_u8: %i channels, every border and size, also larger than the picture", (channels) => {
    const sizes = [[1, 1], [3, 3], [5, 1], [1, 7], [9, 5], [31, 3], [3, 31]] as const; // prettier-ignore
    let turn = 0;
    for (const layout of cases(channels)) {
      check(layout, sizes[turn % sizes.length]!, borders[turn % 4]!);
      turn++;
    }
  });

  test.each(borders)(
    "box_u8: every pair of sizes from 1 to 9 on a picture with more rows than the window, %s",
    (border) => {
      let turn = 0;
      for (const x of [1, 3, 5, 7, 9]) {
        for (const y of [1, 3, 5, 7, 9]) {
          const layout = { height: 23, width: 6 + turn, channels: [1, 3, 4][turn % 3]!, align: turn % 16 };
          check({ ...layout, source: "padded rows", target: "packed" }, [x, y], border);
          turn++;
        }
      }
    },
  );

  // The sums reach the most that a window can have, and the means come as close to a tie as they can.
  test.each([
    [127, 129],
    [129, 129],
    [1, 257],
    [1, 259],
    [16383, 1],
    [2047, 2049],
  ])("box_u8: rounds right for a window of %i × %i pixels", (x, y) => {
    const near = [[0, 1], [254, 255], [127, 128]] as const; // prettier-ignore
    for (const [turn, [low, high]] of near.entries()) {
      const channels = [1, 3, 4][turn]!;
      const layout = { height: 3, width: 2 + turn, channels, source: "packed", target: "packed", align: 0 };
      const mix = (bytes: Uint8Array): void => bytes.forEach((byte, i) => (bytes[i] = byte & 1 ? low : high));
      check(x * y > 20_000 ? { ...layout, height: 1, width: 1, channels: 1 } : layout, [x, y], "nearest", mix);
    }
  });

  test("box_u8: needs no more scratch than box_scratch says, and writes none beyond it", () => {
    const { memory, base, exports } = kernels;
    for (const [height, width, channels, sizeX, sizeY] of [
      [1, 1, 1, 1, 1],
      [5, 67, 4, 9, 3],
      [3, 7, 3, 31, 5],
      [40, 3, 1, 3, 61],
      [4, 5, 4, 3, 301],
    ] as const) {
      const bytes = exports.box_scratch!(height, width, channels, sizeX, sizeY);
      const scratch = base + 4 * REGION;
      const guard = new Uint8Array(memory.buffer, scratch + bytes, 64).fill(0xa5);
      const { magic, shift } = boxDivisor(sizeX * sizeY);
      const picture = [base, width * channels, channels, 1];
      const size = [height, width, channels, sizeX, sizeY];
      exports.box_u8!(...picture, ...picture, ...size, 0, 0, magic, shift, scratch);
      expect(guard.every((byte) => byte === 0xa5)).toBe(true);
    }
  });
});

test("reads and writes no byte beyond a picture, which may end where the memory does", () => {
  const world = { memory: new WebAssembly.Memory({ initial: 1 }), base: 0 };
  const end = 65536;
  const point = kernelsOn(world, pointModule).exports;
  const blur = kernelsOn(world, blurModule).exports;
  for (let width = 1; width < 70; width++) {
    for (const channels of [1, 3, 4]) {
      const packed = [end - width * channels, width * channels, channels, 1];
      const every = [end - (width - 1) * 4 - 1, width * 4, 4, 1];
      for (const picture of channels === 1 ? [packed, every] : [packed]) {
        const inPlace = [...picture, ...picture, 1, width, channels];
        const apart = [0, width * channels, channels, 1, ...picture, 1, width, channels];
        const { magic, shift } = boxDivisor(9);
        for (const layout of [inPlace, apart]) {
          point.invert_u8!(...layout, channels);
          point.brightness_u8!(...layout, channels, 16384, 0, 14);
          if (channels > 1) point.grayscale_u8!(...layout, channels, ...GRAY_WEIGHTS.bt601);
          blur.box_u8!(...layout, 3, 3, 0, 0, magic, shift, 4096);
        }
        const gray = [0, width, 1, 1, ...picture, 1, width, channels, 1];
        if (channels > 1) point.grayscale_u8!(...gray, ...GRAY_WEIGHTS.bt601);
      }
    }
  }
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
  const parameters = [-1e300, -40000.7, -3.7, -1, -0.2, 0, 1e-9, 0.5, 1, 1.0001, 2.5, 255, 255.1, 20000.3, 1e300];
  // A steep contrast leaves one value between 0 and 255, wherever the brightness puts it.
  const shifts = [-300.2, -72.5, 3.1, 100].map((v) => (contrast: number) => (v * contrast) / 255);
  for (const contrast of parameters) {
    const steep = Math.abs(contrast) < 1e9 ? shifts.map((shift) => shift(contrast)) : [];
    for (const bright of [...parameters, ...steep]) {
      const { factor, offset, shift } = brightnessFixed(bright, contrast);
      expect(Math.abs(factor)).toBeLessThanOrEqual(32767);
      for (let v = 0; v < 256; v++) {
        const got = Math.min(Math.max((v * factor + offset) >> shift, 0), 255);
        const real = (v - 127.5) * contrast + 127.5 + bright * 255;
        const want = Math.min(Math.max(Math.floor(real + 0.5), 0), 255);
        const fits = Math.abs(v * factor + offset) < 2 ** 31 && Math.abs(got - want) <= 1;
        if (!fits) throw new Error(`contrast ${contrast}, brightness ${bright}: ${v} becomes ${got}, not ${want}`);
      }
    }
  }
});

test("brightnessFixed: leaves every value as it is without brightness and contrast", () => {
  const { factor, offset, shift } = brightnessFixed(0, 1);
  for (let v = 0; v < 256; v++) expect((v * factor + offset) >> shift).toBe(v);
});

test("at: counts rows, pixels and items", () => {
  const plain = { bytes: new Uint8Array(0), offset: 5, height: 1, width: 1, channels: 1, row: 100, pixel: 10, item: 1 };
  expect(at(plain, 1, 2, 3)).toBe(128);
});
