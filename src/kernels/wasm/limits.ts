/**
 * One binary serves every kind of memory: only the five bytes that state the limits of the imported memory differ.
 *
 *   built      01 00 80 80 04   minimum 0, maximum 65536
 *   unshared   00 80 80 80 00   minimum 0 (a padded LEB128), no maximum: links with a memory of any maximum
 *   shared     03 00 80 80 04   minimum 0, maximum 65536, shared
 *
 * Imports come before all but types, so that the first such bytes are these.
 * Source: WebAssembly core specification, binary format, sections "Integers" (5.2.2) and "Limits" (5.3).
 */
const BUILT = [0x01, 0x00, 0x80, 0x80, 0x04];
const CHANGED = { unshared: [0x00, 0x80, 0x80, 0x80, 0x00], shared: [0x03] };

/** Rewrites, in place, the limits of the imported memory of a binary built by `asconfig.json`, and returns the binary. */
export function setLimits<T extends Uint8Array>(binary: T, kind: "unshared" | "shared"): T {
  const at = binary.findIndex((_, i) => BUILT.every((byte, k) => binary[i + k] === byte));
  binary.set(CHANGED[kind], at);
  return binary;
}
