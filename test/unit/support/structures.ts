/*
 * Random formats, windows and steps from view to view, each with what the model makes of it.
 */
import type { Key, MemoryView } from "linearview";
import { arrayItem, bytePlaces, bytesItem, convertible, fieldsItem, type Field, fortran, hasNaN, type Item, isPacked, indices, type Model, pickItems, placesOf, product, read, scalar, SCALAR_CODES, sliceIndices, stridesOf } from "./model.ts"; // prettier-ignore
import { between, percent, pick, type Random, randomBytes, shuffled, times } from "./random.ts";

// ---- formats ---------------------------------------------------------------------------------------------------------

const roundUp = (size: number, align: number): number => Math.ceil(size / align) * align;
const MARKS = ["", "@", "=", "<", ">", "!"];

export interface Format {
  readonly text: string;
  readonly item: Item;
}

/** What is written next, and the byte order in force. */
interface Writer {
  readonly random: Random;
  mark: string;
}

/** A mark where one is written: changed, repeated, or left out. Inside a packed record it stays a packed one. */
function writeMark(writer: Writer, marks: readonly string[]): string {
  if (!percent(writer.random, 40)) return "";
  return (writer.mark = pick(writer.random, marks));
}

const PACKED = ["<", ">", "=", "!", "^"];

