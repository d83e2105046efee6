import { hex } from "virtual:wasm/kernels";
import { LinearMemory, type MemoryView } from "linearview";
import { loadImage, parallel } from "linearview/image";
import { afterAll, describe, expect, test } from "vitest";
import { decodeHex } from "../../src/kernels/wasm/instantiate.ts";
import { setLimits } from "../../src/kernels/wasm/limits.ts";
import { casesOf, castFor, difference, namesOf, plainOf } from "../unit/kernels/every-operation.ts";
import { failure } from "../unit/support/failure.ts";
import { seeded } from "../unit/support/random.ts";

const memory = LinearMemory.create({ shared: true });
const image = loadImage(memory);
const pool = parallel(memory, { workers: 3 });
/** Cuts even the smallest pictures. */
const eager = parallel(memory, { workers: 3, threshold: 0 });
type Run = (...args: unknown[]) => unknown;
const run = (on: object, name: string, args: readonly unknown[]): unknown =>
  (on as Record<string, Run>)[name]!(...args);

/** The error that a promise is rejected with, which is one of ours. */
async function rejection(promise: Promise<unknown>, code: string, ...parts: (string | number)[]): Promise<Error> {
  const error = await promise.then(
    () => new Error("it was not rejected"),
    (reason: Error) => reason,
  );
  return failure(() => {
    throw error;
  }, code, ...parts); // prettier-ignore
}

afterAll(() => {
  pool.release();
  eager.release();
  image.release();
});

test("the same names as loadImage", () => {
  expect(namesOf(pool).sort()).toEqual(namesOf(image).sort());
});

const SIZES: readonly [number, number][] = [[61, 19], [127, 7], [5, 33]]; // prettier-ignore

describe("one thread and three: the same bytes and results", () => {
  test.each(namesOf(image))("%s", async (name) => {
    for (const [i, one] of casesOf(name).entries()) {
      const cut = (["crop", "reversed", "packed"] as const)[i % 3]!;
      const size = SIZES[Math.floor(i / 3) % 3]!;
      const [a, b] = [castFor(memory, one, size, cut), castFor(memory, one, size, cut)];
      for (const cast of [a, b]) cast.fill(seeded(i + 1));
      const want = run(image, name, b.args);
      const got = await run(eager, name, a.args);
      expect(plainOf(got, a.args), one.text).toEqual(plainOf(want, b.args));
      expect(difference(a.bytes(), b.bytes()), `${one.text}, ${cut}, ${size}`).toBeUndefined();
      for (const result of [want, got]) (result as { palette?: MemoryView } | undefined)?.palette?.release();
      for (const cast of [a, b]) cast.free();
    }
  });

  test.each([
    ["invert", undefined],
    ["gaussianBlur", { sigma: 2 }],
    ["boxBlur", { size: 7 }],
  ] as const)("%s in place", async (name, options) => {
    const [a, b] = [memory.alloc("B", [60, 50, 4]), memory.alloc("B", [60, 50, 4])];
    const random = seeded(3);
    a.cast("B").assign(Uint8Array.from({ length: a.nbytes }, () => random(256)));
    b.assign(a);
    run(image, name, [b, b, options]);
    expect(await run(eager, name, [a, a, options])).toBe(a);
    expect(difference([a.toBytes()], [b.toBytes()])).toBeUndefined();
    for (const view of [a, b]) view.release();
  });
});

describe("tasks", () => {
  const picture = (): MemoryView => memory.alloc("B", [1000, 1000, 4]).assign([1, 2, 3, 4]);

  test("small work is done before the call returns, large work elsewhere", async () => {
    const [small, large] = [memory.alloc("B", [8, 8]), memory.alloc("B", [2000, 2000, 4])];
    const soon = pool.invert(small, small);
    expect(small.get(0, 0)).toBe(255);
    await soon;
    const later = pool.gamma(large, large, { gamma: 1, channels: "all" });
    expect(() => large.release()).toThrow("hold");
    await later;
    for (const view of [small, large]) view.release();
  });

  test("onProgress hears growing shares, up to 1", async () => {
    const [source, target] = [picture(), picture()];
    const shares: number[] = [];
    const onProgress = (share: number): void => void shares.push(share);
    await pool.bilateral(source, target, { sigmaSpace: 1, sigmaColor: 1, onProgress });
    expect(shares.length).toBeGreaterThanOrEqual(3);
    expect(shares.at(-1)).toBe(1);
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    await pool.invert(source.slice([0, 2]), target.slice([0, 2]), { onProgress });
    expect(shares.at(-1)).toBe(1);
    await pool.stats(source, { onProgress });
    for (const view of [source, target]) view.release();
  });

  test("signal: ends between bands with its reason, lets the views go, and the workers go on", async () => {
    const [source, target] = [picture(), picture()];
    const control = new AbortController();
    const reason = new Error("enough");
    let bands = 0;
    const onProgress = (): void => {
      bands++;
      control.abort(reason);
    };
    const options = { sigmaSpace: 1, sigmaColor: 1, signal: control.signal, onProgress };
    await expect(pool.bilateral(source, target, options)).rejects.toBe(reason);
    expect(bands).toBeLessThanOrEqual(3);
    await expect(pool.bilateral(source, target, options)).rejects.toBe(reason);
    await pool.median(source, target);
    expect(target.get(500, 500, 2)).toBe(3);
    for (const view of [source, target]) view.release();
  });

  test("several at once: each gets its own result", async () => {
    const [source, ...targets] = [picture(), picture(), picture(), picture()];
    await Promise.all(targets.map((target, i) => pool.gamma(source, target, { gamma: i + 1, channels: "all" })));
    targets.forEach((target, i) => expect(target.get(7, 7, 3)).toBe(Math.round(255 * (4 / 255) ** (i + 1))));
    for (const view of [source, ...targets]) view.release();
  });

  test("a table of another memory goes along", async () => {
    const [source, target] = [picture(), picture()];
    const table = LinearMemory.create().alloc("B", 256).fill(9);
    await pool.lut(source, target, { table, channels: "all" });
    expect(target.get(999, 999, 3)).toBe(9);
    for (const view of [source, target]) view.release();
  });

  test("scratch is lent to workers, and given back with them", async () => {
    const own = LinearMemory.create({ shared: true });
    const [a, b] = [own.alloc("B", [700, 3000, 4]), own.alloc("B", [700, 3000, 4])];
    const before = own.stats().liveBlocks;
    const other = parallel(own, { workers: 2 });
    await other.gaussianBlur(a, b, { sigma: 5 });
    expect(own.stats().liveBlocks).toBe(before + 2);
    const { liveBytes } = own.stats();
    await other.gaussianBlur(a, b, { sigma: 5 });
    expect(own.stats().liveBytes).toBe(liveBytes);
    other.release();
    expect(own.stats().liveBlocks).toBe(before);
    await rejection(other.invert(a, b), "ERR_RELEASED", "parallel");
  });
});

