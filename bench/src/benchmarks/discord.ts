import { z } from "zod";
import { measureAcknowledgements, PER_SECOND } from "../lab/acknowledgements.ts";
import { hallEnvironment } from "../lab/hall.ts";
import { benchProgram, GUILDHALL } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import type { Benchmark } from "../report.ts";

const SENDER = new URL("../clients/discord-sender.ts", import.meta.url);
const PEER = new URL("../floors/discord-no-op.ts", import.meta.url);

const Sender = z.object({ publicKey: z.string(), applicationId: z.string(), apiUrl: z.string() });

/** A signed slash command to its acknowledgement, beside Discord's own helper answering a constant. */
export const discord: Benchmark = {
  name: "discord",
  summary: `signed Discord interaction to acknowledgement at ${PER_SECOND}/s`,
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const sender = await workshop.start({ args: benchProgram(SENDER), ready: /^(\{.*\})$/ });
    const { publicKey, applicationId, apiUrl } = Sender.parse(JSON.parse(sender.ready));
    const hall = await workshop.start({
      args: [GUILDHALL, "start"],
      env: {
        ...hallEnvironment({ dataFolder: await workshop.folder() }),
        GUILDHALL_DISCORD__PUBLIC_KEY: publicKey,
        GUILDHALL_DISCORD__APPLICATION_ID: applicationId,
        GUILDHALL_DISCORD__API_URL: apiUrl,
      },
      ready: /^Guildhall is open at (.*)$/,
    });
    const peer = await workshop.start({
      args: [...benchProgram(PEER), publicKey],
      ready: /^Floor is open at (.*)$/,
    });
    const { rows, notes } = await measureAcknowledgements({
      sender,
      hall: { name: "hall", program: hall, url: `${hall.ready}/discord/interactions` },
      peer: { name: "peer", program: peer, url: `${peer.ready}/` },
      quick,
      progress,
    });
    return {
      rows,
      notes: [
        "The hall checks the signature, finds the person and the channel's thread, runs the command, records it in the embedded store and answers with its output; the peer checks the signature and answers a constant.",
        ...notes,
      ],
    };
  },
};
