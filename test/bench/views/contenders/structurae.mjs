// structurae: little-endian only; a view object for each record that is asked for.
import { at, memory, sizes } from "../data.mjs";

const { RECORD, RECORDS } = sizes;

export const name = "structurae";

const number = (btype) => ({ type: "number", btype });

export async function load() {
  const { View } = await import("structurae");
  const views = new View();
  const ofRecords = (id, properties) => views.create({ type: "array", items: { $id: id, type: "object", properties } });
  return { ofRecords };
}

export function serve({ ofRecords }) {
  for (const type of ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"]) {
    const List = ofRecords(`Served ${type}`, { a: number(type), b: number("uint16") });
    const list = new List(memory.buffer, at.target, List.getLength(256));
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 256; i++) {
        const record = list.getView(i);
        record.set("a", record.get("b") & 1);
      }
    }
  }
}

function records({ ofRecords }) {
  const h = number("uint16");
  const List = ofRecords("Row", { h, f: number("float32"), i: number("uint32"), q: number("bigint64") });
  return new List(memory.buffer, at.little, RECORDS * RECORD);
}

export const rows = {
  recordLittle(library) {
    const list = records(library);
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) {
        const record = list.getView(i);
        sum += record.get("h") + record.get("f") + record.get("i");
      }
      return sum;
    };
  },
  recordInt64(library) {
    const list = records(library);
    return () => {
      let sum = 0;
      for (let i = 0; i < RECORDS; i++) sum += Number(list.getView(i).get("q"));
      return sum;
    };
  },
  recordWrite(library) {
    const list = records(library);
    return () => {
      for (let i = 0; i < RECORDS; i++) list.getView(i).set("i", i);
    };
  },
};
