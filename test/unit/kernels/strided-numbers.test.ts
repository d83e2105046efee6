import { hex } from "virtual:wasm/strided";
import { describe, expect, test } from "vitest";
import * as reference from "../../../src/kernels/reference/strided.ts";
import { NUMBERS, type PlainItems, type Three } from "../../../src/kernels/reference/strided.ts";
import { firstDifference, kernelsOn, randomBytes, randomNumbers, WORLDS } from "./support.ts";

/** Bytes that a test looks at, guards included: the target's half and the source's. */
const HALF = 4096;
const GUARD = 64;

/** Steps between the items of a row, in bytes. */
const STEPS: Record<string, (size: number) => number> = {
  packed: (size) => size,
  "every third": (size) => 3 * size,
  reversed: (size) => -size,
  padded: (size) => size + 1,
  "every fourth, reversed": (size) => -4 * size,
};
const REPEATED: typeof STEPS = { "one item": () => 0 };
const stepNames = Object.entries(STEPS);
const sourceSteps = Object.entries({ ...STEPS, ...REPEATED });

/** Numbers at which conversions turn: limits, halves, what is not finite, and beyond every integer. */
const EDGES = [0, -0, NaN, Infinity, -Infinity, 0.5, -0.5, 0.99, 1.5, 127, 127.9, 128, -128.9, -129, 254.5, 255, 255.9, 256]
  .concat([32767.5, 32768, -32768.5, -32769, 65535.5, 65536, 2 ** 24 + 1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1])
  .concat([2 ** 32 - 0.5, 2 ** 32, 2 ** 32 + 512, 2 ** 53 - 1, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64 + 2 ** 40])
  .concat([2 ** 84, -(2 ** 83) - 2 ** 40, 1e20, -1e30, 1e300, 3.4e38, 3.5e38, 1e-40, 1e-310]); // prettier-ignore

