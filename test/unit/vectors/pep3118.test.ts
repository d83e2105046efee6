import { memoryview } from "linearview";
import { expect, test } from "vitest";
import { type Difference, TEXT_DIFFERENCES } from "../support/differences.ts";
import { seeded } from "../support/random.ts";
import { type Dtype, isRecord, load, readItems, sizeOf } from "../support/recorded.ts";

/** Marks the bytes of an item that are part of a value. */
function markUsed(dtype: Dtype, shape: readonly number[], at: number, mask: Uint8Array): void {
  const count = shape.reduce((a, b) => a * b, 1);
  for (let i = 0; i < count; i++, at += sizeOf(dtype)) {
    if (typeof dtype === "string") mask.fill(1, at, at + sizeOf(dtype));
    else for (const field of dtype.fields) markUsed(field.dtype, field.shape ?? [], at + field.offset, mask);
  }
}

/** An item as the vectors tell it: NumPy has no `c`, only bytes of length 1, and a list of codes is a record. */
function asRecorded(item: any, dtype: Dtype, shape: readonly number[]): any {
  if (shape.length > 0) return Array.isArray(item) ? item.map((part) => asRecorded(part, dtype, shape.slice(1))) : item;
  if (dtype === "1s" && typeof item === "string") return Uint8Array.of(item.charCodeAt(0));
  if (typeof dtype === "string") return item;
  const values = isRecord(item) || Array.isArray(item) ? Object.entries(item) : [];
  return Object.fromEntries(
    values.map(([name, value], i) => {
      const field = dtype.fields[i];
      return [Array.isArray(item) ? `f${i}` : name, field ? asRecorded(value, field.dtype, field.shape ?? []) : value];
    }),
  );
}

const SEED = 3118;
const differences = new Set<Difference>();

test.each([
  ["pep3118-ctypes", 80],
  ["pep3118-numpy", 196],
])(`%s: all of %i texts are read and written as the layouts they describe (seed ${SEED})`, async (family, count) => {
  const random = seeded(SEED);
  const { cases } = await load(family);
  expect(cases.length).toBe(count);
  for (const { id, source, format, dtype, shape = [] } of cases) {
    const size = sizeOf(dtype) * shape.reduce((a: number, b: number) => a * b, 1);
    const bytes = Uint8Array.from({ length: size }, () => random(256));
    const written = new Uint8Array(size);
    const mask = new Uint8Array(size);
    markUsed(dtype, shape, 0, mask);
    // An exporter tells the itemsize beside the text, and NumPy leaves the padding at the end to it.
    const itemsize = source === "numpy-parse" ? {} : { itemsize: size };
    const read = (from: Uint8Array): any => readItems(new DataView(from.buffer), 0, dtype, shape);
    let item: any;
    const wrong = (): string | undefined => {
      const view = memoryview(bytes, { format: format as string, shape: [1], ...itemsize });
      item = view.get(0);
      if (view.itemsize !== size) return `itemsize ${view.itemsize}, not ${size}`;
      if (!same(asRecorded(item, dtype, shape), read(bytes))) return "read wrongly";
      memoryview(written, { format: format as string, shape: [1], ...itemsize }).set(0, item);
      if (!same(read(written), read(bytes))) return "written wrongly";
      if (!written.every((byte, i) => mask[i] === 1 || byte === 0)) return "padding written";
      // The view's own text says the same by itself.
      if (!same(memoryview(bytes, { format: view.format, shape: [1] }).get(0), item)) return `${view.format} differs`;
      return undefined;
    };
    const problem = wrong();
    if (problem === undefined) continue;
    const outcome = { step: { op: "format", source, format }, view: undefined, code: undefined, result: item };
    const difference = TEXT_DIFFERENCES.find(({ applies }) => applies(outcome));
    if (!difference) expect.fail(`${id} ${format}: ${problem}`);
    differences.add(difference);
  }
});

test("every documented difference of texts occurs", () => {
  expect(TEXT_DIFFERENCES.filter((difference) => !differences.has(difference))).toEqual([]);
});

/** Items compare as text, so that NaN and −0 do too. */
const same = (a: unknown, b: unknown): boolean => textOfItem(a) === textOfItem(b);
const textOfItem = (item: unknown): string =>
  JSON.stringify(item, (_, value) => {
    if (value instanceof Uint8Array) return `bytes ${value}`;
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "number" && (value !== value || Object.is(value, -0) || Math.abs(value) === Infinity)
      ? `number ${Object.is(value, -0) ? "-0" : value}`
      : value;
  });
