import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { defaultsOf, OPERATIONS } from "../../demo/operations.ts";
import { colorAt, HEIGHT, WIDTH } from "../../demo/procedural.ts";
import {
  addSteps,
  blackPng,
  canvasPixels,
  clearSteps,
  drop,
  fact,
  hand,
  live,
  message,
  pattern,
  png,
  press,
  screenPixels,
  setRegion,
  step,
  stepNames,
  test,
} from "./page.ts";

declare const axe: { run(): Promise<{ violations: { id: string; nodes: unknown[] }[] }> };

const REGION = { x: 3, y: 2, width: 11, height: 7 };
const SIZE = { width: 40, height: 24 };

const ROWS = Object.values(OPERATIONS).flat();

/** Whether pixel number `i` of a picture of `SIZE` lies in `REGION`. */
function isInside(i: number): boolean {
  const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
  return x >= REGION.x && x < REGION.x + REGION.width && y >= REGION.y && y < REGION.y + REGION.height;
}

/** What a picture becomes when `change` is applied to each pixel of the region. */
function expected(pixels: Uint8Array, change: (pixel: number[], i: number) => number[]): number[] {
  const result: number[] = [];
  for (let i = 0; i < pixels.length / 4; i++) {
    const pixel = [...pixels.subarray(i * 4, i * 4 + 4)];
    result.push(...(isInside(i) ? change(pixel, i) : pixel));
  }
  return result;
}

const inverted = (pixels: Uint8Array): number[] =>
  expected(pixels, ([r, g, b, a]) => [255 - r!, 255 - g!, 255 - b!, a!]);

/** The pixels of the region of a picture of `SIZE`, packed. */
const packed = (pixels: ArrayLike<number>): Uint8Array =>
  Uint8Array.from(Array.from(pixels).filter((_, i) => isInside(Math.floor(i / 4))));

/** The largest difference of two pictures. */
const distance = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) : Infinity;

/** The first item that is not the built-in picture's. */
const firstWrong = (pixels: readonly number[]): number =>
  pixels.findIndex((value, i) => {
    const pixel = Math.floor(i / 4);
    return value !== [...colorAt(pixel % WIDTH, Math.floor(pixel / WIDTH)), 255][i % 4];
  });

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await expect(message(page)).toContainText("built-in");
});

test("first load: the picture is on screen before the kernels are there, within 45 kB of gzip; 130 kB with them", async ({
  browser,
  baseURL,
}) => {
  const page = await browser.newPage(); // a context of its own: nothing is cached
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  const total = async (): Promise<number> => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/studio-/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(baseURL!, { waitUntil: "commit" }); // what is held may hold the load event
  await expect(page.getByText("Loading the operations…")).toBeVisible();
  const pixels = await canvasPixels(page);
  expect(pixels.length).toBe(WIDTH * HEIGHT * 4);
  expect(firstWrong(pixels)).toBe(-1);
  expect(await total()).toBeGreaterThan(10_000);
  expect(await total()).toBeLessThan(45_000);
  release();
  await expect(page.locator("[data-step]")).not.toHaveCount(0);
  expect(await total()).toBeLessThan(130_000);
  await page.close();
});

test("the page begins with steps that run; without them the region is the built-in picture again", async ({ page }) => {
  await expect(page.locator("[data-step]")).not.toHaveCount(0);
  expect(firstWrong(await canvasPixels(page))).not.toBe(-1);
  await clearSteps(page);
  expect(firstWrong(await canvasPixels(page))).toBe(-1);
});

