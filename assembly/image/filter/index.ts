export { canny_items, filter_items } from "./filter";
