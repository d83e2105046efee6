/// <reference types="vite/client" />
import "./studio.css";
import { html, nothing, type TemplateResult } from "lit/html.js";
import { Chain, type Step, type Way, WAYS } from "./chain.ts";
import { renderHistogram } from "./histogram.ts";
import { codeOf, offered, type Operation, operationOf, type Option, type Values } from "./operations.ts";
import type { PictureMemory } from "./picture.ts";
import type { Region } from "./region.ts";

/** What a visitor meets first. */
const FIRST = ["gaussianBlur", "hueRotate"];

/** What the page does for the studio. */
export interface Host {
  /** The steps are others now: they run again, and the page shows what they made. */
  changed(): void;
  requestUpdate(): void;
  say(message: string): void;
  /** After the next rendering, where the first of the selectors that can be focused is. */
  focusNext(...selectors: string[]): void;
}

const TITLES: Record<Way, string> = { inPlace: "In place", copied: "Copied in and out", loop: "Plain JS loop" };

const milliseconds = (time: number): string => time.toFixed(time < 0.1 ? 3 : time < 10 ? 2 : 1);

/** All that comes after the first paint: the steps, their times, the histogram, and the kernels themselves. */
export class Studio {
  readonly chain: Chain;
  readonly #host: Host;
  readonly #groups: ReturnType<typeof offered>;
  /** The value whose counts are shown. */
  #value = 128;
  #chosen: string;

  constructor(picture: PictureMemory, host: Host) {
    this.chain = new Chain(picture);
    this.#host = host;
    this.#groups = offered(this.chain.image);
    this.#chosen = this.#groups[0]![1][0]!.id;
    for (const id of FIRST) this.chain.add(operationOf(id));
  }

  /** Runs the steps. Returns what went wrong with them, in words. */
  run(region: Region): string {
    this.chain.run(region);
    this.chain.measureSoon(region, () => this.#host.requestUpdate());
    const [first, ...others] = this.chain.steps.map(({ error }) => error).filter(Boolean);
    return first && others.length > 0 ? `${first} So are others: ${others.length}.` : (first ?? "");
  }

  get milliseconds(): number {
    return this.chain.steps.reduce((sum, { samples, error }) => sum + (error ? 0 : (samples.inPlace.at(-1) ?? 0)), 0);
  }

  code(): string[] {
    return this.chain.steps.filter(({ error }) => !error).map(({ operation, values }) => codeOf(operation, values));
  }

  // ---- steps -----------------------------------------------------------------------------------------------------

  #add(): void {
    const operation = operationOf(this.#chosen);
    this.chain.add(operation);
    this.#host.say(`${operation.label} is step ${this.chain.steps.length}.`);
    this.#host.changed();
  }

  #remove(index: number): void {
    const [step] = this.chain.steps.splice(index, 1);
    const next = this.chain.steps[Math.min(index, this.chain.steps.length - 1)];
    this.#host.say(`${step!.operation.label} is removed.`);
    this.#host.focusNext(next ? `[data-step="${next.key}"] [data-action="remove"]` : '[name="operation"]');
    this.#host.changed();
  }

