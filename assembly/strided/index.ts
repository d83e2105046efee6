export { convert_items } from "./convert";
export { copy_1, copy_2, copy_4, copy_8, copy_n } from "./copy";
export { equal_items } from "./equal";
export { fill_1, fill_2, fill_4, fill_8, fill_n } from "./fill";
export { sum_1, sum_2, sum_4, sum_f32, sum_f64 } from "./sum";
export { swap_items } from "./swap";
