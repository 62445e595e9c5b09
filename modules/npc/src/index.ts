export { npc } from "./npc-module.ts";
