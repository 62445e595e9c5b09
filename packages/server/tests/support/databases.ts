import { Client, escapeIdentifier } from "pg";

/** What every database of a test run begins with; the time of its making follows, in seconds. */
export const DATABASE_PREFIX = "guildhall_test_";

/** A store as the global set-up hands it to the test files. */
export interface ProvidedStore {
  readonly name: "embedded" | "server";
  readonly url: string;
  /** A migrated database to copy from. */
  readonly template: string;
}

/** The same server by another database's name. */
export function databaseUrl(url: string, database: string): string {
  // WHATWG's URL refuses an empty host, which stands for a Unix socket.
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${encodeURIComponent(database)}`);
}

/** Lends a connection for a moment. */
export async function withClient<Result>(
  url: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Drops a database with whatever is still connected to it. */
export async function dropDatabase(url: string, database: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(`drop database if exists ${escapeIdentifier(database)} with (force)`),
  );
}
