import { ReleasedError, show, ValueError } from "../errors.ts";
import { MemoryView } from "../view/memory-view.ts";
import { Loaded, type Scratch } from "./loaded.ts";
import { withBetween } from "./wasm/instantiate.ts";
import { isRecorded, viewsIn } from "./ways.ts";

/** An operation prepared for views that stay. */
export interface Plan<R = unknown> {
  /** Does it once more; takes no bytes from any allocator. @throws ReleasedError after `release()`, or when the bytes of a view ended. */
  run(): R;
  /** Lets go of the views, and gives scratch and tables back. */
  release(): void;
  [Symbol.dispose](): void;
}

type Doors = Readonly<Record<string, (...args: unknown[]) => unknown>>;
export type Make = (loaded: Loaded, operation: string) => object;

/** What is written at a word of the memory. */
type Patch = readonly [word: number, words: Uint32Array<ArrayBuffer>];

/** A call of a kernel, and what the door writes into the scratch before it. */
interface Call {
  readonly run: () => unknown;
  patches: Patch[];
}

/** Ends a rehearsal that was to go no further. */
const STOP: unique symbol = Symbol();

/** A memory whose scratch can be refused, and that knows whether somebody may have written into it. */
class Stage extends Loaded {
  stops = false;
  taken = false;
  /** Whether the memory's arrays were asked for since scratch was first taken. */
  asked = false;

  constructor({ owner, module }: Loaded) {
    super(owner, module && { module }, "image.plan");
    const { source } = this;
    const get = (): typeof source => {
      this.asked = true;
      return source;
    };
    Object.defineProperty(this, "source", { get });
  }

  override scratch(bytes: number, operation: string): number {
    if (this.stops) throw STOP;
    if (!this.taken) this.asked = false;
    this.taken = true;
    return super.scratch(Math.ceil(bytes / 16) * 16, operation);
  }
}

/**
 * Doors whose kernels do nothing. All that a door checks is checked, and what it would have the kernels do is known,
 * without a byte of any view written.
 */
export class Rehearsal {
  readonly doors: Doors;
  readonly #stage: Stage;
  #calls: Call[] = [];
  /** What the scratch was filled with, to tell what a door writes. */
  #words: Uint32Array | undefined;
  #fill = 0;

  constructor(loaded: Loaded, make: Make) {
    const stage = (this.#stage = new Stage(loaded));
    this.doors = withBetween(
      (name, kernel) => (name.endsWith("_scratch") ? kernel : (...values) => this.#record(kernel.bind(undefined, ...values))),
      () => make(stage, "image.plan"),
    ) as Doors; // prettier-ignore
  }

  /** Runs a door up to where it would need scratch or a kernel. Throws what the door throws, with nothing written. */
  check(name: string, args: readonly unknown[]): void {
    this.#stage.stops = true;
    try {
      this.doors[name]!(...args);
    } catch (error) {
      if (error !== STOP) throw error;
    } finally {
      this.#stage.stops = false;
    }
  }

  /**
   * The calls that a door makes, and the scratch that they use. A byte that the door writes is told from one that it leaves
   * by being other than what the scratch was filled with, or with which it was filled the next time.
   */
  record(name: string, args: readonly unknown[]): { calls: Call[]; scratch: Scratch | undefined; result: unknown } {
    const stage = this.#stage;
    const rehearse = (): unknown => {
      this.#calls = [];
      stage.taken = false;
      return this.doors[name]!(...args);
    };
    try {
      const result = rehearse();
      let calls = this.#calls;
      const scratch = stage.exchange();
      if (scratch && stage.asked) {
        stage.exchange(scratch);
        this.#words = stage.source.array(Uint32Array).subarray(scratch.address / 4, (scratch.address + scratch.bytes) / 4);
        const takes = [0x55555555, 0xaaaaaaaa].map((fill) => {
          this.#words!.fill((this.#fill = fill));
          rehearse();
          return this.#calls;
        });
        calls = takes[0]!;
        calls.forEach((call, i) => (call.patches = bothOf(call.patches, takes[1]![i]!.patches)));
        stage.exchange();
      }
      return { calls, scratch, result };
    } finally {
      this.#words = undefined;
      this.#calls = [];
      stage.release();
    }
  } // prettier-ignore

  #record(run: () => unknown): void {
    if (this.#stage.stops) throw STOP;
    this.#calls.push({ run, patches: this.#words ? changes(this.#words, this.#fill) : [] });
  }
}

/** The runs of words that are not `fill`, which they then are again. */
function changes(words: Uint32Array, fill: number): Patch[] {
  const patches: Patch[] = [];
  for (let i = 0; i < words.length; i++) {
    if (words[i] === fill) continue;
    const start = i;
    while (i < words.length && words[i] !== fill) i++;
    patches.push([words.byteOffset / 4 + start, words.slice(start, i)]);
    words.fill(fill, start, i);
  }
  return patches;
}

/** Where both takes found the same, one is enough. */
function bothOf(a: Patch[], b: Patch[]): Patch[] {
  const same =
    a.length === b.length && a.every(([at, words], i) => at === b[i]![0] && words.length === b[i]![1].length);
  return same ? a : [...a, ...b];
}

/** A copy of arguments with something else in place of each view in them, in lists and options too. */
export function mapViews(value: unknown, change: (view: MemoryView) => unknown): unknown {
  if (value instanceof MemoryView) return change(value);
  if (Array.isArray(value)) return value.map((one) => mapViews(one, change));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapViews(one, change)]));
}

