import { html, nothing, type TemplateResult } from "lit/html.js";
import { PictureError } from "./decode.ts";
import { PictureMemory } from "./picture.ts";
import { dragged, fit, moved, type Region, SMALLEST } from "./region.ts";
import { Rendered } from "./rendered.ts";
import type { Studio } from "./studio.ts";

/** Bytes that the page's memory may have; `?limit=16` sets it in MiB. */
const LIMIT = Math.min(Number(new URLSearchParams(location.search).get("limit") ?? 4096), 4096) * 2 ** 20;
const GROW = 16 * 65536;

const number = (value: number): string => value.toLocaleString("en");
const list = (values: readonly number[]): string => `[${values.join(", ")}]`;

/** The picture, the region on it, and what the memory looks like; the steps come after the first paint. */
class ImagePanel extends Rendered {
  declare region: Region;
  declare message: string;
  declare failed: boolean;
  declare busy: number;
  /** How much of the region shows the original, from 0 to 1. */
  declare divide: number;

  readonly #picture = new PictureMemory(LIMIT);
  /** What most programs keep: an array over the pixels, made once. Growth empties it. */
  #raw = new Uint8Array(
    this.#picture.memory.memory.buffer,
    this.#picture.pixels.byteOffset,
    this.#picture.pixels.nbytes,
  );
  #studio: Studio | undefined;
  /** Where the canvas shows what steps made. */
  #painted: Region | undefined;
  #drag: { x: number; y: number; from: Region; corner: boolean } | undefined;

  constructor() {
    super();
    this.watch(["region", "message", "failed", "busy", "divide"]);
    this.message =
      "Drag the frame or its corner. Drop, paste or choose a picture of yours instead of the built-in one.";
    this.failed = false;
    this.busy = 0;
    this.divide = 0.35;
    this.region = this.#middle();
  }

  connectedCallback(): void {
    this.update();
    this.#paintAll();
    // Two frames later the picture is on screen.
    requestAnimationFrame(() => requestAnimationFrame(() => void this.#open()));
    addEventListener("paste", this.#onPaste);
    addEventListener("dragover", this.#onDragOver);
    addEventListener("drop", this.#onDrop);
  }

  disconnectedCallback(): void {
    removeEventListener("paste", this.#onPaste);
    removeEventListener("dragover", this.#onDragOver);
    removeEventListener("drop", this.#onDrop);
    this.#studio?.chain.stop();
  }

  /** Fetches the kernels and the panels of the steps. */
  async #open(): Promise<void> {
    try {
      const { Studio } = await import("./studio.ts");
      this.#studio = new Studio(this.#picture, {
        changed: () => this.#apply(),
        requestUpdate: () => this.requestUpdate(),
        say: (message) => this.#say(message),
        focusNext: (...selectors) => this.focusNext(...selectors),
      });
      this.#apply();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The region of a new picture. */
  #middle(): Region {
    const { width, height } = this.#picture.size;
    return fit({ x: width / 4, y: height / 4, width: width / 2, height: height / 2 }, { width, height });
  }

  /** Runs the steps on the region, and shows what they made. */
  #apply(): void {
    if (!this.#studio) return;
    const error = this.#studio.run(this.region);
    for (const region of [this.#painted, this.region]) if (region) this.#paint(region);
    this.#painted = this.region;
    if (error) this.#say(error, true);
    else if (this.failed) this.#say("");
    this.requestUpdate();
  }

  /** Paints the canvas from the bytes in memory; the ImageData is a view of them, made anew because growth empties it. */
  #paint({ x, y, width, height }: Region): void {
    this.#context("after").putImageData(this.#picture.pixels.imageData(), 0, 0, x, y, width, height);
  }

  /** The same for a new picture, and for the original that lies over it. */
  #paintAll(): void {
    const { size } = this.#picture;
    for (const canvas of this.querySelectorAll("canvas")) Object.assign(canvas, size);
    this.#painted = undefined;
    this.#paint({ x: 0, y: 0, ...size });
    this.#picture.paintOriginal(this.#context("before"));
  }

  #context(which: "before" | "after"): CanvasRenderingContext2D {
    return this.querySelector<HTMLCanvasElement>(`canvas.${which}`)!.getContext("2d")!;
  }

  #say(message: string, failed = false): void {
    this.message = message;
    this.failed = failed;
  }

  /** Says what went wrong; the page goes on with what it had. */
  #fail(error: unknown): void {
    this.#say(error instanceof PictureError ? error.message : `That did not work: ${String(error)}`, true);
  }

  // ---- pictures --------------------------------------------------------------------------------------------------

  async #load(file: Blob | null | undefined): Promise<void> {
    if (!file) {
      this.#say("There is no picture in that.", true);
      return;
    }
    this.busy++;
    this.#say("Decoding…");
    try {
      if (!(await this.#picture.load(file))) return;
      const { width, height } = this.#picture.size;
      const { memory, pixels } = this.#picture;
      this.#raw = new Uint8Array(memory.memory.buffer, pixels.byteOffset, pixels.nbytes);
      this.region = this.#middle();
      this.#paintAll();
      this.#apply();
      this.#say(`${number(width)} × ${number(height)} pixels, written once into linear memory.`);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.busy--;
    }
  }

  readonly #onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) void this.#load(files[0]);
  };

  readonly #onDragOver = (event: DragEvent): void => event.preventDefault();

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault();
    void this.#load(event.dataTransfer?.files[0]);
  };

  // ---- memory ---------------------------------------------------------------------------------------------------------

  #grow(): void {
    try {
      this.#picture.memory.grow(GROW);
      this.#paint({ x: 0, y: 0, ...this.#picture.size });
      this.#say(
        `The memory has ${number(this.#picture.memory.stats().capacity)} bytes now. The views go on; the raw array is empty.`,
      );
    } catch {
      this.#say("The memory has reached its limit and cannot grow any more.", true);
    }
    this.requestUpdate();
  }

  // ---- the region ------------------------------------------------------------------------------------------------

  #place(region: Region): void {
    const { x, y, width, height } = this.region;
    const next = fit(region, this.#picture.size);
    const moves = next.x !== x || next.y !== y || next.width !== width || next.height !== height;
    this.region = next; // renders: what was typed may not fit
    if (moves) this.#apply();
  }

  #onKey(event: KeyboardEvent): void {
    const region = moved(this.region, event);
    if (!region) return;
    event.preventDefault();
    this.#place(region);
  }

  #onPointerDown(event: PointerEvent): void {
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    const corner = (event.target as HTMLElement).classList.contains("corner");
    this.#drag = { x: event.clientX, y: event.clientY, from: this.region, corner };
  }

  #onPointerMove(event: PointerEvent): void {
    if (!this.#drag) return;
    const { x, y, from, corner } = this.#drag;
    // Screen pixels to picture pixels: the canvas is scaled to the width there is.
    const scale = this.#picture.size.width / this.querySelector("canvas")!.getBoundingClientRect().width;
    this.#place(dragged(from, (event.clientX - x) * scale, (event.clientY - y) * scale, corner));
  }

  #onPointerUp(): void {
    this.#drag = undefined;
  }

  // ---- what is shown ---------------------------------------------------------------------------------------------

  protected override render(): TemplateResult {
    return html`
      <div>
        <div class="stage">
          ${this.#renderStage()}
          <div class="open">
            <p class="message ${this.failed ? "failed" : ""}" role="status">${this.message}</p>
            <label class="button"
              >Choose a picture <input type="file" accept="image/*" @change=${this.#onChoose}
            /></label>
          </div>
          ${this.#renderRegion()}
        </div>
      </div>
      <div class="side">
        ${this.#studio?.renderSteps() ?? renderWaiting("Steps", this.failed)}
        ${this.#studio?.renderHistogram() ?? nothing}
      </div>
      <div class="below">
        <div class="side">${this.#studio?.renderTimes() ?? nothing} ${this.#renderCode()}</div>
        ${this.#renderFacts()}
      </div>
    `;
  }

  readonly #onChoose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    void this.#load(input.files?.[0]);
    input.value = "";
  };

  #renderStage(): TemplateResult {
    const { width, height } = this.#picture.size;
    const { x, y, width: w, height: h } = this.region;
    const share = (part: number, whole: number): string => `${(100 * part) / whole}%`;
    const place = `left:${share(x, width)};top:${share(y, height)};width:${share(w, width)};height:${share(h, height)}`;
    const hidden = [y, width - x - w * this.divide, height - y - h, x];
    const cut = hidden.map((part, i) => share(part, i % 2 ? width : height)).join(" ");
    return html`
      <div class="frame" style="--aspect:${width / height}">
        <canvas
          class="after"
          role="img"
          aria-label="The picture in linear memory, ${number(width)} by ${number(height)} pixels"
        ></canvas>
        <canvas class="before" aria-hidden="true" style="clip-path:inset(${cut})"></canvas>
        <div
          class="region"
          style=${place}
          tabindex="0"
          role="group"
          aria-roledescription="region of interest"
          aria-label="Region: ${w} by ${h} pixels at ${x}, ${y}. Arrow keys move it, with Shift by 10, with Alt they resize it."
          @keydown=${this.#onKey}
          @pointerdown=${this.#onPointerDown}
          @pointermove=${this.#onPointerMove}
          @pointerup=${this.#onPointerUp}
          @pointercancel=${this.#onPointerUp}
        >
          <span class="corner"></span>
        </div>
        ${this.#studio?.chain.steps.length ? this.#renderSlider(place) : nothing}
      </div>
    `;
  }

  /** The line between before and after: a slider as wide as the region, of which only the thumb can be taken. */
  #renderSlider(place: string): TemplateResult {
    return html`
      <div class="compare" style="${place};--before:${this.divide}">
        <span aria-hidden="true">Before</span>
        <span aria-hidden="true">After</span>
        <input
          type="range"
          name="before"
          min="0"
          max="100"
          aria-label="Before and after: how much of the region shows the original"
          .value=${String(100 * this.divide)}
          @input=${(event: Event) => (this.divide = Number((event.target as HTMLInputElement).value) / 100)}
        />
      </div>
    `;
  }

  #renderRegion(): TemplateResult {
    const { width, height } = this.#picture.size;
    const limits = {
      x: [0, width - 1],
      y: [0, height - 1],
      width: [SMALLEST, width],
      height: [SMALLEST, height],
    } as const;
    return html`
      <fieldset>
        <legend>Region</legend>
        <div class="fields">
          ${(Object.keys(limits) as (keyof Region)[]).map(
            (name) => html`
              <label
                >${name}
                <input
                  type="number"
                  name=${name}
                  min=${limits[name][0]}
                  max=${limits[name][1]}
                  .value=${String(this.region[name])}
                  @change=${(event: Event) => this.#place({ ...this.region, [name]: Number((event.target as HTMLInputElement).value) || 0 })}
                />
              </label>
            `,
          )}
        </div>
      </fieldset>
    `;
  }

  #renderFacts(): TemplateResult {
    const view = this.#picture.view(this.region);
    const { memory } = this.#picture;
    const { liveBytes, liveBlocks, capacity } = memory.stats();
    const { pixels, others } = this.#studio?.chain.copied ?? { pixels: 0, others: 0 };
    const copied = others ? `${number(pixels)} of pixels, ${number(others)} of weights and tables` : number(pixels);
    const facts: [string, string, string][] = [
      ["format", "Format", `'${view.format}'`],
      ["address", "Address", `0x${view.byteOffset.toString(16)} (${number(view.byteOffset)})`],
      ["shape", "Shape", list(view.shape)],
      ["strides", "Strides", `${list(view.strides)} bytes`],
      ["contiguous", "Contiguous", view.contiguous ? "yes" : "no: rows lie apart"],
      ["copied", "Bytes copied by the steps", copied],
      ["time", "Last run of all steps", this.#studio ? `${this.#studio.milliseconds.toFixed(2)} ms` : "none yet"],
      ["capacity", "Memory", `${number(capacity)} bytes, ${number(liveBytes)} in ${liveBlocks} blocks`],
      ["view-length", "View of the picture", `${number(this.#picture.pixels.nbytes)} bytes`],
      ["raw-length", "A raw Uint8Array made once", `length ${number(this.#raw.length)}`],
    ];
    return html`
      <section aria-labelledby="memory-title">
        <h2 id="memory-title">Memory</h2>
        <dl>
          ${facts.map(
            ([id, term, value]) =>
              html`<div>
                <dt>${term}</dt>
                <dd data-fact=${id}>${value}</dd>
              </div>`,
          )}
        </dl>
        <button
          type="button"
          class="quiet"
          data-operation="grow"
          ?disabled=${this.busy > 0}
          @click=${() => this.#grow()}
        >
          Grow memory
        </button>
      </section>
    `;
  }

  #renderCode(): TemplateResult {
    const { x, y, width, height } = this.region;
    const code = [
      "const memory = LinearMemory.create();",
      "const image = loadImage(memory);",
      `const picture = memory.alloc("B", ${list(this.#picture.pixels.shape)});`,
      `const region = picture.slice([${y}, ${y + height}], [${x}, ${x + width}]);`,
      ...(this.#studio?.code() ?? []),
      "context.putImageData(picture.imageData(), 0, 0);",
    ].join("\n");
    return html`
      <details>
        <summary>Show the code</summary>
        <pre tabindex="0" aria-label="Code of the steps"><code>${code}</code></pre>
        <button
          type="button"
          class="quiet"
          @click=${() => navigator.clipboard.writeText(code).then(() => this.#say("Copied."))}
        >
          Copy
        </button>
      </details>
    `;
  }
}

/** Where a panel will be. */
const renderWaiting = (title: string, failed: boolean): TemplateResult => html`
  <section class="waiting">
    <h2>${title}</h2>
    <p class="hint">${failed ? "The operations could not be loaded." : "Loading the operations…"}</p>
  </section>
`;

customElements.define("image-panel", ImagePanel);
