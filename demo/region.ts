/** A rectangle of pixels. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const SMALLEST = 1;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(Math.round(value), low), high);

/** The region nearest to what was asked for that lies inside a picture. */
export function fit(region: Region, picture: { width: number; height: number }): Region {
  const width = clamp(region.width, SMALLEST, picture.width);
  const height = clamp(region.height, SMALLEST, picture.height);
  return {
    width,
    height,
    x: clamp(region.x, 0, picture.width - width),
    y: clamp(region.y, 0, picture.height - height),
  };
}

/** Directions of the arrow keys. */
const ARROWS: Record<string, readonly [dx: number, dy: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where a key moves the region: arrows by 1 pixel, with Shift by 10, with Alt the lower right corner. */
export function moved(region: Region, event: KeyboardEvent): Region | undefined {
  const arrow = ARROWS[event.key];
  if (!arrow) return undefined;
  const [dx, dy] = arrow.map((step) => step * (event.shiftKey ? 10 : 1)) as [number, number];
  return dragged(region, dx, dy, event.altKey);
}

/** The region moved by a distance in pixels, or its lower right corner. */
export function dragged({ x, y, width, height }: Region, dx: number, dy: number, corner: boolean): Region {
  return corner ? { x, y, width: width + dx, height: height + dy } : { x: x + dx, y: y + dy, width, height };
}
