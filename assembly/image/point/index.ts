export { invert_u8 } from "./invert";
export { brightness_u8 } from "./brightness";
export { grayscale_u8 } from "./grayscale";
export { copy_u8, lookup_items } from "./lookup";
export { pixels_u8 } from "./pixels";
export { planes_items } from "./planes";
export { count_items } from "../../lane/count";
export { adaptive_items } from "./adaptive";
