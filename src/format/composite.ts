import { show } from "../errors.ts";
import { countValues, eachValue, type Field, type Format, misfit, type Run } from "./format.ts";

/** Values in C order as nested arrays of a shape; the bare value without dimensions. */
export function nest(values: unknown[], shape: readonly number[]): unknown {
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const [rows, step] = [values, shape[axis]!];
    const length = shape.slice(0, axis).reduce((count, each) => count * each, 1);
    values = Array.from({ length }, (_, row) => rows.slice(row * step, (row + 1) * step));
  }
  return shape.length === 0 ? values[0] : values;
}

/** What a value of `composite` is not, and what it should be. */
type Refuse = (given: unknown, what: string) => never;

/** Several values as one item: `join` makes the item of the values, `split` the values of an item. */
function composite(
  runs: readonly Run[],
  text: string,
  itemsize: number,
  align: number,
  join: (values: unknown[]) => unknown,
  split: (value: any, refuse: Refuse) => readonly unknown[],
): Format {
  return {
    text,
    itemsize,
    align,
    key: `{${runs.map(({ name = "", offset, count, format }) => `${JSON.stringify(name)}${offset},${count},${format.key}`)}}${itemsize}`,
    little: true,
    read: (data, at) => join(eachValue(runs, (format, offset) => format.read(data, at + offset))),
    write: (data, at, values) =>
      eachValue(runs, (format, offset, i) => format.write(data, at + offset, (values as unknown[])[i])),
    coerce(value, operation) {
      const values = split(value, (given, what) => {
        throw misfit(Array.isArray(given) ? `an array of ${given.length}` : show(given), text, what, operation);
      });
      return eachValue(runs, (format, _, i) => format.coerce(values[i], operation));
    },
  };
}

/** A sub-array as one item: nested arrays, in C order. */
export function arrayFormat(format: Format, shape: readonly number[]): Format {
  const count = shape.reduce((items, length) => items * length, 1);
  return {
    ...composite(
      [{ format, offset: 0, count }],
      `(${shape})${format.text}`,
      count * format.itemsize,
      format.align,
      (values) => nest(values, shape),
      (value, refuse) => {
        const values: unknown[] = [];
        const flatten = (each: any, axis: number): void => {
          if (axis === shape.length) values.push(each);
          else if (!Array.isArray(each) || each.length !== shape[axis])
            refuse(each, `lists of ${shape.join(" by ")} values`); // prettier-ignore
          else for (let i = 0; i < shape[axis]!; i++) flatten(each[i], axis + 1);
        };
        flatten(value, 0);
        return values;
      },
    ),
    key: `[${shape}]${format.key}`,
    items: { format, shape },
  };
}

/** Several values as one item: an array in the order of the codes. A `single` value among padding is itself. */
export function tupleFormat(
  runs: readonly Run[],
  text: string,
  itemsize: number,
  align: number,
  single = false,
): Format {
  const count = countValues(runs);
  return {
    ...composite(
      runs,
      text,
      itemsize,
      align,
      (values) => (single ? values[0] : values),
      (value, refuse) => {
        if (single) return [value];
        return Array.isArray(value) && value.length === count ? value : refuse(value, `an array of ${count} values`);
      },
    ),
    code: single ? runs[0]!.format.code : undefined,
  };
}

/** A record: a plain object with the fields' names, whatever they are. */
export function recordFormat(fields: ReadonlyMap<string, Field>, text: string, itemsize: number, align = 1): Format {
  const names = [...fields.keys()];
  return {
    ...composite(
      Array.from(fields, ([name, field]) => ({ ...field, name, count: 1 })),
      text,
      itemsize,
      align,
      (values) => Object.fromEntries(names.map((name, i) => [name, values[i]])),
      (value, refuse) => {
        const given = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
        if (given.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) {
          refuse(given.length > 0 ? given : value, `an object of ${names.join(", ")}`);
        }
        return names.map((name) => value[name]);
      },
    ),
    fields,
  };
}
