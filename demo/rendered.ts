import { render, type TemplateResult } from "lit/html.js";

/** An element that renders into the page itself, so that labels, ids and the page's style reach inside. */
export abstract class Rendered extends HTMLElement {
  #asked = false;
  #focus: readonly string[] = [];

  protected abstract render(): TemplateResult;

  /** Makes properties whose change renders. */
  protected watch(names: readonly (keyof this)[]): void {
    for (const name of names) {
      let current: unknown;
      Object.defineProperty(this, name, {
        get: () => current,
        set: (value) => {
          current = value;
          this.requestUpdate();
        },
      });
    }
  }

  /** Renders once for all changes of a task. */
  requestUpdate(): void {
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => this.update());
  }

  /** Moves the focus after the next rendering: to the first of these that can have it. */
  focusNext(...selectors: string[]): void {
    this.#focus = selectors;
    this.requestUpdate();
  }

  protected update(): void {
    this.#asked = false;
    render(this.render(), this, { host: this }); // listeners are called with it as `this`
    const found = this.#focus.map((selector) => this.querySelector<HTMLElement>(`${selector}:not(:disabled)`));
    this.#focus = [];
    found.find(Boolean)?.focus();
  }
}
