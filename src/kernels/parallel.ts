import { UnsupportedError } from "../errors.ts";
import type { LinearMemory } from "../linear-memory.ts";
import { isShared, sameBytes } from "../memory/source.ts";
import { anything, callable, type Check, checkOption, readOptions } from "../options.ts";
import { MemoryView } from "../view/memory-view.ts";
import { Crew, threads, type WorkerLike } from "./crew.ts";
import { positive } from "./gaussian.ts";
import { type ImageOperations, type OperationName, operationsOn } from "./image.ts";
import { Loaded, type LoadOptions } from "./loaded.ts";
import { holdViews, mapViews, Rehearsal } from "./plan.ts";
import { type Way, viewsIn, wayOf } from "./ways.ts";
import { type Job, type Run, VIEW } from "./worker.ts";

export interface ParallelOptions extends LoadOptions {
  /** How many, as many as the machine has threads unless said; or a list of workers that import `linearview/image/worker`. */
  workers?: number | readonly WorkerLike[];
  /** Milliseconds of work, as estimated, that are worth a message to a worker: 0.5 unless said; 0 leaves all to workers. */
  threshold?: number;
}

/** What goes into the options of every operation of `parallel`, or stands in their place. */
export interface TaskOptions {
  /** Ends the work between two bands of rows: the promise is rejected with its reason, the target is written in part. */
  signal?: AbortSignal;
  /** Hears which share is done, up to 1. */
  onProgress?: (share: number) => void;
}

/** The parameters of an operation, whose last are its options, or were none. */
type Tasked<P extends unknown[]> = P extends [...infer A, infer O extends object]
  ? O extends MemoryView | readonly MemoryView[]
    ? [...P, TaskOptions?]
    : [...A, O & TaskOptions]
  : P extends [infer A, infer B, (infer C)?]
    ? [A, B, (C & TaskOptions)?]
    : P extends [infer A, infer B, infer C, (infer D)?]
      ? [A, B, C, (D & TaskOptions)?]
      : P extends [infer A, (infer B)?]
        ? [A, B?, TaskOptions?]
        : [...P, TaskOptions?];

/** The operations of `loadImage` under the same names, each of which returns a promise of what it returns there. */
export type ParallelOperations = {
  [K in OperationName]: (...args: Tasked<Parameters<ImageOperations[K]>>) => Promise<ReturnType<ImageOperations[K]>>;
} & {
  /** Ends the workers, each when it has done what it does; later calls are refused. */
  release(): void;
  [Symbol.dispose](): void;
};

/** A band that takes so long can be waited for when the work is to end. */
const BAND = 4;
const MOST_BANDS = 64;
/** Whose results are views, which only the thread with the allocator makes. */
const HERE = ["quantize"];

const workersOf: Check = (value) => {
  const fits = Array.isArray(value)
    ? value.length > 0 && value.every((one) => typeof one?.postMessage === "function")
    : Number.isInteger(value) && (value as number) > 0 && (value as number) <= MOST_BANDS;
  return !fits && `an integer from 1 to ${MOST_BANDS}, or a list of workers`;
};
const isSignal: Check = (value) => typeof (value as AbortSignal | null)?.throwIfAborted !== "function" && "an AbortSignal"; // prettier-ignore

/**
 * The image operations on shared memory, by several threads: results are the same, bit for bit, as those of one. Pictures
 * are cut into bands of rows, and bands meet exactly, as each thread looks at the rows around its own. Work below the
 * threshold is done by the calling thread, before the call returns; what cannot be cut (in place with a neighbourhood, geometry,
 * statistics, a Gaussian at constant cost) by one worker, `quantize` by the calling thread. Views are held meanwhile;
 * to read a target, await what writes it.
 *
 * @example
 * using pool = parallel(memory, { workers: 4 });
 * await pool.gaussianBlur(photo, soft, { sigma: 8, signal: AbortSignal.timeout(1000) });
 * @throws UnsupportedError for memory that is not shared, and where no worker starts (pass a list); ValueError.
 */
export function parallel(memory: LinearMemory | WebAssembly.Memory, options?: ParallelOptions): ParallelOperations {
  const operation = "parallel";
  const checks = { workers: workersOf, threshold: positive, module: anything, allocator: anything };
  const read = readOptions(options, checks, operation);
  const { workers = Math.min(threads(), MOST_BANDS), threshold = 0.5, ...load } = read;
  const loaded = new Loaded(memory, load, operation);
  if (!isShared(loaded.source.buffer)) {
    const hint = "create it with { shared: true }, or use loadImage";
    throw new UnsupportedError(operation, "other threads cannot see unshared memory", hint);
  }
  const operations = operationsOn(loaded, operation);
  const rehearsal = new Rehearsal(loaded, operationsOn);
  const crew = new Crew(loaded, workers, operation);

  const perform = async (name: OperationName, given: unknown[]): Promise<unknown> => {
    const [args, { signal, onProgress }] = taskOf(given, `image.${name}`);
    crew.check();
    signal?.throwIfAborted();
    rehearsal.check(name, args);
    const way = wayOf(name, args);
    if (way.cost < threshold || HERE.includes(name)) {
      const result = (operations[name] as (...all: unknown[]) => unknown)(...args);
      onProgress?.(1);
      return result;
    }
    const [, letGo] = holdViews(args, `image.${name}`);
    try {
      const jobs = jobsOf(name, args, way, crew.size, (view) => sentView(view, loaded, `image.${name}`));
      let [next, done, argument, result]: [number, number, number, unknown] = [0, 0, -1, undefined];
      let failure: { error: unknown } | undefined;
      const goesOn = (): boolean => next < jobs.length && !failure && !signal?.aborted;
      const hand = async (): Promise<void> => {
        while (goesOn()) {
          try {
            ({ argument, result } = await crew.run(jobs[next++]!));
            done++;
            onProgress?.(done / jobs.length);
          } catch (error) {
            failure ??= { error };
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(crew.size, jobs.length) }, hand));
      if (failure) throw failure.error;
      if (done < jobs.length) signal!.throwIfAborted();
      return argument < 0 ? result : args[argument];
    } finally {
      letGo();
    }
  };

  const release = (): void => {
    crew.release();
    loaded.release();
  };
  const names = Object.keys(operations).filter((name) => name !== "release") as OperationName[];
  const doors = names.map((name) => [name, (...args: unknown[]) => perform(name, args)]);
  return { ...Object.fromEntries(doors), release, [Symbol.dispose]: release } as ParallelOperations;
}

