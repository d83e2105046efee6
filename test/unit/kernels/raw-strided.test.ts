import { base64 } from "virtual:wasm/strided";
import { describe, expect, test } from "vitest";
import { firstDifference, kernelsOn, randomBytes, WORLDS } from "./support.ts";

type Three = readonly [number, number, number];

/** Strides of three dimensions that keep items apart: packed, padded, transposed, reversed. */
const STRIDES: Record<string, (n: Three, size: number) => Three> = {
  packed: ([, n1, n2], size) => [n1 * n2 * size, n2 * size, size],
  padded: ([, n1, n2], size) => [n1 * (n2 * size + 3), n2 * size + 3, size],
  "every fourth": ([, n1, n2], size) => [n1 * n2 * size * 4, n2 * size * 4, size * 4],
  "every third": ([, n1, n2], size) => [n1 * n2 * size * 3, n2 * size * 3, size * 3],
  transposed: ([, n1, n2], size) => [n1 * n2 * size, size, n1 * size],
  reversed: ([, n1, n2], size) => [n1 * n2 * size, -n2 * size, -size],
};

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
  const { memory, base, exports } = kernelsOn(makeMemory(), base64);
  const names = Object.keys(STRIDES);

  test.each([1, 2, 4, 8, 3, 16])(
    "copy and fill: items of %i bytes, every layout and alignment, no byte beyond",
    (size) => {
      const known = [1, 2, 4, 8].includes(size);
      const noise = randomBytes(2 * REGION, size);
      for (const [turn, n] of SHAPES.entries()) {
        for (const [a, targetName] of names.entries()) {
          for (const [b, sourceName] of names.entries()) {
            const align = (turn * 5 + a * 3 + b) % 16;
            const [t, s] = [STRIDES[targetName]!(n, size), STRIDES[sourceName]!(n, size)];
            const live = new Uint8Array(memory.buffer, base, 2 * REGION);
            live.set(noise);
            const model = live.slice();
            const counts = [...n, ...t] as const;
            const target = base + align + first(n, t);
            const source = base + REGION + align + first(n, s);
            if (known) exports[`copy_${size}`]!(target, source, ...counts, ...s);
            else exports.copy_n!(target, source, ...counts, ...s, size);
            const from = places(n, s, REGION + align);
            for (const at of places(n, t, align)) {
              const { value } = from.next();
              model.copyWithin(at, value as number, (value as number) + size);
            }
            const name = `${n} ${targetName} ← ${sourceName}`;
            expect(firstDifference(live, model), `copy ${name}`).toBe(-1);

            const item = randomBytes(size, turn + 1);
            const bits = new DataView(Uint8Array.from({ length: 16 }, (__, i) => item[i] ?? 0).buffer);
            if (size === 8) exports.fill_8!(target, ...counts, bits.getBigUint64(0, true));
            else if (known) exports[`fill_${size}`]!(target, ...counts, bits.getUint32(0, true));
            else {
              live.set(item, 2 * REGION - 32);
              model.set(item, 2 * REGION - 32);
              exports.fill_n!(target, ...counts, base + 2 * REGION - 32, size);
            }
            for (const at of places(n, t, align)) model.set(item, at);
            expect(firstDifference(live, model), `fill ${name}`).toBe(-1);
          }
        }
      }
    },
  );
});

test("copy_1: reads no byte beyond the last channel item, at the very end of memory", () => {
  const { memory, exports } = kernelsOn({ memory: new WebAssembly.Memory({ initial: 1 }), base: 0 }, base64);
  const bytes = new Uint8Array(memory.buffer);
  bytes.forEach((_, i) => (bytes[i] = i));
  for (let count = 1; count < 70; count++) {
    const source = 65536 - (count - 1) * 4 - 1; // the last item is the last byte
    exports.copy_1!(0, source, 1, 1, count, 0, 0, 1, 0, 0, 4);
    expect(bytes[count - 1]).toBe(255);
  }
});
