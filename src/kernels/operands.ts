import { LayoutError, list, show, ValueError } from "../errors.ts";
import type { Layout } from "../layout/layout.ts";
import { shareBytes } from "../layout/overlap.ts";
import { sameBytes } from "../memory/source.ts";
import { MemoryView } from "../view/memory-view.ts";
import type { Loaded } from "./loaded.ts";

/** A view in the memory that the kernels run on. @throws ValueError, ReleasedError */
export function checkView(view: unknown, name: string, loaded: Loaded, operation: string): MemoryView {
  if (!(view instanceof MemoryView)) {
    throw new ValueError(operation, `the ${name} is ${show(view)}`, "pass a MemoryView of the loaded memory");
  }
  const { source } = view._check(operation);
  if (!sameBytes(source, loaded.source)) {
    throw new ValueError(
      operation,
      `the ${name} is in another memory than the kernels`,
      "assign() it into a view of this memory first",
    );
  }
  view._live(operation);
  return view;
}

/** A view that may be written. @throws also ReadonlyError, and LayoutError when its items overlap each other. */
export function checkTarget(view: unknown, loaded: Loaded, operation: string): MemoryView {
  const target = checkView(view, "target", loaded, operation);
  target._checkWritable(operation);
  const { shape, strides } = target._layout;
  if (!shape.includes(0) && shape.some((length, axis) => length > 1 && strides[axis] === 0)) {
    throw new LayoutError(
      operation,
      `the target's strides ${list(strides)} repeat items`,
      "write into a view whose items lie apart",
    );
  }
  return target;
}

/** @throws LayoutError with both shapes. */
export function checkSameShape(source: MemoryView, target: MemoryView, operation: string): void {
  const [a, b] = [source._layout.shape, target._layout.shape];
  if (a.length === b.length && a.every((length, axis) => length === b[axis])) return;
  throw new LayoutError(operation, `the source has shape ${list(a)}, the target ${list(b)}`, "make them equal");
}

const sameLayout = (a: Layout, b: Layout): boolean =>
  a.byteOffset === b.byteOffset &&
  a.shape.length === b.shape.length &&
  a.shape.every((length, axis) => length === b.shape[axis] && (length <= 1 || a.strides[axis] === b.strides[axis]));

/**
 * Whether the operation runs in place: source and target are the same items. Otherwise they may share no byte.
 *
 * @throws LayoutError when they do, or when that cannot be told.
 */
export function checkOverlap(source: MemoryView, target: MemoryView, inPlace: boolean, operation: string): boolean {
  const [a, b] = [source._layout, target._layout];
  const same = sameLayout(a, b) && source._format.itemsize === target._format.itemsize;
  if (same && inPlace) return true;
  if (same || shareBytes(a, source._format.itemsize, b, target._format.itemsize) !== false) {
    const hint = inPlace ? "use the same view for both, or views that lie apart" : "use views that lie apart";
    throw new LayoutError(operation, "source and target overlap", hint);
  }
  return false;
}
