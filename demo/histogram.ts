import type { MemoryView } from "linearview";
import type { ImageOperations } from "linearview/image";
import { html, svg, type TemplateResult } from "lit/html.js";

/** The rows of the counts, as the page names and colours them. */
export const SERIES = ["red", "green", "blue", "luma"] as const;

/** Items of the counts: `[5, 256]` of `I`, four channels and luma. */
export const COUNTS = [5, 256];

/** Counts the bytes of a region, `[height, width, 4]`, into `counts`, `[5, 256]`, in the same memory. */
export function countBytes(image: ImageOperations, region: MemoryView, counts: MemoryView<number>): void {
  image.histogram(region, counts.slice([0, 4]));
  image.histogram(region, counts.slice(4), { luma: "bt601" });
}

/** The counts of red, green, blue and luma: windows on linear memory. */
const rowsOf = (counts: MemoryView<number>): ArrayLike<number>[] =>
  [0, 1, 2, 4].map((row) => counts.slice(row).typedArray() as Uint32Array);

const meanOf = (row: ArrayLike<number>): number => {
  let [sum, count] = [0, 0];
  for (let value = 0; value < 256; value++) {
    sum += value * row[value]!;
    count += row[value]!;
  }
  return sum / count;
};

/** Curves of 100 units of height; square roots, so that what is rare can be seen beside what is frequent. */
function outline(row: ArrayLike<number>, most: number): string {
  let path = "M0 100";
  for (let value = 0; value < 256; value++)
    path += `L${value} ${(100 - 100 * Math.sqrt(row[value]! / most)).toFixed(1)}`;
  return `${path}L255 100Z`;
}

/** The histogram, and the counts of one value that the visitor chooses. */
export function renderHistogram(
  counts: MemoryView<number>,
  value: number,
  choose: (value: number) => void,
): TemplateResult {
  const rows = rowsOf(counts);
  let most = 1;
  for (const row of rows) for (let i = 0; i < 256; i++) most = Math.max(most, row[i]!);
  const means = rows.map((row, i) => `${SERIES[i]} ${meanOf(row).toFixed(1)}`).join(", ");
  return html`
    <section aria-labelledby="histogram-title">
      <h2 id="histogram-title">Histogram, counted from the bytes</h2>
      <svg
        class="histogram"
        viewBox="0 0 255 100"
        preserveAspectRatio="none"
        role="img"
        aria-label="Histogram. Means: ${means}"
      >
        ${rows.map((row, i) => svg`<path class=${SERIES[i]} d=${outline(row, most)} />`)}
        <line x1=${value} x2=${value} y1="0" y2="100" />
      </svg>
      <input
        type="range"
        name="value"
        min="0"
        max="255"
        aria-label="Value whose counts are shown"
        .value=${String(value)}
        @input=${(event: Event) => choose(Number((event.target as HTMLInputElement).value))}
      />
      <table class="counts">
        <thead>
          <tr>
            <td></td>
            ${SERIES.map((name) => html`<th scope="col" class=${name}>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">at ${value}</th>
            ${rows.map((row, i) => html`<td data-count=${SERIES[i]}>${row[value]!.toLocaleString("en")}</td>`)}
          </tr>
          <tr>
            <th scope="row">mean</th>
            ${rows.map((row, i) => html`<td data-mean=${SERIES[i]}>${meanOf(row).toFixed(1)}</td>`)}
          </tr>
        </tbody>
      </table>
    </section>
  `;
}
