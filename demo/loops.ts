/**
 * What the operations are in plain JavaScript: loops over packed RGBA, as a careful program without WebAssembly would
 * write them. The page times them beside the kernels; a test holds both to the same result.
 */
export type Loop = (pixels: Uint8Array, width: number, height: number) => void;

type Values = Record<string, number | string>;

export const invert = (): Loop => (pixels) => {
  for (let i = 0; i < pixels.length; i += 4) {
    pixels[i] = 255 - pixels[i]!;
    pixels[i + 1] = 255 - pixels[i + 1]!;
    pixels[i + 2] = 255 - pixels[i + 2]!;
  }
};

/** A function of one byte, computed once for each of the 256. */
export const table =
  (change: (value: number) => number): Loop =>
  (pixels) => {
    const results = Uint8ClampedArray.from({ length: 256 }, (_, value) => Math.floor(change(value) + 0.5));
    for (let i = 0; i < pixels.length; i += 4) {
      pixels[i] = results[pixels[i]!]!;
      pixels[i + 1] = results[pixels[i + 1]!]!;
      pixels[i + 2] = results[pixels[i + 2]!]!;
    }
  };

/** Weights of ITU-R BT.601 and BT.709, in 65536ths. */
const WEIGHTS: Record<string, readonly [number, number, number]> = {
  bt601: [19595, 38470, 7471],
  bt709: [13933, 46871, 4732],
};

export const grayscale =
  ({ weights }: Values): Loop =>
  (pixels) => {
    const [red, green, blue] = WEIGHTS[weights!]!;
    for (let i = 0; i < pixels.length; i += 4) {
      const luma = (red * pixels[i]! + green * pixels[i + 1]! + blue * pixels[i + 2]! + 32768) >> 16;
      pixels[i] = pixels[i + 1] = pixels[i + 2] = luma;
    }
  };

/** Three rows of three. */
type Rows = readonly number[];

export const matrix =
  ([a, b, c, d, e, f, g, h, i]: Rows): Loop =>
  (pixels) => {
    const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : (value + 0.5) | 0);
    for (let at = 0; at < pixels.length; at += 4) {
      const red = pixels[at]!;
      const green = pixels[at + 1]!;
      const blue = pixels[at + 2]!;
      pixels[at] = clamp(a! * red + b! * green + c! * blue);
      pixels[at + 1] = clamp(d! * red + e! * green + f! * blue);
      pixels[at + 2] = clamp(g! * red + h! * green + i! * blue);
    }
  };

// Source of the matrices: W3C Filter Effects Module Level 1, sections 9.6 and 12.
const IDENTITY: Rows = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const LUMA: Rows = [0.213, 0.715, 0.072, 0.213, 0.715, 0.072, 0.213, 0.715, 0.072];
const TURN: Rows = [-0.213, -0.715, 0.928, 0.143, 0.14, -0.283, -0.787, 0.715, 0.072];
const SEPIA: Rows = [0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131];

const mix = (a: Rows, b: Rows, share: number): Rows => a.map((value, i) => value + share * (b[i]! - value));
export const saturationRows = (amount: number): Rows => mix(LUMA, IDENTITY, amount);
export const sepiaRows = (amount: number): Rows => mix(IDENTITY, SEPIA, amount);
export const hueRows = (degrees: number): Rows => {
  const angle = (degrees * Math.PI) / 180;
  return mix(LUMA, IDENTITY, Math.cos(angle)).map((value, i) => value + Math.sin(angle) * TURN[i]!);
};

/** Whole pixels, as 32-bit integers. */
const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length / 4);

export const fill =
  (color: readonly number[]): Loop =>
  (pixels) =>
    void wordsOf(pixels).fill(wordsOf(Uint8Array.from(color))[0]!);

export const flipX = (): Loop => (pixels, width) => {
  const words = wordsOf(pixels);
  for (let row = 0; row < words.length; row += width) words.subarray(row, row + width).reverse();
};

export const flipY = (): Loop => (pixels, width, height) => {
  const words = wordsOf(pixels);
  for (let top = 0, bottom = height - 1; top < bottom; top++, bottom--) {
    for (let x = 0; x < width; x++) {
      const word = words[top * width + x]!;
      words[top * width + x] = words[bottom * width + x]!;
      words[bottom * width + x] = word;
    }
  }
};

/** Where the items of a line with a border come from: `radius` before it, its own, `radius` after it. */
function bordered(length: number, radius: number, border: string): Int32Array {
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => {
    const at = i - radius;
    if (border === "nearest") return Math.min(Math.max(at, 0), length - 1);
    const period = Math.max(border === "mirror" ? 2 * length - 2 : 2 * length, 1);
    const inside = ((at % period) + period) % period;
    return inside < length ? inside : period - inside - (border === "mirror" ? 0 : 1);
  });
}

/** Runs a filter of lines along the rows, then along the columns; between both the values are not rounded. */
function separable(
  pixels: Uint8Array,
  [width, height]: [number, number],
  radius: number,
  border: string,
  filter: (line: Float32Array, length: number, result: Float32Array) => void,
): void {
  const values = Float32Array.from(pixels);
  const pass = (length: number, lines: number, step: number, lineStep: number): void => {
    const places = bordered(length, radius, border);
    const line = new Float32Array(places.length);
    const result = new Float32Array(length);
    for (let n = 0; n < lines; n++) {
      for (let c = 0; c < 4; c++) {
        const first = n * lineStep + c;
        for (let i = 0; i < line.length; i++) line[i] = values[first + places[i]! * step]!;
        filter(line, length, result);
        for (let i = 0; i < length; i++) values[first + i * step] = result[i]!;
      }
    }
  };
  pass(width, height, 4, 4 * width);
  pass(height, width, 4 * width, 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.floor(values[i]! + 0.5);
}

/** Running sums: the cost does not depend on the size. */
export const boxBlur =
  (size: number, border: string): Loop =>
  (pixels, width, height) =>
    separable(pixels, [width, height], (size - 1) / 2, border, (line, length, result) => {
      let sum = 0;
      for (let i = 0; i < size - 1; i++) sum += line[i]!;
      for (let i = 0; i < length; i++) {
        sum += line[i + size - 1]!;
        result[i] = sum / size;
        sum -= line[i]!;
      }
    });

export const gaussianBlur =
  (sigma: number, border: string): Loop =>
  (pixels, width, height) => {
    const radius = Math.floor(4 * sigma + 0.5);
    const weights = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
    const total = weights.reduce((sum, weight, i) => sum + (i > 0 ? 2 : 1) * weight, 0);
    separable(pixels, [width, height], radius, border, (line, length, result) => {
      for (let i = 0, middle = radius; i < length; i++, middle++) {
        let sum = weights[0]! * line[middle]!;
        for (let k = 1; k <= radius; k++) sum += weights[k]! * (line[middle - k]! + line[middle + k]!);
        result[i] = sum / total;
      }
    });
  };
