import { blocks, checks } from "virtual:readme";
import { test } from "vitest";
import { verifyBlock } from "./support/written.ts";

test.each(blocks.map((run, i) => [i + 1, run] as const))("README: block %i does what it says", (_, run) =>
  verifyBlock(run, checks),
);
