export { listens } from "../kernels/worker.ts";
