import { defineCommand, flag, json, markdown, table, type Command } from "@guildhall/sdk";
import { wholeCommands, type Usage } from "./usage.ts";

/** The type of the chunk that carries the counts for programs. */
const USAGE_MIME = "application/vnd.guildhall.usage+json";

/** The command `usage`: how much the hall is used (F-11). */
export function usageCommand(usage: Usage): Command {
  return defineCommand({
    name: "usage",
    summary: "How much this hall is used: commands, people and servers",
    description: "Counts only; who ran what is told to nobody.",
    arguments: { all: flag(undefined, "List sub-commands too, such as init next") },
    examples: ["usage", "usage --all"],
    async *run({ all }) {
      const numbers = await usage.read();
      const { total, users, people, servers } = numbers;
      const commands = all ? numbers.commands : wholeCommands(numbers.commands);
      yield markdown(
        [
          `**${counted(total, "command")}** so far`,
          `- ${counted(users, "person", "people")} used the hall, of ${counted(people, "account")}`,
          `- ${counted(servers, "chat server")}`,
        ].join("\n"),
      );
      yield table({
        columns: ["command", "times"],
        rows: commands.map(({ command, count }) => [command, count]),
      });
      const byName = Object.fromEntries(commands.map(({ command, count }) => [command, count]));
      yield json({ total, user_count: users, people, servers, commands: byName }, USAGE_MIME);
    },
  });
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