describe.each(Object.entries(WORLDS))("number kernels, %s memory", (_, makeMemory) => {
  const { memory, base, exports } = kernelsOn(makeMemory(), hex);
  const live = new Uint8Array(memory.buffer, base, 2 * HALF);
  const noise = randomBytes(2 * HALF, 4);

  /** One row in a half: its first item so that all items lie inside, at an alignment. */
  const row = (count: number, step: number, half: number, align: number): { offset: number; strides: Three } => ({
    offset: half * HALF + GUARD + align + (step < 0 ? -step * Math.max(0, count - 1) : 0),
    strides: [0, 0, step],
  });
  const inMemory = ({ offset, strides }: { offset: number; strides: Three }): PlainItems => ({ data: new DataView(live.buffer, base, 2 * HALF), offset, strides }); // prettier-ignore
  const write = (
    type: number,
    items: { offset: number; strides: Three },
    count: number,
    value: (k: number) => number,
  ) => {
    const { set } = NUMBERS[type]!;
    const { data } = inMemory(items);
    for (let k = 0; k < count; k++) data[set](items.offset + k * items.strides[2], value(k), true);
  };

  test.each(NUMBERS.map(({ name }, from) => [name, from] as const))(
    "convert_items from %s: every type and mode, 0 to 67 items, every alignment and step, bit by bit; no byte beyond",
    (name, from) => {
      const random = randomNumbers(from + 1);
      let turn = 0;
      for (let to = 0; to < NUMBERS.length; to++) {
        for (const clamp of [false, true]) {
          for (let count = 0; count < 68; count++) {
            for (let round = 0; round < 2; round++) {
              // Packed in half of the cases.
              const [targetName, targetStep] = stepNames[turn % 2 ? 0 : random(stepNames.length)]!;
              const [sourceName, sourceStep] = sourceSteps[turn % 4 < 2 ? 0 : random(sourceSteps.length)]!;
              turn++;
              const t = row(count, targetStep(NUMBERS[to]!.size), 0, turn % 16);
              const s = row(count, sourceStep(NUMBERS[from]!.size), 1, random(16));
              live.set(noise);
              if (from >= 6) write(from, s, count, () => EDGES[random(EDGES.length)]!);
              const model = live.slice();
              const plain = { data: new DataView(model.buffer), offset: t.offset, strides: t.strides };
              reference.convertItems(plain, { ...plain, ...s }, [1, 1, count], to, from, clamp);
              exports.convert_items!(base + t.offset, base + s.offset, 1, 1, count, ...t.strides, ...s.strides, to, from, clamp ? 1 : 0); // prettier-ignore
              const what = `${name} → ${NUMBERS[to]!.name} × ${count}, ${targetName} ← ${sourceName}, clamp ${clamp}`;
              expect(firstDifference(live, model), what).toBe(-1);
            }
          }
        }
      }
    },
  );

  test.each([2, 4, 8])("swap_items: items of %i bytes, 0 to 67, apart and in place, no byte beyond", (size) => {
    let turn = 0;
    for (let count = 0; count < 68; count++) {
      for (const [targetName, targetStep] of stepNames) {
        for (const [sourceName, sourceStep] of [...sourceSteps, ["the target", targetStep] as const]) {
          const inPlace = sourceName === "the target";
          const t = row(count, targetStep(size), 0, turn++ % 16);
          const s = inPlace ? t : row(count, sourceStep(size), 1, (turn * 7) % 16);
          live.set(noise);
          const model = live.slice();
          const plain = { data: new DataView(model.buffer), ...t };
          const before = { ...plain, data: new DataView(model.slice().buffer), ...s };
          reference.swapItems(plain, before, [1, 1, count], size);
          exports.swap_items!(base + t.offset, base + s.offset, 1, 1, count, ...t.strides, ...s.strides, size);
          expect(firstDifference(live, model), `${count} ${targetName} ← ${sourceName}`).toBe(-1);
        }
      }
    }
  });

  test.each([
    [1, false],
    [2, false],
    [4, false],
    [8, false],
    [4, true],
    [8, true],
  ])("equal_items: items of %i bytes, floats: %s; one difference anywhere is seen, none outside", (size, float) => {
    const random = randomNumbers(size);
    let turn = 0;
    for (let count = 0; count < 68; count++) {
      for (const [, aStep] of stepNames) {
        for (const [, bStep] of stepNames) {
          const a = row(count, aStep(size), 0, turn++ % 16);
          const b = row(count, bStep(size), 1, (turn * 5) % 16);
          live.set(noise);
          const same = (): boolean => {
            const want = reference.equalItems(inMemory(a), inMemory(b), [1, 1, count], size, float);
            const got = exports.equal_items!(base + a.offset, base + b.offset, 1, 1, count, ...a.strides, ...b.strides, size, float ? 1 : 0); // prettier-ignore
            expect(got === 1, `${count} [${a.strides}] [${b.strides}]`).toBe(want);
            return want;
          };
          // Finite numbers, so that bytes that agree are equal numbers.
          if (float) write(size === 4 ? 6 : 7, a, count, (k) => k - 30.5);
          for (let k = 0; k < count; k++) {
            live.copyWithin(
              b.offset + k * b.strides[2],
              a.offset + k * a.strides[2],
              a.offset + k * a.strides[2] + size,
            );
          }
          expect(same()).toBe(true);
          if (count === 0) continue;
          const k = random(count);
          const at = b.offset + k * b.strides[2] + random(size);
          live[at]! ^= 1 << random(8);
          expect(same()).toBe(false);
          live[at] = live[a.offset + k * a.strides[2] + at - b.offset - k * b.strides[2]]!;
          if (!float) continue;
          write(size === 4 ? 6 : 7, a, count, (i) => (i === k ? -0 : i));
          write(size === 4 ? 6 : 7, b, count, (i) => i === k ? 0 : i); // prettier-ignore
          expect(same()).toBe(true);
          for (const items of [a, b]) write(size === 4 ? 6 : 7, items, count, (i) => (i === k ? NaN : i));
          expect(same()).toBe(false);
        }
      }
    }
  });

  test.each([1, 2, 4] as const)("sum_%i: signed and unsigned, 0 to 67 items, every alignment and step", (size) => {
    let turn = 0;
    live.set(noise);
    for (let count = 0; count < 68; count++) {
      for (const [name, step] of sourceSteps) {
        for (const flip of [0, 2 ** (8 * size - 1)]) {
          const s = row(count, step(size), 1, turn++ % 16);
          const got = exports[`sum_${size}`]!(base + s.offset, 1, 1, count, ...s.strides, flip) as unknown as bigint;
          const want = reference.sumIntegers(inMemory(s), [1, 1, count], size, flip);
          expect(BigInt.asUintN(64, got), `${count} ${name}`).toBe(want);
        }
      }
    }
  });

  test.each([4, 8] as const)("sum of floats of %i bytes: the same bits as the reference, whatever the step", (size) => {
    const random = randomNumbers(size);
    let turn = 0;
    for (let count = 0; count < 68; count++) {
      for (const [name, step] of sourceSteps) {
        const s = row(count, step(size), 1, turn++ % 16);
        const value = [() => -0, () => random(2 ** 20) / 7 - 1e4, () => EDGES[random(EDGES.length)]!][turn % 3]!;
        write(size === 4 ? 6 : 7, s, count, value);
        for (const total of [0, -0, 0.1]) {
          const got = exports[`sum_f${size * 8}`]!(base + s.offset, 1, 1, count, ...s.strides, total);
          const want = reference.sumFloats(inMemory(s), [1, 1, count], size, total);
          expect(Object.is(got, want), `${count} ${name}: ${got}, ${want}`).toBe(true);
        }
      }
    }
  });

  test.each([1, 2, 3])("planes and boxes: any order of dimensions, signs and padding, seed %i", (seed) => {
    const random = randomNumbers(seed);
    /** A layout whose dimensions are nested in any order, in a half. */
    const layout = (n: Three, size: number, half: number): { offset: number; strides: Three } | undefined => {
      const order = [0, 1, 2].sort(() => random(2) - 0.5);
      const strides = [0, 0, 0];
      let [reach, offset] = [size, half * HALF + random(16)];
      for (const axis of order) {
        const stride = reach + [0, 0, 0, 1, 3, size][random(6)]!;
        reach = stride * Math.max(1, n[axis]!);
        const backwards = random(3) === 0;
        if (backwards) offset += stride * Math.max(0, n[axis]! - 1);
        strides[axis] = backwards ? -stride : stride;
      }
      return reach + 16 > HALF ? undefined : { offset, strides: strides as unknown as Three };
    };
    let checked = 0;
    for (let round = 0; round < 1500; round++) {
      const n = [random(9), random(20), random(20)].slice(0, 3).sort(() => random(2) - 0.5) as unknown as Three;
      const [to, from] = [random(8), random(8)];
      const t = layout(n, NUMBERS[to]!.size, 0);
      const s = layout(n, NUMBERS[from]!.size, 1);
      if (!t || !s) continue;
      checked++;
      const clamp = random(2) === 1;
      live.set(noise);
      const model = live.slice();
      const plain = { data: new DataView(model.buffer), ...t };
      reference.convertItems(plain, { ...plain, ...s }, n, to, from, clamp);
      const places = [base + t.offset, base + s.offset, ...n, ...t.strides, ...s.strides];
      exports.convert_items!(...places, to, from, clamp ? 1 : 0);
      const what = `[${n}] [${t.strides}] ← [${s.strides}] ${NUMBERS[from]!.name} → ${NUMBERS[to]!.name} ${clamp}`;
      expect(firstDifference(live, model), what).toBe(-1);

      const { size } = NUMBERS[to]!;
      const other = layout(n, size, 1);
      if (!other) continue;
      const items = [base + t.offset, base + other.offset, ...n, ...t.strides, ...other.strides];
      const same = (want: boolean, float: boolean): void => {
        const model = reference.equalItems(inMemory(t), inMemory(other), n, size, float);
        expect(model, what).toBe(want);
        expect(exports.equal_items!(...items, size, float ? 1 : 0) === 1, what).toBe(want);
      };
      if (size > 1) {
        live.set(noise);
        const after = live.slice();
        const view = { data: new DataView(after.buffer), ...t };
        reference.swapItems(view, { ...view, ...other }, n, size);
        exports.swap_items!(...items, size);
        expect(firstDifference(live, after), `swap ${what}`).toBe(-1);
        exports.swap_items!(base + t.offset, base + t.offset, ...n, ...t.strides, ...t.strides, size);
        same(true, false);
        if (n.includes(0)) continue;
        live[t.offset + t.strides.reduce((sum, stride, axis) => sum + stride * random(n[axis]!), 0)]! ^= 4;
        same(false, false);
      }
      if (to >= 6) {
        const get = exports[`sum_f${size * 8}`]!(base + t.offset, ...n, ...t.strides, 0);
        expect(Object.is(get, reference.sumFloats(inMemory(t), n, size as 4 | 8, 0)), `sum ${what}`).toBe(true);
      } else {
        const got = exports[`sum_${size}`]!(base + t.offset, ...n, ...t.strides, 0) as unknown as bigint;
        expect(BigInt.asUintN(64, got)).toBe(reference.sumIntegers(inMemory(t), n, size as 1 | 2 | 4, 0));
      }
    }
    expect(checked).toBeGreaterThan(250);
  });
});

