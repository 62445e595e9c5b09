import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ChatEntries } from "../../src/data/chat-entries.ts";
import { stores } from "../support/stores.ts";
import { bodyOf } from "./support/api-client.ts";
import { finished, newThread, useServedHall } from "./support/serve-hall.ts";

const Numbers = z.strictObject({
  command_total: z.int(),
  user_total: z.int(),
  user_reach: z.int(),
  guild_total: z.int(),
});

describe.each(stores())("the numbers of the hall on the $name store", (store) => {
  const { served } = useServedHall(store);
  const PUBLIC = "/public/stats";
  const account = {
    adapter: "discord",
    workspaceId: null,
    accountId: "7",
    displayName: "Grace of the guild",
  };
  /** What is kept for ten seconds is waited for. */
  const numbers = async () => bodyOf(await served().api.get(PUBLIC), 200, Numbers);

  it("count what ran, who ran it and where, and nothing that was refused or asked for help", async () => {
    const [ann, bob] = [await served().join(), await served().join()];
    for (const [person, line] of [
      [ann, "roll 1d6 for ann's secret"],
      [ann, "roll 1d6"],
      [bob, "dialect"],
      [ann, "rol 1d6"],
      [ann, "roll 1d6x"],
      [ann, "roll -h"],
    ] as const) {
      const thread = await newThread(person.api);
      const answer = await person.api.post(`/api/v1/threads/${thread}/actions`, { raw_text: line });
      if (answer.status === 201) {
        await finished(person.api, bodyOf(answer, 201, z.looseObject({ id: z.string() })).id);
      }
    }
    await new ChatEntries({ database: served().hall.database, now: () => new Date() }).enter(account, {
      workspaceId: "900",
      channelId: "901",
      channelName: "tavern",
      isPrivate: false,
    });
    await expect
      .poll(numbers, { timeout: 15_000 })
      .toEqual({ command_total: 3, user_total: 2, user_reach: 3, guild_total: 1 });
  });

  it("are four counts for everybody, and by command for those who are signed in", async () => {
    const ann = await served().join();
    const answer = await ann.api.get("/api/v1/usage");
    expect(bodyOf(answer, 200, z.looseObject({ commands: z.record(z.string(), z.int()) }))).toMatchObject({
      command_total: 3,
      message: "3 commands by 2 people",
      commands: { roll: 2, dialect: 1 },
    });
    expect((await served().api.get("/api/v1/usage")).status).toBe(401);
    const told = (await served().api.get(PUBLIC)).text;
    for (const word of ["ann", "secret", "Grace", "tavern", "900", "@"]) expect(told).not.toContain(word);
  });

  it("are badges", async () => {
    const badge = async (name: string) => {
      const answer = await served().api.get(`${PUBLIC}/badge/${name}`);
      const parsed: unknown = JSON.parse(answer.text);
      return { status: answer.status, parsed };
    };
    expect(await badge("commands")).toEqual({
      status: 200,
      parsed: { schemaVersion: 1, label: "commands", message: "3", color: "#00ffde" },
    });
    expect(await badge("guilds")).toMatchObject({ parsed: { label: "servers", message: "1" } });
    expect((await badge("secrets")).status).toBe(400);
  });

  it("are a command, with sub-commands by themselves on demand", async () => {
    const ann = await served().join();
    const thread = await newThread(ann.api);
    const answer = await ann.api.post(`/api/v1/threads/${thread}/actions`, { raw_text: "usage --all" });
    const { id } = bodyOf(answer, 202, z.looseObject({ id: z.string() }));
    const { response_chunks: chunks } = await finished(ann.api, id);
    expect(chunks[0]?.text_content).toMatch(
      /^\*\*\d+ commands\*\* so far\n- \d people used the hall, of \d accounts\n- 1 chat server$/,
    );
    expect(chunks.map(({ mime }) => mime)).toContain("application/vnd.guildhall.table+json");
  });

  it("are given twenty times a minute to one address, and no more", async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => served().api.get(PUBLIC)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(20);
  });
});
