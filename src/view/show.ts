import { list } from "../errors.ts";
import { product } from "../layout/shape.ts";
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
  const { byteOffset, shape, strides } = view._layout;
  const { released } = view;
  return {
    type: "MemoryView",
    format: view._format.text,
    shape,
    strides,
    byteOffset,
    readonly: view._readonly,
    released,
  };
}

/** At most this many items are shown. */
const SHOWN = 24;

/** A view in one line, bounded whatever its size; with its first items where asked. */
export function describe(view: MemoryView, items = false): string {
  const { byteOffset, shape } = view._layout;
  const flags = `${view._readonly ? " read-only" : ""}${view.released ? " released" : ""}`;
  const head = `MemoryView '${view._format.text}' ${list(shape)} at ${byteOffset}${flags}`;
  if (!items || view.released) return head;
  const count = product(shape);
  const shown = Array.from({ length: Math.min(count, SHOWN) }, (_, n) => {
    const index = shape.toReversed().map((length) => {
      const i = n % length;
      n = (n - i) / length;
      return i;
    });
    return showItem(view.get(...index.reverse()));
  });
  return `${head} { ${shown.join(", ")}${count > SHOWN ? `, … ${count - SHOWN} more` : ""} }`;
}

function showItem(item: unknown): string {
  if (typeof item === "bigint") return `${item}n`;
  if (typeof item === "string") return JSON.stringify(item);
  if (Array.isArray(item)) return `[${item.slice(0, 8).map(showItem).join(", ")}${item.length > 8 ? ", …" : ""}]`;
  if (item instanceof Uint8Array) return `<${Array.from(item.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ")}>`; // prettier-ignore
  return String(item);
}
