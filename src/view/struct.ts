import { BoundsError, LayoutError, show, ValueError } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { structOf } from "../format/compile.ts";
import type { ValuesOf } from "../format/types.ts";
import { late } from "./late.ts";
import type { MemoryView } from "./memory-view.ts";
import type { Packed } from "./types.ts";

/** Where a struct is read or written: a contiguous view, or bytes. */
export type StructBuffer = MemoryView | ArrayBufferView | ArrayBufferLike;

/**
 * A format of Python's `struct`, parsed once: packs values into bytes, and reads them out of a region without copying it.
 *
 * @example
 * const header = new Struct("<4sHHI");
 * const [tag, major, minor, length] = header.unpackFrom(region, 16);
 */
export class Struct<F extends string = string> {
  readonly #values: Format;

  /** @throws FormatError naming the position. */
  constructor(format: F) {
    this.#values = structOf(format, "Struct");
  }

  /** The text that was given. @example new Struct("<IH").format // "<IH" */
  get format(): string {
    return this.#values.text;
  }

  /** Bytes that the values take. @example new Struct("<IH").size // 6 */
  get size(): number {
    return this.#values.itemsize;
  }

  /**
   * The bytes of as many values as the format has. @throws ValueError
   *
   * @example new Struct("<H").pack(258) // Uint8Array [2, 1]
   */
  pack(...values: Packed<ValuesOf<F>>): Uint8Array<ArrayBuffer> {
    return this.#encode(values, "Struct.pack");
  }

  /**
   * The values of exactly `size` bytes. @throws BoundsError
   *
   * @example new Struct("<H").unpack(Uint8Array.of(2, 1)) // [258]
   */
  unpack(buffer: StructBuffer): ValuesOf<F> {
    return this.#read(buffer, 0, "Struct.unpack", true);
  }

  /**
   * Writes the values at an offset, negative from the end; nothing when one does not fit. @throws ReadonlyError, BoundsError
   *
   * @example header.packInto(region, 16, 1, 2)
   */
  packInto(buffer: StructBuffer, offset: number, ...values: Packed<ValuesOf<F>>): void {
    const operation = "Struct.packInto";
    bytesOf(buffer, true, operation);
    const bytes = this.#encode(values, operation);
    const data = bytesOf(buffer, true, operation); // looking at values can run code of theirs
    const at = place(data, offset, this.size, operation);
    new Uint8Array(data.buffer, data.byteOffset + at, this.size).set(bytes);
  }

  /** The values at an offset, negative from the end. @throws BoundsError @example header.unpackFrom(region, 16) */
  unpackFrom(buffer: StructBuffer, offset = 0): ValuesOf<F> {
    return this.#read(buffer, offset, "Struct.unpackFrom", false);
  }

  /**
   * The values of one struct after the other. @throws BoundsError unless the bytes are a whole number of structs.
   *
   * @example for (const [id, size] of entry.iterUnpack(table)) {}
   */
  *iterUnpack(buffer: StructBuffer): Generator<ValuesOf<F>, undefined, undefined> {
    const { size } = this;
    const { byteLength } = bytesOf(buffer, false, "Struct.iterUnpack");
    if (size === 0 || byteLength % size !== 0) {
      throw new BoundsError("Struct.iterUnpack", `${byteLength} bytes are no whole number of structs of ${size}`);
    }
    for (let at = 0; at < byteLength; at += size) yield this.unpackFrom(buffer, at);
  }

  #encode(values: readonly unknown[], operation: string): Uint8Array<ArrayBuffer> {
    const data = new DataView(new ArrayBuffer(this.size));
    this.#values.write(data, 0, this.#values.coerce(values, operation));
    return new Uint8Array(data.buffer);
  }

  #read(buffer: StructBuffer, offset: number, operation: string, exact: boolean): ValuesOf<F> {
    const data = bytesOf(buffer, false, operation);
    return this.#values.read(data, place(data, offset, this.size, operation, exact)) as ValuesOf<F>;
  }
}

function bytesOf(buffer: unknown, writable: boolean, operation: string): DataView {
  const view = late.viewOf(buffer);
  if (!view) throw new ValueError(operation, `${show(buffer)} has no bytes`, "pass a contiguous view or bytes");
  if (writable) view._checkWritable(operation);
  if (!view.cContiguous) throw new LayoutError(operation, "the view is not contiguous", "use copy()");
  return new DataView(view._live(operation).buffer, view.byteOffset, view.nbytes);
}

/** An offset, negative from the end, that leaves room for `size` bytes, or for no more. @throws BoundsError, ValueError */
function place(data: DataView, offset: number, size: number, operation: string, exact = false): number {
  const { byteLength } = data;
  if (!Number.isSafeInteger(offset)) throw new ValueError(operation, `the offset is ${show(offset)}`, "pass an integer"); // prettier-ignore
  const at = offset < 0 ? offset + byteLength : offset;
  if (at < 0 || at + size > byteLength || (exact && size < byteLength)) {
    const problem = `${size} bytes at offset ${offset} of ${byteLength} bytes`;
    throw new BoundsError(operation, problem, "pass as many as the format has");
  }
  return at;
}

/** Bytes that a format takes. @throws FormatError @example calcsize("bi") // 8 */
export const calcsize = (format: string): number => structOf(format, "calcsize").itemsize;

/** `new Struct(format).pack(...values)`. @example pack("<HB", 1, 2) // Uint8Array [1, 0, 2] */
export const pack = <const F extends string>(format: F, ...values: Packed<ValuesOf<F>>): Uint8Array<ArrayBuffer> =>
  new Struct(format).pack(...values);

/** `new Struct(format).unpack(bytes)`. @example unpack("<HB", Uint8Array.of(1, 0, 2)) // [1, 2] */
export const unpack = <const F extends string>(format: F, bytes: StructBuffer): ValuesOf<F> =>
  new Struct(format).unpack(bytes);
