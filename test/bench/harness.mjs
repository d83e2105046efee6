// Interleaved timing: in every round each contender runs once, so that noise on a shared machine falls on all of them
// alike; the order rotates and turns around, so that nobody always runs after the same neighbour. A ratio is the median of
// same-round ratios against the first contender.
const median = (numbers) => quantile(numbers, 0.5);

function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** A sample lasts this long at least, so that the clock's grain does not matter. */
const SAMPLE_MS = 3;

/** Samples beyond this are long enough for three of them to say what there is to say. */
const SLOW_MS = 200;

function warm({ run }, milliseconds) {
  const start = performance.now();
  let best = Infinity;
  for (let calls = 0; calls < 4000; calls++) {
    if (performance.now() - start >= milliseconds && (calls >= 3 || best > SLOW_MS)) break;
    const before = performance.now();
    run();
    best = Math.min(best, performance.now() - before);
  }
  return Math.max(1, Math.min(500, Math.ceil(SAMPLE_MS / best)));
}

/** Whether a contender computed what the first one did; `tolerance` is relative, for those that add in single precision. */
export const agrees = (result, expected, tolerance = 0) =>
  result === expected || Math.abs(result - expected) <= tolerance * Math.abs(expected);

/**
 * Times contenders that do the same work. `contenders` is a list of `{ name, run, tolerance? }`, the raw loop first;
 * every `run` returns what it computed, and all must agree.
 */
export function race(contenders, rounds = 21, warmMs = 250) {
  const expected = contenders[0].run();
  for (const { name, run, tolerance } of contenders) {
    const result = run();
    if (!agrees(result, expected, tolerance)) {
      throw new Error(`${name} computed ${result}, ${contenders[0].name} ${expected}`);
    }
  }
  const repeats = contenders.map((contender) => warm(contender, warmMs));
  const times = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const place = (turn + round) % contenders.length;
      const k = round % 2 === 0 ? place : contenders.length - 1 - place;
      if (round >= 3 && times[k][0] > SLOW_MS) continue;
      globalThis.gc?.({ type: "minor" }); // nobody pays for a neighbour's garbage
      const before = performance.now();
      for (let i = 0; i < repeats[k]; i++) contenders[k].run();
      times[k].push((performance.now() - before) / repeats[k]);
    }
  }
  return rowsOf(contenders, times);
}

/** As `race`, for contenders that return promises; one call is a sample. */
export async function raceLater(contenders, rounds = 15) {
  const times = contenders.map(() => []);
  for (let round = -3; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const k = (turn + Math.abs(round)) % contenders.length;
      const before = performance.now();
      await contenders[k].run();
      if (round >= 0) times[k].push(performance.now() - before);
    }
  }
  return rowsOf(contenders, times);
}

/** What the times of each contender say. */
function rowsOf(contenders, times) {
  return contenders.map(({ name }, k) => ({
    name,
    ms: median(times[k]),
    best: Math.min(...times[k]),
    low: quantile(times[k], 0.1),
    high: quantile(times[k], 0.9),
    ratio: median(times[k].map((time, round) => time / times[0][round])),
    quiet: Math.min(...times[k]) / Math.min(...times[0]), // other programs can only add time
  }));
}

/** Three digits. */
export const digits = (number) =>
  number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2);

/** Prints one race: milliseconds, nanoseconds per item, bytes per second, spread and ratio of each contender. */
export function report(title, { items, bytes }, rows) {
  console.log(`\n${title}`);
  for (const { name, ms, best, low, high, ratio, quiet } of rows) {
    const speed = bytes ? `${digits(bytes / ms / 1e6)} GB/s` : "";
    console.log(
      `  ${name.padEnd(34)} ${digits(ratio).padStart(7)}x  ${digits(ms).padStart(7)} ms` +
        `  ${digits((ms * 1e6) / items).padStart(7)} ns/item  ${speed.padStart(10)}` +
        `  min ${digits(best)} (${digits(quiet)}x), 10–90 % ${digits(low)}–${digits(high)} ms`,
    );
  }
}

/** A small seeded generator, so that every run sees the same bytes. */
export function seeded(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
