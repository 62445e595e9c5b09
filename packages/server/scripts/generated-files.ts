import { apiTypes } from "./api-types.ts";
import type { BareHall } from "./bare-hall.ts";
import { commandsPage } from "./commands-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { errorsPage } from "./errors-page.ts";
import { restPage } from "./rest-page.ts";

/** Each file that is made from the program, by its path in the workspace, with what it should hold. */
export async function generatedFiles({ hall, settings }: BareHall): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["packages/console/src/api/generated/hall-api.ts", await apiTypes(hall)],
    ["docs/reference/commands.md", commandsPage(hall.registry)],
    ["docs/reference/configuration.md", await configurationPage(settings)],
    ["docs/reference/errors.md", errorsPage()],
    ["docs/reference/rest.md", await restPage(hall)],
  ]);
}
