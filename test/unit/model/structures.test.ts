import { type MemoryView, memoryview, MemoryViewError } from "linearview";
import { describe, expect, test } from "vitest";
import { identical, indices, type Model, read, shown, write } from "../support/model.ts";
import { cases, percent, pick, type Random, randomBytes } from "../support/random.ts";
import { badValue, randomValue, randomWindow, SPACE, STEPS } from "../support/structures.ts";
import { verifyView } from "../support/verify.ts";
import { WORLDS } from "../support/worlds.ts";

/** The code of the library's own error; any other error is a failure. */
export function codeOf(body: () => unknown, where: string): string | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof MemoryViewError) return error.code;
    throw new Error(`${where}: foreign error ${String(error)}`, { cause: error });
  }
  return undefined;
}

describe.each(WORLDS)("random structures, $name", ({ base, memory, share, before, live, space }) => {
  /** Random bytes in the space, and a window of them, which must be refused when it does not fit. */
  function start(random: Random, seed: number): { view: MemoryView; model: Model; where: string } | undefined {
    const bytes = randomBytes(random, SPACE);
    live().set(bytes);
    const { text: format, shape, strides, offset, valid, model } = randomWindow(random, bytes);
    const where = `seed ${seed}: '${format}' [${shape}] strides [${strides}] at ${offset}`;
    const inside = space();
    before();
    const make = (): MemoryView =>
      seed % 2 && valid
        ? memoryview(memory, { byteOffset: base + offset, format, shape, strides })
        : inside.strided({ byteOffset: offset, format, shape, strides });
    if (!valid) {
      const code = codeOf(make, where);
      if (code !== "ERR_BOUNDS") throw new Error(`${where}: answered ${code}, not ERR_BOUNDS`);
      return undefined;
    }
    return { view: make(), model: { ...model, base }, where };
  }

  const unchanged = (bytes: Uint8Array, where: string): void => {
    if (!identical(live().slice(), bytes)) throw new Error(`${where}: bytes changed`);
  };

  test("every attribute and item of windows, and of chains of views made from them", () => {
    const makers = Object.values(STEPS);
    cases(1500 * share, (random, seed) => {
      const begun = start(random, seed);
      if (!begun) return;
      let { view, model, where } = begun;
      verifyView(view, model, where, before);
      for (let left = 1 + random(4); left > 0; left--) {
        const { name, call, want } = pick(random, makers)(random, model);
        where += ` ${name}`;
        before();
        if (Array.isArray(want)) {
          const code = codeOf(() => call(view), where);
          if (code === undefined || !want.includes(code)) throw new Error(`${where}: answered ${code}, not ${want}`);
          unchanged(model.bytes, where);
          verifyView(view, model, where, before);
          continue;
        }
        view = call(view);
        model = want as Model;
        verifyView(view, model, where, before);
      }
      unchanged(model.bytes, where);
    });
  });

  test("set: writes exactly the item's bytes in every layout, or nothing at all", () => {
    cases(400 * share, (random, seed) => {
      const begun = start(random, seed);
      if (!begun || begun.model.places.length === 0) return;
      const { view, model, where } = begun;
      const { item, shape, places, bytes } = model;
      for (let round = 0; round < 4; round++) {
        const n = random(places.length);
        const tuple = indices(shape)[n]!.map((index, axis) => (random(2) ? index : index - shape[axis]!));
        before();
        if (percent(random, 25)) {
          const [value, index] = percent(random, 60) ? [badValue(random, item), tuple] : [randomValue(random, item), [...tuple, 0]]; // prettier-ignore
          const code = codeOf(() => view.set(...index, value as never), where);
          if (code !== (index === tuple ? "ERR_VALUE" : "ERR_BOUNDS")) {
            throw new Error(`${where}: set(${index}, ${shown(value)}) answered ${code}`);
          }
        } else {
          const value = randomValue(random, item);
          view.set(...tuple, value);
          write(item, bytes, places[n]!, value);
          before();
          const back = view.get(...tuple);
          const wanted = read(item, bytes, places[n]!);
          if (!identical(back, wanted))
            throw new Error(`${where}: set(${tuple}, ${shown(value)}) reads ${shown(back)}`);
        }
        unchanged(bytes, `${where} set(${tuple})`);
      }
    });
  });
});

test("what is checked can fail: a model that is wrong anywhere is found", () => {
  const bytes = Uint8Array.from({ length: 8 }, (_, i) => i);
  const view = memoryview(bytes, { format: "<H", shape: [2, 2] });
  const model: Model = { ...randomWindow(() => 0, bytes).model, item: { kind: "integer", size: 2, align: 2, big: false, signed: false, code: "H" }, format: "<H", shape: [2, 2], places: [0, 2, 4, 6] }; // prettier-ignore
  verifyView(view, model, "right");
  for (const wrong of [
    { places: [0, 2, 4, 5] },
    { shape: [4] },
    { readonly: true },
    { format: "H" },
    { bytes: bytes.slice().reverse() },
    { item: { ...model.item, signed: true, big: true } },
  ]) {
    // prettier-ignore
    expect(() => verifyView(view, { ...model, ...wrong }, "wrong")).toThrow("wrong: ");
  }
});
