import { LinearMemory, type MemoryView, MemoryViewError } from "linearview";
import { openPicture, PictureError } from "./decode.ts";
import { drawProcedural, HEIGHT, WIDTH } from "./procedural.ts";
import type { Region } from "./region.ts";

type Pixels = MemoryView<number, ArrayBuffer>;

const MEBIBYTE = 2 ** 20;

/** Bytes that the memory has from the start: the built-in picture, its original, and room for what the steps need. */
const INITIAL = 6 * MEBIBYTE;

/** The memory of the page: a picture, and its untouched original. */
export class PictureMemory {
  readonly memory: LinearMemory<ArrayBuffer>;
  readonly #limit: number;
  #pixels: Pixels;
  #original: Pixels;
  /** What differs from the original. */
  #changed: Region | undefined;
  #loads = 0;

  /** @param limit bytes that the memory may have. */
  constructor(limit: number) {
    this.#limit = limit;
    this.memory = LinearMemory.create({ initial: Math.min(INITIAL, limit), maximum: limit });
    [this.#pixels, this.#original] = this.#allocate(HEIGHT, WIDTH);
    drawProcedural(this.#pixels);
    this.#original.assign(this.#pixels);
  }

  /** The picture on screen, `[height, width, 4]`. */
  get pixels(): Pixels {
    return this.#pixels;
  }

  /** The picture and its original. */
  get blocks(): readonly Pixels[] {
    return [this.#pixels, this.#original];
  }

  get size(): { width: number; height: number } {
    const [height, width] = this.#pixels.shape as [number, number];
    return { width, height };
  }

  /** A region of the picture: a strided view, made by arithmetic. */
  view(region: Region): Pixels {
    return crop(this.#pixels, region);
  }

  /**
   * A region to be changed, and the same region of the original, whose bytes it has now; so has the region before it.
   * Both are copied inside the memory.
   */
  fresh(region: Region): { region: Pixels; original: Pixels } {
    for (const old of [this.#changed, region]) if (old) this.view(old).assign(crop(this.#original, old));
    this.#changed = region;
    return { region: this.view(region), original: crop(this.#original, region) };
  }

  /** Paints the original on a canvas of the picture's size. */
  paintOriginal(context: CanvasRenderingContext2D): void {
    context.putImageData(this.#original.imageData(), 0, 0);
  }

  /**
   * Replaces the picture by a file's. Returns false when another file was loaded in the meantime; the picture is then
   * that one's.
   *
   * @throws PictureError in words for the visitor; the old picture stays.
   */
  async load(file: Blob): Promise<boolean> {
    const turn = ++this.#loads;
    const { height, width, writeTo } = await openPicture(file);
    if (turn !== this.#loads) return false;
    let blocks: [Pixels, Pixels];
    try {
      blocks = this.#allocate(height, width);
    } catch (error) {
      throw explain(error, 2 * height * width * 4, this.#limit);
    }
    const [pixels, original] = blocks;
    try {
      await writeTo(pixels);
      if (turn !== this.#loads) return false;
      original.assign(pixels);
      [this.#pixels, blocks[0]] = [pixels, this.#pixels];
      [this.#original, blocks[1]] = [original, this.#original];
      this.#changed = undefined;
      return true;
    } finally {
      for (const block of blocks) block.release(); // the old picture's, or those of the load that lost
    }
  }

  /** Two blocks, or none. */
  #allocate(height: number, width: number): [Pixels, Pixels] {
    const pixels = this.memory.alloc("B", [height, width, 4], { zero: false });
    try {
      return [pixels, this.memory.alloc("B", [height, width, 4], { zero: false })];
    } catch (error) {
      pixels.release();
      throw error;
    }
  }
}

const crop = (picture: Pixels, { x, y, width, height }: Region): Pixels =>
  picture.slice([y, y + height], [x, x + width]);

function explain(error: unknown, bytes: number, limit: number): unknown {
  if (!(error instanceof MemoryViewError) || error.code !== "ERR_ALLOCATION") return error;
  const [needed, allowed] = [bytes, limit].map((size) => `${Math.ceil(size / MEBIBYTE).toLocaleString("en")} MiB`);
  return new PictureError(`There is no room for this picture: it takes ${needed}, the memory may have ${allowed}.`);
}
