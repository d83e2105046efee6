import { FormatError, LayoutError, list, show, ValueError } from "../errors.ts";
import { arrayFormat, recordFormat } from "../format/composite.ts";
import type { Format } from "../format/format.ts";
import { checkIndex } from "../layout/layout.ts";
import type { ArrayClass } from "../memory/source.ts";
import { oneOf, readOptions } from "../options.ts";
import type { MemoryView } from "./memory-view.ts";

export interface CursorOptions {
  /** How fields of `q` and `Q` are read and written: `"number"` is exact to 2^53 and refuses what is larger. */
  int64?: "bigint" | "number";
}

interface Movable {
  /**
   * Goes to another record, negative counting from the end, and returns the cursor.
   *
   * @throws BoundsError, ReleasedError
   */
  moveTo(i: number): this;
}

/** An item with numbers where it has 64-bit integers. */
type Numbers<T> = 0 extends 1 & T
  ? T
  : T extends bigint
    ? number
    : T extends Uint8Array
      ? T
      : T extends object
        ? { [K in keyof T]: Numbers<T[K]> }
        : T;

/** What `MemoryView.cursor` returns: the fields of one record, live. */
export type Cursor<Item, Options extends CursorOptions = {}> = (Options extends { int64: "number" }
  ? Numbers<Item>
  : Item) &
  Movable;

const OPERATION = "MemoryView.cursor";
const MOVE = `${OPERATION}().moveTo`;
const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** All bytes of a memory, kept by a block as its typed arrays are: made anew after growth, empty once the block ends. */
class Bytes extends DataView<ArrayBufferLike> {
  static readonly BYTES_PER_ELEMENT = 1;
}

/** Where a cursor is; the records in its record share it, and so move along. */
interface Place {
  readonly view: MemoryView;
  /** Without items where there are no records, so that reading fails. */
  readonly window: { readonly items: DataView; refresh(): void };
  readonly writable: boolean;
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** Bytes from the start of the memory to the record. */
  at: number;
}

function placeOf(view: MemoryView): Place {
  const { byteOffset, shape, strides } = view._layout;
  const { block } = view._window;
  const [count = 1] = shape;
  const window = count > 0 ? block.window(Bytes as unknown as ArrayClass<[]>) : {};
  return {
    view,
    window: window as Place["window"],
    writable: !view._readonly,
    first: byteOffset,
    stride: strides[0] ?? 0,
    count,
    at: byteOffset,
  };
}

/** One field as the cold path knows it. */
class Field {
  declare readonly operation: string;
  declare readonly format: Format;
  declare readonly offset: number;

  constructor(name: string, format: Format, offset: number) {
    this.operation = `${OPERATION}()[${show(name)}]`;
    this.format = format;
    this.offset = offset;
  }

