import { answerOf, hall } from "./client.ts";
import type { ChatSetUp } from "./schemas.ts";

/** How far the hall is set up on a chat platform. For administrators. */
export async function readChatSetUp(adapter: string, signal: AbortSignal): Promise<ChatSetUp> {
  const params = { path: { adapter } };
  return await answerOf(hall.GET("/api/v1/chat/{adapter}/set-up", { params, signal }));
}

/** Writes a test message into a channel; the ids of the workspaces in which it stands now. For administrators. */
export async function sendTestMessage(adapter: string, channel: string): Promise<readonly string[]> {
  const call = { params: { path: { adapter } }, body: { channel } };
  return (await answerOf(hall.POST("/api/v1/chat/{adapter}/test-message", call))).workspaces;
}
