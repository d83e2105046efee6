import { FormatError, LayoutError, UnsupportedError } from "../errors.ts";
import type { NativeArray } from "../format/scalars.ts";
import { addressOf } from "../layout/layout.ts";
import { isShared } from "../memory/source.ts";
import { type Check, checkOption } from "../options.ts";
import type { MemoryView } from "./memory-view.ts";

type At = number[];

/**
 * `MemoryView.atomics`: the operations of the platform's `Atomics` on an item, by as many indices as the view has
 * dimensions. Operands are checked as `set` does; results wrap, as the platform's do.
 *
 * All throw FormatError unless items are integers in native byte order, LayoutError at an unaligned address, and what
 * `get` and `set` throw.
 */
export interface ItemAtomics<Item> {
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

/** How many values follow the index. */
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

/** Those on which threads sleep take one number more, a timeout or a count, and do not write. */
const EXTRA: { [K in Name]?: string } = { wait: "timeout", waitAsync: "timeout", notify: "count" };

function run(view: MemoryView, name: Name, given: unknown[]): unknown {
  const operation = `MemoryView.atomics.${name}`;
  const what = EXTRA[name];
  const waits = what === "timeout";
  if (what || name === "load") view._check(operation);
  else view._checkWritable(operation);
  const { _format: format, _layout: layout } = view;
  const { array, scalar, text, itemsize } = format;
  if (!array || scalar!.kind === "float" || (what && array !== Int32Array && array !== BigInt64Array)) {
    throw new FormatError(
      operation,
      `the format is '${text}', it takes ${what ? "i q" : "integers in native byte order, b B h H i I q Q"}`,
      "use reinterpret(), or get() and set()",
    );
  }
  const values = VALUES[name];
  const extra = what && given.length > layout.shape.length + values ? given.pop() : undefined;
  const operands = given.splice(Math.max(0, given.length - values));
  const at = addressOf(layout, given, operation);
  if (at % itemsize !== 0) {
    throw new LayoutError(operation, `the item is at ${at}, no multiple of ${itemsize}`, "align it, as alloc() does");
  }
  for (let i = 0; i < operands.length; i++) operands[i] = format.coerce(operands[i], operation);
  if (extra !== undefined) {
    const amount: Check = (value) =>
      (typeof value !== "number" || !(value >= 0) || (!waits && value % 1 !== 0 && value !== Infinity)) &&
      "a number from 0";
    checkOption(extra, `the ${what}`, amount, operation);
    operands.push(extra);
  }
  let items = view._window.items as NativeArray;
  // A view that is read through bytes has an array of another type, and a detached array has no items.
  if (!(items instanceof array) || at / itemsize >= items.length) {
    view._data(at + itemsize, operation);
    items = view._window.block.source.array<NativeArray>(array);
  }
  try {
    return (Atomics[name] as (...parameters: unknown[]) => unknown)(items, at / itemsize, ...operands);
  } catch (cause) {
    // All parameters were checked, so it is the platform that refuses to wait.
    const [problem, hint] = isShared(items.buffer)
      ? ["this thread cannot wait here", "use waitAsync(), or a worker"]
      : ["no other thread can write to unshared memory", "create it with shared: true"];
    throw new UnsupportedError(operation, problem, hint, { cause });
  }
}

class Bound {
  readonly view: MemoryView;

  constructor(view: MemoryView) {
    this.view = view;
  }
}
for (const name of Object.keys(VALUES) as Name[]) {
  Object.defineProperty(Bound.prototype, name, {
    value(this: Bound, ...given: unknown[]) {
      return run(this.view, name, given);
    },
  });
}

/** See `MemoryView.atomics`. */
export function atomicsOf(view: MemoryView): object {
  view._check("MemoryView.atomics");
  return new Bound(view);
}
