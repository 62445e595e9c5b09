import { SlackTestServer } from "@guildhall/chat-test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SlackSettings } from "../../../src/adapters/slack/slack-settings.ts";
import { examineSlack } from "../../../src/cli/doctor/examine-slack.ts";

describe("the doctor, about Slack", () => {
  let slack: SlackTestServer;
  beforeAll(async () => {
    slack = await SlackTestServer.start();
  });
  afterAll(() => slack.stop());

  const examine = async (given: Record<string, unknown>) =>
    await examineSlack(SlackSettings.parse({ apiUrl: slack.apiUrl, ...given }));
  const on = { signingSecret: "a signing secret", botTokens: ["T1=xoxb-one", "xoxb-two"] };

  it("says what is missing where Slack is off, which is no fault", async () => {
    expect(await examine({})).toMatchObject({
      status: "ok",
      detail: expect.stringContaining("GUILDHALL_SLACK__SIGNING_SECRET"),
    });
  });

  it("asks Slack about each token, and shows none of them", async () => {
    const body = JSON.stringify({ ok: true, team_id: "T1", user_id: "U1" });
    slack.play({ path: "/api/auth.test", body, times: 2 });
    expect(await examine(on)).toMatchObject({
      status: "ok",
      detail: expect.stringContaining("the 2 configured"),
    });
    slack.play({ path: "/api/auth.test", body });
    slack.play({ path: "/api/auth.test", body: '{"ok":false,"error":"token_revoked"}' });
    const finding = await examine(on);
    expect(finding).toMatchObject({
      status: "error",
      detail: expect.stringContaining("number 2 (token_revoked)"),
    });
    expect(JSON.stringify(finding)).not.toContain("xoxb");
  });

  it("tells a Slack that is away from a token that is wrong", async () => {
    slack.play({ path: "/api/auth.test", cut: true });
    expect(await examine(on)).toMatchObject({ status: "warning" });
  });
});
