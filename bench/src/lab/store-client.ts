import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { storeFolder } from "./places.ts";

/** Does something with a connection to a hall's own embedded store, which runs. */
export async function withEmbeddedStore<Result>(
  dataFolder: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const file = await readFile(`${storeFolder(dataFolder)}/cluster/postmaster.pid`, "utf8");
  // PostgreSQL's lock file: its fifth line is the folder of the socket.
  const host = file.split("\n")[4];
  if (!host) throw new Error("the embedded store does not say where its socket is");
  return await withClient({ host, port: 5432, user: "guildhall", database: "guildhall" }, use);
}

/** Does something with a connection, which is closed afterwards. */
export async function withClient<Result>(
  where: ConstructorParameters<typeof Client>[0],
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(where);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
