import { operatorVerbs } from "../src/cli/operator-commands.ts";
import type { CommandRegistry } from "../src/commands/command-registry.ts";
import { commandHelp } from "../src/commands/help/help-document.ts";
import { renderHelpText } from "../src/commands/help/render-text.ts";

/** The reference's page of commands, by the module that brings them, and of the operator's verbs. */
export function commandsPage(registry: CommandRegistry): string {
  const modules = Map.groupBy(registry.list(), ({ module }) => module);
  const names = [...modules.keys()].toSorted((one, other) => one.localeCompare(other));
  const parts = names.map(
    (name) =>
      `## Module ${name}\n\n${(modules.get(name) ?? []).map((found) => entry(registry, found)).join("\n")}`,
  );
  const verbs = operatorVerbs.list().map((found) => entry(operatorVerbs, found));
  return `# Commands

Made by \`npm run generate\` from the declarations of the commands. They are typed in the console, in a terminal behind
\`guildhall\`, or in chat; each is also a route (\`POST /api/v1/commands/...\`). \`-h\` after any command shows the same.

${parts.join("\n")}
## Operator's verbs

In the terminal only, behind \`guildhall\`.

${verbs.join("\n")}`;
}

function entry(registry: CommandRegistry, found: Parameters<typeof commandHelp>[0]["found"]): string {
  const text = renderHelpText({ help: commandHelp({ registry, found }) }, { width: 100 });
  return `### \`${found.path.join(" ")}\`\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}
