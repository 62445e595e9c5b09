import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, type TestHall } from "./support/test-hall.ts";

const PASSWORD = "correct horse battery staple";
const USED = { code: "setup_link_used" };

describe.each(stores())("the set-up link on the $name store", (store) => {
  let database: TestDatabase;
  let test: TestHall;

  beforeEach(async () => {
    database = await store.createDatabase();
    test = await openTestHall({ url: database.url });
  });
  afterEach(async () => {
    await test.stop();
    await database.drop();
  });

  const makeLink = async () => {
    const token = await test.hall.entryLinks.createSetupToken();
    if (token === undefined) throw new Error("no link was made");
    return token;
  };
  const use = (token: string, email = "Ada@Example.org") =>
    test.hall.entryLinks.setUp({ token, email, password: PASSWORD, user_agent: "a test" });

  it("makes the first administrator, signs them in, and works once", async () => {
    const token = await makeLink();
    const signedIn = await use(token);
    expect(signedIn.user).toMatchObject({ email: "ada@example.org", is_administrator: true, kind: "person" });
    expect((await test.hall.service.getUserFromJwtToken(signedIn.access_token))?.user).toEqual(signedIn.user);
    const again = await test.hall.service.loginUser({
      email: "ada@example.org",
      password: PASSWORD,
      user_agent: "",
    });
    expect(again.user.id).toBe(signedIn.user.id);
    await expect(use(token, "eve@example.org")).rejects.toMatchObject(USED);
    expect(await test.hall.entryLinks.createSetupToken()).toBeUndefined();
  });

  it("lets one win when two use it at once", async () => {
    const token = await makeLink();
    const tries = await Promise.allSettled([use(token, "a@example.org"), use(token, "b@example.org")]);
    expect(tries.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(tries.find((one) => one.status === "rejected")?.reason).toMatchObject(USED);
    expect(await test.hall.people.listUsers({ limit: 10 })).toHaveLength(1);
  });

  it("is replaced by a newer one", async () => {
    const old = await makeLink();
    const fresh = await makeLink();
    await expect(use(old)).rejects.toMatchObject(USED);
    expect((await use(fresh)).user.is_administrator).toBe(true);
  });

  it("cannot be guessed", async () => {
    await makeLink();
    await expect(use("")).rejects.toMatchObject(USED);
    await expect(use("x".repeat(43))).rejects.toMatchObject(USED);
    expect(await test.hall.people.listUsers({ limit: 10 })).toEqual([]);
  });

  it("stays in use when the address is taken", async () => {
    await test.createPerson("ada@example.org");
    const token = await makeLink();
    await expect(use(token)).rejects.toMatchObject({ code: "email_taken" });
    expect((await use(token, "other@example.org")).user.is_administrator).toBe(true);
  });

  it("ends when an administrator is made another way", async () => {
    const token = await makeLink();
    await test.createPerson("boss@example.org", { admin: true, password: PASSWORD });
    await expect(use(token)).rejects.toMatchObject(USED);
    expect(await test.hall.entryLinks.createSetupToken()).toBeUndefined();
  });

  it("ends when somebody becomes an administrator", async () => {
    const token = await makeLink();
    const operator = await test.hall.people.terminalUser(undefined);
    const { user } = await test.createPerson("boss@example.org");
    await test.hall.people.patchUser(operator, user.id, { is_administrator: true });
    await expect(use(token)).rejects.toMatchObject(USED);
    expect(await test.hall.entryLinks.createSetupToken()).toBeUndefined();
  });

  it("is there although the local operator is, who is no first administrator", async () => {
    await test.hall.people.terminalUser(undefined);
    expect((await use(await makeLink())).user.email).toBe("ada@example.org");
  });
});
