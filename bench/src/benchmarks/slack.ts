import { randomBytes } from "node:crypto";
import { z } from "zod";
import { measureAcknowledgements, PER_SECOND } from "../lab/acknowledgements.ts";
import { hallEnvironment } from "../lab/hall.ts";
import { benchProgram, GUILDHALL } from "../lab/places.ts";
import { Workshop } from "../lab/workshop.ts";
import type { Benchmark } from "../report.ts";

const SENDER = new URL("../clients/slack-sender.ts", import.meta.url);
const PEER = new URL("../floors/bolt-no-op.ts", import.meta.url);

const Sender = z.object({ apiUrl: z.string() });

/** A signed slash command to its acknowledgement, beside Bolt with a listener that does nothing. */
export const slack: Benchmark = {
  name: "slack",
  summary: `signed Slack command to acknowledgement at ${PER_SECOND}/s`,
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const signingSecret = randomBytes(16).toString("hex");
    const sender = await workshop.start({
      args: [...benchProgram(SENDER), signingSecret],
      ready: /^(\{.*\})$/,
    });
    const { apiUrl } = Sender.parse(JSON.parse(sender.ready));
    const hall = await workshop.start({
      args: [GUILDHALL, "start"],
      env: {
        ...hallEnvironment({ dataFolder: await workshop.folder() }),
        GUILDHALL_SLACK__SIGNING_SECRET: signingSecret,
        GUILDHALL_SLACK__API_URL: apiUrl,
      },
      ready: /^Guildhall is open at (.*)$/,
    });
    const peer = await workshop.start({
      args: [...benchProgram(PEER), signingSecret],
      ready: /^Floor is open at (.*)$/,
    });
    const { rows, notes } = await measureAcknowledgements({
      sender,
      hall: { name: "hall", program: hall, url: `${hall.ready}/slack/commands` },
      peer: { name: "Bolt", program: peer, url: `${peer.ready}/slack/commands` },
      budgetOfP50: 1,
      quick,
      progress,
    });
    return {
      rows,
      notes: [
        "The hall checks the signature, finds the person and the channel's thread, runs the command and records it in the embedded store before it acknowledges, then posts the answer to the response URL; Bolt checks the signature and acknowledges.",
        ...notes,
      ],
    };
  },
};
