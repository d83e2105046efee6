import { FormatError, LayoutError, show, UnsupportedError, ValueError } from "../errors.ts";
import type { NativeArray } from "../format/scalars.ts";
import { addressOf } from "../layout/layout.ts";
import { isShared } from "../memory/source.ts";
import type { MemoryView } from "./memory-view.ts";

type At = number[];

/**
 * `MemoryView.atomics`: the operations of the platform's `Atomics` on an item, by as many indices as the view has
 * dimensions. Operands are checked as `set` does; results wrap, as the platform's do.
 *
 * All throw FormatError unless items are integers in native byte order, LayoutError at an unaligned address, and what
 * `get` and `set` throw.
 */
export interface Atomics<Item> {
  load(...index: At): Item;
  /** The value written. */
  store(...indexAndValue: [...At, value: Item]): Item;
  /** This and those below answer the item as it was before. */
  add(...indexAndValue: [...At, value: Item]): Item;
  sub(...indexAndValue: [...At, value: Item]): Item;
  and(...indexAndValue: [...At, value: Item]): Item;
  or(...indexAndValue: [...At, value: Item]): Item;
  xor(...indexAndValue: [...At, value: Item]): Item;
  exchange(...indexAndValue: [...At, value: Item]): Item;
  /** Writes the replacement if the item is as expected. */
  compareExchange(...indexAndValues: [...At, expected: Item, replacement: Item]): Item;
  /**
   * Sleeps while the item is `value`, at most `timeout` milliseconds. Formats `i` and `q`.
   *
   * @throws UnsupportedError for unshared memory, and on a thread that may not block.
   */
  wait(
    ...indexAndValue: [...At, value: Item] | [...At, value: Item, timeout: number]
  ): "ok" | "not-equal" | "timed-out";
  /** The same as a promise, for a thread that may not block; as the platform answers it. */
  waitAsync(
    ...indexAndValue: [...At, value: Item] | [...At, value: Item, timeout: number]
  ): { async: false; value: "not-equal" | "timed-out" } | { async: true; value: Promise<"ok" | "timed-out"> };
  /** Wakes `count` of those who wait, or all; answers how many. */
  notify(...indexAndCount: At): number;
}

/** Which values follow the index. The last three take one number more, or not, and do not write. */
const VALUES = {
  load: 0,
  store: 1,
  add: 1,
  sub: 1,
  and: 1,
  or: 1,
  xor: 1,
  exchange: 1,
  compareExchange: 2,
  wait: 1,
  waitAsync: 1,
  notify: 0,
};
type Name = keyof typeof VALUES;

function run(view: MemoryView, name: Name, given: unknown[]): unknown {
  const operation = `MemoryView.atomics.${name}`;
  const waits = name === "wait" || name === "waitAsync";
  const sleeps = waits || name === "notify";
  if (sleeps || name === "load") view._check(operation);
  else view._checkWritable(operation);
  const { _format: format, _layout: layout } = view;
  const { array, scalar, text, itemsize } = format;
  const types: unknown[] = [Int32Array, BigInt64Array];
  if (!array || scalar?.kind === "float" || (sleeps && !types.includes(array))) {
    const rule = sleeps ? "it takes 'i' and 'q'" : "atomics take integers in native byte order, b B h H i I q Q";
    throw new FormatError(operation, `the format is '${text}', ${rule}`, `use ${sleeps ? "reinterpret('i')" : "get() and set(), or reinterpret()"}`); // prettier-ignore
  }
  const count = VALUES[name];
  const extra = sleeps && given.length > layout.shape.length + count ? given.pop() : undefined;
  const values = given.splice(Math.max(0, given.length - count));
  const at = addressOf(layout, given, operation);
  if (at % itemsize !== 0) {
    throw new LayoutError(
      operation,
      `the item is at ${at}, no multiple of ${itemsize}`,
      "align the view, as alloc() does",
    );
  }
  const operands = values.map((value) => format.coerce(value, operation));
  if (extra !== undefined) {
    const valid = typeof extra === "number" && extra >= 0 && (waits || extra === Infinity || Number.isInteger(extra));
    if (!valid) {
      const what = waits ? "the timeout" : "the count";
      throw new ValueError(operation, `${what} is ${show(extra)}`, `${what} is a number from 0`);
    }
    operands.push(extra);
  }
  const { buffer } = view._data(at + itemsize, operation);
  if (waits && !isShared(buffer)) {
    throw new UnsupportedError(operation, "nobody else can write to memory that is not shared", "create the memory with { shared: true }"); // prettier-ignore
  }
  const items = view._window.block.source.array<NativeArray>(array);
  const call = globalThis.Atomics[name] as ((items: NativeArray, at: number, ...operands: unknown[]) => unknown) | undefined; // prettier-ignore
  try {
    return call!(items, at / itemsize, ...operands);
  } catch (cause) {
    // What was checked cannot fail, so it is the platform that refuses to wait.
    throw new UnsupportedError(operation, "this platform cannot wait here", "use waitAsync(), or a worker", { cause });
  }
}

class ItemAtomics {
  readonly view: MemoryView;

  constructor(view: MemoryView) {
    this.view = view;
  }
}
for (const name of Object.keys(VALUES) as Name[]) {
  Object.defineProperty(ItemAtomics.prototype, name, {
    value(this: ItemAtomics, ...given: unknown[]) {
      return run(this.view, name, given);
    },
  });
}

/** See `MemoryView.atomics`. */
export function atomicsOf(view: MemoryView): object {
  view._check("MemoryView.atomics");
  return new ItemAtomics(view);
}
