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
    ],
  }),
});

const Run = z.looseObject({ outcome: z.string().nullable(), note: z.string().nullable(), cause: z.string() });
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
