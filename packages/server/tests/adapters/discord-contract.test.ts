import type { SentInteraction } from "@guildhall/chat-test-servers";
import { ComponentType, InteractionResponseType, MessageFlags, type APIMessage } from "discord-api-types/v10";
import { expect } from "vitest";
import { GUILD, serveDiscord } from "../discord/serve-discord.ts";
import { describeAdapterContract, type Shown, type ShownButton, type Somebody } from "./contract-suite.ts";

/** What a person reads: a backslash before punctuation is not shown. */
const read = (markup: string) => markup.replace(/\\([!-/:-@[-`{-~])/g, "$1");

const isHidden = ({ flags }: APIMessage) => ((flags ?? 0) & MessageFlags.Ephemeral) !== 0;

function textOf({ content, embeds }: APIMessage): string {
  const parts = [content, ...embeds.flatMap(({ title = "", description = "" }) => [title, description])];
  return read(parts.filter((part) => part !== "" && part !== "\u200B").join("\n"));
}

function buttonsOf(message: APIMessage): { label: string; customId: string }[] {
  return (message.components ?? []).flatMap((row) =>
    row.type === ComponentType.ActionRow
      ? row.components.flatMap((component) =>
          component.type === ComponentType.Button && "custom_id" in component
            ? [{ label: component.label ?? "", customId: component.custom_id }]
            : [],
        )
      : [],
  );
}

const NOTHING = { everybody: "", files: [], buttons: [], lengths: [] };

describeAdapterContract({
  name: "Discord",
  abilities: {
    hasReaders: true,
    hasButtons: true,
    longestText: 2000,
    replacesProgress: true,
    marks: { bold: "**", slanted: "*", code: "`" },
    usage: /\*\*Usage:\*\* `stream/,
  },
  open: async (store) => {
    const database = await store.createDatabase();
    const hall = await serveDiscord({ url: database.url });
    const { discord } = hall;
    let lines = 0;

    // Each line has a channel of its own, so that its messages are all that stand there.
    const freshActor = (who: Somebody) => {
      lines += 1;
      const channelId = discord.world.addChannel({ guildId: GUILD, name: `line-${lines}` });
      return { ...hall.actor(who), channelId, guildId: GUILD };
    };
    const held = (channelId: string) => discord.world.messages(channelId);
    const hasCancel = (message: APIMessage) => buttonsOf(message).some(({ label }) => label === "Cancel");
    const isAnswered = (sent: SentInteraction, skip: number) => {
      const messages = held(sent.interaction.channelId).slice(skip);
      return (
        messages.length > 0 &&
        !sent.interaction.deferred &&
        !messages.some(({ message }) => hasCancel(message))
      );
    };
    const isOpen = async (channelId: string): Promise<boolean> => {
      const open = await hall.hall.database.queries
        .selectFrom("chat.requests")
        .innerJoin("chat.channels", "chat.channels.id", "chat.requests.channel_id")
        .select("chat.requests.action_id")
        .where("chat.channels.external_id", "=", channelId)
        .where("chat.requests.answered_at", "is", null)
        .execute();
      return open.length > 0;
    };

    const shown = async (sent: SentInteraction, skip = 0): Promise<Shown> => {
      const { channelId } = sent.interaction;
      await expect.poll(() => isAnswered(sent, skip), { timeout: 15_000 }).toBe(true);
      await expect.poll(() => isOpen(channelId), { timeout: 15_000 }).toBe(false);
      const messages = held(channelId).slice(skip);
      const of = (hidden: boolean) =>
        messages
          .filter(({ message }) => isHidden(message) === hidden)
          .map(({ message }) => textOf(message))
          .filter((text) => text !== "")
          .join("\n");
      const buttons = messages.flatMap(({ message }) =>
        buttonsOf(message).map(({ label, customId }): ShownButton => {
          const press = async (who: Somebody) => {
            const before = held(channelId).length;
            const actor = { ...hall.actor(who), channelId };
            return await shown(await discord.interactions.press(actor, message, customId), before);
          };
          return { label, forAsker: isHidden(message), press };
        }),
      );
      const [first] = messages;
      const color = first?.message.embeds[0]?.color;
      const isImmediate =
        sent.response?.type === InteractionResponseType.ChannelMessageWithSource &&
        first !== undefined &&
        isHidden(first.message);
      const title = first?.message.embeds[0]?.title;
      const kind =
        isImmediate && title !== undefined
          ? color === 0xff0000
            ? "line_invalid"
            : "help"
          : isImmediate && color === 0xff0000
            ? "refused"
            : "output";
      return {
        kind,
        everybody: of(false),
        asker: of(true),
        files: messages.flatMap(({ message, files }) =>
          files.map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes), forAsker: isHidden(message) })),
        ),
        buttons,
        lengths: messages.map(({ message }) => message.content.length),
      };
    };
    const send = async (who: Somebody, line: string) =>
      await discord.interactions.command(freshActor(who), "hall", { line });

    return {
      type: async (who, line) => await shown(await send(who, line)),
      begin: async (who, line) => {
        const sent = await send(who, line);
        const { channelId } = sent.interaction;
        const running = () => held(channelId).find(({ message }) => hasCancel(message))?.message;
        await expect.poll(running, { timeout: 15_000 }).toBeDefined();
        return {
          cancel: async (presser) => {
            const message = running();
            const customId = message && buttonsOf(message).find(({ label }) => label === "Cancel")?.customId;
            if (!message || customId === undefined) throw new Error("there is no button that cancels");
            const before = held(channelId).length;
            const actor = { ...hall.actor(presser), channelId };
            const pressed = await discord.interactions.press(actor, message, customId);
            if (pressed.response?.type === InteractionResponseType.DeferredMessageUpdate) return undefined;
            // The refused press adds one message, while the action goes on.
            const refusal = held(channelId)[before]?.message;
            return { ...NOTHING, kind: "refused", asker: refusal ? textOf(refusal) : "" };
          },
          ended: async () => await shown(sent),
        };
      },
      typeTwice: async (who, line) => {
        const actor = freshActor(who);
        const sent = await discord.interactions.command(actor, "hall", { line });
        await discord.interactions.again(sent);
        await shown(sent);
        const made = await hall.hall.database.queries
          .selectFrom("actions.actions")
          .select("id")
          .where("raw_text", "=", line)
          .execute();
        const answers = held(actor.channelId).length;
        return { actions: made.length, answers };
      },
      close: async () => {
        await hall.stop();
        await database.drop();
      },
    };
  },
});
