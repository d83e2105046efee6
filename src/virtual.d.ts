/** A folder of `assembly/`, compiled by asc and embedded as hexadecimal digits (see `vite.config.ts`). */
declare module "virtual:wasm/*" {
  export const hex: string;
}

/** The item type that a stamped file is loaded for. */
declare const ITEM: string;

/** Whether its typed array stores the number `value` as it is (see `vite.config.ts`). */
declare const FITS: boolean;

/** `view/native.ts`, loaded anew for one item type (see `vite.config.ts`). */
declare module "virtual:stamp/native/*" {
  export const native: typeof import("./view/native.ts").native;
}

/** `view/loops.ts`, loaded anew for one word size. */
declare module "virtual:stamp/loops/*" {
  export const copyWords: typeof import("./view/loops.ts").copyWords;
  export const fillWords: typeof import("./view/loops.ts").fillWords;
  export const equalWords: typeof import("./view/loops.ts").equalWords;
}
