// typed-struct: an object for each record, made when the array is.
import { Buffer } from "node:buffer";
import { at, memory, sizes } from "../data.mjs";

const { RECORD, RECORDS } = sizes;

export const name = "typed-struct";

export const load = () => import("typed-struct");

export function serve({ Struct }) {
  for (const type of ["Int8", "UInt8", "Int16LE", "UInt16LE", "Int32LE", "UInt32LE", "Float32LE", "Float64LE"]) {
    const Row = new Struct(`Served${type}`)[type]("a").UInt16LE("b").compile();
    const List = new Struct(`List${type}`).StructArray("rows", Row, 256).compile();
    const { rows } = new List();
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 256; i++) rows[i].a = rows[i].b & 1;
    }
  }
}

function records({ Struct }, region) {
  const order = region === "big" ? "BE" : "LE";
  const Row = new Struct(`Row${order}`);
  for (const [type, field] of [
    ["UInt16", "h"],
    ["Float32", "f"],
    ["UInt32", "i"],
    ["BigInt64", "q"],
  ]) {
    Row[type + order](field);
  }
  const List = new Struct(`Rows${order}`).StructArray("rows", Row.compile(), RECORDS).compile();
  return new List(Buffer.from(memory.buffer, at[region], RECORDS * RECORD)).rows;
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