test.describe("a dropped picture", () => {
  const pixels = pattern(SIZE.width, SIZE.height);

  test.beforeEach(async ({ page }) => {
    await clearSteps(page);
    await drop(page, "pattern.png", "image/png", png(SIZE.width, SIZE.height, pixels));
    await expect(message(page)).toContainText("40 × 24 pixels");
    await setRegion(page, REGION);
  });

  test("is shown pixel by pixel, through a view of its own strides", async ({ page }) => {
    expect(await canvasPixels(page)).toEqual([...pixels]);
    expect(await fact(page, "shape")).toBe("[7, 11, 4]");
    expect(await fact(page, "strides")).toBe("[160, 4, 1] bytes");
  });

  test("invert: changes exactly the region, to 255 − v, and copies no byte", async ({ page }) => {
    await addSteps(page, ["invert"]);
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
    expect(await fact(page, "copied")).toBe("0");
    expect(await fact(page, "time")).toMatch(/^\d+\.\d\d ms$/);
  });

  test("invert one channel: a view of every fourth byte", async ({ page }) => {
    await addSteps(page, ["channel", { channel: "green" }]);
    expect(await canvasPixels(page)).toEqual(expected(pixels, ([r, g, ...rest]) => [r!, 255 - g!, ...rest]));
  });

  test("box blur: the mean of the region's own pixels, rounded once", async ({ page }) => {
    await addSteps(page, ["boxBlur", { size: 5 }]);
    const clamp = (value: number, low: number, count: number): number =>
      Math.min(Math.max(value, low), low + count - 1);
    const want = expected(pixels, (_, i) => {
      const sums = [0, 0, 0, 0];
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const x = clamp((i % SIZE.width) + dx, REGION.x, REGION.width);
          const y = clamp(Math.floor(i / SIZE.width) + dy, REGION.y, REGION.height);
          for (let c = 0; c < 4; c++) sums[c]! += pixels[(y * SIZE.width + x) * 4 + c]!;
        }
      }
      return sums.map((sum) => Math.floor(sum / 25 + 0.5));
    });
    expect(await canvasPixels(page)).toEqual(want);
  });

  test("every operation that is offered runs in place on the region, and on nothing else", async ({ page }) => {
    test.slow(); // some forty of them
    await setRegion(page, { ...REGION, width: 7 }); // square: rotate and transpose can be in place
    const names = await page.locator('select[name="operation"] option').evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value)); // prettier-ignore
    expect(names.length).toBeGreaterThan(20);
    const strange = names.filter((name) => !ROWS.some(({ id }) => id === name));
    expect(strange).toEqual([]);
    for (const name of names) {
      await addSteps(page, [name]);
      await expect(page.locator("[data-step] .failed"), name).toHaveCount(0);
      expect(await fact(page, "copied"), name).toMatch(/^0( of pixels|$)/);
      const after = await canvasPixels(page);
      const touched = after.findIndex((value, i) => value !== pixels[i] && !isInside(Math.floor(i / 4)));
      expect(touched, name).toBe(-1);
      await press(page, "clear");
    }
    expect(await canvasPixels(page)).toEqual([...pixels]);
  });

  test("the plain loops that steps are timed beside compute the same, within 1", async ({ page }) => {
    const rows = ROWS.filter(({ loop }) => loop);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const result = packed(pixels);
      row.loop!(defaultsOf(row))(result, REGION.width, REGION.height);
      await addSteps(page, [row.id]);
      expect(distance([...packed(await canvasPixels(page))], [...result]), row.id).toBeLessThanOrEqual(1);
      await press(page, "clear");
    }
  });

  test("a chain runs in its order, from the original, whenever something changes", async ({ page }) => {
    const lift = (v: number): number => Math.min(255, v + 51);
    const change = (first: (v: number) => number, second: (v: number) => number): number[] =>
      expected(pixels, ([r, g, b, a]) => [...[r!, g!, b!].map((v) => second(first(v))), a!]);
    const invert = (v: number): number => 255 - v;
    await addSteps(page, ["brightnessContrast", { brightness: 0.2, contrast: 1 }], ["invert"]);
    expect(await stepNames(page)).toEqual(["brightnessContrast", "invert"]);
    expect(distance(await canvasPixels(page), change(lift, invert))).toBeLessThanOrEqual(1);

    await step(page, 1).locator('[data-action="up"]').focus();
    await page.keyboard.press("Enter");
    expect(await stepNames(page)).toEqual(["invert", "brightnessContrast"]);
    expect(distance(await canvasPixels(page), change(invert, lift))).toBeLessThanOrEqual(1);
    await expect(step(page, 0).locator('[data-action="down"]')).toBeFocused(); // up is over

    await page.keyboard.press("Enter");
    expect(await stepNames(page)).toEqual(["brightnessContrast", "invert"]);
    await step(page, 0).locator('[name="brightness"]').fill("0");
    expect(await canvasPixels(page)).toEqual(inverted(pixels));

    await step(page, 0).locator('[data-action="remove"]').focus();
    await page.keyboard.press("Enter");
    expect(await stepNames(page)).toEqual(["invert"]);
    await expect(step(page, 0).locator('[data-action="remove"]')).toBeFocused();
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
    await page.keyboard.press("Enter");
    await expect(page.locator('select[name="operation"]')).toBeFocused();
    expect(await canvasPixels(page)).toEqual([...pixels]);
  });

  test("a region that moves takes the steps along, and leaves the original behind", async ({ page }) => {
    await addSteps(page, ["invert"]);
    await setRegion(page, { x: 20, y: 9, width: 5, height: 5 });
    await setRegion(page, REGION);
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
  });

  test("a slider and its number are one option", async ({ page }) => {
    await addSteps(page, ["threshold", { threshold: 200 }]);
    const slider = step(page, 0).locator('input[type="range"]');
    await expect(slider).toHaveValue("200");
    await slider.fill("64");
    await expect(step(page, 0).locator('[name="threshold"]')).toHaveValue("64");
    const want = expected(pixels, ([r, g, b, a]) => [...[r!, g!, b!].map((v) => (v > 64 ? 255 : 0)), a!]);
    expect(await canvasPixels(page)).toEqual(want);
  });

  test("an option that an operation refuses: says why, leaves the step out, and runs the others", async ({ page }) => {
    await addSteps(page, ["boxBlur", { size: 4 }], ["invert"]);
    await expect(message(page)).toHaveClass(/failed/);
    await expect(message(page)).toHaveText(/^Box blur is left out: size is 4; .*odd/);
    await expect(step(page, 0).locator(".failed")).toHaveText(/^Box blur is left out: size is 4; .*odd/);
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
    await step(page, 0).locator('[name="size"]').fill("");
    await expect(message(page)).toHaveText("Box blur is left out: Size is empty; type a number.");
    await step(page, 0).locator('[name="size"]').fill("1");
    await expect(page.locator(".failed")).toHaveCount(0);
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
    await addSteps(page, ["rotate", { degrees: 90 }]);
    await expect(message(page)).toHaveText(/^Rotate is left out: .*7.*11/);
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
  });

  test("the histogram counts what the region holds, after the steps", async ({ page }) => {
    await addSteps(page, ["invert"]);
    const region = packed(await canvasPixels(page));
    const channel = (c: number): number[] => [...region].filter((_, i) => i % 4 === c);
    const [red, green, blue] = [channel(0), channel(1), channel(2)] as [number[], number[], number[]];
    const read = (name: string): Promise<string> => page.locator(`[data-${name}]`).innerText();
    for (const value of [0, red[0]!, red[40]!, green[17]!, blue[3]!, 255]) {
      await page.locator('input[name="value"]').fill(String(value));
      for (const [name, bytes] of Object.entries({ red, green, blue })) {
        const count = bytes.filter((byte) => byte === value).length;
        expect(await read(`count="${name}"`), `${name} at ${value}`).toBe(String(count));
      }
    }
    const mean = (bytes: number[]): number => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
    for (const [name, bytes] of Object.entries({ red, green, blue })) {
      expect(await read(`mean="${name}"`)).toBe(mean(bytes).toFixed(1));
    }
    const luma = 0.299 * mean(red) + 0.587 * mean(green) + 0.114 * mean(blue);
    expect(Math.abs(Number(await read('mean="luma"')) - luma)).toBeLessThan(1);
  });

  test("times: each step in place, beside copies in and out, and beside a plain loop where there is one", async ({
    page,
  }) => {
    await addSteps(page, ["invert"], ["sepia"], ["swizzle"]);
    const time = (row: number, way: string) => page.locator(".times tbody tr").nth(row).locator(`[data-time="${way}"]`);
    for (const way of ["inPlace", "copied", "loop"]) {
      for (const row of [0, 1]) await expect(time(row, way)).toHaveText(/^\s*\d+\.\d+/);
    }
    for (const way of ["inPlace", "copied"]) {
      for (const row of [2, 3]) await expect(time(row, way)).toHaveText(/^\s*\d+\.\d+/);
    }
    for (const row of [2, 3]) await expect(time(row, "loop")).toHaveText("–"); // no loop, so no sum
    await expect(page.locator(".times caption")).toContainText(/median of up to [3-9] runs/);
    // Measuring leaves the region as the steps made it.
    const before = await canvasPixels(page);
    await press(page, "grow");
    expect(await canvasPixels(page)).toEqual(before);
  });

  test("fill: a method of the view, without a kernel; remove all: the original again", async ({ page }) => {
    await addSteps(page, ["fill"]);
    expect(await canvasPixels(page)).toEqual(expected(pixels, () => [31, 111, 120, 255]));
    await press(page, "clear");
    expect(await canvasPixels(page)).toEqual([...pixels]);
  });

  test("grow: the raw array is empty, the views and everything else go on", async ({ page }) => {
    const before = parseInt((await fact(page, "capacity")).replaceAll(",", ""), 10);
    expect(await fact(page, "raw-length")).toBe(`length ${pixels.length.toLocaleString("en")}`);
    await press(page, "grow");
    expect(await fact(page, "raw-length")).toBe("length 0");
    expect(await fact(page, "view-length")).toBe(`${pixels.length.toLocaleString("en")} bytes`);
    expect(parseInt((await fact(page, "capacity")).replaceAll(",", ""), 10)).toBeGreaterThan(before);
    expect(await canvasPixels(page)).toEqual([...pixels]);
    await addSteps(page, ["invert"]);
    expect(await canvasPixels(page)).toEqual(inverted(pixels));
  });

  test("a second drop while the first is decoded: the last one wins, and no block is left behind", async ({ page }) => {
    const [first, second] = [pattern(300, 200, 3), pattern(33, 21, 5)];
    const before = await live(page);
    await drop(page, "first.png", "image/png", png(300, 200, first));
    await drop(page, "second.png", "image/png", png(33, 21, second));
    await expect(message(page)).toContainText("33 × 21 pixels");
    await expect(page.locator('[data-operation="grow"]')).toBeEnabled();
    expect(await canvasPixels(page)).toEqual([...second]);
    const bytes = before.bytes + 2 * (second.length - pixels.length); // a picture and its original
    expect(await live(page)).toEqual({ ...before, bytes });
  });

  for (const { what, name, type, bytes, says } of [
    { what: "text", name: "a.txt", type: "text/plain", bytes: Buffer.from("no picture"), says: /no picture that your browser can decode/ }, // prettier-ignore
    { what: "an empty file", name: "b.png", type: "image/png", bytes: Buffer.alloc(0), says: /no picture that your browser can decode/ }, // prettier-ignore
    { what: "a picture of 0 × 0", name: "c.png", type: "image/png", bytes: png(1, 1, pattern(1, 1), { width: 0, height: 0 }), says: /no picture that your browser can decode/ }, // prettier-ignore
    { what: "a drawing of 0 × 0", name: "e.svg", type: "image/svg+xml", bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'), says: /empty: 0 × 0/ }, // prettier-ignore
    { what: "a picture of 20,000 × 20,000", name: "d.png", type: "image/png", bytes: blackPng(20_000, 20_000), says: /20,000 × 20,000 pixels; a canvas shows at most 268,435,456/ }, // prettier-ignore
  ]) {
    test(`${what} is refused in words, and the page goes on`, async ({ page }) => {
      await drop(page, name, type, bytes);
      await expect(message(page)).toHaveClass(/failed/);
      await expect(message(page)).toHaveText(says);
      expect(await canvasPixels(page)).toEqual([...pixels]);
      await addSteps(page, ["invert"]);
      expect(await canvasPixels(page)).toEqual(inverted(pixels));
    });
  }
});

