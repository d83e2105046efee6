import { base64 as scene } from "virtual:fixture/modules/scene";
import { base64 as table } from "virtual:fixture/modules/table";

export type Exports = Record<string, any> & { memory: WebAssembly.Memory };

export const compile = (base64: string): WebAssembly.Module =>
  new WebAssembly.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

/** A C module with `malloc`, `free` and a picture; `onBlock` is called from inside its `visit_growing`. */
export function sceneModule(
  onBlock: (pointer: number, bytes: number, phase: number) => void = () => {},
): WebAssembly.Instance {
  return new WebAssembly.Instance(compile(scene), { env: { on_block: onBlock } });
}

/** A Rust module whose deallocation takes size and alignment. */
export const tableModule = (): WebAssembly.Instance => new WebAssembly.Instance(compile(table), {});

export const exportsOf = (instance: WebAssembly.Instance): Exports => instance.exports as Exports;
