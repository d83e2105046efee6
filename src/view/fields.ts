import { FormatError, list, show } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import { recordFormat } from "../format/composite.ts";
import type { Field, Format } from "../format/format.ts";
import { recordText } from "../format/record.ts";
import { cStrides } from "../layout/shape.ts";
import type { MemoryView } from "./memory-view.ts";

/** A field of a record format. @throws FormatError naming those that there are. */
function find({ fields, text }: Format, name: unknown, operation: string): Field {
  const field = fields?.get(name as string);
  if (field) return field;
  const problem = fields ? `no field ${show(name)} among ${list([...fields.keys()])}` : `${show(text)} has no fields`;
  throw new FormatError(operation, problem, "name one, or cast to a record");
}

/** See `MemoryView.field`. */
export function fieldOf(view: MemoryView, name: string): MemoryView {
  const operation = "MemoryView.field";
  let { byteOffset, shape, strides } = view._layout;
  let { offset, format } = find(view._format, name, operation);
  for (; format.items; format = format.items.format) {
    const { items } = format;
    shape = shape.concat(items.shape);
    strides = strides.concat(cStrides(items.shape, items.format.itemsize));
  }
  if (format.itemsize === 0) throw new FormatError(operation, `field ${show(name)} has no bytes`, "read the record");
  return view._derive({ byteOffset: byteOffset + offset, shape, strides }, format);
}

/** See `MemoryView.fields`. */
export function fieldsOf(view: MemoryView, names: readonly string[]): MemoryView {
  const operation = "MemoryView.fields";
  const chosen = new Map<string, Field>();
  for (const name of Array.isArray(names) ? names : [names]) {
    if (chosen.has(name)) throw new FormatError(operation, `${show(name)} stands twice`, "name each field once");
    chosen.set(name, find(view._format, name, operation));
  }
  if (chosen.size === 0) throw new FormatError(operation, "no fields are named", "name one at least");
  const { itemsize } = view._format;
  // A field of no bytes comes before the one that begins where it is.
  const inOrder = [...chosen].sort(([, a], [, b]) => a.offset - b.offset || a.format.itemsize - b.format.itemsize);
  const text = recordText(inOrder, itemsize, "^");
  return view._derive(view._layout, recordFormat(chosen, text, itemsize));
}

/** See `MemoryView.real` and `MemoryView.imag`. */
export function partOf(view: MemoryView, part: 0 | 1, operation: string): MemoryView {
  const { _format: format, _layout: layout } = view;
  const { text, itemsize, scalar, little } = format;
  if (scalar?.kind !== "complex") {
    if (part === 0 && scalar && scalar.kind !== "character") return view._derive(layout);
    const problem = `${show(text)} has no ${part ? "imaginary" : "real"} part`;
    throw new FormatError(operation, problem, "use a view of F or D");
  }
  const byteOffset = layout.byteOffset + part * scalar.align;
  return view._derive(
    { ...layout, byteOffset },
    formatOf((little ? "" : ">") + (itemsize === 8 ? "f" : "d"), operation),
  );
}
