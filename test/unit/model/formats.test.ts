import { calcsize, memoryview, MemoryViewError, pack, record, Struct, unpack } from "linearview";
import { describe, expect, test } from "vitest";
import { type Field, fieldsItem, identical, read, shown, write } from "../support/model.ts";
import { between, cases, percent, pick, type Random, randomBytes, shuffled, times } from "../support/random.ts";
import { FIELD_NAMES, randomFormat, randomValue, writeField, writeStruct } from "../support/structures.ts";

const check = (where: string, what: string, actual: unknown, wanted: unknown): void => {
  if (!identical(actual, wanted)) throw new Error(`${where}: ${what} is ${shown(actual)}, not ${shown(wanted)}`);
};

/** The code of the library's own error, with a text of a bounded length; any other error is a failure. */
function codeOf(body: () => unknown, where: string): string | undefined {
  try {
    body();
  } catch (error) {
    const own = error instanceof MemoryViewError && error.message.length < 1000;
    if (own) return error.code;
    throw new Error(`${where.slice(0, 200)}: foreign or long error ${String(error).slice(0, 200)}`, { cause: error });
  }
  return undefined;
}

test("struct texts: size, bytes and values are those of the table, wherever they are read from", () => {
  cases(1500, (random) => {
    const { text, fields, size } = writeStruct(random);
    const where = `'${text}'`;
    check(where, "calcsize", calcsize(text), size);
    const values = fields.map(({ item }) => randomValue(random, item));
    const packed = new Uint8Array(size);
    fields.forEach(({ offset, item }, i) => write(item, packed, offset, values[i]));
    // Strings longer than their length byte tells are cut, and read as such.
    const back = fields.map(({ offset, item }) => read(item, packed, offset));
    check(where, `pack(${shown(values)})`, pack(text, ...values), packed);
    check(where, "unpack", unpack(text, packed), back);
    const struct = new Struct(text);
    const before = randomBytes(random, 8);
    const region = Uint8Array.of(...before, ...packed, ...before);
    check(where, "unpackFrom", struct.unpackFrom(region, 8), back);
    check(where, "unpackFrom from the end", struct.unpackFrom(region, -size - 8), back);
    const target = region.map((byte, i) => (i >= 8 && i < 8 + size ? ~byte : byte));
    struct.packInto(memoryview(target), 8, ...values);
    check(where, "packInto", target, region);
    if (size > 0) check(where, "iterUnpack", [...struct.iterUnpack(Uint8Array.of(...packed, ...packed))], [back, back]);
    const wrong = percent(random, 50) ? [...values, 0] : values.slice(1);
    const code =
      wrong.length === values.length ? "ERR_VALUE" : codeOf(() => struct.packInto(target, 8, ...wrong), where);
    check(where, "one value too many or too few", code, "ERR_VALUE");
    check(
      where,
      "a byte too few",
      codeOf(() => struct.unpackFrom(region.subarray(0, size + 7), 8), where),
      "ERR_BOUNDS",
    );
    check(where, "a refused packInto", target, region);
  });
});

test("texts with names, records and sub-arrays: size and items are those of PEP 3118", () => {
  cases(1500, (random) => {
    const { text, item } = randomFormat(random);
    const where = `'${text}'`;
    const bytes = randomBytes(random, item.size * 2 + 1);
    const view = memoryview(bytes, { byteOffset: 1, format: text, shape: 2 });
    check(where, "itemsize", view.itemsize, item.size);
    check(where, "items", view.toList(), [read(item, bytes, 1), read(item, bytes, 1 + item.size)]);
    const value = randomValue(random, item);
    write(item, bytes, 1 + item.size, value);
    const wanted = bytes.slice();
    view.set(1, value);
    check(where, `set(1, ${shown(value)})`, bytes, wanted);
    if (item.kind === "record" && !/[nNP]/.test(text)) check(where, "calcsize", calcsize(text), item.size);
  });
});

