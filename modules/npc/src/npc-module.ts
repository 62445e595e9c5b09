import {
  choice,
  CommandError,
  defineCommand,
  defineModule,
  file,
  integer,
  markdown,
  option,
  table,
  text,
  type Command,
} from "@guildhall/sdk";
import { generateNpc } from "./generate-npc.ts";
import { npcPdf } from "./npc-pdf.ts";
import { npcTable } from "./npc-table.ts";
import { NpcTables, weightWarnings } from "./npc-tables.ts";

const MOST_NPCS = 200;

/** Where a PDF does not suit: what is read there is text. */
const TEXT_ADAPTERS = new Set(["terminal", "mcp"]);

/** The module `npc`: the command `npcgen`. */
export const npc = defineModule({
  name: "npc",
  summary: "Make characters of the world at random",
  config: NpcTables,
  initialize: ({ config, log }) => {
    for (const warning of weightWarnings(config)) log.warn({}, warning);
    return { commands: [npcgen(config)] };
  },
});

function npcgen(tables: NpcTables): Command {
  const locations = Object.keys(tables.races);
  return defineCommand({
    name: "npcgen",
    summary: "Make characters of the world at random, several in one PDF",
    description: `Locations: ${locations.join(", ")}.`,
    arguments: {
      count: integer("How many", { min: 1, max: MOST_NPCS, default: 1 }),
      location: option("-l", text("Where they are from", { maxLength: 40, default: "default" })),
      format: option(
        "-f",
        choice("The form; in the terminal a table when left out, else a PDF", ["pdf", "table"], {
          optional: true,
        }),
      ),
    },
    examples: ["npcgen", "npcgen 4 -l AAA", "npcgen 2 -f table"],
    async *run({ count, location: typed = "default", format }, { random, clock, place }) {
      const location = locations.find((known) => known.toLowerCase() === typed.toLowerCase());
      if (location === undefined) {
        throw new CommandError(`There is no location "${typed}": use one of ${locations.join(", ")}.`, {
          code: "unknown_location",
        });
      }
      const npcs = Array.from({ length: count }, () => generateNpc({ tables, random, location }));
      const content = npcTable(npcs);
      yield markdown(count === 1 ? "The NPC you requested" : `The ${count} NPCs you requested`);
      if ((format ?? (TEXT_ADAPTERS.has(place.adapter) ? "table" : "pdf")) === "table") {
        yield table(content);
        return;
      }
      const title = `${count} ${count === 1 ? "NPC" : "NPCs"} from ${location}`;
      yield file({
        mime: "application/pdf",
        bytes: await npcPdf(content, { title, at: clock.now() }),
        name: `npcs_${count}_${location}.pdf`,
      });
    },
  });
}
