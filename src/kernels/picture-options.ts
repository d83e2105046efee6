import { show, ValueError } from "../errors.ts";
import { anything, oneOf } from "../options.ts";
import { ITEMS, type Picture } from "./picture.ts";

/*
 * The options that many operations on pictures have.
 */

/**
 * What lies outside a picture `a b c`: `"nearest"` a a | a b c, `"reflect"` b a | a b c, `"mirror"` c b | a b c, or
 * `"constant"` with a value.
 */
export type Border = "nearest" | "reflect" | "mirror" | "constant";

/** A number for each channel, or one for all. */
export type PerChannel = number | readonly number[];

export interface BorderOptions {
  border?: Border;
  /** What lies outside with `border: "constant"`; 0 unless said. */
  value?: PerChannel;
}

/** In the order of the kernels' numbers. */
export const BORDERS: readonly Border[] = ["nearest", "reflect", "mirror", "constant"];
export const BORDER_CHECKS = { border: /* @__PURE__ */ oneOf(BORDERS), value: anything } as const;

/** Which channels a point operation changes: all, or all but alpha, which is copied. */
export interface ChannelOptions {
  channels?: "rgb" | "all";
}

export const CHANNEL_CHECKS = { channels: /* @__PURE__ */ oneOf(["rgb", "all"]) } as const;

/** How many leading channels an operation changes. */
export const colorsOf = ({ channels }: { channels: number }, changed: "rgb" | "all" = "rgb"): number =>
  channels === 4 && changed === "rgb" ? 3 : channels;

/** A value for each channel of a picture, as its items hold them. @throws ValueError */
export function valuesOf(
  value: unknown,
  { channels, format }: Pick<Picture, "channels" | "format">,
  what: string,
  operation: string,
): number[] {
  const given = Array.isArray(value) ? (value as unknown[]) : undefined;
  if (given && given.length !== channels) {
    const problem = `${what} has ${given.length} numbers, the picture ${channels} channels`;
    throw new ValueError(operation, problem, "pass one per channel, or one number");
  }
  const { max } = ITEMS[format];
  const whole = max > 1;
  return Array.from({ length: channels }, (_, channel) => {
    const number = (given ? given[channel] : (value ?? 0)) as number;
    if (whole ? Number.isInteger(number) && number >= 0 && number <= max : Number.isFinite(number)) return number;
    const takes = whole ? `an integer from 0 to ${max}` : "a finite number";
    throw new ValueError(operation, `${what} is ${show(number)}`, `'${format}' takes ${takes}`);
  });
}

/** Bytes of up to four channels in one number, the first lowest. */
export const packBytes = (bytes: readonly number[]): number =>
  bytes.reduce((all, byte, i) => all | (byte << (8 * i)), 0);

/** Width and height of a window with a middle: odd, their product below `limit`. @throws ValueError */
export function sizesOf(size: unknown, limit: number, operation: string): [x: number, y: number] {
  const pair = typeof size === "object" && size !== null ? (size as { x: unknown; y: unknown }) : { x: size, y: size };
  const [x, y] = [pair.x, pair.y].map((length) => {
    if (Number.isInteger(length) && (length as number) % 2 === 1 && (length as number) > 0) return length as number;
    throw new ValueError(operation, `size is ${show(length)}`, "size is an odd number of pixels, or { x, y } of two");
  }) as [number, number];
  if (x * y < limit) return [x, y];
  const problem = `a window of ${x} × ${y} pixels, less than ${limit} are the limit`;
  throw new ValueError(operation, problem, "use a smaller size");
}