test("a picture can be pasted, and chosen from a file", async ({ page }) => {
  const [first, second] = [pattern(17, 9, 2), pattern(19, 11, 4)];
  await clearSteps(page);
  await hand(page, "paste", "pasted.png", "image/png", png(17, 9, first));
  await expect(message(page)).toContainText("17 × 9 pixels");
  expect(await canvasPixels(page)).toEqual([...first]);
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "chosen.png", mimeType: "image/png", buffer: png(19, 11, second) });
  await expect(message(page)).toContainText("19 × 11 pixels");
  expect(await canvasPixels(page)).toEqual([...second]);
});

test("memory exhausted: says what was needed and what there is, and keeps the old picture", async ({ page }) => {
  await page.goto("/?limit=6");
  await clearSteps(page);
  const [before, blocks] = [await canvasPixels(page), await live(page)];
  await drop(page, "large.png", "image/png", png(1200, 1000, pattern(1200, 1000)));
  await expect(message(page)).toHaveText(
    "There is no room for this picture: it takes 10 MiB, the memory may have 6 MiB.",
  );
  expect(await canvasPixels(page)).toEqual(before);
  expect(await live(page)).toEqual(blocks);
  await press(page, "grow");
  await press(page, "grow");
  await expect(message(page)).toContainText("limit");
  await addSteps(page, ["invert"]);
  await expect(message(page)).toHaveText("Invert is step 1.");
  expect(firstWrong(await canvasPixels(page))).not.toBe(-1);
});

