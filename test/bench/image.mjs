// Image kernels on a resident 1920 × 1080 RGBA picture, beside the plain JavaScript loop over the same bytes.
import { LinearMemory } from "../../dist/index.js";
import { loadImage, parallel } from "../../dist/image.js";
import { loadStrided } from "../../dist/strided.js";
import { race, raceLater, report, seeded } from "./harness.mjs";

const [height, width] = [1080, 1920];
const memory = LinearMemory.create();
const [source, target] = [memory.alloc("B", [height, width, 4]), memory.alloc("B", [height, width, 4])];
const gray = memory.alloc("B", [height, width]);
const image = loadImage(memory);
const strided = loadStrided(memory);
const random = seeded(3);
image.boxBlur(source, target, { size: 15 }); // takes its scratch, which may grow the memory
const from = source.typedArray();
const to = target.typedArray();
const plane = gray.typedArray();
for (let i = 0; i < from.length; i++) from[i] = random() * 256;

/** The loops that a program without the library writes. */
const loops = {
  invert(target, source) {
    for (let i = 0; i < source.length; i += 4) {
      target[i] = 255 - source[i];
      target[i + 1] = 255 - source[i + 1];
      target[i + 2] = 255 - source[i + 2];
      target[i + 3] = source[i + 3];
    }
  },
  brightness(target, source, factor, offset) {
    for (let i = 0; i < source.length; i += 4) {
      for (let c = 0; c < 3; c++) {
        const value = Math.floor(source[i + c] * factor + offset);
        target[i + c] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
      target[i + 3] = source[i + 3];
    }
  },
  gray(target, source) {
    for (let i = 0, k = 0; i < source.length; i += 4, k++) {
      target[k] = (source[i] * 9798 + source[i + 1] * 19235 + source[i + 2] * 3735 + 16384) >> 15;
    }
  },
  /** Two passes of running sums, the usual way; rounds twice. */
  box(target, source, scratch, radius) {
    const size = 2 * radius + 1;
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < 4; c++) {
        const row = y * width * 4 + c;
        let sum = 0;
        for (let i = -radius; i <= radius; i++) sum += source[row + Math.max(i, 0) * 4];
        for (let x = 0; x < width; x++) {
          scratch[row + x * 4] = (sum / size + 0.5) | 0;
          sum += source[row + Math.min(x + radius + 1, width - 1) * 4] - source[row + Math.max(x - radius, 0) * 4];
        }
      }
    }
    const pitch = width * 4;
    const sums = new Int32Array(pitch);
    for (let i = -radius; i <= radius; i++) {
      for (let x = 0, row = Math.max(i, 0) * pitch; x < pitch; x++) sums[x] += scratch[row + x];
    }
    for (let y = 0; y < height; y++) {
      const enter = Math.min(y + radius + 1, height - 1) * pitch;
      const leave = Math.max(y - radius, 0) * pitch;
      for (let x = 0; x < pitch; x++) {
        target[y * pitch + x] = (sums[x] / size + 0.5) | 0;
        sums[x] += scratch[enter + x] - scratch[leave + x];
      }
    }
  },
  channel(target, source) {
    for (let i = 1, k = 0; k < target.length; i += 4, k++) target[k] = source[i];
  },
};

const pixels = height * width;
const bytes = pixels * 4;
const sample = () => to[bytes >> 1];
const scratch = new Uint8ClampedArray(bytes);

