import { SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { SignedInSchema, UserSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { freshEmail, TestClock, testSecretKey } from "../support/test-hall.ts";
import { bodyOf, expectProblem, sessionCookie, type ApiClient } from "./support/api-client.ts";
import { newThread, PASSWORD, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";
const ME = "/api/v1/users/me";

async function login(api: ApiClient, email: string, password = PASSWORD) {
  return await api.post("/api/v1/auth/login", { email, password });
}

/** Expects that neither way in works any more: not where the store is asked, nor where a claim is remembered. */
async function expectSignedOut(person: SignedInPerson, threadId: string): Promise<void> {
  for (const api of [person.api, person.browser]) {
    expectProblem(await api.post(`/api/v1/threads/${threadId}/actions`, { raw_text: "ping" }), "signed_out");
    expectProblem(await api.post("/api/v1/commands/ping", {}), "signed_out");
    expectProblem(await api.get(ME), "signed_out");
  }
}

/** Uses both ways in, so that the hall remembers who they stand for. */
async function beRemembered(person: SignedInPerson): Promise<string> {
  const threadId = await newThread(person.api);
  for (const api of [person.api, person.browser]) {
    const answer = await api.post(`/api/v1/threads/${threadId}/actions`, { raw_text: "ping" });
    expect(answer.status).toBe(200);
  }
  return threadId;
}

describe.each(stores())("set-up on the $name store", (store) => {
  const { served } = useServedHall(store);

  it("makes the first administrator, once", async () => {
    const { hall, api } = served();
    const token = (await hall.entryLinks.createSetupToken()) ?? "";
    const email = freshEmail("first");
    const request = { token, email, password: PASSWORD, display_name: "First" };
    expectProblem(await api.post("/api/v1/auth/setup", { ...request, token: "x" }), "setup_link_used");
    expectProblem(await api.post("/api/v1/auth/setup", { ...request, password: "short" }), "body_invalid");

    const made = await api.post("/api/v1/auth/setup", request);
    const { user, access_token } = bodyOf(made, 201, SignedInSchema);
    expect(user).toMatchObject({ email, display_name: "First", is_administrator: true, kind: "person" });
    expect(bodyOf(await api.withToken(access_token).get(ME), 200, UserSchema)).toEqual(user);
    const { cookie } = sessionCookie(made);
    expect(bodyOf(await api.get(ME, { cookie }), 200, UserSchema)).toEqual(user);

    const again = { ...request, email: freshEmail("second") };
    expectProblem(await api.post("/api/v1/auth/setup", again), "setup_link_used");
    expect(await hall.entryLinks.createSetupToken()).toBeUndefined();
    expectProblem(await login(api, again.email), "wrong_password");
  });
});

describe.each(stores())("signing in on the $name store", (store) => {
  const { served } = useServedHall(store);
  let admin: SignedInPerson;
  beforeAll(async () => {
    admin = await served().join({ admin: true });
  });

  it("gives the promised answer and a cookie that scripts and other sites cannot use", async () => {
    const person = await served().join();
    const answer = await login(served().api, person.email.toUpperCase());
    const body = bodyOf(answer, 200, SignedInSchema);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 900 });
    expect(body.user.email).toBe(person.email);
    const { cookie, attributes } = sessionCookie(answer);
    expect(cookie).toMatch(/^guildhall_session=[\w-]{43}$/);
    expect(attributes).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Strict", "Path=/"]));
    expect(attributes).not.toContain("Secure");
    expect(answer.text).not.toContain(cookie.split("=")[1]);
  });

  it("answers alike for a wrong password, an unknown address, one without a password, an inactive person", async () => {
    const { api } = served();
    const [wrong, inactive] = [await served().join(), await served().join()];
    const without = freshEmail("without");
    await served().createPerson(without);
    await admin.api.patch(`/api/v1/users/${inactive.user.id}`, { is_active: false });
    const answers = [
      await login(api, wrong.email, "not the password"),
      await login(api, freshEmail("nobody")),
      await login(api, without),
      await login(api, inactive.email),
      await login(api, "not even an address"),
    ];
    for (const answer of answers) {
      expectProblem(answer, "wrong_password");
      expect(answer.text).toBe(answers[0]?.text);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });

  it("asks the cookie before the token", async () => {
    const [one, other] = [await served().join(), await served().join()];
    const both = served().api.with({ cookie: one.cookie, authorization: `Bearer ${other.token}` });
    expect(bodyOf(await both.get(ME), 200, UserSchema).id).toBe(one.user.id);
    const stale = served().api.with({
      cookie: "guildhall_session=old",
      authorization: `Bearer ${other.token}`,
    });
    expect(bodyOf(await stale.get(ME), 200, UserSchema).id).toBe(other.user.id);
  });

  it("does not take a dead cookie for whoever once sent it beside a good token", async () => {
    const person = await served().join();
    const threadId = await newThread(person.api);
    const path = `/api/v1/threads/${threadId}/actions`;
    const dead = person.api.with({ cookie: "guildhall_session=dead", origin: served().origin });
    expect((await dead.post(path, { raw_text: "ping" })).status).toBe(200);
    const stranger = served().api.with({ cookie: "guildhall_session=dead", origin: served().origin });
    expectProblem(await stranger.post(path, { raw_text: "ping" }), "signed_out");
    const forged = stranger.with({ authorization: "Bearer forged" });
    expectProblem(await forged.post(path, { raw_text: "ping" }), "signed_out");
  });

  it("is 401 on every path that needs it, whatever else is wrong with the request", async () => {
    const { contract, api } = served();
    const guarded = Object.entries(contract.description.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => operation.security?.length !== 0)
        .map(([method]) => ({ method: method.toUpperCase(), path })),
    );
    expect(guarded.length).toBeGreaterThan(40);
    for (const { method, path } of guarded) {
      const place = path.replaceAll(/\{(\w+)\}/g, (_all, name) => (name === "order" ? "1" : UNKNOWN_ID));
      const credentials: Record<string, string>[] = [
        {},
        { authorization: "Bearer not.a.token" },
        { cookie: "guildhall_session=nonsense", origin: served().origin },
      ];
      for (const headers of credentials) {
        expectProblem(await api.send({ method, path: place, headers }), "signed_out");
        if (method === "GET") continue;
        const typed = { ...headers, "content-type": "application/json" };
        expectProblem(
          await api.send({ method, path: place, headers: typed, body: '{"no":1}' }),
          "signed_out",
        );
      }
    }
  });
});

describe.each(stores())("the end of a sign-in on the $name store", (store) => {
  const { served } = useServedHall(store);
  let admin: SignedInPerson;
  beforeAll(async () => {
    admin = await served().join({ admin: true });
  });

  it("comes at once with logout, for that session only", async () => {
    const person = await served().join();
    const elsewhere = await served().signIn(person.email);
    const threadId = await beRemembered(person);
    const answer = await person.browser.post("/api/v1/auth/logout");
    expect(answer.status).toBe(204);
    expect(sessionCookie(answer).cookie).toBe("guildhall_session=");
    await expectSignedOut(person, threadId);
    const refresh = { refresh_token: person.refreshToken };
    expectProblem(await served().api.post("/api/v1/auth/refresh", refresh), "refresh_token_invalid");
    expect((await elsewhere.api.get(ME)).status).toBe(200);
  });

  it("comes at once with logout by token", async () => {
    const person = await served().join();
    const threadId = await beRemembered(person);
    expect((await person.api.post("/api/v1/auth/logout")).status).toBe(204);
    await expectSignedOut(person, threadId);
  });

  it("comes at once with a new password, for every session but the new one", async () => {
    const person = await served().join();
    const elsewhere = await served().signIn(person.email);
    const threadId = await beRemembered(person);
    await beRemembered(elsewhere);
    const wrong = { current_password: "not the password", new_password: "another password" };
    expectProblem(await person.api.post("/api/v1/auth/password", wrong), "wrong_password");
    const right = { current_password: PASSWORD, new_password: "another password" };
    const changed = await person.api.post("/api/v1/auth/password", right);
    const { access_token } = bodyOf(changed, 200, SignedInSchema);
    await expectSignedOut(person, threadId);
    await expectSignedOut(elsewhere, threadId);
    for (const { refreshToken } of [person, elsewhere]) {
      const refresh = await served().api.post("/api/v1/auth/refresh", { refresh_token: refreshToken });
      expectProblem(refresh, "refresh_token_invalid");
    }
    expectProblem(await login(served().api, person.email), "wrong_password");
    expect((await served().api.withToken(access_token).get(ME)).status).toBe(200);
    const { cookie } = sessionCookie(changed);
    expect((await served().api.get(ME, { cookie })).status).toBe(200);
  });

  it("comes at once with deactivation", async () => {
    const person = await served().join();
    const threadId = await beRemembered(person);
    const path = `/api/v1/users/${person.user.id}`;
    const patched = await admin.api.patch(path, { is_active: false });
    expect(bodyOf(patched, 200, UserSchema).is_active).toBe(false);
    await expectSignedOut(person, threadId);
    const refresh = { refresh_token: person.refreshToken };
    expectProblem(await served().api.post("/api/v1/auth/refresh", refresh), "refresh_token_invalid");
  });

  it("takes an administrator's rights away at once", async () => {
    const person = await served().join({ admin: true });
    expect((await person.api.post("/api/v1/commands/admin-only", {})).status).toBe(200);
    await admin.api.patch(`/api/v1/users/${person.user.id}`, { is_administrator: false });
    expectProblem(await person.api.get("/api/v1/users"), "permission_denied");
    expectProblem(await person.api.post("/api/v1/commands/admin-only", {}), "permission_denied");
    const self = await admin.api.patch(`/api/v1/users/${admin.user.id}`, { is_active: false });
    expectProblem(self, "own_account");
  });
});

describe.each(stores())("tokens on the $name store", (store) => {
  const clock = new TestClock();
  const { served } = useServedHall(store, { clock });

  it("refresh with rotation; a used one ends the session", async () => {
    const person = await served().join();
    const exchange = async (refresh_token: string) =>
      await served().api.post("/api/v1/auth/refresh", { refresh_token });
    const second = bodyOf(await exchange(person.refreshToken), 200, SignedInSchema);
    expect(second.refresh_token).not.toBe(person.refreshToken);
    const third = bodyOf(await exchange(second.refresh_token), 200, SignedInSchema);
    expect((await served().api.withToken(third.access_token).get(ME)).status).toBe(200);
    expectProblem(await exchange(second.refresh_token), "refresh_token_invalid");
    for (const token of [person.token, second.access_token, third.access_token]) {
      expectProblem(await served().api.withToken(token).get(ME), "signed_out");
    }
    expectProblem(await exchange(third.refresh_token), "refresh_token_invalid");
    expectProblem(await exchange("nonsense"), "refresh_token_invalid");
  });

  it("last 15 minutes; the session 30 days after its last refresh", async () => {
    const person = await served().join();
    clock.advance(14 * 60_000);
    expect((await person.api.get(ME)).status).toBe(200);
    clock.advance(2 * 60_000);
    expectProblem(await person.api.get(ME), "signed_out");
    expectProblem(await person.api.post("/api/v1/commands/ping", {}), "signed_out");
    expect((await person.browser.get(ME)).status).toBe(200);
    clock.advance(31 * 86_400_000);
    expectProblem(await person.browser.get(ME), "signed_out");
    const refresh = { refresh_token: person.refreshToken };
    expectProblem(await served().api.post("/api/v1/auth/refresh", refresh), "refresh_token_invalid");
  });

  it("are refused when forged, unsigned, of another kind, or another person's session", async () => {
    const [person, other] = [await served().join(), await served().join({ admin: true })];
    const [header = "", payload = "", signature = ""] = person.token.split(".");
    const Claims = z.looseObject({ sub: z.string(), exp: z.number() });
    const claims = Claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: other.user.id })).toString("base64url");
    const key = testSecretKey.derive("tokens");
    const sign = async (content: object, with_key = key) =>
      await new SignJWT({ ...claims, ...content }).setProtectedHeader({ alg: "HS256" }).sign(with_key);
    expect(
      (
        await served()
          .api.withToken(await sign({}))
          .get(ME)
      ).status,
    ).toBe(200);
    const forged = [
      `${header}.${changed}.${signature}`,
      new UnsecuredJWT(claims).encode(),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`,
      await sign({}, Buffer.from("a guessed key that is long enough")),
      await sign({ sub: other.user.id }),
      await sign({ aud: "hand-over" }),
      await sign({ iss: "elsewhere" }),
      await sign({ password_version: 2 }),
      await sign({ sid: UNKNOWN_ID }),
    ];
    for (const token of forged) expectProblem(await served().api.withToken(token).get(ME), "signed_out");
    expectProblem(await served().api.get(`${ME}?access_token=${person.token}`), "signed_out");
    expectProblem(
      await served().api.get(ME, { authorization: `Basic ${btoa(`${person.email}:${PASSWORD}`)}` }),
      "signed_out",
    );
  });
});

describe("limits and places", () => {
  const store = stores().slice(0, 1);

  describe.each(store)("behind TLS", (embedded) => {
    const { served } = useServedHall(embedded, { server: { publicUrl: "https://hall.example.org" } });
    it("gives the cookie to TLS alone", async () => {
      const person = await served().join();
      const { attributes } = sessionCookie(await login(served().api, person.email));
      expect(attributes).toEqual(expect.arrayContaining(["Secure", "HttpOnly", "SameSite=Strict"]));
    });
  });

  describe.each(store)("guessing", (embedded) => {
    const { served } = useServedHall(embedded, { server: { requestsPerMinute: 60 } });

    it("is slowed for one account, without locking out another", async () => {
      const { api } = served();
      const email = freshEmail("victim");
      const answers = await Promise.all(
        Array.from(
          { length: 32 },
          async () => await api.post("/api/v1/auth/login", { email, password: "x" }),
        ),
      );
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(2);
      for (const answer of refused) expectProblem(answer, "too_many_requests");
      expectProblem(await login(api, freshEmail("another")), "wrong_password");
    });

    it("is slowed for one address, whatever accounts it tries", async () => {
      const { api } = served();
      const answers = await Promise.all(
        Array.from({ length: 60 }, async () => await login(api, freshEmail("guess"))),
      );
      expect(answers.some(({ status }) => status === 429)).toBe(true);
      expectProblem(await api.get(ME), "too_many_requests");
    });
  });
});