  #move(index: number, by: -1 | 1): void {
    const { key, operation } = this.chain.steps[index]!;
    this.chain.move(index, by);
    this.#host.say(`${operation.label} is step ${index + by + 1}.`);
    const ways = by < 0 ? ["up", "down"] : ["down", "up"];
    this.#host.focusNext(...ways.map((way) => `[data-step="${key}"] [data-action="${way}"]`));
    this.#host.changed();
  }

  #clear(): void {
    this.chain.steps.length = 0;
    this.#host.say("No steps: the region is as it was.");
    this.#host.focusNext('[name="operation"]');
    this.#host.changed();
  }

  renderSteps(): TemplateResult {
    const { steps } = this.chain;
    return html`
      <section aria-labelledby="steps-title">
        <div class="title">
          <h2 id="steps-title">Steps</h2>
          <button
            type="button"
            class="quiet"
            data-operation="clear"
            ?hidden=${steps.length === 0}
            @click=${() => this.#clear()}
          >
            Remove all
          </button>
        </div>
        ${
          steps.length > 0
            ? html`<ol class="steps">
                ${steps.map((step, i) => this.#renderStep(step, i))}
              </ol>`
            : html`<p class="hint">No steps yet. Add one: it runs on the region, in place.</p>`
        }
        <div class="add">
          <select
            name="operation"
            aria-label="Operation to add"
            @change=${(event: Event) => (this.#chosen = (event.target as HTMLSelectElement).value)}
          >
            ${this.#groups.map(
              ([group, rows]) => html`
                <optgroup label=${group}>
                  ${rows.map(({ id, label }) => html`<option value=${id} ?selected=${id === this.#chosen}>${label}</option>`)}
                </optgroup>
              `,
            )}
          </select>
          <button type="button" data-operation="add" @click=${() => this.#add()}>Add step</button>
        </div>
      </section>
    `;
  }

  #renderStep({ key, operation, values, error }: Step, index: number): TemplateResult {
    const { label, options } = operation;
    const button = (action: string, sign: string, name: string, disabled: boolean, act: () => void): TemplateResult => html`
      <button type="button" class="quiet" data-action=${action} aria-label=${name} title=${name} ?disabled=${disabled} @click=${act}>${sign}</button>
    `; // prettier-ignore
    return html`
      <li data-step=${key} data-name=${operation.id}>
        <div class="title">
          <h3><span class="place">${index + 1}</span> ${label}</h3>
          <div class="buttons">
            ${button("up", "↑", `Move ${label} up`, index === 0, () => this.#move(index, -1))}
            ${button("down", "↓", `Move ${label} down`, index === this.chain.steps.length - 1, () => this.#move(index, 1))}
            ${button("remove", "×", `Remove ${label}`, false, () => this.#remove(index))}
          </div>
        </div>
        ${Object.entries(options ?? {}).map(([name, option]) => this.#renderOption(name, option, values, operation))}
        ${error ? html`<p class="failed">${error}</p>` : nothing}
      </li>
    `;
  }

  #renderOption(name: string, option: Option, values: Values, { label: step }: Operation): TemplateResult {
    const set = (value: number | string): void => {
      values[name] = value;
      this.#host.changed();
    };
    const { label } = option;
    if ("choices" in option) {
      const onChange = (event: Event): void => set(option.choices[(event.target as HTMLSelectElement).selectedIndex]!);
      return html`
        <label class="option">
          <span>${label}</span>
          <select name=${name} @change=${onChange}>
            ${option.choices.map((word) => html`<option .selected=${word === values[name]}>${word}</option>`)}
          </select>
        </label>
      `;
    }
    if (!("min" in option)) {
      const onInput = (event: Event): void => set((event.target as HTMLInputElement).value);
      return html`
        <label class="option">
          <span>${label}</span>
          <input type="text" name=${name} .value=${String(values[name])} @input=${onInput} />
        </label>
      `;
    }
    // One option, two inputs: the slider for the eye, the number for any value there is.
    const onInput = (event: Event): void => set((event.target as HTMLInputElement).valueAsNumber);
    const { min, max, step: by } = option;
    const value = Number.isNaN(values[name]) ? "" : String(values[name]);
    return html`
      <div class="option">
        <span aria-hidden="true">${label}</span>
        <input type="range" aria-label="${step}: ${label}, slider" min=${min} max=${max} step=${by} .value=${value} @input=${onInput} />
        <input type="number" name=${name} aria-label="${step}: ${label}" step="any" .value=${value} @input=${onInput} />
      </div>
    `; // prettier-ignore
  }

  // ---- what they cost --------------------------------------------------------------------------------------------

  renderTimes(): TemplateResult {
    const { steps } = this.chain;
    const rows = steps.map(({ operation, error, times }, i): [string, Step["times"]] => [`${i + 1} ${operation.label}`, error ? {} : times]); // prettier-ignore
    if (steps.length > 1) {
      const ran = steps.filter(({ error }) => !error);
      const sum = (way: Way): number | undefined =>
        ran.every(({ times }) => times[way] !== undefined) ? ran.reduce((all, { times }) => all + times[way]!, 0) : undefined; // prettier-ignore
      rows.push(["All steps", Object.fromEntries(WAYS.map((way) => [way, sum(way)]))]);
    }
    const runs = Math.max(1, ...steps.map(({ samples }) => samples.inPlace.length));
    return html`
      <section aria-labelledby="times-title">
        <h2 id="times-title">Time of each step</h2>
        ${steps.length === 0 ? html`<p class="hint">Add a step to see what it costs.</p>` : html`
              <table class="times">
                <caption>
                  Milliseconds, ${runs > 1 ? `median of up to ${runs} runs` : "one run so far"}. Beside
                  it the same kernel with the pixels copied into a memory of its own and back, and the same loop in
                  JavaScript${this.chain.sampled ? ", timed on a part of the region and scaled" : ""}.
                </caption>
                <thead>
                  <tr>
                    <td></td>
                    ${WAYS.map((way) => html`<th scope="col">${TITLES[way]}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${rows.map(([label, times]) => renderRow(label, times))}
                </tbody>
              </table>
            `}
      </section>
    `; // prettier-ignore
  }

  renderHistogram(): TemplateResult {
    return renderHistogram(this.chain.counts, this.#value, (value) => {
      this.#value = value;
      this.#host.requestUpdate();
    });
  }
}

/** Times beside each other; the bar is the share of the slowest. */
function renderRow(label: string, times: Step["times"]): TemplateResult {
  const slowest = Math.max(...WAYS.map((way) => times[way] ?? 0));
  const factor = (time: number): string => (times.inPlace! > 0 ? `${(time / times.inPlace!).toFixed(1)}×` : "");
  return html`
    <tr>
      <th scope="row">${label}</th>
      ${WAYS.map((way) => {
        const time = times[way];
        if (time === undefined) return html`<td data-time=${way}>–</td>`;
        return html`
          <td data-time=${way} class=${way} style="--share: ${((100 * time) / slowest).toFixed(1)}%">
            ${milliseconds(time)} ${way === "inPlace" ? nothing : html`<small>${factor(time)}</small>`}
          </td>
        `;
      })}
    </tr>
  `;
}
