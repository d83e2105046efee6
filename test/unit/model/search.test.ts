import { type MemoryView, memoryview } from "linearview";
import { describe, expect, test } from "vitest";
import {
  equalItems,
  equalValues,
  identical,
  type Item,
  lossless,
  read,
  scalar,
  shown,
  write,
} from "../support/model.ts";
import { between, cases, percent, pick, type Random, randomBytes, times } from "../support/random.ts";
import { type Format, randomFormat, randomNumber, randomShape, randomWindow, SPACE } from "../support/structures.ts";
import { WORLDS } from "../support/worlds.ts";

/** Values on both sides of where numbers of different kinds stop being exact. */
const VALUES: any[] = [0, -0, 1, true, false, 1n, 0n, -1, -1n, 0.5, NaN, Infinity, 255, 255n, 256, 97, "a", "\xff", "ab", "", 2 ** 53, 2n ** 53n, 2n ** 53n + 1n, 2 ** 63, 2n ** 63n, 2n ** 63n - 1n, 2 ** 64, -(2 ** 63), -(2n ** 63n), 65504, [0, 0], [1, 0], [1, 1], [NaN, 0], null, undefined, {}, { a: 1 }, Uint8Array.of(97), Uint8Array.of(97, 98)]; // prettier-ignore

/** Bytes with few values, so that some are equal: of one, of both integers and floats, of one with another. */
function fewBytes(random: Random, item: Item, bytes: Uint8Array, places: readonly number[]): void {
  const few = times(3, () => randomBytes(random, item.size));
  const writable = VALUES.filter((value) => item.kind === "float" ? typeof value === "number" : item.kind === "integer" ? Number.isInteger(Number(value)) && typeof value !== "object" && typeof value !== "string" : item.kind === "boolean" && typeof value === "boolean"); // prettier-ignore
  for (const place of places) {
    if (writable.length > 0 && percent(random, 60)) write(item, bytes, place, pick(random, writable));
    else bytes.set(pick(random, few), place);
  }
}

/** A value to look for: an item's own, the same as another kind of number, or any. */
function wanted(random: Random, item: Item, own: unknown): unknown {
  if (percent(random, 25)) return pick(random, VALUES);
  if (typeof own === "number" && Number.isInteger(own) && percent(random, 40)) return BigInt(own);
  if (typeof own === "bigint" && percent(random, 40)) return Number(own); // rounded: equal only where it is exact
  if (typeof own === "boolean" && percent(random, 40)) return Number(own);
  if (typeof own === "string" && percent(random, 40)) return Uint8Array.of(own.charCodeAt(0));
  if (item.kind === "complex" && Array.isArray(own) && own[1] === 0) return own[0];
  return own;
}

const realAsComplex = (value: any, item: Item): any =>
  item.kind === "complex" && ["number", "bigint", "boolean"].includes(typeof value) ? [value, 0] : value;

