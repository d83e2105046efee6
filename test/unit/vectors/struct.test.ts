import { calcsize, memoryview, MemoryViewError, pack, Struct, unpack } from "linearview";
import { describe, expect, test } from "vitest";
import { type Difference, STRUCT_DIFFERENCES } from "../support/differences.ts";
import { load, sameAs, sameBytes, toBytes, toHex, toValue } from "../support/recorded.ts";
import { isError, viewOf, WORLDS } from "../support/vectors.ts";

/** The code of each value that a text takes. */
function codesOf(format: string): string[] {
  const codes: string[] = [];
  let count = "";
  for (const c of format) {
    if (c >= "0" && c <= "9") count += c;
    else if (c !== " " && !"@=<>!".includes(c)) {
      const times = c === "x" ? 0 : "sp".includes(c) || count === "" ? 1 : Number(count);
      for (let i = 0; i < Math.min(times, 1000); i++) codes.push(c);
      count = "";
    }
  }
  return codes;
}

const valuesOf = (values: any[], format: string): any[] => {
  const codes = codesOf(format);
  return values.map((value, i) => toValue(value, codes[i] ?? "B"));
};

const differences = new Set<Difference>();

/** Compares one row: `run` must give what is recorded, or fail as recorded. */
function compare(op: string, row: any[], run: () => unknown, isRight: (result: any) => boolean): void {
  const recorded = row.at(-1);
  const step = { op, format: row[0], values: row.at(-2), ...(recorded?.error && recorded) };
  let result: unknown;
  let error: unknown;
  try {
    result = run();
  } catch (caught) {
    if (!(caught instanceof MemoryViewError)) throw caught;
    error = caught;
  }
  const code = (error as MemoryViewError | undefined)?.code;
  const right = recorded?.error ? isError(recorded, code) : code === undefined && isRight(result);
  if (right) return;
  const difference = STRUCT_DIFFERENCES.find(({ applies }) => applies({ step, view: undefined, code, result }));
  if (!difference) expect.fail(`${JSON.stringify(row)}: ${error ?? (result instanceof Uint8Array ? toHex(result) : String(result))}`); // prettier-ignore
  differences.add(difference);
}

/** The rows of all cases of some families that do one operation; how many is checked, so that none is lost. */
async function rowsOf(op: string, count: number, ...families: string[]): Promise<any[][]> {
  const cases = (await Promise.all(families.map(load))).flatMap((family) => family.cases);
  const rows = cases
    .filter((one) => one.op === op && !one.tags?.includes("py-types"))
    .flatMap((one) => one.rows as any[][]);
  expect(rows.length).toBe(count);
  return rows;
}

test("calcsize: 486 recorded texts have the size of wasm32, or are refused", async () => {
  for (const row of await rowsOf("calcsize", 486, "struct-size")) {
    compare("calcsize", row, () => calcsize(row[0]), (size) => size === row[1]); // prettier-ignore
  }
});

test("pack: recorded values become the recorded bytes, rounded once, or are refused", async () => {
  const rows = await rowsOf("pack", 3087, "struct-pack", "struct-float");
  for (const row of rows) {
    const [format, values, bytes] = row;
    compare("pack", row, () => pack(format, ...valuesOf(values, format)), (packed) => sameBytes(packed, toBytes(bytes))); // prettier-ignore
  }
});

describe.each(Object.entries(WORLDS))("recorded structs, %s", (_, makeWorld) => {
  test("unpack: recorded bytes are the recorded values, or refused", async () => {
    const world = makeWorld();
    for (const row of await rowsOf("unpack", 1491, "struct-unpack")) {
      const [format, bytes, values] = row;
      compare("unpack", row, () => unpack(format, viewOf(world, toBytes(bytes))), (items) => sameAs(items, values)); // prettier-ignore
    }
  });

  test("packInto, unpackFrom, iterUnpack: at recorded offsets; what fails writes nothing", async () => {
    const world = makeWorld();
    for (const row of await rowsOf("pack_into", 132, "struct-buffer")) {
      const [format, hex, offset, values, after] = row;
      const view = viewOf(world, toBytes(hex));
      const run = (): void => new Struct(format).packInto(view, offset, ...valuesOf(values, format));
      compare("pack", row, run, () => sameBytes(view.toBytes(), toBytes(after)));
      if (after.error) expect(toHex(view.toBytes())).toBe(hex);
    }
    for (const row of await rowsOf("unpack_from", 99, "struct-buffer")) {
      const [format, hex, offset, values] = row;
      const view = viewOf(world, toBytes(hex));
      compare("unpack", row, () => new Struct(format).unpackFrom(view, offset), (items) => sameAs(items, values)); // prettier-ignore
    }
    for (const row of await rowsOf("iter_unpack", 57, "struct-buffer")) {
      const [format, hex, lists] = row;
      const view = viewOf(world, toBytes(hex));
      compare("unpack", row, () => [...new Struct(format).iterUnpack(view)], (items) => sameAs(items, lists)); // prettier-ignore
    }
  });
});

/** The bits of a recorded NaN, and of the one that came. */
const bitsOf = (value: number): bigint => {
  const data = new DataView(new ArrayBuffer(8));
  data.setFloat64(0, value);
  return data.getBigUint64(0);
};

test("NaN: 71 recorded ones are read and written as NaN, and where engines keep them, bit by bit", async () => {
  for (const row of await rowsOf("unpack", 15, "struct-nan")) {
    const [format, hex, [value]] = row;
    const [item] = unpack(format, toBytes(hex));
    expect(item, hex).toBeNaN();
    compare("nan", [format, [value], []], () => item, (nan) => bitsOf(nan) === bitsOf(toValue(value, "d"))); // prettier-ignore
  }
  for (const row of await rowsOf("pack", 56, "struct-nan")) {
    const [format, values, hex] = row;
    const bytes = pack(format, toValue(values[0], "d"));
    expect(unpack(format, bytes)[0], hex).toBeNaN();
    compare("nan", [format, values, hex], () => bytes, (packed) => sameBytes(packed, toBytes(hex))); // prettier-ignore
  }
});

test("half floats: every one of 65,536 is read as CPython reads it, and written back as the same bits", async () => {
  const view = memoryview(new Uint8Array(2), { format: ">e" });
  const bits = memoryview(view, { format: ">H" });
  for (const [hex, value] of await rowsOf("decode-half", 689, "struct-float")) {
    bits.set(0, parseInt(hex, 16));
    if (!sameAs(view.get(0), value)) expect.fail(`${hex} is ${view.get(0)}, not ${value}`);
  }
  for (let half = 0; half < 65536; half++) {
    bits.set(0, half);
    const value = view.get(0);
    view.set(0, value);
    if (value === value && bits.get(0) !== half) expect.fail(`${half} is written back as ${bits.get(0)}`);
  }
});

test("every documented difference of structs occurs", () => {
  expect(STRUCT_DIFFERENCES.filter((difference) => !differences.has(difference))).toEqual([]);
});
