import { answerOf, done, hall, signalled } from "./client.ts";
import type { ThreadMember } from "./schemas.ts";

/** Where an action of a thread is moved to. */
export type MoveTo =
  | { readonly before: string }
  | { readonly after: string }
  | { readonly direction: "up" | "down" };

const place = (id: string, action_id: string) => ({ params: { path: { id, action_id } } });

/** Moves an action within its thread; everyone who looks sees it by its event. */
export async function moveAction(threadId: string, actionId: string, to: MoveTo): Promise<void> {
  await done(
    hall.POST("/api/v1/threads/{id}/actions/{action_id}/move", { ...place(threadId, actionId), body: to }),
  );
}

/** Shows or hides question and answer of an action in a thread. */
export async function showParts(
  threadId: string,
  actionId: string,
  body: { show_question?: boolean; show_answer?: boolean },
): Promise<void> {
  await done(hall.PATCH("/api/v1/threads/{id}/actions/{action_id}", { ...place(threadId, actionId), body }));
}

/** Takes an action out of a thread; the action itself stays. */
export async function removeAction(threadId: string, actionId: string): Promise<void> {
  await done(hall.DELETE("/api/v1/threads/{id}/actions/{action_id}", place(threadId, actionId)));
}

/** Puts an action last in a thread, also in one more than it is in. */
export async function addAction(threadId: string, actionId: string): Promise<void> {
  await done(hall.PUT("/api/v1/threads/{id}/actions/{action_id}", place(threadId, actionId)));
}

/** Gives an action of one's own another title. */
export async function renameAction(id: string, title: string): Promise<void> {
  await done(hall.PATCH("/api/v1/actions/{id}", { params: { path: { id } }, body: { title } }));
}

/** Who may see a thread: its owner first. */
export async function listMembers(id: string, signal: AbortSignal): Promise<readonly ThreadMember[]> {
  const params = { path: { id } };
  return (await answerOf(hall.GET("/api/v1/threads/{id}/members", { params, ...signalled(signal) }))).items;
}

/** Shares one's own thread with a person of the hall. */
export async function shareThread(
  id: string,
  body: { email: string; role: "reader" | "writer" },
): Promise<void> {
  await done(hall.POST("/api/v1/threads/{id}/members", { params: { path: { id } }, body }));
}

/** Changes what a member of one's own thread may do. */
export async function changeMember(id: string, user_id: string, role: "reader" | "writer"): Promise<void> {
  const params = { path: { id, user_id } };
  await done(hall.PATCH("/api/v1/threads/{id}/members/{user_id}", { params, body: { role } }));
}

/** Takes a thread back from a member, or leaves it. */
export async function removeMember(id: string, user_id: string): Promise<void> {
  await done(hall.DELETE("/api/v1/threads/{id}/members/{user_id}", { params: { path: { id, user_id } } }));
}