/** Holds the blocks of all views in arguments. Returns a test that none has ended, and what lets them go. */
export function holdViews(args: readonly unknown[], operation: string): [check: () => void, letGo: () => void] {
  const all = [...new Set(viewsIn(args).map((view) => view._check(operation)))];
  const holds = all.map((block) => block.hold(operation));
  return [
    () => {
      for (let i = 0; i < all.length; i++) all[i]!.check(operation);
    },
    () => {
      for (const letGo of holds) letGo();
    },
  ];
}

/**
 * `image.plan`: the door is rehearsed once, and each run makes the calls of kernels that it would make. Operations that
 * look at what one kernel found before they call the next go through the door itself.
 */
export function planOn(loaded: Loaded, operations: object, make: Make): (name: string, ...args: unknown[]) => Plan {
  const operation = "image.plan";
  const doors = operations as Doors;
  let rehearsal: Rehearsal | undefined;
  return (name, ...args) => {
    if (!Object.hasOwn(doors, name) || name === "release") {
      const names = Object.keys(doors).filter((one) => one !== "release");
      throw new ValueError(operation, `no operation ${show(name)}`, `known are ${names.join(", ")}`);
    }
    rehearsal ??= new Rehearsal(loaded, make);
    let run: () => unknown;
    let scratch: Scratch | undefined;
    if (isRecorded(name)) {
      const recorded = rehearsal.record(name, args);
      const { calls, result } = recorded;
      ({ scratch } = recorded);
      run = () => {
        const words = loaded.source.array(Uint32Array);
        for (let i = 0; i < calls.length; i++) {
          const { patches, run } = calls[i]!;
          for (let k = 0; k < patches.length; k++) words.set(patches[k]![1], patches[k]![0]);
          run();
        }
        return result;
      };
    } else {
      rehearsal.check(name, args);
      // Views of its own: those of the caller may be given up.
      const own = args.map((arg) => mapViews(arg, (view) => view.slice("...")));
      const door = doors[name]!;
      run = () => {
        const result = door(...own);
        const at = own.indexOf(result);
        return at < 0 ? result : args[at];
      };
    }
    const [check, letGo] = holdViews(args, operation);
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      letGo();
      scratch?.free();
    };
    return {
      run() {
        if (released) throw new ReleasedError(operation, `the plan of ${name} was released`, "make another");
        check();
        return run();
      },
      release,
      [Symbol.dispose]: release,
    };
  };
}
