import type { Records } from "@guildhall/connection-api";
import { defineCommand, escapeMarkdown, markdown, plainText, rest, type Command } from "@guildhall/sdk";
import { z } from "zod";

const Note = z.object({ text: z.string() });

/** `my-note add TEXT` and `my-note list`: everybody's own notes. */
export function noteCommand(records: Records): Command {
  return defineCommand({
    name: "my-note",
    summary: "Keep notes, and list them",
    commands: [
      defineCommand({
        name: "add",
        summary: "Keep a note",
        arguments: { text: rest("the note", { maxLength: 500 }) },
        examples: ["my-note add buy rope"],
        async *run({ text }, { user }) {
          await records.create({ data: { text }, userId: user.id });
          yield plainText("Noted.");
        },
      }),
      defineCommand({
        name: "list",
        summary: "Your notes, newest first",
        examples: ["my-note list"],
        async *run(_, { user }) {
          const notes = await records.list({ userId: user.id });
          if (notes.length === 0) yield plainText("You have no notes.");
          else
            yield markdown(notes.map(({ data }) => `- ${escapeMarkdown(Note.parse(data).text)}`).join("\n"));
        },
      }),
    ],
  });
}
