export { copy_1, copy_2, copy_4 } from "../../strided/copy";
export { resample } from "./resample";
export { warp } from "./warp";
