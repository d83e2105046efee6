// buffer-backed-object: an array behind a proxy, an object with accessors of its own for each record.
import { at, memory, sizes } from "../data.mjs";

const { RECORDS } = sizes;

export const name = "buffer-backed-object";

export async function load() {
  const module = await import("buffer-backed-object");
  return module.Uint16 ? module : module.default;
}

export function serve(library) {
  for (const type of ["Int8", "Uint8", "Int16", "Uint16", "Int32", "Uint32", "Float32", "Float64"]) {
    const fields = { a: library[type]({ align: 1 }), b: library.Uint16({ align: 1 }) };
    const where = { byteOffset: at.target, length: 256, align: 1 };
    const list = library.ArrayOfBufferBackedObjects(memory.buffer, fields, where);
    for (let round = 0; round < 20; round++) for (let i = 0; i < 256; i++) list[i].a = list[i].b & 1;
  }
}

function records(library, region) {
  const options = { align: 1, endianness: region };
  const fields = {
    h: library.Uint16(options),
    f: library.Float32(options),
    i: library.Uint32(options),
    q: library.BigInt64(options),
  };
  const where = { byteOffset: at[region], length: RECORDS, align: 1 };
  return library.ArrayOfBufferBackedObjects(memory.buffer, fields, where);
}

export const rows = {
  recordLittle(library) {
    const list = records(library, "little");
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) {
        const record = list[i];
        sum += record.h + record.f + record.i;
      }
      return sum;
    };
  },
  recordBig(library) {
    const list = records(library, "big");
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) {
        const record = list[i];
        sum += record.h + record.f + record.i;
      }
      return sum;
    };
  },
  recordInt64(library) {
    const list = records(library, "little");
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) sum += Number(list[i].q);
      return sum;
    };
  },
  recordWrite(library) {
    const list = records(library, "little");
    return () => {
      for (let i = 0; i < RECORDS; i++) list[i].i = i;
    };
  },
};