function writeItem(writer: Writer, depth: number): { text: string; item: Item } {
  const { random } = writer;
  if (depth > 0 && percent(random, 20)) {
    const lengths = times(between(random, 1, 2), () => between(random, 1, 3));
    const { text, item } = writeItem(writer, depth - 1);
    if (/^[0-9(]/.test(text)) return { text, item };
    const counted = lengths.length === 1 && percent(random, 50) && lengths[0] !== 1;
    return { text: counted ? `${lengths[0]}${text}` : `(${lengths})${text}`, item: arrayItem(item, lengths) };
  }
  if (depth > 0 && percent(random, 25)) return writeRecord(writer, depth - 1);
  if (percent(random, 12)) {
    const [code, count] = [pick(random, ["s", "p"] as const), percent(random, 5) ? 0 : between(random, 1, 6)];
    return { text: `${count}${code}`, item: bytesItem(code, count) };
  }
  const code = pick(random, SCALAR_CODES);
  const spelled = (code === "F" || code === "D") && percent(random, 50) ? `Z${code === "F" ? "f" : "d"}` : code;
  return { text: spelled, item: scalar(writer.mark + code) };
}

export const FIELD_NAMES = [
  "a",
  "b",
  "id",
  "pos",
  "x y",
  "é",
  "f0",
  "f1",
  "__proto__",
  "constructor",
  "then",
  "length",
  "T{",
];

/** `T{…}`, by the rules of PEP 3118: native fields are aligned and the record is padded, all others are packed. */
function writeRecord(writer: Writer, depth: number): { text: string; item: Item } {
  const { random } = writer;
  const marks = writer.mark === "@" || writer.mark === "" ? ["@"] : PACKED;
  const names = shuffled(random, FIELD_NAMES);
  const fields: { name?: string; offset: number; item: Item }[] = [];
  let text = "T{";
  let size = 0;
  let align = 1;
  for (let left = between(random, 1, 4); left > 0; left--) {
    if (percent(random, 15)) {
      const pad = between(random, 0, 3);
      text += `${pad === 1 ? "" : pad}x`;
      size += pad;
    }
    text += writeMark(writer, marks);
    const { text: written, item } = writeItem(writer, depth);
    const native = writer.mark === "@" || writer.mark === "";
    if (native) size = roundUp(size, item.align);
    if (native) align = Math.max(align, item.align);
    const name = percent(random, 85) ? names.pop()! : undefined;
    fields.push({ ...(name !== undefined && { name }), offset: size, item });
    text += written + (name === undefined ? "" : `:${name}:`);
    size += item.size;
  }
  if (writer.mark === "@" || writer.mark === "") size = roundUp(size, align);
  // Those without a name are f0, f1, … as far as these are free.
  const given = new Set(fields.map(({ name }) => name));
  let next = 0;
  const named = fields.map((field): Field => {
    if (field.name !== undefined) return field as Field;
    while (given.has(`f${next}`)) next++;
    return { ...field, name: `f${next++}` };
  });
  return { text: `${text}}`, item: fieldsItem("record", named, size, align) };
}

/** One item with a byte order of its own, as a field of `record` has it. */
export function writeField(random: Random): Format {
  for (;;) {
    const writer = { random, mark: pick(random, ["", "", ...PACKED]) };
    const prefix = writer.mark;
    const { text, item } = writeItem(writer, 2);
    if (item.size > 0 && item.size <= 64) return { text: prefix + text, item };
  }
}

/** Several values without braces, as `struct` reads them: aligned in native mode, without padding at the end. */
export function writeStruct(random: Random): { text: string; fields: Field[]; size: number } {
  const mark = pick(random, MARKS);
  const native = mark === "" || mark === "@";
  const fields: Field[] = [];
  let text = mark;
  let size = 0;
  for (let left = between(random, 0, 5); left > 0; left--) {
    if (percent(random, 20)) text += pick(random, [" ", "\t", "  "]);
    if (text.trimStart() !== text) text = text.trimStart(); // blanks never come before the mark
    const code = pick(
      random,
      [...SCALAR_CODES, "s", "p", "x"].filter((c) => native || !"nNP".includes(c)),
    );
    const count = percent(random, 60) ? undefined : between(random, 0, 4);
    text += `${count ?? ""}${code}`;
    if (code === "x") size += count ?? 1;
    else if (code === "s" || code === "p") {
      fields.push({ name: "", offset: size, item: bytesItem(code, count ?? 1) });
      size += count ?? 1;
    } else {
      const item = scalar(mark + code);
      if (native) size = roundUp(size, item.align);
      times(count ?? 1, (i) => fields.push({ name: "", offset: size + i * item.size, item }));
      size += item.size * (count ?? 1);
    }
  }
  return { text, fields, size };
}

/** A format that items of a view can have. */
export function randomFormat(random: Random): Format {
  const kind = random(10);
  if (kind < 6) {
    const text = pick(random, MARKS) + pick(random, SCALAR_CODES);
    return { text, item: scalar(text) };
  }
  if (kind < 7) {
    const [code, count] = [pick(random, ["s", "p"] as const), between(random, 1, 5)];
    return { text: `${count}${code}`, item: bytesItem(code, count) };
  }
  for (;;) {
    let format: Format;
    if (kind === 7) {
      const { text, fields, size } = writeStruct(random);
      const single = fields.length === 1 && fields[0]!.item.size === size;
      format = {
        text,
        item: single ? fields[0]!.item : fieldsItem(fields.length === 1 ? "padded" : "tuple", fields, size),
      };
      if (fields.length === 0) continue;
    } else {
      const writer = { random, mark: pick(random, [...MARKS, "^"]) };
      const prefix = writer.mark;
      const { text, item } = kind === 8 ? writeRecord(writer, 2) : writeItem(writer, 2);
      format = { text: prefix + text, item };
      if (kind === 9 && !/[({]/.test(text)) continue; // a count makes a sub-array only there
      // A lone native item is padded to its alignment, as NumPy pads a bare list; so is a sub-array.
      if (kind === 9 && item.size % item.align !== 0) continue;
    }
    if (format.item.size > 0 && format.item.size <= 96) return format;
  }
}

const PARTS = ["b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "F", "D", "?"];
/** A format of numbers, with or without byte order. */
export const randomNumber = (random: Random): Format => {
  const text = pick(random, MARKS) + pick(random, PARTS);
  return { text, item: scalar(text) };
};

// ---- values ----------------------------------------------------------------------------------------------------------

/** A value that fits: what random bytes mean. Without NaN, so that its bytes are known. */
export function randomValue(random: Random, item: Item): any {
  for (;;) {
    const value = read(item, randomBytes(random, item.size), 0);
    if (!hasNaN(value)) return value;
  }
}

/** A value that the format refuses. */
export function badValue(random: Random, item: Item): unknown {
  const lying = { valueOf: () => 1, toString: () => "1", [Symbol.toPrimitive]: () => 1 };
  const common = [null, undefined, {}, Symbol.iterator, () => 1, lying];
  switch (item.kind) {
    case "integer": {
      const top = 2 ** (item.size * 8 - Number(item.signed));
      const foreign = item.size === 8 ? [5, 0.5, 2n ** 64n, item.signed ? -(2n ** 63n) - 1n : -1n] : [1n, 0.5, NaN, Infinity, top, item.code === "P" ? -(2 ** 31) - 1 : item.signed ? -top - 1 : -1]; // prettier-ignore
      return pick(random, [...common, ...foreign, "1", true]);
    }
    case "float":
      return pick(random, [...common, "1", 1n, true, ...(item.size === 8 ? [] : [item.size === 2 ? 65520 : 3.5e38])]);
    case "complex":
      return pick(random, [...common, "1", 1n, [1], [1, 2, 3], [1, "2"], ...(item.size === 8 ? [[0, 1e39]] : [])]);
    case "boolean":
      return pick(random, [...common, 0, 1, "true", 1n]);
    case "character":
      return pick(random, [...common, "", "ab", "€", 65]);
    case "bytes":
    case "pascal":
      return pick(random, [...common, 1, [1], new Uint8Array(item.size + 1)]);
    case "padded":
      return badValue(random, item.fields![0]!.item);
    default:
      return pick(random, [...common, 1, "text", times(99, () => 1), { other: 1 }]);
  }
}

// ---- windows ---------------------------------------------------------------------------------------------------------

export const SPACE = 512;

export interface RandomWindow extends Format {
  readonly shape: number[];
  readonly strides: number[];
  readonly offset: number;
  /** Whether all of its bytes are in the space. */
  readonly valid: boolean;
  readonly model: Omit<Model, "base">;
}

/** A window of the space, of 0 to 5 dimensions: packed, gapped, reversed, overlapping, or reaching outside. */
export function randomWindow(
  random: Random,
  bytes: Uint8Array,
  format = randomFormat(random),
  shape = randomShape(random),
): RandomWindow {
  // prettier-ignore
  const { item, text } = format;
  const { size } = item;
  const gap = pick(random, [0, 0, 0, 1, size]);
  const packed = shape.map((_, axis) => size * product(shape.slice(axis + 1).map((n) => Math.max(n, 1))));
  const kind = random(3);
  const strides = shape.map((_, axis) => {
    const stride = kind === 0 ? packed[axis]! : kind === 1 ? packed[axis]! + gap * (axis + 1) : pick(random, [size, -size, size * 2, -size * 3, 0, size + 1, size * 7, 1, -1, 3]); // prettier-ignore
    return kind > 0 && percent(random, 25) ? 0 - stride : stride;
  });
  const order = percent(random, 30) ? shuffled(random, [...shape.keys()]) : [...shape.keys()];
  const turned = order.map((axis) => strides[axis]!);
  const places = placesOf(0, shape, turned);
  const low = Math.min(0, ...places);
  const high = Math.max(0, ...places) + size;
  // Mostly where it fits, where there is such a place.
  const offset = percent(random, 85) && high - low <= SPACE ? between(random, -low, SPACE - high) : random(SPACE + 1);
  const at = places.map((place) => place + offset);
  const valid = at.every((place) => place >= 0 && place + size <= SPACE) && offset <= SPACE;
  const model = { bytes, item, format: text, shape, places: at, readonly: false };
  return { text, item, shape, strides: turned, offset, valid, model };
}

/** Lengths with 0 and 1 among them, of not too many items. */
export function randomShape(random: Random, most = 48): number[] {
  const shape = times(random(6), () => pick(random, [0, 1, 1, 2, 2, 3, 3, 4, 5]));
  while (product(shape) > most) shape.pop();
  return shape;
}

// ---- steps -----------------------------------------------------------------------------------------------------------

/** A call on a view: what it is called, what it returns, and what the model says: items, or the codes it may refuse with. */
export interface Step {
  readonly name: string;
  readonly call: (view: any) => MemoryView;
  readonly want: Model | readonly string[];
}

type StepMaker = (random: Random, model: Model) => Step;

const LAYOUT = ["ERR_LAYOUT"];
const step = (method: string, parameters: readonly unknown[], want: Step["want"]): Step => ({
  name: `${method}(${JSON.stringify(parameters).slice(1, -1)})`,
  call: (view) => view[method](...parameters),
  want,
});

/** An axis, counted from either end; sometimes one that is none. */
function randomAxis(random: Random, ndim: number): { given: number; axis: number | undefined } {
  if (ndim === 0 || percent(random, 6)) return { given: pick(random, [ndim, -ndim - 1, 0.5]), axis: undefined };
  const axis = random(ndim);
  return { given: percent(random, 30) ? axis - ndim : axis, axis };
}

const without = <T>(items: readonly T[], at: number): T[] => items.filter((_, i) => i !== at);
const inserted = <T>(items: readonly T[], at: number, item: T): T[] => [
  ...items.slice(0, at),
  item,
  ...items.slice(at),
];

/** Item `[…index]` of the result is item `[…index permuted]` of the model: axis k of the result is axis `order[k]`. */
const permuted = (model: Model, order: readonly number[]): Model =>
  pickItems(
    model,
    order.map((axis) => model.shape[axis]!),
    (tuple) => model.shape.map((_, axis) => tuple[order.indexOf(axis)]!),
  );

const mirrored = (model: Model, axes: readonly number[]): Model =>
  pickItems(model, model.shape, (tuple) =>
    tuple.map((n, axis) => (axes.includes(axis) ? model.shape[axis]! - 1 - n : n)),
  );

/** The same items, in C order, as another shape. */
const listed = (model: Model, shape: readonly number[], places: readonly number[] = model.places): Model => ({ ...model, shape, places }); // prettier-ignore

/** Keys of `slice` and what they pick, by Python's definition. */
const sliceStep: StepMaker = (random, model) => {
  const { shape } = model;
  const keys: Key[] = [];
  const errors: string[] = [];
  /** Of every axis the indices that are picked, and of every axis of the result where it comes from: -1 for a new one. */
  const picked: number[][] = [];
  const result: number[] = [];
  const named = percent(random, 4) ? shape.length + 1 : random(shape.length + 1);
  const ellipsis = percent(random, 30) ? random(named + 1) : -1;
  if (named > shape.length) errors.push("ERR_BOUNDS");
  const addNew = (): void => {
    for (; percent(random, 12); result.push(-1)) keys.push(null);
  };
  const addWhole = (until: number): void => {
    for (; picked.length < until; picked.push(times(shape[picked.length]!, (i) => i))) result.push(picked.length);
  };
  const addEllipsis = (): void => {
    keys.push("...");
    addWhole(picked.length + shape.length - named);
    if (!percent(random, 4)) return;
    keys.push("...");
    errors.push("ERR_VALUE", "ERR_BOUNDS");
  };
  for (let k = 0; k < named; k++) {
    addNew();
    if (k === ellipsis) addEllipsis();
    const length = shape[picked.length] ?? 0;
    if (percent(random, 30)) {
      const out = length === 0 || percent(random, 6);
      const index = out ? pick(random, [length, -length - 1, 0.5, 2 ** 40]) : between(random, -length, length - 1);
      if (out) errors.push("ERR_BOUNDS");
      keys.push(index);
      picked.push([index < 0 ? index + length : index]);
    } else {
      const bound = (): number | null =>
        percent(random, 30) ? null : percent(random, 8) ? pick(random, [-(2 ** 40), 2 ** 40]) : between(random, -length - 2, length + 2); // prettier-ignore
      const by = percent(random, 40) ? null : pick(random, [1, 2, -1, -2, 3, -3, -1, percent(random, 20) ? 0 : 2]);
      const [start, stop] = [bound(), bound()];
      keys.push(by === null && percent(random, 50) ? [start, stop] : [start, stop, by]);
      if (by === 0) errors.push("ERR_VALUE");
      result.push(picked.length);
      picked.push(by === 0 ? [] : sliceIndices(length, start, stop, by));
    }
  }
  addNew();
  if (ellipsis === named) addEllipsis();
  addWhole(shape.length);
  const spell = (key: Key): string =>
    key === null ? "None" : Array.isArray(key) ? key.map((part) => part ?? "").join(pick(random, [":", " : "])) : String(key); // prettier-ignore
  const notation = keys.length > 0 && !keys.includes(0.5) && percent(random, 40);
  const text = keys.map(spell).join(pick(random, [",", ", "])) + (percent(random, 10) ? "," : "");
  const parameters = notation ? [text] : keys;
  if (errors.length > 0) return step("slice", parameters, errors);
  const to = result.map((axis) => (axis < 0 ? 1 : picked[axis]!.length));
  const want = pickItems(model, to, (tuple) =>
    picked.map((list, axis) => list[result.includes(axis) ? tuple[result.indexOf(axis)]! : 0]!),
  );
  return step("slice", parameters, want);
};

const transposeStep: StepMaker = (random, model) => {
  const { length } = model.shape;
  if (percent(random, 20)) return step("transpose", [], permuted(model, [...model.shape.keys()].reverse()));
  const order = shuffled(random, [...model.shape.keys()]);
  if (percent(random, 8)) {
    const bad = pick(random, [[...order, 0], order.map(() => length), order.slice(1)]);
    if (bad.length !== length || length > 0) return step("transpose", [bad], LAYOUT);
  }
  return step("transpose", [order.map((axis) => (percent(random, 30) ? axis - length : axis))], permuted(model, order));
};

const flipStep: StepMaker = (random, model) => {
  const axes = [...model.shape.keys()];
  if (percent(random, 20)) return step("flip", [], mirrored(model, axes));
  if (percent(random, 40)) {
    const some = shuffled(random, axes).slice(0, random(axes.length + 1));
    return step("flip", [some], mirrored(model, some));
  }
  const { given, axis } = randomAxis(random, axes.length);
  return step("flip", [given], axis === undefined ? LAYOUT : mirrored(model, [axis]));
};

const rot90Step: StepMaker = (random, model) => {
  const { length } = model.shape;
  const turns = between(random, -5, 6);
  const [a, b] = [randomAxis(random, length), randomAxis(random, length)];
  const defaults = percent(random, 30);
  const [from, to] = defaults ? [0, 1] : [a.axis, b.axis];
  if (length < 2 || from === undefined || to === undefined || from === to) {
    return step("rot90", defaults ? [turns] : [turns, [a.given, b.given]], LAYOUT);
  }
  // A quarter turn takes the item at (i, j) to (n - 1 - j, i): the second axis, reversed, becomes the first.
  let want = model;
  for (let k = ((turns % 4) + 4) % 4; k > 0; k--) {
    const order = [...want.shape.keys()];
    [order[from], order[to]] = [to, from];
    want = mirrored(permuted(want, order), [from]);
  }
  return step("rot90", defaults ? [turns] : [turns, [a.given, b.given]], want);
};

const swapAxesStep: StepMaker = (random, model) => {
  const [a, b] = [randomAxis(random, model.shape.length), randomAxis(random, model.shape.length)];
  if (a.axis === undefined || b.axis === undefined) return step("swapAxes", [a.given, b.given], LAYOUT);
  const order = [...model.shape.keys()];
  [order[a.axis], order[b.axis]] = [b.axis, a.axis];
  return step("swapAxes", [a.given, b.given], permuted(model, order));
};

const moveAxisStep: StepMaker = (random, model) => {
  const [a, b] = [randomAxis(random, model.shape.length), randomAxis(random, model.shape.length)];
  if (a.axis === undefined || b.axis === undefined) return step("moveAxis", [a.given, b.given], LAYOUT);
  const order = inserted(without([...model.shape.keys()], a.axis), b.axis, a.axis);
  return step("moveAxis", [a.given, b.given], permuted(model, order));
};

const squeezeStep: StepMaker = (random, model) => {
  const ones = [...model.shape.keys()].filter((axis) => model.shape[axis] === 1);
  if (percent(random, 30)) return step("squeeze", [], listed(model, model.shape.filter((length) => length !== 1))); // prettier-ignore
  if (ones.length > 0 && percent(random, 70)) {
    const axis = pick(random, ones);
    return step("squeeze", [axis], listed(model, without(model.shape, axis)));
  }
  const { given, axis } = randomAxis(random, model.shape.length);
  const fits = axis !== undefined && model.shape[axis] === 1;
  return step("squeeze", [given], fits ? listed(model, without(model.shape, axis)) : LAYOUT);
};

const expandDimsStep: StepMaker = (random, model) => {
  const { given, axis } = randomAxis(random, model.shape.length + 1);
  return step("expandDims", [given], axis === undefined ? LAYOUT : listed(model, inserted(model.shape, axis, 1)));
};

const broadcastToStep: StepMaker = (random, model) => {
  const lead = times(random(2), () => random(3));
  const to = [...lead, ...model.shape.map((length) => (length === 1 && percent(random, 60) ? random(4) : length))];
  if (percent(random, 10) && to.length > 0) to[random(to.length)]! += 1;
  if (percent(random, 4)) to.shift();
  const skip = to.length - model.shape.length;
  const fits = skip >= 0 && model.shape.every((length, axis) => length === 1 || length === to[skip + axis]);
  if (!fits) return step("broadcastTo", [to], LAYOUT);
  const want = pickItems(model, to, (tuple) =>
    model.shape.map((length, axis) => (length === 1 ? 0 : tuple[skip + axis]!)),
  );
  return step("broadcastTo", [to], { ...want, readonly: true });
};

const slidingWindowStep: StepMaker = (random, model) => {
  const { shape } = model;
  const all = percent(random, 30);
  const { given, axis } = randomAxis(random, shape.length);
  const axes = all ? [...shape.keys()] : axis === undefined ? [] : [axis];
  const lengths = (all ? axes : [axis ?? 0]).map((at) => (percent(random, 10) ? (shape[at] ?? 0) + 1 : between(random, 1, Math.max(1, shape[at] ?? 1)))); // prettier-ignore
  const parameters = all ? [lengths] : [lengths[0], given];
  if ((!all && axis === undefined) || axes.some((at, k) => lengths[k]! > shape[at]!)) {
    return step("slidingWindow", parameters, LAYOUT);
  }
  const to = [...shape.map((length, at) => (axes.includes(at) ? length - lengths[axes.indexOf(at)]! + 1 : length)), ...lengths]; // prettier-ignore
  if (product(to) > 300) return expandDimsStep(random, model);
  const want = pickItems(model, to, (tuple) => shape.map((_, at) => tuple[at]! + (axes.includes(at) ? tuple[shape.length + axes.indexOf(at)]! : 0))); // prettier-ignore
  return step("slidingWindow", parameters, { ...want, readonly: true });
};

const diagonalStep: StepMaker = (random, model) => {
  const { shape } = model;
  const [a, b] = [randomAxis(random, shape.length), randomAxis(random, shape.length)];
  const offset = between(random, -3, 3);
  const defaults = percent(random, 40);
  const [first, second] = defaults ? [0, 1] : [a.axis, b.axis];
  const parameters = defaults ? [offset] : [offset, a.given, b.given];
  if (shape.length < 2 || first === undefined || second === undefined || first === second) {
    return step("diagonal", parameters, LAYOUT);
  }
  let length = 0;
  const at = (k: number): [number, number] => [k + Math.max(0, -offset), k + Math.max(0, offset)];
  for (; at(length)[0] < shape[first]! && at(length)[1] < shape[second]!; length++);
  const rest = [...shape.keys()].filter((axis) => axis !== first && axis !== second);
  const to = [...rest.map((axis) => shape[axis]!), length];
  const want = pickItems(model, to, (tuple) =>
    shape.map((_, axis) => (axis === first ? at(tuple.at(-1)!)[0] : axis === second ? at(tuple.at(-1)!)[1] : tuple[rest.indexOf(axis)]!)),
  ); // prettier-ignore
  return step("diagonal", parameters, { ...want, readonly: true });
};

/** A shape of as many items, mostly. */
function sameCount(random: Random, count: number): number[] {
  if (count === 0) return percent(random, 50) ? [0] : shuffled(random, [0, 2, 3]);
  const shape: number[] = [];
  for (let rest = count; rest > 1;) {
    const factors = times(rest, (i) => i + 1).filter((n) => n > 1 && rest % n === 0);
    shape.push(pick(random, factors));
    rest /= shape.at(-1)!;
  }
  for (; percent(random, 20);) shape.splice(random(shape.length + 1), 0, 1);
  return shape;
}

const reshapeStep: StepMaker = (random, model) => {
  const count = model.places.length;
  const to = sameCount(random, count);
  if (percent(random, 8)) to.push(pick(random, [2, -2, 0.5]));
  const agrees = to.every((length) => Number.isInteger(length) && length >= 0) && product(to) === count;
  const given = to.slice();
  if (count > 0 && agrees && to.length > 0 && percent(random, 25)) given[random(to.length)] = -1;
  const order = percent(random, 25) ? "F" : percent(random, 20) ? "C" : undefined;
  const parameters = order === undefined ? [given] : [given, order];
  if (!agrees) return step("reshape", parameters, LAYOUT);
  // In Fortran order both are walked with the first index running fastest.
  let places = model.places.slice();
  if (order === "F") {
    const from = fortran(model.shape, model.places);
    const rank = fortran(to, indices(to).map((_, i) => i)); // prettier-ignore
    rank.forEach((position, i) => (places[position] = from[i]!));
  }
  return step("reshape", parameters, stridesOf(to, places) ? listed(model, to, places) : LAYOUT);
};

const castStep: StepMaker = (random, model) => {
  const { text, item } = percent(random, 50) ? randomFormat(random) : { text: "B", item: scalar("B") };
  const bytes = model.places.length * model.item.size;
  const shape = percent(random, 40) ? sameCount(random, Math.floor(bytes / item.size)) : undefined;
  const to = shape ?? [Math.floor(bytes / item.size)];
  const parameters = shape ? [text, shape] : [text];
  if (!isPacked(model.places, model.item.size) || product(to) * item.size !== bytes)
    return step("cast", parameters, LAYOUT);
  const places = times(product(to), (i) => model.places[0]! + i * item.size);
  return step("cast", parameters, { ...model, item, format: text, shape: to, places });
};

const reinterpretStep: StepMaker = (random, model) => {
  const { text, item } = randomFormat(random);
  const { shape, places } = model;
  const [from, to] = [model.item.size, item.size];
  const next = { ...model, item, format: text };
  if (from === to) return step("reinterpret", [text], next);
  if (places.length === 0) return castStep(random, model); // its rows are nowhere, so that no rule of theirs can be seen
  if (shape.length === 0) return step("reinterpret", [text], LAYOUT);
  const row = shape.at(-1)!;
  const fits = (row * from) % to === 0 && (to > from || from % to === 0);
  if (!fits) return step("reinterpret", [text], LAYOUT);
  const rows = shape.slice(0, -1);
  const last = (row * from) / to;
  // Every row must be bytes one after the other.
  const starts = row === 0 ? [] : times(product(rows), (r) => places.slice(r * row, (r + 1) * row));
  if (!starts.every((line) => isPacked(line, from))) return step("reinterpret", [text], LAYOUT);
  const all = starts.flatMap((line) => times(last, (i) => line[0]! + i * to));
  return step("reinterpret", [text], { ...next, shape: [...rows, last], places: all });
};

const fieldStep: StepMaker = (random, model) => {
  const { item, shape } = model;
  const records = item.kind === "record";
  const field = records ? pick(random, item.fields!) : undefined;
  if (!field || percent(random, 5)) return step("field", [pick(random, ["none", "", "toString"])], ["ERR_FORMAT"]);
  // The axes of a sub-array come last.
  let inner = field.item;
  const to = shape.slice();
  let places = model.places.map((place) => place + field.offset);
  for (; inner.kind === "array"; inner = inner.of!) {
    const { of, lengths } = inner;
    to.push(...lengths!);
    places = places.flatMap((place) => times(product(lengths!), (i) => place + i * of!.size));
  }
  if (inner.size === 0) return step("field", [field.name], ["ERR_FORMAT"]);
  return step("field", [field.name], { ...model, item: inner, format: undefined, shape: to, places });
};

const fieldsStep: StepMaker = (random, model) => {
  const { item } = model;
  if (item.kind !== "record") return step("fields", [["a"]], ["ERR_FORMAT"]);
  const chosen = shuffled(random, item.fields!).slice(0, between(random, 1, item.fields!.length));
  const names = chosen.map(({ name }) => name);
  if (percent(random, 5)) return step("fields", [[...names, pick(random, ["none", names[0]])]], ["ERR_FORMAT"]);
  if (chosen.every((field) => field.item.size === 0)) return step("fields", [[]], ["ERR_FORMAT"]);
  return step("fields", [names], { ...model, item: fieldsItem("record", chosen, item.size, item.align), format: undefined }); // prettier-ignore
};

/** `real()` and `imag()` of complex items: the first and the second half of each. */
const partStep =
  (method: "real" | "imag"): StepMaker =>
  (random, model) => {
    const { item, places } = model;
    if (item.kind !== "complex") return method === "real" && convertible(item, item) ? step("real", [], { ...model, format: undefined }) : transposeStep(random, model); // prettier-ignore
    const half = scalar((item.big ? ">" : "") + (item.size === 8 ? "f" : "d"));
    const offset = method === "real" ? 0 : half.size;
    return step(method, [], { ...model, item: half, format: undefined, places: places.map((place) => place + offset) });
  };

const readonlyStep: StepMaker = (_, model) => step("toReadonly", [], { ...model, readonly: true });

const stridedStep: StepMaker = (random, model) => {
  const { text, item } = percent(random, 50) && model.format !== undefined ? { text: model.format, item: model.item } : randomFormat(random); // prettier-ignore
  const shape = randomShape(random, 24);
  const strides = shape.map(() => between(random, -item.size * 2, item.size * 2));
  const byteOffset = between(random, -8, 16);
  const all = bytePlaces(model);
  const parameters = [{ byteOffset, format: text, shape, strides }];
  const places = placesOf((model.places[0] ?? 0) + byteOffset, shape, strides);
  if (places.length === 0) return step("strided", [{ ...parameters[0], byteOffset: 0 }], { ...model, item, format: text, shape, places }); // prettier-ignore
  let [low, high] = [Infinity, -Infinity];
  for (const place of all) [low, high] = [Math.min(low, place), Math.max(high, place + 1)];
  const inside = places.every((place) => place >= low && place + item.size <= high);
  return step("strided", parameters, inside ? { ...model, item, format: text, shape, places } : ["ERR_BOUNDS"]);
};

export const STEPS: Record<string, StepMaker> = {
  slice: sliceStep,
  transpose: transposeStep,
  flip: flipStep,
  rot90: rot90Step,
  swapAxes: swapAxesStep,
  moveAxis: moveAxisStep,
  squeeze: squeezeStep,
  expandDims: expandDimsStep,
  broadcastTo: broadcastToStep,
  slidingWindow: slidingWindowStep,
  diagonal: diagonalStep,
  reshape: reshapeStep,
  cast: castStep,
  reinterpret: reinterpretStep,
  field: fieldStep,
  fields: fieldsStep,
  real: partStep("real"),
  imag: partStep("imag"),
  toReadonly: readonlyStep,
  strided: stridedStep,
};