describe.each(WORLDS)("search and comparison, $name", ({ base, memory, share, before, live }) => {
  const viewOf = ({ text, shape, strides, offset }: ReturnType<typeof randomWindow>): MemoryView =>
    memoryview(memory, { byteOffset: base + offset, format: text, shape, strides });

  test("count, indexOf and includes: as Python's list of the items answers", () => {
    cases(600 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      const one = randomWindow(random, bytes, percent(random, 60) ? randomNumber(random) : randomFormat(random), randomShape(random, 32)); // prettier-ignore
      if (!one.valid) return;
      const { item } = one;
      const { places } = one.model;
      fewBytes(random, item, bytes, places);
      live().set(bytes);
      const view = viewOf(one);
      const items = places.map((place) => read(item, bytes, place));
      const value = wanted(random, item, items.length > 0 ? pick(random, items) : 0);
      const matches = items.map((own) => equalItems(own, realAsComplex(value, item)));
      const [start, stop] = times(2, () => (percent(random, 40) ? undefined : between(random, -items.length - 2, items.length + 2))); // prettier-ignore
      const bound = (given: number | undefined, fallback: number): number =>
        given === undefined ? fallback : Math.max(0, Math.min(items.length, given < 0 ? given + items.length : given));
      const at = matches.findIndex((match, i) => match && i >= bound(start, 0) && i < bound(stop, items.length));
      const where = `'${one.text}' ${shown(items)}, ${typeof value} ${shown(value)}, ${start}:${stop}`;
      const answers = [() => view.count(value), () => view.indexOf(value, start, stop), () => view.includes(value)].map((look) => (before(), look())); // prettier-ignore
      const want = [matches.filter(Boolean).length, at, matches.includes(true)];
      if (!identical(answers, want)) throw new Error(`${where}: ${answers}, not ${want}`);
    });
  });

  test("equals: the same shape, and every pair of items equal by its own format", () => {
    cases(600 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      const shape = randomShape(random, 24);
      const numbers = percent(random, 70);
      const first: Format = numbers ? randomNumber(random) : randomFormat(random);
      const second = percent(random, 40) ? first : numbers ? randomNumber(random) : randomFormat(random);
      const a = randomWindow(random, bytes, first, shape);
      const b = randomWindow(random, bytes, second, percent(random, 5) ? randomShape(random, 24) : shape);
      if (!a.valid || !b.valid) return;
      fewBytes(random, a.item, bytes, a.model.places);
      // Mostly the values of the one, as far as the other has them; where windows overlap, whatever comes of it.
      if (percent(random, 70) && b.shape === shape) {
        const copy = bytes.slice();
        b.model.places.forEach((place, i) => {
          const value = read(a.item, copy, a.model.places[i]!);
          if (a.item === b.item) bytes.set(copy.subarray(a.model.places[i], a.model.places[i]! + a.item.size), place);
          else if (lossless(a.item, b.item)) write(b.item, bytes, place, value);
        });
      }
      live().set(bytes);
      const [x, y] = [viewOf(a), viewOf(b)];
      const [left, right] = [a, b].map(({ item, model }) => model.places.map((place) => read(item, bytes, place)));
      // As in Python, what lies behind an empty axis is not compared.
      const empty = a.shape.findIndex((length, axis) => length === 0 && b.shape[axis] === 0);
      const seen = empty < 0 ? undefined : empty;
      const sameShape = a.shape.length === b.shape.length && identical(a.shape.slice(0, seen), b.shape.slice(0, seen));
      const want =
        sameShape && (empty >= 0 || left!.every((value, i) => equalValues(value, a.item, right![i], b.item)));
      const where = `'${a.text}' [${a.shape}] ${shown(left)}, '${b.text}' [${b.shape}] ${shown(right)}`;
      for (const look of [() => x.equals(y), () => y.equals(x)]) {
        before();
        const answer = look();
        if (answer !== want) throw new Error(`${where}: equals ${answer}`);
      }
    });
  });

  test("sharesMemory: exactly when a byte is listed by both; hash: equal for equal bytes", () => {
    cases(400 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      live().set(bytes);
      const format: Format = percent(random, 50) ? { text: "B", item: scalar("B") } : randomFormat(random);
      const [a, b] = [randomWindow(random, bytes, format), randomWindow(random, bytes)];
      if (!a.valid || !b.valid) return;
      const [x, y] = [viewOf(a), viewOf(b)];
      const listed = [a, b].map(({ model, item }) => new Set(model.places.flatMap((place) => times(item.size, (k) => place + k)))); // prettier-ignore
      const want = [...listed[0]!].some((byte) => listed[1]!.has(byte));
      const where = `'${a.text}' [${a.shape}] strides [${a.strides}] at ${a.offset}, '${b.text}' [${b.shape}] strides [${b.strides}] at ${b.offset}`;
      before();
      if (x.sharesMemory(y) !== want) throw new Error(`${where}: sharesMemory ${!want}`);
      before();
      if (y.sharesMemory(x) !== want) throw new Error(`${where}: sharesMemory ${!want} the other way`);
      if (a.text !== "B") return;
      before();
      const packed = memoryview(x.toBytes(), { readonly: true });
      before();
      if (x.toReadonly().hash() !== packed.hash()) throw new Error(`${where}: hash`);
      const wanted = Array.from(x.toBytes(), (byte) => byte.toString(16).padStart(2, "0")).join("");
      before();
      if (x.hex() !== wanted) throw new Error(`${where}: hex ${x.hex()}`);
    });
  });
});

test("value semantics, by example: 1 is 1n is true, 0 is -0, NaN is nothing, and no number is rounded to compare", () => {
  const equal = (a: MemoryView, b: MemoryView): boolean => a.equals(b) && b.equals(a);
  const one = (format: string, value: unknown): MemoryView => {
    const view: MemoryView = memoryview(new Uint8Array(16), { format, shape: 1 });
    return view.assign(value as never);
  };
  expect(equal(one("B", 1), one("q", 1n))).toBe(true);
  expect(equal(one("?", true), one("d", 1))).toBe(true);
  expect(equal(one("d", 0), one("f", -0))).toBe(true);
  expect(equal(one("d", NaN), one("d", NaN))).toBe(false);
  expect(equal(one("q", 2n ** 53n + 1n), one("d", 2 ** 53))).toBe(false);
  expect(equal(one("q", 2n ** 53n), one("d", 2 ** 53))).toBe(true);
  expect(equal(one("Q", 2n ** 64n - 1n), one("d", 2 ** 64))).toBe(false);
  expect(equal(one("F", [1, 0]), one("B", 1))).toBe(true);
  expect(equal(one("c", "a"), one("1s", "a"))).toBe(true);
  expect(equal(one("c", "a"), one("B", 97))).toBe(false);
  expect(equal(one("3s", "ab"), one("2s", "ab"))).toBe(false);
  expect(one("q", 2n ** 53n + 1n).count(2 ** 53)).toBe(0);
  expect(one("d", 2 ** 53).count(2n ** 53n + 1n)).toBe(0);
  expect(one("d", -0).indexOf(0n)).toBe(0);
  expect(one("d", NaN).includes(NaN)).toBe(false);
});
