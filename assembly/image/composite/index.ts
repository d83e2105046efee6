export { composite_items } from "./composite";
