/*
 * One check of everything a view says, against a model that shares no code with the library: a list of items, each with
 * its index and the bytes it is made of, read by hand.
 */
import { type MemoryView, memoryview } from "linearview";
import { fortran, hasNaN, identical, indices, isPacked, type Model, nest, read, shown, stridesOf } from "./model.ts";

export { indices, type Model } from "./model.ts";

const gather = ({ bytes, item: { size } }: Model, places: readonly number[]): Uint8Array => {
  const packed = new Uint8Array(places.length * size);
  places.forEach((place, i) => packed.set(bytes.subarray(place, place + size), i * size));
  return packed;
};

const differ = (where: string, what: string, actual: unknown, wanted: unknown): never => {
  throw new Error(`${where}: ${what} is ${shown(actual)}, not ${shown(wanted)}`);
};

/** Asserts every attribute and every item of a view. `before` is called before each look. */
export function verifyView(view: MemoryView, model: Model, where: string, before: () => void = () => {}): void {
  const { base = 0, item, format, shape, places, readonly } = model;
  const items = places.map((place) => read(item, model.bytes, place));
  const fPlaces = fortran(shape, places);
  const [c, f] = [isPacked(places, item.size), isPacked(fPlaces, item.size)];
  const check = (what: string, look: () => unknown, wanted: unknown): void => {
    before();
    let actual: unknown;
    try {
      actual = look();
    } catch (error) {
      throw new Error(`${where}: ${what} threw ${String(error)}`, { cause: error });
    }
    if (!identical(actual, wanted)) differ(where, what, actual, wanted);
  };
  if (format !== undefined) check("format", () => view.format, format);
  check("itemsize", () => view.itemsize, item.size);
  check("ndim", () => view.ndim, shape.length);
  check("shape", () => view.shape, shape);
  check("nbytes", () => view.nbytes, places.length * item.size);
  check("readonly", () => view.readonly, readonly);
  check("released", () => view.released, false);
  check("cContiguous", () => view.cContiguous, c);
  check("fContiguous", () => view.fContiguous, f);
  check("contiguous", () => view.contiguous, c || f);
  if (places.length > 0) {
    const strides = stridesOf(shape, places);
    check("byteOffset", () => view.byteOffset - base, places[0]);
    // The stride of an axis of length 1 cannot be seen.
    check("strides", () => view.strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride)), strides);
  }
  check("frozen", () => Object.isFrozen(view.shape) && Object.isFrozen(view.strides), true);
  check("toList()", () => view.toList(), nest(items, shape));
  check("toBytes()", () => view.toBytes(), gather(model, places));
  check("toBytes(F)", () => view.toBytes("F"), gather(model, fPlaces));
  check("toBytes(A)", () => view.toBytes("A"), gather(model, f && !c ? fPlaces : places));
  indices(shape).forEach((tuple, i) => {
    before();
    const actual = view.get(...tuple);
    if (!identical(actual, items[i])) differ(where, `get(${tuple})`, actual, items[i]);
    if (i % 3 !== 0) return;
    check(
      `get(${tuple}), counted from the end,`,
      () => view.get(...tuple.map((n, axis) => n - shape[axis]!)),
      items[i],
    );
  });
  if (shape.length > 0) {
    check("length", () => view.length, shape[0]);
    const part = (one: unknown): unknown => (shape.length === 1 ? one : (one as MemoryView).toList());
    check("iteration", () => Array.from(view, part), nest(items, shape));
  }
  check("equals(itself)", () => view.equals(view.slice()), !items.some(hasNaN));
  // The text of the format, whoever wrote it, says the same to a new view.
  if (format === undefined && places.length > 0) {
    const bytes = gather(model, places.slice(0, 1));
    check(`an item of '${view.format}'`, () => memoryview(bytes, { format: view.format, shape: [] }).get(), items[0]);
  }
}
