import { LinearMemory, memoryview, type MemoryView } from "linearview";
import { loadImage } from "linearview/image";
import { describe, expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { seeded } from "../support/random.ts";
import { casesOf, castFor, difference, namesOf, plainOf } from "./every-operation.ts";

const PAGE = 65536;
const memory = LinearMemory.create();
const image = loadImage(memory);
type Run = (...args: unknown[]) => unknown;
const call = (name: string, args: readonly unknown[]): unknown => (image[name as "invert"] as Run)(...args);
const plan = (name: string, args: readonly unknown[]) =>
  (image.plan as (...all: unknown[]) => ReturnType<typeof image.plan>)(name, ...args);
const freeResult = (result: unknown): void => (result as { palette?: MemoryView } | undefined)?.palette?.release();

describe("plan", () => {
  test.each(namesOf(image))("%s: does what the call does, again and again, after growth, and allocates nothing", (name) => {
    casesOf(name).forEach((one, i) => {
      const cut = (["packed", "crop", "reversed"] as const)[i % 3]!;
      const before = memory.stats().liveBlocks;
      const [a, b] = [castFor(memory, one, [11, 19], cut), castFor(memory, one, [11, 19], cut)];
      for (const cast of [a, b]) cast.fill(seeded(i + 1));
      const untouched = a.bytes();
      const planned = plan(name, a.args);
      expect(difference(a.bytes(), untouched), `${one.text}: planning writes nothing`).toBeUndefined();
      for (let round = 0; round < 2; round++) {
        for (const cast of [a, b]) cast.fill(seeded(100 * round + i));
        const want = call(name, b.args);
        const { liveBlocks } = memory.stats();
        const got = planned.run();
        expect(plainOf(got, a.args), one.text).toEqual(plainOf(want, b.args));
        expect(difference(a.bytes(), b.bytes()), one.text).toBeUndefined();
        freeResult(want);
        if (round > 0 && !(got as { palette?: unknown })?.palette) expect(memory.stats().liveBlocks).toBe(liveBlocks);
        freeResult(got);
        if (round === 0 && i === 0) memory.grow(PAGE);
      }
      failure(() => memory.free(a.whole[0]!), "ERR_EXPORTED");
      planned.release();
      for (const cast of [a, b]) cast.free();
      image.release();
      expect(memory.stats().liveBlocks, one.text).toBe(before);
    });
  }); // prettier-ignore

  test("in place, each run goes on from the last", () => {
    memory.scope(({ alloc }) => {
      const picture = alloc("B", [5, 7, 4]).assign([10, 20, 30, 40]);
      const planned = image.plan("gamma", picture, picture, { gamma: 2 });
      expect(picture.get(0, 0, 0)).toBe(10);
      const want = [10, 20, 30].map((v) => Math.round(255 * (v / 255) ** 2)).map((v) => Math.round(255 * (v / 255) ** 2)); // prettier-ignore
      planned.run();
      expect(planned.run()).toBe(picture);
      expect(picture.slice(4, 6).toList()).toEqual([...want, 40]);
      planned.release();
    });
  });

  test("two plans and calls between them keep their tables apart", () => {
    memory.scope(({ alloc }) => {
      const picture = alloc("B", [9, 9]).fill(100);
      const [bright, dark, soft] = [alloc("B", [9, 9]), alloc("B", [9, 9]), alloc("B", [9, 9])];
      const plans = [
        image.plan("gamma", picture, bright, { gamma: 0.5 }),
        image.plan("gamma", picture, dark, { gamma: 2 }),
        image.plan("gaussianBlur", picture, soft, { sigma: 3 }),
      ];
      for (let i = 0; i < 3; i++) {
        image.median(soft, soft, { size: 5 });
        for (const one of plans) one.run();
        image.release();
      }
      expect([bright.get(4, 4), dark.get(4, 4), soft.get(4, 4)]).toEqual([160, 39, 100]);
      for (const one of plans) one.release();
    });
  });

  test("a view made from another may be given up, its plan goes on; options may change, the plan does not", () => {
    memory.scope(({ alloc }) => {
      const picture = alloc("B", [4, 4]).fill(7);
      const part = picture.slice([1, 3]);
      const table = Uint8Array.from({ length: 256 }, (_, i) => i + 1);
      const counted = image.plan("otsu", part, part);
      const planned = image.plan("lut", part, part, { table });
      part.release();
      table.fill(0);
      planned.run();
      expect(picture.toList().map((row) => (row as number[])[0])).toEqual([7, 8, 8, 7]);
      counted.run();
      for (const one of [planned, counted]) one.release();
    });
  });

  test("release: twice is once; then the plan is over and its views can be freed, with `using` as well", () => {
    const before = memory.stats().liveBlocks;
    const picture = memory.alloc("B", [32, 32]);
    const planned = image.plan("boxBlur", picture, picture, { size: 3 });
    expect(memory.stats().liveBlocks).toBe(before + 2);
    planned.release();
    planned[Symbol.dispose]();
    failure(() => planned.run(), "ERR_RELEASED", "boxBlur");
    picture.release();
    expect(memory.stats().liveBlocks).toBe(before);
  });

  test("what the operation refuses, its plan refuses, holding and keeping nothing", () => {
    const before = memory.stats().liveBlocks;
    const picture = memory.alloc("B", [8, 8, 4]).fill(7);
    const refusals: [() => unknown, string, ...(string | number)[]][] = [
      [() => plan("blur", [picture, picture]), "ERR_VALUE", "'blur'", "gaussianBlur"],
      [() => plan("release", []), "ERR_VALUE"],
      [() => plan("toString", []), "ERR_VALUE"],
      [() => plan("invert", [picture]), "ERR_VALUE"],
      [() => plan("gaussianBlur", [picture, picture, { sigma: NaN }]), "ERR_VALUE", "NaN"],
      [() => plan("boxBlur", [picture, picture, { size: 3, border: "constant", value: 256 }]), "ERR_VALUE", 256],
      [() => plan("invert", [picture, picture.slice([0, 4])]), "ERR_LAYOUT"],
      [() => plan("invert", [picture, picture.toReadonly()]), "ERR_READONLY"],
      [() => plan("otsu", [picture, picture]), "ERR_LAYOUT", "4 channels"],
      [() => plan("correlate", [picture, picture]), "ERR_VALUE"],
    ];
    for (const [run, code, ...parts] of refusals) failure(run, code, ...parts);
    expect(picture.toBytes().every((byte) => byte === 7)).toBe(true);
    picture.release();
    expect(memory.stats().liveBlocks).toBe(before);

    const bare = new WebAssembly.Memory({ initial: 2 });
    const view = memoryview(bare, { shape: [4, 4] });
    failure(() => loadImage(bare).plan("boxBlur", view, view, { size: 3 }), "ERR_UNSUPPORTED", "allocator");
    const planned = loadImage(bare).plan("invert", view, view);
    planned.run();
    expect(view.get(3, 3)).toBe(255);
  });
});
