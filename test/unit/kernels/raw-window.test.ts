import { hex as blurModule } from "virtual:wasm/image/blur";
import { hex as filterModule } from "virtual:wasm/image/filter";
import { expect, test } from "vitest";
import { along, down } from "../../../src/kernels/gaussian.ts";
import type { Loaded } from "../../../src/kernels/loaded.ts";
import type { Picture } from "../../../src/kernels/picture.ts";
import { type Pass, passBytes, type Term, weightedPass, writePass } from "../../../src/kernels/window.ts";
import { kernelsOn } from "./support.ts";

const PAGE = 65536;
const SCRATCH = 16384;

/** Every kind of row operation, on a picture of bytes, 16-bit integers or floats. */
const passes = (from: Picture, to: Picture): Pass[] => {
  const common = { from, to, values: [1, 1, 1, 1], sides: [1, 1] as const, border: 0 };
  const square = Array.from({ length: 9 }, (_, i): Term => [(i % 3) - 1, Math.floor(i / 3) - 1, 1]);
  const line = [0.25, 0.5, 0.25];
  const plain = from.format === "f" ? "keys" : "plain";
  return [
    weightedPass({ ...common, down: square, operation: 0 }),
    weightedPass({ ...common, across: along(line), down: down(line), operation: 0 }),
    { ...common, rows: "wide", across: along(line), down: down(line), operation: 1 },
    { ...common, rows: plain, across: along([1, 1, 1]), down: down([1, 1, 1]), operation: 2 },
    { ...common, rows: plain, down: square, operation: 3 },
    { ...common, rows: plain, down: square, operation: 4 },
    { ...common, rows: from.format === "B" ? "plain" : "wide", operation: 5, p: 1, q: 2 },
  ];
};

test("windows read and write no byte beyond a picture, which may end where the memory does, nor beyond their scratch", () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const world = { memory, base: 0 };
  const filter = kernelsOn(world, filterModule).exports;
  const blur = kernelsOn(world, blurModule).exports;
  const arrays = { array: (type: any) => new type(memory.buffer) };
  const all = new Uint8Array(memory.buffer);
  for (const width of [1, 2, 3, 5, 8, 15, 17, 33]) {
    for (const [format, size] of [["B", 1], ["H", 2], ["f", 4]] as const) {
      for (const [channels, spread] of [[1, 1], [1, 4], [3, 1], [4, 1], [3, 2]] as const) {
        const [height, item] = [3, size];
        const pixel = channels * size * spread;
        const row = width * pixel;
        const bytes = (height - 1) * row + (width - 1) * pixel + channels * size;
        const address = 2 * PAGE - (spread === 1 ? height * row : bytes);
        const picture: Picture = { address, height, width, channels, row, pixel, item, format, swapped: false };
        for (const [kind, pass] of passes(picture, picture).entries()) {
          const room = passBytes(pass);
          all.fill(0x3c);
          const window = writePass(pass, SCRATCH, { source: arrays } as unknown as Loaded);
          (kind === 1 ? blur.weighted_items : filter.filter_items)!(window);
          const inside = (i: number): boolean => {
            const at = i - address;
            return at >= 0 && (at % row) % pixel < channels * size;
          };
          const wrong = all.findIndex((byte, i) => byte !== 0x3c && !(i >= SCRATCH && i < SCRATCH + room) && !inside(i)); // prettier-ignore
          expect(wrong, JSON.stringify({ kind, width, format, channels, spread })).toBe(-1);
        }
      }
    }
  } // prettier-ignore
});
