export { invert_u8 } from "./invert";
export { brightness_u8 } from "./brightness";
export { grayscale_u8 } from "./grayscale";
