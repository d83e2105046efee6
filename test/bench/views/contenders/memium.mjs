// memium: C structs, little-endian only (big-endian is accepted and ignored); a view object for each record.
import { at, memory, sizes } from "../data.mjs";

const { RECORD, RECORDS } = sizes;

export const name = "memium";

export const load = () => import("memium");

export function serve({ struct, types }) {
  for (const type of ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"]) {
    const Row = struct.packed(`Served_${type}`, { a: types[type], b: types.uint16 });
    for (let round = 0; round < 500; round++) {
      const record = new Row(memory.buffer, at.target + round * 10, types[type].size + 2);
      record.a = record.b & 1;
    }
  }
}

const recordType = ({ struct, types }) =>
  struct.packed("Row", { h: types.uint16, f: types.float32, i: types.uint32, q: types.int64 });

export const rows = {
  recordLittle(library) {
    const first = at.little;
    const Row = recordType(library);
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) {
        const record = new Row(memory.buffer, p, RECORD);
        sum += record.h + record.f + record.i;
      }
      return sum;
    };
  },
  recordInt64(library) {
    const first = at.little;
    const Row = recordType(library);
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) {
        sum += Number(new Row(memory.buffer, p, RECORD).q);
      }
      return sum;
    };
  },
  recordWrite(library) {
    const first = at.little;
    const Row = recordType(library);
    return () => {
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) new Row(memory.buffer, p, RECORD).i = i;
    };
  },
};
