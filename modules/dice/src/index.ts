export { dice } from "./dice-module.ts";
