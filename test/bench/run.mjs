// `npm run bench [-- ROOM [NAMES…] [--quick] [--modules]]`: every figure of the README. Each row of the views runs in a
// process of its own, fresh and after the library and its rivals have served eight item formats, because engines forget
// nothing that a process has seen.
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { report } from "./harness.mjs";
import { ROWS } from "./views/rows.mjs";
import { printVerdict } from "./views/verdict.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = (args, options) =>
  execFileSync(process.execPath, ["--expose-gc", ...args], { cwd: here("."), ...options });
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const flags = process.argv.slice(2).filter((word) => word.startsWith("--"));

function commit() {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: here("."), encoding: "utf8" }).trim();
  } catch {
    return "no commit";
  }
}

/** Rows by their names, or by how these begin. */
function chosen(names) {
  const rows = Object.keys(ROWS);
  return names.length === 0 ? rows : rows.filter((row) => names.some((name) => row.startsWith(name)));
}

function views(names) {
  const quick = flags.includes("--quick") ? ["quick"] : [];
  const measured = {};
  const said = new Set();
  const rows = chosen(names);
  if (rows.length === 0) throw new Error(`no row begins with ${names.join(" or ")}: ${Object.keys(ROWS).join(" ")}`);
  for (const name of rows) {
    measured[name] = {};
    for (const state of ["fresh", "mixed"]) {
      const answer = node([here("views.mjs"), name, state, ...quick], { encoding: "utf8", maxBuffer: 1 << 24 });
      const { results, notes } = JSON.parse(answer.slice(answer.lastIndexOf("\n{") + 1));
      measured[name][state] = results;
      report(`${name}: ${ROWS[name].title}${state === "mixed" ? ", after eight formats" : ""}`, ROWS[name], results);
      for (const note of notes.filter((text) => !said.has(text))) {
        console.log(`  ${note}`);
        said.add(note);
      }
    }
  }
  printVerdict(ROWS, measured);
}

const ROOMS = {
  views,
  image: () => node([here("image.mjs")], { stdio: "inherit" }),
  interop: (names) => node([here("interop.mjs"), ...names], { stdio: "inherit" }),
  size: () => node([here("size.mjs"), ...flags], { stdio: "inherit" }),
};

const [room, ...names] = words;
const rooms = room === undefined ? Object.keys(ROOMS) : [room];
if (!ROOMS[rooms[0]]) throw new Error(`no '${room}' here: ${Object.keys(ROOMS).join(", ")}`);

const load = loadavg()[0].toFixed(1);
console.log(`node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores, load ${load}, ${commit()}`);
for (const name of rooms) ROOMS[name](names);
