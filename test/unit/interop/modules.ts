import { base64 as table } from "virtual:fixture/modules/table";
import { LinearMemory } from "linearview";
import { type Exports, exportsOf } from "../memory/fixtures.ts";

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The Rust module, and a memory that knows its allocator. Its table cannot grow, unless its limit is rewritten. */
export function rustModule(growable = false): { exports: Exports; memory: LinearMemory; live: () => number } {
  const bytes = bytesOf(table);
  const section = [4, 5, 1, 0x70, 1, 15, 15]; // one table of functions, 15 at least and 15 at most
  const at = bytes.findIndex((_, i) => section.every((byte, k) => bytes[i + k] === byte));
  if (growable) bytes[at + 6] = 127;
  const exports = exportsOf(new WebAssembly.Instance(new WebAssembly.Module(bytes), {}));
  const allocator = {
    alloc: (size: number, align: number) => exports.mem_alloc(size, align) as number,
    free: (address: number, size: number, align: number) => void exports.mem_free(address, size, align),
    align: 2 ** 31,
  };
  const memory = LinearMemory.from(exports.memory, { allocator });
  return { exports, memory, live: () => exports.mem_live() + exports.arrow_live() };
}

/** A module that calls a pointer of a table with one address, as C does: `call(pointer, address)`. */
export function caller(functions: WebAssembly.Table): (pointer: number, address: number) => void {
  const sections = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 10, 2, 0x60, 1, 0x7f, 0, 0x60, 2, 0x7f, 0x7f, 0], // (i32) and (i32, i32)
    [2, 9, 1, 1, 0x6d, 1, 0x74, 1, 0x70, 0, 0], // imports the table m.t
    [3, 2, 1, 1],
    [7, 5, 1, 1, 0x63, 0, 0], // exports c
    [10, 11, 1, 9, 0, 0x20, 1, 0x20, 0, 0x11, 0, 0, 0x0b], // call_indirect
  ];
  const bytes = Uint8Array.from(sections.flat());
  const { c } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { t: functions } }).exports;
  return c as (pointer: number, address: number) => void;
}
