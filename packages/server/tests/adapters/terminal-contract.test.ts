import { runTerminalLine } from "../../src/adapters/terminal/run-terminal-line.ts";
import { printFrames } from "../../src/adapters/terminal/print-frames.ts";
import type { TerminalFrame } from "../../src/adapters/terminal/terminal-frame.ts";
import { freshEmail, openTestHall } from "../support/test-hall.ts";
import { describeAdapterContract, type Shown, type Somebody } from "./contract-suite.ts";

describeAdapterContract({
  name: "terminal",
  abilities: {
    hasReaders: false,
    hasButtons: false,
    replacesProgress: false,
    marks: { bold: "", slanted: "", code: "" },
    usage: /^Usage: stream/,
  },
  open: async (store) => {
    const database = await store.createDatabase();
    const test = await openTestHall({ url: database.url });
    const emails = { ann: freshEmail("ann"), bob: freshEmail("bob") };
    for (const email of Object.values(emails)) await test.createPerson(email);

    const start = (who: Somebody, line: string) => {
      const gone = new AbortController();
      const frames: TerminalFrame[] = [];
      const heard = new Promise<void>((resolve, reject) => {
        void (async () => {
          const request = { line, as: emails[who], ansi: false, width: 80 };
          for await (const frame of runTerminalLine(test.hall, request, gone.signal)) {
            frames.push(frame);
            if (frame.kind === "chunk") resolve();
          }
        })().then(() => {
          resolve();
          end();
        }, reject);
      });
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      return { gone, frames, heard, ended };
    };

    const shown = async (who: Somebody, frames: readonly TerminalFrame[]): Promise<Shown> => {
      const parts: string[] = [];
      const collect = (text: string) => void parts.push(text);
      async function* again() {
        yield* frames;
      }
      await printFrames(again(), { output: { out: collect, err: collect, ansi: false }, json: false });
      const user = await test.hall.people.terminalUser(emails[who]);
      const files = [];
      for (const frame of frames) {
        if (frame.kind !== "chunk" || frame.chunk.binary_url === undefined) continue;
        const [, actionId = ""] = /actions\/([^/]+)/.exec(frame.chunk.binary_url) ?? [];
        const { name, bytes } = await test.hall.data.getChunkBytes(user.id, actionId, frame.chunk.order);
        files.push({ name: name ?? "", bytes, forAsker: true });
      }
      const [first] = frames;
      const kind =
        first?.kind === "help" || first?.kind === "line_invalid" || first?.kind === "refused"
          ? first.kind
          : "output";
      return { kind, everybody: "", asker: parts.join(""), files, buttons: [], lengths: [] };
    };

    return {
      type: async (who, line) => {
        const { frames, ended } = start(who, line);
        await ended;
        return await shown(who, frames);
      },
      begin: async (who, line) => {
        const { gone, frames, heard, ended } = start(who, line);
        await heard;
        return {
          cancel: async () => {
            gone.abort();
            return undefined;
          },
          ended: async () => {
            await ended;
            return await shown(who, frames);
          },
        };
      },
      // A terminal sends a line once, over a socket that either takes it or fails.
      typeTwice: async (who, line) => {
        const { frames, ended } = start(who, line);
        await ended;
        const count = (kind: TerminalFrame["kind"]) => frames.filter((frame) => frame.kind === kind).length;
        return { actions: count("accepted"), answers: count("end") };
      },
      close: async () => {
        await test.stop();
        await database.drop();
      },
    };
  },
});
