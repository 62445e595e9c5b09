import type { Place, PlatformChannels } from "@guildhall/sdk";
import type { HelpPage } from "../commands/help/layout.ts";
import type { LineError } from "../commands/line-error.ts";
import type { ChatAccount, ChatPlace } from "../data/chat-entries.ts";
import type { ChatOutput } from "./chat-output.ts";

/** An action whose answer its platform is to get. */
export interface ChatRequest {
  readonly actionId: string;
  readonly place: Place;
  /** The platform's id of the account that asked. */
  readonly accountId: string;
  /** The platform's own address for the answer, as the adapter gave it. */
  readonly reply: string;
  /** Whether a server before this one began to answer it. */
  readonly isResumed: boolean;
  /** The output that the platform has not had yet, as it comes. */
  readonly output: AsyncIterable<ChatOutput>;
  /** Aborts when the server stops: what is left is answered by another, or after the next start. */
  readonly signal: AbortSignal;
  /** The bytes of a binary chunk. */
  bytes(order: number): Promise<{ mime: string; name: string | null; bytes: Buffer }>;
  /** Notes that the platform has all chunks up to this one, so that a later server does not repeat them. */
  answered(order: number): Promise<void>;
}

/** A chat platform as the hall sees it: who shows what actions put out, and reaches the channels. */
export interface ChatConnection {
  readonly adapter: string;
  readonly channels: PlatformChannels;
  /** Shows an action's output on the platform. A fault that it throws is logged, and the answer given up. */
  answer(request: ChatRequest): Promise<void>;
}

/** What comes with everything that is typed or pressed on a chat platform. */
export interface ChatInput {
  readonly account: ChatAccount;
  readonly place: ChatPlace;
  /** The platform's id of this delivery: one that comes again starts nothing. */
  readonly key: string;
  /** The platform's own address for the answer; kept sealed. */
  readonly reply: string;
  /** Whether the account's roles on the platform make it an administrator; asked only when that matters. */
  readonly isAdministrator?: () => Promise<boolean>;
}

/** A button that a command put out. */
export interface PressedButton {
  readonly actionId: string;
  /** The chunk that holds it, and its place therein from 0. */
  readonly order: number;
  readonly index: number;
}

/** What became of a line, typed arguments, or a press. */
export type ChatSubmission =
  | {
      readonly kind: "action";
      readonly actionId: string;
      /** Begins to answer; to be called once the platform has its acknowledgement. */
      readonly begin: () => void;
      /** Whether the message with the pressed button is to go, since the answer takes its place. */
      readonly replaces?: true;
    }
  /** The same delivery came before and is being answered. */
  | { readonly kind: "repeated"; readonly actionId: string }
  | ({ readonly kind: "help" } & HelpPage)
  | ({ readonly kind: "line_invalid"; readonly error: LineError } & HelpPage)
  /** `message` is for the person. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string };
