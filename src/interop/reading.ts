import { BoundsError } from "../errors.ts";
import { formatOf, structOf } from "../format/compile.ts";
import { extent } from "../layout/layout.ts";
import { cStrides } from "../layout/shape.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { viewAs } from "../view/memoryview.ts";

/** A file that lies in somebody's bytes. Positions count from its first byte. */
interface FileBytes {
  readonly size: number;
  /** A copy of `count` bytes, or of those that are there. */
  bytes(at: number, count: number): Uint8Array;
  /**
   * The values of a little-endian struct, zeros behind the end of the file; bytes are texts of one character each. What
   * is decided by them is decided by a copy: no other thread changes them between the check and the use.
   */
  values(format: string, at: number): any[];
  /** @throws BoundsError when the file is shorter than `end`. */
  need(end: number, what: string): void;
  /** A view of some of the file, from `at` on; without strides, in C order. @throws BoundsError as `need` does. */
  view(format: string, at: number, shape: readonly number[], strides?: readonly number[]): any;
}

/** What a reader returns: the view that it is called for, and facts. */
interface Contents {
  readonly view?: MemoryView;
  readonly samples?: MemoryView;
}

/** Bytes as text, one character each. */
export const textOfBytes = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/**
 * Hands the bytes of `source` to `read`. What an exporter locked is given back when that throws, or with the view.
 *
 * @throws LayoutError when the bytes are not one after the other.
 */
export function readFile<T extends Contents>(source: unknown, operation: string, read: (file: FileBytes) => T): T {
  const whole = viewAs(source, undefined, operation);
  try {
    const file = whole.cast("B");
    const { byteOffset: low, length: size } = file;
    const need = (end: number, what: string): void => {
      if (end <= size) return;
      throw new BoundsError(operation, `${what} ends at byte ${end}, the file at ${size}`, "it is cut short");
    };
    const bytes = (at: number, count: number): Uint8Array => file.slice([at, at + count]).toBytes();
    const contents = read({
      size,
      bytes,
      need,
      values(text, at) {
        const format = structOf(`<${text}`, operation);
        const copy = new Uint8Array(format.itemsize);
        copy.set(bytes(at, copy.length));
        const values = format.read(new DataView(copy.buffer), 0) as unknown[];
        return values.map((value) => (value instanceof Uint8Array ? textOfBytes(value) : value));
      },
      view(text, at, shape, strides) {
        const format = formatOf(text, operation);
        const { itemsize } = format;
        const layout = { byteOffset: low + at, shape, strides: strides ?? cStrides(shape, itemsize) };
        need(extent(layout, itemsize)[1] - low, "the content");
        return file._derive(layout, format);
      },
    });
    (contents.view ?? contents.samples)!._giveBack = whole._giveBack;
    return contents;
  } catch (error) {
    whole.release();
    throw error;
  }
}
