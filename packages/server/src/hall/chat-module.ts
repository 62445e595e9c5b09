import { createHash } from "node:crypto";
import {
  CommandError,
  defineCommand,
  defineModule,
  forAsker,
  plainText,
  text,
  type Module,
  type Random,
} from "@guildhall/sdk";
import type { ChatLinks } from "../data/chat-links.ts";
import type { DataAccessor } from "../data/data-accessor.ts";

// Crockford's base 32: no letter that is mistaken for a digit. Twelve of them, 60 bits, cannot be guessed in time.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 12;
const CODE_MINUTES = 10;

/** The commands that join a chat account to an account of the hall, and undo that. */
export function chatModule({
  links,
  data,
}: {
  readonly links: ChatLinks;
  readonly data: DataAccessor;
}): Module {
  const link = defineCommand({
    name: "link",
    summary: "Join a chat account to your account in the hall",
    description:
      "Type it in the console or terminal, where you are signed in: it shows a code. Within ten minutes type it with the code in chat; from then on you are the same person in both.",
    arguments: { code: text("the code that the hall showed", { optional: true, maxLength: 40 }) },
    examples: ["link", "link 7QKX-20DF-9MPA"],
    async *run({ code }, { user, place, action, clock, random }) {
      const identityId = await links.identityOf(action.id);
      if (identityId === undefined) {
        if (code !== undefined) {
          throw new CommandError(
            "A code is typed in chat: in Slack as /hall link CODE, in Discord as /link.",
          );
        }
        const fresh = newCode(random);
        const expiresAt = new Date(clock.now().getTime() + CODE_MINUTES * 60_000);
        await links.storeCode(user.id, digest(fresh), expiresAt);
        const shown = fresh.match(/.{4}/g)?.join("-") ?? fresh;
        yield forAsker(
          plainText(
            `${shown}\nType "link ${shown}" in chat within ${CODE_MINUTES} minutes, as the account to be joined to ${user.email}. Give the code to nobody.`,
          ),
        );
        return;
      }
      if (code === undefined) {
        throw new CommandError(
          `Type "link" in the hall's console first: it shows a code. Then type it here, as in "link 7QKX-20DF-9MPA".`,
        );
      }
      const owner = await links.useCode(identityId, digest(normalised(code)));
      if (owner === undefined) {
        throw new CommandError(
          'This code is not known, was used, or is older than ten minutes: type "link" in the console for a new one.',
          { code: "link_code_invalid" },
        );
      }
      const { email } = await data.getUser(owner);
      yield forAsker(plainText(`From now on you are ${email} in ${place.adapter}. "unlink" undoes it.`));
    },
  });

  const unlink = defineCommand({
    name: "unlink",
    summary: "Part your chat account from your account in the hall",
    description: "Type it in chat. What you did before stays with the account that did it.",
    async *run(_values, { place, action }) {
      const identityId = await links.identityOf(action.id);
      if (identityId === undefined) {
        throw new CommandError("This is typed in chat, as the account that is to be parted.");
      }
      if (!(await links.unlink(identityId))) {
        throw new CommandError("This chat account is not joined to another account.", { code: "not_linked" });
      }
      yield forAsker(plainText(`You are yourself again in ${place.adapter}.`));
    },
  });

  return defineModule({
    name: "chat",
    summary: "One person on every way in",
    initialize: () => ({ commands: [link, unlink] }),
  });
}

function newCode(random: Random): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET[random.integer(0, ALPHABET.length - 1)]).join("");
}

/** As Crockford reads it: any case, with or without hyphens, and a letter for the digit that it looks like. */
function normalised(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
}

// A code is random, single and short-lived: it needs no slow hash.
const digest = (code: string) => createHash("sha256").update(code).digest();