test("record: fields where a C compiler puts them, or packed, and a text that says the same again", () => {
  cases(700, (random) => {
    const align = pick(random, ["c", "packed"] as const);
    const names = shuffled(random, FIELD_NAMES);
    const pairs: [string, string][] = [];
    const fields: Field[] = [];
    let size = 0;
    let largest = 1;
    let natural = 1; // the alignment that the text still tells: fields with a byte order of their own have none there
    for (let left = between(random, 1, 5); left > 0; left--) {
      const { text, item } = writeField(random);
      const name = names.pop()!;
      const unit = align === "c" ? item.align : 1;
      const offset = Math.ceil(size / unit) * unit;
      pairs.push([name, text]);
      fields.push({ name, offset, item });
      size = offset + item.size;
      largest = Math.max(largest, unit);
      if (align === "c" && !"<>=!".includes(text[0]!)) natural = Math.max(natural, item.align);
    }
    size = Math.ceil(size / largest) * largest;
    const where = `${JSON.stringify(pairs)} ${align}`;
    if (size === 0) return;
    const text = record(pairs, { align });
    const item = fieldsItem("record", fields, size, largest);
    const bytes = randomBytes(random, size);
    for (const format of [text, record([["whole", text]]), record([["whole", text]], { align: "packed" })]) {
      const view = memoryview(Uint8Array.of(...bytes, ...new Uint8Array(64)), { format, shape: [] });
      const wanted = read(item, bytes, 0);
      check(`${where}: '${format}'`, "size", view.itemsize, size);
      check(`${where}: '${format}'`, "item", view.get(), format === text ? wanted : { whole: wanted });
    }
    const inside = record([["first", "b"], ["whole", text], ["last", "b"]], { align }); // prettier-ignore
    const at = natural;
    const end = Math.ceil((at + size + 1) / at) * at;
    const nested = randomBytes(random, end + 64);
    const outer = memoryview(nested, { format: inside, shape: [] });
    check(`${where}: '${inside}'`, "size", outer.itemsize, end);
    const [first, last] = [nested[0]!, nested[at + size]!].map((byte) => (byte << 24) >> 24);
    check(`${where}: '${inside}'`, "item", outer.get(), { first, whole: read(item, nested, at), last });
    if (!pairs.some(([name]) => /^\d/.test(name))) {
      const object = Object.fromEntries(pairs);
      check(where, "the same from an object", String(record(object, { align })), String(text));
    }
  });
});

