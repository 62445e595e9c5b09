import { DIALECTS, type DialectName, type RollDetail } from "@guildhall/dice-engine";
import {
  choice,
  CommandError,
  defineCommand,
  escapeMarkdown,
  integer,
  json,
  LineRefusedError,
  markdown,
  option,
  rest,
  text,
  type Command,
  type JsonValue,
  type Sealing,
  type State,
} from "@guildhall/sdk";
import { z } from "zod";
import { describeRoll, drawsDice } from "./describe.ts";
import { ROLL_MIME, rollDocument } from "./documents.ts";
import { refusing } from "./refusal.ts";
import type { DiceTable } from "./dice-table.ts";
import type { TableRules } from "./workspaces.ts";
import { commitmentOf, isSecret, newSecret, randomOf, type RollSeed } from "./verifiable-random.ts";

const Session = z.object({
  session: z.string(),
  /** The secret, sealed until it is revealed. */
  sealed: z.string(),
  commitment: z.string(),
  nonce: z.string(),
  counter: z.number(),
});
const NONCE_LENGTH = 100;

/** The command `proof`: a session of rolls that anybody can recompute once its secret is revealed. */
export function proofCommand({
  state,
  sealing,
  dice,
}: {
  readonly state: State;
  readonly sealing: Sealing;
  readonly dice: DiceTable;
}): Command {
  const current = async (channelId: string) => Session.safeParse(await state.get(keyOf(channelId))).data;
  return defineCommand({
    name: "proof",
    summary: "Roll so that everybody can recompute it afterwards",
    description:
      "The hall first publishes a fingerprint of a secret. Each roll is made of the secret, a counter and words that the players chose. In the end the secret is revealed, and roll verify recomputes any roll.",
    examples: ['proof begin "our own words"', "proof roll 1d20+5 stealth", "proof reveal"],
    commands: [
      defineCommand({
        name: "begin",
        summary: "Begin a session in this channel, and publish its fingerprint",
        arguments: { words: rest("Words of the players' own", { maxLength: NONCE_LENGTH }) },
        examples: ['proof begin "our own words"'],
        async *run({ words }, { place, random, action }) {
          const running = await current(place.channelId);
          if (running && sealing.open(running.sealed) !== undefined) {
            throw new CommandError('A session is running here: end it by "proof reveal" first.', {
              code: "session_runs",
            });
          }
          const secret = newSecret(random);
          const commitment = await commitmentOf(secret);
          const session = action.id;
          await state.set(keyOf(place.channelId), {
            session,
            sealed: sealing.seal(secret),
            commitment,
            nonce: words,
            counter: 0,
          });
          yield markdown(
            `Session **${session}** has begun. The SHA-256 of its secret is \`${commitment}\`: keep it, and roll by \`proof roll\`.`,
          );
          yield json({ session, commitment, nonce: words }, "application/vnd.guildhall.proof+json");
        },
      }),
      defineCommand({
        name: "roll",
        summary: "Roll within the session",
        arguments: { expression: rest("The dice, and what for", { required: true, maxLength: 2_000 }) },
        examples: ["proof roll 1d20+5 stealth"],
        async *run({ expression }, context) {
          const { place } = context;
          const dialect = await dice.dialects.of(place.channelId);
          const rules = await dice.workspaces.of(place);
          // A wrong expression must not use up a number.
          refusing(() => rules.expressions.prefixOf(expression, dialect).known.roller);
          let seed: RollSeed | undefined;
          await state.update(keyOf(place.channelId), (value): JsonValue => {
            const session = Session.safeParse(value).data;
            if (!session) throw noSession();
            seed = {
              secret: opened(session, sealing),
              session: session.session,
              nonce: session.nonce,
              counter: session.counter + 1,
            };
            return { ...session, counter: session.counter + 1 };
          });
          if (!seed) throw noSession();
          const proof = { session: seed.session, counter: seed.counter, nonce: seed.nonce };
          const { roll, purpose } = await rollOf(expression, {
            dialect,
            seed,
            rules,
          });
          const { counter } = seed;
          const told = (drawn: boolean) =>
            `${describeRoll(roll, { purpose, manner: [], drawn })}\n\nRoll number ${counter} of the session.`;
          dice.notes.note(context, rules, [{ roll, reason: purpose, told: told(false) }]);
          yield markdown(told(drawsDice(place)));
          yield json(rollDocument(roll, { purpose, proof }), ROLL_MIME);
        },
      }),
      defineCommand({
        name: "reveal",
        summary: "End the session, and publish its secret",
        async *run(_values, { place }) {
          const session = await current(place.channelId);
          if (!session) throw noSession();
          const secret = opened(session, sealing);
          await state.set(keyOf(place.channelId), null);
          const { commitment, nonce, counter } = session;
          yield markdown(
            [
              `The secret of session **${session.session}** is \`${secret}\`; its SHA-256 is \`${commitment}\`, as was published. ${counter} rolls were made.`,
              `Recompute one by \`roll verify --session ${session.session} --secret ${secret} --counter 1 --words "${nonce.replace(/["\\`]/g, "\\$&")}" 1d20\`.`,
            ].join("\n\n"),
          );
          yield json(
            { session: session.session, secret, commitment, nonce, rolls: counter },
            "application/vnd.guildhall.proof+json",
          );
        },
      }),
    ],
  });
}

