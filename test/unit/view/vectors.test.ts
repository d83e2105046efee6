import {
  broadcastShapes,
  calcsize,
  FormatError,
  memoryview,
  MemoryViewError,
  pack,
  Struct,
  unpack,
  ValueError,
} from "linearview";
import { describe, expect, test } from "vitest";
import mvAssign from "../../fixtures/vectors/mv-assign.json";
import mvCast from "../../fixtures/vectors/mv-cast.json";
import mvEqual from "../../fixtures/vectors/mv-equal.json";
import mvIndex from "../../fixtures/vectors/mv-index.json";
import mvLifecycle from "../../fixtures/vectors/mv-lifecycle.json";
import mvSlice from "../../fixtures/vectors/mv-slice1d.json";
import mvWindow from "../../fixtures/vectors/mv-window.json";
import ndAssign from "../../fixtures/vectors/nd-assign.json";
import ndBounds from "../../fixtures/vectors/nd-bounds.json";
import ndBroadcast from "../../fixtures/vectors/nd-broadcast.json";
import ndConvert from "../../fixtures/vectors/nd-convert.json";
import ndView from "../../fixtures/vectors/nd-view.json";
import structBuffer from "../../fixtures/vectors/struct-buffer.json";
import structFloat from "../../fixtures/vectors/struct-float.json";
import structPack from "../../fixtures/vectors/struct-pack.json";
import structSize from "../../fixtures/vectors/struct-size.json";
import structUnpack from "../../fixtures/vectors/struct-unpack.json";
import { type Case, runCase, type Tally, toBytes, toHex, toValue, type World } from "../support/vectors.ts";

const keep = (): void => {};

/** The same bytes at every kind of place; memories cost nothing until they are touched. */
const WORLDS: Record<string, () => World> = {
  aligned: () => ({ memory: new WebAssembly.Memory({ initial: 1 }), address: 4096, before: keep }),
  "at an odd address": () => ({ memory: new WebAssembly.Memory({ initial: 1 }), address: 4099, before: keep }),
  "above 2 GiB": () => ({ memory: new WebAssembly.Memory({ initial: 32770 }), address: 2 ** 31 + 8, before: keep }),
  "shared": () => ({ memory: new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true }), address: 64, before: keep }), // prettier-ignore
  "grown before every step": () => ({
    memory: new WebAssembly.Memory({ initial: 1 }),
    address: 4096,
    before: (memory) => void memory.grow(0),
  }),
};

const FAMILIES = { mvIndex, mvCast, mvAssign, mvWindow, mvEqual, mvLifecycle, ndView, ndAssign };

describe.each(Object.entries(WORLDS))("recorded answers, %s", (_, makeWorld) => {
  const world = makeWorld();
  test.each(Object.entries(FAMILIES))("%s", (__, { cases }) => {
    const tally: Tally = { steps: 0, outOfScope: 0, different: 0, notInPython: 0 };
    for (const one of cases as unknown as Case[]) if (!one.tags?.includes("py-types")) runCase(one, world, tally);
    expect(tally.steps).toBeGreaterThan(50);
  });
});

const at = (row: any[], names: string[]): Record<string, any> =>
  Object.fromEntries(names.map((name, i) => [name, row[i]]));
const isFailure = (value: any): boolean => value !== null && typeof value === "object" && "error" in value;

test("recorded slices of 1-d views", () => {
  for (const { base, format, n, rows } of mvSlice.cases as any[]) {
    const view = memoryview(toBytes(base)).cast(format as string);
    expect(view.length).toBe(n);
    for (const row of rows) {
      const { start, stop, step, offset, length, stride, bytes } = at(row, mvSlice.meta.columns);
      const slice = view.slice([start, stop, step]);
      expect([slice.length, toHex(slice.toBytes())], `${format} ${n} ${start}:${stop}:${step}`).toEqual([
        length,
        bytes,
      ]);
      if (offset !== null && length > 0) expect(slice.byteOffset).toBe(offset);
      if (stride !== null && length > 1) expect(slice.strides).toEqual([stride]);
    }
  }
});

test("recorded window bounds: a window is made exactly when all of its items lie inside", () => {
  for (const [size, itemsize, byteOffset, shape, strides, valid] of ndBounds.cases[0]!.rows as any[]) {
    let made = true;
    try {
      memoryview(new Uint8Array(size), { byteOffset, shape, strides, format: `${itemsize}s` });
    } catch (error) {
      expect(error).toBeInstanceOf(MemoryViewError);
      made = false;
    }
    // An empty window touches no byte, but its offset is an address all the same.
    if (!shape.includes(0) || byteOffset <= size)
      expect(made, JSON.stringify({ size, itemsize, byteOffset, shape, strides })).toBe(valid);
  }
});

test("recorded broadcasts of shapes", () => {
  for (const [shapes, want] of ndBroadcast.cases[0]!.rows as any[]) {
    if (isFailure(want)) expect(() => broadcastShapes(...shapes)).toThrow(MemoryViewError);
    else expect(broadcastShapes(...shapes)).toEqual(want);
  }
});