/** The arguments of an operation, and what the last of them says about the task. */
function taskOf(args: unknown[], name: string): [unknown[], TaskOptions] {
  const last = args.at(-1);
  const isTask = typeof last === "object" && last !== null && !(last instanceof MemoryView) && ["signal", "onProgress"].some((key) => Object.hasOwn(last, key)); // prettier-ignore
  if (!isTask) return [args, {}];
  const { signal, onProgress, ...rest } = last as TaskOptions;
  if (signal !== undefined) checkOption(signal, "signal", isSignal, name);
  if (onProgress !== undefined) checkOption(onProgress, "onProgress", callable, name);
  const before = args.slice(0, -1);
  const task = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  return [Object.keys(rest).length > 0 ? [...before, rest] : before, task];
}

/** A view as it is posted; one of other memory, as tables may be, as a copy. @throws ValueError */
function sentView(view: MemoryView, loaded: Loaded, name: string): unknown {
  if (!sameBytes(view._check(name).source, loaded.source)) return view.copy();
  // Its worker has the memory, and would take another object for another one.
  const { memory: _memory, buffer: _buffer, ...handle } = view.handle();
  return { [VIEW]: handle };
}

/** Some rows of a view, of which a picture of half the height has half as many. */
const rowsOf = (view: MemoryView, height: number, first: number, last: number): MemoryView => {
  const length = view.shape[0]!;
  return length === height ? view.slice([first, last]) : view.slice([first / 2, last === height ? length : last / 2]);
};

/** The work in parts, each for one worker; the numbers of rows between them are even. */
function jobsOf(
  name: string,
  args: readonly unknown[],
  { kind, margin, target, cost }: Way,
  hands: number,
  send: (view: MemoryView) => unknown,
): Job[] {
  const pictures = viewsIn(args.slice(0, target + 1));
  const height = Math.max(...pictures.map(({ shape }) => shape[0]!));
  // A row that others look at is not to be written.
  const targets = new Set(viewsIn(args[target]).map(({ byteOffset }) => byteOffset));
  const inPlace = viewsIn(args.slice(0, target)).some(({ byteOffset }) => targets.has(byteOffset));
  const least = 2 + 6 * margin;
  const wanted = Math.max(hands, Math.min(cost / BAND, height / (4 * least)));
  const count = Math.floor(Math.min(wanted, height / least, MOST_BANDS));
  const sent = (changed: readonly unknown[]): unknown[] => changed.map((arg) => mapViews(arg, send));
  const cut = kind === "rows" || (kind === "window" && !inPlace);
  if (!cut || count < 2) return [{ name, target, runs: [{ args: sent(args) }] }];

  const part = (arg: unknown, first: number, last: number): unknown =>
    mapViews(arg, (view) => rowsOf(view, height, first, last));
  /** From rows of the sources to rows of the target. */
  const between = (from: [number, number], to: [number, number]): unknown[] =>
    sent(
      args.map((arg, i) => {
        if (i <= target) return part(arg, ...(i < target ? from : to));
        const { mask } = (arg ?? {}) as { mask?: MemoryView };
        return mask ? { ...(arg as object), mask: part(mask, ...from) } : arg;
      }),
    );
  return Array.from({ length: count }, (_, i): Job => {
    const edge = (k: number): number => (k === count ? height : 2 * Math.round((k * height) / count / 2));
    const [top, bottom] = [edge(i), edge(i + 1)];
    /** Rows at an inner edge come out wrong at first, and then by way of scratch, from the rows around them. */
    const seam = (first: number, last: number): Run[] => {
      const from: [number, number] = [Math.max(first - margin, 0), Math.min(last + margin, height)];
      const keep = { first: first - from[0], rows: from[1] - from[0] };
      return first < last ? [{ args: between(from, [first, last]), keep }] : [];
    };
    const runs = [
      ...(top > 0 ? seam(top, top + margin) : []),
      ...(bottom < height ? seam(bottom - margin, bottom) : []),
    ];
    return { name, target, runs: [{ args: between([top, bottom], [top, bottom]) }, ...runs] };
  });
}
