import { defineCommand, text } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { CommandRegistry } from "../../commands/command-registry.ts";
import { slackManifest } from "./slack-manifest.ts";

function registry(): CommandRegistry {
  const made = new CommandRegistry();
  const simple = (name: string) =>
    defineCommand({ name, summary: `Do ${name}`, arguments: { what: text("what") }, *run() {} });
  made.add(simple("roll"), { module: "dice" });
  made.add(simple("who"), { module: "dice" });
  made.add(simple("ping"), { module: "hall" });
  made.add(defineCommand({ name: "character", summary: "Characters", commands: [simple("hp")] }), {
    module: "characters",
  });
  return made;
}

describe("the app's manifest", () => {
  it("comes from the registry", () => {
    const manifest = slackManifest({ registry: registry(), publicUrl: "https://hall.example.org/" });
    expect(manifest).toMatchObject({
      features: {
        slash_commands: [
          { command: "/hall", url: "https://hall.example.org/slack/commands", should_escape: false },
          { command: "/modron" },
          { command: "/hp", description: "Do hp", usage_hint: "<what>" },
          { command: "/mroll" },
          { command: "/character" },
          { command: "/roll", description: "Do roll" },
        ],
        bot_user: { always_online: true },
      },
      oauth_config: { redirect_urls: ["https://hall.example.org/slack/oauth"] },
      settings: {
        interactivity: { is_enabled: true, request_url: "https://hall.example.org/slack/interactions" },
        event_subscriptions: { request_url: "https://hall.example.org/slack/events" },
        socket_mode_enabled: false,
      },
    });
  });

  it("asks for the promised scopes and events (requirements M-7)", () => {
    expect(slackManifest({ registry: registry(), publicUrl: undefined })).toMatchObject({
      oauth_config: {
        scopes: {
          bot: "app_mentions:read,channels:history,channels:join,channels:read,chat:write,commands,files:write,im:history,im:read,im:write,mpim:write,users:read".split(
            ",",
          ),
        },
      },
      settings: {
        socket_mode_enabled: true,
        event_subscriptions: { bot_events: expect.arrayContaining(["message.im"]) },
      },
    });
  });

  it("has at most the fifty commands that Slack takes, the hall's own first", () => {
    const many = registry();
    for (let index = 0; index < 80; index += 1) {
      many.add(defineCommand({ name: `extra-${index}`, summary: "x", *run() {} }), { module: "m" });
    }
    const manifest = JSON.stringify(slackManifest({ registry: many, publicUrl: "https://hall.example.org" }));
    expect(manifest.match(/"command":/g)).toHaveLength(50);
    expect(manifest).toContain('"/hall"');
  });
});
