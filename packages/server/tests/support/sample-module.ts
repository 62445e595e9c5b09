import { setTimeout as delay } from "node:timers/promises";
import {
  buttons,
  CommandError,
  defineCommand,
  defineModule,
  escapeMarkdown,
  file,
  forAsker,
  integer,
  json,
  LineRefusedError,
  markdown,
  option,
  plainText,
  progress,
  rest,
  table,
  text,
  type Chunk,
  type Command,
  type Module,
} from "@guildhall/sdk";

/** What `fail` and `pure-fail` throw: nobody but the log may see it. */
export const SECRET_MESSAGE = "connect failed: password=hunter2 at /srv/secret/path";

/** What `odd` and `pure-odd` put out: a NUL and half of a surrogate pair. */
export const ODD_TEXT = "a\0b\uD800c";

const never = (): Promise<never> => new Promise(() => undefined);

const streamArguments = {
  count: integer("how many chunks", { min: 0, max: 100_000 }),
  ms: option(undefined, integer("milliseconds between them", { min: 0, default: 0 })),
};

async function* numbered(
  { count, ms }: { readonly count: number; readonly ms: number | undefined },
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  for (let number = 1; number <= count; number += 1) {
    if (ms !== undefined && ms > 0) await delay(ms, undefined, { signal });
    yield plainText(`chunk ${number}`);
  }
}

