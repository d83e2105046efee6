import { type MemoryView, memoryview, MemoryViewError } from "linearview";
import { describe, expect, test } from "vitest";
import { type Random, seeded } from "../support/random.ts";
import { indices, type Model, readItem, sizeOf, verifyView } from "../support/verify.ts";

const FORMATS = ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d", ">h", ">I", ">q", ">f", "<d", ">d"];
const SPACE = 512;

/** Where the bytes of a case are, and what happens before each look. */
const WORLDS: Record<
  string,
  { address: number; memory: () => WebAssembly.Memory; before: (memory: WebAssembly.Memory) => void }
> = {
  "aligned": { address: 2048, memory: () => new WebAssembly.Memory({ initial: 1 }), before: () => {} }, // prettier-ignore
  "at an odd address": { address: 2049, memory: () => new WebAssembly.Memory({ initial: 1 }), before: () => {} },
  "grown before every operation": {
    address: 2048,
    memory: () => new WebAssembly.Memory({ initial: 1 }),
    before: (memory) => void memory.grow(0),
  },
  "at the very end of 4 GiB": {
    address: 2 ** 32 - SPACE,
    memory: () => new WebAssembly.Memory({ initial: 65536 }),
    before: () => {},
  },
};

/** A random window of the space, valid or not, with its model when it is. */
function randomWindow(random: Random, bytes: Uint8Array) {
  const format = FORMATS[random(FORMATS.length)]!;
  const size = sizeOf(format);
  const shape = Array.from({ length: random(5) }, () => random(5));
  const strides = shape.map(() => [size, -size, size * 2, -size * 3, 0, size + 1, size * 7][random(7)]!);
  const offset = random(SPACE);
  const tuples = indices(shape);
  const places = tuples.map((tuple) => tuple.reduce((sum, index, axis) => sum + index * strides[axis]!, offset));
  const valid = places.every((place) => place >= 0 && place + size <= SPACE);
  const model: Model = { bytes, format, shape, places, readonly: false };
  return { format, shape, strides, offset, valid, model };
}

/** One random step on a view and on its model, the latter by picking items from the list. */
function randomStep(random: Random, view: MemoryView, model: Model): [MemoryView, Model, string] {
  const { shape, places } = model;
  const tuples = indices(shape);
  const at = new Map(tuples.map((tuple, i) => [tuple.join(), places[i]!]));
  const pick = (to: number[], source: (tuple: number[]) => number[]): number[] =>
    indices(to).map((tuple) => at.get(source(tuple).join())!);
  const axis = shape.length > 0 ? random(shape.length) : 0;
  switch (shape.length === 0 ? 3 : random(5)) {
    case 0: {
      const order = shape.map((_, i) => i).sort(() => random(3) - 1);
      const to = order.map((source) => shape[source]!);
      const back = (tuple: number[]): number[] => shape.map((_, i) => tuple[order.indexOf(i)]!);
      return [view.transpose(order), { ...model, shape: to, places: pick(to, back) }, `transpose(${order})`];
    }
    case 1: {
      const mirrored = (tuple: number[]): number[] =>
        tuple.map((index, i) => (i === axis ? shape[i]! - 1 - index : index));
      return [view.flip(axis), { ...model, places: pick([...shape], mirrored) }, `flip(${axis})`];
    }
    case 2: {
      const [start, stop, step] = [random(9) - 4, random(9) - 4, [1, 2, -1, -2][random(4)]!];
      // Python's definition of a slice, by walking.
      const chosen: number[] = [];
      const length = shape[axis]!;
      const bound = (value: number): number => (value < 0 ? value + length : value);
      const low = step > 0 ? Math.max(0, bound(start)) : Math.min(length - 1, bound(start));
      for (let i = low; step > 0 ? i < Math.min(length, bound(stop)) : i > Math.max(-1, bound(stop)); i += step) {
        if (i >= 0 && i < length) chosen.push(i);
      }
      const to = shape.map((n, i) => (i === axis ? chosen.length : n));
      const source = (tuple: number[]): number[] => tuple.map((index, i) => (i === axis ? chosen[index]! : index));
      const keys = [...shape.slice(0, axis).map(() => [] as []), [start, stop, step] as const];
      return [
        view.slice(...keys),
        { ...model, shape: to, places: pick(to, source) },
        `slice(axis ${axis}, ${start}:${stop}:${step})`,
      ];
    }
    case 3:
      return [view.toReadonly(), { ...model, readonly: true }, "toReadonly()"];
    default: {
      if (shape[axis] === 0) return [view, model, "nothing"];
      const index = random(shape[axis]!);
      const to = shape.filter((_, i) => i !== axis);
      const source = (tuple: number[]): number[] => [...tuple.slice(0, axis), index, ...tuple.slice(axis)];
      const keys = [...shape.slice(0, axis).map(() => [] as []), index];
      return [view.slice(...keys), { ...model, shape: to, places: pick(to, source) }, `slice(axis ${axis}, ${index})`];
    }
  }
}

