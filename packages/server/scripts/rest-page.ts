import type { Hall } from "../src/hall/open-hall.ts";
import { describeRoutes } from "./api-types.ts";
import { markdownTable } from "./markdown-table.ts";

/** The reference's page of routes, by what they are about. */
export async function restPage(hall: Hall): Promise<string> {
  const { paths } = await describeRoutes(hall);
  const routes = Object.entries(paths).flatMap(([place, operations]) =>
    Object.entries(operations).map(([method, { summary = "", tags: [tag = "other"] = [] }]) => ({
      tag,
      cells: [`\`${method.toUpperCase()} ${place}\``, summary],
    })),
  );
  const groups = Map.groupBy(routes, ({ tag }) => tag);
  const tables = [...groups].map(
    ([tag, found]) =>
      `## ${tag}\n\n${markdownTable(
        ["route", "what"],
        found.map(({ cells }) => cells),
      )}\n`,
  );
  return `# REST

Made by \`npm run generate\` from the routes. \`/docs\` of a running hall has the forms of requests and answers and can try
them; \`/api/v1/openapi.json\` is the same for programs, with a route for each command besides. How to use them is in
[the guide](../guide/rest.md), what an error means in [the table of codes](errors.md).

${tables.join("\n")}`;
}
