import { list, show } from "../errors.ts";
import { product } from "../layout/shape.ts";
import { HEX } from "./export.ts";
import type { MemoryView } from "./memory-view.ts";

/** What `JSON.stringify(view)` writes. */
export interface Summary {
  type: "MemoryView";
  format: string;
  shape: readonly number[];
  strides: readonly number[];
  byteOffset: number;
  readonly: boolean;
  released: boolean;
}

export function summarize(view: MemoryView): Summary {
  const { _format: format, _layout: layout, _readonly: readonly, released } = view;
  return { type: "MemoryView", format: format.text, ...layout, readonly, released };
}

/** A view in one line, bounded whatever its size. */
export function describe(view: MemoryView): string {
  const { byteOffset, shape } = view._layout;
  const flags = `${view._readonly ? " read-only" : ""}${view.released ? " released" : ""}`;
  return `MemoryView ${show(view._format.text)} ${list(shape)} at ${byteOffset}${flags}`;
}

/** At most as many rows, columns, and characters of a cell are shown; one row of items may be longer. */
const ROWS = 8;
const COLUMNS = 8;
const ITEMS = 24;
const CELL = 32;

/**
 * The first items as rows of short texts: one row of a 1-d view, the rows of the first plane of an n-d view, a row of
 * names and one for each record of a 1-d view of records. `…` says that there are more. None of a released view.
 */
export function tableOf(view: MemoryView): string[][] {
  if (view.released || view.nbytes === 0) return [];
  try {
    return cells(view);
  } catch (error) {
    return [[String(error)]]; // the buffer was transferred or became shorter
  }
}

function cells(view: MemoryView): string[][] {
  const { ndim, shape } = view;
  const { fields } = view._format;
  /** The first cells of many. */
  const row = (length: number, most: number, at: (i: number) => unknown): string[] => {
    const shown = Array.from({ length: Math.min(length, most) }, (_, i) => cell(at(i)));
    return length > most ? [...shown, "…"] : shown;
  };
  if (ndim === 0) return [[cell(view.get())]];
  if (ndim === 1 && !fields) return [row(view.length, ITEMS, (i) => view.get(i))];
  const plane = view.slice(...shape.slice(0, -2).map(() => 0));
  const rows = Array.from({ length: Math.min(plane.length, ROWS) }, (_, y) => {
    if (ndim > 1) return row(plane.shape[1]!, COLUMNS, (x) => plane.get(y, x));
    const values = Object.values(plane.get(y) as object);
    return row(values.length, COLUMNS, (x) => values[x]);
  });
  if (ndim === 1) rows.unshift(row(fields!.size, COLUMNS, (x) => [...fields!.keys()][x]));
  const planes = product(shape.slice(0, -2));
  return plane.length > ROWS || planes > 1 ? [...rows, ["…"]] : rows;
}

/** One item as a short text. */
function cell(item: unknown): string {
  const text = textOf(item);
  return text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text;
}

function textOf(item: unknown): string {
  if (typeof item === "bigint") return `${item}n`;
  if (Array.isArray(item)) return `[${item.slice(0, CELL).map(textOf).join(", ")}]`;
  if (item instanceof Uint8Array) return `<${Array.from(item.subarray(0, CELL), (byte) => HEX[byte]).join(" ")}>`; // prettier-ignore
  if (typeof item !== "object") return String(item);
  return `{ ${Object.entries(item as object).slice(0, CELL).map(([name, value]) => `${name}: ${textOf(value)}`).join(", ")} }`; // prettier-ignore
}

/** What `console.log` shows in Node: the line, and the table below it. */
export function inspectText(view: MemoryView): string {
  const rows = tableOf(view);
  const width = (column: number): number => Math.max(...rows.map((cells) => cells[column]?.length ?? 0));
  const lines = rows.map((cells) => `  ${cells.map((text, column) => text.padStart(width(column))).join("  ")}`);
  return [describe(view), ...lines].join("\n");
}
