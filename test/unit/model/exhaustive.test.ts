import { type MemoryView, memoryview, MemoryViewError } from "linearview";
import { describe, expect, test } from "vitest";
import { floatBits, identical, placesOf, sliceIndices } from "../support/model.ts";
import { times } from "../support/random.ts";

const same = (actual: ArrayLike<unknown>, wanted: ArrayLike<unknown>): boolean => {
  if (actual.length !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (!Object.is(actual[i], wanted[i])) return false;
  return true;
};

test("slice: every start, stop and step of lengths 0 to 6 picks what the definition picks, as keys and as text", () => {
  const ends = [null, ...times(17, (i) => i - 8)];
  const steps = [null, ...times(9, (i) => i - 4)];
  let cases = 0;
  for (let length = 0; length <= 6; length++) {
    const view = memoryview(Uint8Array.from(times(length, (i) => i)));
    for (const start of ends) {
      for (const stop of ends) {
        for (const step of steps) {
          const keys = [start, stop, step] as const;
          const text = keys.map((part) => part ?? "").join(":");
          const where = `[0 … ${length}) [${text}]`;
          cases++;
          if (step === 0) {
            expect(() => view.slice([...keys]), where).toThrow("step 0");
            expect(() => view.slice(text), where).toThrow("step 0");
            continue;
          }
          const wanted = sliceIndices(length, ...keys);
          if (!same(view.slice([...keys]).toList(), wanted))
            expect(view.slice([...keys]).toList(), where).toEqual(wanted);
          if (!same(view.slice(text).toList(), wanted)) expect(view.slice(text).toList(), where).toEqual(wanted);
        }
      }
    }
  }
  expect(cases).toBe(7 * 18 * 18 * 10);
});

describe("half floats", () => {
  const bits = new Uint16Array(1);
  const half: MemoryView<number> = memoryview(bits.buffer, { format: "e", shape: 1 });
  /** By definition: sign, 5 bits of exponent, 10 of fraction. */
  const valueOf = (half: number): number => {
    const [sign, exponent, fraction] = [half >> 15 ? -1 : 1, (half >> 10) & 31, half & 1023];
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
  };

  test("all 65,536 read as their definition says, and written back are the same bits", () => {
    for (let value = 0; value < 65536; value++) {
      bits[0] = value;
      const read = half.get(0);
      if (!Object.is(read, valueOf(value))) expect(read, `half ${value}`).toBe(valueOf(value));
      bits[0] = 0x5555;
      half.set(0, read);
      // A NaN is one, with its sign unknown to numbers.
      const right = read !== read ? (bits[0]! & 0x7c00) === 0x7c00 && (bits[0]! & 1023) !== 0 : bits[0] === value;
      if (!right) expect(bits[0], `half ${value} written back`).toBe(value);
    }
  });

  test("a copy between half views keeps all 65,536 bit patterns, byte-swapped or not", () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const source = memoryview(all, { format: "e" });
    const target = new Uint16Array(65536);
    memoryview(target, { format: "<e" }).assign(source);
    expect(same(target, all)).toBe(true);
    const swapped = memoryview(new Uint16Array(65536), { format: ">e" });
    swapped.assign(source, { mode: "c" });
    for (let i = 0; i < 65536; i++) {
      if (!Object.is(swapped.get(i), valueOf(i))) expect(swapped.get(i), `half ${i}`).toBe(valueOf(i));
    }
  });

  test("numbers between two halves round once: below, at and above every midpoint, ties to even", () => {
    const next = (value: number, by: bigint): number => {
      const one = new BigInt64Array(1);
      new Float64Array(one.buffer)[0] = value;
      one[0]! += by;
      return new Float64Array(one.buffer)[0]!;
    };
    const refused: number[] = [];
    for (let low = 0; low < 0x7c00; low++) {
      const up = low + 1 === 0x7c00 ? 65536 : valueOf(low + 1);
      const middle = (valueOf(low) + up) / 2; // exact: 12 bits
      const even = low % 2 === 0 ? low : low + 1;
      for (const [value, wanted] of [
        [next(middle, -1n), low],
        [middle, even],
        [next(middle, 1n), low + 1],
      ] as const) {
        for (const sign of [1, -1]) {
          const where = `${sign * value}`;
          if (BigInt(wanted + (sign < 0 ? 0x8000 : 0)) !== floatBits(sign * value, 2))
            throw new Error(`model: ${where}`);
          if (wanted === 0x7c00) {
            refused.push(sign * value);
            expect(() => half.set(0, sign * value), where).toThrow(MemoryViewError);
            half.assign(sign * value, { mode: "c" });
          } else half.set(0, sign * value);
          const is = bits[0]! - (sign < 0 ? 0x8000 : 0);
          if (is !== wanted) expect(is, where).toBe(wanted);
        }
      }
    }
    expect(refused).toEqual([65520, -65520, next(65520, 1n), -next(65520, 1n)]);
  });
});

