import { afterAll, beforeAll } from "vitest";
import type { TestDatabase, TestStore } from "./stores.ts";
import { openTestHall, type TestHall, type TestHallOptions } from "./test-hall.ts";

/** A database and a hall for all tests of a describe block; taken away at its end. */
export function useTestHall(
  store: TestStore,
  options: Omit<TestHallOptions, "url"> = {},
): { readonly url: () => string; readonly test: () => TestHall } {
  let opened: { url: string; test: TestHall } | undefined;
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await store.createDatabase();
    opened = { url: database.url, test: await openTestHall({ url: database.url, ...options }) };
  });
  afterAll(async () => {
    await opened?.test.stop();
    await database?.drop();
  });
  const given = () => {
    if (!opened) throw new Error("the hall is open only while tests run");
    return opened;
  };
  return { url: () => given().url, test: () => given().test };
}
