import { AllocationError, LinearMemory, type MemoryView, MemoryViewError } from "linearview";
import { type ImageOperations, loadImage } from "linearview/image";
import { type Copied, countCopies } from "./copies.ts";
import { countBytes, COUNTS } from "./histogram.ts";
import { type Bench, defaultsOf, type Operation, run, type Values } from "./operations.ts";
import type { PictureMemory } from "./picture.ts";
import type { Region } from "./region.ts";

/** The ways to run a step that are timed. */
export const WAYS = ["inPlace", "copied", "loop"] as const;
export type Way = (typeof WAYS)[number];

export interface Step {
  readonly key: number;
  readonly operation: Operation;
  readonly values: Values;
  /** Why the step was left out, in words for the visitor; empty when it was not. */
  error: string;
  /** Milliseconds of the last runs. */
  samples: Record<Way, number[]>;
  /** Their medians. */
  readonly times: Partial<Record<Way, number>>;
}

/** Runs that a median is of. */
const RUNS = 9;
/** And at least, however slow they are. */
const FEW = 3;
/** Milliseconds: before all ways are measured, and for all rounds together. */
const QUIET = 300;
const BUDGET = 1000;
/** Milliseconds after which two runs of a plain loop are enough, so that the others get theirs. */
const SLOW = 100;
/** Pixels that a plain loop runs on while it is measured: it has no thread of its own to be slow in. */
const LOOP_PIXELS = 2 ** 17;

/** Steps that run one after the other, in place, on a region of the picture; and what they cost. */
export class Chain {
  readonly steps: Step[] = [];
  readonly image: ImageOperations;
  /** How often each value is in the region; a block of the same memory. */
  readonly counts: MemoryView<number>;
  /** What the last run copied between JavaScript and WebAssembly. */
  copied: Copied = { pixels: 0, others: 0 };
  /** Whether plain loops were measured on a part of the region. */
  sampled = false;
  readonly #picture: PictureMemory;
  /** Kernels with a memory of their own, which pixels are copied into and out of. */
  #elsewhere: { memory: LinearMemory; image: ImageOperations } | undefined;
  #timer = 0;
  #keys = 0;

  constructor(picture: PictureMemory) {
    this.#picture = picture;
    this.image = loadImage(picture.memory);
    this.counts = picture.memory.alloc("I", COUNTS) as MemoryView<number>;
  }

  add(operation: Operation): Step {
    const step: Step = {
      key: this.#keys++,
      operation,
      values: defaultsOf(operation),
      error: "",
      samples: { inPlace: [], copied: [], loop: [] },
      times: {},
    };
    this.steps.push(step);
    return step;
  }

  move(index: number, by: -1 | 1): void {
    const [step] = this.steps.splice(index, 1);
    this.steps.splice(index + by, 0, step!);
  }

  /** Runs all steps on a region, from the original; then counts its bytes. A step that is refused is left out. */
  run(region: Region): void {
    const bench = { image: this.image, ...this.#picture.fresh(region) };
    this.copied = countCopies(this.#picture.blocks, () => {
      for (const step of this.steps) {
        try {
          checkNumbers(step);
          step.error = "";
          keep(step, "inPlace", () => run(step.operation, bench, step.values));
        } catch (error) {
          step.error = explain(step, error);
        }
      }
    });
    countBytes(this.image, bench.region, this.counts);
  }

  /** Measures all ways once the visitor rests, a round at a time; `done` is called after each. */
  measureSoon(region: Region, done: () => void): void {
    let [rounds, spent] = [0, 0];
    const round = (): void => {
      const start = performance.now();
      this.#measure(region);
      if (rounds === 0) this.#forget(); // it warmed up
      spent += performance.now() - start;
      done();
      if (++rounds <= FEW || (rounds <= RUNS && spent < BUDGET)) this.#timer = window.setTimeout(round, 10);
    };
    this.stop();
    this.sampled = false;
    this.#timer = window.setTimeout(round, QUIET);
  }

  /** Measures no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** One round: each step in each way on what the steps before it made. Ends with the region as `run` leaves it. */
  #measure(region: Region): void {
    const bench = { image: this.image, ...this.#picture.fresh(region) };
    const [height, width] = bench.region.shape as [number, number];
    for (const step of this.steps) {
      const { operation, values } = step;
      if (step.error) continue;
      const pixels = bench.region.copy() as Uint8Array;
      keep(step, "inPlace", () => run(operation, bench, values));
      this.#measureCopied(step, bench, pixels);
      const { loop: past } = step.samples;
      if (!operation.loop || (past.length > 1 && past[0]! + past[1]! > SLOW)) continue;
      const loop = operation.loop(values);
      const rows = Math.min(height, Math.ceil(LOOP_PIXELS / width));
      this.sampled ||= rows < height;
      keep(step, "loop", () => loop(pixels.subarray(0, 4 * width * rows), width, rows), height / rows);
    }
  }

  #forget(): void {
    for (const step of this.steps) step.samples = { inPlace: [], copied: [], loop: [] };
  }

  /** The same kernel in a memory of its own: pixels are copied in, and out again. */
  #measureCopied(step: Step, { region, original }: Bench, pixels: Uint8Array): void {
    const { memory, image } = (this.#elsewhere ??= create());
    const untouched = original.copy() as Uint8Array;
    try {
      memory.scope((scope) => {
        const [own, ownOriginal] = [0, 1].map(() => scope.alloc("B", region.shape) as MemoryView<number>);
        (ownOriginal!.typedArray() as Uint8Array).set(untouched);
        keep(step, "copied", () => {
          (own!.typedArray() as Uint8Array).set(pixels);
          run(step.operation, { image, region: own!, original: ownOriginal! }, step.values);
          return own!.copy();
        });
      });
    } catch (error) {
      if (!(error instanceof AllocationError)) throw error;
      delete step.times.copied; // no room for copies
    }
  }
}

function create(): { memory: LinearMemory; image: ImageOperations } {
  const memory = LinearMemory.create();
  return { memory, image: loadImage(memory) };
}

/** Times a way of a step, among its last runs; `factor` is how much of it was left out. */
function keep({ samples, times }: Step, way: Way, act: () => unknown, factor = 1): void {
  const start = performance.now();
  act();
  samples[way] = [...samples[way], (performance.now() - start) * factor].slice(-RUNS);
  const sorted = samples[way].toSorted((a, b) => a - b);
  times[way] = sorted[sorted.length >> 1]!;
}

/** A failure in words for the visitor. */
class StepError extends Error {}

/** What a visitor has emptied is no number. @throws StepError */
function checkNumbers({ operation, values }: Step): void {
  for (const [name, { label }] of Object.entries(operation.options ?? {})) {
    if (Number.isNaN(values[name])) throw new StepError(`${label} is empty; type a number`);
  }
}

function explain({ operation }: Step, error: unknown): string {
  const text = error instanceof MemoryViewError ? error.message.slice(error.operation.length + 2) : error instanceof StepError ? error.message : String(error); // prettier-ignore
  return `${operation.label} is left out: ${text}.`;
}
