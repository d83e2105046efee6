// The closing table: what was promised, what was measured, who comes closest.
import { digits } from "../harness.mjs";

const OURS = ["linearview", "linearview/strided"];
const STATES = ["fresh", "mixed"];

/** Milliseconds of one run as nanoseconds for each item. */
const perItem = (result, { items }) => (result.ms * 1e6) / items;

/** How a result of this row is told: as a ratio, or in nanoseconds where that is what was promised. */
const figure = (result, row) => (row.target.ns ? perItem(result, row) : result.ratio);
const told = (result, row) => (result ? digits(figure(result, row)) + (row.target.ns ? " ns" : "") : "–");

const find = (results, name) => results.find((result) => result.name === name);

/** The rival that comes first in a state, where one has the operation. */
function bestRival(results, row) {
  const rivals = results.slice(1).filter(({ name }) => !OURS.includes(name));
  return rivals.sort((a, b) => figure(a, row) - figure(b, row))[0];
}

/** What does not hold of what was promised for a row. */
function judge(row, measured) {
  const { target } = row;
  const failures = [];
  const check = (name, limits, title = "") => {
    for (const state of STATES) {
      const result = find(measured[state], name);
      if (!result || figure(result, row) <= limits[state]) continue;
      failures.push(`${title}${state} ${told(result, row)} > ${limits[state]}`);
    }
  };
  check("linearview", target.ns ? { fresh: target.ns, mixed: target.ns } : target);
  if (target.kernels) check("linearview/strided", { fresh: target.kernels, mixed: target.kernels }, "kernel ");
  for (const state of STATES) {
    const ours = OURS.map((name) => find(measured[state], name)).filter(Boolean);
    const best = Math.min(...ours.map((result) => figure(result, row)));
    const rival = bestRival(measured[state], row);
    if (ours.length > 0 && rival && best > figure(rival, row)) failures.push(`${state} behind ${rival.name}`);
  }
  if (!find(measured.fresh, "linearview")) failures.push("not there yet");
  else if (target.kernels && !find(measured.fresh, "linearview/strided")) failures.push("kernel not there yet");
  return failures;
}

function promise({ ns, fresh, mixed, kernels }) {
  if (ns) return `${ns} ns`;
  const inJavaScript = fresh === mixed ? `${fresh}` : `${fresh} / ${mixed}`;
  return kernels ? `${inJavaScript}, kernel ${kernels}` : inJavaScript;
}

/** Prints one line for each row; `measured` maps a row's name to `{ fresh, mixed }`. */
export function printVerdict(rows, measured) {
  const lines = Object.entries(measured).map(([name, states]) => {
    const row = rows[name];
    const failures = judge(row, states);
    const rivals = STATES.map((state) => bestRival(states[state], row));
    const names = [...new Set(rivals.map((rival) => rival?.name ?? "–"))];
    const both = (get) => STATES.map((state) => told(get(state), row)).join(" / ");
    return [
      name,
      promise(row.target),
      both((state) => find(states[state], "linearview")),
      both((state) => find(states[state], "linearview/strided")),
      `${rivals.map((rival) => told(rival, row)).join(" / ")} ${names.join(" / ")}`,
      failures.length === 0 ? "met" : `no: ${failures.join(", ")}`,
    ];
  });
  const head = ["row", "target", "linearview", "its kernels", "best rival", "verdict"];
  const widths = head.map((title, k) => Math.max(title.length, ...lines.map((line) => line[k].length)));
  const text = (line) =>
    line
      .map((cell, k) => cell.padEnd(widths[k]))
      .join("  ")
      .trimEnd();
  console.log(
    "\nratio to the hand-written loop, fresh / after eight item formats; at most the target, and ahead of every rival",
  );
  for (const line of [head, ...lines]) console.log(`  ${text(line)}`);
}
