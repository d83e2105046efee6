import { FormatError } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { product } from "../layout/shape.ts";
import type { MemoryView } from "../view/memory-view.ts";
import { eachBox, type Operand, type Three } from "./strided-walk.ts";

type SumArguments = [source: number, ...counts: Three, ...strides: Three];

export interface SumExports {
  sum_1(...args: [...SumArguments, flip: number]): bigint;
  sum_2(...args: [...SumArguments, flip: number]): bigint;
  sum_4(...args: [...SumArguments, flip: number]): bigint;
  sum_f32(...args: [...SumArguments, total: number]): number;
  sum_f64(...args: [...SumArguments, total: number]): number;
}

/** Items of a run: what four accumulators take before they are added up. */
const RUN = 1024;

/** Part of each item, as an integer of `size` bytes from `offset` on. */
interface Part {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** See `StridedOperations.sum`. The view was checked. */
export function sumOf(kernels: SumExports, view: MemoryView, operation: string): number | bigint {
  const { _format: format } = view;
  const { scalar } = format;
  if (!scalar || scalar.kind === "character" || scalar.kind === "complex") {
    throw new FormatError(operation, `there is no sum of items '${format.text}'`, "take one field or part of them");
  }
  if (!format.array) return sumRead(view, format, operation);
  const { size, kind, min } = scalar;
  if (kind === "float") return sumFloats(size === 4 ? kernels.sum_f32 : kernels.sum_f64, view);
  const signed = min < 0 && format.code !== "P";
  if (kind === "integer") return Number(sumIntegers(kernels, view, { offset: 0, size, signed }));
  const high = sumIntegers(kernels, view, { offset: 4, size: 4, signed });
  return (high << 32n) + sumIntegers(kernels, view, { offset: 0, size: 4, signed: false });
}

/** As `eachBox`, with rows along the longer of the two innermost dimensions where one of them is short. */
function eachRows(
  shape: readonly number[],
  operand: Operand,
  visit: (at: number, counts: Three, strides: Three) => void,
) {
  eachBox(shape, [operand], ([at], counts, [strides]) => {
    const [n0, n1, n2] = counts;
    const [s0, s1, s2] = strides!;
    if (n2 < 8 && n1 > n2) visit(at!, [n0, n2, n1], [s0, s2, s1]);
    else visit(at!, counts, strides!);
  });
}

function sumFloats(kernel: SumExports["sum_f32"], { _layout: { shape, ...operand } }: MemoryView): number {
  let total = 0;
  eachRows(shape, operand, (at, counts, strides) => {
    total = kernel(at, ...counts, ...strides, total);
  });
  return total;
}

/** Exact: a call adds up at most 2^32 items, because an axis that repeats items is a factor. */
function sumIntegers(kernels: SumExports, { _layout }: MemoryView, { offset, size, signed }: Part): bigint {
  const { shape, strides, byteOffset } = _layout;
  const kernel = size === 1 ? kernels.sum_1 : size === 2 ? kernels.sum_2 : kernels.sum_4;
  const flip = signed ? 2 ** (8 * size - 1) : 0;
  let total = 0n;
  let repeated = 1n;
  const once = shape.map((length, axis) => {
    if (strides[axis] !== 0 || length === 0) return length;
    repeated *= BigInt(length);
    return 1;
  });
  eachRows(once, { byteOffset: byteOffset + offset, strides }, (at, counts, steps) => {
    const sum = BigInt.asUintN(64, kernel(at, ...counts, ...steps, flip));
    total += sum - BigInt(product(counts)) * BigInt(flip);
  });
  return total * repeated;
}

/** Formats that no kernel reads, in the same order. */
function sumRead(view: MemoryView, { read, scalar }: Format, operation: string): number | bigint {
  const data = view._live(operation);
  const { kind } = scalar!;
  const { shape, ...operand } = view._layout;
  const zero = kind === "bigint" ? 0n : 0;
  // Integers and booleans are added up to exact bigints, which a run of numbers fits.
  let total: any = kind === "float" ? 0 : 0n;
  eachRows(shape, operand, (first, [n0, n1, n2], [s0, s1, s2]) => {
    for (let i = 0; i < n0; i++) {
      for (let j = 0; j < n1; j++) {
        const row = first + i * s0 + j * s1;
        for (let k = 0; k < n2; k += RUN) {
          const sums: any[] = [zero, zero, zero, zero];
          for (let x = k; x < Math.min(k + RUN, n2); x++) sums[x & 3] += read(data, row + x * s2);
          const sum = sums[0] + sums[1] + (sums[2] + sums[3]);
          total += typeof total === "bigint" ? BigInt(sum) : sum;
        }
      }
    }
  });
  return kind === "bigint" ? total : Number(total);
}
