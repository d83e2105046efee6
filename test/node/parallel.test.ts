import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/*
 * Threads of Node load no TypeScript: what is tested is the build, in a process of its own.
 */
const dist = new URL("../../dist/", import.meta.url);

/** What a program prints, as JSON. It is given the library as `linearview`, its images as `image`. */
async function outcome(program: string, ...flags: string[]): Promise<unknown> {
  expect(existsSync(new URL("image/worker.js", dist)), "build first: npm run build").toBe(true);
  const imports = `import * as linearview from "${dist.href}index.js"; import * as image from "${dist.href}image.js";`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...flags, "--input-type=module", "-e", imports + program], { timeout: 50_000 }); // prettier-ignore
  return JSON.parse(stdout);
}

test("parallel in Node: threads do what one does, idle ones let the process end, errors keep their class", async () => {
  const program = `
    const memory = linearview.LinearMemory.create({ shared: true });
    const [source, one, many] = [1, 2, 3].map(() => memory.alloc("B", [301, 203, 4]));
    source.cast("B").assign(Uint8Array.from({ length: source.nbytes }, (_, i) => (i * i * 7919) >> 5 & 255));
    const alone = image.loadImage(memory);
    const pool = image.parallel(memory, { workers: 2, threshold: 0 });
    const same = {};
    for (const [name, options] of [["gaussianBlur", { sigma: 2.5 }], ["saturation", { amount: 2 }], ["boxBlur", { size: 9 }], ["flipY"]]) {
      alone[name](source, one, options);
      const result = await pool[name](source, many, options);
      same[name] = result === many && one.equals(many);
    }
    const refused = await pool.boxBlur(source, many, { size: 2 }).catch((error) => [error instanceof linearview.ValueError, error.code]);
    console.log(JSON.stringify({ same, refused }));`;
  expect(await outcome(program)).toEqual({
    same: { gaussianBlur: true, saturation: true, boxBlur: true, flipY: true },
    refused: [true, "ERR_VALUE"],
  });
});

test("parallel in Node: workers of one's own, and as many as the machine has threads", async () => {
  const program = `
    import { Worker } from "node:worker_threads";
    const memory = linearview.LinearMemory.create({ shared: true });
    const view = memory.alloc("B", [100, 100]).fill(9);
    const own = image.parallel(memory, { workers: [new Worker(new URL("${dist.href}image/worker.js"), { execArgv: [] })], threshold: 0 });
    await own.median(view, view);
    own.release();
    const pool = image.parallel(memory, { threshold: 0 });
    await pool.invert(view, view);
    pool.release();
    console.log(JSON.stringify(view.get(50, 50)));
    process.exit();`;
  expect(await outcome(program)).toBe(246);
});

test("plans: ten thousand runs leave less than 64 bytes each to collect", async () => {
  const program = `
    const memory = linearview.LinearMemory.create();
    const [a, b] = [memory.alloc("B", [16, 16, 4]), memory.alloc("B", [16, 16, 4])];
    const kernels = image.loadImage(memory);
    const plans = [
      kernels.plan("gaussianBlur", a, b, { sigma: 2 }),
      kernels.plan("gamma", a, b, { gamma: 2 }),
      kernels.plan("colorMatrix", b, b, { matrix: [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]] }),
    ];
    const repeat = (times) => { for (let i = 0; i < times; i++) for (const plan of plans) plan.run(); };
    repeat(20000);
    gc();
    const before = process.memoryUsage().heapUsed;
    repeat(10000);
    console.log(JSON.stringify((process.memoryUsage().heapUsed - before) / 30000));`;
  const bytes = await outcome(program, "--expose-gc");
  console.info(`a run of a plan leaves ${(bytes as number).toFixed(1)} bytes`);
  expect(bytes).toBeLessThan(64);
});
