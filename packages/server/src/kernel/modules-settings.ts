import path from "node:path";
import { z } from "zod";

const Folders = z.union([
  z.string().transform((folders) => folders.split(path.delimiter).filter((folder) => folder !== "")),
  z.array(z.string()),
]);

/** Which modules there are besides those that come with the hall. */
export const ModulesSettings = z.object({
  paths: Folders.default(["modules"]).describe(
    "Folders with modules in them, or of one module each, separated as in PATH",
  ),
  packages: z.array(z.string()).default([]).describe("npm packages that are modules"),
  disabled: z.array(z.string()).default([]).describe("Modules that are not to be started"),
  threadSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(10)
    .describe("How long a module that does not come with the hall may hold the hall's thread at a stretch"),
});

/** Which modules there are besides those that come with the hall. */
export type ModulesSettings = z.infer<typeof ModulesSettings>;