  /** The bytes as they are now. @throws ReleasedError, BoundsError where the view is empty, or the buffer became shorter. */
  #data(place: Place): DataView {
    const { count, at } = place;
    const data = place.view._data(count && at + this.offset + this.format.itemsize, this.operation);
    if (count === 0) checkIndex(0, 0, 0, this.operation);
    place.window.refresh();
    return data;
  }

  read(place: Place): unknown {
    return this.format.read(this.#data(place), place.at + this.offset);
  }

  write(place: Place, value: unknown): void {
    place.view._checkWritable(this.operation);
    const item = this.format.coerce(value, this.operation);
    this.format.write(this.#data(place), place.at + this.offset, item);
  }
}

/** The hidden properties of a cursor: a colon is in no field's name. Engines are slow with private ones of many classes. */
interface Hidden {
  readonly ":place": Place;
  readonly ":inner": readonly object[];
}
type Accessors = PropertyDescriptor & ThisType<Hidden>;
type Factory = (field: Field, offset: number, little: boolean) => Accessors;

const MAX = Number.MAX_SAFE_INTEGER;

/**
 * The property of a field, by the name of its typed array. Written out, because engines keep type feedback per function
 * text: one text for all would be slow for each as soon as several formats are in use.
 *
 * There is no test for growth, a block that ended, or a cursor that is at no record: then the platform itself refuses to
 * read or write, and the cold path finds out why.
 */
const FACTORIES: Record<string, Factory> = {
  Int8Array: (field, offset) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getInt8(place.at + offset);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && (value << 24) >> 24 === value) {
          return place.window.items.setInt8(place.at + offset, value);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Uint8Array: (field, offset) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getUint8(place.at + offset);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && (value & 255) === value) {
          return place.window.items.setUint8(place.at + offset, value);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Int16Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getInt16(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && (value << 16) >> 16 === value) {
          return place.window.items.setInt16(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Uint16Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getUint16(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && (value & 65535) === value) {
          return place.window.items.setUint16(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Int32Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getInt32(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && (value | 0) === value) {
          return place.window.items.setInt32(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Uint32Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getUint32(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && value >>> 0 === value) {
          return place.window.items.setUint32(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  BigInt64Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getBigInt64(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (
          place.writable &&
          !place.view._released &&
          typeof value === "bigint" &&
          BigInt.asIntN(64, value) === value
        ) {
          return place.window.items.setBigInt64(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  BigUint64Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getBigUint64(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (
          place.writable &&
          !place.view._released &&
          typeof value === "bigint" &&
          BigInt.asUintN(64, value) === value
        ) {
          return place.window.items.setBigUint64(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Float32Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getFloat32(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number" && Math.abs(value) < 3.4e38) {
          return place.window.items.setFloat32(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
  Float64Array: (field, offset, little) => ({
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return place.window.items.getFloat64(place.at + offset, little);
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && typeof value === "number") {
          return place.window.items.setFloat64(place.at + offset, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  }),
};

/** `q` and `Q` as numbers: two words take a tenth of the time of a bigint. */
const exact: Factory = (field, offset, little) => {
  const high = little ? offset + 4 : offset;
  const low = little ? offset : offset + 4;
  const lowest = field.format.scalar!.min < 0 ? -MAX : 0;
  return {
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) {
          const { items } = place.window;
          const value = items.getInt32(place.at + high, little) * 2 ** 32 + items.getUint32(place.at + low, little);
          if (value >= lowest && value <= MAX) return value;
        }
      } catch {}
      return field.read(place);
    },
    set(value) {
      const place = this[":place"];
      try {
        if (place.writable && !place.view._released && Number.isSafeInteger(value) && value >= lowest) {
          const { items } = place.window;
          items.setInt32(place.at + high, Math.floor(value / 2 ** 32), little);
          return items.setInt32(place.at + low, value, little);
        }
      } catch {}
      field.write(place, value);
    },
  };
};

/** Any other format. */
const general: Factory = (field, offset) => {
  const { format } = field;
  return {
    get() {
      const place = this[":place"];
      try {
        if (!place.view._released) return format.read(place.window.items, place.at + offset);
      } catch {}
      return field.read(place);
    },
    set(value) {
      field.write(this[":place"], value);
    },
  };
};

/** The format with numbers where it has 64-bit integers. */
function withNumbers(format: Format): Format {
  const { items, fields, text, itemsize, align, scalar } = format;
  if (items) return arrayFormat(withNumbers(items.format), items.shape);
  if (fields) {
    const changed = Array.from(
      fields,
      ([name, field]) => [name, { ...field, format: withNumbers(field.format) }] as const,
    );
    return recordFormat(new Map(changed), text, itemsize, align);
  }
  if (scalar?.kind !== "bigint") return format;
  const lowest = scalar.min < 0 ? -MAX : 0;
  const check = (number: unknown, value: unknown, operation: string, hint: string): number => {
    if (Number.isSafeInteger(number) && (number as number) >= lowest) return number as number;
    throw new ValueError(operation, `${show(value)} is no integer from ${lowest} to ${MAX}, as '${text}' takes for a number`, hint); // prettier-ignore
  };
  return {
    ...format,
    read(data, at) {
      const value = format.read(data, at);
      return check(Number(value), value, OPERATION, "read it as a bigint");
    },
    coerce: (value, operation) => BigInt(check(value, value, operation, "nothing was written")),
  };
}

/** The fields of a record as properties of its own, so that they are listed, spread, compared and written as JSON. */
class Live {
  constructor(place: Place, accessors: PropertyDescriptorMap, inner: readonly LiveClass[]) {
    Object.defineProperties(this, {
      ":place": { value: place },
      ":inner": { value: inner.map((Inner) => new Inner(place)) },
      ...accessors,
    });
    Object.preventExtensions(this);
  }

  /** What Node's `console.log` shows. */
  [inspect](this: Live & Hidden): unknown {
    const { view } = this[":place"];
    return view.released ? String(view) : { ...this };
  }
}
type LiveClass = new (place: Place) => Live;

class Moving extends Live {
  moveTo(i: unknown): this {
    const place = (this as unknown as Hidden)[":place"];
    let index = i as number;
    // Engines fold this test; the one that names what is wrong costs a third of a loop over records.
    if (!(typeof i === "number" && i >= 0 && i < place.count && i % 1 === 0 && !place.view.released)) {
      place.view._check(MOVE);
      index = checkIndex(i, place.count, 0, MOVE);
    }
    place.at = place.first + index * place.stride;
    return this;
  }
}

/** A class per record, so that engines tell their cursors apart. `start` is where the record is in the outermost one. */
function classOf({ fields }: Format, numbers: boolean, Base: typeof Live = Live, start = 0): LiveClass {
  const inner: LiveClass[] = [];
  const accessors = Array.from(fields!, ([name, { offset, format }]) => {
    const { scalar, little } = format;
    const field = new Field(name, format, start + offset);
    const known = numbers && scalar?.kind === "bigint" ? exact : FACTORIES[scalar?.array?.name ?? ""];
    const factory = known ?? general;
    const property = factory(field, field.offset, little);
    if (format.fields) {
      const index = inner.push(classOf(format, numbers, Live, field.offset)) - 1;
      property.get = function (this: Hidden) {
        return this[":inner"][index];
      };
    }
    return [name, { ...property, enumerable: true }] as const;
  });
  const own: PropertyDescriptorMap = Object.fromEntries(accessors);
  return class extends Base {
    constructor(place: Place) {
      super(place, own, inner);
    }
  };
}

/** Compiled once per record, and as long as its format is. */
const classes = { bigint: new WeakMap<Format, LiveClass>(), number: new WeakMap<Format, LiveClass>() };

/** See `MemoryView.cursor`. */
export function cursorOf(view: MemoryView, i?: number, options?: CursorOptions): object {
  view._check(OPERATION);
  const { _format: format, _layout: layout } = view;
  const { ndim } = view;
  if (!format.fields) {
    throw new FormatError(OPERATION, `'${format.text}' is no record`, "use get() and set(), or a format of record()");
  }
  if (format.fields.has("moveTo")) {
    throw new FormatError(OPERATION, "the field 'moveTo' has the name of the cursor's method", "use field('moveTo')");
  }
  if (ndim > 1) {
    throw new LayoutError(OPERATION, `shape ${list(layout.shape)} has ${ndim} dimensions, a cursor moves along 1`, "use slice() or reshape(-1)"); // prettier-ignore
  }
  const { int64 = "bigint" } = readOptions(options, { int64: oneOf(["bigint", "number"]) }, OPERATION);
  const known = classes[int64];
  let Class = known.get(format);
  if (!Class) {
    Class = classOf(int64 === "number" ? withNumbers(format) : format, int64 === "number", Moving);
    known.set(format, Class);
  }
  const cursor = new Class(placeOf(view)) as Moving;
  return i === undefined ? cursor : cursor.moveTo(i);
}
