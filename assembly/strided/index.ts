export { copy_1, copy_2, copy_4, copy_8, copy_n } from "./copy";
export { fill_1, fill_2, fill_4, fill_8, fill_n } from "./fill";