test("cast: between items of all sizes of all lengths up to 64 bytes, exactly where the bytes agree", () => {
  const formats = ["B", "H", "3s", "I", "5s", "T{H:a:I:b:}", "7s", "d", "9s", "D"];
  const sizes = [1, 2, 3, 4, 5, 8, 7, 8, 9, 16];
  const bytes = Uint8Array.from(times(64, (i) => i * 7));
  let [made, refused] = [0, 0];
  for (let n = 0; n <= 64; n++) {
    const line = memoryview(bytes).slice([0, n]);
    formats.forEach((from, f) => {
      if (n % sizes[f]! !== 0) return;
      const view: MemoryView = line.cast(from);
      formats.forEach((to, t) => {
        const where = `${n} bytes of ${from} as ${to}`;
        if (n % sizes[t]! !== 0) {
          refused++;
          expect(() => view.cast(to), where).toThrow(MemoryViewError);
          return;
        }
        made++;
        const cast = view.cast(to);
        const right = same(cast.shape, [n / sizes[t]!]) && same(cast.toBytes(), bytes.subarray(0, n));
        if (!right) expect([cast.shape, cast.toBytes()], where).toEqual([[n / sizes[t]!], bytes.slice(0, n)]);
      });
    });
  }
  expect(made).toBeGreaterThan(700);
  expect(refused).toBeGreaterThan(700);
});

