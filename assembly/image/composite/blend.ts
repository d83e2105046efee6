/*
 * The blend modes of W3C's Compositing and Blending Level 1, sections 10.1 and 10.2, on shares of the range; by the order of
 * the host's list.
 */

/** Bytes from one plane to the next. */
const PLANE: usize = 512;
/** The first mode that looks at all colours together. */
const HUE: i32 = 11;

/**
 * (1 − alpha of the backdrop) × Cs + alpha of the backdrop × B(Cb, Cs), into the source's planes, which are straight then;
 * the backdrop's, too.
 */
export function blendPlanes(
  planes: usize,
  backdrops: usize,
  colors: usize,
  mode: i32,
  premultiplied: bool,
  count: usize,
): void {
  for (let x: usize = 0; x < 4 * count; x += 16, planes += 16, backdrops += 16) {
    if (premultiplied) {
      straighten(planes, colors);
      straighten(backdrops, colors);
    }
    const alpha = v128.load(backdrops, 3 * PLANE);
    if (mode >= HUE) {
      together(planes, backdrops, mode, alpha);
      continue;
    }
    for (let c: usize = 0; c < colors * PLANE; c += PLANE) {
      const s = v128.load(planes + c);
      v128.store(planes + c, between(s, mixed(mode, v128.load(backdrops + c), s), alpha));
    }
  }
}

function straighten(planes: usize, colors: usize): void {
  const alpha = v128.load(planes, 3 * PLANE);
  const some = f32x4.ne(alpha, f32x4.splat(0));
  for (let c: usize = 0; c < colors * PLANE; c += PLANE) {
    v128.store(planes + c, v128.and(f32x4.div(v128.load(planes + c), alpha), some));
  }
}

/** From a, for 0, to b, for 1. */
function between(a: v128, b: v128, share: v128): v128 {
  return f32x4.add(f32x4.mul(a, f32x4.sub(f32x4.splat(1), share)), f32x4.mul(b, share));
}

function screen(a: v128, b: v128): v128 {
  return f32x4.sub(f32x4.add(a, b), f32x4.mul(a, b));
}

/** multiply for the lower half of s, screen for the upper. */
function hardLight(b: v128, s: v128): v128 {
  const twice = f32x4.add(s, s);
  const upper = screen(b, f32x4.sub(twice, f32x4.splat(1)));
  return v128.bitselect(f32x4.mul(b, twice), upper, f32x4.le(s, f32x4.splat(0.5)));
}

/** min(1, a / b), 0 where a is 0 and 1 where b alone is. */
function ratio(a: v128, b: v128): v128 {
  const one = f32x4.splat(1);
  return v128.and(f32x4.pmin(one, f32x4.div(a, b)), f32x4.gt(a, f32x4.splat(0)));
}

function softLight(b: v128, s: v128): v128 {
  const one = f32x4.splat(1);
  const signed = f32x4.sub(f32x4.add(s, s), one);
  const lower = f32x4.mul(b, f32x4.sub(one, b));
  let d = f32x4.sub(f32x4.mul(f32x4.splat(16), b), f32x4.splat(12));
  d = f32x4.mul(f32x4.add(f32x4.mul(d, b), f32x4.splat(4)), b);
  d = v128.bitselect(d, f32x4.sqrt(b), f32x4.le(b, f32x4.splat(0.25)));
  const change = v128.bitselect(lower, f32x4.sub(d, b), f32x4.le(s, f32x4.splat(0.5)));
  return f32x4.add(b, f32x4.mul(signed, change));
}

function mixed(mode: i32, b: v128, s: v128): v128 {
  const one = f32x4.splat(1);
  switch (mode) {
    case 0:
      return f32x4.mul(b, s);
    case 1:
      return screen(b, s);
    case 2:
      return hardLight(s, b);
    case 3:
      return f32x4.pmin(b, s);
    case 4:
      return f32x4.pmax(b, s);
    case 5:
      return ratio(b, f32x4.sub(one, s));
    case 6:
      return f32x4.sub(one, ratio(f32x4.sub(one, b), s));
    case 7:
      return hardLight(b, s);
    case 8:
      return softLight(b, s);
    case 9:
      return f32x4.abs(f32x4.sub(b, s));
    default: {
      const product = f32x4.mul(b, s);
      return f32x4.sub(f32x4.add(b, s), f32x4.add(product, product));
    }
  }
}

function least(r: v128, g: v128, b: v128): v128 {
  return f32x4.pmin(r, f32x4.pmin(g, b));
}

function greatest(r: v128, g: v128, b: v128): v128 {
  return f32x4.pmax(r, f32x4.pmax(g, b));
}

function lum(r: v128, g: v128, b: v128): v128 {
  const red = f32x4.mul(r, f32x4.splat(0.3));
  return f32x4.add(f32x4.add(red, f32x4.mul(g, f32x4.splat(0.59))), f32x4.mul(b, f32x4.splat(0.11)));
}

/** hue, saturation, color and luminosity: a colour, made as saturated as another for the first two, with a luminosity. */
function together(planes: usize, backdrops: usize, mode: i32, alpha: v128): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const ofSource = mode == HUE || mode == HUE + 2;
  const from = ofSource ? planes : backdrops;
  const other = ofSource ? backdrops : planes;
  let r = v128.load(from);
  let g = v128.load(from, PLANE);
  let b = v128.load(from, 2 * PLANE);
  const r2 = v128.load(other);
  const g2 = v128.load(other, PLANE);
  const b2 = v128.load(other, 2 * PLANE);
  // The luminosity is the backdrop's, but for the last mode, whose colours are the backdrop's instead.
  let light = lum(r2, g2, b2);
  if (mode == HUE + 1) light = lum(r, g, b);
  if (mode <= HUE + 1) {
    const low = least(r, g, b);
    const range = f32x4.sub(greatest(r, g, b), low);
    const wanted = f32x4.sub(greatest(r2, g2, b2), least(r2, g2, b2));
    const scale = v128.and(f32x4.div(wanted, range), f32x4.gt(range, zero));
    r = f32x4.mul(f32x4.sub(r, low), scale);
    g = f32x4.mul(f32x4.sub(g, low), scale);
    b = f32x4.mul(f32x4.sub(b, low), scale);
  }
  const d = f32x4.sub(light, lum(r, g, b));
  r = f32x4.add(r, d);
  g = f32x4.add(g, d);
  b = f32x4.add(b, d);
  // Towards the luminosity, until the least and the greatest are in the range.
  const l = lum(r, g, b);
  const n = least(r, g, b);
  const x = greatest(r, g, b);
  let scale = v128.bitselect(f32x4.div(l, f32x4.sub(l, n)), one, f32x4.lt(n, zero));
  const down = f32x4.div(f32x4.sub(one, l), f32x4.sub(x, l));
  scale = v128.bitselect(f32x4.pmin(scale, down), scale, f32x4.gt(x, one));
  put(planes, l, r, scale, alpha);
  put(planes + PLANE, l, g, scale, alpha);
  put(planes + 2 * PLANE, l, b, scale, alpha);
}

function put(plane: usize, light: v128, color: v128, scale: v128, alpha: v128): void {
  const result = f32x4.add(light, f32x4.mul(f32x4.sub(color, light), scale));
  v128.store(plane, between(v128.load(plane), result, alpha));
}
