import { blocks, checks } from "virtual:readme/node";
import { expect, test } from "vitest";
import { verifyBlock } from "../unit/support/written.ts";

test("README: there are recipes", () => expect(blocks.length).toBeGreaterThanOrEqual(5));

test.each(blocks.map((run, i) => [i + 1, run] as const))("README: recipe %i does what it says", (_, run) =>
  verifyBlock(run, checks),
);
