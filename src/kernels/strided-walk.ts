import { eachOuter, simplify } from "../layout/walk.ts";

/** What a kernel walks, outermost first; leading lengths are 1 where there are fewer dimensions. */
export type Three = [n0: number, n1: number, n2: number];

/** Where an operand's items are; offsets and strides in bytes. */
export interface Operand {
  readonly byteOffset: number;
  readonly strides: readonly number[];
}

const lastThree = (numbers: readonly number[], missing: number): Three =>
  [missing, missing, missing, ...numbers].slice(-3) as Three;

/**
 * Calls `visit` for every three innermost dimensions, of which there are as few and as long ones as the strides allow:
 * with the address of each operand's first item, the lengths, and the strides of each operand. The first operand's items
 * are met in the order of their addresses, whatever the signs of its strides.
 */
export function eachBox(
  shape: readonly number[],
  operands: readonly Operand[],
  visit: (at: readonly number[], counts: Three, strides: readonly Three[]) => void,
): void {
  if (shape.includes(0)) return;
  if (shape.length === 1 && operands[0]!.strides[0]! >= 0) {
    const line = ({ strides }: Operand): Three => [0, 0, strides[0]!];
    visit(operands.map(({ byteOffset }) => byteOffset), [1, 1, shape[0]!], operands.map(line)); // prettier-ignore
    return;
  }
  const back = shape.map((length, axis) => (operands[0]!.strides[axis]! < 0 ? length - 1 : 0));
  const offsets = operands.map(({ byteOffset, strides }) =>
    back.reduce((offset, steps, axis) => offset + steps * strides[axis]!, byteOffset),
  );
  const upward = operands.map(({ strides }) => strides.map((stride, axis) => (back[axis] ? -stride : stride)));
  const walk = simplify(shape, upward);
  const counts = lastThree(walk.shape, 1);
  const steps = walk.strides.map((strides) => lastThree(strides, 0));
  eachOuter(walk, offsets, 3, (...at) => visit(at, counts, steps));
}
