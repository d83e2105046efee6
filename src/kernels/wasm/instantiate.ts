import { UnsupportedError } from "../../errors.ts";
import { isShared } from "../../memory/source.ts";
import { setLimits } from "./limits.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The bytes of a base64 text. An audio worklet has no `atob`, and `Uint8Array.fromBase64` is young. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const size = (text.length * 3) / 4 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
  const bytes = new Uint8Array(size);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const word = [0, 1, 2, 3].reduce((bits, k) => (bits << 6) | Math.max(0, ALPHABET.indexOf(text[i + k]!)), 0);
    for (let shift = 16; shift >= 0 && at < size; shift -= 8) bytes[at++] = word >> shift;
  }
  return bytes;
}

/** A module of `assembly/`: compiled on first use, once for unshared memory and once for shared. */
export class Embedded {
  readonly #base64: string;
  readonly #modules = new Map<boolean, WebAssembly.Module>();

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /** The compiled module for a kind of memory. @throws UnsupportedError where compiling bytes is forbidden. */
  module(shared: boolean, operation: string): WebAssembly.Module {
    let module = this.#modules.get(shared);
    if (!module) {
      const binary = setLimits(decodeBase64(this.#base64), shared ? "shared" : "unshared");
      try {
        module = new WebAssembly.Module(binary);
      } catch (cause) {
        throw new UnsupportedError(
          operation,
          "WebAssembly is not compiled from bytes here, or has no SIMD",
          "allow 'wasm-unsafe-eval', or pass { module }",
          { cause },
        );
      }
      this.#modules.set(shared, module);
    }
    return module;
  }

  /**
   * The exports of an instance on a memory. `given` is used in place of the embedded module when it is there.
   *
   * @throws UnsupportedError when a module that was given does not fit the memory, or lacks an export.
   */
  on<E>(
    memory: WebAssembly.Memory,
    given: WebAssembly.Module | undefined,
    names: readonly string[],
    operation: string,
  ): E {
    const shared = isShared(memory.buffer);
    const module = given ?? this.module(shared, operation);
    let instance: WebAssembly.Instance;
    try {
      instance = new WebAssembly.Instance(module, { env: { memory } });
    } catch (cause) {
      throw new UnsupportedError(
        operation,
        `the module does not link with this ${shared ? "shared" : "unshared"} memory`,
        `use the ${shared ? "" : "un"}shared file`,
        { cause },
      );
    }
    const missing = names.filter((name) => typeof instance.exports[name] !== "function");
    if (missing.length > 0) {
      throw new UnsupportedError(operation, `the module has no ${missing.join(", ")}`, "use linearview's file");
    }
    return instance.exports as E;
  }
}
