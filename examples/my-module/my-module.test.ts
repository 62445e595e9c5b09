import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionApi } from "@guildhall/connection-api";
import { openMemoryHall, startModule } from "@guildhall/sdk/testing";
import { myNewModule } from "./index.ts";

const open = () => openMemoryHall({ modules: [connectionApi, myNewModule] });

test("does not start without what it depends on", async () => {
  const { parts } = await startModule(myNewModule);
  assert.equal(parts, false);
});

test("is healthy, and says so under its name", async () => {
  const hall = await open();
  assert.equal((await hall.health("my_new_module"))?.status, "healthy");
});

test("keeps what it is sent, and lists it", async () => {
  const hall = await open();
  await hall.request("POST", "/my-module/data", { body: { name: "rope", metres: 20 } });
  const { body } = await hall.request("GET", "/my-module/data");
  assert.partialDeepStrictEqual(body, { success: true, count: 1, data: [{ name: "rope", metres: 20 }] });
});

test("refuses an item without a name, and whoever is not signed in", async () => {
  const hall = await open();
  const { body } = await hall.request("POST", "/my-module/data", { body: {} });
  assert.deepEqual(body, { success: false, error: "Missing required field: name" });
  assert.equal((await hall.request("GET", "/my-module/protected")).status, 401);
});

test("keeps notes", async () => {
  const hall = await open();
  await hall.send("my-note add buy rope");
  await hall.expectReply("my-note list", "- buy rope");
});
