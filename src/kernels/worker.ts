import { MemoryViewError } from "../errors.ts";
import { LinearMemory } from "../linear-memory.ts";
import { MemoryView } from "../view/memory-view.ts";
import type { ViewHandle } from "../view/bridges.ts";
import { operationsOn } from "./image.ts";
import { Loaded } from "./loaded.ts";

/*
 * What another thread does for `parallel`: operations on views of a memory that it is sent, with scratch that it is lent.
 */

/** The first message to a worker, among others that it may get. */
export interface Start {
  readonly linearview: "image";
  /** For all further messages: jobs to the worker, one at a time, and an answer to each. */
  readonly port: MessagePort;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module | undefined;
}

/** The name of the only property of what stands for a view: its handle, without the memory. */
export const VIEW = "linearview.view";

/** An operation on some rows. */
export interface Run {
  readonly args: readonly unknown[];
  /** The target wants rows from `first` on of a result that has `rows`. */
  readonly keep?: { readonly first: number; readonly rows: number };
}

export interface Job {
  readonly name: string;
  /** Which argument is the target. */
  readonly target: number;
  readonly runs: readonly Run[];
}

/** A job, and the bytes that are its worker's as long as it takes. */
export interface Sent extends Job {
  readonly address: number;
  readonly bytes: number;
}

export interface Failure {
  readonly name: string;
  readonly operation: string;
  readonly problem: string;
  readonly hint: string;
}

/** The result of the last run, or which argument it is; or how many bytes are needed; or why it failed. */
export type Answer =
  | { readonly result: unknown; readonly argument: number }
  | { readonly needs: number }
  | { readonly failure: Failure }
  | { readonly cause: unknown };

/** Serves one pool. */
function serve({ port, memory, module }: Start): void {
  let [start, top, end, needs] = [0, 0, 0, 0];
  const allocator = {
    align: 16,
    alloc(bytes: number): number {
      const address = top;
      if (address + bytes > end) needs = address + bytes - start;
      else top = Math.ceil((address + bytes) / 16) * 16;
      return needs ? 0 : address;
    },
    free() {},
  };
  const owner = LinearMemory.from(memory, { allocator });
  const loaded = new Loaded(owner, module && { module }, "parallel");
  const operations = operationsOn(loaded, "parallel") as unknown as Record<string, (...args: unknown[]) => unknown>;

  const viewsOf = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (Array.isArray(value)) return value.map(viewsOf);
    const handle = (value as Record<string, ViewHandle>)[VIEW];
    if (handle) return MemoryView.fromHandle({ ...handle, memory });
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, viewsOf(one)]));
  };

  /** Runs into other rows, of which the target then gets those that it wants. */
  const runBeside = (door: (args: unknown[]) => unknown, args: unknown[], target: number, { first, rows }: NonNullable<Run["keep"]>): void => {
    const wanted = args[target];
    const targets = (wanted instanceof MemoryView ? { wanted } : wanted) as Record<string, MemoryView>;
    const beside = Object.entries(targets).map(([key, { format, shape }]) => [key, owner.alloc(format, [rows, ...shape.slice(1)], { zero: false })] as const);
    door(args.with(target, wanted instanceof MemoryView ? beside[0]![1] : Object.fromEntries(beside)));
    for (const [key, view] of beside) targets[key]!.assign(view.slice([first, first + targets[key]!.length]));
    for (const [, view] of beside) view.release();
  }; // prettier-ignore

  const answerTo = ({ name, target, runs, address, bytes }: Sent): Answer => {
    [start, top, end, needs] = [address, address, address + bytes, 0];
    const door = (args: unknown[]): unknown => operations[name]!(...args);
    try {
      let [result, argument]: [unknown, number] = [undefined, -1];
      for (const { args, keep } of runs) {
        const own = viewsOf(args) as unknown[];
        if (keep) {
          runBeside(door, own, target, keep);
          continue;
        }
        result = door(own);
        argument = own.indexOf(result);
      }
      return argument < 0 ? { result, argument } : { result: undefined, argument };
    } catch (error) {
      if (needs) return { needs };
      if (!(error instanceof MemoryViewError)) return { cause: error };
      const { operation, hint, message } = error;
      const problem = message.slice(operation.length + 2, hint ? -hint.length - 2 : undefined);
      return { failure: { name: error.name, operation, problem, hint } };
    } finally {
      loaded.release();
    }
  };

  port.onmessage = ({ data }: MessageEvent<Sent>) => port.postMessage(answerTo(data));
}

/** In Node a worker's messages come to a port, elsewhere to the global scope. */
const inbox: EventTarget | undefined =
  (globalThis as any).process?.getBuiltinModule?.("node:worker_threads")?.parentPort ??
  (typeof globalThis.addEventListener === "function" ? globalThis : undefined);

inbox?.addEventListener("message", (event) => {
  const { data } = event as MessageEvent<Start | undefined>;
  if (data?.linearview === "image") serve(data);
});

/** What a worker of yours imports, to be handed to `parallel`: it then listens. */
export const listens = inbox !== undefined;
