import scene from "../../fixtures/modules/scene.wasm?inline";
import table from "../../fixtures/modules/table.wasm?inline";
import { decodeBase64 } from "../../../src/kernels/wasm/instantiate.ts";

/** The bytes of a file that the bundler inlined as a `data:` URL. */
const binary = (url: string): Uint8Array<ArrayBuffer> => decodeBase64(url.slice(url.indexOf(",") + 1));

export type Exports = Record<string, any> & { memory: WebAssembly.Memory };

/** A C module with `malloc`, `free` and a picture; `onBlock` is called from inside its `visit_growing`. */
export function sceneModule(
  onBlock: (pointer: number, bytes: number, phase: number) => void = () => {},
): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(binary(scene)), { env: { on_block: onBlock } });
}

/** A Rust module whose deallocation takes size and alignment. */
export const tableModule = (): WebAssembly.Instance =>
  new WebAssembly.Instance(new WebAssembly.Module(binary(table)), {});

export const exportsOf = (instance: WebAssembly.Instance): Exports => instance.exports as Exports;
