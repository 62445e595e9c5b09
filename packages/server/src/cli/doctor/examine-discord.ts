import { DiscordApiError, type DiscordFault } from "../../adapters/discord/discord-api.ts";
import { whyDiscordIsOff, type DiscordSettings } from "../../adapters/discord/discord-settings.ts";
import { variableName } from "../../kernel/config.ts";
import { doubtful, well, wrong, type Finding } from "./finding.ts";

const PATIENCE_MILLISECONDS = 5000;

/** Looks at what Discord needs, and whether Discord takes the bot's token. */
export async function examineDiscord(settings: DiscordSettings): Promise<Finding> {
  const off = whyDiscordIsOff(settings);
  if (off !== undefined) return well("discord", off);
  const { token, applicationId = "", apiUrl, publicKey } = settings;
  if (token === undefined) {
    return doubtful(
      "discord",
      "Signed interactions are served. Without the bot's token an answer ends after 15 minutes, and mentions are not heard.",
      `Set ${variableName("discord", "token")}.`,
    );
  }
  const { DiscordRestApi } = await import("../../adapters/discord/discord-rest-api.ts");
  const api = new DiscordRestApi({ apiUrl, applicationId, token });
  const fault = await faultOf(api.ownUserId());
  switch (fault) {
    case undefined:
      return publicKey === undefined
        ? well("discord", "Discord takes the bot's token; interactions come by the gateway.")
        : well("discord", "Discord takes the bot's token; interactions come signed.");
    case "unauthorized":
      return wrong(
        "discord",
        "Discord does not take the bot's token.",
        `Copy it again from the Developer Portal into ${variableName("discord", "token")}.`,
      );
    case "gone":
    case "refused":
    case "unavailable":
      return doubtful("discord", `Discord did not answer at ${apiUrl}.`, "See that this machine reaches it.");
  }
}

async function faultOf(request: Promise<unknown>): Promise<DiscordFault | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<DiscordFault>((resolve) => {
    timer = setTimeout(() => resolve("unavailable"), PATIENCE_MILLISECONDS);
  });
  try {
    return await Promise.race([request.then(() => undefined), patience]);
  } catch (error) {
    if (error instanceof DiscordApiError) return error.fault;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
