/** The README's code, see `plugins.ts`. */
declare module "virtual:readme" {
  export const blocks: (() => Promise<unknown>)[];
  export const checks: { value: unknown; text: string }[];
}

/** Those that load a package of somebody's, in Node alone. */
declare module "virtual:readme/node" {
  export { blocks, checks } from "virtual:readme";
}

/** A file of `test/fixtures`, see `plugins.ts`. */
declare module "virtual:fixture/*" {
  export const base64: string;
}

/** A module of `test/fixtures/guests` and a runtime, `objects/minimal`, see `plugins.ts`. */
declare module "virtual:guest/*" {
  export const base64: string;
}
