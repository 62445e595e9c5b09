export { reminders } from "./reminders-module.ts";
