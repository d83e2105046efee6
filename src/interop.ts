export { Lifetime, type LifetimeOptions } from "./memory/lifetime.ts";
