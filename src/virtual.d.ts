/** A folder of `assembly/`, compiled by asc and embedded as base64 (see `vite.config.ts`). */
declare module "virtual:wasm/*" {
  export const base64: string;
}

/** `view/native.ts`, loaded anew for one item type (see `vite.config.ts`). */
declare module "virtual:stamp/native/*" {
  export const classes: typeof import("./view/native.ts").classes;
  export const NativeWindow: typeof import("./view/native.ts").NativeWindow;
}

/** `view/loops.ts`, loaded anew for one word size. */
declare module "virtual:stamp/loops/*" {
  export const copyWords: typeof import("./view/loops.ts").copyWords;
  export const fillWords: typeof import("./view/loops.ts").fillWords;
  export const equalWords: typeof import("./view/loops.ts").equalWords;
}
