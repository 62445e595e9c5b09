import { defineModule, defineService } from "@guildhall/sdk";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

let release: (() => void) | undefined;

const worker = defineModule({
  name: "worker",
  summary: "Works",
  initialize: () => ({
    services: [
      defineService({
        name: "work",
        summary: "Works until it is let go",
        schedule: { cron: "0 3 * * *", timeZone: "Europe/Berlin" },
        timeLimitSeconds: 60,
        run: async ({ progress }) => {
          progress("half of it");
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          return { note: "all of it" };
        },
      }),
      defineService({
        name: "broken",
        summary: "Fails",
        schedule: { cron: "0 3 * * *" },
        timeLimitSeconds: 60,
        run: async () => {
          throw new Error("the wheel is broken");
        },
      }),
    ],
  }),
});

const Run = z.looseObject({ outcome: z.string().nullable(), note: z.string().nullable(), cause: z.string() });
const Health = z.looseObject({ status: z.string(), modules: z.looseObject({ unhealthy: z.int() }) });
const Service = z.looseObject({
  name: z.string(),
  is_paused: z.boolean(),
  schedule: z.string(),
  next_run_at: z.string(),
  progress: z.string().nullable(),
  current_run: Run.nullable(),
  last_run: Run.nullable(),
  runs: z.array(Run).optional(),
});

describe.each(stores())("services over REST on the $name store", (store) => {
  const { served } = useServedHall(store, { modules: [worker] });
  const place = "/api/v1/services/work";
  let admin: SignedInPerson;
  let member: SignedInPerson;
  beforeAll(async () => {
    admin = await served().join({ admin: true });
    member = await served().join();
  });

  it("are seen by everyone who is signed in", async () => {
    const { items } = bodyOf(
      await member.api.get("/api/v1/services"),
      200,
      z.object({ items: z.array(Service) }),
    );
    expect(items).toMatchObject([
      { name: "broken" },
      { name: "work", is_paused: false, schedule: "cron 0 3 * * * (Europe/Berlin)", last_run: null },
    ]);
    expectProblem(await served().api.get("/api/v1/services"), "signed_out");
    expectProblem(await member.api.get("/api/v1/services/play"), "not_found");
  });

  it("are steered by administrators only", async () => {
    for (const verb of ["run", "pause", "resume"]) {
      expectProblem(await member.api.post(`${place}/${verb}`), "permission_denied");
      expectProblem(await admin.api.post(`/api/v1/services/play/${verb}`), "not_found");
    }
    expect(bodyOf(await admin.api.post(`${place}/pause`), 200, Service).is_paused).toBe(true);
    expect(bodyOf(await admin.api.post(`${place}/resume`), 200, Service).is_paused).toBe(false);
  });

  it("that fail a hundred times in a row are seen in /health and /metrics", async () => {
    for (let round = 0; round < 100; round += 1) {
      const begun = await served().hall.services.runNow("broken");
      expect(begun.kind === "begun" && (await begun.ended)).toBe("failed");
    }
    // What modules say of themselves is kept for a second.
    await expect
      .poll(async () => bodyOf(await served().api.get("/health"), 200, Health), { timeout: 5000 })
      .toMatchObject({ status: "degraded", modules: { unhealthy: 1 } });
    const health = bodyOf(await served().api.get("/modules/services/health"), 200, z.looseObject({}));
    expect(health).toMatchObject({ status: "degraded", detail: "broken failed 100 times in a row" });
    const metrics = await (await fetch(`${served().origin}/metrics`)).text();
    expect(metrics).toContain('guildhall_service_failures_in_a_row{service="broken"} 100');
  });

  it("run when asked, once at a time, and show how it went", async () => {
    const begun = bodyOf(await admin.api.post(`${place}/run`), 202, Service);
    expect(begun).toMatchObject({ progress: "half of it", current_run: { cause: "asked", outcome: null } });
    expectProblem(await admin.api.post(`${place}/run`), "service_running");
    release?.();
    await expect
      .poll(async () => bodyOf(await member.api.get(place), 200, Service).runs, { timeout: 10_000 })
      .toMatchObject([{ cause: "asked", outcome: "done", note: "all of it" }]);
  });
});
