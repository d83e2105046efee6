import { BoundsError, show } from "../errors.ts";

/** Addresses of 32 bits end here; one past the last byte of a 4 GiB memory. */
const END = 2 ** 32;

/**
 * An address as exports hand it out: a negative i32 is one above 2 GiB, a bigint is an address of a 64-bit memory.
 * Nothing is rounded, and nothing that is not a number becomes 0.
 *
 * @param signed whether a negative number means an address above 2 GiB: over WebAssembly memory it does.
 * @throws BoundsError
 */
export function checkAddress(value: unknown, signed: boolean, name: string, operation: string): number {
  const address = typeof value === "bigint" && value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value;
  if (typeof address === "number" && Number.isSafeInteger(address)) {
    if (address >= 0) return address;
    if (signed && address >= -(2 ** 31)) return address + END;
  }
  throw new BoundsError(
    operation,
    `${name} is ${show(value)}`,
    signed ? "pass an address, as an export returns it" : "pass an integer from 0, in bytes",
  );
}
