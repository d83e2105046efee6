import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { loadImage } from "linearview/image";
import { load } from "linearview/image/geometry";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { CUTS, verifyInto, WORLDS } from "./geometry-support.ts";
import { half, type Pixels, resize, type Resize, turned, warp, type Warp } from "./oracle/geometry.ts";

const SIZES = [[1, 1], [5, 67], [7, 3], [2, 19], [12, 33], [1, 8], [9, 1], [16, 16]] as const; // prettier-ignore
const KINDS = Object.keys(CUTS);

describe.each(Object.entries(WORLDS))("geometry in memory that is %s", (world, make) => {
  const memory = make();
  /** All cases in our own memory, some in the others. */
  const skipped = (round: number): boolean => world !== "own" && round % 4 !== 0;
  const image = load(memory);
  const turn =
    (name: string) =>
    (source: MemoryView, target: MemoryView): unknown => {
      if (Number(name)) return image.rotate(source, target, { degrees: Number(name) as 90 });
      return image[name as "flipX"](source, target);
    };

  test.each(Object.keys(turned))("flips and turns: %s, into every layout of every format", (name) => {
    let round = 0;
    for (const size of SIZES) {
      for (const channels of [1, 3, 4]) {
        for (const format of ["B", "H", "f"]) {
          if (skipped(++round)) continue;
          const [source, target] = [KINDS[round % KINDS.length], KINDS[(round >> 2) % KINDS.length]];
          const to = size.toReversed() as [number, number];
          const across = ["transpose", "90", "270"].includes(name);
          verifyInto(memory, { format, size, channels, cut: source }, { size: across ? to : size, cut: target }, turn(name), turned[name]!, { seed: round }); // prettier-ignore
        }
      }
    }
  });

  test.each(Object.keys(turned))("flips and turns: %s in place", (name) => {
    let round = 0;
    const sizes = ["flipX", "flipY", "180"].includes(name) ? SIZES : ([[1, 1], [5, 5], [70, 70], [131, 131]] as const); // prettier-ignore
    for (const size of sizes) {
      for (const channels of [1, 3, 4]) {
        const format = "BHf"[round % 3]!;
        verifyInto(memory, { format, size, channels, cut: KINDS[round++ % KINDS.length]! }, {}, turn(name), turned[name]!, { inPlace: true, seed: round }); // prettier-ignore
      }
    }
  });

  const MAX: Record<string, number> = { B: 255, H: 65535, f: 1 };
  const TOLERANCE: Record<string, number> = { B: 1, H: 1, f: 2e-6 };
  const filters = ["nearest", "box", "bilinear", "bicubic", "mitchell", "lanczos3"] as const;

  test.each(filters)("resize: %s, smaller and larger, of every format, layout and channel count", (filter) => {
    let round = filters.indexOf(filter);
    const sizes = [[1, 1], [5, 67], [7, 3], [12, 33], [24, 40], [3, 16], [1, 64]] as const; // prettier-ignore
    for (const size of sizes) {
      for (const to of sizes) {
        if (skipped(++round)) continue;
        const [format, channels] = ["BHf"[round % 3]!, [1, 3, 4][(round >> 1) % 3]!];
        const options = { filter, antialias: round % 5 > 0, alpha: "independent" } as const;
        const from = { format, size, channels, cut: KINDS[round % KINDS.length] };
        const run = (source: MemoryView, target: MemoryView): unknown => image.resize(source, target, options);
        const define = (p: Pixels) => resize(p, to[0], to[1], MAX[format]!, options);
        const tolerance = filter === "nearest" ? 0 : TOLERANCE[format]!;
        verifyInto(memory, from, { size: to, cut: KINDS[(round >> 2) % KINDS.length] }, run, define, { seed: round, tolerance }); // prettier-ignore
      }
    }
  });

  test.each([
    ["alpha premultiplied, as is the rule", {}],
    ["alpha premultiplied, bilinear", { filter: "bilinear" }],
    ["as light", { linear: true, filter: "bicubic" }],
    ["as light, alpha apart", { linear: true, alpha: "independent" }],
  ] as [string, Resize][])("resize: %s, within 1", (_, options) => {
    let round = 0;
    for (const size of [
      [9, 31],
      [16, 16],
      [2, 5],
    ] as const) {
      for (const to of [
        [5, 17],
        [30, 9],
        [16, 16],
      ] as const) {
        for (const format of "BHf") {
          if (skipped(++round)) continue;
          const channels = options.linear ? [1, 3, 4][round % 3]! : 4;
          const from = { format, size, channels, cut: KINDS[round % KINDS.length] };
          const run = (source: MemoryView, target: MemoryView): unknown => image.resize(source, target, options as {});
          const define = (p: Pixels) => resize(p, to[0], to[1], MAX[format]!, options);
          // In the middle of the range, where libraries agree: colours of nearly no alpha are anything.
          const paint = (v: number, _y: number, _x: number, c: number) => c === 3 ? MAX[format]! * 0.3 + v * 0.7 : MAX[format]! * 0.25 + v * 0.5; // prettier-ignore
          verifyInto(memory, from, { size: to, cut: "a crop" }, run, define, { seed: round, tolerance: format === "H" ? 2 : TOLERANCE[format]! * 3 ** Number(format === "f"), paint }); // prettier-ignore
        }
      }
    }
  });

  test("resize: opaque pictures, whose alpha counts for nothing, and those with a hole in the last pixel", () => {
    for (const holes of [false, true]) {
      const define = (p: Pixels) => resize(p, 4, 9, 255, {});
      const paint = (v: number, y: number, x: number, c: number) =>
        c < 3 ? v : holes && y === 6 && x === 12 ? 0 : 255;
      for (const cut of KINDS) {
        const run = (source: MemoryView, target: MemoryView): unknown => image.resize(source, target);
        verifyInto(memory, { size: [7, 13], channels: 4, cut }, { size: [4, 9] }, run, define, { tolerance: 1, paint });
      }
    }
  });

  test.each(["nearest", "bilinear", "bicubic"])(
    "affine and perspective: %s, of every format, layout, channel count and border",
    (interpolation) => {
      let round = 0;
      const matrices = [
        [[1, 0, 0], [0, 1, 0]],
        [[0.71, 0.52, -2.3], [-0.43, 0.83, 4.1]],
        [[-1.9, 0.1, 30.7], [0.2, 2.3, -3.6]],
        [[0.25, 0, 3.125], [0, 0.3, 2.5]],
        [[0.9, 0.1, 1.7], [-0.2, 1.1, 2.3], [0.011, 0.013, 1]],
        [[1.1, 0, -900.25], [0, 1, 700.5]],
      ]; // prettier-ignore
      for (const size of [[12, 33], [1, 1], [5, 7], [24, 20]] as const) {
        for (const to of [[9, 17], [20, 21]] as const) {
          for (const matrix of matrices) {
            if (skipped(++round)) continue;
            const format = "BBHf"[(round + (round >> 3)) % 4]!;
            const border = ["constant", "nearest", "reflect", "mirror"][(round >> 1) % 4]!;
            const options: Warp = { matrix, interpolation, border, value: format === "f" ? 0.25 : 77 };
            const from = { format, size, channels: [4, 1, 3][round % 3]!, cut: KINDS[round % KINDS.length] };
            const run = (source: MemoryView, target: MemoryView): unknown =>
              matrix.length === 2 ? image.affine(source, target, options as never) : image.perspective(source, target, options as never);
            const define = (p: Pixels) => warp(p, to[0], to[1], options);
            const result = round % 7 === 3 ? "f" : format;
            const tolerance = interpolation === "nearest" ? 0 : result === "f" ? 2e-6 : 1;
            const into = { size: to, cut: KINDS[(round >> 2) % KINDS.length], format: result };
            verifyInto(memory, from, into, run, define, { seed: round, tolerance });
          }
        }
      }
    },
  ); // prettier-ignore

  test("pyramid: every target half of the one before, rounded once", () => {
    let round = 0;
    for (const size of SIZES) {
      for (const format of "BHf") {
        if (skipped(++round)) continue;
        const to = size.map((length) => Math.ceil(length / 2)) as [number, number];
        const from = { format, size, channels: [1, 3, 4][round % 3]!, cut: KINDS[round % KINDS.length] };
        const run = (source: MemoryView, target: MemoryView): unknown => image.pyramid(source, [target]);
        verifyInto(memory, from, { size: to, cut: KINDS[(round >> 1) % KINDS.length] }, run, half, { seed: round, tolerance: format === "f" ? 1e-6 : 0 }); // prettier-ignore
      }
    }
    memory.scope(({ alloc }) => {
      const [a, b, c] = [alloc("B", [9, 7]).fill(200), alloc("B", [5, 4]), alloc("B", [3, 2])];
      expect(image.pyramid(a, [b, c])).toEqual([b, c]);
      expect(c.toList()).toEqual([[200, 200], [200, 200], [200, 200]]); // prettier-ignore
    });
  });

  test("resize: of one value, one value, whatever the filter; and no number stays where it is", () => {
    memory.scope(({ alloc }) => {
      for (const filter of filters) {
        for (const value of [0, 1, 127, 255]) {
          const flat = image.resize(alloc("B", [37, 50, 3]).fill(value), alloc("B", [11, 71, 3]), { filter });
          expect(flat.toBytes().every((byte) => byte === value)).toBe(true);
        }
      }
      const hole = alloc("f", [16, 16]).fill(1);
      hole.set(3, 3, NaN);
      const small = image.resize(hole, alloc("f", [8, 8]), { filter: "bilinear" }).toList() as number[][];
      expect(small.flat().filter(Number.isNaN).length).toBe(4);
      expect(small.flat().filter((value) => Math.abs(value - 1) < 1e-6).length).toBe(60);
    });
  });
});