describe.each(Object.entries(WORLDS))("random structures, %s", (_, { address, memory: make, before }) => {
  const memory = make();
  const live = (): Uint8Array => new Uint8Array(memory.buffer, address, SPACE);

  test("every attribute and item of 400 windows and what is made of them", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = seeded(seed);
      const bytes = Uint8Array.from({ length: SPACE }, () => random(256));
      live().set(bytes);
      const { format, shape, strides, offset, valid, model } = randomWindow(random, bytes);
      const make = (): MemoryView => memoryview(memory, { byteOffset: address + offset, format, shape, strides });
      const inside = memoryview(memory, { byteOffset: address, shape: SPACE });
      const where = `seed ${seed}: ${format} [${shape}] strides [${strides}] at ${offset}`;
      if (!valid) {
        // Below the space there is more memory; inside a view of the space there is not.
        expect(() => inside.strided({ byteOffset: offset, format, shape, strides }), where).toThrow(MemoryViewError);
        continue;
      }
      let view = seed % 2 ? make() : inside.strided({ byteOffset: offset, format, shape, strides });
      let expected: Model = { ...model, places: model.places };
      let trail = where;
      const inMemory = (m: Model): Model => ({ ...m, places: m.places });
      for (let step = 0; step < 3; step++) {
        before(memory);
        const absolute = inMemory(expected);
        verifyAt(view, absolute, trail);
        const [next, nextModel, name] = randomStep(random, view, expected);
        [view, expected, trail] = [next, nextModel, `${trail} ${name}`];
      }
      verifyAt(view, expected, trail);
    }
  });

  /** The model counts from the start of the space. */
  function verifyAt(view: MemoryView, model: Model, where: string): void {
    const shifted = new Proxy(view, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target);
        if (name === "byteOffset") return (value as number) - address;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    verifyView(shifted, model, where);
  }

  test("set: writes exactly the item's bytes, in every layout", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed + 1000);
      const bytes = Uint8Array.from({ length: SPACE }, () => random(256));
      live().set(bytes);
      const { format, shape, strides, offset, valid, model } = randomWindow(random, bytes);
      if (!valid || model.places.length === 0) continue;
      const view: MemoryView = memoryview(memory, { byteOffset: address + offset, format, shape, strides });
      const n = random(model.places.length);
      const value = readItem(bytes, random(SPACE - 8), format);
      if (value !== value) continue;
      before(memory);
      (view as MemoryView<number | bigint>).set(...indices(shape)[n]!, value);
      expect(readItem(live(), model.places[n]!, format)).toBe(value);
      bytes.set(live().subarray(model.places[n]!, model.places[n]! + sizeOf(format)), model.places[n]!);
      expect(live(), `seed ${seed + 1000}`).toEqual(bytes);
    }
  });

  test("assign: as if the source had been copied first, for overlapping windows of any strides", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed + 2000);
      const bytes = Uint8Array.from({ length: SPACE }, () => random(256));
      live().set(bytes);
      const size = [1, 2, 4, 8][random(4)]!;
      const format = ["B", "H", "I", "Q"][Math.log2(size)]!;
      const shape = [1 + random(4), 1 + random(5)];
      const window = () => ({
        strides: random(2) ? [size * 6, size] : [size, -size * 5],
        offset: 200 + random(60),
      });
      const [to, from] = [window(), window()];
      const places = ({ strides, offset }: typeof to): number[] =>
        indices(shape).map(([y, x]) => offset + y! * strides[0]! + x! * strides[1]!);
      const view = (w: typeof to): MemoryView =>
        memoryview(memory, { byteOffset: address + w.offset, format, shape, strides: w.strides });
      before(memory);
      view(to).assign(view(from));
      const copy = places(from).map((place) => bytes.slice(place, place + size));
      places(to).forEach((place, i) => bytes.set(copy[i]!, place));
      expect(live(), `seed ${seed + 2000}`).toEqual(bytes);
    }
  });
});

test("slice: every start, stop and step of lengths 0 to 6 gives what walking gives", () => {
  const ends = [null, ...Array.from({ length: 17 }, (_, i) => i - 8)];
  for (let length = 0; length <= 6; length++) {
    const items = Array.from({ length }, (_, i) => i);
    const view = memoryview(Uint8Array.from(items));
    for (const start of ends) {
      for (const stop of ends) {
        for (const step of [null, 1, 2, 3, 7, -1, -2, -3, -7]) {
          const by = step ?? 1;
          const clamp = (value: number | null, fallback: number): number =>
            value === null ? fallback : Math.min(Math.max(value < 0 ? value + length : value, by > 0 ? 0 : -1), by > 0 ? length : length - 1); // prettier-ignore
          const want: number[] = [];
          const end = clamp(stop, by > 0 ? length : -1);
          for (let i = clamp(start, by > 0 ? 0 : length - 1); by > 0 ? i < end : i > end; i += by) want.push(items[i]!);
          expect(view.slice([start, stop, step]).toList(), `${length} ${start}:${stop}:${step}`).toEqual(want);
        }
      }
    }
  }
});
