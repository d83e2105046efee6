import { MemoryView } from "./view/memory-view.ts";
import { describe, tableOf } from "./view/show.ts";

/** Elements as custom formatters describe them: `[tag, attributes, ...children]` (JsonML). */
type Element = readonly [tag: string, attributes: { readonly style?: string }, ...children: (Element | string)[]];

/** An entry of `devtoolsFormatters`. */
export interface Formatter {
  header(value: unknown): Element | null;
  hasBody(value: unknown): boolean;
  body(value: unknown): Element | null;
}

const CELL = { style: "padding: 0 0.6em; text-align: right; font-family: monospace" };

/**
 * Shows views in the console and in the scope pane of a browser's developer tools as their line and, unfolded, a table
 * of their first items.
 *
 * Source: "Custom Object Formatters in Chrome DevTools" (the `devtoolsFormatters` array of the global object).
 */
export const formatter: Formatter = {
  header: (value) => (value instanceof MemoryView ? ["span", {}, describe(value)] : null),
  hasBody: (value) => value instanceof MemoryView && tableOf(value).length > 0,
  body: (value) =>
    value instanceof MemoryView
      ? ["table", {}, ...tableOf(value).map((row): Element => ["tr", {}, ...row.map((cell): Element => ["td", CELL, cell])])] // prettier-ignore
      : null,
};

/**
 * Adds `formatter` to the developer tools of this page, once. They show it when "Custom formatters" is on in their
 * settings.
 *
 * @example
 * import { installFormatter } from "linearview/devtools";
 * installFormatter();
 */
export function installFormatter(): void {
  const page = globalThis as { devtoolsFormatters?: Formatter[] };
  const installed = (page.devtoolsFormatters ??= []);
  if (!installed.includes(formatter)) installed.push(formatter);
}
