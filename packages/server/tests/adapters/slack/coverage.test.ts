import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { BOT_EVENTS } from "../../../src/adapters/slack/slack-scopes.ts";

/** A file beside this one, and the beginning of a test's name in it. */
type Proof = readonly [file: string, test: string];

const REQUESTS = "slack-requests.test.ts";
const INSTALL = "slack-install.test.ts";
const FAULTS = "slack-faults.test.ts";
const CHANNELS = "slack-channels.test.ts";
const HISTORY = "slack-history.test.ts";
const CONTRACT = "../contract-suite.ts";

/** Every route that Slack, or a browser on its way from Slack, calls. */
const INBOUND: Readonly<Record<string, Proof>> = {
  "POST /slack/commands": [REQUESTS, "get the promised acknowledgement at once"],
  "POST /modron": [REQUESTS, "get the promised acknowledgement at once"],
  "POST /slack/interactions": [REQUESTS, "open a form where arguments are missing"],
  "POST /slack/events": [REQUESTS, "answer the check of their address"],
  "GET /slack/install": [INSTALL, "takes a state that it gave to this very browser"],
  "GET /slack/oauth": [INSTALL, "shows the page of success"],
  "GET /oauth": [INSTALL, "shows the page of success"],
};

/** Every event that the manifest asks for. */
const EVENTS: Readonly<Record<(typeof BOT_EVENTS)[number], Proof>> = {
  app_mention: [REQUESTS, "answer a mention with help"],
  app_uninstalled: [INSTALL, "forgets the tokens when they are revoked"],
  member_left_channel: [REQUESTS, "take a person who left out"],
  "message.im": [REQUESTS, "answer a direct message"],
  tokens_revoked: [INSTALL, "forgets the tokens when they are revoked"],
};

/** Every call that the adapter makes to Slack. */
const OUTBOUND: Readonly<Record<string, Proof>> = {
  "auth.test": [INSTALL, "writes a test message"],
  "chat.postMessage": [FAULTS, "goes on by message edits"],
  "chat.update": [FAULTS, "goes on by message edits"],
  "chat.delete": [FAULTS, "takes away a message that showed progress only"],
  "chat.postEphemeral": [CONTRACT, "shows what is for the asker alone"],
  "conversations.open": [CONTRACT, "shows what is for the asker alone"],
  "conversations.join": [FAULTS, "joins a public channel"],
  "conversations.list": [CHANNELS, "are found by a pattern, over all pages"],
  "conversations.history": [HISTORY, "comes newest page first"],
  "conversations.replies": [HISTORY, "has threads, edits, files"],
  "views.open": [REQUESTS, "open a form where arguments are missing"],
  filesUploadV2: [CONTRACT, "gives files whole"],
  "users.info": [REQUESTS, "ask Slack for a person's role"],
};

/** Calls that Slack's own libraries make for the adapter, and posts beside the Web API. */
const BESIDE: Readonly<Record<string, Proof>> = {
  "oauth.v2.access": [INSTALL, "exchanges a token that is about to expire once"],
  "a response URL": [REQUESTS, "get the promised acknowledgement at once"],
  delete_original: ["../replaced-messages.test.ts", "goes from Slack"],
  "apps.connections.open": ["socket-mode.test.ts", "Socket Mode takes commands"],
};

/** What may go wrong, as a file and words of a test's name in it. */
const TROUBLE: Readonly<Record<string, Proof>> = {
  "a bad, missing, stale or future signature": [REQUESTS, "are refused with 401 and change nothing"],
  "a body over the limit, or without sense": [REQUESTS, "that are signed and make no sense are refused"],
  "a replay": [REQUESTS, "that are replayed start nothing"],
  "a retry of the same delivery": [CONTRACT, "starts nothing for a delivery that comes twice"],
  "an event that comes again": [REQUESTS, "once however often they come"],
  "429 with Retry-After": [FAULTS, "waits as long as a 429 asks"],
  "500, no body, a connection cut half way": [FAULTS, "tries again after %s"],
  "a slow Slack": [FAULTS, "waits for a slow Slack"],
  "an expired response URL": [FAULTS, "answers as the bot when the response URL %s"],
  "a revoked token, a deleted channel": [FAULTS, "uses what is left of the response URL after %s"],
  "no way left": [FAULTS, "closes an answer that no way is left for"],
  "500 commands in one second": [FAULTS, "answers 500 commands of one second"],
  "a server that dies": ["../../chat-crash.test.ts", "is followed in %s by another server"],
  "a restart": ["../../chat-crash.test.ts", "goes on in %s after the next start"],
};

/** Known gaps: what Slack has, and neither the hall nor its tests do. */
const GAPS = [
  "message shortcuts",
  "App Home",
  "chat.startStream",
  "installing in an organisation",
  "files of people",
];

describe("what is tested of Slack", () => {
  it.each([...Object.entries(INBOUND), ...Object.entries(EVENTS), ...Object.entries(OUTBOUND)])(
    "%s",
    async (_name, [file, test]) => {
      expect(await readFile(new URL(file, import.meta.url), "utf8")).toContain(`it("${test}`);
    },
  );

  it.each([...Object.entries(BESIDE), ...Object.entries(TROUBLE)])("%s", async (_name, [file, words]) => {
    expect(await readFile(new URL(file, import.meta.url), "utf8")).toContain(words);
  });

  it("names each route and call that there is, and what is left out", async () => {
    const source = async (name: string) =>
      await readFile(new URL(`../../../src/adapters/slack/${name}`, import.meta.url), "utf8");
    const calls = [...(await source("slack-api.ts")).matchAll(/#call\(\s*"([\w.]+)"|#client\.(files\w+)/g)];
    expect(new Set(calls.map(([, method, upload]) => method ?? upload))).toEqual(
      new Set(Object.keys(OUTBOUND)),
    );
    const routes = await source("slack-routes.ts");
    const paths = [...routes.matchAll(/"(\/(?:slack\/|modron|oauth)[a-z]*)"/g)].map(([, path]) => path);
    expect(new Set(Object.keys(INBOUND).map((route) => route.split(" ")[1]))).toEqual(new Set(paths));
    expect(GAPS.length).toBeGreaterThan(0);
  });
});
