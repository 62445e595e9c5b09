import { answerOf, done, hall, signalled } from "./client.ts";
import type { Invitation, Session, User } from "./schemas.ts";

/** Changes one's password; every other session ends. */
export async function changePassword(body: {
  current_password: string;
  new_password: string;
}): Promise<void> {
  await done(hall.POST("/api/v1/auth/password", { body }));
}

/** Where one is signed in, last used first. */
export async function listSessions(signal: AbortSignal): Promise<readonly Session[]> {
  return (await answerOf(hall.GET("/api/v1/auth/sessions", signalled(signal)))).items;
}

/** Ends one of one's sessions. */
export async function endSession(id: string): Promise<void> {
  await done(hall.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } }));
}

/** A page of all people, by e-mail address. For administrators. */
export async function listPeople({ after, signal }: { after: string | null; signal: AbortSignal }) {
  const query = { limit: 100, ...(after === null ? {} : { after }) };
  return await answerOf(hall.GET("/api/v1/users", { params: { query }, ...signalled(signal) }));
}

/** Changes an account. For administrators. */
export async function changePerson(
  id: string,
  body: { is_active?: boolean; is_administrator?: boolean },
): Promise<User> {
  return await answerOf(hall.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body }));
}

/** The invitations that nobody has used yet. For administrators. */
export async function listInvitations(signal: AbortSignal): Promise<readonly Invitation[]> {
  return (await answerOf(hall.GET("/api/v1/invitations", signalled(signal)))).items;
}

/** Invites somebody, and gives the path of their link, which is told only here. For administrators. */
export async function invite(body: { email: string; is_administrator: boolean }): Promise<{ path: string }> {
  return await answerOf(hall.POST("/api/v1/invitations", { body }));
}

/** Takes an invitation back. For administrators. */
export async function takeInvitationBack(id: string): Promise<void> {
  await done(hall.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } }));
}

/** For whom an invitation is. */
export async function readInvitation(token: string): Promise<Invitation> {
  return await answerOf(hall.POST("/api/v1/auth/invitation", { body: { token } }));
}

/** Makes one's account with an invitation's token, and signs in. */
export async function join(body: { token: string; password: string; display_name: string }): Promise<void> {
  await done(hall.POST("/api/v1/auth/join", { body }));
}

/** Makes a link by which somebody sets a new password, and gives its path, which is told only here. For administrators. */
export async function makePasswordLink(id: string): Promise<{ path: string }> {
  return await answerOf(hall.POST("/api/v1/users/{id}/password-link", { params: { path: { id } } }));
}

/** Whose password a link sets. */
export async function readPasswordLink(token: string): Promise<{ email: string }> {
  return await answerOf(hall.POST("/api/v1/auth/password-link", { body: { token } }));
}

/** Sets a new password by a link's token, and signs in. */
export async function setNewPassword(body: { token: string; password: string }): Promise<void> {
  await done(hall.POST("/api/v1/auth/new-password", { body }));
}
