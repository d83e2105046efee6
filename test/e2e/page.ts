import { deflateSync } from "node:zlib";
import { expect, type Page, test as base } from "@playwright/test";

/** A page that fails its test on any console error, any page error, and any request to another origin. */
export const test = base.extend({
  page: async ({ page, baseURL }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(baseURL!)) complaints.push(`request to ${url}`);
    });
    await use(page);
    expect(complaints).toEqual([]);
  },
});

/** The pixels on the canvas, RGBA; as text on the way, because millions of numbers take their time. */
export async function canvasPixels(page: Page): Promise<number[]> {
  const base64 = await page.evaluate(async () => {
    const canvas = document.querySelector("canvas")!;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const reader = new FileReader();
    await new Promise((resolve) => {
      reader.onload = resolve;
      reader.readAsDataURL(new Blob([data]));
    });
    return (reader.result as string).split(",")[1]!;
  });
  return [...Buffer.from(base64, "base64")];
}

/** One value of the memory panel. */
export const fact = (page: Page, name: string): Promise<string> => page.locator(`[data-fact="${name}"]`).innerText();

/** What is allocated in the page's memory. */
export async function live(page: Page): Promise<{ bytes: number; blocks: number }> {
  const [, bytes, blocks] = (await fact(page, "capacity")).replaceAll(",", "").match(/bytes (\d+) in (\d+) blocks/)!;
  return { bytes: Number(bytes), blocks: Number(blocks) };
}

export const press = (page: Page, operation: string): Promise<void> =>
  page.locator(`[data-operation="${operation}"]`).click();

export const message = (page: Page) => page.getByRole("status");

/** Steps as the page lists them: their names in order. */
export const stepNames = (page: Page): Promise<string[]> =>
  page.locator("[data-step]").evaluateAll((steps) => steps.map((step) => (step as HTMLElement).dataset.name!));

/** A step of the list, by its place. */
export const step = (page: Page, index: number) => page.locator("[data-step]").nth(index);

/** Waits for the kernels, and takes the steps away that the page begins with. */
export async function clearSteps(page: Page): Promise<void> {
  await page.locator('[data-operation="add"]').waitFor();
  if ((await stepNames(page)).length > 0) await press(page, "clear");
}

/** Adds steps, each with the options that are given. */
export async function addSteps(
  page: Page,
  ...steps: [name: string, options?: Record<string, number | string>][]
): Promise<void> {
  for (const [name, options] of steps) {
    await page.locator('select[name="operation"]').selectOption(name);
    await press(page, "add");
    const fields = page.locator("[data-step]").last();
    for (const [option, value] of Object.entries(options ?? {})) {
      const field = fields.locator(`[name="${option}"]`);
      const isChoice = await field.evaluate((element) => element instanceof HTMLSelectElement);
      if (isChoice) await field.selectOption(String(value));
      else await field.fill(String(value));
    }
  }
}

/** The pixels of what is on screen within a box, RGBA. */
export async function screenPixels(page: Page, clip: { x: number; y: number; width: number; height: number }) {
  const image = (await page.screenshot({ clip })).toString("base64");
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
  }, image);
}

/** Sets the region through its four inputs. */
export async function setRegion(
  page: Page,
  region: { x: number; y: number; width: number; height: number },
): Promise<void> {
  // Size first where the old one would not let the place be.
  for (const name of ["width", "height", "x", "y", "width", "height"] as const) {
    await page.locator(`input[name="${name}"]`).fill(String(region[name]));
    await page.locator(`input[name="${name}"]`).press("Tab");
  }
}

/** A PNG of 8-bit RGBA pixels. */
export function png(width: number, height: number, pixels: Uint8Array, declared = { width, height }): Buffer {
  const rows = Buffer.alloc(height * (width * 4 + 1));
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1);
  return pngFile(declared.width, declared.height, [8, 6], rows);
}

/** A black PNG of any size: one bit a pixel, so that it stays small. */
export const blackPng = (width: number, height: number): Buffer =>
  pngFile(width, height, [1, 0], Buffer.alloc(height * (Math.ceil(width / 8) + 1)));

/** A PNG of rows that each begin with a filter byte. Source: PNG specification, third edition, sections 5 and 11. */
function pngFile(width: number, height: number, [depth, color]: [number, number], rows: Buffer): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(checksum(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, color, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** CRC-32 as PNG wants it. */
function checksum(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Pixels that differ everywhere, opaque. */
export function pattern(width: number, height: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 37 + (i >> 5) * seed * 11) & 255,
  );
}

/** Hands a file to the page, as a person would from another window or from the clipboard. */
export async function hand(
  page: Page,
  way: "drop" | "paste",
  name: string,
  type: string,
  bytes: Buffer,
): Promise<void> {
  await page.evaluate(
    ({ way, name, type, base64 }) => {
      const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([data], name, { type }));
      const options = { bubbles: true, cancelable: true };
      const event =
        way === "drop"
          ? new DragEvent("drop", { dataTransfer: transfer, ...options })
          : new ClipboardEvent("paste", { clipboardData: transfer, ...options });
      document.body.dispatchEvent(event);
    },
    { way, name, type, base64: bytes.toString("base64") },
  );
}

export const drop = (page: Page, name: string, type: string, bytes: Buffer): Promise<void> =>
  hand(page, "drop", name, type, bytes);
