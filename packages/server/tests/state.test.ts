import { openDatabase } from "../src/data/database.ts";
import { TableState } from "../src/data/state/table-state.ts";
import { silentLog } from "./support/silent-log.ts";
import { stateSuite } from "./support/state-suite.ts";
import { stores } from "./support/stores.ts";

for (const store of stores()) {
  stateSuite(`in the tables of the ${store.name} store`, async () => {
    const made = await store.createDatabase();
    const database = openDatabase({ url: made.url, log: silentLog });
    return {
      open: (now) => new TableState({ database, now }),
      close: async () => {
        await database.close();
        await made.drop();
      },
    };
  });
}