describe("refusals", () => {
  test("what the operation refuses rejects the promise, with nothing written", async () => {
    const view = memory.alloc("B", [900, 900, 4]).fill(7);
    await rejection(pool.boxBlur(view, view, { size: 4 }), "ERR_VALUE", "odd");
    await rejection(pool.gaussianBlur(view, view.slice([0, 9]), { sigma: 3 }), "ERR_LAYOUT");
    await rejection(pool.invert(view, view.toReadonly()), "ERR_READONLY");
    await rejection(run(pool, "invert", []) as Promise<unknown>, "ERR_VALUE");
    await rejection(run(pool, "correlate", [view, view]) as Promise<unknown>, "ERR_VALUE");
    await rejection(pool.invert(view, view, { signal: 3 as never }), "ERR_VALUE", "AbortSignal");
    await rejection(pool.invert(view, view, { onProgress: 3 as never }), "ERR_VALUE", "function");
    await rejection(pool.invert(view, LinearMemory.create({ shared: true }).alloc("B", [900, 900, 4])), "ERR_VALUE", "another memory"); // prettier-ignore
    expect(view.toBytes().every((byte) => byte === 7)).toBe(true);
    view.release();
  });

  test("no room for scratch, on either side: our error", async () => {
    const tight = LinearMemory.create({ shared: true, initial: 20 * 65536, maximum: 20 * 65536 });
    const view = tight.alloc("B", [500, 600, 4]);
    const other = parallel(tight, { workers: 1 });
    await rejection(other.gaussianBlur(view, view, { sigma: 9 }), "ERR_ALLOCATION");
    other.release();
  });

  test("unshared memory, and numbers of workers that are none", () => {
    failure(() => parallel(LinearMemory.create()), "ERR_UNSUPPORTED", "shared: true");
    for (const workers of [0, -1, 1.5, 65, [], [3], "2"]) failure(() => parallel(memory, { workers: workers as never }), "ERR_VALUE", "workers"); // prettier-ignore
    failure(() => parallel(memory, { threads: 2 } as never), "ERR_VALUE", "workers");
  });

  test("a worker that does not load rejects what was asked of it, and what is asked later", async () => {
    const broken = new Worker("data:text/javascript,throw new Error('broken')", { type: "module" });
    const other = parallel(memory, { workers: [broken] });
    const view = memory.alloc("B", [2000, 1000, 4]);
    await rejection(other.gamma(view, view, { gamma: 2 }), "ERR_UNSUPPORTED", "worker");
    await rejection(other.invert(view, view), "ERR_UNSUPPORTED", "worker");
    view.release();
  });
});

test("workers of one's own, which import linearview/image/worker, go on after the pool", async () => {
  const worker = new Worker(new URL("./parallel.worker.ts", import.meta.url), { type: "module" });
  const view = memory.alloc("B", [1500, 1500, 4]).fill(1);
  for (let i = 0; i < 2; i++) {
    const other = parallel(memory, { workers: [worker] });
    await other.gamma(view, view, { gamma: 0.5, channels: "all" });
    other.release();
  }
  expect(view.get(3, 3, 3)).toBe(Math.round(255 * (16 / 255) ** 0.5));
  const answer = new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data)));
  worker.postMessage("still there");
  expect(await answer).toBe("still there");
  worker.terminate();
  view.release();
});

test("{ module }: kernels compiled elsewhere go to the workers too", async () => {
  const module = new WebAssembly.Module(setLimits(decodeHex(hex), "shared"));
  const other = parallel(memory, { workers: 1, threshold: 0, module });
  const view = memory.alloc("B", [9, 9]).fill(1);
  await other.invert(view, view);
  expect(await other.psnr(view, view)).toBe(Infinity);
  expect(view.get(8, 8)).toBe(254);
  other.release();
  view.release();
});
