import { DiscordTestServer } from "@guildhall/chat-test-servers";
import { sendAtSteadyPace } from "./steady-pace.ts";

/*
 * A Discord that sends signed slash commands. The first line that it prints tells where its REST API is and by which
 * key it signs.
 */

const GUILD = "900000000000000001";
const PEOPLE = 50;

const discord = await DiscordTestServer.start({ limit: { requests: 1_000_000, milliseconds: 1000 } });
const channelId = discord.world.addChannel({ guildId: GUILD, name: "bench" });
process.stdout.write(
  `${JSON.stringify({
    publicKey: discord.signer.publicKey,
    applicationId: discord.world.applicationId,
    apiUrl: discord.apiUrl,
  })}\n`,
);
await sendAtSteadyPace({
  sign: (index) => {
    const user = { id: String(700000000000000000n + BigInt(index % PEOPLE)), username: "ada" };
    const actor = {
      user: { ...user, discriminator: "0", global_name: null, avatar: null },
      channelId,
      guildId: GUILD,
    };
    const body = JSON.stringify(discord.interactions.byGateway(actor, "ping"));
    return {
      body,
      headers: { ...discord.signer.sign(body, new Date()), "content-type": "application/json" },
    };
  },
  isGood: ({ status, text }) => status === 200 && text.includes('"type":'),
});
await discord.stop();
