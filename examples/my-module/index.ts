export { myNewModule } from "./my-module.ts";
