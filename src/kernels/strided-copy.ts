import type { Layout } from "../layout/layout.ts";
import { eachBox, type Operand, type Three } from "./strided-walk.ts";

export type CopyArguments = [target: number, source: number, ...counts: Three, ...target: Three, ...source: Three];

/** The exports of `assembly/strided/copy.ts`; a module of pictures has those of their item sizes. */
export interface CopyExports {
  copy_1(...args: CopyArguments): void;
  copy_2(...args: CopyArguments): void;
  copy_4(...args: CopyArguments): void;
  copy_8?(...args: CopyArguments): void;
  copy_n?(...args: [...CopyArguments, itemsize: number]): void;
}

/** Copies items of one size from where they are to another layout of the same shape, without a byte in common. */
export function copyWith(kernels: CopyExports, target: Layout, source: Operand, itemsize: number): void {
  eachBox(target.shape, [target, source], ([to, from], counts, [t, s]) => {
    const args: CopyArguments = [to!, from!, ...counts, ...t!, ...s!];
    if (itemsize === 1) kernels.copy_1(...args);
    else if (itemsize === 2) kernels.copy_2(...args);
    else if (itemsize === 4) kernels.copy_4(...args);
    else if (itemsize === 8) kernels.copy_8!(...args);
    else kernels.copy_n!(...args, itemsize);
  });
}
