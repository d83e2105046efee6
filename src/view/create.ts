import { native as b } from "virtual:stamp/native/b";
import { native as B } from "virtual:stamp/native/B";
import { native as h } from "virtual:stamp/native/h";
import { native as H } from "virtual:stamp/native/H";
import { native as i } from "virtual:stamp/native/i";
import { native as I } from "virtual:stamp/native/I";
import { native as q } from "virtual:stamp/native/q";
import { native as Q } from "virtual:stamp/native/Q";
import { native as f } from "virtual:stamp/native/f";
import { native as d } from "virtual:stamp/native/d";
import type { Format } from "../format/format.ts";
import { type NativeCode, SCALARS } from "../format/scalars.ts";
import type { Layout } from "../layout/layout.ts";
import type { Block } from "../memory/block.ts";
import { parts } from "./aligned.ts";
import { AnyView } from "./any.ts";
import { late } from "./late.ts";
import type { MemoryView } from "./memory-view.ts";

/** The classes of each native item type, by number of dimensions from one. */
const NATIVE = new Map<unknown, ReturnType<typeof b>>();
for (const [code, make] of Object.entries({ b, B, h, H, i, I, q, Q, f, d })) {
  const native = make(parts);
  native.classes.forEach(({ prototype }, k) => Object.assign(prototype, { axes: k + 1 }));
  NATIVE.set(SCALARS[code as NativeCode].array, native);
}

/**
 * A view of a block: of the class of its item type where a typed array can read the items, which takes an aligned
 * address and strides, and of `AnyView` otherwise. The layout must have been checked.
 */
export function createView(block: Block, format: Format, layout: Layout, readonly: boolean): MemoryView {
  const { byteOffset, shape, strides } = layout;
  const { array, itemsize } = format;
  const native = NATIVE.get(array);
  const View = native?.classes[shape.length - 1];
  if (!View || byteOffset % itemsize !== 0 || strides.some((stride) => stride % itemsize !== 0)) {
    return new AnyView(block, format, layout, readonly);
  }
  const window = block.window(array!, native!.NativeWindow);
  const [n0, n1, n2] = shape;
  const [s0, s1, s2] = strides.map((stride) => stride / itemsize);
  return new View(window, format, readonly, byteOffset / itemsize, n0!, s0!, n1, s1, n2, s2);
}

late.createView = createView;
