import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));

/** Which rooms a room may import, itself and `errors` aside. Files at the top of `src/` are the public entries. */
const ARROWS: Record<string, readonly string[]> = {
  errors: [],
  options: [],
  format: ["options"],
  layout: [],
  memory: ["options"],
  "kernels/wasm": ["memory"],
  alloc: ["memory", "kernels/wasm", "options"],
  view: ["format", "layout", "memory", "options"],
  devtools: ["view"],
  adapt: ["alloc", "memory", "options", "view"],
  "linear-memory": ["adapt", "alloc", "format", "kernels/wasm", "layout", "memory", "options", "view"],
  interop: ["adapt", "alloc", "format", "kernels/wasm", "layout", "linear-memory", "memory", "options", "view"],
  "kernels/reference": [],
  kernels: ["alloc", "format", "kernels/wasm", "layout", "linear-memory", "memory", "options", "view"],
};

/** What text may appear in one room only. */
const OWNERS = [
  {
    what: "reads memory.buffer",
    text: /\bmemory\.buffer\b/,
    rooms: ["memory", "alloc", "kernels/wasm", "linear-memory"],
  },
  { what: "instantiates WebAssembly", text: /new WebAssembly\.(Instance|Module)\b/, rooms: ["kernels/wasm"] },
  { what: "generates code", text: /\beval\(|new Function\b/, rooms: [] },
];

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".d.ts"),
);

/** `view/native.ts` is of the room `view`, `errors.ts` of `errors`, `kernels/wasm/heap.ts` of `kernels/wasm`. */
function roomOf(file: string): string {
  const folder = dirname(file).replaceAll("\\", "/");
  return folder === "." ? file.replace(/\.ts$/, "") : folder;
}

const codeOf = (file: string): string => readFileSync(join(src, file), "utf8");
const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");

/** The rooms that a file imports. */
function importsOf(file: string): string[] {
  const specifiers = [...codeOf(file).matchAll(/\bfrom "(\.[^"]*)"/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => roomOf(relative(src, resolve(src, dirname(file), specifier))));
}

test("rooms: every import follows an arrow", () => {
  const crossed = files.flatMap((file) => {
    const room = roomOf(file);
    const allowed = ARROWS[room];
    if (!allowed) return []; // an entry: re-exports only, see below
    return importsOf(file)
      .filter((target) => target !== room && target !== "errors" && !allowed.includes(target))
      .map((target) => `${file} imports ${target}`);
  });
  expect(crossed).toEqual([]);
});

test("rooms: an entry only re-exports", () => {
  const entries = files.filter((file) => !(roomOf(file) in ARROWS));
  expect(entries.length).toBeGreaterThan(3);
  for (const file of entries) {
    const statements = withoutComments(codeOf(file)).replace(
      /export (type )?(\{[^}]*\}|\*( as \w+)?) from "[^"]*";/g,
      "",
    );
    expect(statements.trim(), file).toBe("");
  }
});

test.each(OWNERS)("rooms: nobody $what but $rooms", ({ text, rooms }) => {
  const found = files.filter((file) => text.test(withoutComments(codeOf(file))) && !rooms.includes(roomOf(file)));
  expect(found).toEqual([]);
});

test("rooms: format and layout know nothing of each other, nor of bytes", () => {
  expect(files.filter((file) => roomOf(file) === "layout" && /\b(DataView|ArrayBuffer|Uint8Array)\b/.test(withoutComments(codeOf(file))))).toEqual([]); // prettier-ignore
});
