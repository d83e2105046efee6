import { UnsupportedError } from "../../errors.ts";
import { isShared, isWide } from "../../memory/source.ts";
import { setLimits } from "./limits.ts";

/**
 * The bytes of a text with two hexadecimal digits for each. Compressed with the code around it, it is smaller than
 * base64, which cuts bytes in parts; an audio worklet has no `atob` anyway, and `Uint8Array.fromHex` is young.
 */
export const decodeHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));

type Kernel = (...values: never[]) => unknown;
/** Answers what is called in place of a kernel. */
export type Between = (name: string, kernel: Kernel) => Kernel;
let between: Between | undefined;

/** Runs `make`, and puts something between the kernels that it instantiates and whoever calls them. */
export function withBetween<T>(answer: Between, make: () => T): T {
  between = answer;
  try {
    return make();
  } finally {
    between = undefined;
  }
}

/** A module of `assembly/`: compiled on first use, once for unshared memory and once for shared. */
export class Embedded {
  readonly #hex: string;
  readonly #modules = new Map<string, WebAssembly.Module>();

  constructor(hex: string) {
    this.#hex = hex;
  }

  /**
   * The exports of an instance on a memory. `given` is used in place of the embedded module when it is there.
   *
   * @throws UnsupportedError where compiling bytes is forbidden, and when a module that was given does not fit the
   * memory, or lacks an export.
   */
  on<E>(
    memory: WebAssembly.Memory,
    given: WebAssembly.Module | undefined,
    names: readonly string[],
    operation: string,
  ): E {
    const kind = isShared(memory.buffer) ? "shared" : "unshared";
    let exports: WebAssembly.Exports;
    try {
      const module = given ?? this.#modules.get(kind) ?? new WebAssembly.Module(setLimits(decodeHex(this.#hex), kind));
      exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
      if (!given) this.#modules.set(kind, module);
    } catch (cause) {
      const [problem, hint] = isWide(memory)
        ? ["the memory has addresses of 64 bits, the code of 32", "views work on it; copy to another memory"]
        : given
          ? [`the module does not link with this ${kind} memory`, `use the ${kind} file`]
          : [
              "WebAssembly is not compiled from bytes here, or has no SIMD",
              "allow 'wasm-unsafe-eval', or pass { module }",
            ];
      throw new UnsupportedError(operation, problem, hint, { cause });
    }
    const missing = names.filter((name) => typeof exports[name] !== "function");
    if (missing.length > 0) {
      throw new UnsupportedError(operation, `the module has no ${missing.join(", ")}`, "use linearview's file");
    }
    const answer = between;
    if (!answer) return exports as E;
    return Object.fromEntries(names.map((name) => [name, answer(name, exports[name] as Kernel)])) as E;
  }
}
