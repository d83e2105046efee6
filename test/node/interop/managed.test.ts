import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fromManaged } from "linearview/interop";
import { expect, test } from "vitest";
import { objects } from "../../unit/interop/guests.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Waits for what a `FinalizationRegistry` may do at any time, or never. */
async function until(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 50 && !condition(); i++) {
    collectGarbage();
    await new Promise((done) => setTimeout(done, 20));
  }
  return condition();
}

test("fromManaged: a view that was dropped without release keeps its object while a slice lives, then is unpinned", async () => {
  const { exports } = objects("minimal");
  const pointer = exports.list(8) as number;
  const gone = (): boolean => {
    exports.__collect();
    return exports.collected() !== 0;
  };
  exports.watch(pointer);
  let part: { get(i: number): number } | undefined = fromManaged(exports, pointer).slice([2, 6]);
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await new Promise((done) => setTimeout(done, 20));
    expect(gone()).toBe(false);
    expect(part.get(0)).toBe(1);
  }
  part = undefined;
  expect(await until(gone)).toBe(true);
});
