import { describe, expect, it } from "vitest";
import { z } from "zod";
import { SessionSchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { TestClock } from "../support/test-hall.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { PASSWORD, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const PLACE = "/api/v1/auth/sessions";
const Sessions = z.object({ items: z.array(SessionSchema) });
const clock = new TestClock(new Date());

describe.each(stores())("one's sessions on the $name store", (store) => {
  const { served } = useServedHall(store, { clock });

  const listed = async (person: SignedInPerson) => bodyOf(await person.api.get(PLACE), 200, Sessions).items;

  it("are listed with what signed in, when, and which one asks; secrets are not", async () => {
    const first = await served().join();
    clock.advance(60_000);
    const browser = { "user-agent": "Browser/1.0 (Ada's machine)" };
    const login = { email: first.email, password: PASSWORD };
    await served().api.with(browser).post("/api/v1/auth/login", login);
    const sessions = await listed(first);
    expect(sessions.map(({ user_agent, is_current }) => [user_agent, is_current])).toEqual([
      ["Browser/1.0 (Ada's machine)", false],
      ["", true],
    ]);
    expect(Object.keys(sessions[0] ?? {}).toSorted()).toEqual([
      "created_at",
      "expires_at",
      "id",
      "is_current",
      "last_used_at",
      "user_agent",
    ]);
    const other = await served().join();
    expect(await listed(other)).toHaveLength(1);
  });

  it("tell when they were last used, to within five minutes", async () => {
    const person = await served().join();
    clock.advance(4 * 60_000);
    const [before] = await listed(person);
    expect(before?.last_used_at).toBe(before?.created_at);
    clock.advance(2 * 60_000);
    await person.browser.get("/api/v1/users/me");
    const [after] = await listed(person);
    expect(after?.last_used_at).toBe(clock.now().toISOString());
  });

  it("are ended from elsewhere, at once, and only by their own person", async () => {
    const here = await served().join();
    const there = await served().signIn(here.email);
    const id = (await listed(there)).find((session) => session.is_current)?.id ?? "";
    const stranger = await served().join();
    expectProblem(await stranger.api.delete(`${PLACE}/${id}`), "not_found");
    await there.api.post("/api/v1/commands/ping", {});
    expect((await here.api.delete(`${PLACE}/${id}`)).status).toBe(204);
    for (const api of [there.api, there.browser]) {
      expectProblem(await api.get("/api/v1/users/me"), "signed_out");
      expectProblem(await api.post("/api/v1/commands/ping", {}), "signed_out");
    }
    const refresh = { refresh_token: there.refreshToken };
    expectProblem(await served().api.post("/api/v1/auth/refresh", refresh), "refresh_token_invalid");
    expect(await listed(here)).toHaveLength(1);
    expectProblem(await here.api.delete(`${PLACE}/${id}`), "not_found");
  });

  it("that a new password has ended are listed no more", async () => {
    const person = await served().join();
    await served().signIn(person.email);
    const change = { current_password: PASSWORD, new_password: "a very new password" };
    expectProblem(
      await person.api.post("/api/v1/auth/password", { ...change, current_password: "a wrong one" }),
      "wrong_password",
    );
    const changed = await person.api.post("/api/v1/auth/password", change);
    const { access_token } = bodyOf(changed, 200, z.looseObject({ access_token: z.string() }));
    const answer = await served().api.withToken(access_token).get(PLACE);
    expect(bodyOf(answer, 200, Sessions).items).toMatchObject([{ is_current: true }]);
  });
});
