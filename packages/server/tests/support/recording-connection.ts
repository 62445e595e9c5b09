import type { PlatformChannels } from "@guildhall/sdk";
import type {
  ChatConnection,
  ChatInput,
  ChatRequest,
  ChatSubmission,
} from "../../src/hall/chat-connection.ts";
import type { ChatOutput } from "../../src/hall/chat-output.ts";

/** A chat platform that only writes down what it is told. */
export class RecordingConnection implements ChatConnection {
  readonly adapter: string;
  readonly requests: ChatRequest[] = [];
  readonly outputs = new Map<string, ChatOutput[]>();
  /** Whether it tells the hall how far it came. */
  confirms = true;
  readonly channels: PlatformChannels = {
    match: async () => [],
    async *history() {},
    async *answers() {},
    lastActivity: async () => undefined,
    post: async () => undefined,
  };

  constructor(adapter = "paper") {
    this.adapter = adapter;
  }

  async answer(request: ChatRequest): Promise<void> {
    this.requests.push(request);
    const told: ChatOutput[] = [];
    this.outputs.set(request.actionId, told);
    for await (const output of request.output) {
      told.push(output);
      if (output.kind === "chunk" && this.confirms) await request.answered(output.chunk.order);
    }
  }

  texts(actionId: string): (string | null)[] {
    return (this.outputs.get(actionId) ?? []).flatMap((output) =>
      output.kind === "chunk" ? [output.chunk.text_content] : [],
    );
  }

  hasEnded(actionId: string): boolean {
    return this.outputs.get(actionId)?.at(-1)?.kind === "end";
  }
}

let deliveries = 0;

/** What comes with a line from somebody in a channel of the workspace `T1`. */
export function chatInput(
  who: string,
  options: { channelId?: string; isPrivate?: boolean; key?: string; workspaceId?: string } = {},
): ChatInput {
  const { channelId = "C1", isPrivate = false, workspaceId = "T1" } = options;
  deliveries += 1;
  return {
    account: { adapter: "paper", workspaceId, accountId: who, displayName: `${who} by name` },
    place: { workspaceId, channelId, channelName: "general", isPrivate },
    key: options.key ?? `delivery-${deliveries}`,
    reply: `reply-to-${who}`,
  };
}

/** The action's id; begins to answer it. @throws Error when no action was made */
export function begun(submission: ChatSubmission): string {
  if (submission.kind !== "action") throw new Error(`it led to ${JSON.stringify(submission)}`);
  submission.begin();
  return submission.actionId;
}
