import { z } from "zod";
import { wholeCommands } from "../../hall/usage.ts";
import type { App, RouteContext } from "../route-context.ts";
import { OPEN_TO_ALL, problems } from "../schemas.ts";

const PUBLIC_PER_MINUTE = 20;
const LIMITED = { config: { rateLimit: { max: PUBLIC_PER_MINUTE, timeWindow: 60_000 } } };
const COLOUR = "#00ffde";

const Count = z.int().min(0);
const PublicNumbers = z
  .object({
    command_total: Count.describe("Commands that were run"),
    user_total: Count.describe("People who have run one"),
    user_reach: Count.describe("People with an account"),
    guild_total: Count.describe("Slack workspaces and Discord guilds"),
  })
  .meta({ id: "PublicNumbers" });

/** What a badge can say: its label, and its number. */
const BADGES = {
  guilds: ["servers", "guild_total"],
  commands: ["commands", "command_total"],
  users: ["users", "user_total"],
  reach: ["reach", "user_reach"],
} as const;
const Badge = z.enum(["guilds", "commands", "users", "reach"]);

/** How much the hall is used, for those who are signed in (requirements F-21). */
export function registerUsage(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/usage",
    {
      schema: {
        summary: "How much the hall is used: counts, and nothing of who did what",
        tags: ["system"],
        querystring: z.object({
          all: z.stringbool().default(false).describe("With sub-commands by themselves"),
        }),
        response: {
          200: PublicNumbers.extend({
            message: z.string(),
            commands: z.record(z.string(), Count).describe("How often each was run"),
          }),
          ...problems(401),
        },
      },
    },
    async (request) => {
      await authentication.require(request);
      const numbers = await hall.usage.read();
      const commands = request.query.all ? numbers.commands : wholeCommands(numbers.commands);
      return {
        ...present(numbers),
        message: `${numbers.total} commands by ${numbers.users} people`,
        commands: Object.fromEntries(commands.map(({ command, count }) => [command, count])),
      };
    },
  );
}

/** The numbers that everybody may see: four counts, and nothing else (requirements F-45, F-46). */
export function registerPublicNumbers(app: App, { hall }: RouteContext): void {
  app.get(
    "/public/stats",
    {
      ...LIMITED,
      schema: {
        summary: "Four counts of the hall's use, for everybody",
        tags: ["system"],
        ...OPEN_TO_ALL,
        response: { 200: PublicNumbers, ...problems(429) },
      },
    },
    async () => present(await hall.usage.read()),
  );

  app.get(
    "/public/stats/badge/:badge",
    {
      ...LIMITED,
      schema: {
        summary: "One of the counts as a badge of shields.io draws it",
        tags: ["system"],
        ...OPEN_TO_ALL,
        params: z.object({ badge: Badge }),
        response: {
          200: z.object({
            schemaVersion: z.literal(1),
            label: z.string(),
            message: z.string(),
            color: z.string(),
          }),
          ...problems(400, 429),
        },
      },
    },
    async (request) => {
      const [label, number] = BADGES[request.params.badge];
      const numbers = present(await hall.usage.read());
      return {
        schemaVersion: 1 as const,
        label,
        message: numbers[number].toLocaleString("en"),
        color: COLOUR,
      };
    },
  );
}

function present(numbers: {
  readonly total: number;
  readonly users: number;
  readonly people: number;
  readonly servers: number;
}): z.output<typeof PublicNumbers> {
  return {
    command_total: numbers.total,
    user_total: numbers.users,
    user_reach: numbers.people,
    guild_total: numbers.servers,
  };
}
