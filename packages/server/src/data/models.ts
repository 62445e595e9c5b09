import type { JsonValue } from "@guildhall/sdk";
import type { StoredActionError } from "./tables/actions.ts";

/** A user without secrets (requirements 5c). */
export interface User {
  readonly id: string;
  readonly kind: "person" | "operator" | "system";
  readonly is_active: boolean;
  readonly is_administrator: boolean;
  readonly email: string;
  readonly display_name: string;
  readonly created_at: Date;
}

/** One of a user's sign-ins. */
export interface Session {
  readonly id: string;
  readonly user_agent: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
}

/** Somebody who may make an account. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly is_administrator: boolean;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/** A chunk as it is stored; bytes are read apart, by its order. */
export interface ActionResponseChunk {
  readonly id: string;
  readonly action_id: string;
  readonly order: number;
  readonly mime: string;
  readonly text_content: string | null;
  readonly is_binary: boolean;
  readonly name: string | null;
  /** "asker": only the person who ran the action may see it. */
  readonly audience: "thread" | "asker";
}

/** How far an action has come. */
export type ActionState = "accepted" | "running" | "completed" | "failed" | "cancelled";

/** A run of a command, without its output. */
export interface ActionHead {
  readonly id: string;
  readonly user_id: string;
  readonly handler_name: string;
  readonly state: ActionState;
  readonly is_completed: boolean;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly title: string;
  readonly request: JsonValue;
  readonly raw_text: string;
  readonly error: StoredActionError | null;
  readonly adapter: string;
}

/** A run of a command with its output in order. */
export interface Action extends ActionHead {
  readonly response_chunks: readonly ActionResponseChunk[];
}

/** A thread without its actions. `role` is what the asking user may do with it. */
export interface ThreadSummary {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Date;
  readonly title: string;
  readonly description: string;
  readonly last_seq: number;
  /** Whether anybody but its owner may see it. */
  readonly is_shared: boolean;
  readonly role: "owner" | "writer" | "reader";
}

/** Who may see a thread. */
export interface ThreadMember {
  readonly user_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly role: ThreadSummary["role"];
  readonly since: Date;
}

/** An action's place in a thread. */
export interface ThreadAction {
  readonly id: string;
  readonly thread_id: string;
  readonly display_order: number;
  readonly show_question: boolean;
  readonly show_answer: boolean;
  readonly action: Action;
}

/** A thread with a run of its actions in display order; `last_seq` was read at the same instant. */
export interface Thread extends ThreadSummary {
  readonly thread_actions: readonly ThreadAction[];
  /** Whether actions stand before the first one given. */
  readonly has_earlier: boolean;
}

/** A user's settings of one command. */
export interface ActionHandlerConfiguration {
  readonly action_handler_name: string;
  readonly configuration: JsonValue;
  readonly updated_at: Date | null;
}
