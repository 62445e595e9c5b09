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
});

/** Which modules there are besides those that come with the hall. */
export type ModulesSettings = z.infer<typeof ModulesSettings>;
