import type { Allocator } from "../alloc/allocator.ts";
import { type Check, powerFrom, readOptions } from "../options.ts";
import { AS_ASKED, type Bag, bagsOf, functionOf, pair, refuse } from "./functions.ts";

/** What a module calls its functions, where it is not what its toolchain does, and what its allocator promises. */
export interface Names {
  /** The function that takes bytes, and perhaps an alignment. */
  alloc?: string;
  /** The function that takes the address, and perhaps bytes and alignment. */
  free?: string;
  /** The alignment of every block, a power of two. */
  align?: number;
}

/**
 * Makes the allocator of a module, for `LinearMemory.from(target, { allocator })`, where an adapter may also be given as
 * it is.
 *
 * @throws UnsupportedError with what was found, when the module is not of that toolchain.
 */
export interface Adapter {
  (target: unknown, names?: Names): Allocator;
  /** @internal */
  readonly _find: Finder;
}

const text: Check = (value) => typeof value !== "string" && "the name of an export";
const NAMES: Record<keyof Names, Check> = { alloc: text, free: text, align: powerFrom(1) };

type Pair = readonly [alloc: string, free: string];

/** Finds an allocator in a module, or undefined. */
type Finder = (bags: readonly Bag[], names?: Names) => Allocator | undefined;

/** Finds pairs of functions by name, the first that is there. */
const named =
  (align: number, pairs: readonly Pair[] | ((bags: readonly Bag[]) => Pair[]), plain = false): Finder =>
  (bags, { alloc, free, align: promised = align } = {}) => {
    if (alloc !== undefined || free !== undefined) return pair(bags, [alloc ?? "", free ?? ""], promised);
    const known = typeof pairs === "function" ? pairs(bags) : pairs;
    for (const names of known) {
      const allocator = pair(bags, names, promised, plain);
      if (allocator) return allocator;
    }
    return undefined;
  };

/** The names of a module's functions that pass a test. */
export const functions = (bags: readonly Bag[], test: (name: string, count: number) => boolean): string[] => {
  const names = bags.flatMap((bag) =>
    Object.keys(bag).filter((name) => {
      const value = bag[name];
      return typeof value === "function" && test(name, value.length);
    }),
  );
  return [...new Set(names)]; // some loaders have the exports twice
};

/**
 * Newer builds of wasm-bindgen number their helpers: `malloc` is the one with two parameters, `free` the one with three,
 * when there is one of each.
 */
function numbered(bags: readonly Bag[]): Pair[] {
  const of = (wanted: number): string[] =>
    functions(bags, (name, count) => name.startsWith("__wbindgen_export") && count === wanted);
  const [alloc, free] = [of(2), of(3)];
  return alloc.length === 1 && free.length === 1 ? [[alloc[0]!, free[0]!]] : [];
}

