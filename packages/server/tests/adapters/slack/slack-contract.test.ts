import { z } from "zod";
import { expect } from "vitest";
import { deliveryId } from "@guildhall/chat-test-servers";
import { describeAdapterContract, type Shown, type ShownButton, type Somebody } from "../contract-suite.ts";
import { install, openSlackHall, type SlackHall } from "./slack-hall.ts";

const Piece = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  url: z.string().optional(),
  style: z.record(z.string(), z.boolean()).optional(),
});
const RichPart = z.looseObject({ type: z.string(), elements: z.array(z.unknown()) });
const Button = z.looseObject({
  action_id: z.string(),
  value: z.string(),
  text: z.looseObject({ text: z.string() }),
});
const Block = z.looseObject({ type: z.string(), elements: z.array(z.unknown()) });
const Message = z.looseObject({
  text: z.string().default(""),
  blocks: z.array(Block).default([]),
  ts: z.string().optional(),
  user: z.string().optional(),
  files: z.array(z.looseObject({ id: z.string(), name: z.string(), url_private: z.string() })).optional(),
});
type Message = z.infer<typeof Message>;

/** What a person reads of a message: its blocks, or its text without Slack's escapes. */
function readMessage({ text, blocks }: Message): string {
  const rich = blocks
    .filter(({ type }) => type === "rich_text")
    .flatMap(({ elements }) => elements.map(readPart));
  return rich.length > 0
    ? rich.join("\n")
    : text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function readPart(part: unknown): string {
  const { type, elements } = RichPart.parse(part);
  if (type === "rich_text_list") return elements.map(readPart).join("\n");
  return elements
    .map((piece) => {
      const { text = "", style = {} } = Piece.parse(piece);
      const marks = [
        ...(style["bold"] ? ["*"] : []),
        ...(style["italic"] ? ["_"] : []),
        ...(style["code"] ? ["`"] : []),
      ].join("");
      return marks + text + marks;
    })
    .join("");
}

function lengthsOf({ blocks, text }: Message): number[] {
  const rich = blocks.filter(({ type }) => type === "rich_text");
  return rich.length > 0 ? rich.map(({ elements }) => elements.map(readPart).join("").length) : [text.length];
}

async function shownOf(
  hall: SlackHall,
  given: { who: Somebody; actionId: string | undefined; responseUrl: string; before: Before; ack: unknown },
): Promise<Shown> {
  const { who, responseUrl, before } = given;
  const everybody: Message[] = [];
  const asker: Message[] = [];
  const ack = z
    .looseObject({ response_type: z.string().optional(), text: z.string().optional() })
    .safeParse(given.ack);
  if (ack.success && ack.data.text) asker.push(Message.parse({ text: ack.data.text }));
  for (const body of hall.world.gate.postsTo(responseUrl)) {
    (body["response_type"] === "ephemeral" ? asker : everybody).push(Message.parse(body));
  }
  const { gate } = hall.world;
  for (const call of gate.calls.slice(before.calls)) {
    if (call.method !== "chat.postEphemeral" || call.answer["ok"] !== true) continue;
    const { text = "", blocks = "[]" } = call.body;
    asker.push(Message.parse({ text, blocks: JSON.parse(blocks) }));
  }
  const files: { name: string; bytes: Buffer; forAsker: boolean }[] = [];
  const read = async (channel: string, forAsker: boolean) => {
    const { messages = [] } = await hall.world.call("conversations.history", { channel, limit: 100 });
    const list = z.array(Message).parse(messages).toReversed();
    for (const message of list.filter(({ ts = "" }) => !before.seen.has(`${channel}/${ts}`))) {
      for (const { name, url_private } of message.files ?? []) {
        files.push({ name, bytes: await hall.world.download(url_private), forAsker });
      }
      if ((message.files ?? []).length === 0) (forAsker ? asker : everybody).push(message);
    }
  };
  await read(hall.actor(who).channelId, false);
  const { channel } = await hall.world.call("conversations.open", { users: hall.actor(who).userId });
  await read(z.looseObject({ id: z.string() }).parse(channel).id, true);

  const buttons: ShownButton[] = [
    ...everybody.map((message) => [message, false] as const),
    ...asker.map((message) => [message, true] as const),
  ].flatMap(([{ blocks }, forAsker]) =>
    blocks
      .filter(({ type }) => type === "actions")
      .flatMap(({ elements }) => z.array(Button).parse(elements))
      .filter(({ action_id }) => action_id.startsWith("guildhall_press"))
      .map(({ action_id, value, text }) => ({
        label: text.text,
        forAsker,
        press: (presser: Somebody) => press(hall, { presser, actionId: action_id, value }),
      })),
  );
  const askerText = asker.map(readMessage).join("\n");
  return {
    kind: kindOf(given.ack, given.actionId, askerText),
    everybody: everybody.map(readMessage).join("\n"),
    asker: askerText,
    files,
    buttons,
    lengths: [...everybody, ...asker].flatMap(lengthsOf),
  };
}

function kindOf(ack: unknown, actionId: string | undefined, text: string): Shown["kind"] {
  if (actionId !== undefined) return "output";
  const { text: words = text } = z
    .looseObject({ text: z.string().optional() })
    .catch({})
    .parse(ack ?? {});
  if (words.startsWith("*usage*")) return "help";
  return words.includes("*usage*") ? "line_invalid" : "refused";
}

interface Before {
  readonly actions: ReadonlySet<string>;
  readonly calls: number;
  readonly seen: ReadonlySet<string>;
}

async function actionIds(hall: SlackHall): Promise<string[]> {
  const rows = await hall.hall.database.queries.selectFrom("chat.requests").select("action_id").execute();
  return rows.map(({ action_id }) => action_id);
}

async function remember(hall: SlackHall): Promise<Before> {
  const seen = new Set<string>();
  const channels = [hall.actor("ann").channelId];
  for (const who of ["ann", "bob"]) {
    const { channel } = await hall.world.call("conversations.open", { users: hall.actor(who).userId });
    channels.push(z.looseObject({ id: z.string() }).parse(channel).id);
  }
  for (const channel of channels) {
    const { messages = [] } = await hall.world.call("conversations.history", { channel, limit: 1000 });
    for (const { ts } of z.array(Message).parse(messages)) seen.add(`${channel}/${ts}`);
  }
  return { actions: new Set(await actionIds(hall)), calls: hall.world.gate.calls.length, seen };
}

async function newAction(hall: SlackHall, before: Before): Promise<string | undefined> {
  return (await actionIds(hall)).find((id) => !before.actions.has(id));
}

async function answered(hall: SlackHall, actionId: string): Promise<void> {
  const isAnswered = async () => {
    const row = await hall.hall.database.queries
      .selectFrom("chat.requests")
      .select("answered_at")
      .where("action_id", "=", actionId)
      .executeTakeFirstOrThrow();
    return row.answered_at !== null;
  };
  await expect.poll(isAnswered, { timeout: 20_000 }).toBe(true);
}

async function press(
  hall: SlackHall,
  { presser, actionId, value }: { presser: Somebody; actionId: string; value: string },
): Promise<Shown> {
  const before = await remember(hall);
  const responseUrl = hall.world.gate.newResponseUrl();
  await hall.sender.press(hall.actor(presser), { actionId, value, responseUrl });
  const id = await newAction(hall, before);
  if (id === undefined) await expect.poll(() => hall.world.gate.postsTo(responseUrl).length).toBe(1);
  else await answered(hall, id);
  return await shownOf(hall, { who: presser, actionId: id, responseUrl, before, ack: undefined });
}

describeAdapterContract({
  name: "Slack",
  abilities: {
    hasReaders: true,
    hasButtons: true,
    longestText: 3000,
    replacesProgress: true,
    marks: { bold: "*", slanted: "_", code: "`" },
    usage: /^\*usage\*: `\/hall stream <count>/,
  },
  open: async (store) => {
    const database = await store.createDatabase();
    const hall = await openSlackHall({ databaseUrl: database.url });
    expect((await install(hall)).status).toBe(200);

    const start = async (who: Somebody, line: string) => {
      const before = await remember(hall);
      const responseUrl = hall.world.gate.newResponseUrl();
      const ack = await hall.sender.slashCommand(hall.actor(who), {
        command: "/hall",
        text: line,
        responseUrl,
      });
      expect(ack.status).toBe(200);
      const actionId = await newAction(hall, before);
      const shown = () => shownOf(hall, { who, actionId, responseUrl, before, ack: ack.body });
      return { before, responseUrl, actionId, shown };
    };
    return {
      type: async (who, line) => {
        const { actionId, shown } = await start(who, line);
        if (actionId !== undefined) await answered(hall, actionId);
        return await shown();
      },
      begin: async (who, line) => {
        const { actionId = "", responseUrl, shown } = await start(who, line);
        await expect.poll(() => hall.world.gate.postsTo(responseUrl).length, { timeout: 5000 }).toBe(1);
        return {
          cancel: async (canceller) => {
            const before = await remember(hall);
            const url = hall.world.gate.newResponseUrl();
            await hall.sender.press(hall.actor(canceller), {
              actionId: "guildhall_cancel",
              value: actionId,
              responseUrl: url,
            });
            if (canceller === who) return undefined;
            await expect.poll(() => hall.world.gate.postsTo(url).length).toBe(1);
            return await shownOf(hall, {
              who: canceller,
              actionId: undefined,
              responseUrl: url,
              before,
              ack: undefined,
            });
          },
          ended: async () => {
            await answered(hall, actionId);
            return await shown();
          },
        };
      },
      typeTwice: async (who, line) => {
        const before = await remember(hall);
        const responseUrl = hall.world.gate.newResponseUrl();
        const triggerId = deliveryId("twice");
        for (let time = 0; time < 2; time += 1) {
          await hall.sender.slashCommand(hall.actor(who), {
            command: "/hall",
            text: line,
            responseUrl,
            triggerId,
          });
        }
        const ids = (await actionIds(hall)).filter((id) => !before.actions.has(id));
        for (const id of ids) await answered(hall, id);
        return { actions: ids.length, answers: hall.world.gate.postsTo(responseUrl).length };
      },
      close: async () => {
        await hall.stop();
        await database.drop();
      },
    };
  },
});
