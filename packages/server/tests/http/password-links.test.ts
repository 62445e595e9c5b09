import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { SignedInSchema, UserSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { TestClock } from "../support/test-hall.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { PASSWORD, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const Made = z.object({ token: z.string(), path: z.string(), expires_at: z.iso.datetime() });
const NEW_PASSWORD = "an entirely new password";
const clock = new TestClock(new Date());

describe.each(stores())("links for a new password on the $name store", (store) => {
  const { served } = useServedHall(store, { clock });
  let admin: SignedInPerson;
  beforeAll(async () => {
    admin = await served().join({ admin: true });
  });

  const linkOf = async ({ user }: SignedInPerson) =>
    bodyOf(await admin.api.post(`/api/v1/users/${user.id}/password-link`, {}), 201, Made);
  const use = async (token: string, password = NEW_PASSWORD) =>
    await served().api.post("/api/v1/auth/new-password", { token, password });
  const login = async (email: string, password: string) =>
    await served().api.post("/api/v1/auth/login", { email, password });

  it("set it once, sign in, and end every session before", async () => {
    const person = await served().join();
    const { token, path, expires_at } = await linkOf(person);
    expect(path).toBe(`/new-password#${token}`);
    expect(Date.parse(expires_at) - clock.now().getTime()).toBe(86_400_000);
    const looked = await served().api.post("/api/v1/auth/password-link", { token });
    expect(bodyOf(looked, 200, z.object({ email: z.string() })).email).toBe(person.email);
    expect((await person.api.get("/api/v1/users/me")).status).toBe(200);

    expectProblem(await use(token, "short"), "body_invalid");
    const signedIn = bodyOf(await use(token), 201, SignedInSchema);
    expect(signedIn.user.id).toBe(person.user.id);
    expectProblem(await person.api.get("/api/v1/users/me"), "signed_out");
    const me = await served().api.withToken(signedIn.access_token).get("/api/v1/users/me");
    expect(bodyOf(me, 200, UserSchema).id).toBe(person.user.id);
    expectProblem(await login(person.email, PASSWORD), "wrong_password");
    expect((await login(person.email, NEW_PASSWORD)).status).toBe(200);
    expectProblem(await use(token), "password_link_used");
  });

  it("are of no use when used at once, replaced, made up, expired, or overtaken by another change", async () => {
    const person = await served().join();
    const first = await linkOf(person);
    const second = await linkOf(person);
    expectProblem(await use(first.token), "password_link_used");
    const answers = await Promise.all([use(second.token), use(second.token), use(second.token)]);
    expect(answers.map(({ status }) => status).toSorted((low, high) => low - high)).toEqual([201, 403, 403]);
    expectProblem(await use("made up"), "password_link_used");

    const other = await served().join();
    const overtaken = await linkOf(other);
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    expect((await other.api.post("/api/v1/auth/password", change)).status).toBe(200);
    expectProblem(await use(overtaken.token, "something else again"), "password_link_used");

    const late = await linkOf(other);
    clock.advance(86_400_000);
    expectProblem(await use(late.token), "password_link_used");
    expectProblem(
      await served().api.post("/api/v1/auth/password-link", { token: late.token }),
      "password_link_used",
    );
    admin = await served().signIn(admin.email);
  });

  it("are made by administrators, for active people other than themselves", async () => {
    const member = await served().join();
    const place = (id: string) => `/api/v1/users/${id}/password-link`;
    expectProblem(await member.api.post(place(admin.user.id), {}), "permission_denied");
    expectProblem(await served().api.post(place(member.user.id), {}), "signed_out");
    expectProblem(await admin.api.post(place(admin.user.id), {}), "own_account");
    const { token } = await linkOf(member);
    await admin.api.patch(`/api/v1/users/${member.user.id}`, { is_active: false });
    expectProblem(await use(token), "password_link_used");
    expectProblem(await admin.api.post(place(member.user.id), {}), "not_found");
    expectProblem(await admin.api.post(place("01890000-0000-7000-8000-000000000000"), {}), "not_found");
  });
});