test("perspective: what is infinitely far away, or nowhere, is the constant", () => {
  const memory = LinearMemory.create();
  const image = load(memory);
  const picture = memory.alloc("B", [4, 4]).fill(9);
  const target = memory.alloc("B", [1, 3]);
  // x = 0 gives 0/0, x = 1 and 2 give x/0.
  image.perspective(picture, target, { matrix: [[1, 0, 0], [0, 1, 0], [0, 0, 0]], value: 200 }); // prettier-ignore
  expect(target.toList()).toEqual([[200, 200, 200]]);
  image.perspective(picture, target, { matrix: [[1, 0, 0], [0, 1, 0], [0, 0, 0]], border: "reflect" }); // prettier-ignore
  expect(target.toList()).toEqual([[9, 9, 9]]);
});

test("geometry: reads and writes no byte beyond pictures, of which one ends where the memory does", () => {
  const memory = new WebAssembly.Memory({ initial: 3 });
  const image = load(memory, { allocator: { align: 16, alloc: () => 1024, free: () => {} } });
  for (const format of "BHf") {
    for (const channels of [1, 3, 4]) {
      for (let width = 1; width < 23; width++) {
        const items = 2 * width * channels * { B: 1, H: 2, f: 4 }[format]!;
        const view = (byteOffset: number, shape: number[]): MemoryView =>
          memoryview(memory, { format, byteOffset, shape });
        const last = view(3 * 65536 - items, [2, width, channels]);
        const other = view(131072 - 256 * 64, [2, width, channels]);
        for (const [source, target] of [
          [last, other],
          [other, last],
        ] as const) {
          image.resize(source, target, { filter: "bicubic" });
          image.resize(source, target, { alpha: "independent" });
          image.flipX(source, target);
          for (const interpolation of ["nearest", "bilinear", "bicubic"] as const) {
            image.affine(source, target, { matrix: [[0.9, 0, 0.3], [0, 0.7, 0.2]], interpolation }); // prettier-ignore
          }
        }
        image.rotate(last, last, { degrees: 180 });
        expect(last.toBytes().length).toBe(items);
      }
    }
  }
});

