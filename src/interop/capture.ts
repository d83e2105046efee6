import { list, UnsupportedError } from "../errors.ts";
import { isMemory } from "../memory/source.ts";
import { callable, readOptions } from "../options.ts";

/** One instance that was made while its maker was watched. */
export interface Captured {
  readonly instance: WebAssembly.Instance;
  readonly exports: WebAssembly.Exports;
  /** As they were given; an object without properties where there were none. */
  readonly imports: WebAssembly.Imports;
  /** Those it exports, by name, and those it imports, as `module.name`; each once. */
  readonly memories: readonly { readonly name: string; readonly memory: WebAssembly.Memory }[];
}

export interface CaptureOptions {
  /** Which instances to keep, asked whenever what was found is asked for. Node's own `fetch` makes one too. */
  filter?: (captured: Captured) => boolean;
}

/** What `captureMemory` returns. */
export interface Capture extends Disposable {
  /** The instances so far that pass the filter, in the order they were made. */
  readonly found: readonly Captured[];
  /** The one memory of all that was found. @throws UnsupportedError with what was found, for none and for several. */
  readonly memory: WebAssembly.Memory;
  /** The exports of the first instance that has it. @throws UnsupportedError */
  readonly exports: WebAssembly.Exports;
  /**
   * What `LinearMemory.from` takes, also of a module that imports its memory: the exports, `memory`, and `exports`.
   *
   * @throws UnsupportedError
   */
  readonly target: WebAssembly.Exports & { readonly memory: WebAssembly.Memory; readonly exports: WebAssembly.Exports };
  /** Nothing more is captured; what was found stays. The last to stop puts WebAssembly's own functions back. */
  stop(): void;
}

type Route = (...values: unknown[]) => unknown;
type Routes = Record<string, Route | undefined>;
type Take = (instance: WebAssembly.Instance, module: WebAssembly.Module, imports?: WebAssembly.Imports) => void;

/** Who listens, and what each function of ours stands for. One patch serves all, so that they stop in any order. */
const listeners = /* @__PURE__ */ new Set<Take>();
const originals = /* @__PURE__ */ new WeakMap<Route, Route>();
const ROUTES = ["instantiate", "instantiateStreaming", "Instance"];

const tell: Take = (instance, module, imports) => listeners.forEach((take) => take(instance, module, imports));

/** The same function to everyone who looks, calls, constructs or extends it. */
const watched = (original: Route): Route =>
  new Proxy(original, {
    apply(target, self, values) {
      const promise = Reflect.apply(target, self, values) as Promise<any>;
      // Before the caller's own `then`, and the caller gets the very promise.
      promise?.then?.((result) => tell(result.instance ?? result, result.module ?? values[0], values[1]), () => {}); // prettier-ignore
      return promise;
    },
    construct(target, values, newTarget) {
      const instance = Reflect.construct(target, values, newTarget) as WebAssembly.Instance;
      tell(instance, values[0], values[1]);
      return instance;
    },
  });

function patch(operation: string): void {
  const routes = WebAssembly as unknown as Routes;
  for (const name of ROUTES) {
    const original = routes[name];
    if (!original || originals.has(original)) continue;
    const ours = watched(original);
    originals.set(ours, original);
    if (!Reflect.set(routes, name, ours)) {
      restore();
      throw new UnsupportedError(operation, `WebAssembly.${name} cannot be replaced here`, "load the module by hand");
    }
  }
}

/** Where somebody else patched on top, ours stays below and does nothing. */
function restore(): void {
  const routes = WebAssembly as unknown as Routes;
  for (const name of ROUTES) {
    for (let original; (original = originals.get(routes[name]!));) routes[name] = original;
  }
}

/** The memories of one instance. Of its imports only those are read that the module declares to be memories. */
function memoriesOf(exports: WebAssembly.Exports, module: WebAssembly.Module, imports: WebAssembly.Imports) {
  const declared = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "memory");
  const imported = declared.map(({ module: from, name }) => ({
    name: `${from}.${name}`,
    memory: imports[from]?.[name],
  }));
  const exported = Object.entries(exports).map(([name, memory]) => ({ name, memory }));
  const all = [...exported, ...imported] as { name: string; memory: WebAssembly.Memory }[];
  return all.filter(({ memory }, i) => isMemory(memory) && all.findIndex((one) => one.memory === memory) === i);
}

/**
 * Watches WebAssembly's ways to instantiate from now on, for modules that hide their memory: call it before the module
 * is loaded. What the module gets is what it would get without; nothing of an import is read before you ask.
 *
 * @throws UnsupportedError where the functions of `WebAssembly` are frozen.
 * @example
 * const capture = captureMemory();
 * await RAPIER.init();
 * capture.stop();
 * const memory = LinearMemory.from(capture.target);
 */
export function captureMemory(options?: CaptureOptions): Capture {
  const operation = "captureMemory";
  const { filter = () => true } = readOptions(options, { filter: callable }, operation);
  const all: Captured[] = [];
  const take: Take = (instance, module, imports = {}) => {
    if (all.some((one) => one.instance === instance)) return;
    const { exports } = instance;
    all.push({
      instance,
      exports,
      imports,
      get memories() {
        return memoriesOf(exports, module, imports);
      },
    });
  };
  patch(operation);
  listeners.add(take);

  const one = () => {
    const found = capture.found.flatMap(({ memories, exports }) => memories.map((memory) => ({ ...memory, exports })));
    const [first] = found;
    if (first && found.every(({ memory }) => memory === first.memory)) return first;
    const names = list(found.map(({ name }) => name));
    throw new UnsupportedError(
      operation,
      `${found.length} memories ${names} in ${capture.found.length} instances, 1 is needed`,
      first ? "pass a filter, or pick one of found" : "capture before the module is loaded",
    );
  };
  const capture: Capture = {
    get found() {
      return all.filter((captured) => filter(captured));
    },
    get memory() {
      return one().memory;
    },
    get exports() {
      return one().exports;
    },
    get target() {
      const { memory, exports } = one();
      return { ...exports, memory, exports } as Capture["target"];
    },
    stop() {
      listeners.delete(take);
      if (listeners.size === 0) restore();
    },
    [Symbol.dispose]: () => capture.stop(),
  };
  return capture;
}
