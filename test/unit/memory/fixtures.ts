import { base64 as scene } from "virtual:fixture/modules/scene";
import { base64 as table } from "virtual:fixture/modules/table";
import { decodeBase64 } from "../../../src/kernels/wasm/instantiate.ts";

export type Exports = Record<string, any> & { memory: WebAssembly.Memory };

/** A C module with `malloc`, `free` and a picture; `onBlock` is called from inside its `visit_growing`. */
export function sceneModule(
  onBlock: (pointer: number, bytes: number, phase: number) => void = () => {},
): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(scene)), { env: { on_block: onBlock } });
}

/** A Rust module whose deallocation takes size and alignment. */
export const tableModule = (): WebAssembly.Instance =>
  new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(table)), {});

export const exportsOf = (instance: WebAssembly.Instance): Exports => instance.exports as Exports;
