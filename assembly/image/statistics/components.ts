/** Words of what is known of a component: area, then the least and the greatest x and y. */
const RECORD: usize = 20;

/** How many items of one channel are not 0 where the one to the left is: as many components as there can be. */
export function count_runs(source: usize, row: isize, pixel: isize, height: usize, width: usize): usize {
  let runs: usize = 0;
  for (; height > 0; height--, source += <usize>row) {
    let before = false;
    let s = source;
    for (let left = width; left > 0; left--, s += <usize>pixel) {
      const some = load<u8>(s) != 0;
      if (some && !before) runs++;
      before = some;
    }
  }
  return runs;
}

/**
 * Labels what hangs together: 0 where a byte is 0, else the number of its component, from 1 by the first pixel in raster
 * order.
 *
 *   target   i32, address of item [0, 0]; source: bytes, without one in common; strides in bytes, any sign
 *   corners  whether pixels hang together by corners too
 *   parents  scratch of a u32 for each component that there can be, and one more
 *   records  of as many times five u32; on return those of the background and of each component: area, least x and y,
 *            greatest x and y
 *
 * Returns the number of components. A component's parent is always one that came first, so that one pass renames them all.
 */
export function label_items(
  target: usize,
  targetRow: isize,
  targetPixel: isize,
  source: usize,
  sourceRow: isize,
  sourcePixel: isize,
  height: usize,
  width: usize,
  corners: bool,
  parents: usize,
  records: usize,
): usize {
  const p = <usize>targetPixel;
  let last: usize = 0;
  store<u32>(parents, 0);
  let t = target;
  for (let y: usize = 0; y < height; y++, t += <usize>targetRow, source += <usize>sourceRow) {
    let at = t;
    let above = t - <usize>targetRow;
    let s = source;
    let left: usize = 0;
    for (let x: usize = 0; x < width; x++, at += p, above += p, s += <usize>sourcePixel) {
      let label: usize = 0;
      if (load<u8>(s) != 0) {
        label = left;
        if (y > 0) {
          const middle = load<u32>(above);
          label = joined(parents, label, middle);
          // What hangs together with the middle one hangs together with its neighbours already.
          if (corners && middle == 0) {
            if (x > 0) label = joined(parents, label, load<u32>(above - p));
            if (x + 1 < width) label = joined(parents, label, load<u32>(above + p));
          }
        }
        if (label == 0) {
          label = ++last;
          store<u32>(parents + 4 * label, label);
        }
      }
      store<u32>(at, label);
      left = label;
    }
  }
  let count: usize = 0;
  for (let i: usize = 1; i <= last; i++) {
    const parent = load<u32>(parents + 4 * i);
    store<u32>(parents + 4 * i, parent == <u32>i ? <u32>++count : load<u32>(parents + 4 * parent));
  }
  for (let i: usize = 0; i <= count; i++) {
    const record = records + RECORD * i;
    memory.fill(record, 0, RECORD);
    store<i64>(record, -1, 4);
  }
  for (let y: usize = 0; y < height; y++, target += <usize>targetRow) {
    let at = target;
    for (let x: usize = 0; x < width; x++, at += p) {
      const label = <usize>load<u32>(parents + 4 * load<u32>(at));
      store<u32>(at, label);
      const record = records + RECORD * label;
      store<u32>(record, load<u32>(record) + 1);
      store<u32>(record, min<u32>(load<u32>(record, 4), <u32>x), 4);
      store<u32>(record, min<u32>(load<u32>(record, 8), <u32>y), 8);
      store<u32>(record, max<u32>(load<u32>(record, 12), <u32>x), 12);
      store<u32>(record, max<u32>(load<u32>(record, 16), <u32>y), 16);
    }
  }
  return count;
}

/** The first of two components that turn out to be one, 0 being none. */
function joined(parents: usize, a: usize, b: usize): usize {
  if (a == 0 || a == b) return b;
  if (b == 0) return a;
  a = first(parents, a);
  b = first(parents, b);
  if (a < b) {
    store<u32>(parents + 4 * b, a);
    return a;
  }
  store<u32>(parents + 4 * a, b);
  return b;
}

/** Follows parents to the one that has none, and makes the way shorter. */
function first(parents: usize, label: usize): usize {
  let parent = <usize>load<u32>(parents + 4 * label);
  while (parent != label) {
    const next = <usize>load<u32>(parents + 4 * parent);
    store<u32>(parents + 4 * label, <u32>next);
    label = next;
    parent = <usize>load<u32>(parents + 4 * label);
  }
  return label;
}
