import { show, ValueError } from "../errors.ts";
import { coerceValues, countValues, type Field, type Format, readValues, type Run, writeValues } from "./format.ts";

/** Values in C order as nested arrays of a shape; the bare value without dimensions. */
export function nest(values: unknown[], shape: readonly number[]): unknown {
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const [rows, step] = [values, shape[axis]!];
    const length = shape.slice(0, axis).reduce((count, each) => count * each, 1);
    values = Array.from({ length }, (_, row) => rows.slice(row * step, (row + 1) * step));
  }
  return shape.length === 0 ? values[0] : values;
}

/** A sub-array as one item: nested arrays, in C order. */
export function arrayFormat(format: Format, shape: readonly number[]): Format {
  const text = `(${shape})${format.text}`;
  const count = shape.reduce((items, length) => items * length, 1);
  const { itemsize, align, little } = format;
  const run: Run[] = [{ format, offset: 0, count }];
  const flatten = (value: unknown, axis: number, operation: string, into: unknown[]): unknown[] => {
    if (axis === shape.length) {
      into.push(format.coerce(value, operation));
      return into;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) throw misfit(value, text, `lists of ${shape.join(" by ")} values`, operation); // prettier-ignore
    for (let i = 0; i < shape[axis]!; i++) flatten(value[i], axis + 1, operation, into);
    return into;
  };
  return {
    text,
    itemsize: count * itemsize,
    align,
    key: `[${shape}]${format.key}`,
    little,
    items: { format, shape },
    read: (data, at) => nest(readValues(run, data, at), shape),
    write: (data, at, value) => writeValues(run, data, at, value as unknown[]),
    coerce: (value, operation) => flatten(value, 0, operation, []),
  };
}

/** Several values as one item: an array in the order of the codes. */
export function tupleFormat(runs: readonly Run[], text: string, itemsize: number): Format {
  const count = countValues(runs);
  return {
    ...structure(runs, text, itemsize),
    read: (data, at) => readValues(runs, data, at),
    coerce(value, operation) {
      if (!Array.isArray(value) || value.length !== count) throw misfit(value, text, `an array of ${count} values`, operation); // prettier-ignore
      return coerceValues(runs, value, operation);
    },
  };
}

/** A record: a plain object with the fields' names, whatever they are. */
export function recordFormat(fields: ReadonlyMap<string, Field>, text: string, itemsize: number, align = 1): Format {
  const names = [...fields.keys()];
  const runs = Array.from(fields, ([name, field]) => ({ ...field, name, count: 1 }));
  return {
    ...structure(runs, text, itemsize),
    align,
    fields,
    read(data, at) {
      const values = readValues(runs, data, at);
      return Object.fromEntries(names.map((name, i) => [name, values[i]]));
    },
    coerce(value, operation) {
      const given = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
      if (given.length !== names.length || !names.every((name) => Object.hasOwn(value as object, name))) {
        throw misfit(given.length > 0 ? given : value, text, `an object of ${names.join(", ")}`, operation);
      }
      const values = names.map((name) => (value as Record<string, unknown>)[name]);
      return coerceValues(runs, values, operation);
    },
  };
}

/** What all formats of several values have in common. */
const structure = (runs: readonly Run[], text: string, itemsize: number) => ({
  text,
  itemsize,
  align: 1,
  key: `{${runs.map(({ name = "", offset, count, format }) => `${JSON.stringify(name)}${offset},${count},${format.key}`)}}${itemsize}`,
  little: true,
  write: (data: DataView, at: number, values: unknown) => writeValues(runs, data, at, values as unknown[]),
});

const misfit = (value: unknown, text: string, what: string, operation: string): ValueError => {
  const given = Array.isArray(value) ? `an array of ${value.length}` : show(value);
  return new ValueError(operation, `${given} does not fit ${show(text)} (${what})`, "nothing was written");
};
