import * as errors from "../errors.ts";
import { ReleasedError, UnsupportedError } from "../errors.ts";
import type { Loaded, Scratch } from "./loaded.ts";
import type { Answer, Failure, Job, Sent, Start } from "./worker.ts";

/** A worker of the Web or of Node that has imported `linearview/image/worker`. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: any): void;
}

/** What only workers of one platform have. */
interface Handle extends WorkerLike {
  on?(type: "error", listener: (error: unknown) => void): void;
  addEventListener?(type: "error", listener: (event: { error?: unknown; message?: string }) => void): void;
  ref?(): void;
  unref?(): void;
  terminate?(): unknown;
}
type Port = MessagePort & Pick<Handle, "ref" | "unref">;

/** Bytes of scratch that a worker gets before it asks for more. */
const SCRATCH = 65536;

const builtin = (name: string): any => (globalThis as any).process?.getBuiltinModule?.(name);
/** The worker's file beside this one, by a name that bundlers for the Web do not follow. */
const FILE = "../image/worker.js";

/** As many threads as the machine runs at once. */
export const threads = (): number =>
  globalThis.navigator?.hardwareConcurrency ?? builtin("node:os")?.availableParallelism() ?? 2;

function startWorker(operation: string): Handle {
  try {
    // Written as bundlers look for it.
    if (typeof Worker === "function") return new Worker(new URL("../image/worker.ts", import.meta.url), { type: "module" });
    // Not with the flags of the program, of which `--input-type` refuses files.
    return new (builtin("node:worker_threads").Worker)(new URL(FILE, import.meta.url), { execArgv: [] });
  } catch (cause) {
    throw new UnsupportedError(operation, "no worker starts here", "pass { workers }, a list of your own", { cause });
  }
} // prettier-ignore

/** A job on its way. */
interface Task {
  readonly job: Job;
  readonly resolve: (answer: Extract<Answer, { argument: number }>) => void;
  readonly reject: (error: unknown) => void;
}

/** One worker, what it does, and the bytes that it is lent. */
interface Hand {
  readonly worker: Handle;
  readonly port: Port;
  task: Task | undefined;
  scratch: Scratch | undefined;
}

/** Workers on one memory, each with one job at a time. */
export class Crew {
  readonly #loaded: Loaded;
  readonly #operation: string;
  readonly #own: boolean;
  readonly #hands: Hand[];
  readonly #queue: Task[] = [];
  /** Why there is nobody any more. */
  #ended: Error | undefined;

  constructor(loaded: Loaded, workers: number | readonly WorkerLike[], operation: string) {
    this.#loaded = loaded;
    this.#operation = operation;
    this.#own = typeof workers === "number";
    const handles = typeof workers === "number" ? Array.from({ length: workers }, () => startWorker(operation)) : workers; // prettier-ignore
    this.#hands = handles.map((worker) => this.#hire(worker));
  }

  get size(): number {
    return this.#hands.length;
  }

  /** Has one of the workers do a job. @throws what the operation throws there */
  run(job: Job): Promise<Extract<Answer, { argument: number }>> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#queue.push({ job, resolve, reject });
      this.#assign();
    });
  }

  /** @throws ReleasedError after `release()`, and when the workers failed. */
  check(): void {
    if (this.#ended) throw this.#ended;
  }

  /** Ends the workers, each as soon as it has done what it does. What waits is refused. */
  release(reason: Error = new ReleasedError(this.#operation, "the workers were released", "make others")): void {
    if (this.#ended) return;
    this.#ended = reason;
    for (const { reject } of this.#queue.splice(0)) reject(reason);
    for (const hand of this.#hands) if (!hand.task) this.#dismiss(hand);
  }

  #hire(worker: Handle): Hand {
    const { port1, port2 } = new MessageChannel();
    const hand: Hand = { worker, port: port1, task: undefined, scratch: undefined };
    const { memory, module } = this.#loaded;
    const fail = (cause: unknown): void => {
      const error = new UnsupportedError(this.#operation, "a worker failed", "see the cause", { cause });
      const { task } = hand;
      hand.task = undefined;
      task?.reject(error);
      if (!this.#ended) this.release(error);
      else if (task) this.#dismiss(hand);
    };
    if (worker.on) worker.on("error", fail);
    else worker.addEventListener?.("error", (event) => fail(event.error ?? event.message ?? event));
    port1.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(hand, data);
    const start: Start = { linearview: "image", port: port2, memory, module };
    worker.postMessage(start, [port2]);
    this.#keepAlive(hand, false);
    return hand;
  }

  /** In Node, a worker with nothing to do does not keep the process from ending. */
  #keepAlive({ worker, port }: Hand, busy: boolean): void {
    const method = busy ? "ref" : "unref";
    if (this.#own) worker[method]?.();
    (port as Port)[method]?.();
  }

  #assign(): void {
    for (const hand of this.#hands) {
      if (hand.task) continue;
      const task = this.#queue.shift();
      if (!task) return;
      hand.task = task;
      this.#send(hand, SCRATCH);
    }
  }

  #send(hand: Hand, bytes: number): void {
    const { job, reject } = hand.task!;
    try {
      if (!hand.scratch || hand.scratch.bytes < bytes) {
        hand.scratch?.free();
        hand.scratch = undefined;
        hand.scratch = { ...this.#loaded.owner._scratch(bytes, this.#operation), bytes };
      }
      const { address } = hand.scratch;
      hand.port.postMessage({ ...job, address, bytes: hand.scratch.bytes } satisfies Sent);
      this.#keepAlive(hand, true);
    } catch (error) {
      reject(error);
      this.#rest(hand);
    }
  }

  #hear(hand: Hand, answer: Answer): void {
    const { task } = hand;
    if (!task) return;
    if ("needs" in answer) return this.#send(hand, Math.ceil(answer.needs / SCRATCH) * SCRATCH);
    if ("argument" in answer) task.resolve(answer);
    else if ("failure" in answer) task.reject(revived(answer.failure));
    else
      task.reject(new UnsupportedError(this.#operation, "a worker failed", "see the cause", { cause: answer.cause }));
    this.#rest(hand);
  }

  #rest(hand: Hand): void {
    hand.task = undefined;
    this.#keepAlive(hand, false);
    if (this.#ended) this.#dismiss(hand);
    else this.#assign();
  }

  #dismiss({ worker, port, scratch }: Hand): void {
    port.close();
    if (this.#own) worker.terminate?.();
    scratch?.free();
  }
}

/** An error of ours, from another thread. */
function revived({ name, operation, problem, hint }: Failure): Error {
  const kind = (errors as unknown as Record<string, typeof errors.ValueError>)[name] ?? errors.UnsupportedError;
  return new kind(operation, problem, hint);
}
