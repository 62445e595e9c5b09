import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ThreadMemberSchema, ThreadSummarySchema } from "../../src/http/schemas.ts";
import { stores } from "../support/stores.ts";
import { bodyOf, expectProblem } from "./support/api-client.ts";
import { newThread, useServedHall, type SignedInPerson } from "./support/serve-hall.ts";

const Members = z.object({ items: z.array(ThreadMemberSchema) });

describe.each(stores())("sharing a thread on the $name store", (store) => {
  const { served } = useServedHall(store);
  let owner: SignedInPerson;
  let other: SignedInPerson;
  let stranger: SignedInPerson;
  let threadId = "";
  let members = "";
  beforeAll(async () => {
    [owner, other, stranger] = [await served().join(), await served().join(), await served().join()];
    threadId = await newThread(owner.api);
    members = `/api/v1/threads/${threadId}/members`;
  });

  const rolesSeenBy = async (person: SignedInPerson) =>
    bodyOf(await person.api.get(members), 200, Members).items.map(({ email, role }) => [email, role]);

  it("lets a person in by their e-mail address, in any case of letters", async () => {
    expect(await rolesSeenBy(owner)).toEqual([[owner.email, "owner"]]);
    const given = { email: other.email.toUpperCase(), role: "reader" };
    const member = bodyOf(await owner.api.post(members, given), 201, ThreadMemberSchema);
    expect(member).toMatchObject({ user_id: other.user.id, role: "reader", email: other.email });
    expect(await rolesSeenBy(other)).toEqual([
      [owner.email, "owner"],
      [other.email, "reader"],
    ]);
    const thread = bodyOf(await other.api.get(`/api/v1/threads/${threadId}`), 200, ThreadSummarySchema);
    expect(thread).toMatchObject({ role: "reader", is_shared: true });
    const title = { title: "mine now" };
    expectProblem(await other.api.patch(`/api/v1/threads/${threadId}`, title), "not_found");
  });

  it("changes what a member may do, and takes the thread back", async () => {
    const place = `${members}/${other.user.id}`;
    expect(bodyOf(await owner.api.patch(place, { role: "writer" }), 200, ThreadMemberSchema).role).toBe(
      "writer",
    );
    expect((await other.api.patch(`/api/v1/threads/${threadId}`, { title: "ours" })).status).toBe(200);
    expect((await owner.api.delete(place)).status).toBe(204);
    expectProblem(await other.api.get(`/api/v1/threads/${threadId}`), "not_found");
    expectProblem(await owner.api.delete(place), "not_found");
    expectProblem(await owner.api.patch(place, { role: "reader" }), "not_found");
  });

  it("lets a member leave, and decide nothing else", async () => {
    for (const person of [other, stranger]) {
      expect((await owner.api.post(members, { email: person.email, role: "writer" })).status).toBe(201);
    }
    const add = { email: "nobody@example.org", role: "reader" };
    expectProblem(await other.api.post(members, add), "not_found");
    expectProblem(await other.api.delete(`${members}/${stranger.user.id}`), "not_found");
    expectProblem(await other.api.delete(`${members}/${owner.user.id}`), "not_found");
    const stay = `${members}/${stranger.user.id}`;
    expectProblem(await other.api.patch(stay, { role: "reader" }), "not_found");
    expect((await stranger.api.delete(stay)).status).toBe(204);
    expect(await rolesSeenBy(other)).toHaveLength(2);
    expectProblem(await stranger.api.get(members), "not_found");
  });

  it("says why it cannot be shared so", async () => {
    const share = async (email: string, role = "reader") => await owner.api.post(members, { email, role });
    expectProblem(await share("nobody@example.org"), "no_such_person");
    expectProblem(await share("operator@localhost"), "no_such_person");
    expectProblem(await share(owner.email), "already_owner");
    expectProblem(await share(other.email, "owner"), "body_invalid");
    const admin = await served().join({ admin: true });
    const gone = await served().join();
    await admin.api.patch(`/api/v1/users/${gone.user.id}`, { is_active: false });
    expectProblem(await share(gone.email), "no_such_person");
  });
});
