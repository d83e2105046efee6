import { hex } from "virtual:wasm/strided";
import { describe, expect, test } from "vitest";
import { firstDifference, kernelsOn, randomBytes, randomNumbers, WORLDS } from "./support.ts";

type Three = readonly [number, number, number];

/** Strides of three dimensions that keep items apart. */
const STRIDES: Record<string, (n: Three, size: number) => Three> = {
  packed: ([, n1, n2], size) => [n1 * n2 * size, n2 * size, size],
  padded: ([, n1, n2], size) => [n1 * (n2 * size + 3), n2 * size + 3, size],
  "every fourth": ([, n1, n2], size) => [n1 * n2 * size * 4, n2 * size * 4, size * 4],
  "every third": ([, n1, n2], size) => [n1 * n2 * size * 3, n2 * size * 3, size * 3],
  "every second": ([, n1, n2], size) => [n1 * n2 * size * 2, n2 * size * 2, size * 2],
  transposed: ([, n1, n2], size) => [n1 * n2 * size, size, n1 * size],
  "columns first": ([n0, n1], size) => [size, n0 * size, n0 * n1 * size],
  reversed: ([, n1, n2], size) => [n1 * n2 * size, -n2 * size, -size],
  "reversed columns": ([, n1, n2], size) => [n1 * n2 * size, -size, n1 * size],
};
/** Strides that a source may have, too: its items repeat. */
const REPEATING: typeof STRIDES = {
  "one item": () => [0, 0, 0],
  "one row": (_, size) => [0, 0, size],
  "one column": (_, size) => [0, size, 0],
};

const SIZES = [1, 2, 4, 8, 3, 16];
const REGION = 65536;
const SHAPES: Three[] = [
  [1, 1, 0],
  [1, 1, 1],
  [2, 3, 5],
  [1, 4, 4],
  [1, 9, 13],
  [3, 5, 17],
  [1, 1, 67],
  [1, 33, 19],
  [3, 18, 4],
  [2, 21, 3],
  [19, 2, 17],
];

/** The lowest byte of a layout lies at 0 when its first item is here. */
const first = (n: Three, strides: Three): number =>
  strides.reduce((sum, stride, axis) => sum - Math.min(0, stride) * Math.max(0, n[axis]! - 1), 0);

function* places(n: Three, strides: Three, offset: number): Generator<number> {
  const start = offset + first(n, strides);
  for (let i = 0; i < n[0]; i++) {
    for (let j = 0; j < n[1]; j++) {
      for (let k = 0; k < n[2]; k++) yield start + i * strides[0] + j * strides[1] + k * strides[2];
    }
  }
}

describe.each(Object.entries(WORLDS))("strided kernels, %s memory", (_, makeMemory) => {
  const { memory, base, exports } = kernelsOn(makeMemory(), hex);
  const noise = randomBytes(2 * REGION, 1);
  const fillItem = randomBytes(16, 2);

  /** Copies, then fills; every byte of both regions must be what moving items one by one makes of it. */
  const check = (size: number, n: Three, t: Three, s: Three, align: number, name: string): void => {
    const known = [1, 2, 4, 8].includes(size);
    const live = new Uint8Array(memory.buffer, base, 2 * REGION);
    live.set(noise);
    const model = live.slice();
    const counts = [...n, ...t];
    const target = base + align + first(n, t);
    const source = base + REGION + align + first(n, s);
    if (known) exports[`copy_${size}`]!(target, source, ...counts, ...s);
    else exports.copy_n!(target, source, ...counts, ...s, size);
    const from = places(n, s, REGION + align);
    for (const at of places(n, t, align)) {
      const { value } = from.next();
      model.copyWithin(at, value as number, (value as number) + size);
    }
    expect(firstDifference(live, model), `copy_${size} ${name}`).toBe(-1);

    const item = fillItem.subarray(0, size);
    const bits = new DataView(fillItem.buffer);
    if (size === 8) exports.fill_8!(target, ...counts, bits.getBigUint64(0, true));
    else if (known) exports[`fill_${size}`]!(target, ...counts, bits.getUint32(0, true));
    else {
      live.set(item, 2 * REGION - 32);
      model.set(item, 2 * REGION - 32);
      exports.fill_n!(target, ...counts, base + 2 * REGION - 32, size);
    }
    for (const at of places(n, t, align)) model.set(item, at);
    expect(firstDifference(live, model), `fill_${size} ${name}`).toBe(-1);
  };

  test.each(SIZES)("copy and fill: items of %i bytes, every layout and alignment, no byte beyond", (size) => {
    let turn = 0;
    for (const n of SHAPES) {
      for (const [targetName, target] of Object.entries(STRIDES)) {
        for (const [sourceName, source] of Object.entries({ ...STRIDES, ...REPEATING })) {
          check(size, n, target(n, size), source(n, size), turn++ % 16, `${n} ${targetName} ← ${sourceName}`);
        }
      }
    }
  });

  test.each([1, 2, 3])("copy and fill: any order of dimensions, sign and padding, seed %i", (seed) => {
    const random = randomNumbers(seed);
    /** Strides of dimensions that are nested in any order. */
    const strides = (n: Three, size: number): Three => {
      const order = [0, 1, 2];
      order.push(...order.splice(random(2), 1), ...order.splice(0, random(2)));
      const result = [0, 0, 0];
      let reach = size;
      for (const axis of order) {
        result[axis] = (reach + [0, 0, 0, 1, 3, size][random(6)]!) * (random(3) === 0 ? -1 : 1);
        reach = Math.abs(result[axis]!) * n[axis]!;
      }
      return result as unknown as Three;
    };
    for (let round = 0; round < 400; round++) {
      const size = SIZES[random(SIZES.length)]!;
      const lengths = [random(24), random(24), random(24), random(4)];
      const n = lengths.slice(random(2)).slice(0, 3) as unknown as Three;
      const [t, s] = [strides(n, size), strides(n, size)];
      const reach = (of: Three): number => of.reduce((sum, stride, axis) => sum + Math.abs(stride) * n[axis]!, 32);
      if (Math.max(reach(t), reach(s)) > REGION) continue;
      check(size, n, t, s, random(16), `[${n}] [${t}] ← [${s}]`);
    }
  });
});

test.each([
  [1, [1, 2, 3, 4, 5]],
  [2, [2, 4, 6]],
  [4, [4, 8, 12]],
  [8, [8, 16]],
] as const)(
  "copy: items of %i bytes, reads no byte beyond the last, which may end where the memory does",
  (size, steps) => {
    const { memory, exports } = kernelsOn({ memory: new WebAssembly.Memory({ initial: 1 }), base: 0 }, hex);
    const bytes = new Uint8Array(memory.buffer);
    bytes.forEach((_, i) => (bytes[i] = i));
    for (const step of steps) {
      for (let count = 1; count < 70; count++) {
        const source = 65536 - (count - 1) * step - size;
        exports[`copy_${size}`]!(0, source, 1, 1, count, 0, 0, size, 0, 0, step);
        expect(bytes[count * size - 1]).toBe(255);
      }
    }
  },
);
