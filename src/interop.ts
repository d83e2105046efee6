export * as adapters from "./adapt/adapters.ts";
export { Lifetime, type LifetimeOptions } from "./memory/lifetime.ts";
export { type Bmp, readBmp } from "./interop/bmp.ts";
export { type Descr, type Npy, readNpy } from "./interop/npy.ts";
export { type Encoding, readWav, type Wav } from "./interop/wav.ts";
export { type Candidate, discover, type DiscoverOptions, type KnownValues, probe } from "./interop/discover.ts";
export { type Capture, type Captured, captureMemory, type CaptureOptions } from "./interop/capture.ts";
export { fromRowPointers, RowPointers, type RowPointersWindow, toRowPointers } from "./interop/rows.ts";
