/*
 * Where the bytes of a case are, and what happens before every single operation.
 */
import { type MemoryView, memoryview } from "linearview";
import { SPACE } from "./structures.ts";

export interface World {
  readonly name: string;
  /** The address of the space. */
  readonly base: number;
  readonly memory: WebAssembly.Memory;
  /** Of a sample's cases, how many this world gets. */
  readonly share: number;
  /** What happens before every operation. */
  readonly before: () => void;
  /** The bytes of the space as they are now. */
  readonly live: () => Uint8Array;
  /** A new view of the whole space. */
  readonly space: () => MemoryView;
}

const PAGE = 65536;

function world(name: string, share: number, base: number, limits: WebAssembly.MemoryDescriptor, grows = false): World {
  let memory: WebAssembly.Memory | undefined;
  let count = 0;
  const made = (): WebAssembly.Memory => (memory ??= new WebAssembly.Memory(limits));
  return {
    name,
    share,
    base,
    get memory() {
      return made();
    },
    // Every growth replaces the buffer, by none or by one page: a size that stays hides nothing.
    before: grows
      ? () => void made().grow(count++ % 512 === 0 && made().buffer.byteLength < 4 * PAGE ? 1 : 0)
      : () => {},
    live: () => new Uint8Array(made().buffer, base, SPACE),
    space: () => memoryview(made(), { byteOffset: base, shape: SPACE }),
  };
}

export const WORLDS: World[] = [
  world("aligned", 1, 2048, { initial: 1 }),
  world("at an odd address", 0.5, 2049, { initial: 1 }),
  world("grown before every operation", 0.4, 2048, { initial: 1, maximum: 2048 }, true),
  world("shared and grown", 0.2, 2050, { initial: 1, maximum: 2048, shared: true }, true),
  world("above 2 GiB", 0.5, 2 ** 31 + 1024, { initial: 65536 }),
  world("at the end of 4 GiB, odd and shared", 0.2, 2 ** 32 - SPACE - 1, {
    initial: 65536,
    maximum: 65536,
    shared: true,
  }),
];
