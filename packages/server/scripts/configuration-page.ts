import { resolveModuleSettings, type Settings } from "../src/cli/settings.ts";
import { markdownTable } from "./markdown-table.ts";

/** What is read before there are settings, and so has no section. */
const FIRST: readonly (readonly string[])[] = [
  ["`GUILDHALL_DATA`", "`./hall-data`", "The folder that holds the hall's data"],
  ["`GUILDHALL_CONFIG`", "`guildhall.yaml` in the data folder", "The file of settings"],
  [
    "`GUILDHALL_SECRET_KEY`",
    "made once, in the data folder",
    "Signs tokens and seals secrets; at least 32 characters",
  ],
  [
    "`GUILDHALL_LOG__LEVEL`",
    "`info`, or `warn` at a terminal",
    "`debug`, `info`, `warn`, `error` or `silent`",
  ],
  ["`GUILDHALL_LOG__FILE`", "standard error", "A file to which the log is appended"],
];

/** The reference's page of settings: of the hall, then of each bundled module. */
export async function configurationPage(settings: Settings): Promise<string> {
  await resolveModuleSettings(settings);
  const sections = Map.groupBy(settings.config.entries, ({ key }) => key.slice(0, key.indexOf(".")));
  const tables = [...sections].map(([name, entries]) => {
    const rows = entries.map(({ key, variable, value, isSecret, description }) => [
      `\`${key}\``,
      `\`${variable}\``,
      value === "" ? "" : `\`${value}\``,
      `${description}${isSecret ? " (secret)" : ""}`,
    ]);
    return `## ${name}\n\n${markdownTable(["setting", "variable", "default", "what"], rows)}\n`;
  });
  return `# Configuration

Made by \`npm run generate\` from the program's own schemas. A setting is a line in the file of settings, or a variable, or
a file that a variable with \`_FILE\` behind its name points to; the later of these wins. \`guildhall config\` shows what
holds in an installation, and where it comes from.

${markdownTable(["variable", "default", "what"], FIRST)}

${tables.join("\n")}`;
}
