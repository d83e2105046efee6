// One row in this process: `node --expose-gc views.mjs ROW [mixed] [quick] [only=linearview,ndarray]` prints what was measured as JSON. With
// `mixed`, every library first serves eight item formats, as it does in a program that has been running for a while.
import { readdirSync } from "node:fs";
import { agrees, race } from "./harness.mjs";
import { bytes } from "./views/data.mjs";
import { ROWS } from "./views/rows.mjs";

const [rowName, ...words] = process.argv.slice(2);
const row = ROWS[rowName];
const mixed = words.includes("mixed");
const [rounds, warmMs] = words.includes("quick") ? [7, 60] : [21, 250];

/** The loop all others are measured against, the library, its rivals in any order. */
const OURS = ["loop.mjs", "linearview.mjs", "linearview-strided.mjs"];
const folder = new URL("./views/contenders/", import.meta.url);
const only = words
  .find((word) => word.startsWith("only="))
  ?.slice(5)
  .split(",");
const files = [...new Set([...OURS, ...readdirSync(folder).sort()])].filter(
  (file, k) => k === 0 || !only || only.includes(file.replace(".mjs", "")),
);

const firstLine = (error) => String(error.message ?? error).split(/\n| imported from /)[0];
const notes = [];

/** What a run leaves behind: its result, and the bytes of the row's output where there are any. */
function outcome(run) {
  if (!row.output) return { result: run() };
  const region = bytes(row.region ?? "target", row.output);
  region.fill(0);
  const result = run();
  return { result, output: Buffer.from(run.output?.() ?? region.slice()) };
}

/** A contender, or a line that says why it is left out. Ours must work. */
async function enter(file, expected) {
  const { name, load, serve, rows, tolerance } = await import(new URL(file, folder));
  const setUp = rows[rowName];
  if (!setUp) return undefined;
  try {
    const library = await load?.();
    if (mixed) serve?.(library);
    const run = await setUp(library);
    if (!run) {
      notes.push(`${name}: not there yet`);
      return undefined;
    }
    const { result, output } = outcome(run);
    if (expected && !agrees(result, expected.result, tolerance)) {
      throw new Error(`computed ${result}, the loop ${expected.result}`);
    }
    if (expected?.output && !expected.output.equals(output)) throw new Error("left other bytes than the loop");
    return { name, run, tolerance, result, output };
  } catch (error) {
    if (OURS.includes(file)) throw new Error(`${name}, ${rowName}: ${firstLine(error)}`, { cause: error });
    notes.push(`${name}: left out (${firstLine(error)})`);
    return undefined;
  }
}

const contenders = [];
for (const file of files) {
  // What stands at the addresses of the outputs is the same for all, whoever ran before.
  const contender = await enter(file, contenders[0]);
  if (contender) contenders.push(contender);
}
const results = race(contenders, rounds, warmMs);
console.log(JSON.stringify({ results, notes }));