/** The command `roll verify`: recomputes a roll of a session whose secret is known. */
export function verifyCommand(dice: DiceTable): Command {
  return defineCommand({
    name: "verify",
    summary: "Recompute a roll of a session that was revealed",
    arguments: {
      expression: rest("The dice that were rolled", { required: true, maxLength: 2_000 }),
      session: option(undefined, text("The session", { optional: true })),
      secret: option(undefined, text("Its secret, 64 hexadecimal digits", { optional: true })),
      counter: option(undefined, integer("The number of the roll", { min: 1, default: 1 })),
      words: option(undefined, text("The players' words", { optional: true })),
      dialect: option(undefined, choice("How the dice are written", DIALECTS, { optional: true })),
    },
    pure: true,
    async *run(
      { expression, session = "", secret = "", counter = 1, words = "", dialect: chosen },
      { place },
    ) {
      if (session === "" || !isSecret(secret)) {
        throw new LineRefusedError(
          "Give --session and --secret as they were revealed; a secret has 64 hexadecimal digits.",
          {
            code: "bad_value",
          },
        );
      }
      const dialect = chosen ?? (await dice.dialects.of(place.channelId));
      const seed = { secret, session, counter, nonce: words };
      const { roll, purpose } = await rollOf(expression, {
        dialect,
        seed,
        rules: await dice.workspaces.of(place),
      });
      const commitment = await commitmentOf(secret);
      yield markdown(
        `${describeRoll(roll, { purpose, manner: [] })}\n\nThat is roll ${counter} of session ${escapeMarkdown(session)} if \`${commitment}\` was published at its beginning.`,
      );
      yield json(
        rollDocument(roll, { purpose, proof: { session, counter, nonce: words, commitment } }),
        ROLL_MIME,
      );
    },
  });
}

async function rollOf(
  typed: string,
  given: {
    readonly dialect: DialectName;
    readonly seed: RollSeed;
    readonly rules: TableRules;
  },
): Promise<{ readonly roll: RollDetail; readonly purpose: string }> {
  const { dialect, seed, rules } = given;
  const random = await randomOf(seed);
  return refusing(() => {
    const { known, rest: purpose } = rules.expressions.prefixOf(typed, dialect);
    return { roll: known.roller.roll(random), purpose };
  });
}

/** @throws CommandError when the hall's secret key is another one than at the beginning of the session */
function opened({ sealed }: z.output<typeof Session>, sealing: Sealing): string {
  const secret = sealing.open(sealed);
  if (secret !== undefined) return secret;
  throw new CommandError(
    'The hall\'s secret key has changed since this session began, so its secret is lost: begin another by "proof begin".',
    { code: "session_lost" },
  );
}

function noSession(): CommandError {
  return new CommandError('No session is running here: begin one by "proof begin".', { code: "no_session" });
}

function keyOf(channelId: string): string {
  return `proof_${channelId}`;
}
