import { expect, test } from "vitest";
import { seeded } from "../support/random.ts";
import { families, load } from "../support/recorded.ts";
import { type Case, newTally, runCase, type Step, STEP_FAMILIES, WORLDS } from "../support/vectors.ts";

/** Another digit at the end of a hex text. */
const flip = (hex: string): string => `${hex.slice(0, -1)}${hex.endsWith("0") ? "1" : "0"}`;

/** Another value of the same type. */
function another(value: any): any {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.length > 0 ? [...value.slice(0, -1), another(value.at(-1))] : [1];
  if (value.startsWith("b:")) return value === "b:" ? "b:00" : flip(value);
  if (value.startsWith("f:")) return value === "f:7.0" ? "f:8.0" : "f:7.0";
  if (value.startsWith("c:")) return value === "c:7.0,1.0" ? "c:7.0,2.0" : "c:7.0,1.0";
  return value.startsWith("i:") ? `i:${BigInt(value.slice(2)) + 1n}` : `${value}x`;
}

const inState = (name: string, change: (value: any) => any) => (step: Step) =>
  step.expect?.[name] !== undefined && { ...step, expect: { ...step.expect, [name]: change(step.expect[name]) } };

const NO_REASON = "no reason";

/** Ways to spoil a recorded answer; false where a step has no such part. */
const SPOILS: Record<string, (step: Step) => Step | false> = {
  memory: (step) => step.mem !== undefined && step.op !== "resize" && { ...step, mem: flip(step.mem) },
  result: (step) => "result" in step && { ...step, result: another(step.result) },
  success: (step) => step.error !== undefined && ({ ...step, error: undefined } as unknown as Step),
  failure: (step) =>
    step.error === undefined && step.op !== "state" && { ...step, error: "ValueError", why: NO_REASON },
  reason: (step) => step.error !== undefined && { ...step, why: NO_REASON },
  ...Object.fromEntries(
    ["format", "itemsize", "ndim", "nbytes", "readonly", "list", "offset", "shape"].map((name) => [
      name,
      (step: Step) => (name === "shape" && step.expect?.shape.length === 0 ? false : inState(name, another)(step)),
    ]),
  ),
  dtype: (step) => typeof step.expect?.dtype === "string" && inState("dtype", another)(step),
  contig: inState("contig", (letters) => (letters === "CFA" ? "" : "CFA")),
  C: inState("C", (hex) => (hex === "" ? "00" : flip(hex))),
  F: inState("F", flip),
};

const SEED = 26806;
/** One in so many spoilt answers is tried. */
const SAMPLE = 16;

test(`the adapter notices a recorded answer that is changed in any one part (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const world = WORLDS["aligned"]!();
  const tried = new Set<string>();
  for (const family of STEP_FAMILIES) {
    for (const one of (await load(family)).cases as Case[]) {
      const tally = newTally();
      runCase(one, world, tally);
      if (tally.different.size > 0 || tally.skipped.size > 0) continue; // there, other answers are let pass
      for (const [name, spoil] of Object.entries(SPOILS)) {
        const places = one.ops.flatMap((step, n) => (spoil(step) ? [n] : []));
        if (places.length === 0 || random(SAMPLE) > 0) continue;
        const place = places[random(places.length)]!;
        const ops = one.ops.map((step, n) => (n === place ? (spoil(step) as Step) : step));
        tried.add(name);
        const run = (): void => runCase({ ...one, ops }, world, newTally());
        expect(run, `${one.id} step ${place}, ${name}`).toThrow();
      }
    }
  }
  expect([...tried].sort()).toEqual(Object.keys(SPOILS).sort());
});

test("every family of recorded answers has a test", () => {
  const inTables = [
    "mv-slice1d", "nd-bounds", "nd-broadcast", "nd-convert", "pep3118-ctypes", "pep3118-numpy", "struct-buffer",
    "struct-float", "struct-nan", "struct-pack", "struct-size", "struct-unpack",
  ]; // prettier-ignore
  expect([...families].sort()).toEqual([...STEP_FAMILIES, ...inTables].sort());
});