/** Zig has no names of its own; what its authors write is `…alloc_u8_array` and `…free_u8_array`. */
function slices(bags: readonly Bag[]): Pair[] {
  const [ending, other] = ["alloc_u8_array", "free_u8_array"];
  const starts = functions(bags, (name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  return starts.map((start): Pair => [start + ending, start + other]);
}

const plainMalloc = named(
  4, // mimalloc's promise for small blocks; others give 8 or 16
  [
    ["_malloc", "_free"],
    ["malloc", "free"],
  ],
  true,
);

const findMalloc: Finder = (bags, names) => {
  const allocator = plainMalloc(bags, names);
  const more = ["_aligned_alloc", "aligned_alloc", "_memalign", "memalign"];
  const name = more.find((candidate) => functionOf(bags, candidate));
  if (!allocator || name === undefined || names?.alloc !== undefined) return allocator;
  const aligned = functionOf(bags, name)!;
  const least = allocator.align!;
  return {
    ...allocator,
    align: AS_ASKED,
    alloc: (bytes, align) =>
      align <= least ? allocator.alloc(bytes, align) : aligned(align, Math.ceil(bytes / align) * align),
  };
};

const findManaged: Finder = (bags) => {
  const [make, pin, unpin] = ["__new", "__pin", "__unpin"].map((name) => functionOf(bags, name));
  if (!make || !pin || !unpin) return undefined;
  return { align: 16, alloc: (bytes) => pin(make(bytes, 1)), free: (address) => void unpin(address) };
};

const findComponent: Finder = (bags) => {
  const take = functionOf(bags, "cabi_realloc");
  return take && { align: AS_ASKED, alloc: (bytes, align) => take(0, 0, align, bytes), free() {} };
};

const findBump: Finder = (bags) => {
  const sbrk = functionOf(bags, "sbrk");
  const blocks: { readonly start: number; readonly end: number; free: boolean }[] = [];
  const move = (bytes: number): number => Number(sbrk!(bytes)) >>> 0;
  return (
    sbrk && {
      align: 1,
      alloc(bytes) {
        const start = move(bytes);
        if (start === 2 ** 32 - 1) return 0;
        blocks.push({ start, end: start + bytes, free: false });
        return start;
      },
      free(address) {
        blocks.find(({ start }) => start === address)!.free = true;
        for (let last = blocks.at(-1); last?.free; last = blocks.at(-1)) {
          // Above it the module may have taken more by itself.
          if (move(0) !== last.end) return;
          move(last.start - last.end);
          blocks.pop();
        }
      },
    }
  );
};

/** The adapter of a toolchain; `wanted` is what its finder looks for, for error texts. */
function adapterOf(toolchain: string, wanted: string, _find: Finder): Adapter {
  const adapter = (target: unknown, names?: Names): Allocator => {
    const read = readOptions(names, NAMES, `adapters.${toolchain}`);
    return _find(bagsOf(target), read) ?? refuse(toolchain, target, wanted);
  };
  return Object.assign(adapter, { _find });
}

/**
 * C: `malloc` and `free` of any build, also with a leading `_`; where the module has `aligned_alloc` or `memalign`, that
 * gives what is aligned to more than 4.
 *
 * @example LinearMemory.from(memory, { allocator: adapters.malloc(exports) })
 */
export const malloc = /* @__PURE__ */ adapterOf("malloc", "malloc and free", findMalloc);

/** Emscripten: `_malloc` and `_free` of a `Module`. @example LinearMemory.from(Module, { allocator: adapters.emscripten }) */
export const emscripten = /* @__PURE__ */ adapterOf("emscripten", "_malloc and _free", findMalloc);

/** TinyGo: its `malloc` keeps a block from its collector until `free`. @example adapters.tinyGo(exports, { alloc: "make", free: "drop" }) */
export const tinyGo = /* @__PURE__ */ adapterOf("tinyGo", "malloc and free", findMalloc);

/** Emscripten with WebIDL bindings, as Jolt: `_webidl_malloc` and `_webidl_free`. @example adapters.webidl(Jolt) */
export const webidl = /* @__PURE__ */ adapterOf(
  "webidl",
  "_webidl_malloc and _webidl_free",
  named(8, [["_webidl_malloc", "_webidl_free"]], true),
);

/**
 * AssemblyScript with `--exportRuntime`: a block is an `ArrayBuffer` (class 1), pinned until it is freed; then its memory
 * is the collector's.
 *
 * @example LinearMemory.from(instance, { allocator: adapters.assemblyScript })
 */
export const assemblyScript = /* @__PURE__ */ adapterOf("assemblyScript", "__new, __pin and __unpin", findManaged);

/**
 * wasm-bindgen: `__wbindgen_malloc` and `__wbindgen_free`, told size and alignment; in builds that number their helpers,
 * the ones with two and three parameters.
 *
 * @example LinearMemory.from(await init(), { allocator: adapters.wasmBindgen })
 */
export const wasmBindgen = /* @__PURE__ */ adapterOf(
  "wasmBindgen",
  "__wbindgen_malloc and __wbindgen_free",
  named(8, (bags) => [["__wbindgen_malloc", "__wbindgen_free"], ...numbered(bags)]),
);

/**
 * Rust without bindings: `alloc` and `dealloc`, or the names that are given. What they take is told by how many
 * parameters they have; size and alignment are given back exactly.
 *
 * @example adapters.rust(exports, { alloc: "mem_alloc", free: "mem_free" })
 */
export const rust = /* @__PURE__ */ adapterOf(
  "rust",
  "alloc and dealloc",
  named(1, [
    ["alloc", "dealloc"],
    ["allocate", "deallocate"],
    ["mem_alloc", "mem_free"],
    ["alloc", "free"],
  ]),
);

/** Zig: `…alloc_u8_array(n)` and `…free_u8_array(p, n)`, or the names that are given. @example adapters.zig(exports) */
export const zig = /* @__PURE__ */ adapterOf("zig", "…alloc_u8_array and …free_u8_array", named(1, slices));

/**
 * The component model: `cabi_realloc`. There is no way to give a block back: what was allocated is the component's, and
 * freeing it ends our views alone.
 *
 * @example adapters.component(exports)
 */
export const component = /* @__PURE__ */ adapterOf("component", "cabi_realloc", findComponent);

/**
 * A bump allocator with `sbrk`: the end of the heap moves back when the last block is freed, over all that are free below
 * it.
 *
 * @example adapters.bump(exports)
 */
export const bump = /* @__PURE__ */ adapterOf("bump", "sbrk", findBump);
