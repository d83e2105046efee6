import { type MemoryView, memoryview, MemoryViewError } from "linearview";
import { describe, test } from "vitest";
import { convert, convertible, floatAt, hasNaN, identical, indices, type Item, keyOf, leaves, lossless, nest, product, read, scalar, shown, write } from "../support/model.ts"; // prettier-ignore
import { cases, percent, pick, type Random, randomBytes, times } from "../support/random.ts";
import {
  badValue,
  randomFormat,
  randomNumber,
  randomShape,
  randomValue,
  randomWindow,
  SPACE,
} from "../support/structures.ts";
import { WORLDS } from "../support/worlds.ts";

type Mode = "c" | "saturate" | undefined;

/** A shape that broadcasts to another, mostly. */
function narrowed(random: Random, shape: readonly number[], most: number): number[] {
  const from = shape
    .map((length) => (percent(random, 15) ? 1 : length))
    .slice(percent(random, 20) ? random(shape.length + 1) : 0);
  while (percent(random, 15) && from.length < most) from.unshift(1);
  if (percent(random, 5)) from[random(from.length + 1)] = random(4);
  return from;
}

/** For every item of `to` which item of `from`, in C order; leading axes of length 1 may be too many. */
function sources(from: readonly number[], to: readonly number[]): number[] | undefined {
  const extra = Math.max(0, from.length - to.length);
  if (from.slice(0, extra).some((length) => length !== 1)) return undefined;
  const kept = from.slice(extra);
  const lead = to.length - kept.length;
  if (!kept.every((length, axis) => length === 1 || length === to[lead + axis])) return undefined;
  return indices(to).map((tuple) =>
    kept.reduce((at, length, axis) => at * length + (length === 1 ? 0 : tuple[lead + axis]!), 0),
  );
}

/** What may be in memory afterwards: a byte has one value, or as many as items that lie on it write. */
class Expected {
  readonly bytes: Uint8Array;
  readonly others = new Map<number, Set<number>>();
  /** Floats that are NaN, of any payload. */
  readonly nans: { at: number; size: number; big: boolean }[] = [];
  readonly #written = new Uint8Array(SPACE);

  constructor(bytes: Uint8Array) {
    this.bytes = bytes.slice();
  }

  put(at: number, item: Uint8Array, known: (k: number) => boolean = () => true): void {
    item.forEach((byte, k) => {
      const place = at + k;
      const values = this.others.get(place) ?? new Set<number>();
      if (this.#written[place]! > 0 || !known(k)) this.others.set(place, values.add(this.bytes[place]!).add(byte));
      this.#written[place] = 1;
      this.bytes[place] = byte;
    });
  }

  putValue(item: Item, at: number, value: unknown): void {
    const packed = new Uint8Array(item.size);
    write(item, packed, 0, value);
    const isValue = new Uint8Array(item.size);
    for (const { item: leaf, at: place } of leaves(item, 0)) {
      isValue.fill(1, place, place + leaf.size);
      const halves = leaf.kind === "complex" ? 2 : leaf.kind === "float" ? 1 : 0;
      for (let part = 0; part < halves; part++) {
        const size = leaf.size / halves;
        const start = place + part * size;
        if (Number.isNaN(floatAt(packed, start, size, leaf.big)))
          this.nans.push({ at: at + start, size, big: leaf.big });
      }
    }
    // Bytes that are of no field may stay or become zero.
    this.put(at, packed, (k) => isValue[k] === 1);
  }

  check(actual: Uint8Array, where: string): void {
    for (const { at, size, big } of this.nans) {
      if (this.others.has(at) || Number.isNaN(floatAt(actual, at, size, big)))
        this.bytes.set(actual.subarray(at, at + size), at);
    }
    for (let i = 0; i < SPACE; i++) {
      if (actual[i] === this.bytes[i] || this.others.get(i)?.has(actual[i]!)) continue;
      throw new Error(`${where}: byte ${i} is ${actual[i]}, not ${this.bytes[i]}`);
    }
  }
}

/** Runs a call that must fail with one of some codes, or must not. */
function run(body: () => unknown, errors: readonly string[], where: string): void {
  let code: string | undefined;
  try {
    body();
  } catch (error) {
    if (!(error instanceof MemoryViewError))
      throw new Error(`${where}: foreign error ${String(error)}`, { cause: error });
    code = error.code;
    where += ` (${error.message})`;
  }
  if (code === undefined ? errors.length > 0 : !errors.includes(code)) {
    throw new Error(`${where}: answered ${code}, not ${errors.length > 0 ? errors : "success"}`);
  }
}

const NUMBERS = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, 127, 128, 255, 256, -128, -129, 65504, 65519.9, 65520, 2 ** 24 + 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53, -(2 ** 63), 2 ** 64, 1e39, -1e300, 5e-324, 6e-8, Infinity, -Infinity, NaN, 0n, -1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 24n + 1n, 2n ** 54n + 3n, true, false]; // prettier-ignore

