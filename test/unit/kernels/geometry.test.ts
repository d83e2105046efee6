import { LinearMemory, type MemoryView } from "linearview";
import { load } from "linearview/image/geometry";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { CUTS, verifyInto, WORLDS } from "./geometry-support.ts";
import { turned } from "./oracle/geometry.ts";

const SIZES = [[1, 1], [5, 67], [7, 3], [2, 19], [12, 33], [1, 8], [9, 1], [16, 16]] as const; // prettier-ignore
const KINDS = Object.keys(CUTS);

describe.each(Object.entries(WORLDS))("geometry in memory that is %s", (_, make) => {
  const memory = make();
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
          round++;
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
    ["a read-only target", () => image.flipY(picture, picture.toReadonly()), "ERR_READONLY", ""],
  ] as const)("%s", (_, run, code, part) => {
    failure(run, code, part);
    expect(picture.toBytes().every((byte) => byte === 7)).toBe(true);
  });

  test("empty pictures are nothing to do", () => {
    const empty = picture.slice([0, 0]);
    image.flipX(empty, empty);
    image.rotate(empty, view("B", [6, 0, 4]), { degrees: 90 });
  });
});
