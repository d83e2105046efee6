import { bagsOf, functionOf } from "../adapt/functions.ts";
import { AllocationError, ReleasedError, show, UnsupportedError } from "../errors.ts";
import { formatOf } from "../format/compile.ts";
import type { ItemOf } from "../format/types.ts";
import { checkShape, product } from "../layout/shape.ts";
import { LinearMemory } from "../linear-memory.ts";
import { checkAddress } from "../memory/address.ts";
import { Lifetime } from "../memory/lifetime.ts";
import { sourceOf } from "../memory/source.ts";
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

/** Emscripten's stack functions, by their names in a `Module` and in its exports, where some have a `_` before them. */
const NAMES = [
  ["stackSave", "emscripten_stack_get_current"],
  ["stackAlloc", "emscripten_stack_alloc"],
  ["stackRestore", "emscripten_stack_restore"],
  ["emscripten_stack_get_free"],
  ["emscripten_stack_get_end"],
];
const PREFIXES = ["", "_", "__"];

const OPERATION = "withStack";

interface Stack {
  readonly memory: WebAssembly.Memory;
  readonly save: () => number;
  readonly take: (bytes: number) => number;
  readonly restore: (top: number) => void;
  /** Bytes below `top`. */
  readonly room: (top: number) => number;
}

/** What was found in a module: looked for once, not for every scope. */
const stacks = /* @__PURE__ */ new WeakMap<object, Stack>();

function stackOf(target: unknown): Stack {
  const known = stacks.get(target as object);
  if (known) return known;
  const bags = bagsOf(target);
  const [save, take, restore, free, end] = NAMES.map((names) =>
    names.flatMap((name) => PREFIXES.map((prefix) => functionOf(bags, prefix + name))).find((call) => call),
  );
  if (!save || !take || !restore) {
    const problem = `${show(target)} has not ${NAMES.slice(0, 3).join(", ")}`;
    throw new UnsupportedError(OPERATION, problem, "export them, or use LinearMemory.scope");
  }
  const address = (answer: unknown): number => checkAddress(answer, true, "the stack", OPERATION);
  const stack: Stack = {
    memory: LinearMemory.from(target)[EXPORT]().source as WebAssembly.Memory,
    save: () => address(save()),
    take: (bytes) => address(take(bytes)),
    restore,
    room: (top) => (free ? address(free()) : top - (end ? address(end()) : 0)),
  };
  stacks.set(target as object, stack);
  return stack;
}

/**
 * Runs a function with scratch on the stack of an Emscripten module: it needs no allocator, fragments nothing, and is gone
 * at the end, throw or not, when every view of it ends too. Scopes nest; the innermost alone can allocate. What the
 * function returns is returned. Room is checked where the module exports `emscripten_stack_get_free` or `_get_end`; else
 * nobody can tell where its stack ends.
 *
 * Source: Emscripten, system/lib/compiler-rt/stack_ops.S, stack_limits.S.
 *
 * @param target the `Module`, or its exports; of a pyodide its `_module`.
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
    const nbytes = product(lengths) * formatOf(format, OPERATION, sourceOf(memory)).itemsize;
    const now = save();
    if (now !== top) {
      throw new AllocationError(OPERATION, `the stack is at ${now}, not ${top}`, "use the scope of the inner call");
    }
    const left = room(top);
    if (nbytes + 15 >= left) {
      const problem = `no room for ${nbytes} bytes, the stack has ${left}`;
      throw new AllocationError(OPERATION, problem, "use LinearMemory.scope");
    }
    const byteOffset = take(nbytes);
    top = save();
    sourceOf(memory)
      .array(Uint8Array)
      .fill(0, byteOffset, byteOffset + nbytes);
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
  throw new UnsupportedError(OPERATION, "the function returned a promise", "use LinearMemory.scope");
}
