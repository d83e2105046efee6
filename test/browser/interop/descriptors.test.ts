/*
 * The structures of Arrow and DLPack in a 64-bit memory, which an older Node cannot make.
 */
import { base64 as wideCode } from "virtual:fixture/modules/wide";
import { LinearMemory, type MemoryView } from "linearview";
import { fromArrow, fromDLPack, functionAt, toArrow, toDLPack } from "linearview/interop";
import { expect, test } from "vitest";
import { compile, exportsOf } from "../../unit/memory/fixtures.ts";
import { failure } from "../../unit/support/failure.ts";

const ARRAY =
  "T{q:length:q:null_count:q:offset:q:n_buffers:q:n_children:Q:buffers:Q:children:Q:dictionary:Q:release:Q:private_data:}";
const TENSOR =
  "T{Q:data:i:device_type:i:device_id:i:ndim:B:code:B:bits:H:lanes:Q:shape:Q:strides:Q:byte_offset:Q:manager_ctx:Q:deleter:}";

const wide = () => {
  const exports = exportsOf(new WebAssembly.Instance(compile(wideCode)));
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  return { exports, table, memory: LinearMemory.from(exports) };
};

test("Arrow, 64 bits: there and back, pointers are bigints, and all is given back", () => {
  const { exports, table, memory } = wide();
  const id = memory.alloc("q", 3).assign([1n, 2n, 3n]);
  const ratio = memory.alloc("d", 3);
  const exported = toArrow(memory, { id, ratio }, { table });
  const { array, schema } = exported;
  const struct = memory.view({ byteOffset: array, format: ARRAY, shape: [] });
  expect([struct.itemsize, struct.get().n_children]).toEqual([80, 2n]);
  const batch = fromArrow(memory, { array: BigInt(array), schema: BigInt(schema), table });
  exports.grow(1n);
  ratio.set(2, 0.5);
  batch.child("id").values!.set(0, -1n);
  expect([batch.toList()[2], id.get(0)]).toEqual([{ id: 3n, ratio: 0.5 }, -1n]);
  failure(() => memory.free(id), "ERR_EXPORTED");
  for (const field of ["buffers", "children"] as const) {
    const view = struct.field(field) as MemoryView;
    const own = view.get();
    for (const value of [0n, 2n ** 60n, 2n ** 64n - 8n]) {
      view.set(value);
      failure(() => fromArrow(memory, { array, schema, table }), "ERR_BOUNDS", "fromArrow");
    }
    view.set(own);
  }
  batch.release();
  exported.release();
  id.release();
  ratio.release();
  expect([memory.stats().liveBlocks, exports.live()]).toEqual([0, 0n]);
});

test("DLPack, 64 bits: there and back; the deleter takes a bigint", () => {
  const { exports, table, memory } = wide();
  const block = memory.alloc("f", [2, 3]).assign([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
  const exported = toDLPack(memory, block.transpose(), { table });
  const struct = memory.view({ byteOffset: exported.address, format: TENSOR, shape: [] });
  expect([struct.itemsize, struct.get().data]).toEqual([64, BigInt(block.byteOffset)]);
  const view = fromDLPack(memory, BigInt(exported.address), { managed: true, table });
  expect(view.toList()).toEqual([[1, 4], [2, 5], [3, 6]]); // prettier-ignore
  view.release();
  exported.release();
  const other = toDLPack(memory, block, { table, versioned: true });
  const tensor = fromDLPack(memory, other.address, { managed: "versioned", table });
  expect(tensor.toList()).toEqual(block.toList());
  tensor.release();
  const last = toDLPack(memory, block, { table });
  const { deleter } = memory.view({ byteOffset: last.address, format: TENSOR, shape: [] }).get() as { deleter: bigint };
  functionAt(table, deleter)(BigInt(last.address));
  block.release();
  expect([memory.stats().liveBlocks, exports.live(), table.length]).toEqual([0, 0n, 2]);
});
