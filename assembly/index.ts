/** Every kernel in one module: the file `kernels.wasm`, for places where compiling bytes is forbidden. */
export * from "./strided/index";
export * from "./image/point/index";
export * from "./image/blur/index";
export * from "./image/filter/index";
export * from "./image/geometry/index";
export * from "./image/statistics/index";
export * from "./image/composite/index";
