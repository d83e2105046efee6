import type { MemoryView } from "../view/memory-view.ts";
import type { BorderOptions } from "./picture-options.ts";

export interface MedianOptions extends BorderOptions {
  /** Of the square window, odd; 3 unless said. */
  size?: number;
}

export interface BilateralOptions extends BorderOptions {
  /** In pixels. */
  sigmaSpace: number;
  /** In units of the items. */
  sigmaColor: number;
  /** Of the square window, odd; 2 × round(2 × sigmaSpace) + 1 unless said. */
  size?: number;
}

export interface CorrelateOptions extends BorderOptions {
  /** Rows of numbers, an odd number of each, 15 × 15 at most. */
  kernel: readonly (readonly number[])[];
  scale?: number;
  offset?: number;
}

export interface UnsharpOptions extends BorderOptions {
  /** Of the Gaussian: a number or `{ x, y }`. */
  sigma: number | { x: number; y: number };
  amount: number;
  /** Differences from the blur up to this one, in units of the items, are left alone. */
  threshold?: number;
}

export interface MagnitudeOptions extends BorderOptions {
  /** The root of the sum of squares, or the sum of both sizes. */
  norm?: "L2" | "L1";
}

export interface EmbossOptions extends BorderOptions {
  /** Where the light comes from, in degrees counter-clockwise from the right: 135, the upper left, unless said. */
  angle?: number;
  depth?: number;
}

export interface CannyOptions extends MagnitudeOptions {
  /** Lengths of the gradient above which a pixel goes on with an edge, and begins one. */
  low: number;
  high: number;
  /** Of a Gaussian blur before, none unless said. */
  sigma?: number;
}

export interface ElementOptions {
  /** Rows of 0 and 1, an odd number of each. */
  element: readonly (readonly number[])[];
}

export interface MorphologyOptions extends ElementOptions {
  kind: "erode" | "dilate" | "open" | "close" | "gradient" | "tophat" | "blackhat";
}

export interface GradientTargets {
  x?: MemoryView;
  y?: MemoryView;
}

/**
 * Neighbourhood operations on pictures of `B`, `H` or `f`, any strides; in place where source and target have one format.
 * Every channel alike. Scratch comes from the memory's allocator.
 *
 * All of them throw ValueError, LayoutError, FormatError, UnsupportedError, ReadonlyError, and AllocationError or
 * UnsupportedError for scratch, before the first store.
 */
export interface FilterOperations {
  /** The middle one of the items of a square window, exactly. */
  median<T extends MemoryView>(source: MemoryView, target: T, options?: MedianOptions): T;
  /**
   * The mean of a square window, weighted by exp(−d² / 2 sigma²) of the distances in space and in color, over all channels.
   *
   * Source: C. Tomasi and R. Manduchi, "Bilateral filtering for gray and color images", ICCV 1998.
   */
  bilateral<T extends MemoryView>(source: MemoryView, target: T, options: BilateralOptions): T;
  /**
   * Σ kernel × item × scale + offset, the kernel not flipped. The target has the source's format (rounded and clamped),
   * `f`, or for integers `i`, for `B` also `h`.
   *
   * @example image.correlate(pixels, pixels, { kernel: [[1, 2, 1], [2, 4, 2], [1, 2, 1]], scale: 1 / 16 })
   */
  correlate<T extends MemoryView>(source: MemoryView, target: T, options: CorrelateOptions): T;
  /** source + amount × (source − its Gaussian blur). */
  unsharp<T extends MemoryView>(source: MemoryView, target: T, options: UnsharpOptions): T;
  /** [−1 0 1] × [1 2 1], right minus left and lower minus upper, into targets as those of `correlate`. */
  sobel<T extends GradientTargets>(source: MemoryView, targets: T, options?: BorderOptions): T;
  /** As `sobel`, with [3 10 3]. */
  scharr<T extends GradientTargets>(source: MemoryView, targets: T, options?: BorderOptions): T;
  /** Length of the gradient, into the source's format (clamped) or `f`. */
  sobelMagnitude<T extends MemoryView>(source: MemoryView, target: T, options?: MagnitudeOptions): T;
  scharrMagnitude<T extends MemoryView>(source: MemoryView, target: T, options?: MagnitudeOptions): T;
  /** The sum of the four neighbours minus four times the item, into a target as that of `correlate`. */
  laplacian<T extends MemoryView>(source: MemoryView, target: T, options?: BorderOptions): T;
  /** depth × (the neighbour away from the light − the one towards it) + half the range. */
  emboss<T extends MemoryView>(source: MemoryView, target: T, options?: EmbossOptions): T;
  /**
   * Edges of a gray picture: the end of the range on them, 0 elsewhere.
   *
   * Source: J. Canny, "A computational approach to edge detection", IEEE PAMI 8 (1986).
   */
  canny<T extends MemoryView>(source: MemoryView, target: T, options: CannyOptions): T;
  /** Least and largest of a flat element; pixels outside the picture are ignored. Dilation takes the element turned by 180°. */
  morphology<T extends MemoryView>(source: MemoryView, target: T, options: MorphologyOptions): T;
  erode<T extends MemoryView>(source: MemoryView, target: T, options: ElementOptions): T;
  dilate<T extends MemoryView>(source: MemoryView, target: T, options: ElementOptions): T;
  /** Gives tables and scratch back. */
  release(): void;
}
