import { expect, test } from "vitest";
import { memoryview } from "linearview";
test("smoke", () => {
  const m = new WebAssembly.Memory({ initial: 1 });
  const v = memoryview(m, { format: "B", byteOffset: 100, shape: [4, 6] });
  v.set(1, 2, 77);
  expect(v.get(1, 2)).toBe(77);
  expect(v.constructor.name).toBe("Native2");
  m.grow(1);
  expect(v.get(1, 2)).toBe(77);
  v.set(-1, -1, 5);
  expect(new Uint8Array(m.buffer)[123]).toBe(5);
  const f = memoryview(m, { format: "f", byteOffset: 100, shape: [6] });
  expect(f.toList().length).toBe(6);
  expect(() => v.get(9, 9)).toThrow(/out of bounds/);
  console.log(String(v), v.slice("1, ::-1").toList(), v.transpose().toList());
  expect(v.slice([0, 2], 1).toBytes()).toEqual(new Uint8Array([0, 0]));
});
