import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { startRedis, type TestRedis } from "../support/redis-server.ts";
import { stores } from "../support/stores.ts";
import { bodyOf } from "./support/api-client.ts";
import { serveHall, type ServedHall } from "./support/serve-hall.ts";

const Health = z.looseObject({ status: z.string(), store: z.string(), state: z.string() });

describe.runIf(inject("redis")).each(stores().slice(-1))("a hall whose Redis goes away", (store) => {
  let redis: TestRedis;
  let served: ServedHall;
  const undo: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    undo.push(() => redis.stop());
    const made = await store.createDatabase();
    undo.push(() => made.drop());
    served = await serveHall({ url: made.url, stateOnRedis: { url: redis.url } });
    undo.push(() => served.stop());
  });
  afterAll(async () => {
    for (const one of undo.toReversed()) await one();
  });

  const health = async (status: number) => bodyOf(await served.api.get("/health"), status, Health);

  it("says so in its health, does everything else, and is well again when it is back", async () => {
    const person = await served.join();
    expect(await health(200)).toMatchObject({ store: "healthy", state: "healthy" });
    await redis.kill();
    expect(await health(503)).toMatchObject({ status: "unhealthy", store: "healthy", state: "unavailable" });
    const answer = await person.api.post("/api/v1/commands/ping", {});
    expect(answer.status).toBe(200);
    await redis.start();
    await expect.poll(async () => (await served.api.get("/health")).status, { timeout: 10_000 }).toBe(200);
    expect(await health(200)).toMatchObject({ state: "healthy" });
  });
});
