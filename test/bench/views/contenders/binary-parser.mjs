// binary-parser: a decoder compiled with `new Function`; every record becomes a copy.
import { Buffer } from "node:buffer";
import { at, memory, sizes } from "../data.mjs";

const { RECORD, RECORDS } = sizes;

export const name = "binary-parser (copies)";

export const load = () => import("binary-parser");

export function serve({ Parser }) {
  for (const type of ["int8", "uint8", "int16le", "uint16le", "int32le", "uint32le", "floatle", "doublele"]) {
    const parser = new Parser().array("rows", { length: 256, type: new Parser()[type]("a").uint16le("b") });
    for (let round = 0; round < 50; round++) parser.parse(Buffer.from(memory.buffer, at.target, 256 * 10));
  }
}

function decoder({ Parser }, order) {
  const row = new Parser()[`uint16${order}`]("h")[`float${order}`]("f")[`uint32${order}`]("i")[`int64${order}`]("q");
  return new Parser().array("rows", { length: RECORDS, type: row });
}

export const rows = {
  recordLittle(library) {
    const parser = decoder(library, "le");
    const bytes = Buffer.from(memory.buffer, at.little, RECORDS * RECORD);
    return () => {
      let sum = 0;
      for (const { h, f, i } of parser.parse(bytes).rows) sum += h + f + i;
      return sum;
    };
  },
  recordBig(library) {
    const parser = decoder(library, "be");
    const bytes = Buffer.from(memory.buffer, at.big, RECORDS * RECORD);
    return () => {
      let sum = 0;
      for (const { h, f, i } of parser.parse(bytes).rows) sum += h + f + i;
      return sum;
    };
  },
};
