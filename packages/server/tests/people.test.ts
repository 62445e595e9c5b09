import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { User } from "../src/data/models.ts";
import type { SignedIn } from "../src/hall/people.ts";
import { SecretKey } from "../src/hall/secret-key.ts";
import { Tokens } from "../src/hall/tokens.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { freshEmail, openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";

const PASSWORD = "correct horse battery staple";
const WRONG = { code: "wrong_password", message: "The e-mail address or the password is wrong." };
const INVALID = { code: "refresh_token_invalid" };
const MINUTE = 60_000;

describe.each(stores())("sign-in on the $name store", (store) => {
  const clock = new TestClock();
  let database: TestDatabase;
  let test: TestHall;
  let administrator: User;
  let user: User;
  let signedIn: SignedIn;

  beforeAll(async () => {
    database = await store.createDatabase();
    test = await openTestHall({ url: database.url, clock });
    administrator = (await test.createPerson("admin@example.org", { admin: true })).user;
  });
  afterAll(async () => {
    await test.stop();
    await database.drop();
  });
  beforeEach(async () => {
    user = (await test.createPerson(freshEmail(), { password: PASSWORD })).user;
    signedIn = await login();
  });

  const login = (email = user.email, password = PASSWORD) =>
    test.hall.service.loginUser({ email, password, user_agent: "a test" });
  const holds = async (token = signedIn.access_token) =>
    (await test.hall.service.getUserFromJwtToken(token)) !== undefined;
  const setActive = (is_active: boolean) => test.hall.people.patchUser(administrator, user.id, { is_active });

  describe("login_user", () => {
    it("takes the right password, under any case of the address", async () => {
      expect(await login(user.email.toUpperCase())).toMatchObject({ user: { id: user.id }, expires_in: 900 });
    });

    it("answers the same to an unknown address, a wrong password and an inactive user", async () => {
      await expect(login("nobody@example.org")).rejects.toMatchObject(WRONG);
      await expect(login(user.email, `${PASSWORD}!`)).rejects.toMatchObject(WRONG);
      await expect(login(user.email, "")).rejects.toMatchObject(WRONG);
      await setActive(false);
      await expect(login()).rejects.toMatchObject(WRONG);
      await setActive(true);
      expect((await login()).user.id).toBe(user.id);
    });

    it("answers so to what no store can hold, too", async () => {
      await expect(login("a\0b@example.org")).rejects.toMatchObject(WRONG);
      await expect(login("\uD800@example.org")).rejects.toMatchObject(WRONG);
    });

    it("refuses whoever has no password", async () => {
      const { email } = (await test.createPerson(freshEmail())).user;
      await expect(login(email, "")).rejects.toMatchObject(WRONG);
    });

    it("reads a password however its letters are composed", async () => {
      const { email } = (await test.createPerson(freshEmail(), { password: "caf\u00E9 au lait" })).user;
      expect((await login(email, "cafe\u0301 au lait")).user.email).toBe(email);
    });

    it("gives no secret away in the user", async () => {
      expect(Object.keys(signedIn.user).toSorted()).toEqual(
        ["created_at", "display_name", "email", "id", "is_active", "is_administrator", "kind"].toSorted(),
      );
    });
  });

  describe("an access token", () => {
    it("tells who it is, with the claim that writes are checked by", async () => {
      const principal = await test.hall.service.getUserFromJwtToken(signedIn.access_token);
      expect(principal).toEqual({
        user,
        claim: { password_version: 1, session_id: signedIn.session_id },
      });
    });

    it("is refused when tampered with", async () => {
      const [header = "", payload = "", signature = ""] = signedIn.access_token.split(".");
      const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
      const changed = { ...Object(claims), sub: administrator.id };
      const forged = Buffer.from(JSON.stringify(changed)).toString("base64url");
      const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
      for (const token of [
        `${header}.${forged}.${signature}`,
        `${none}.${payload}.`,
        `${none}.${payload}.${signature}`,
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        "",
        "a.b.c",
        "not a token at all",
      ]) {
        expect(await holds(token), token).toBe(false);
      }
    });

    it("is refused when another key made it", async () => {
      const claim = {
        user_id: user.id,
        email: user.email,
        password_version: 1,
        session_id: signedIn.session_id,
      };
      const now = () => clock.now();
      const sign = (key: string) =>
        new Tokens({ secretKey: new SecretKey(Buffer.from(key)), now }).signAccess(claim);
      expect(await holds(await sign("another key for tests, long enough"))).toBe(false);
      expect(await holds(await test.hall.tokens.signAccess(claim))).toBe(true);
    });

    it("lasts 15 minutes", async () => {
      clock.advance(14 * MINUTE);
      expect(await holds()).toBe(true);
      clock.advance(2 * MINUTE);
      expect(await holds()).toBe(false);
    });

    it("dies with the password it was made under", async () => {
      const changed = await test.hall.people.changePassword({
        user_id: user.id,
        current_password: PASSWORD,
        new_password: "another password",
        user_agent: "a test",
      });
      expect(await holds()).toBe(false);
      expect(await test.hall.people.principalOfCookie(signedIn.cookie ?? "")).toBeUndefined();
      await expect(test.hall.people.refresh(signedIn.refresh_token)).rejects.toMatchObject(INVALID);
      expect(await holds(changed.access_token)).toBe(true);
      await expect(login()).rejects.toMatchObject(WRONG);
      expect((await login(user.email, "another password")).user.id).toBe(user.id);
    });

    it("does not die by a wrong attempt to change the password", async () => {
      await expect(
        test.hall.people.changePassword({
          user_id: user.id,
          current_password: "wrong password",
          new_password: "another password",
          user_agent: "",
        }),
      ).rejects.toMatchObject({ code: "wrong_password" });
      expect(await holds()).toBe(true);
    });

    it("dies with the account, and tells those who watch", async () => {
      const revoked: string[] = [];
      const stop = test.hall.onRevoked((userId) => revoked.push(userId));
      await setActive(false);
      stop();
      expect(revoked).toEqual([user.id]);
      expect(await holds()).toBe(false);
      expect(await test.hall.people.principalOfCookie(signedIn.cookie ?? "")).toBeUndefined();
      await expect(test.hall.people.refresh(signedIn.refresh_token)).rejects.toMatchObject(INVALID);
    });

    it("dies with its session alone", async () => {
      const other = await login();
      await test.hall.people.logout(signedIn.session_id, user.id);
      expect(await holds()).toBe(false);
      expect(await test.hall.people.principalOfCookie(signedIn.cookie ?? "")).toBeUndefined();
      await expect(test.hall.people.refresh(signedIn.refresh_token)).rejects.toMatchObject(INVALID);
      expect(await holds(other.access_token)).toBe(true);
    });

    it("is no hand-over token, nor the other way round", async () => {
      const until = new Date(clock.now().getTime() + MINUTE);
      const claim = { user_id: user.id, action_id: user.id, attempt: 1 };
      const handOver = await test.hall.tokens.signHandOver(claim, until);
      expect(await test.hall.tokens.readHandOver(handOver)).toEqual(claim);
      expect(await test.hall.tokens.readAccess(handOver)).toBeUndefined();
      expect(await test.hall.tokens.readHandOver(signedIn.access_token)).toBeUndefined();
    });
  });

  describe("a refresh token", () => {
    it("is exchanged for the next, each works once", async () => {
      const next = await test.hall.people.refresh(signedIn.refresh_token);
      expect(next.refresh_token).not.toBe(signedIn.refresh_token);
      expect(next.session_id).toBe(signedIn.session_id);
      expect(await holds(next.access_token)).toBe(true);
      const third = await test.hall.people.refresh(next.refresh_token);
      expect(await holds(third.access_token)).toBe(true);
    });

    it("revokes the session when it is used again", async () => {
      const next = await test.hall.people.refresh(signedIn.refresh_token);
      await expect(test.hall.people.refresh(signedIn.refresh_token)).rejects.toMatchObject(INVALID);
      expect(await holds(next.access_token)).toBe(false);
      await expect(test.hall.people.refresh(next.refresh_token)).rejects.toMatchObject(INVALID);
      expect(await test.hall.people.principalOfCookie(signedIn.cookie ?? "")).toBeUndefined();
    });

    it("lasts 30 days from its making", async () => {
      clock.advance(29 * 24 * 60 * MINUTE);
      const next = await test.hall.people.refresh(signedIn.refresh_token);
      clock.advance(31 * 24 * 60 * MINUTE);
      await expect(test.hall.people.refresh(next.refresh_token)).rejects.toMatchObject(INVALID);
      expect(await test.hall.people.principalOfCookie(signedIn.cookie ?? "")).toBeUndefined();
    });

    it("is not guessed", async () => {
      await expect(test.hall.people.refresh("")).rejects.toMatchObject(INVALID);
      await expect(test.hall.people.refresh(signedIn.access_token)).rejects.toMatchObject(INVALID);
      await expect(test.hall.people.refresh(signedIn.cookie ?? "")).rejects.toMatchObject(INVALID);
    });
  });

  describe("patch_user", () => {
    it("keeps an administrator from taking their own account away", async () => {
      for (const patch of [{ is_active: false }, { is_administrator: false }]) {
        await expect(
          test.hall.people.patchUser(administrator, administrator.id, patch),
        ).rejects.toMatchObject({ code: "own_account" });
      }
    });

    it("changes only what is given, and takes any name", async () => {
      const changed = await test.hall.people.patchUser(administrator, user.id, { display_name: "a\0b" });
      expect(changed).toEqual({ ...user, display_name: "a\uFFFDb" });
      expect(await test.hall.people.patchUser(administrator, user.id, {})).toEqual(changed);
    });
  });

  describe("the local operator", () => {
    it("is one user, cannot sign in, and is no person", async () => {
      const [one, two] = await Promise.all([
        test.hall.people.terminalUser(undefined),
        test.hall.people.terminalUser(undefined),
      ]);
      expect(one).toEqual(two);
      expect(one).toMatchObject({ kind: "operator", is_administrator: true });
      for (const password of ["", "operator", PASSWORD]) {
        await expect(login(one.email, password)).rejects.toMatchObject(WRONG);
      }
      const listed = await test.hall.people.listUsers({ limit: 1000 });
      expect(listed.map((person) => person.id)).not.toContain(one.id);
      await expect(
        test.hall.people.patchUser(administrator, one.id, { is_active: false }),
      ).rejects.toMatchObject({ code: "not_found" });
    });

    it("can stand for an active person, by address", async () => {
      expect((await test.hall.people.terminalUser(user.email.toUpperCase())).id).toBe(user.id);
      await setActive(false);
      await expect(test.hall.people.terminalUser(user.email)).rejects.toMatchObject({ code: "not_found" });
      await expect(test.hall.people.terminalUser("nobody@example.org")).rejects.toMatchObject({
        code: "not_found",
      });
    });
  });
});
