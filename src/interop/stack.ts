import { bagsOf, functionOf } from "../adapt/functions.ts";
import { AllocationError, ReleasedError, show, UnsupportedError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { ItemOf } from "../format/types.ts";
import { checkShape, product } from "../layout/shape.ts";
import { LinearMemory } from "../linear-memory.ts";
import { checkAddress } from "../memory/address.ts";
import { Lifetime } from "../memory/lifetime.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { EXPORT, viewAs } from "../view/memoryview.ts";
import type { Lengths, RankOf } from "../view/types.ts";

/** What `withStack` hands to its function. */
export interface StackScope {
  /**
   * A packed view of zeroed bytes on the module's stack, 16-byte aligned; ends with the scope.
   *
   * @throws AllocationError when the stack has no such room, or while an inner scope or call has it; ReleasedError after
   * the scope.
   * @example withStack(Module, ({ alloc }) => Module._fill(alloc("I", 4).byteOffset))
   */
  alloc<const F extends string, const S extends Lengths>(
    format: F,
    shape: S,
  ): MemoryView<ItemOf<F>, ArrayBufferLike, RankOf<S>, F>;
}

/** What the functions of Emscripten's stack are called: in a `Module`, in its exports, and in a `Module` that shows those. */
const NAMES = [
  ["stackSave", "emscripten_stack_get_current", "_emscripten_stack_get_current"],
  ["stackAlloc", "_emscripten_stack_alloc", "__emscripten_stack_alloc"],
  ["stackRestore", "_emscripten_stack_restore", "__emscripten_stack_restore"],
  ["emscripten_stack_get_free", "_emscripten_stack_get_free"],
  ["emscripten_stack_get_end", "_emscripten_stack_get_end"],
];

const OPERATION = "withStack";

interface Stack {
  readonly memory: unknown;
  readonly save: () => number;
  readonly take: (bytes: number) => number;
  readonly restore: (top: number) => void;
  /** Bytes below `top`. */
  readonly room: (top: number) => number;
}

/** What was found in a module: looked for once, as a scope costs little more than its two calls. */
const stacks = /* @__PURE__ */ new WeakMap<object, Stack>();

function stackOf(target: unknown): Stack {
  const known = stacks.get(target as object);
  if (known) return known;
  const bags = bagsOf(target);
  const found = NAMES.map((names) => names.map((name) => functionOf(bags, name)).find((call) => call));
  const [save, take, restore, free, end] = found;
  if (!save || !take || !restore) {
    throw new UnsupportedError(
      OPERATION,
      `${show(target)} does not show its stack`,
      "build it with -sEXPORTED_RUNTIME_METHODS=stackSave,stackAlloc,stackRestore",
    );
  }
  const address = (answer: unknown): number => checkAddress(answer, true, "the stack", OPERATION);
  const stack: Stack = {
    memory: LinearMemory.from(target)[EXPORT]().source,
    save: () => address(save()),
    take: (bytes) => address(take(bytes)),
    restore,
    room: (top) => (free ? address(free()) : top - (end ? address(end()) : 0)),
  };
  stacks.set(target as object, stack);
  return stack;
}

/**
 * Runs a function with scratch on the stack of an Emscripten module: cheaper than `malloc`, and gone at the end, throw or
 * not, when every view of it ends too. Scopes nest; the innermost alone can allocate. What the function returns is
 * returned. Room is checked where the module exports `emscripten_stack_get_free` or `emscripten_stack_get_end`.
 *
 * Source: Emscripten, system/lib/compiler-rt/stack_ops.S, stack_limits.S.
 *
 * @param target the `Module`, its exports, or what has them inside, as a pyodide.
 * @example
 * const [width, height] = withStack(Module, ({ alloc }) => {
 *   const size = alloc("I", 2);
 *   Module._size_of(picture, size.byteOffset, size.byteOffset + 4);
 *   return size.toList();
 * });
 * @throws UnsupportedError without the stack functions, and for a function that returns a promise: the stack is given
 * back when it returns, whatever it waits for.
 */
export function withStack<R>(target: unknown, body: (scope: StackScope) => R): R {
  const { memory, save, take, restore, room } = stackOf(target);
  const lifetime = new Lifetime("call", { name: "the stack scope" });
  const saved = save();
  let top = saved;
  const alloc = (format: string, shape: Lengths): MemoryView => {
    if (lifetime.ended) throw new ReleasedError(OPERATION, lifetime.ended, "allocate before");
    const lengths = checkShape(shape, OPERATION);
    const nbytes = product(lengths) * formatOf(format, OPERATION).itemsize;
    const now = save();
    if (now !== top) {
      const problem = `the stack is at ${now}, this scope left it at ${top}: an inner scope or call has it`;
      throw new AllocationError(OPERATION, problem, "allocate in the inner scope, or after it");
    }
    const left = room(top);
    if (nbytes + 15 >= left) {
      throw new AllocationError(OPERATION, `no room for ${nbytes} bytes: the stack has ${left}`, "use alloc");
    }
    const byteOffset = take(nbytes);
    top = save();
    viewAs(memory, { byteOffset, shape: nbytes }, OPERATION).fill(0);
    return viewAs(memory, { byteOffset, format, shape: lengths, lifetime }, OPERATION);
  };
  let result: R;
  try {
    result = body({ alloc } as StackScope);
  } finally {
    lifetime.end("the stack scope ended");
    restore(saved);
  }
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== "function") return result;
  // What it fails with later is the consequence of this.
  Promise.resolve(result).catch(() => {});
  throw new UnsupportedError(OPERATION, "the function returned a promise", "allocate with LinearMemory.scope");
}