test("recorded conversions, wrapping and saturating, with exactly one rounding", () => {
  for (const { id, mode, from, to, rows } of ndConvert.cases as any[]) {
    for (const [value, want] of rows) {
      const source = memoryview(new Uint8Array(16), { format: from, shape: [1] });
      const target = memoryview(new Uint8Array(16), { format: to, shape: [1] });
      source.set(0, toValue(value, from));
      target.assign(source, { mode });
      const expected = memoryview(new Uint8Array(16), { format: to, shape: [1] });
      expected.set(0, toValue(want, to));
      const label = `${id}: ${value}`;
      if (!/nan/.test(String(want))) expect(toHex(target.toBytes()), label).toBe(toHex(expected.toBytes()));
      else expect(JSON.stringify(target.get(0)), label).toBe(JSON.stringify(expected.get(0)));
    }
  }
});

test("recorded sizes of struct formats", () => {
  for (const [format, want] of structSize.cases[0]!.rows as any[]) {
    if (isFailure(want)) expect(() => calcsize(format), format).toThrow(FormatError);
    else expect(calcsize(format), format).toBe(want);
  }
});

/** The values of one row, each by the code it stands for: codes without counts only need the last letter. */
const packable = (values: any[], format: string): any[] => {
  const codes = [...format.replace(/^[@=<>!]/, "").matchAll(/(\d*)([a-zA-Z?])/g)].flatMap(([, count, code]) =>
    code === "x"
      ? []
      : code === "s" || code === "p"
        ? [code]
        : Array.from({ length: count ? Number(count) : 1 }, () => code!),
  );
  return values.map((value, i) => toValue(value, codes[i] ?? "B"));
};

/** A native float too large becomes infinite in Python; here it is refused, with its range. */
function packed(format: string, values: any[]): string {
  try {
    return toHex(pack(format, ...values));
  } catch (error) {
    return error instanceof ValueError && /magnitude/.test(error.message) ? "too large" : String(error);
  }
}

test.each([
  ["struct-pack", structPack],
  ["struct-float", structFloat],
])("recorded packing: %s", (_, { cases }) => {
  let rows = 0;
  for (const one of cases as any[]) {
    if (one.op !== "pack" || one.tags?.includes("py-types")) continue;
    for (const [format, values, want] of one.rows) {
      if (/[csp]$/.test(format) && String(values[0]).startsWith("s:")) continue; // strings are taken here
      const items = packable(values, format);
      rows++;
      if (isFailure(want)) expect(() => pack(format, ...items), `${format} ${values}`).toThrow(MemoryViewError);
      else {
        const got = packed(format, items);
        if (got !== "too large" || !/7f80|ff80|807f|80ff/.test(want)) expect(got, `${format} ${values}`).toBe(want);
      }
    }
  }
  expect(rows).toBeGreaterThan(100);
});

/** Items compare as text, so that NaN and −0 do too. */
const text = (values: unknown): string =>
  JSON.stringify(
    values,
    (_, value) =>
    typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? toHex(value) : typeof value === "number" && !Number.isFinite(value) ? String(value) : Object.is(value, -0) ? "-0" : value, // prettier-ignore
  );

test("recorded unpacking", () => {
  for (const { rows } of structUnpack.cases as any[]) {
    for (const [format, hex, want] of rows) {
      if (isFailure(want)) expect(() => unpack(format, toBytes(hex)), format).toThrow(MemoryViewError);
      else expect(text(unpack(format, toBytes(hex))), `${format} ${hex}`).toBe(text(packable(want, format)));
    }
  }
});

test("recorded structs in buffers: pack_into, unpack_from, iter_unpack", () => {
  for (const { op, rows } of structBuffer.cases as any[]) {
    for (const row of rows) {
      const [format, hex] = row;
      const bytes = toBytes(hex);
      const want = row.at(-1);
      const run = (): unknown => {
        const struct = new Struct(format);
        if (op === "pack_into") {
          struct.packInto(bytes, row[2], ...packable(row[3], format));
          return toHex(bytes);
        }
        return op === "unpack_from" ? struct.unpackFrom(bytes, row[2]) : [...struct.iterUnpack(bytes)];
      };
      if (isFailure(want)) {
        expect(run, JSON.stringify(row)).toThrow(MemoryViewError);
        expect(toHex(bytes)).toBe(hex); // a call that fails writes nothing
      } else if (op === "pack_into") expect(run()).toBe(want);
      else if (op === "unpack_from") expect(text(run())).toBe(text(packable(want, format)));
      else expect(text(run())).toBe(text(want.map((values: any[]) => packable(values, format))));
    }
  }
});

test("recorded halves: every one of 65,536 reads as Python reads it, and is written back to the same bits", () => {
  const rows = (structFloat.cases as any[]).filter(({ op }) => op === "decode-half").flatMap((one) => one.rows);
  const view = memoryview(new Uint8Array(2), { format: ">e" });
  const bits = memoryview(view, { format: ">H" });
  for (const [hex, value] of rows) {
    bits.set(0, parseInt(hex, 16));
    expect(Object.is(view.get(0), toValue(value, "e")), hex).toBe(true);
  }
  for (let half = 0; half < 65536; half++) {
    bits.set(0, half);
    const value = view.get(0);
    view.set(0, value);
    if (value === value) expect(bits.get(0)).toBe(half);
  }
});
