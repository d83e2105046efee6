import { base64 as incremental } from "virtual:guest/objects/incremental";
import { base64 as minimal } from "virtual:guest/objects/minimal";
import { base64 as stub } from "virtual:guest/objects/stub";
import type { Exports } from "../memory/fixtures.ts";

/** AssemblyScript's runtimes: two collectors, and one that never frees. */
export const RUNTIMES = { incremental, minimal, stub };
export type RuntimeName = keyof typeof RUNTIMES;

/** A new instance of `test/fixtures/guests/objects.ts`. */
export function objects(runtime: RuntimeName): { instance: WebAssembly.Instance; exports: Exports } {
  const bytes = Uint8Array.from(atob(RUNTIMES[runtime]), (letter) => letter.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  return { instance, exports: instance.exports as Exports };
}