async function* untilTold(signal: AbortSignal): AsyncGenerator<Chunk> {
  yield plainText("waiting");
  await new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function failing(error: Error): Iterable<Chunk> {
  return {
    [Symbol.iterator]: () => ({
      next: () => {
        throw error;
      },
    }),
  };
}

async function* forEver(): AsyncGenerator<Chunk> {
  await never();
  yield plainText("never");
}

const commands: readonly Command[] = [
  defineCommand({
    name: "echo",
    summary: "Say it again (pure)",
    arguments: { words: rest("what to say") },
    pure: true,
    *run({ words }) {
      yield plainText(words);
    },
  }),
  defineCommand({
    name: "toast",
    summary: "Drink to somebody, with what is asked for (pure)",
    arguments: {
      words: rest("what to say"),
      answers: option(undefined, text("who, and with what", { optional: true })),
    },
    pure: true,
    *run({ words, answers }) {
      if (answers === undefined) {
        throw new LineRefusedError("To whom, and with what: answer by --answers.", {
          code: "unanswered",
          asked: {
            argument: "answers",
            questions: [
              { label: "To whom", defaultValue: "all" },
              { label: "With what", choices: ["mead", "water"] },
            ],
          },
        });
      }
      yield plainText(`${answers}: ${words}`);
    },
  }),
  defineCommand({
    name: "stream",
    summary: "Put out so many texts",
    arguments: streamArguments,
    run: (values, { signal }) => numbered(values, signal),
  }),
  defineCommand({
    name: "again",
    summary: "Put out so many texts; may be run again",
    arguments: streamArguments,
    rerun: true,
    run: (values, { signal }) => numbered(values, signal),
  }),
  defineCommand({
    name: "whisper",
    summary: "Put out one text for all, one and a file for the asker alone, and one for all",
    async *run() {
      yield plainText("for all");
      yield forAsker(plainText("for you alone"));
      yield forAsker(file({ mime: "text/plain", bytes: Buffer.from("secret"), name: "secret.txt" }));
      yield plainText("for all again");
    },
  }),
  defineCommand({
    name: "pure-whisper",
    summary: "Put out one text for all and one for the asker alone (pure)",
    pure: true,
    *run() {
      yield plainText("for all");
      yield forAsker(plainText("for you alone"));
    },
  }),
  defineCommand({
    name: "long",
    summary: "Put out one text of so many numbered words",
    arguments: { words: integer("how many", { min: 1, max: 100_000 }) },
    *run({ words }) {
      yield plainText(Array.from({ length: words }, (_, index) => `word${index}`).join(" "));
    },
  }),
  defineCommand({
    name: "count",
    summary: "Report progress up to a number, then say that it is done",
    arguments: {
      to: integer("how far", { min: 1, max: 1000 }),
      ms: option(undefined, integer("milliseconds between two steps", { min: 0, default: 0 })),
    },
    async *run({ to, ms }, { signal }) {
      for (let done = 1; done <= to; done += 1) {
        if (ms !== undefined && ms > 0) await delay(ms, undefined, { signal });
        yield progress({ done, total: to, label: "Counting" });
      }
      yield plainText("counted");
    },
  }),
  defineCommand({
    name: "scores",
    summary: "Put out a table",
    pure: true,
    *run() {
      yield table({
        columns: ["name", "points"],
        rows: [
          ["Ada", 12],
          ["Bob & <Co>", 7],
        ],
      });
    },
  }),
  defineCommand({
    name: "styled",
    summary: "Put out Markdown with typed words in it (pure)",
    arguments: { words: rest("what to say") },
    pure: true,
    *run({ words }) {
      yield markdown(`**bold** and *slanted* and \`code\`: ${escapeMarkdown(words)}`);
    },
  }),
  defineCommand({
    name: "choose",
    summary: "Put out buttons for all, and buttons for the asker alone",
    async *run() {
      yield buttons([
        { label: "Echo", line: "echo pressed" },
        { label: "Where", line: "where" },
      ]);
      yield forAsker(buttons([{ label: "Mine", line: "echo mine" }]));
    },
  }),
  defineCommand({
    name: "where-again",
    summary: "Wait until told to stop, then tell where it was typed; may be run again",
    rerun: true,
    async *run(_values, { place, action, signal }) {
      yield json({ ...place });
      if (action.attempt === 1) yield* untilTold(signal);
    },
  }),
  defineCommand({
    name: "where",
    summary: "Tell where it was typed (pure)",
    pure: true,
    *run(_values, { place }) {
      yield json({ ...place });
    },
  }),
  defineCommand({
    name: "fail",
    summary: "Break after one chunk",
    async *run() {
      yield plainText("before the fault");
      throw new Error(SECRET_MESSAGE);
    },
  }),
  defineCommand({
    name: "pure-fail",
    summary: "Break at once (pure)",
    pure: true,
    run: () => failing(new Error(SECRET_MESSAGE)),
  }),
  defineCommand({
    name: "refuse",
    summary: "Refuse politely",
    run: () => failing(new CommandError("There is no goblin here. Try a dragon.", { code: "no_goblin" })),
  }),
  defineCommand({ name: "hang", summary: "Never answer, whatever is asked", run: () => forEver() }),
  defineCommand({
    name: "hang-limited",
    summary: "Never answer; limited to a second",
    timeLimitSeconds: 1,
    run: () => forEver(),
  }),
  defineCommand({
    name: "wait",
    summary: "Wait until told to stop",
    run: (_values, { signal }) => untilTold(signal),
  }),
  defineCommand({
    name: "wait-limited",
    summary: "Wait until told to stop; limited to a second",
    timeLimitSeconds: 1,
    run: (_values, { signal }) => untilTold(signal),
  }),
  defineCommand({
    name: "wait-again",
    summary: "Wait until told to stop; may be run again",
    rerun: true,
    run: (_values, { signal }) => untilTold(signal),
  }),
  defineCommand({
    name: "handover",
    summary: "Leave the rest to whoever holds the token, which is put out",
    arguments: { within: option(undefined, integer("seconds until it must be done", { default: 60 })) },
    async *run({ within }, context) {
      const given = await context.handOver({ withinSeconds: within ?? 60 });
      yield json({ token: given.token, expires_at: given.expiresAt.toISOString() });
    },
  }),
  defineCommand({
    name: "admin-only",
    summary: "For administrators",
    permission: "administrator",
    pure: true,
    *run() {
      yield plainText("you may");
    },
  }),
  defineCommand({
    name: "big",
    summary: "Put out a file of so many bytes",
    arguments: { size: integer("how many bytes", { min: 0, max: 100_000_000 }) },
    async *run({ size }) {
      yield file({ mime: "application/octet-stream", bytes: bigBytes(size), name: "big.bin" });
    },
  }),
  defineCommand({
    name: "odd",
    summary: "Put out text that no store takes as it is",
    async *run() {
      yield plainText(ODD_TEXT);
    },
  }),
  defineCommand({
    name: "odd-mime",
    summary: "Put out a chunk of a kind that no store takes as it is",
    async *run() {
      yield { mime: ODD_TEXT, text: "odd", name: ODD_TEXT };
    },
  }),
  defineCommand({
    name: "odd-refuse",
    summary: "Refuse in words that no store takes as they are",
    run: () => failing(new CommandError(ODD_TEXT, { code: ODD_TEXT })),
  }),
  defineCommand({
    name: "pure-odd-refuse",
    summary: "Refuse in words that no store takes as they are (pure)",
    pure: true,
    run: () => failing(new CommandError(ODD_TEXT, { code: ODD_TEXT })),
  }),
  defineCommand({
    name: "pure-odd",
    summary: "Put out text that no store takes as it is (pure)",
    pure: true,
    *run() {
      yield plainText(ODD_TEXT);
    },
  }),
];

/** The bytes that `big` puts out. */
export function bigBytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => index % 251);
}

/** A module that declares what it needs on each platform. */
export const reactingModule: Module = defineModule({
  name: "reacting",
  summary: "Needs to see and give reactions",
  permissions: { slack: ["reactions:read"], discord: ["AddReactions"] },
  initialize: () => ({}),
});

/** Commands that do what tests need: stream, fail, hang, wait, hand over and more. */
export const sampleModule: Module = defineModule({
  name: "sample",
  summary: "Commands for tests",
  initialize: () => ({ commands }),
});
