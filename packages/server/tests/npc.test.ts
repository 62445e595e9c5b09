import { inflateSync } from "node:zlib";
import { npc } from "@guildhall/npc";
import { describe, expect, it } from "vitest";
import type { Principal } from "../src/hall/people.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores } from "./support/stores.ts";
import { freshEmail } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const TABLE = "application/vnd.guildhall.table+json";

/** The pages of a PDF that a reader would see: how many, how large, and all their text. */
function readPdf(bytes: Uint8Array): { pages: number; box: string | undefined; text: string } {
  const raw = Buffer.from(bytes).toString("latin1");
  const streams = [...raw.matchAll(/stream\n([\s\S]*?)\nendstream/g)].map(([, body = ""]) => {
    try {
      return inflateSync(Buffer.from(body, "latin1")).toString("latin1");
    } catch {
      return "";
    }
  });
  const text = streams
    .flatMap((stream) => [...stream.matchAll(/\[(.*?)\] TJ/g)])
    .map(([, line = ""]) =>
      [...line.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1"))
        .join(""),
    )
    .join("\n");
  return {
    pages: raw.match(/\/Type \/Page\n/g)?.length ?? 0,
    box: /\/MediaBox \[([^\]]*)\]/.exec(raw)?.[1],
    text,
  };
}

describe.each(stores())("npcgen on the $name store", (store) => {
  const random = { integer: (low: number) => low };
  const { test } = useTestHall(store, { modules: [npc], random, log: silentLog });
  const ask = async (line: string, person?: Principal) => {
    const asker = person ?? (await test().createPerson(freshEmail()));
    const action = await test().finish(asker, line);
    const last = action.response_chunks.at(-1);
    const pdf = async () => {
      if (!last) throw new Error("there is no output");
      const { bytes } = await test().hall.data.getChunkBytes(asker.user.id, action.id, last.order);
      return readPdf(bytes);
    };
    return { ...action, pdf };
  };

  it("M-42: answers with a landscape Letter PDF of one table, on as many pages as it takes", async () => {
    const { response_chunks: chunks, pdf } = await ask("npcgen 60 -l aaa");
    expect(chunks.map(({ mime }) => mime)).toEqual(["text/markdown", "application/pdf"]);
    expect(chunks[0]?.text_content).toBe("The 60 NPCs you requested");
    expect(chunks[1]?.name).toBe("npcs_60_AAA.pdf");
    const { pages, box, text } = await pdf();
    expect(pages).toBeGreaterThan(1);
    expect(box).toBe("0 0 792 612");
    expect(text).toMatch(/^60 NPCs from AAA\n/);
    expect(text.match(/^tiefling$/gm)).toHaveLength(60);
    expect(text).toContain("Attractiveness");
  });

  it("M-41: makes one when no number is given", async () => {
    const { response_chunks: chunks, pdf } = await ask("npcgen");
    expect(chunks[0]?.text_content).toBe("The NPC you requested");
    expect(chunks[1]?.name).toBe("npcs_1_default.pdf");
    expect((await pdf()).pages).toBe(1);
  });

  it("is a table where that is asked for", async () => {
    const { response_chunks: chunks } = await ask("npcgen 2 -f table");
    expect(chunks.map(({ mime }) => mime)).toEqual(["text/markdown", TABLE]);
    const row = [
      "human",
      "20 years or younger",
      "male",
      "chaotic evil",
      "breaking up/single forever",
      "blue",
      "blonde",
      1,
      1,
      1,
    ];
    expect(JSON.parse(chunks[1]?.text_content ?? "")).toMatchObject({ rows: [row, row] });
  });

  it("M-41: names the locations when there is none such, and has a limit", async () => {
    expect((await ask("npcgen 3 -l Nowhere")).error?.message).toBe(
      'There is no location "Nowhere": use one of default, AAA.',
    );
    const person = await test().createPerson(freshEmail());
    expect(await test().submit(person, "npcgen 201")).toMatchObject({ kind: "line_invalid" });
    expect(await test().submit(person, "npcgen 0")).toMatchObject({ kind: "line_invalid" });
  });
});
