import { expect, it } from "vitest";
import { HALL_COMMANDS, HALL_MODULES } from "../src/cli/makers/taken-names.ts";
import { openTestHall } from "./support/test-hall.ts";
import { stores } from "./support/stores.ts";

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

it("the names that new modules cannot have are all that the hall itself has", async () => {
  const database = await store.createDatabase();
  const test = await openTestHall({ url: database.url });
  try {
    const own = test.hall.modules.reports.filter(({ origin }) => origin === "hall").map(({ name }) => name);
    expect(own.toSorted()).toEqual(HALL_MODULES.toSorted());
    const commands = test.hall.registry
      .children([])
      .filter(({ module }) => own.includes(module))
      .map(({ command }) => command.name);
    expect(commands.toSorted()).toEqual(HALL_COMMANDS.toSorted());
  } finally {
    await test.stop();
    await database.drop();
  }
});