describe.each(WORLDS)("assignment, $name", ({ base, memory, share, before, live }) => {
  const viewOf = ({ text, shape, strides, offset }: ReturnType<typeof randomWindow>): MemoryView =>
    memoryview(memory, { byteOffset: base + offset, format: text, shape, strides });

  /** A window that fits into the space. */
  function window(random: Random, bytes: Uint8Array, ...more: [any?, any?]): ReturnType<typeof randomWindow> {
    for (let left = 50; left > 0; left--) {
      const made = randomWindow(random, bytes, ...more);
      if (made.valid) return made;
    }
    return randomWindow(random, bytes, { text: "B", item: scalar("B") }, []);
  }

  test("windows over one memory: as if the source had been copied first, rounded once, or nothing written", () => {
    cases(1200 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      live().set(bytes);
      const numbers = percent(random, 65);
      const format = numbers ? randomNumber(random) : randomFormat(random);
      const to = window(random, bytes, format, randomShape(random, 32));
      const other = percent(random, 45)
        ? format
        : numbers || percent(random, 30)
          ? randomNumber(random)
          : randomFormat(random);
      const from = window(random, bytes, other, narrowed(random, to.shape, 5));
      const mode = pick(random, [undefined, undefined, "c", "saturate"] as Mode[]);
      const where = `'${to.text}' [${to.shape}] strides [${to.strides}] at ${to.offset} = '${from.text}' [${from.shape}] strides [${from.strides}] at ${from.offset}, mode ${mode}`;
      const same = keyOf(to.item) === keyOf(from.item);
      const errors: string[] = [];
      const at = sources(from.shape, to.shape);
      if (!at) errors.push("ERR_LAYOUT");
      if (!same && !lossless(from.item, to.item) && (mode === undefined || !convertible(from.item, to.item)))
        errors.push("ERR_FORMAT");
      const [target, source] = [viewOf(to), viewOf(from)];
      const expected = new Expected(bytes);
      if (errors.length === 0) {
        to.model.places.forEach((place, i) => {
          const origin = from.model.places[at![i]!]!;
          if (same) expected.put(place, bytes.subarray(origin, origin + to.item.size));
          else expected.putValue(to.item, place, convert(read(from.item, bytes, origin), to.item, mode ?? "c"));
        });
      }
      before();
      run(() => target.assign(source, mode && { mode }), errors, where);
      expected.check(live(), where);
    });
  });

  test("nested lists, scalars and typed arrays: every value is looked at before the first is written", () => {
    cases(600 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      live().set(bytes);
      const to = window(random, bytes, undefined, randomShape(random, 32));
      const { item } = to;
      const manyValues = item.kind === "tuple" || item.kind === "array";
      const shape = manyValues ? to.shape : narrowed(random, to.shape, to.shape.length);
      const count = product(shape);
      // Two numbers in a list would be one complex item.
      const convertsAny = convertible(item, item) && item.kind !== "complex" && percent(random, 35);
      const mode: Mode = convertsAny ? pick(random, ["c", "saturate"] as const) : undefined;
      // What lies in an empty list cannot be seen.
      const visible = count === 0 ? shape.slice(0, shape.indexOf(0) + 1) : shape;
      const at = visible.length > to.shape.length ? undefined : sources(visible, to.shape);
      const errors = at ? [] : ["ERR_LAYOUT", "ERR_VALUE"];
      let list: unknown;
      let values: unknown[];
      if (convertsAny && percent(random, 30)) {
        const code = pick(random, ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d"]);
        const array = { b: Int8Array, B: Uint8Array, h: Int16Array, H: Uint16Array, i: Int32Array, I: Uint32Array, q: BigInt64Array, Q: BigUint64Array, f: Float32Array, d: Float64Array }[code]!; // prettier-ignore
        const from = scalar(code);
        const length = shape.at(-1) ?? 1;
        const raw = randomBytes(random, length * from.size);
        const flat = sources([length], to.shape);
        errors.length = 0;
        if (!flat) errors.push("ERR_LAYOUT");
        values = times(length, (i) => convert(read(from, raw, i * from.size), item, mode!));
        list = new array(raw.buffer as ArrayBuffer);
        assign(list, values, flat);
        return;
      }
      values = times(count, () => (convertsAny ? pick(random, NUMBERS) : randomValue(random, item)));
      const nested = values.slice();
      if (!convertsAny && count > 0 && percent(random, 25)) {
        // A list among lists is none of their values.
        const bad = times(9, () => badValue(random, item)).find((value) => manyValues || !Array.isArray(value));
        nested[random(count)] = bad;
        errors.push("ERR_VALUE", "ERR_LAYOUT");
      }
      list = nest(nested, shape);
      if (convertsAny) values = values.map((value) => convert(value, item, mode!));
      assign(list, values, at);

      function assign(given: unknown, items: unknown[], from: number[] | undefined): void {
        const where = `'${to.text}' [${to.shape}] strides [${to.strides}] at ${to.offset} = ${shown(given)}, mode ${mode}`;
        const readonly = percent(random, 5);
        const target = readonly ? viewOf(to).toReadonly() : viewOf(to);
        if (readonly) errors.splice(0, errors.length, "ERR_READONLY");
        const expected = new Expected(bytes);
        if (errors.length === 0)
          to.model.places.forEach((place, i) => expected.putValue(item, place, items[from![i]!]));
        before();
        run(() => target.assign(given as never, mode && { mode }), errors, where);
        expected.check(live(), where);
      }
    });
  });

  test("fill: one value in every item, or none", () => {
    cases(300 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      live().set(bytes);
      const to = window(random, bytes);
      const bad = percent(random, 25);
      const value = bad ? badValue(random, to.item) : randomValue(random, to.item);
      const where = `'${to.text}' [${to.shape}] strides [${to.strides}] at ${to.offset} fill ${shown(value)}`;
      const expected = new Expected(bytes);
      if (!bad) to.model.places.forEach((place) => expected.putValue(to.item, place, value));
      const target = viewOf(to);
      before();
      run(() => target.fill(value), bad ? ["ERR_VALUE"] : [], where);
      expected.check(live(), where);
    });
  });

  test("copies of the same format keep every bit: payloads of NaN, padding, booleans of any byte", () => {
    cases(200 * share, (random) => {
      const bytes = randomBytes(random, SPACE);
      live().set(bytes);
      const from = window(random, bytes);
      const { item, shape, model } = from;
      const view = viewOf(from);
      before();
      const packed = view.toBytes();
      const copy = memoryview(new Uint8Array(packed.length), { format: from.text, shape });
      before();
      copy.assign(view);
      const wanted = model.places.flatMap((place) => [...bytes.subarray(place, place + item.size)]);
      const where = `'${from.text}' [${shape}]`;
      if (!identical(copy.toBytes(), Uint8Array.from(wanted)) || !identical(packed, Uint8Array.from(wanted))) {
        throw new Error(`${where}: ${shown(copy.toBytes())} of ${shown(wanted)}`);
      }
      const values = model.places.map((place) => read(item, bytes, place));
      if (copy.equals(view) !== !hasNaN(values)) throw new Error(`${where}: equality of the copy`);
      before();
    });
  });
});
