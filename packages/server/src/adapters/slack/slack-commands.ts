import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  CommandError,
  defineCommand,
  forAsker,
  option,
  plainText,
  table,
  text,
  type Command,
  type CommandContext,
} from "@guildhall/sdk";
import { z } from "zod";
import { OrganisationInstallError, ReceivedTokens, type SlackInstallations } from "./slack-installations.ts";
import type { SlackSetUp } from "./slack-set-up.ts";
import type { SlackWorkspaces } from "./slack-workspaces.ts";

/** What the adapter's own commands stand on. */
export interface SlackCommandSurroundings {
  readonly setUp: SlackSetUp;
  readonly publicUrl: string | undefined;
  readonly installations: SlackInstallations;
  readonly workspaces: SlackWorkspaces;
}

/** `slack manifest`, `slack check`, `slack import-tokens` and `slack export-tokens`. */
export function slackCommands(given: SlackCommandSurroundings): Command {
  const manifest = defineCommand({
    name: "manifest",
    summary: "Print the manifest of the hall's Slack app",
    description:
      "Paste it at api.slack.com/apps, Create New App, From a manifest. Without a public address the app uses Socket Mode.",
    arguments: { url: option(undefined, text("where Slack reaches the hall; http.publicUrl when left out")) },
    examples: ["slack manifest", "slack manifest --url https://hall.example.org"],
    pure: true,
    *run({ url }) {
      yield plainText(given.setUp.manifest(url ?? given.publicUrl));
    },
  });

  const check = defineCommand({
    name: "check",
    summary: "See whether Slack can be reached, and write a test message",
    arguments: { channel: option(undefined, text("the name of a channel to write the test message to")) },
    examples: ["slack check", "slack check --channel general"],
    permission: "administrator",
    async *run({ channel }) {
      const { setUp } = given;
      if (setUp.whyOff !== undefined) throw new CommandError(setUp.whyOff, { code: "adapter_off" });
      const workspaces = await setUp.workspaces();
      if (workspaces.length === 0) {
        throw new CommandError(
          "The hall has no token of any workspace: open /slack/install, or set bot tokens.",
        );
      }
      yield table({
        columns: ["workspace", "state"],
        rows: workspaces.map(({ id, state }) => [id, state]),
      });
      if (channel === undefined) return;
      await setUp.sendTestMessage(channel);
      yield plainText(`The test message stands in #${channel.replace(/^#/, "")}.`);
    },
  });

  const importTokens = defineCommand({
    name: "import-tokens",
    summary: "Take over the tokens of a received-tokens.json",
    arguments: { file: text("the whole path of the file, on the hall's machine") },
    examples: ["slack import-tokens /srv/hall/received-tokens.json"],
    permission: "administrator",
    async *run({ file }, { clock, place }) {
      requireTerminal(place);
      const content = await readFile(absolute(file), "utf8").catch(() => {
        throw new CommandError(`The file ${file} cannot be read.`);
      });
      const one = ReceivedTokens.transform((entry) => [entry]);
      const received = z.union([z.array(ReceivedTokens), one]).safeParse(parsed(content));
      if (!received.success) {
        throw new CommandError(
          `The file ${file} does not hold Slack's answer to an installation, or a list of such answers.`,
        );
      }
      const ids: string[] = [];
      for (const entry of received.data) {
        try {
          ids.push(await given.installations.importTokens(entry, clock.now()));
        } catch (error) {
          if (!(error instanceof OrganisationInstallError)) throw error;
          throw new CommandError(error.message, { code: error.code });
        }
      }
      given.workspaces.refresh();
      yield plainText(
        `Took over the tokens of ${ids.join(", ")}. Delete the file: the hall keeps them encrypted.`,
      );
    },
  });

  const exportTokens = defineCommand({
    name: "export-tokens",
    summary: "Write the tokens of all workspaces into a received-tokens.json",
    arguments: { file: text("the whole path of a file that does not exist yet, on the hall's machine") },
    examples: ["slack export-tokens /srv/hall/received-tokens.json"],
    permission: "administrator",
    async *run({ file }, { place }) {
      requireTerminal(place);
      const tokens = await given.installations.exportTokens();
      try {
        await writeFile(absolute(file), `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600, flag: "wx" });
      } catch (error) {
        throw new CommandError(`The file ${file} exists already, or cannot be written.`, { cause: error });
      }
      yield forAsker(
        plainText(
          `Wrote ${tokens.length} installation(s). Whoever reads the file can act as the hall in Slack.`,
        ),
      );
    },
  });

  return defineCommand({
    name: "slack",
    summary: "Set the hall up in Slack",
    commands: [manifest, check, importTokens, exportTokens],
  });
}

/** Files of the hall's machine are for those who may enter it. */
function requireTerminal({ adapter }: CommandContext["place"]): void {
  if (adapter !== "terminal") {
    throw new CommandError("This is typed in a terminal on the hall's machine.", {
      code: "permission_denied",
    });
  }
}

function absolute(file: string): string {
  if (path.isAbsolute(file)) return file;
  throw new CommandError(
    `Give the whole path of the file, such as ${path.resolve(file)}: the hall may run in another folder.`,
  );
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