test("region: moves by mouse, and resizes by its corner", async ({ page }) => {
  const region = page.locator(".region");
  const box = (await region.boundingBox())!;
  const scale = WIDTH / (await page.locator("canvas.after").boundingBox())!.width;
  await page.mouse.move(box.x + 30, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + 80, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await expect(page.locator('input[name="x"]')).toHaveValue(String(Math.round(WIDTH / 4 + 50 * scale)));
  await expect(page.locator('input[name="y"]')).toHaveValue(String(Math.round(HEIGHT / 4 + 20 * scale)));
  const moved = (await region.boundingBox())!;
  await page.mouse.move(moved.x + moved.width, moved.y + moved.height);
  await page.mouse.down();
  await page.mouse.move(moved.x + moved.width - 60, moved.y + moved.height - 30, { steps: 4 });
  await page.mouse.up();
  await expect(page.locator('input[name="width"]')).toHaveValue(String(Math.round(WIDTH / 2 - 60 * scale)));
});

test("before and after: the line is moved by keyboard and by mouse, and what is on screen follows", async ({
  page,
}) => {
  await clearSteps(page);
  await expect(page.locator('input[name="before"]')).toHaveCount(0); // nothing to compare
  await addSteps(page, ["fill", { color: "white" }]);
  const slider = page.locator('input[name="before"]');
  const box = (await page.locator(".region").boundingBox())!;
  /** Shares of the region's width that show the fill, a quarter down, clear of the words and the thumb. */
  const white = async (): Promise<number> => {
    const row = await screenPixels(page, { x: box.x, y: Math.round(box.y + box.height / 4), width: box.width, height: 1 }); // prettier-ignore
    const pixels = row.length / 4;
    return Array.from({ length: pixels }, (_, i) => row.slice(4 * i, 4 * i + 3).every((v) => v === 255)).filter(Boolean).length / pixels; // prettier-ignore
  };
  await slider.fill("50");
  expect(await white()).toBeCloseTo(0.5, 1);
  await slider.focus();
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowLeft");
  await expect(slider).toHaveValue("30");
  expect(await white()).toBeCloseTo(0.7, 1);
  await page.keyboard.press("End");
  expect(await white()).toBeLessThan(0.05);
  await page.keyboard.press("Home");
  expect(await white()).toBeGreaterThan(0.95);
  await slider.fill("30");
  await page.mouse.move(box.x + 0.3 * box.width, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.8 * box.width, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  expect(await white()).toBeCloseTo(0.2, 1);
  await expect(page.locator('input[name="x"]')).toHaveValue(String(WIDTH / 4)); // the region stayed
});

test("region: moves by keyboard, stays inside the picture, and the view's address follows", async ({ page }) => {
  await setRegion(page, { x: 5, y: 6, width: 100, height: 50 });
  const address = async (): Promise<number> => parseInt(await fact(page, "address"), 16);
  const start = await address();
  await page.locator(".region").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  expect(await address()).toBe(start + 4 + 10 * WIDTH * 4);
  await page.keyboard.press("Alt+ArrowRight");
  expect(await fact(page, "shape")).toBe("[50, 101, 4]");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowLeft");
  await expect(page.locator('input[name="x"]')).toHaveValue("0");
});

test("everything can be reached and used by keyboard alone", async ({ page }) => {
  await clearSteps(page);
  await addSteps(page, ["boxBlur"]);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  const reached = new Set<string>();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      return element.dataset.operation ?? element.dataset.action ?? element.getAttribute("name") ?? element.getAttribute("type") ?? element.className;
    })); // prettier-ignore
  }
  const names = ["region", "before", "file", "x", "height", "operation", "add", "size", "border", "remove", "clear", "value", "grow"]; // prettier-ignore
  for (const name of names) expect([...reached]).toContain(name);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test(`axe: no violation (${colorScheme}, ${width} pixels wide)`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await clearSteps(page);
      await addSteps(page, ["gaussianBlur"], ["boxBlur", { size: 4 }], ["swizzle"]);
      await page.locator("summary").click();
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
      expect((await page.evaluate(() => axe.run())).violations).toEqual([]);
    });
  }
}

test("narrow: 320 pixels need no scrolling sideways", async ({ page }) => {
  await page.locator("[data-step]").first().waitFor();
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
