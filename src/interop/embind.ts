import { ReleasedError } from "../errors.ts";
import { LinearMemory } from "../linear-memory.ts";
import type { DefaultItem } from "../view/memoryview.ts";
import { memoryview } from "../view/memoryview.ts";
import type { MemoryView } from "../view/memory-view.ts";
import type { SourceText } from "../view/types.ts";

/**
 * A typed array that a module handed out (`typed_memory_view`, `mat.data`, a `HEAPF32.subarray`) as a view of the same
 * address that survives growth, no copy. It says nothing of how long the module leaves the bytes there: give that to
 * `memory.view({ …, lifetime })`.
 *
 * @param target whose memory it is in: anything that `LinearMemory.from` takes.
 * @example const pixels = rebase(cv, mat.data).reshape([mat.rows, mat.cols, 4]);
 * @throws ReleasedError when the array is not over the memory as it is now: it was detached, or it is a copy.
 */
export function rebase<A extends ArrayBufferView>(
  target: unknown,
  array: A,
): MemoryView<DefaultItem<A>, ArrayBufferLike, 1, SourceText<A>> {
  const memory = LinearMemory.from(target);
  const { format, shape, buffer } = memoryview(array) as MemoryView;
  if (buffer !== memory.view().buffer) {
    throw new ReleasedError("rebase", "the array is a copy, or was detached by growth", "take it from the module anew");
  }
  return memory.view({ byteOffset: array.byteOffset, format, shape }) as never;
}
