import { MIME } from "@guildhall/sdk";
import { z } from "zod";
import { ActionSchema, HelpSchema } from "../../src/http/schemas.ts";
import { sampleModule } from "../support/sample-module.ts";
import type { Answer } from "../http/support/wire.ts";
import { finished, newThread, serveHall, type SignedInPerson } from "../http/support/serve-hall.ts";
import { describeAdapterContract, type Shown, type ShownButton, type Somebody } from "./contract-suite.ts";

const Refusal = z.object({ code: z.string(), detail: z.string(), help: HelpSchema.shape.help.optional() });
const Buttons = z.array(z.object({ label: z.string(), line: z.string() }));

describeAdapterContract({
  name: "REST",
  abilities: {
    hasReaders: true,
    hasButtons: true,
    replacesProgress: false,
    // REST gives Markdown as it is; its reader renders it.
    marks: { bold: "**", slanted: "*", code: "`" },
    usage: /^Usage: stream/,
  },
  open: async (store) => {
    const database = await store.createDatabase();
    const served = await serveHall({ url: database.url, modules: [sampleModule] });
    const people: Record<Somebody, SignedInPerson> = { ann: await served.join(), bob: await served.join() };
    const threadId = await newThread(people.ann.api);
    await served.hall.database.queries
      .insertInto("threads.thread_members")
      .values({ thread_id: threadId, user_id: people.bob.user.id, role: "writer", created_at: new Date() })
      .execute();
    let keys = 0;

    const send = async (who: Somebody, raw_text: string, key?: string) => {
      const path = `/api/v1/threads/${threadId}/actions`;
      return await people[who].api.send({
        method: "POST",
        path,
        headers: { "content-type": "application/json", ...(key ? { "idempotency-key": key } : {}) },
        body: JSON.stringify({ raw_text }),
      });
    };
    const other = (who: Somebody): Somebody => (who === "ann" ? "bob" : "ann");
    const refused = ({ text }: Answer): Shown => {
      const { code, detail, help } = Refusal.parse(JSON.parse(text));
      const kind = code === "line_invalid" ? "line_invalid" : "refused";
      return { ...NOTHING, kind, asker: [detail, help?.text ?? ""].join("\n") };
    };

    const shownOf = async (who: Somebody, id: string): Promise<Shown> => {
      const own = await finished(people[who].api, id);
      const visible = await finished(people[other(who)].api, id);
      const publicOrders = new Set(visible.response_chunks.map(({ order }) => order));
      const files = [];
      const buttons: ShownButton[] = [];
      for (const { order, mime, binary_url, name, text_content } of own.response_chunks) {
        const forAsker = !publicOrders.has(order);
        if (binary_url !== undefined) {
          const { bytes } = await people[who].api.send({ method: "GET", path: binary_url });
          files.push({ name: name ?? "", bytes, forAsker });
        }
        if (mime !== MIME.buttons) continue;
        for (const { label, line } of Buttons.parse(JSON.parse(text_content ?? ""))) {
          const press = async (presser: Somebody) =>
            forAsker && presser !== who ? REFUSED : await type(presser, line);
          buttons.push({ label, forAsker, press });
        }
      }
      const read = (chunks: typeof own.response_chunks) =>
        chunks
          .map(({ mime, text_content = "" }) =>
            mime === MIME.markdown
              ? text_content.replace(/\\([^A-Za-z0-9\s])/g, "$1")
              : textOf(mime, text_content),
          )
          .join("\n");
      return {
        kind: "output",
        everybody: read(visible.response_chunks),
        asker: read(own.response_chunks.filter(({ order }) => !publicOrders.has(order))),
        files,
        buttons,
        lengths: [],
      };
    };

    const type = async (who: Somebody, line: string): Promise<Shown> => {
      const answer = await send(who, line);
      if (answer.status >= 400) return refused(answer);
      const body: unknown = JSON.parse(answer.text);
      const help = HelpSchema.safeParse(body);
      if (help.success) return { ...NOTHING, kind: "help", asker: help.data.help.text };
      return await shownOf(who, ActionSchema.parse(body).id);
    };

    return {
      type,
      begin: async (who, line) => {
        const { id } = ActionSchema.parse(JSON.parse((await send(who, line)).text));
        return {
          cancel: async (canceller) => {
            const answer = await people[canceller].api.post(`/api/v1/actions/${id}/cancel`, {});
            return answer.status >= 400 ? refused(answer) : undefined;
          },
          ended: () => shownOf(who, id),
        };
      },
      typeTwice: async (who, line) => {
        keys += 1;
        const answers = [await send(who, line, `key-${keys}`), await send(who, line, `key-${keys}`)];
        const ids = answers.map(({ text }) => ActionSchema.parse(JSON.parse(text)).id);
        return { actions: new Set(ids).size, answers: new Set(ids).size };
      },
      close: async () => {
        await served.stop();
        await database.drop();
      },
    };
  },
});

const NOTHING: Shown = { kind: "output", everybody: "", asker: "", files: [], buttons: [], lengths: [] };
/** Over REST nobody can press what they cannot read. */
const REFUSED: Shown = { ...NOTHING, kind: "refused" };

function textOf(mime: string, content: string): string {
  return mime.endsWith("+json") ? JSON.stringify(JSON.parse(content)).replaceAll('\\"', '"') : content;
}
