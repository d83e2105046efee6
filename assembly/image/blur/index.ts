export { box_scratch, box_u8 } from "./box";
export { recursive_across, recursive_down } from "./recursive";
export { weighted_items } from "./weighted";
