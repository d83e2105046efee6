/** The README's code, see `readme.ts`. */
declare module "virtual:readme" {
  export const blocks: (() => Promise<unknown>)[];
  export const checks: { value: unknown; text: string }[];
}

declare module "*.wasm?inline" {
  const url: string;
  export default url;
}
