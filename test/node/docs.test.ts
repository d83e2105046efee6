import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PLATFORM_APIS } from "../../src/view/platform.ts";
import { DIFFERENCES } from "../unit/support/differences.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** A declaration, with the comment right above it. */
interface Documented {
  readonly name: string;
  readonly comment: string;
}

/** What a file declares: with `indent` spaces before it the members of its classes, without any its exports. */
function declarations(text: string, indent: string): Documented[] {
  const found: Documented[] = [];
  let comment = "";
  let inComment = false;
  for (const line of text.split("\n")) {
    if (line.startsWith(`${indent}/**`)) [comment, inComment] = ["", true];
    if (inComment) comment += `${line}\n`;
    if (inComment && line.includes("*/")) {
      inComment = false;
      continue;
    }
    if (inComment || !line.startsWith(indent) || line[indent.length] === " ") continue;
    const words = line.slice(indent.length);
    const name = indent
      ? /^(?:static |abstract |override |async |get |\*)*(\[?[a-zA-Z.]+\]?)(?:\(|<|: \()/.exec(words)?.[1]
      : /^export (?:abstract )?(?:class|function|const) (\w+)/.exec(words)?.[1];
    if (name && !found.some((one) => one.name === name)) found.push({ name, comment });
    if (words !== "") comment = "";
  }
  return found;
}

/** Names that an entry exports as values, by the file that declares them. */
function exportsOf(entry: string): [file: string, names: string[]][] {
  return [...read(entry).matchAll(/export (?!type)\{([^}]*)\} from "\.\/([^"]+)"/g)].map(([, names, file]) => [
    `src/${file}`,
    names!
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type ")),
  ]);
}

const hasExample = ({ comment }: Documented): boolean => comment.includes("@example");

test("docs: every public function and class has a description and an example", () => {
  const missing = exportsOf("src/index.ts").flatMap(([file, names]) => {
    const found = declarations(read(file), "");
    return names.filter((name) => !found.some((one) => one.name === name && hasExample(one)));
  });
  expect(missing).toEqual([]);
});

test.each(["src/view/memory-view.ts", "src/linear-memory.ts", "src/view/struct.ts"])(
  "docs: every public method of %s has an example",
  (file) => {
    const members = declarations(read(file), "  ").filter(
      ({ name, comment }) => !/^_|^constructor$|^\[/.test(name) && !comment.includes("@internal"),
    );
    expect(members.length).toBeGreaterThan(3);
    expect(members.filter((member) => !hasExample(member)).map(({ name }) => name)).toEqual([]);
  },
);

/** The cells of the table between two texts of the README. */
function tableBetween(start: string, end: string): string[][] {
  const text = read("README.md");
  return text
    .slice(text.indexOf(start), text.indexOf(end))
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.slice(1, -1).split(" | ").map((cell) => cell.trim())); // prettier-ignore
}

test("docs: the README's table of differences from Python is the one the recorded answers are checked by", () => {
  expect(DIFFERENCES.length).toBeLessThanOrEqual(20);
  expect(tableBetween("**Different on purpose**", "**Beyond**")).toEqual(
    DIFFERENCES.map(({ step, python, here, reason }) => [step, python, here, reason]),
  );
});

test("docs: the README's table of platform APIs is the one that `forApi` goes by", () => {
  const objects: Record<string, string> = {
    bytes: "`Uint8Array`",
    items: "typed array of the format",
    image: "`ImageData`",
  };
  expect(tableBetween("## Which platform APIs take a view", "## What is checked")).toEqual(
    PLATFORM_APIS.map((row) => {
      const [kinds, way, object, ...names] = row.split(" ");
      const handed = [..."fsg"].map((kind) => (kinds!.includes(kind) ? "itself" : "copy"));
      return [names.map((name) => `\`${name}\``).join(", "), way, objects[object!], ...handed];
    }),
  );
});
