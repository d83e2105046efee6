import { memoryview } from "linearview";
import { expect, test } from "vitest";

/** Pages that are never touched cost nothing: 4 GiB of addresses, a few pages of bytes. */
const memory = new WebAssembly.Memory({ initial: 65536 });

/** More than an index of 31 bits reaches, between the first row and the last. */
const FAR = 2 ** 31 - 128;

const WINDOWS = [
  ["forwards", 64, FAR],
  ["backwards", 64 + 2 * FAR, -FAR],
] as const;

for (const format of ["f", "B"] as const) {
  const itemsize = format === "f" ? 4 : 1;
  // A gap after each item, so that rows are walked item by item, and a view beside it that shares no byte.
  const far = (byteOffset: number, stride: number, item: number) =>
    memoryview(memory, { byteOffset, format, shape: [3, 2], strides: [stride, item] });
  /** The same items, read one by one with no operation of bulk. */
  const itemsOf = (view: { get(y: number, x: number): number }) =>
    [0, 1, 2].map((y) => [0, 1].map((x) => view.get(y, x)));

  test.each(WINDOWS)(`bulk: items of '${format}' more than 2^31 bytes apart, %s`, (_, start, stride) => {
    for (const item of [2 * itemsize, -2 * itemsize]) {
      const view = far(start, stride, item);
      const beside = far(start + itemsize, stride, item);
      beside.fill(9);
      view.fill(7);
      expect(itemsOf(view)).toEqual([[7, 7], [7, 7], [7, 7]]); // prettier-ignore
      expect(itemsOf(beside)).toEqual([[9, 9], [9, 9], [9, 9]]); // prettier-ignore
      expect(view.equals(beside)).toBe(false);

      const values = [[1, 2], [3, 4], [5, 6]]; // prettier-ignore
      view.assign(values);
      expect(itemsOf(view)).toEqual(values);
      expect(view.toList()).toEqual(values);
      expect(Array.from(view.copy())).toEqual(values.flat());
      expect(itemsOf(beside)).toEqual([[9, 9], [9, 9], [9, 9]]); // prettier-ignore

      beside.assign(view);
      expect(itemsOf(beside)).toEqual(values);
      expect(view.equals(beside)).toBe(true);
      for (const y of [0, 1, 2]) {
        beside.set(y, 1, 0);
        expect(view.equals(beside)).toBe(false);
        beside.set(y, 1, values[y]![1]!);
      }
      expect(view.equals(beside)).toBe(true);

      // From near to far and back, and with itself turned around.
      const near = memoryview(new (format === "f" ? Float32Array : Uint8Array)(6), { shape: [3, 2] });
      near.assign(view);
      expect(itemsOf(near)).toEqual(values);
      expect(near.equals(view)).toBe(true);
      view.assign(near.flip());
      expect(itemsOf(view)).toEqual([[6, 5], [4, 3], [2, 1]]); // prettier-ignore
      view.assign(view.flip(0));
      expect(itemsOf(view)).toEqual([[2, 1], [4, 3], [6, 5]]); // prettier-ignore
      expect(view.transpose().equals(memoryview(memory, { byteOffset: start, format, shape: [2, 3], strides: [item, stride] }))).toBe(true); // prettier-ignore
    }
  });
}

test("bulk: floats more than 2^31 bytes apart are equal by value", () => {
  const [first, second] = [0, 8].map((byteOffset) => memoryview(memory, { byteOffset, format: "f", shape: [3, 2], strides: [FAR, 4] })); // prettier-ignore
  first!.assign([[0, 1], [2, 3], [4, NaN]]); // prettier-ignore
  second!.assign([[-0, 1], [2, 3], [4, NaN]]); // prettier-ignore
  expect(first!.equals(second!)).toBe(false);
  first!.set(2, 1, 5);
  second!.set(2, 1, 5);
  expect(first!.equals(second!)).toBe(true);
});
