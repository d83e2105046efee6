/** The README's code, see `plugins.ts`. */
declare module "virtual:readme" {
  export const blocks: (() => Promise<unknown>)[];
  export const checks: { value: unknown; text: string }[];
}

/** A file of `test/fixtures`, see `plugins.ts`. */
declare module "virtual:fixture/*" {
  export const base64: string;
}
