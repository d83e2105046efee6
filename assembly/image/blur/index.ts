export { box_scratch, box_u8 } from "./box";