describe("every pair of windows of 10 bytes", () => {
  const N = 10;
  const FORMAT: Record<number, string> = { 1: "B", 2: "H", 3: "3s" };
  const bytes = new Uint8Array(N);
  const original = Uint8Array.from(times(N, (i) => i + 1));

  interface Line {
    readonly size: number;
    readonly places: number[];
    /** One bit per byte. */
    readonly mask: number;
    readonly view: MemoryView;
    readonly where: string;
  }

  function windows(size: number, shapes: readonly number[][], strides: readonly number[]): Line[] {
    const lines: Line[] = [];
    const all = (axes: number): number[][] => (axes === 0 ? [[]] : all(axes - 1).flatMap((head) => strides.map((stride) => [...head, stride]))); // prettier-ignore
    for (const shape of shapes) {
      for (const steps of all(shape.length)) {
        if (shape.some((length, axis) => length <= 1 && steps[axis] !== strides[0])) continue; // one stride of many that cannot be seen
        for (let byteOffset = 0; byteOffset <= N; byteOffset++) {
          const places = placesOf(byteOffset, shape, steps);
          if (places.some((place) => place < 0 || place + size > N)) continue;
          if (places.length === 0 && byteOffset % 5 > 0) continue;
          const mask = places.reduce((bits, place) => bits | (((1 << size) - 1) << place), 0);
          const view = memoryview(bytes, { byteOffset, format: FORMAT[size]!, shape, strides: steps });
          lines.push({
            size,
            places,
            mask,
            view,
            where: `'${FORMAT[size]}' [${shape}] strides [${steps}] at ${byteOffset}`,
          });
        }
      }
    }
    return lines;
  }

  const overlapsItself = ({ places, size, mask }: Line): boolean =>
    mask.toString(2).split("1").length - 1 < places.length * size;

  /** Copy first, then write: each item where it belongs. A byte that several items write holds one of theirs. */
  function checkAssign(to: Line, from: Line): void {
    bytes.set(original);
    to.view.assign(from.view);
    const { size, places } = to;
    if (!overlapsItself(to)) {
      const wanted = original.slice();
      places.forEach((place, i) => wanted.set(original.subarray(from.places[i]!, from.places[i]! + size), place));
      if (!same(bytes, wanted)) expect([...bytes], `${to.where} = ${from.where}`).toEqual([...wanted]);
      return;
    }
    for (let at = 0; at < N; at++) {
      const written = places.flatMap((place, i) => (at >= place && at < place + size ? [original[from.places[i]! + at - place]!] : [])); // prettier-ignore
      const right = written.length === 0 ? bytes[at] === original[at] : written.includes(bytes[at]!);
      if (!right) expect([...bytes], `${to.where} = ${from.where}, byte ${at}`).toEqual(written);
    }
  }

  const STRIDES = [-3, -2, -1, 0, 1, 2, 3];
  const lines = [1, 2, 3].flatMap((size) =>
    windows(
      size,
      times(11, (count) => [count]),
      STRIDES,
    ),
  );

  test("1-d: sharesMemory is true exactly when a byte is in both", () => {
    let shared = 0;
    for (const a of lines) {
      for (const b of lines) {
        const wanted = (a.mask & b.mask) !== 0;
        if (wanted) shared++;
        if (a.view.sharesMemory(b.view) !== wanted) expect(!wanted, `${a.where}, ${b.where}`).toBe(wanted);
      }
    }
    expect(shared).toBeGreaterThan(10_000);
    expect(lines.length ** 2 - shared).toBeGreaterThan(10_000);
  });

  test("1-d: bounds are the first and the last byte", () => {
    for (const { view, places, size, where } of lines) {
      if (places.length === 0) continue;
      expect(view.bounds(), where).toEqual([Math.min(...places), Math.max(...places) + size]);
    }
  });

  test("1-d: assign is as if the source had been copied first", () => {
    let pairs = 0;
    for (const to of lines) {
      for (const from of lines) {
        if (to.size !== from.size || to.places.length !== from.places.length) continue;
        pairs++;
        checkAssign(to, from);
      }
    }
    expect(pairs).toBeGreaterThan(10_000);
  });

  test("2-d: the same for 2 by 2 and 2 by 3 items", () => {
    let pairs = 0;
    for (const [size, shape, strides] of [
      [1, [2, 2], STRIDES],
      [1, [2, 3], [-3, -2, 1, 2, 3]],
      [2, [2, 2], [-4, -2, -1, 2, 3]],
      [3, [2, 2], [-3, 1, 3, 4]],
    ] as const) {
      // prettier-ignore
      const planes = windows(size, [[...shape]], strides);
      for (const to of planes) {
        for (const from of planes) {
          pairs++;
          checkAssign(to, from);
          const wanted = (to.mask & from.mask) !== 0;
          if (to.view.sharesMemory(from.view) !== wanted) expect(!wanted, `${to.where}, ${from.where}`).toBe(wanted);
        }
      }
    }
    expect(pairs).toBeGreaterThan(20_000);
  });
});

test("identical tells what Object.is tells, in lists and bytes", () => {
  expect(identical([0, [NaN]], [0, [NaN]])).toBe(true);
  expect(identical([0], [-0])).toBe(false);
  expect(identical(new Uint8Array(1), [0])).toBe(false);
});
