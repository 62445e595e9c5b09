export { initiative } from "./initiative-module.ts";
