import { BoundsError } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { extent } from "../layout/layout.ts";
import { cStrides } from "../layout/shape.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { viewAs } from "../view/memoryview.ts";

/** A file that lies in somebody's bytes. Positions count from its first byte. */
interface FileBytes {
  readonly size: number;
  /**
   * A copy of `count` bytes, zeros behind the end of the file. What is decided by bytes is decided by such a copy, so
   * that no other thread changes them between the check and the use.
   */
  copy(at: number, count: number): DataView;
  /** @throws BoundsError when the file is shorter than `end`. */
  need(end: number, what: string): void;
  /** A view of some of the file, from `at` on; without strides, in C order. @throws BoundsError as `need` does. */
  view(format: Format, at: number, shape: readonly number[], strides?: readonly number[]): any;
}

/** What a reader returns: the view that it is called for, and facts. */
interface Contents {
  readonly view?: MemoryView;
  readonly samples?: MemoryView;
}

/**
 * Hands the bytes of `source` to `read`. What an exporter locked is given back when that throws, or with the view.
 *
 * @throws LayoutError when the bytes are not one after the other.
 */
export function readFile<T extends Contents>(source: unknown, operation: string, read: (file: FileBytes) => T): T {
  const whole = viewAs(source, undefined, operation);
  try {
    const bytes = whole.cast("B");
    const { byteOffset: low, length: size } = bytes;
    const need = (end: number, what: string): void => {
      if (end <= size) return;
      throw new BoundsError(operation, `${what} ends at byte ${end}, the file at ${size}`, "it is cut short");
    };
    const contents = read({
      size,
      need,
      copy(at, count) {
        const copy = new Uint8Array(count);
        copy.set(bytes.slice([at, at + count]).toBytes());
        return new DataView(copy.buffer);
      },
      view(format, at, shape, strides = cStrides(shape, format.itemsize)) {
        const layout = { byteOffset: low + at, shape, strides };
        need(extent(layout, format.itemsize)[1] - low, "the content");
        return bytes._derive(layout, format);
      },
    });
    (contents.view ?? contents.samples)!._giveBack = whole._giveBack;
    return contents;
  } catch (error) {
    whole.release();
    throw error;
  }
}

/** Bytes as text, one character each. */
export const textAt = (data: DataView, at: number, count: number): string =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(data.getUint8(at + i))).join("");
