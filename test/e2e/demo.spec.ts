import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { colorAt, HEIGHT, WIDTH } from "../../demo/procedural.ts";
import { blackPng, canvasPixels, drop, fact, hand, message, pattern, png, press, setRegion, test } from "./page.ts";

declare const axe: { run(): Promise<{ violations: { id: string; nodes: unknown[] }[] }> };

const REGION = { x: 3, y: 2, width: 11, height: 7 };
const SIZE = { width: 40, height: 24 };

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

/** The largest difference of two pictures. */
const distance = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) : Infinity;

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await expect(message(page)).toContainText("built-in");
});

test("first paint: the built-in picture is on the canvas, pixel by pixel", async ({ page }) => {
  const pixels = await canvasPixels(page);
  expect(pixels.length).toBe(WIDTH * HEIGHT * 4);
  const wrong = pixels.findIndex((value, i) => {
    const pixel = Math.floor(i / 4);
    return value !== [...colorAt(pixel % WIDTH, Math.floor(pixel / WIDTH)), 255][i % 4];
  });
  expect(wrong).toBe(-1);
});

test.describe("a dropped picture", () => {
  const pixels = pattern(SIZE.width, SIZE.height);

  test.beforeEach(async ({ page }) => {
    await drop(page, "pattern.png", "image/png", png(SIZE.width, SIZE.height, pixels));
    await expect(message(page)).toContainText("40 × 24 pixels");
    await setRegion(page, REGION);
  });

  test("is shown pixel by pixel, and replaces the old one in memory", async ({ page }) => {
    expect(await canvasPixels(page)).toEqual([...pixels]);
    expect(await fact(page, "capacity")).toContain(`${(2 * pixels.length).toLocaleString("en")} in 2 blocks`);
    expect(await fact(page, "shape")).toBe("[7, 11, 4]");
    expect(await fact(page, "strides")).toBe("[160, 4, 1] bytes");
  });

  test("invert: changes exactly the region, to 255 − v", async ({ page }) => {
    await press(page, "invert");
    expect(await canvasPixels(page)).toEqual(expected(pixels, ([r, g, b, a]) => [255 - r!, 255 - g!, 255 - b!, a!]));
    expect(await fact(page, "copied")).toBe("0");
    expect(await fact(page, "time")).toMatch(/^Invert, \d+\.\d\d ms$/);
  });

  test("invert red only: a view of one channel", async ({ page }) => {
    await press(page, "red");
    expect(await canvasPixels(page)).toEqual(expected(pixels, ([r, ...rest]) => [255 - r!, ...rest]));
  });

  test("grayscale: BT.601 luma within 1", async ({ page }) => {
    await press(page, "grayscale");
    const want = expected(pixels, ([r, g, b, a]) => {
      const luma = Math.floor(0.299 * r! + 0.587 * g! + 0.114 * b! + 0.5);
      return [luma, luma, luma, a!];
    });
    expect(distance(await canvasPixels(page), want)).toBeLessThanOrEqual(1);
  });

  test("brightness and contrast: by the sliders' values, within 1", async ({ page }) => {
    await page.locator('input[name="contrast"]').fill("1.5");
    await page.locator('input[name="brightness"]').fill("-0.2");
    await press(page, "brightness");
    const change = (v: number): number =>
      Math.min(255, Math.max(0, Math.floor((v - 127.5) * 1.5 + 127.5 - 0.2 * 255 + 0.5)));
    const want = expected(pixels, ([r, g, b, a]) => [change(r!), change(g!), change(b!), a!]);
    expect(distance(await canvasPixels(page), want)).toBeLessThanOrEqual(1);
  });

  test("box blur: the mean of the region's own pixels, rounded once", async ({ page }) => {
    await page.locator('input[name="size"]').fill("5");
    await press(page, "blur");
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

  test("fill and restore: one pixel everywhere, and back", async ({ page }) => {
    await press(page, "fill");
    expect(await canvasPixels(page)).toEqual(expected(pixels, () => [31, 111, 120, 255]));
    await press(page, "restore");
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
    await press(page, "invert");
    expect(await canvasPixels(page)).toEqual(expected(pixels, ([r, g, b, a]) => [255 - r!, 255 - g!, 255 - b!, a!]));
  });

  test("a second drop while the first is decoded: the last one wins, and no block is left behind", async ({ page }) => {
    const [first, second] = [pattern(300, 200, 3), pattern(33, 21, 5)];
    await drop(page, "first.png", "image/png", png(300, 200, first));
    await drop(page, "second.png", "image/png", png(33, 21, second));
    await expect(message(page)).toContainText("33 × 21 pixels");
    await expect(page.locator('[data-operation="invert"]')).toBeEnabled();
    expect(await canvasPixels(page)).toEqual([...second]);
    expect(await fact(page, "capacity")).toContain(`${(2 * second.length).toLocaleString("en")} in 2 blocks`);
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
      await press(page, "invert");
      expect(await canvasPixels(page)).toEqual(expected(pixels, ([r, g, b, a]) => [255 - r!, 255 - g!, 255 - b!, a!]));
    });
  }
});

test("a picture can be pasted, and chosen from a file", async ({ page }) => {
  const [first, second] = [pattern(17, 9, 2), pattern(19, 11, 4)];
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
  const before = await canvasPixels(page);
  await drop(page, "large.png", "image/png", png(1200, 1000, pattern(1200, 1000)));
  await expect(message(page)).toHaveText(
    "There is no room for this picture: it takes 10 MiB, the memory may have 6 MiB.",
  );
  expect(await canvasPixels(page)).toEqual(before);
  expect(await fact(page, "capacity")).toContain("in 2 blocks");
  await press(page, "grow");
  await press(page, "grow");
  await expect(message(page)).toContainText("limit");
  await press(page, "invert");
  await expect(message(page)).toContainText("Invert: done in place.");
});

test("region: moves by mouse, and resizes by its corner", async ({ page }) => {
  const region = page.locator(".region");
  const box = (await region.boundingBox())!;
  const scale = WIDTH / (await page.locator("canvas").boundingBox())!.width;
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
  const reached = new Set<string>();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      return element.dataset.operation ?? element.getAttribute("name") ?? element.getAttribute("type") ?? element.className;
    })); // prettier-ignore
  }
  for (const name of ["region", "file", "x", "height", "invert", "size", "grow"]) expect([...reached]).toContain(name);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe: no violation (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.locator("summary").click();
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
    expect((await page.evaluate(() => axe.run())).violations).toEqual([]);
  });
}

test("narrow: 320 pixels need no scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test("load: the page and all it needs stay within 45 kB of gzip", async ({ browser, baseURL }) => {
  const page = await browser.newPage(); // a context of its own: nothing is cached
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    const size = response.body().then((body) => gzipSync(body).length);
    sizes.push(size);
  });
  await page.goto(baseURL!);
  await expect(message(page)).toContainText("built-in");
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(45_000);
});
