import { classes as b } from "virtual:stamp/native/b";
import { classes as B } from "virtual:stamp/native/B";
import { classes as h } from "virtual:stamp/native/h";
import { classes as H } from "virtual:stamp/native/H";
import { classes as i } from "virtual:stamp/native/i";
import { classes as I } from "virtual:stamp/native/I";
import { classes as q } from "virtual:stamp/native/q";
import { classes as Q } from "virtual:stamp/native/Q";
import { classes as f } from "virtual:stamp/native/f";
import { classes as d } from "virtual:stamp/native/d";
import type { Format } from "../format/format.ts";
import { type NativeCode, SCALARS } from "../format/scalars.ts";
import type { Layout } from "../layout/layout.ts";
import type { Block } from "../memory/block.ts";
import { AnyView } from "./any.ts";
import { late } from "./late.ts";
import type { MemoryView } from "./memory-view.ts";

/** The classes of each native item type, by number of dimensions from one. */
const NATIVE = new Map<unknown, typeof b>();
for (const [code, classes] of Object.entries({ b, B, h, H, i, I, q, Q, f, d })) {
  const { array, kind, min, max } = SCALARS[code as NativeCode];
  // A bigint is always looked at twice: its limits let no number through.
  const [lowest, highest] = kind === "bigint" ? [1, 0] : [min, max];
  for (const { prototype } of classes) Object.assign(prototype, { lowest, highest, whole: kind === "integer" });
  NATIVE.set(array, classes);
}

/**
 * A view of a block: of the class of its item type where a typed array can read the items, which takes an aligned
 * address and strides, and of `AnyView` otherwise. The layout must have been checked.
 */
export function createView(block: Block, format: Format, layout: Layout, readonly: boolean): MemoryView {
  const { byteOffset, shape, strides } = layout;
  const { itemsize } = format;
  const frozen = { byteOffset, shape: Object.freeze(shape), strides: Object.freeze(strides) };
  if (format.array && byteOffset % itemsize === 0 && strides.every((stride) => stride % itemsize === 0)) {
    const View = NATIVE.get(format.array)?.[shape.length - 1];
    if (View) return new View(block, format, frozen, readonly);
  }
  return new AnyView(block, format, frozen, readonly);
}

late.createView = createView;
