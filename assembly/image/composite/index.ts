export { composite_items } from "./composite";
export { dither_u8 } from "./dither";
export { gather_cells, index_pixels } from "./palette";
