import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { InvitationSchema, SignedInSchema, UserSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { freshEmail, TestClock } from "../support/test-hall.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { PASSWORD, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const PLACE = "/api/v1/invitations";
const Invited = z.object({ invitation: InvitationSchema, token: z.string(), path: z.string() });
const List = z.object({ items: z.array(InvitationSchema) });
const clock = new TestClock(new Date());

describe.each(stores())("invitations on the $name store", (store) => {
  const { served } = useServedHall(store, { clock });
  let admin: SignedInPerson;
  beforeAll(async () => {
    admin = await served().join({ admin: true });
  });

  const invite = async (email: string, more = {}) =>
    bodyOf(await admin.api.post(PLACE, { email, ...more }), 201, Invited);
  const pending = async () => bodyOf(await admin.api.get(PLACE), 200, List).items.map(({ email }) => email);
  const join = async (token: string, more = {}) =>
    await served().api.post("/api/v1/auth/join", { token, password: PASSWORD, ...more });

  it("let somebody make their own account, once", async () => {
    const email = freshEmail("guest");
    const { invitation, token, path } = await invite(email.toUpperCase());
    expect(path).toBe(`/join#${token}`);
    expect(invitation).toMatchObject({ email, is_administrator: false });
    const days = (Date.parse(invitation.expires_at) - clock.now().getTime()) / 86_400_000;
    expect(days).toBe(7);
    expect(await pending()).toContain(email);
    const looked = await served().api.post("/api/v1/auth/invitation", { token });
    expect(bodyOf(looked, 200, InvitationSchema)).toEqual(invitation);

    expectProblem(await join(token, { password: "short" }), "body_invalid");
    const joined = await join(token, { display_name: "Guest" });
    const { user, access_token } = bodyOf(joined, 201, SignedInSchema);
    expect(user).toMatchObject({ email, display_name: "Guest", is_administrator: false, is_active: true });
    expect(joined.headers["set-cookie"]?.[0]).toMatch(/^guildhall_session=.*HttpOnly/);
    const me = await served().api.withToken(access_token).get("/api/v1/users/me");
    expect(bodyOf(me, 200, UserSchema).id).toBe(user.id);
    expect(await pending()).not.toContain(email);
    expectProblem(await join(token), "invitation_used");
    expectProblem(await served().api.post("/api/v1/auth/invitation", { token }), "invitation_used");
    expectProblem(await admin.api.post(PLACE, { email }), "email_taken");
  });

  it("are of no use when replaced, taken back, expired, or made up", async () => {
    const email = freshEmail("guest");
    const first = await invite(email);
    const second = await invite(email, { is_administrator: true });
    expectProblem(await join(first.token), "invitation_used");
    expect(await pending()).toEqual(expect.arrayContaining([email]));
    expect((await admin.api.delete(`${PLACE}/${second.invitation.id}`)).status).toBe(204);
    expectProblem(await join(second.token), "invitation_used");
    expectProblem(await admin.api.delete(`${PLACE}/${second.invitation.id}`), "not_found");

    const late = await invite(email);
    clock.advance(7 * 86_400_000);
    admin = await served().signIn(admin.email);
    expectProblem(await join(late.token), "invitation_used");
    expect(await pending()).not.toContain(email);
    expectProblem(await join("made up"), "invitation_used");
  });

  it("make one account, however often they are used at once", async () => {
    const { token } = await invite(freshEmail("guest"));
    const answers = await Promise.all([join(token), join(token), join(token)]);
    expect(answers.map(({ status }) => status).toSorted((low, high) => low - high)).toEqual([201, 403, 403]);
  });

  it("can make an administrator, and are for administrators only to give", async () => {
    const { token } = await invite(freshEmail("guest"), { is_administrator: true });
    const { user } = bodyOf(await join(token), 201, SignedInSchema);
    expect(user.is_administrator).toBe(true);
    const member = await served().join();
    expectProblem(await member.api.get(PLACE), "permission_denied");
    expectProblem(await member.api.post(PLACE, { email: freshEmail() }), "permission_denied");
    expectProblem(await member.api.delete(`${PLACE}/${user.id}`), "permission_denied");
    expectProblem(await served().api.post(PLACE, { email: freshEmail() }), "signed_out");
  });
});

describe.each(stores())("the last administrator on the $name store", (store) => {
  const { served } = useServedHall(store);

  it("stays, even when two take the right from each other at once", async () => {
    const [one, other] = [await served().join({ admin: true }), await served().join({ admin: true })];
    const demote = async (by: SignedInPerson, whom: SignedInPerson) =>
      await by.api.patch(`/api/v1/users/${whom.user.id}`, { is_administrator: false });
    const answers = await Promise.all([demote(one, other), demote(other, one)]);
    const statuses = answers.map(({ status }) => status).toSorted((low, high) => low - high);
    // The second is refused because it would be the last, or because its asker is an administrator no more.
    expect(statuses[0]).toBe(200);
    expect(statuses[1]).toBeOneOf([403, 409]);
    const { people } = served().hall;
    const left = (await people.listUsers({ limit: 10 })).filter((user) => user.is_administrator);
    expect(left).toHaveLength(1);
    const [last] = left;
    const asking = { ...one.user, id: "01890000-0000-7000-8000-000000000000" };
    for (const patch of [{ is_active: false }, { is_administrator: false }]) {
      await expect(people.patchUser(asking, last?.id ?? "", patch)).rejects.toMatchObject({
        code: "last_administrator",
      });
    }
  });
});
