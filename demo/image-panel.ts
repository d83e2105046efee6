import { html, nothing, type TemplateResult } from "lit/html.js";
import { PictureError } from "./decode.ts";
import { type Operation, OPERATIONS } from "./operations.ts";
import { PictureMemory } from "./picture.ts";
import { dragged, fit, moved, type Region, SMALLEST } from "./region.ts";
import { Rendered } from "./rendered.ts";

/** Bytes that the page's memory may have; `?limit=16` sets it in MiB. */
const LIMIT = Math.min(Number(new URLSearchParams(location.search).get("limit") ?? 4096), 4096) * 2 ** 20;
const GROW = 16 * 65536;

const number = (value: number): string => value.toLocaleString("en");
const list = (values: readonly number[]): string => `[${values.join(", ")}]`;

interface Last {
  readonly label: string;
  readonly code: string;
  readonly milliseconds: number;
  readonly copied: number;
}

/** The picture, the region on it, the operations, and what the memory looks like. */
class ImagePanel extends Rendered {
  declare region: Region;
  declare message: string;
  declare failed: boolean;
  declare busy: number;
  declare last: Last | undefined;

  readonly #picture = new PictureMemory(LIMIT);
  /** What most programs keep: an array over the pixels, made once. Growth empties it. */
  #raw = new Uint8Array(
    this.#picture.memory.memory.buffer,
    this.#picture.pixels.byteOffset,
    this.#picture.pixels.nbytes,
  );
  readonly #values: Record<string, number> = {};
  #drag: { x: number; y: number; from: Region; corner: boolean } | undefined;

  constructor() {
    super();
    this.watch(["region", "message", "failed", "busy", "last"]);
    this.message = "Drop, paste or choose a picture; or try the built-in one.";
    this.failed = false;
    this.busy = 0;
    for (const { options } of OPERATIONS) for (const { name, value } of options ?? []) this.#values[name] = value;
    this.region = this.#middle();
  }

  connectedCallback(): void {
    this.update();
    this.#paint();
    addEventListener("paste", this.#onPaste);
    addEventListener("dragover", this.#onDragOver);
    addEventListener("drop", this.#onDrop);
  }

  disconnectedCallback(): void {
    removeEventListener("paste", this.#onPaste);
    removeEventListener("dragover", this.#onDragOver);
    removeEventListener("drop", this.#onDrop);
  }

  /** The region of a new picture. */
  #middle(): Region {
    const { width, height } = this.#picture.size;
    return fit({ x: width / 4, y: height / 4, width: width / 2, height: height / 2 }, { width, height });
  }

  /** Paints the canvas from the bytes in memory; the ImageData is a view of them, made anew because growth empties it. */
  #paint(): void {
    const canvas = this.querySelector("canvas")!;
    const { width, height } = this.#picture.size;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d")!.putImageData(this.#picture.pixels.imageData(), 0, 0);
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
      this.last = undefined;
      this.#paint();
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

  // ---- operations ------------------------------------------------------------------------------------------------

  #run(operation: Operation): void {
    try {
      const measured = this.#picture.run(operation, this.region, this.#values);
      this.last = { label: operation.label, code: operation.code(this.#values), ...measured };
      this.#paint();
      this.#say(`${operation.label}: done in place.`);
    } catch (error) {
      this.#fail(error);
    }
  }

  #grow(): void {
    try {
      this.#picture.memory.grow(GROW);
      this.#paint();
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
    this.region = fit(region, this.#picture.size);
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
      <div class="stage">
        ${this.#renderStage()}
        <p class="message ${this.failed ? "failed" : ""}" role="status">${this.message}</p>
        <p class="open">
          <label class="button"
            >Choose a picture <input type="file" accept="image/*" @change=${this.#onChoose}
          /></label>
        </p>
      </div>
      <div class="side">${this.#renderRegion()} ${this.#renderOperations()} ${this.#renderCode()}</div>
      <div class="memory">${this.#renderFacts()}</div>
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
    return html`
      <div class="frame">
        <canvas
          role="img"
          aria-label="The picture in linear memory, ${number(width)} by ${number(height)} pixels"
        ></canvas>
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
      <section aria-labelledby="region-title">
        <h2 id="region-title">Region</h2>
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
      </section>
    `;
  }

  #renderOperations(): TemplateResult {
    return html`
      <section aria-labelledby="operations-title">
        <h2 id="operations-title">In place</h2>
        <div class="operations">
          ${OPERATIONS.map(
            (operation) => html`
              <div class="operation">
                <button
                  type="button"
                  data-operation=${operation.id}
                  ?disabled=${this.busy > 0}
                  @click=${() => this.#run(operation)}
                >
                  ${operation.label}
                </button>
                ${(operation.options ?? []).map(
                  ({ name, label, min, max, step }) => html`
                    <label
                      >${label} <b>${this.#values[name]}</b>
                      <input
                        type="range"
                        name=${name}
                        min=${min}
                        max=${max}
                        step=${step}
                        .value=${String(this.#values[name])}
                        @input=${(event: Event) => {
                          this.#values[name] = Number((event.target as HTMLInputElement).value);
                          this.requestUpdate();
                        }}
                      />
                    </label>
                  `,
                )}
              </div>
            `,
          )}
        </div>
      </section>
    `;
  }

  #renderFacts(): TemplateResult {
    const view = this.#picture.view(this.region);
    const { memory } = this.#picture;
    const { liveBytes, liveBlocks, capacity } = memory.stats();
    const facts: [string, string, string][] = [
      ["format", "Format", `'${view.format}'`],
      ["address", "Address", `0x${view.byteOffset.toString(16)} (${number(view.byteOffset)})`],
      ["shape", "Shape", list(view.shape)],
      ["strides", "Strides", `${list(view.strides)} bytes`],
      ["contiguous", "Contiguous", view.contiguous ? "yes" : "no: rows lie apart"],
      ["copied", "Bytes copied by the last operation", this.last ? number(this.last.copied) : "none yet"],
      [
        "time",
        "Last operation",
        this.last ? `${this.last.label}, ${this.last.milliseconds.toFixed(2)} ms` : "none yet",
      ],
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
        <button type="button" data-operation="grow" ?disabled=${this.busy > 0} @click=${() => this.#grow()}>
          Grow memory
        </button>
      </section>
    `;
  }

  #renderCode(): TemplateResult | typeof nothing {
    const { x, y, width, height } = this.region;
    const code = [
      "const memory = LinearMemory.create();",
      "const image = loadImage(memory);",
      `const picture = memory.alloc("B", ${list(this.#picture.pixels.shape)});`,
      `const region = picture.slice([${y}, ${y + height}], [${x}, ${x + width}]);`,
      this.last?.code ?? "image.invert(region, region);",
      "context.putImageData(picture.imageData(), 0, 0);",
    ].join("\n");
    return html`
      <details>
        <summary>Show the code</summary>
        <pre tabindex="0" aria-label="Code of the last operation"><code>${code}</code></pre>
        <button type="button" @click=${() => navigator.clipboard.writeText(code).then(() => this.#say("Copied."))}>
          Copy
        </button>
      </details>
    `;
  }
}

customElements.define("image-panel", ImagePanel);
