import type { MemoryView } from "linearview";
import type { ImageOperations } from "linearview/image";

/** What the operations of the page run on. */
export interface Bench {
  readonly image: ImageOperations;
  /** The region of the picture, and the same region of the untouched original. */
  readonly region: MemoryView;
  readonly original: MemoryView;
}

export interface Option {
  readonly name: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}

export interface Operation {
  readonly id: string;
  readonly label: string;
  readonly options?: readonly Option[];
  run(bench: Bench, values: Record<string, number>): void;
  /** The line of code that a program would write. */
  code(values: Record<string, number>): string;
}

/** The operations of the page, in the order of its buttons; a new one is a new row. */
export const OPERATIONS: readonly Operation[] = [
  {
    id: "invert",
    label: "Invert",
    run: ({ image, region }) => void image.invert(region, region),
    code: () => "image.invert(region, region);",
  },
  {
    id: "grayscale",
    label: "Grayscale",
    run: ({ image, region }) => void image.grayscale(region, region),
    code: () => "image.grayscale(region, region);",
  },
  {
    id: "brightness",
    label: "Brightness and contrast",
    options: [
      { name: "brightness", label: "Brightness", min: -1, max: 1, step: 0.05, value: 0.1 },
      { name: "contrast", label: "Contrast", min: 0, max: 3, step: 0.1, value: 1.3 },
    ],
    run: ({ image, region }, { brightness, contrast }) =>
      void image.brightnessContrast(region, region, { brightness: brightness!, contrast: contrast! }),
    code: ({ brightness, contrast }) =>
      `image.brightnessContrast(region, region, { brightness: ${brightness}, contrast: ${contrast} });`,
  },
  {
    id: "blur",
    label: "Box blur",
    options: [{ name: "size", label: "Size", min: 1, max: 63, step: 2, value: 15 }],
    run: ({ image, region }, { size }) => void image.boxBlur(region, region, { size: size! }),
    code: ({ size }) => `image.boxBlur(region, region, { size: ${size} });`,
  },
  {
    id: "red",
    label: "Invert red only",
    run: ({ image, region }) => {
      const red = region.slice("..., 0");
      image.invert(red, red);
    },
    code: () => 'const red = region.slice("..., 0"); // every fourth byte\nimage.invert(red, red);',
  },
  {
    id: "fill",
    label: "Fill",
    run: ({ region }) => void region.assign([31, 111, 120, 255]),
    code: () => "region.assign([31, 111, 120, 255]); // one pixel, broadcast",
  },
  {
    id: "restore",
    label: "Restore",
    run: ({ region, original }) => void region.assign(original),
    code: () => "region.assign(original); // from another block of the same memory",
  },
];
