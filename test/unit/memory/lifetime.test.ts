import { EXPORT, LinearMemory, memoryview, record } from "linearview";
import { Lifetime } from "linearview/interop";
import { expect, test } from "vitest";
import { failure } from "../support/failure.ts";
import { exportsOf, tableModule } from "./fixtures.ts";

const READING = "T{<q:stamp:<d:value:<H:channel:B:quality:9s:label:<I:seq:}";

/** A log of the Rust module, whose rows move when it must make room. */
function log(capacity: number) {
  const table = exportsOf(tableModule());
  const memory = LinearMemory.from(table.memory);
  const out = table.mem_alloc(12, 4) as number;
  const handle = table.log_new(capacity) as number;
  const raw = (): number[] => {
    table.log_raw(handle, out);
    return memory.view({ byteOffset: out, format: "I", shape: 3 }).toList();
  };
  return { table, memory, handle, raw };
}

test("lifetime: rows that a Vec moved throw by name, in every operation, and the new rows are read", () => {
  const { table, memory, handle, raw } = log(2);
  table.log_push(handle, 2);
  const [byteOffset] = raw();
  const rows = new Lifetime("mutation", { name: "the rows of the log" });
  const push = rows.watch(table.log_push as (log: number, n: number) => void, () => raw()[0] === byteOffset);
  const view = memory.view({ byteOffset: byteOffset!, format: READING, shape: 2, lifetime: rows });
  const values = view.field("value");
  expect(view.lifetime).toBe("mutation");
  values.set(1, 0.5);
  expect(table.log_sum(handle)).toBe(values.toList().reduce((sum: number, value: number) => sum + value, 0));
  push(handle, 500);
  expect(rows.ended).toBe("the rows of the log moved");
  const uses: (() => unknown)[] = [
    () => view.get(0),
    () => view.cursor(),
    () => values.get(0),
    () => values.set(0, 1),
    () => values.slice([0, 1]),
    () => values.fill(0),
    () => values.toList(),
    () => [...values],
    () => values.equals(values),
    () => values.copy(),
    () => view.lifetime,
    () => memory.view({ byteOffset: byteOffset!, shape: 4, lifetime: rows }),
  ];
  for (const use of uses) failure(use, "ERR_RELEASED", "the rows of the log moved");
  expect([view.released, values.released]).toEqual([true, true]);
  const [moved, count] = raw();
  expect(memory.view({ byteOffset: moved!, format: READING, shape: count! }).field("value").get(1)).toBe(0.5);
});

test("lifetime: watch without a question ends before the call, which sees no view", () => {
  const { memory } = log(2);
  const borrowed = new Lifetime("call", { name: "the result" });
  const view = memory.view({ byteOffset: 64, shape: 4, lifetime: borrowed });
  const call = borrowed.watch((n: number) => {
    expect(view.released).toBe(true);
    return n + 1;
  });
  expect(call(1)).toBe(2);
  failure(() => view.get(0), "ERR_RELEASED", "the result ended with a call");
});

test("lifetime: a call that throws is looked at too", () => {
  const moved = new Lifetime("mutation");
  const view = memoryview(new Uint8Array(4), { lifetime: moved });
  let valid = true;
  const call = moved.watch(
    () => {
      valid = false;
      throw new Error("theirs");
    },
    () => valid,
  );
  expect(() => call()).toThrow("theirs");
  failure(() => view.get(0), "ERR_RELEASED", "moved");
});

test("lifetime: with valid, every use asks, and nothing stale is read or written", () => {
  const bytes = new Uint8Array(24);
  let valid = true;
  let asked = 0;
  const lifetime = new Lifetime("mutation", {
    name: "the arena",
    valid: () => {
      asked++;
      return valid;
    },
  });
  const view = memoryview(bytes, { format: record({ id: "I", x: "f" }), shape: 3, lifetime });
  const ids = view.field("id");
  const cursor = view.cursor(1);
  const loads = memoryview(bytes, { format: "i", shape: 6, lifetime });
  ids.set(0, 7);
  cursor.x = 1.5;
  loads.atomics.add(0, 1);
  expect([ids.get(0), view.get(1), [...ids], loads.atomics.load(0)]).toEqual([8, { id: 0, x: 1.5 }, [8, 0, 0], 8]);
  expect(asked).toBeGreaterThan(5);
  const before = bytes.slice();
  valid = false;
  const uses = [
    () => ids.get(0),
    () => ids.set(0, 9),
    () => cursor.x,
    () => (cursor.x = 2),
    () => loads.atomics.load(0),
    () => loads.atomics.store(0, 3),
    () => view.toList(),
    () => ids.fill(1),
    () => memoryview(ids),
  ];
  for (const use of uses) failure(use, "ERR_RELEASED", "the arena is no longer valid");
  expect(bytes).toEqual(before);
});

test("lifetime: an export is given back once, also after its lifetime ended; not while a view of it is held", () => {
  const released: string[] = [];
  const lifetime = new Lifetime("lock", { name: "the lock" });
  const exporter = (): object => ({
    [EXPORT]: () => ({
      source: new Uint8Array(8),
      format: "H",
      itemsize: 2,
      lifetime,
      release() {
        lifetime.checkFree("release");
        lifetime.end("the lock was given back");
        released.push("once");
      },
    }),
  });
  const view = memoryview(exporter() as never);
  const part = view.slice([1, 3]);
  const letGo = part.hold();
  failure(() => view.release(), "ERR_EXPORTED", "the lock");
  expect([view.released, released]).toEqual([false, []]);
  letGo();
  view.release();
  view.release();
  expect(released).toEqual(["once"]);
  failure(() => part.get(0), "ERR_RELEASED", "the lock was given back");
  const ended = new Lifetime("lock");
  const late = memoryview({
    [EXPORT]: () => ({ source: new Uint8Array(8), lifetime: ended, release: () => released.push("late") }),
  });
  ended.end();
  late.release();
  expect(released).toEqual(["once", "late"]);
});

test("lifetime: kinds; refused for a window on a view, and when it has ended, and then the export is given back", () => {
  const memory = LinearMemory.create();
  using block = memory.alloc("B", 4);
  expect([block.lifetime, block.slice([1]).lifetime, memory.view().lifetime]).toEqual(["owned", "owned", "static"]);
  const lifetime = new Lifetime("call");
  failure(() => memoryview(block, { lifetime }), "ERR_VALUE", "lifetime");
  failure(() => memory.view({ lifetime: {} as never }), "ERR_VALUE", "lifetime");
  failure(() => new Lifetime("call", { valid: 1 } as never), "ERR_VALUE", "valid");
  lifetime.end("over");
  lifetime.end("twice");
  let released = 0;
  const exported = { [EXPORT]: () => ({ source: new Uint8Array(4), lifetime, release: () => void released++ }) };
  failure(() => memoryview(exported), "ERR_RELEASED", "over");
  expect(released).toBe(1);
});
