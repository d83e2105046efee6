// `npm run bench [-- PATTERN]`: every figure of the README. Each view task runs in a process of its own, fresh and after
// the library has served eight item formats, because engines forget nothing that a process has seen.
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { taskNames } from "./views.mjs";

const pattern = process.argv[2] ?? "";
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const commit = () => {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: here(".") })
      .toString()
      .trim();
  } catch {
    return "no commit";
  }
};
const run = (...args) => execFileSync(process.execPath, ["--expose-gc", ...args], { stdio: "inherit", cwd: here(".") });

console.log(
  `node ${process.version}, ${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, ${commit()}`,
);
for (const task of taskNames.filter((name) => `views ${name}`.includes(pattern))) {
  run(here("views.mjs"), task);
  run(here("views.mjs"), task, "used");
}
if ("image".includes(pattern)) run(here("image.mjs"));
if ("size".includes(pattern)) run(here("size.mjs"));
