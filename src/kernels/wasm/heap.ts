import { hex } from "virtual:wasm/heap";
import { Embedded } from "./instantiate.ts";

/** The exports of `assembly/heap`; addresses come back signed. The state of a heap lives in the memory, at `heap`. */
export interface HeapExports {
  heap_bytes(): number;
  heap_init(heap: number, end: number): void;
  heap_add(heap: number, start: number, end: number): void;
  heap_alloc(heap: number, size: number, align: number): number;
  heap_free(heap: number, address: number): number;
  heap_largest(heap: number): number;
}

const NAMES = ["heap_bytes", "heap_init", "heap_add", "heap_alloc", "heap_free", "heap_largest"] as const;
const embedded = /* @__PURE__ */ new Embedded(hex);

/** The allocator's code, instantiated on a memory. */
export const heapOn = (
  memory: WebAssembly.Memory,
  module: WebAssembly.Module | undefined,
  operation: string,
): HeapExports => embedded.on<HeapExports>(memory, module, NAMES, operation);
