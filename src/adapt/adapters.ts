/** How the allocator of each toolchain is reached; see `Adapter`. */
export {
  assemblyScript,
  bump,
  component,
  emscripten,
  malloc,
  rust,
  tinyGo,
  wasmBindgen,
  webidl,
  zig,
} from "./toolchains.ts";