test("long rows: sums of many runs and of vectors that would overflow 32 bits, equality to the last item", () => {
  const { memory, exports } = kernelsOn({ memory: new WebAssembly.Memory({ initial: 40 }), base: 0 }, hex);
  const bytes = new Uint8Array(memory.buffer).fill(255);
  const n = bytes.length;
  expect(exports.sum_1!(0, 1, 1, n, 0, 0, 1, 0)).toBe(BigInt(n) * 255n);
  expect(exports.sum_2!(0, 1, 1, n / 2, 0, 0, 2, 0)).toBe(BigInt(n / 2) * 65535n);
  expect(exports.sum_4!(0, 1, 1, n / 4, 0, 0, 4, 0)).toBe(BigInt(n / 4) * (2n ** 32n - 1n));
  const random = randomNumbers(8);
  const floats = new Float32Array(memory.buffer).map(() => random(2 ** 24) / 3 - 2 ** 21);
  new Float32Array(memory.buffer).set(floats);
  const data = new DataView(memory.buffer);
  for (const count of [1023, 1024, 1025, 4099, floats.length]) {
    const want = reference.sumFloats({ data, offset: 0, strides: [0, 0, 4] }, [1, 1, count], 4, 0);
    expect(exports.sum_f32!(0, 1, 1, count, 0, 0, 4, 0)).toBe(want);
    // The documented bound, against exact sums of multiples of 1/2^30 or coarser.
    const exact = Number(floats.subarray(0, count).reduce((sum, item) => sum + BigInt(item * 2 ** 30), 0n)) / 2 ** 30;
    const size = floats.subarray(0, count).reduce((sum, item) => sum + Math.abs(item), 0);
    expect(Math.abs(want - exact)).toBeLessThanOrEqual((258 + count / 1024) * 2 ** -53 * size);
  }
  const half = n / 2;
  bytes.copyWithin(half, 0, half);
  expect(exports.equal_items!(0, half, 1, 1, half / 4, 0, 0, 4, 0, 0, 4, 4, 1)).toBe(1);
  bytes[n - 1]! ^= 1;
  expect(exports.equal_items!(0, half, 1, 1, half / 4, 0, 0, 4, 0, 0, 4, 4, 1)).toBe(0);
});

