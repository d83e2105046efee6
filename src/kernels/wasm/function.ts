import { show, UnsupportedError } from "../../errors.ts";

/** Value types by their letters in a signature. Source: WebAssembly core specification, section 5.3.1. */
const TYPES: Readonly<Record<string, number>> = { i: 0x7f, j: 0x7e, f: 0x7d, d: 0x7c };

/**
 * A function of JavaScript as one of WebAssembly, as which alone it goes into a table: of a module that imports it as
 * `m.f` and exports it. `signature` is the result, or `v` for none, then the parameters.
 *
 * Source: WebAssembly core specification, section 5.5.
 *
 * @throws UnsupportedError for another signature, and where compiling bytes is forbidden.
 */
export function wasmFunction(call: (...values: any[]) => unknown, signature: string, operation: string): unknown {
  const [result, ...parameters] = signature;
  const codes = (letters: readonly unknown[]): number[] => [letters.length, ...letters.map((c) => TYPES[c as string]!)];
  const type = [1, 0x60, ...codes(parameters), ...codes(result === "v" ? [] : [result])];
  const sections = [1, type.length, ...type, 2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0, 7, 5, 1, 1, 0x66, 0, 0];
  try {
    const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections));
    return new WebAssembly.Instance(module, { m: { f: call } }).exports.f;
  } catch (cause) {
    const problem = `no function ${show(signature)} can be compiled here`;
    throw new UnsupportedError(operation, problem, "types are v i j f d; allow 'wasm-unsafe-eval'", { cause });
  }
}