report(
  "invert, 1080p RGBA",
  { items: pixels, bytes: 2 * bytes },
  race([
    { name: "JavaScript loop", run: () => { loops.invert(to, from); return sample(); } }, // prettier-ignore
    { name: "linearview", run: () => { image.invert(source, target); return sample(); } }, // prettier-ignore
  ]),
);
report(
  "invert in place, 1080p RGBA",
  { items: pixels, bytes: 2 * bytes },
  race([
    { name: "JavaScript loop", run: () => { loops.invert(to, to); loops.invert(to, to); return sample(); } }, // prettier-ignore
    { name: "linearview", run: () => { image.invert(target, target); image.invert(target, target); return sample(); } }, // prettier-ignore
  ]),
);
const crop = source.slice([100, 980], [200, 1720]);
const cropTarget = target.slice([100, 980], [200, 1720]);
report(
  "brightness and contrast, 1080p RGBA",
  { items: pixels, bytes: 2 * bytes },
  race([
    { name: "JavaScript loop", run: () => { loops.brightness(to, from, 1, 51 + 0.5); return sample(); } }, // prettier-ignore
    { name: "linearview", run: () => { image.brightnessContrast(source, target, { brightness: 0.2 }); return sample(); } }, // prettier-ignore
  ]),
);
report(
  "grayscale into a plane, 1080p RGBA",
  { items: pixels, bytes: bytes + pixels },
  race([
    { name: "JavaScript loop", run: () => { loops.gray(plane, from); return plane[pixels >> 1]; } }, // prettier-ignore
    { name: "linearview", run: () => { image.grayscale(source, gray); return plane[pixels >> 1]; } }, // prettier-ignore
  ]),
);
report(
  "box blur 15 × 15, 1080p RGBA (the loop rounds twice)",
  { items: pixels, bytes: 2 * bytes },
  race(
    [
      { name: "JavaScript loop", run: () => { loops.box(to, from, scratch, 7); return 0; } }, // prettier-ignore
      { name: "linearview", run: () => { image.boxBlur(source, target, { size: 15 }); return 0; } }, // prettier-ignore
    ],
    9,
  ),
);
report(
  "box blur 15 × 15 in place on a crop of 1520 × 880",
  { items: 1520 * 880, bytes: 2 * 4 * 1520 * 880 },
  race(
    [
      { name: "linearview, source to target", run: () => { image.boxBlur(crop, cropTarget, { size: 15 }); return 0; } }, // prettier-ignore
      { name: "linearview, in place", run: () => { image.boxBlur(cropTarget, cropTarget, { size: 15 }); return 0; } }, // prettier-ignore
    ],
    9,
  ),
);
report(
  "one channel of 1080p RGBA into a plane",
  { items: pixels, bytes: bytes + pixels },
  race([
    { name: "JavaScript loop", run: () => { loops.channel(plane, from); return plane[pixels >> 1]; } }, // prettier-ignore
    { name: "view.assign", run: () => { gray.assign(source.slice("..., 1")); return plane[pixels >> 1]; } }, // prettier-ignore
    { name: "linearview/strided copy", run: () => { strided.copy(source.slice("..., 1"), gray); return plane[pixels >> 1]; } }, // prettier-ignore
  ]),
);

// Threads: on memory that they share, each operation on bands of rows by two workers, beside the same on one thread.
const shared = LinearMemory.create({ shared: true });
const [before, after] = [shared.alloc("B", [height, width, 4]), shared.alloc("B", [height, width, 4])];
before.assign(source);
const alone = loadImage(shared);
const pool = parallel(shared, { workers: 2 });
for (const [name, options] of [
  ["gaussianBlur", { sigma: 4 }],
  ["median", { size: 5 }],
  ["hueRotate", { degrees: 40 }],
  ["invert", {}],
]) {
  report(
    `${name}, 1080p RGBA, two workers`,
    { items: pixels, bytes: 2 * bytes },
    await raceLater([
      { name: "one thread", run: async () => alone[name](before, after, options) },
      { name: "parallel, 2 workers", run: () => pool[name](before, after, options) },
    ]),
  );
}
const plan = alone.plan("gaussianBlur", before.slice([0, 64], [0, 64]), after.slice([0, 64], [0, 64]), { sigma: 4 });
const [small, smallTarget] = [before.slice([0, 64], [0, 64]), after.slice([0, 64], [0, 64])];
report(
  "gaussianBlur of 64 × 64: a plan, for which nothing is prepared again",
  { items: 64 * 64, bytes: 2 * 4 * 64 * 64 },
  race([
    { name: "a call each time", run: () => { alone.gaussianBlur(small, smallTarget, { sigma: 4 }); return 0; } }, // prettier-ignore
    { name: "image.plan", run: () => { plan.run(); return 0; } }, // prettier-ignore
  ]),
);
plan.release();
pool.release();
