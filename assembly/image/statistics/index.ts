export { count_items } from "../../lane/count";
export { lookup_items } from "../point/lookup";
export { count_luma } from "./luma";
export { moments_items } from "./moments";
export { integral_items } from "./integral";
export { count_tile, equalize_tiles } from "./tiles";
export { ssim_items } from "./ssim";
export { count_runs, label_items } from "./components";