describe("hostile texts", () => {
  /** The least time of a few runs: a busy machine makes one long, not all. */
  function quick(body: () => unknown, where: string): void {
    let least = Infinity;
    for (let run = 0; run < 4 && least >= 100; run++) {
      const start = performance.now();
      body();
      least = Math.min(least, performance.now() - start);
    }
    if (least >= 100) throw new Error(`${where.slice(0, 100)}: ${least} ms`);
  }

  /** Everything that reads a format text, and what it makes of it: an exact size, or a refusal. */
  function attack(text: string, where: string): void {
    let size: number | undefined;
    quick(() => codeOf(() => (size = calcsize(text)), where), where);
    if (size !== undefined && !(Number.isInteger(size) && size >= 0 && size < 2 ** 31))
      throw new Error(`${where}: ${size}`);
    quick(() => codeOf(() => new Struct(text), where), where);
    quick(() => codeOf(() => record({ field: text }), where), where);
    quick(() => codeOf(() => record([[text, "I"]]), where), where);
    quick(() => codeOf(() => memoryview(new Uint8Array(64), { format: text, shape: 0 }), where), where);
    quick(() => codeOf(() => memoryview(new Uint8Array(64)).cast(text), where), where);
    if (size === undefined || size > 4096) return;
    // A text that is taken reads as many bytes as it says, and writes what it read.
    const bytes = Uint8Array.from(times(size, (i) => (i * 37) & 63));
    codeOf(() => {
      const values = unpack(text, bytes) as unknown[];
      const again = unpack(text, pack(text, ...values));
      if (!identical(again, values)) throw new Error(`${shown(again)} of ${shown(values)}`);
    }, where);
    codeOf(() => {
      const view = memoryview(bytes.slice(), { format: text, shape: [] });
      const item = view.get();
      view.set(item as never);
      if (!identical(view.get(), item)) throw new Error(`${shown(view.get())} of ${shown(item)}`);
    }, where);
  }

  test.each([
    "999999999B", "2147483647B", "2147483648B", "99999999999999999999s", "1e3B", "٣B", "३s", "__proto__", "constructor",
    "B".repeat(1_000_000), "1B".repeat(500_000), "1s".repeat(500_000), "bB".repeat(500_000), "T{".repeat(20_000), "T{".repeat(500_000),
    "(".repeat(1_000_000), "(1)".repeat(300_000) + "B", `(${"1,".repeat(400_000)}1)B`, "T{B:a:}".repeat(100_000), "T{" + "B:a:".repeat(200_000) + "}",
    "T{" + "T{".repeat(62) + "B:a:" + "}:b:".repeat(62) + "}", "(999999,999999)B", "(0)B", "(0,0)999999999B", "999999999T{B:a:}",
    "T{999999999T{999999999B:a:}:b:}", "T{(65535)T{(65535)B:a:}:b:}", ":".repeat(100_000), "T{B:" + "n".repeat(60_000) + ":}", "0".repeat(1_000_000) + "B",
    "<".repeat(1_000_000), " ".repeat(1_000_000), "@".repeat(1_000_000) + "{", "B\0", "\0", "", "5", "x", "0s", "<", "T{}", "T{x}", "(", "()", "(,)", "(1", "(1)", "T{B", "T{B:", "T{B:a", "T{B::}", "}", "Z", "Zx", "&B", "X{}", "O",
    "T{B:*/:}", "T{B:__proto__:I:constructor:H:then:}", "T{B:a:B:a:}", "T{B:f1:B}", "T{B\0:a:}",
  ])("text %# gives an exact size or a refusal, at once", (text) => {
    attack(text, text.slice(0, 60));
  }); // prettier-ignore

  test("names that are code elsewhere are own properties; nothing is polluted", () => {
    const names = [
      "__proto__",
      "then",
      "constructor",
      "*/",
      "toString",
      "${x}",
      "a'b",
      'a"b',
      "\n",
      " ",
      "}",
      "T{",
      "𝒳",
      "x".repeat(1000),
    ];
    for (const name of names) {
      const format = record([[name, "H"], ["other", "B"]]); // prettier-ignore
      const view = memoryview(Uint8Array.of(1, 2, 3, 4), { format, shape: 1 });
      const item = view.get(0) as Record<string, unknown>;
      expect(Object.keys(item)).toEqual([name, "other"]);
      expect(item[name], name).toBe(513);
      expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
      expect(view.field(name as never).toList()).toEqual([513]);
      view.set(0, Object.fromEntries([[name, 7], ["other", 8]]) as never); // prettier-ignore
      expect(view.field(name as never).get(0)).toBe(7);
      expect(codeOf(() => record([[name, "H"], [name, "B"]]), name)).toBe("ERR_FORMAT"); // prettier-ignore
      expect(codeOf(() => view.field(`${name}?` as never), name)).toBe("ERR_FORMAT");
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  const ALPHABET = [..."bBhHiIlLqQnNPefdFDsSpxcZ?@=<>!^T{}():,0123456789 \t\0é٣&OXw_", "T{", "}:a:", "(2,3)", ":a:", "999999999", "0", "4294967296", "9007199254740993"]; // prettier-ignore

  function mutated(random: Random, text: string): string {
    const letters = [...text];
    for (let left = between(random, 1, 4); left > 0; left--) {
      const at = random(letters.length + 1);
      const kind = random(5);
      if (kind === 0) letters.splice(at, 1 + random(3));
      else if (kind === 1) letters.splice(at, 0, pick(random, ALPHABET));
      else if (kind === 2) letters.splice(at, 1, pick(random, ALPHABET));
      else if (kind === 3) letters.splice(at, 0, ...letters.slice(random(letters.length + 1)).slice(0, 6));
      else letters.splice(at, 1 + random(3), ...shuffled(random, letters.slice(at, at + 3)));
    }
    return letters.join("");
  }

  test("mutated texts: an exact size or our own error, at once", () => {
    cases(2500, (random) => {
      const text = mutated(random, percent(random, 50) ? randomFormat(random).text : writeStruct(random).text);
      attack(text, JSON.stringify(text));
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
