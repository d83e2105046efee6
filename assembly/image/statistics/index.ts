export { count_items } from "../../lane/count";
export { count_luma } from "./luma";
export { moments_items } from "./moments";
export { integral_items } from "./integral";