test("transposed planes: equal to the last item, for every size, and not when one differs", () => {
  const { memory, exports } = kernelsOn({ memory: new WebAssembly.Memory({ initial: 2 }), base: 0 }, hex);
  const bytes = new Uint8Array(memory.buffer);
  const random = randomNumbers(6);
  const [height, width, far] = [37, 45, 65536];
  for (const [size, float] of [[1, 0], [2, 0], [4, 0], [8, 0], [4, 1], [8, 1]] as const) {
    bytes.set(randomBytes(height * width * size, size).map((byte) => byte & 0x3f));
    exports[`copy_${size}`]!(far, 0, 1, width, height, 0, height * size, size, 0, size, width * size);
    const equal = () => exports.equal_items!(0, far, 1, height, width, 0, width * size, size, 0, size, height * size, size, float);
    expect(equal()).toBe(1);
    for (let round = 0; round < 300; round++) {
      const at = random(height * width * size);
      bytes[at]! ^= 1;
      expect(equal(), `byte ${at}`).toBe(0);
      bytes[at]! ^= 1;
    }
  }
}); // prettier-ignore

test("reading stops at the last item, which may end where the memory does", () => {
  const { exports } = kernelsOn({ memory: new WebAssembly.Memory({ initial: 1 }), base: 0 }, hex);
  for (let count = 1; count < 70; count++) {
    for (let from = 0; from < 8; from++) {
      const { size } = NUMBERS[from]!;
      for (const step of [size, 2 * size, 3 * size, 4 * size]) {
        const source = 65536 - (count - 1) * step - size;
        for (let to = 0; to < 8; to++) {
          for (const clamp of [0, 1]) {
            exports.convert_items!(0, source, 1, 1, count, 0, 0, NUMBERS[to]!.size, 0, 0, step, to, from, clamp);
          }
        }
        if (size > 1) exports.swap_items!(0, source, 1, 1, count, 0, 0, size, 0, 0, step, size);
        if (from >= 6) exports[`sum_f${size * 8}`]!(source, 1, 1, count, 0, 0, step, 0);
        else exports[`sum_${size}`]!(source, 1, 1, count, 0, 0, step, 0);
        const equal = exports.equal_items!(source, source, 1, 1, count, 0, 0, step, 0, 0, step, size, 0);
        expect(equal).toBe(1);
      }
    }
  }
});