test("resize: a plan looks at alpha each time", () => {
  const memory = LinearMemory.create();
  const image = loadImage(memory);
  const picture = memory.alloc("B", [8, 8, 4]).fill(255);
  const target = memory.alloc("B", [4, 4, 4]);
  const plan = image.plan("resize", picture, target, { filter: "box" });
  plan.run();
  expect(target.toBytes().every((byte) => byte === 255)).toBe(true);
  picture.slice([], [0, null, 2]).fill(0); // black that nobody sees
  plan.run();
  expect(target.toList().flat()).toEqual(Array.from({ length: 16 }, () => [255, 255, 255, 128]));
  plan.release();
  image.release();
});

describe("geometry: what is refused, before the first store", () => {
  const memory = LinearMemory.create();
  const image = load(memory);
  const picture = memory.alloc("B", [8, 6, 4]).fill(7);
  const view = (format: string, shape: number[]): MemoryView => memory.alloc(format, shape);

  test.each([
    ["a transpose into its own shape", () => image.transpose(picture, view("B", [8, 6, 4])), "ERR_LAYOUT", "[6, 8, 4]"],
    ["a quarter in place of no square", () => image.rotate(picture, picture, { degrees: 90 }), "ERR_LAYOUT", ""],
    ["45 degrees", () => image.rotate(picture, picture, { degrees: 45 as 90 }), "ERR_VALUE", "90"],
    ["no degrees", () => image.rotate(picture, picture, {} as never), "ERR_VALUE", "270"],
    ["another format", () => image.flipX(picture, view("H", [8, 6, 4])), "ERR_FORMAT", "'H'"],
    ["a flip onto an overlap", () => image.flipX(picture.slice([0, 4]), picture.slice([1, 5])), "ERR_LAYOUT", ""],
    ["a resize of other channels", () => image.resize(picture, view("B", [4, 3, 3])), "ERR_LAYOUT", "3"],
    ["a resize to another format", () => image.resize(picture, view("H", [4, 3, 4])), "ERR_UNSUPPORTED", "'H'"],
    ["a resize in place", () => image.resize(picture, picture), "ERR_LAYOUT", "overlap"],
    ["a resize of nothing", () => image.resize(picture.slice([0, 0]), view("B", [4, 3, 4])), "ERR_LAYOUT", "[0, 6, 4]"],
    [
      "an unknown filter",
      () => image.resize(picture, view("B", [4, 3, 4]), { filter: "sinc" as never }),
      "ERR_VALUE",
      "lanczos3",
    ],
    [
      "linear light by a number",
      () => image.resize(picture, view("B", [4, 3, 4]), { linear: 1 as never }),
      "ERR_VALUE",
      "",
    ],
    [
      "a pyramid of thirds",
      () => image.pyramid(picture, [picture.slice([0, 4], [0, 3]), view("B", [3, 2, 4])]),
      "ERR_LAYOUT",
      "",
    ],
    ["a pyramid of one view", () => image.pyramid(picture, picture as never), "ERR_VALUE", "array"],
    ["no matrix", () => image.affine(picture, view("B", [4, 3, 4]), {} as never), "ERR_VALUE", "2 rows of 3"],
    [
      "a matrix of two rows for a perspective",
      () =>
        image.perspective(picture, view("B", [4, 3, 4]), {
          matrix: [
            [1, 0, 0],
            [0, 1, 0],
          ],
        }),
      "ERR_VALUE",
      "3 rows",
    ],
    [
      "a matrix with no number",
      () =>
        image.affine(picture, view("B", [4, 3, 4]), {
          matrix: [
            [1, 0, 0],
            [0, NaN, 0],
          ],
        }),
      "ERR_VALUE",
      "NaN",
    ],
    [
      "a value of other channels",
      () =>
        image.affine(picture, view("B", [4, 3, 4]), {
          matrix: [
            [1, 0, 0],
            [0, 1, 0],
          ],
          value: [1, 2],
        }),
      "ERR_VALUE",
      "4",
    ],
    [
      "an unknown interpolation",
      () =>
        image.affine(picture, view("B", [4, 3, 4]), {
          matrix: [
            [1, 0, 0],
            [0, 1, 0],
          ],
          interpolation: "lanczos3" as never,
        }),
      "ERR_VALUE",
      "bicubic",
    ],
    [
      "an affine result as H",
      () =>
        image.affine(picture, view("H", [4, 3, 4]), {
          matrix: [
            [1, 0, 0],
            [0, 1, 0],
          ],
        }),
      "ERR_UNSUPPORTED",
      "'H'",
    ],
    ["a read-only target", () => image.flipY(picture, picture.toReadonly()), "ERR_READONLY", ""],
  ] as const)("%s", (_, run, code, part) => {
    failure(run, code, part);
    expect(picture.toBytes().every((byte) => byte === 7)).toBe(true);
  });

  test("empty pictures are nothing to do", () => {
    const empty = picture.slice([0, 0]);
    image.flipX(empty, empty);
    image.rotate(empty, view("B", [6, 0, 4]), { degrees: 90 });
    image.resize(picture, empty);
  });
});
