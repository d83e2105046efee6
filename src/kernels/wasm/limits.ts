/**
 * One binary serves every kind of memory: only the five bytes that state the limits of the imported memory differ.
 *
 *   built      01 00 80 80 04   minimum 0, maximum 65536
 *   unshared   00 80 80 80 00   minimum 0 (a padded LEB128), no maximum: links with a memory of any maximum
 *   shared     03 00 80 80 04   minimum 0, maximum 65536, shared
 *
 * Source: WebAssembly core specification, binary format, sections "Integers" (5.2.2) and "Limits" (5.3).
 */
const LIMITS = {
  built: [0x01, 0x00, 0x80, 0x80, 0x04],
  unshared: [0x00, 0x80, 0x80, 0x80, 0x00],
  shared: [0x03, 0x00, 0x80, 0x80, 0x04],
};

/** `"\x03env\x06memory\x02"`: where a module imports its memory. The limits follow. */
const IMPORT = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2];

/** Rewrites, in place, the limits of the imported memory of a binary built by `asconfig.json`, and returns the binary. */
export function setLimits<T extends Uint8Array>(binary: T, kind: "unshared" | "shared"): T {
  const has = (bytes: number[], at: number): boolean => bytes.every((byte, i) => binary[at + i] === byte);
  for (let at = 8; at < binary.length; at++) {
    if (has(IMPORT, at) && has(LIMITS.built, at + IMPORT.length)) {
      binary.set(LIMITS[kind], at + IMPORT.length);
      return binary;
    }
  }
  throw new TypeError("setLimits: the binary imports no memory with limits 0 to 65536");
}
