/** Where the levels of red, green, blue and alpha are in the number of a cell: bits, and how many. */
const AXES = [
  [10, 31],
  [5, 31],
  [0, 31],
  [15, 7],
] as const;

/** Some of the cells that have pixels, `first` to `end` of a list, and how many pixels those are. */
interface Box {
  first: number;
  end: number;
  pixels: number;
  /** The axis along which it is longest, and from which level to which. */
  axis: number;
  low: number;
  high: number;
}

const levelOf = (cell: number, axis: number): number => (cell >> AXES[axis]![0]) & AXES[axis]![1];

function boxOf(cells: Uint32Array, counts: Uint32Array, first: number, end: number): Box {
  const least = [31, 31, 31, 31];
  const greatest = [0, 0, 0, 0];
  let pixels = 0;
  for (let i = first; i < end; i++) {
    const cell = cells[i]!;
    pixels += counts[cell]!;
    for (let axis = 0; axis < 4; axis++) {
      const level = levelOf(cell, axis);
      if (level < least[axis]!) least[axis] = level;
      if (level > greatest[axis]!) greatest[axis] = level;
    }
  }
  // Levels of alpha are four times as far apart.
  const lengths = least.map((level, axis) => (greatest[axis]! - level) * (axis === 3 ? 4 : 1));
  const axis = lengths.indexOf(Math.max(...lengths));
  return { first, end, pixels, axis, low: least[axis]!, high: greatest[axis]! };
}

/** Cuts a box where half of its pixels are on either side. */
function cut({ first, end, pixels, axis, low, high }: Box, cells: Uint32Array, counts: Uint32Array): [Box, Box] {
  const levels = Array<number>(32).fill(0);
  for (let i = first; i < end; i++) levels[levelOf(cells[i]!, axis)]! += counts[cells[i]!]!;
  let limit = low;
  for (let below = levels[low]!; limit + 1 < high && below < pixels / 2;) below += levels[++limit]!;
  let middle = first;
  for (let i = first; i < end; i++) {
    const cell = cells[i]!;
    if (levelOf(cell, axis) > limit) continue;
    cells[i] = cells[middle]!;
    cells[middle++] = cell;
  }
  return [boxOf(cells, counts, first, middle), boxOf(cells, counts, middle, end)];
}

/**
 * Puts a number from 1 to `colors` in the place of each count that is not 0: that of the box which the cell is in. The box
 * with most pixels times length is cut in two at its median, along its longest side, until there are enough. Returns how many
 * there are.
 *
 * Source: Heckbert, SIGGRAPH 1982.
 */
export function medianCut(counts: Uint32Array, colors: number): number {
  const cells = Uint32Array.from(counts.keys()).filter((cell) => counts[cell]! > 0);
  const boxes = [boxOf(cells, counts, 0, cells.length)];
  const weight = ({ pixels, high, low }: Box): number => pixels * (high - low);
  while (boxes.length < colors) {
    const heaviest = boxes.reduce((a, b) => (weight(b) > weight(a) ? b : a));
    if (weight(heaviest) === 0) break;
    boxes.splice(boxes.indexOf(heaviest), 1, ...cut(heaviest, cells, counts));
  }
  boxes.forEach(({ first, end }, i) => cells.subarray(first, end).forEach((cell) => (counts[cell] = i + 1)));
  return boxes.length;
}
