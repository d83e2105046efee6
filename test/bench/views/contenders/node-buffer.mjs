// Node's Buffer: accessors at byte offsets that the user computes; equality of bytes, which differs for NaN and -0.
import { Buffer } from "node:buffer";
import { at, memory, sizes } from "../data.mjs";

const { MADE, N, RECORD, RECORDS } = sizes;

export const name = "Node Buffer";

export const load = () => Buffer.from(memory.buffer);

/** Its accessors are one function for each format, so that only slices and copies know several. */
export function serve(all) {
  for (let k = 0; k < 20000; k++) {
    all.writeInt8(1, at.target);
    all.writeUInt16BE(all.readUInt8(at.target), at.target);
    all.writeInt32LE(all.readInt16LE(at.target), at.target);
    all.writeDoubleLE(all.readFloatBE(at.target), at.target);
  }
}

export const rows = {
  get1d(all) {
    const first = at.line;
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < N; i++, p += 4) sum += all.readFloatLE(p);
      return sum;
    };
  },
  set1d(all) {
    const first = at.target;
    return () => {
      for (let i = 0, p = first; i < N; i++, p += 4) all.writeFloatLE(i * 0.5, p);
    };
  },
  set1dInteger(all) {
    const first = at.target;
    return () => {
      for (let i = 0, p = first; i < N; i++, p += 4) all.writeInt32LE(i, p);
    };
  },
  getStep3(all) {
    const first = at.sparse;
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < N; i++, p += 12) sum += all.readFloatLE(p);
      return sum;
    };
  },
  recordLittle(all) {
    const first = at.little;
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) {
        sum += all.readUInt16LE(p) + all.readFloatLE(p + 2) + all.readUInt32LE(p + 6);
      }
      return sum;
    };
  },
  recordBig(all) {
    const first = at.big;
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) {
        sum += all.readUInt16BE(p) + all.readFloatBE(p + 2) + all.readUInt32BE(p + 6);
      }
      return sum;
    };
  },
  recordInt64(all) {
    const first = at.little + 10;
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) sum += Number(all.readBigInt64LE(p));
      return sum;
    };
  },
  recordWrite(all) {
    const first = at.little + 6;
    return () => {
      for (let i = 0, p = first; i < RECORDS; i++, p += RECORD) all.writeUInt32LE(i, p);
    };
  },
  slice1d(all) {
    const first = at.line;
    return () => {
      let sum = 0;
      for (let i = 0, p = first; i < MADE; i++, p += 4) sum += all.subarray(p, p + 16).length;
      return sum;
    };
  },
  copy(all) {
    return () => void all.copy(all, at.target, at.line, at.line + N * 4);
  },
  equal(all) {
    const [a, b] = [all.subarray(at.line, at.line + N * 4), all.subarray(at.twin, at.twin + N * 4)];
    return () => (a.equals(b) ? 1 : 0);
  },
};
