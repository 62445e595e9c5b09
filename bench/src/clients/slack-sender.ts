import { deliveryId, SlackSigner, SlackTestServer } from "@guildhall/chat-test-servers";
import { sendAtSteadyPace } from "./steady-pace.ts";

/*
 * A Slack that sends signed slash commands; answers go to response URLs of this process. The first line that it prints
 * tells where its Web API is.
 */

const [signingSecret = ""] = process.argv.slice(2);
const PEOPLE = 50;

const slack = await SlackTestServer.start();
const signer = new SlackSigner(signingSecret);
process.stdout.write(`${JSON.stringify({ apiUrl: slack.apiUrl })}\n`);
await sendAtSteadyPace({
  sign: (index) => {
    const fields = {
      command: "/hall",
      text: "ping",
      response_url: slack.newResponseUrl(),
      trigger_id: deliveryId("bench"),
      user_id: `U${index % PEOPLE}`,
      user_name: "ada",
      channel_id: "C1",
      channel_name: "bench",
      team_id: "T1",
      api_app_id: "A1",
    };
    const body = new URLSearchParams(fields).toString();
    const contentType = "application/x-www-form-urlencoded";
    return { body, headers: { ...signer.headers(body, { at: new Date(), contentType }) } };
  },
  isGood: ({ status }) => status === 200,
});
await slack.stop();
